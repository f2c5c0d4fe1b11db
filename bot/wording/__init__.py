"""What readers and librarians are told, in their language: gettext, plurals, dates.

Messages are written in Russian in the code (the msgid); ``locales/<language>/LC_MESSAGES/bibliobot.po``
holds the others. The language of a turn is a context variable, so handlers call ``_()`` and
pass nothing along.
"""

import json
import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import date, time
from functools import cache, lru_cache
from pathlib import Path

from babel.dates import format_date

from bot.library import customs

LOCALES = Path(__file__).resolve().parent.parent.parent / "locales"
SOURCE_LANGUAGE = "ru"
LANGUAGES = (SOURCE_LANGUAGE, "en")
"""What people are answered in."""
_WORDS_OF_HOURS = {(0, 0): "midnight", (12, 0): "noon"}
"""12 am and 12 pm are taken for each other."""
_language: ContextVar[str] = ContextVar("language", default=SOURCE_LANGUAGE)


_TEXT = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
_ENTRY = re.compile(rf"((?:^#.*\n)*)^msgid {_TEXT}^msgstr {_TEXT}", re.MULTILINE)
_BETWEEN = re.compile(r'"\s+"')


@cache
def _translations(language: str) -> Mapping[str, str]:
    """Message → what it is in a language.

    Read here and not by Babel, which takes twenty times as long; the tests see that both read the same. Of the
    format only what our files have is known: messages of one form, without a context.
    """
    path = LOCALES / language / "LC_MESSAGES" / "bibliobot.po"
    if not path.exists():
        return {}
    entries = _ENTRY.findall(path.read_text("utf-8"))
    texts = _read([text for _, *both in entries for text in both])
    found: dict[str, str] = {}
    for (comments, *_), message, told in zip(entries, texts[::2], texts[1::2], strict=True):
        if "\n#, fuzzy" not in f"\n{comments}":
            found.setdefault(message, told)
    return {message: told for message, told in found.items() if message and told}


def _read(texts: Sequence[str]) -> list[str]:
    """The strings of each text as one; they are written as JSON writes them, and read as one list of it: at once."""
    read: list[str] = json.loads(f"[{_BETWEEN.sub('', ','.join(texts))}]")
    return read


class in_language:  # noqa: N801 - reads as the words it is: with in_language("en")
    """Word everything inside in ``language`` ("ru", "en"); an unknown one falls back to Russian."""

    __slots__ = ("_before", "_name")

    def __init__(self, language: str) -> None:
        self._name = language

    def __enter__(self) -> None:
        self._before = _language.set(self._name)

    def __exit__(self, *_: object) -> None:
        _language.reset(self._before)


def speak(language: str) -> None:
    """Word everything in this language from here on, where nothing names another: the library's own."""
    _language.set(language)


def language_of(reported: str, otherwise: str) -> str:
    """What to answer somebody in: what their messenger or browser reports ("en-GB") where we speak it."""
    language = reported[:2].lower()
    return language if language in LANGUAGES else otherwise


def current_language() -> str:
    """The language of the turn."""
    return _language.get()


def gettext(message: str) -> str:
    """The message in the language of the turn."""
    return translated(message, _language.get())


def translated(message: str, language: str) -> str:
    """The message in a language; itself where it has no translation."""
    return _translations(language).get(message, message)


def russian_form(number: int) -> int:
    """Which of three forms a Russian number takes: 1 книга, 2 книги, 5 книг."""
    if number % 10 == 1 and number % 100 != 11:
        return 0
    return 1 if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14 else 2


def counted(number: int, one: str, few: str, many: str) -> str:
    """A number with its noun: ``counted(3, "экземпляр", "экземпляра", "экземпляров")``.

    In other languages the forms are translated through ``one`` (singular) and ``many`` (plural), or ``few`` where
    ``many`` is no other word than ``one`` («раз», «раза», «раз»).
    """
    if _language.get() == SOURCE_LANGUAGE:
        return f"{number} {(one, few, many)[russian_form(number)]}"
    plural = few if many == one else many
    return f"{number} {gettext(one if number == 1 else plural)}"


def day(value: date) -> str:
    """A date as a person says it: «12 марта», "12 March", "March 12" where the country writes so."""
    return _formatted(value, "MMMM d" if _month_first() else "d MMMM", _language.get())


def day_and_year(value: date) -> str:
    """A date that may lie in any year: «12 марта 2027 г.», "12 March 2027"."""
    if _month_first():
        return _formatted(value, "MMMM d, y", _language.get())
    return _formatted(value, "d MMMM y 'г'." if _language.get() == SOURCE_LANGUAGE else "d MMMM y", _language.get())


def in_figures(value: date, *, year: bool = True) -> str:
    """A date in figures, as the country writes it: 31.12.2026, 31/12/2026 in English, 12/31/2026 in the States."""
    if _language.get() == SOURCE_LANGUAGE:
        return f"{value:%d.%m.%Y}" if year else f"{value:%d.%m}"
    said = f"{value:%m/%d}" if _month_first() else f"{value:%d/%m}"
    return f"{said}/{value:%Y}" if year else said


def _month_first() -> bool:
    """Russian has its own order wherever it is spoken."""
    return _language.get() != SOURCE_LANGUAGE and customs.month_first()


def weekday(number: int) -> str:
    """The weekday's name, Monday is 0."""
    return _formatted(date(2024, 1, 1 + number), "EEEE", _language.get())


@lru_cache(maxsize=1_024)
def _formatted(value: date, pattern: str, language: str) -> str:
    return format_date(value, pattern, locale=language)


def on_weekday(number: int) -> str:
    """The weekday as an answer to "when": «в субботу», "on Saturday"; Monday is 0."""
    return (
        gettext("в понедельник"),
        gettext("во вторник"),
        gettext("в среду"),
        gettext("в четверг"),
        gettext("в пятницу"),
        gettext("в субботу"),
        gettext("в воскресенье"),
    )[number]


def clock_time(value: time) -> str:
    """A time of day: 9:00, the end of the day is 24:00; "9 am", "5:30 pm", "midnight" where the country says so."""
    if _language.get() == SOURCE_LANGUAGE or not customs.twelve_hours():
        return "24:00" if value == time.max else f"{value.hour}:{value.minute:02d}"
    if value == time.max or (value.hour, value.minute) in _WORDS_OF_HOURS:
        return _WORDS_OF_HOURS.get((value.hour, value.minute), "midnight")
    minutes = f":{value.minute:02d}" if value.minute else ""
    return f"{value.hour % 12 or 12}{minutes} {'am' if value.hour < 12 else 'pm'}"


def capital(sentence: str) -> str:
    """The sentence with a capital letter first."""
    return sentence[:1].upper() + sentence[1:]


def quoted(words: str, longest: int = 80) -> str:
    """A reader's own words, given back on one line, cut at ``longest`` characters."""
    line = " ".join(words.replace("«", "").replace("»", "").split())
    return line if len(line) <= longest else line[: longest - 1].rstrip(" ,.;:") + "…"


def listed(things: Sequence[str]) -> str:
    """«а, б и в»."""
    if len(things) < 2:
        return "".join(things)
    return gettext("{first} и {last}").format(first=", ".join(things[:-1]), last=things[-1])
