"""Linking a card: how often it may be tried, and what readers type read as what it is; pure.

Rules: a few failures lock a contact and, whoever tries it, a card; every further few lock it twice as long; in a
day no more than a fixed number. A ceiling over a whole channel stops a guesser who comes as many contacts.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import product

from bot.library import customs
from bot.quick import dataclass

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MOST_TYPED = 64
LONGEST_CARD = 14
"""Digits of the longest card number that may have lost its leading zeros."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """One-time codes from the desk: so many digits, good for so long."""

    length: int = 8
    life: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How often linking may fail before it is refused unseen.

    Attributes:
        failures: In a day, of one contact or with one card number: so many, and it is locked.
        lock: For so long, from the last failure on; as many failures again double it.
        failures_a_day: From so many on it is locked for a day.
        channel_an_hour: Failures of all contacts of a channel in an hour, from which on it takes no more attempts.
        all_an_hour: The same over all channels.
    """

    failures: int = 5
    lock: timedelta = HOUR
    failures_a_day: int = 20
    channel_an_hour: int = 100
    all_an_hour: int = 300


def locked_until(failures: Sequence[datetime], now: datetime, limits: Limits) -> datetime | None:
    """Until when no attempt is looked at; None where one may be made.

    Args:
        failures: Of one contact, or with one card number, in any order; older ones than a day do not count.
        now: The moment of the attempt, aware UTC.
        limits: The library's.
    """
    recent = [moment for moment in failures if now - moment < DAY]
    if len(recent) >= limits.failures_a_day:
        return max(recent) + DAY
    locks = len(recent) // limits.failures
    if not locks:
        return None
    until: datetime = max(recent) + limits.lock * 2 ** (locks - 1)
    return until if until > now else None


def ceiling_until(oldest: datetime | None, count: int, ceiling: int) -> datetime | None:
    """Until when a channel takes no attempts: an hour after the oldest of the last hour's failures; None below."""
    return oldest + HOUR if oldest is not None and count >= ceiling else None


# --- what is typed -------------------------------------------------------------------------------

_LATIN, _CYRILLIC = "ABCEHKMOPTXY", "АВСЕНКМОРТХУ"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_BEFORE = re.compile(
    r"^\W*(?:(?:мой|читательск\w+|билет\w*|карт\w*|номер\w*|my|library|card|number|№|no\.?)\W*)+", re.IGNORECASE
)


def plain(typed: str) -> str:
    """Full-width digits and the like made plain, dashes of one kind, no spaces around."""
    return _DASHES.sub("-", unicodedata.normalize("NFKC", typed[:MOST_TYPED])).strip()


def digits_of(typed: str) -> str:
    """The digits in what was typed, whatever parts them: a code, a telephone number."""
    return "".join(str(unicodedata.decimal(sign)) for sign in typed[:MOST_TYPED] if sign.isdecimal())


def card_spellings(typed: str) -> tuple[str, ...]:
    """Card numbers that may be meant, as a register may hold them; the likeliest first, () where nothing is named.

    Spaces and dashes are left out or in, letters taken for Cyrillic or Latin look-alikes, and leading zeros put back
    or dropped, since Excel loses them and readers do not type them.
    """
    text = _BEFORE.sub("", plain(typed)).strip(" .,;:№#")
    if not re.search(r"\d", text):
        return ()
    bare = re.sub(r"[\s\-./]", "", text)
    forms = dict.fromkeys((text, re.sub(r"\s", "", text), bare))
    found: dict[str, None] = dict.fromkeys(forms)
    for form, script in product(forms, (None, _TO_CYRILLIC, _TO_LATIN)):
        letters = form.upper() if script is None else form.upper().translate(script)
        found.update(dict.fromkeys((letters, letters.lower())))
    if bare.isdecimal():
        short = bare.lstrip("0") or "0"
        found.update(dict.fromkeys("0" * zeros + short for zeros in range(max(LONGEST_CARD - len(short), 0) + 1)))
    return tuple(found)


def card_key(typed: str) -> str:
    """The same for all spellings of one card number: what attempts at a card are counted by. "" for none."""
    spellings = card_spellings(typed)
    if not spellings:
        return ""
    return re.sub(r"[\s\-./]", "", spellings[0]).upper().translate(_TO_LATIN).lstrip("0") or "0"


_MONTHS = (
    ("янв", "jan"), ("фев", "feb"), ("мар", "mar"), ("апр", "apr"), ("мая", "май", "may"), ("июн", "jun"),
    ("июл", "jul"), ("авг", "aug"), ("сен", "sep"), ("окт", "oct"), ("ноя", "nov"), ("дек", "dec"),
)  # fmt: skip
_NUMERIC = re.compile(r"(\d{1,2})[\s./\-]+(\d{1,2})[\s./\-]+(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_RUN = re.compile(r"(\d{2})(\d{2})(\d{4})")
_WORDS = re.compile(r"(\d{1,2})\W+([^\W\d_]{2,10})\W+(\d{4})(?:\W*г\w*\W*)?")


def birth_date_of(typed: str) -> date | None:
    """«12.03.1985», «12 марта 1985», «12031985», «1985-03-12»; None where no day is named."""
    text = plain(typed).casefold().rstrip(" .")
    if found := _ISO.fullmatch(text):
        return _day(found[3], found[2], found[1])
    if (found := _NUMERIC.fullmatch(text.removesuffix("г").strip(" .") or text)) or (found := _RUN.fullmatch(text)):
        return _day(found[1], found[2], found[3])
    if found := _WORDS.fullmatch(text):
        for number in range(12, 0, -1):
            if found[2].startswith(_MONTHS[number - 1]):
                return _day(found[1], str(number), found[3])
    return None


def _day(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def phone_of(written: str) -> str:
    """A telephone number as digits with its country: «8 (912) 345-67-89» → 79123456789; "" where it is none.

    Without a plus it is of the library's country: (555) 010-0123 is 15550100123 in the United States.
    """
    digits = digits_of(written)
    if digits and (whole := customs.international(digits)) is not None:
        whole = digits if written.lstrip().startswith("+") else whole
        return whole if 7 <= len(whole) <= 15 else ""
    # +84 is Vietnam and +372 Estonia; «+8 912…» and «+912…» are slips of who writes our own mobile numbers.
    abroad = written.lstrip().startswith("+") and not digits.startswith(("89", "9"))
    if len(digits) == 10 and not abroad:
        digits = "7" + digits
    elif len(digits) == 11 and digits.startswith("8") and not abroad:
        digits = "7" + digits[1:]
    return digits if 7 <= len(digits) <= 15 else ""


def years_old(born: date, today: date) -> int:
    """Whole years on ``today``; who is born on 29 February is a year older from 1 March on."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
