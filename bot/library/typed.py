"""Numbers as people type them off a card or a slip: spaces, dashes, «№», words around, full-width digits. Pure."""

import re
import unicodedata
from datetime import date

from bot.library import customs

SHORTEST_CODE, LONGEST_CODE = 4, 12
LONGEST_CARD = 32
LEAST_OF_A_CARD = 5
"""Digits from which on a number in a message may be a card's: «продли 2» names a book, a year has four."""
_READ = 80
"""Characters: what is longer is no number."""
_WORD = re.compile(r"[^\W\d_]{3,}")
"""A word of the sentence around a number; a card's own letters are one or two («АБ-0123»)."""
_SMALL_WORDS = frozenset({"мой", "моя", "вот", "это", "код", "is", "my", "it", "no", "на", "у", "и", "я", "the"})
_DATE = re.compile(r"(?<!\d)(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_MONTH = rf"(?:{'|'.join(customs.MONTHS)})[a-z]{{0,6}}\.?"
_ORDINAL = r"(?:st|nd|rd|th)?"
_NAMED = re.compile(
    rf"(?<!\d)(?P<first>\d{{1,2}}){_ORDINAL}(?: of)?[ -](?P<month>{_MONTH}),?[ -](?P<year>\d{{4}})(?!\d)"
    rf"|(?P<word>{_MONTH}) (?P<day>\d{{1,2}}){_ORDINAL},? (?P<after>\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_RUN_TOGETHER = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)")


def digits_of(text: str) -> str:
    """All digits of a text as 0 to 9, whatever script they stand in."""
    return "".join(str(unicodedata.digit(sign)) for sign in text if unicodedata.digit(sign, None) is not None)


def one_time_code(text: str) -> str:
    """The code in «Код: 123 456», "" where there is none or it cannot be told which digits are meant."""
    if len(text) > _READ:
        return ""
    found = digits_of(text)
    return found if SHORTEST_CODE <= len(found) <= LONGEST_CODE else ""


def card_number(text: str) -> str:
    """The number in «мой билет № 00 123-45»: upper case, leading zeros kept; "" where there is none."""
    if len(text) > _READ:
        return ""
    said = unicodedata.normalize("NFKC", text).replace("№", " ")
    said = "".join(digits_of(sign) or sign for sign in said)
    parts = [part for part in re.split(r"[^\w]+|_", said) if part]
    kept = [part for part in parts if not _WORD.fullmatch(part) and part.casefold() not in _SMALL_WORDS]
    number = "".join(kept).upper()
    return number if any(sign.isdigit() for sign in number) and len(number) <= LONGEST_CARD else ""


def birth_date(text: str) -> date | None:
    """A day, in figures the day first: «05.03.1990», «5 3 1990», «05031990», «1990-03-05»; None where there is none.

    Where the country writes the month first, so does who separates them with anything but full stops («3/5/1990»); what
    can be read in one way only is. English names of months are read («March 5, 1990»).
    """
    said = unicodedata.normalize("NFKC", text)[:_READ]
    if iso := _ISO.search(said):
        year, month, day = map(int, iso.groups())
    elif match := _DATE.search(said) or _RUN_TOGETHER.search(said):
        day, month, year = map(int, match.groups())
        month_first = day <= 12 if customs.month_first() and "." not in match[0] else month > 12 >= day
        day, month = (month, day) if month_first else (day, month)
    elif named := _NAMED.search(said):
        month = customs.MONTHS.index((named["month"] or named["word"])[:3].lower()) + 1
        day, year = int(named["first"] or named["day"]), int(named["year"] or named["after"])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
