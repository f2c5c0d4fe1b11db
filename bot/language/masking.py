"""A reader's words without what tells who the reader is: for questions that are kept to learn from."""

import re
from collections.abc import Iterator

from bot.language import isbn
from bot.language.folding import fold

NUMBER, ADDRESS, NAME, LINK = "[номер]", "[адрес]", "[имя]", "[ссылка]"
LONGEST = 300
"""Characters that are kept: a question fits, a story does not."""
_READ = 4_000

_DASH = r"\s().\-\u2010-\u2015"
_GOES_ON = "и|а|но|я|мне|у|мы|хочу|хотел|хотела|нужна|нужен|нужны|нужно|можно|есть|ищу|где|как|подскажите|скажите|i|and"
"""Words that follow an introduction and are no part of the name."""
_PERSONAL = re.compile(
    r"(?P<link>(?:https?://|www\.|t\.me/|vk\.com/)\S+)"
    r"|(?P<address>[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+|\bкв(?:артира)?\.?\s*\d+)"
    r"|(?P<handle>(?<!\w)@\w{3,})"
    r"|(?P<date>\b\d{1,2}[./\-]\d{1,2}[./\-](?:\d{4}|\d{2})\b)"
    rf"|(?P<number>\+?\d(?:[{_DASH}]{{0,3}}\d){{5,}})"
    r"|(?P<card>\b(?:билет\w*|карт\w+|абонемент\w*|номер\w*|паспорт\w*|card|number)\W{0,3}(?:№|номер|n|no)?\W{0,3})"
    r"(?P<short>\d{3,5}\b)"
    r"|(?P<said>\b(?:меня\s+зовут|мо[яеё]\s+(?:имя|фамилия|фио)|фамилия|фио|с\s+уважением|my\s+name\s+is|"
    r"читатель(?:ница)?\s+(?=(?-i:[А-ЯЁ])))\W{0,3})"
    rf"(?P<name>[A-Za-zА-Яа-яЁё\-]+(?:[\s.]+(?!(?:{_GOES_ON})\b)[A-Za-zА-Яа-яЁё\-]+){{0,2}})",
    re.IGNORECASE,
)
_ANY_NUMBER = re.compile(r"номер|number", re.IGNORECASE)
"""Not the word of a card: «номер 125» may be a journal's."""
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_MOMENT = re.compile(r"\b\d{1,2}(?::\d\d|[./]\d{1,2}[./](?:\d{4}|\d{2}))\b")
_LONG_RUN, _TELEPHONE = 5, 10
"""So many digits without a gap, or with gaps, are a person's; fewer a list («1 2 3 4») or a class («821.161.1»)."""
_OF_A_TOWN = re.compile(r"\d{3}[-\u2010-\u2015]\d\d[-\u2010-\u2015]\d\d")
"""A telephone as neighbours write it: 123-45-67."""
_MASKS = {"link": LINK, "address": ADDRESS, "handle": NAME, "date": NUMBER, "number": NUMBER}


def masked(text: str) -> str:
    """The folded words of a text, cut to ``LONGEST``, with a mark where something personal stood.

    Telephone numbers, cards, dates, postal and e-mail addresses, nicknames, links, and names that the reader
    introduces («меня зовут…») give way to a mark; ISBNs, years and numbers of volumes stay, since books are
    asked for by them. Never raises. What no rule can know (a surname alone may be an author's) stays as well.
    """
    folded = " ".join(piece for piece in _pieces(text[:_READ]) if piece)
    if len(folded) <= LONGEST:
        return folded
    cut = folded[:LONGEST].rpartition(" ")[0] or folded[:LONGEST]
    return cut + "…"


def tells_a_number(text: str) -> bool:
    """Whether a number of a telephone or a card stands in it; ISBNs (with a slip, too), moments and years are none."""
    text, end = text[:_READ], 0
    rest = ""
    for book in isbn.find(text):
        rest, end = f"{rest}{text[end : book.start]}\n", book.end
    return any(_is_a_persons(found) for found in _PERSONAL.finditer(_MOMENT.sub("\n", rest + text[end:])))


def _is_a_persons(found: re.Match[str]) -> bool:
    if found["card"] is not None:
        return not _ANY_NUMBER.match(found["card"])
    digits = re.findall(r"\d+", found["number"] or "")
    together = "".join(digits)
    if _OF_A_TOWN.fullmatch(found["number"] or ""):
        return True
    if max(map(len, digits), default=0) < _LONG_RUN and len(together) < _TELEPHONE:
        return False
    is_round = len(together.strip("0")) <= 2  # «100000 почему»
    return not is_round and not all(map(_YEAR.fullmatch, digits))


def _pieces(text: str) -> Iterator[str]:
    at = 0
    for book in isbn.find(text):
        if book.right:
            yield from _without_persons(text[at : book.start])
            yield book.isbn13
            at = book.end
    yield from _without_persons(text[at:])


def _without_persons(text: str) -> Iterator[str]:
    at = 0
    for found in _PERSONAL.finditer(text):
        yield fold(text[at : found.start()])
        if found["card"] is not None:
            yield fold(found["card"])
            yield NUMBER
        elif found["said"] is not None:
            yield fold(found["said"])
            yield NAME
        else:
            yield _MASKS[found.lastgroup or "number"]
        at = found.end()
    yield fold(text[at:])
