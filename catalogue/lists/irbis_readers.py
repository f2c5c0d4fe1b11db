"""Readers and their loans out of IRBIS's base of readers (RDR), as text or ISO 2709. Source: ManagedIrbis."""

import re
from collections.abc import Iterator
from datetime import date

from bot.library.lists import LoanData, PatronData
from catalogue.importers import cleaning
from catalogue.importers.fields import Field, Fields
from catalogue.importers.tables.authors import author_and_title
from catalogue.lists.rows import BadRow, checked, right_taken, telephone

TAGS = frozenset({"10", "11", "12", "17", "21", "22", "29", "30", "32", "40", "50", "51", "52", "56", "57"})
MOST_POINTS = 50
MOST_SURELY_READERS = frozenset({"10", "30", "40", "50", "51", "52"})
"""Tags of which a base of readers has several in a record."""
_NO_WORDS_OF_THE_TITLE = re.compile(r"\s*\[[^\]]{1,40}\]|,\s*\d{4}\s*$")
"""«[Текст]», and the year at the end."""


def patron(fields: Fields) -> PatronData:
    """The reader of a record. Raises BadRow."""
    return PatronData(
        card_number=_card(fields),
        surname=_value(fields, "10"),
        given_name=_value(fields, "11"),
        patronymic=_value(fields, "12"),
        birth_date=_day(_value(fields, "21")),
        phone=telephone(", ".join(_values(fields, "17"))),
        email=_value(fields, "32"),
        category=_value(fields, "50")[:64],
        registered_on=_registered(fields),
        blocked=_blocked(fields),
        served_at=_points(fields, "56"),
        not_served_at=_points(fields, "57"),
    )


def _registered(fields: Fields) -> date | None:
    """The latest of the registration (51) and all that followed it (52): the day stands before the subfields."""
    days = [_day(cleaning.tidy(field.head)) for field in fields.fields("51", "52")]
    return max((day for day in days if day is not None), default=None)


def _blocked(fields: Fields) -> bool:
    """Whether the right to use the library (29) was taken away: IRBIS leaves the field empty where it was not."""
    return any(map(right_taken, _values(fields, "29")))


def _points(fields: Fields, tag: str) -> tuple[str, ...]:
    """Codes of points of issue: the field is repeated, or holds several."""
    codes = (code for value in _values(fields, tag) for code in re.split(r"[,;\s]+", value))
    return tuple(dict.fromkeys(code[:64] for code in codes if code))[:MOST_POINTS]


def loans(fields: Fields) -> Iterator[LoanData | BadRow]:
    """The loans of a record; visits (no call number and no copy) are none."""
    try:
        card = _card(fields)
    except BadRow as bad:
        if any(True for _ in fields.fields("40")):
            yield bad
        return
    for field in fields.fields("40"):
        inventory, barcode, title = field.first("b"), field.first("h"), field.first("c")
        if not (inventory or barcode or title or field.first("a")):
            continue
        try:
            yield checked(_loan(card, field, inventory, barcode, title))
        except BadRow as bad:
            yield bad


def _loan(card: str, field: Field, inventory: str, barcode: str, described: str) -> LoanData:
    count = field.first("4")
    author, title = author_and_title(_NO_WORDS_OF_THE_TITLE.sub("", cleaning.tidy(described)))
    return LoanData(
        card_number=card,
        inventory_number=inventory[:64],
        barcode=barcode[:64],
        title=title,
        author=author,
        branch=field.first("k") or field.first("v"),
        issued_on=_day(field.first("d")),
        due_on=_day(field.first("e")),
        renewals=int(count) if count.isdigit() and len(count) < 4 else None,
        returned=not field.first("f").startswith("*") and bool(field.first("f")),
        missing=bool(field.first("u")),
    )


def _card(fields: Fields) -> str:
    number = _value(fields, "30") or _value(fields, "22")
    if not number or len(number) > 64:
        raise BadRow("no card number (fields 30 and 22)")
    return number


def _value(fields: Fields, tag: str) -> str:
    return next(iter(_values(fields, tag)), "")


def _values(fields: Fields, tag: str) -> list[str]:
    return [cleaning.tidy(field.head or field.main()) for field in fields.fields(tag)]


def _day(text: str) -> date | None:
    return cleaning.day(text) if text else None
