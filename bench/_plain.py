"""What readers ask beside books, in many wordings: hours, ways, rules, thanks.

Half of the messages are set phrases that everybody sends alike (labels of buttons, greetings, «часы работы»);
the other half is put together out of openers, questions, days, branches and endings, 1,460 wordings. Of ten
thousand messages 86 in a hundred repeat an earlier one, of two thousand 63 (:func:`zipf_texts`: 91 and 81); what is
new no cache knows.
:func:`fresh_texts` makes every message a new one, which is the worst there is.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import product

SET_PHRASES = (
    "здравствуйте", "Здравствуйте!", "добрый день", "привет", "спасибо", "Спасибо!", "спасибо большое",
    "Часы работы", "часы работы", "Адрес", "адрес", "Телефон", "Как записаться", "Что ты умеешь?",
    "до скольки вы сегодня работаете?", "где вы находитесь?", "как записаться в библиотеку?", "вы открыты?",
    "какой у вас телефон?", "что ты умеешь?", "сколько книг можно взять",
)  # fmt: skip
_OPENERS = ("", "здравствуйте, ", "Добрый день! ", "подскажите пожалуйста ", "а ")
_DAYS = ("сегодня", "завтра", "в субботу", "в воскресенье", "в понедельник", "по пятницам", "8 марта")
_BRANCHES = ("", " детская библиотека", " в Сосновке", " центральная")
_HOURS = ("до скольки вы {day} работаете{branch}", "{day} открыто{branch}", "часы работы {day}{branch}")
_OTHERS = (
    "где вы находитесь", "как к вам доехать", "какой у вас адрес", "какой у вас телефон", "как с вами связаться",
    "как записаться в библиотеку", "какие документы нужны для записи", "сколько книг можно взять",
    "на сколько дней выдают книги", "какой штраф если просрочить",
)  # fmt: skip
_ENDINGS = ("", "?", "??", " ?")


def _worded() -> list[str]:
    hours = (
        opener + question.format(day=day, branch=branch) + ending
        for opener, question, day, branch, ending in product(_OPENERS, _HOURS, _DAYS, _BRANCHES, _ENDINGS[:3])
    )
    others = (opener + question + ending for opener, question, ending in product(_OPENERS, _OTHERS, _ENDINGS))
    return [*hours, *others]


def plain_texts(count: int = 4_000) -> list[str]:
    """Messages as they come: half set phrases, half wordings out of the 1,500, mixed, the same in every run."""
    chance, worded = random.Random(11), _worded()
    return [chance.choice(SET_PHRASES) if chance.random() < 0.5 else chance.choice(worded) for _ in range(count)]


def zipf_texts(count: int = 4_000) -> list[str]:
    """The same, but the second of a kind comes half as often as the first, the third a third as often, and so on."""
    chance, worded = random.Random(13), _worded()
    chance.shuffle(worded)
    return [
        *map(
            chance.choice,
            zip(_by_rank(SET_PHRASES, count, chance), _by_rank(worded, count, chance), strict=True),
        )
    ]


def _by_rank(texts: Sequence[str], count: int, chance: random.Random) -> list[str]:
    return chance.choices(texts, [1 / rank for rank in range(1, len(texts) + 1)], k=count)


def fresh_texts(count: int = 60_000) -> list[str]:
    """Messages of which no two are alike: a number of a house, an hour or a day makes each a new one."""
    return [f"{text} {number}" for number, text in enumerate(_cycled(count))]


def _cycled(count: int) -> Iterator[str]:
    chance, worded = random.Random(12), _worded()
    return (chance.choice(worded) for _ in range(count))
