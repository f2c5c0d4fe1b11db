"""Writes docs/faq-topics.md out of the topics that understanding knows: ``python -m tools.faq_topics``."""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "faq-topics.md"
TOPICS = ROOT / "understanding" / "phrases" / "topics.yaml"
OWN = {
    "contacts": (
        "Телефоны, почта, сайт, группы в соцсетях: вместо телефона центральной библиотеки",
        "Telephones, e-mail, the site, pages in networks: instead of the main library's telephone",
    ),
    "events": ("Что проходит в библиотеке: афиша на ближайшее время", "What is on in the library in the days to come"),
    "hours": (
        "Часы работы библиотеки, у которой в настройках нет графика",
        "Opening hours of a library whose configuration has none",
    ),
}
"""Topics that handlers look up although no phrase file names them."""
HEAD = """# Темы ответов (FAQ)

Эту страницу пишет `python -m tools.faq_topics` по списку тем, которые бот узнаёт.

Ответы библиотеки стоят в `config.yaml`, в разделе `faq:`, каждый под ключом своей темы. Когда читатель спросит об
этом, он услышит ваши слова:

```yaml
faq:
  - topic: rules.term
    answer: Книги выдаём на 30 дней, новинки на 10.
  - topic: join
    answer: Приходите с паспортом, запись бесплатная.
    url: https://example.org/zapis
  - topic: chess            # своя тема: назовите её как хотите
    questions: [шахматный кружок, где поиграть в шахматы]
    answer: Шахматный кружок по средам в 15:00, приходите без записи.
```

- Нет ответа на `rules.wifi`? Бот скажет, что именно об этом не сказано, и покажет общий ответ `rules`, если он есть.
- Нет и общего? Бот честно скажет, что не знает, даст телефон и предложит позвать библиотекаря. Вопрос сохранится.
- Хотите ответить на то, чего в таблице нет? Заведите свою тему и напишите в `questions`, как об этом спрашивают.
- Читателю, у которого мессенджер на английском, бот ответит по-английски, если есть ответ с `language: en`.

| ключ | о чём ответ | what the answer says |
| --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    known = yaml.safe_load(TOPICS.read_text("utf-8"))
    about = {key: (str(topic["about"]), str(topic["in_english"])) for key, topic in known.items()} | OWN
    return HEAD + "".join(f"| `{key}` | {russian} | {english} |\n" for key, (russian, english) in sorted(about.items()))


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
