"""What a messenger lacks is said in words, and nothing exceeds its limits."""

import re

from hypothesis import given
from hypothesis import strategies as st

from adapters.shaping import cut, shape, width
from bot.channels import Capabilities
from bot.messages import (
    Button,
    Document,
    Location,
    Mark,
    Picture,
    Reply,
    StoredFile,
    Style,
    bold,
    link,
    reply,
)
from bot.quick import replace
from bot.wording import in_language

RICH = Capabilities(
    max_text=4096, max_buttons=10, max_label=40, formatting=True, locations=True, max_rows=6, max_row=5,
    link_buttons=True, phone_button=True, pictures=True, documents=True,
)  # fmt: skip
POOR = Capabilities(max_text=100, max_buttons=0, max_label=10, formatting=False, locations=False)
LISTS = Capabilities(
    max_text=4096, max_buttons=3, max_label=20, formatting=True, locations=True, max_list=10, max_text_beside_buttons=60
)
FILE = StoredFile(file_id=1, name="правила.pdf", media_type="application/pdf", size=10)
PLACE = Location(latitude=45.0, longitude=41.9, title="Библиотека", address="дом 1")


def buttons(count: int) -> list[list[Button]]:
    return [[Button(f"Книга {n}", f"work:{n}")] for n in range(1, count + 1)]


def test_what_the_messenger_has_is_kept() -> None:
    said = reply("Есть ", bold("«Обломов»"), buttons=buttons(3), at=[PLACE])

    (part,) = shape(said, RICH)

    assert (part.text, part.marks, part.attachments) == (said.text, said.marks, said.attachments)
    assert [row[0].label for row in part.buttons] == ["Книга 1", "Книга 2", "Книга 3"]


def test_without_buttons_the_choices_are_numbered() -> None:
    (part,) = shape(reply("Какая?", buttons=buttons(2)), POOR)

    assert part.text == "Какая?\n\n1. Книга 1\n2. Книга 2\nОтветьте номером."
    assert part.buttons == ()


def test_more_choices_than_buttons_open_as_a_list_and_more_than_that_are_numbered() -> None:
    assert len(shape(reply("Какая?", buttons=buttons(4)), LISTS)[-1].choices) == 4
    parts = shape(reply("Какая?", buttons=buttons(12)), LISTS)
    assert parts[-1].choices == ()
    assert "12. Книга 12" in parts[-1].text


def test_rows_are_filled_up_where_there_are_too_many() -> None:
    (part,) = shape(reply("Какая?", buttons=buttons(8)), RICH)

    assert [len(row) for row in part.buttons] == [5, 3]


def test_links_places_and_files_are_written_out_where_they_cannot_be_sent() -> None:
    said = reply(
        link("Подробнее", "https://library.example/a"),
        buttons=[[Button("Афиша", "", url="https://library.example/b"), Button("Номер", "phone", asks_phone=True)]],
        at=[PLACE, Picture(file=FILE, alt="обложка"), Document(file=FILE)],
    )
    text = "\n".join(part.text for part in shape(said, POOR))

    for words in ("Подробнее (https://library.example/a)", "Афиша: https://library.example/b", "Библиотека, дом 1",
                  "mlat=45.00000", "Картинка: обложка", "Файл: правила.pdf"):  # fmt: skip
        assert words in text
    assert "Номер" not in text


def test_a_long_text_is_parted_at_the_ends_of_sentences_with_the_buttons_under_the_last() -> None:
    parts = shape(reply("Предложение о книгах. " * 20, buttons=buttons(2)), LISTS)

    assert all(part.text.endswith(".") for part in parts)
    assert [bool(part.buttons) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert width(parts[-1].text) <= 60


def test_a_composed_sign_is_never_parted() -> None:
    family = "👨‍👩‍👧‍👦"
    parts = shape(reply(family * 40), POOR)

    assert "".join(part.text for part in parts) == family * 40
    assert all(part.text.startswith("👨") for part in parts)
    assert cut(family, 5) in ("👨…", "…")


@given(st.text(min_size=1, max_size=600), st.integers(0, 500), st.integers(1, 200), st.integers(0, 14))
def test_nothing_is_lost_and_no_limit_exceeded(text: str, start: int, length: int, count: int) -> None:
    start = min(start, len(text) - 1)
    mark = Mark(start, min(length, len(text) - start), Style.BOLD)
    for can in (RICH, POOR, LISTS):
        rows = tuple(tuple(row) for row in buttons(count))
        parts = shape(Reply(text=text, marks=(mark,), buttons=rows), can)
        said = "".join(part.text for part in parts)
        assert re.sub(r"\s", "", said).startswith(re.sub(r"\s", "", text)) or not text.strip()
        for part in parts:
            assert width(part.text) <= can.max_text
            assert sum(map(len, part.buttons)) <= can.max_buttons
            assert len(part.choices) <= can.max_list
            assert all(m.start >= 0 and m.length > 0 and m.start + m.length <= len(part.text) for m in part.marks)
        if can.formatting and text.strip():
            marked = "".join(part.text[m.start : m.start + m.length] for part in parts for m in part.marks)
            inside = text[mark.start : mark.start + mark.length]
            assert re.sub(r"\s", "", marked) == re.sub(r"\s", "", inside)


def test_what_is_added_is_in_the_language_of_the_reply() -> None:
    english = replace(reply("Which one?", buttons=buttons(2)), language="en")
    with in_language("ru"):
        (part,) = shape(english, POOR)
        assert part.text.endswith("Answer with a number.")
        (russian,) = shape(reply("Какая?", buttons=buttons(2)), POOR)
    assert russian.text.endswith("Ответьте номером.")


def test_where_a_reply_names_none_the_librarys_language_is_spoken() -> None:
    with in_language("en"):
        (part,) = shape(reply("Which one?", buttons=buttons(2)), POOR)
    assert part.text.endswith("Answer with a number.")
