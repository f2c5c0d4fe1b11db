"""What stands in a cell, undone of what Excel and hurried hands did to it. Pure."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from bot.language import isbn as isbns
from bot.language.folding import fold
from bot.library.model import ItemStatus, Kind
from catalogue.importers import cleaning

LONGEST_RANGE = 1000
"""«1-9999999» is no million of books."""
MOST_COPIES = 10_000
_WHOLE = re.compile(r"(-?\d+)[.,]0+")
_SCIENTIFIC = re.compile(r"\d[.,]\d{1,7}\s*[eеEЕ]\s*\+?\s*\d{1,2}")
_ROUND_ISBN = re.compile(r"97[89]\d{3}0{7}|97[89]\d{0,3}0{9,}")
_SHORT_RANGE = re.compile(r"(.{0,12}?)(\d{1,12})\s*[-‐-―]\s*(\d{1,11})")
_RANGE = re.compile(r"(\D{0,4}?)(\d{1,12})\s*(?:[-‐-―]|\.\.\.?|…)\s*\1(\d{1,12})")
_ADDED = re.compile(r"\d{1,4}(?:\s*\+\s*\d{1,4})+")
_PIECES = re.compile(r"[;\n]\s*|,\s+|,(?=\D*\d{3})|\s+и\s+")
_NUMBER = re.compile(r"[^\W\d_]{0,6}[\s./-]{0,2}\d[\w./-]{0,20}")
_DITTO = re.compile(r"[-‐-―\s]*(?:[\"'”“„«»]{1,2}|/{1,2}|\|{1,2}|〃|,,)[-‐-―\s]*")
_DITTO_WORDS = frozenset(
    fold(text)
    for text in (
        "то же",
        "тоже",
        "то же самое",
        "тот же",
        "та же",
        "там же",
        "ditto",
        "он же",
        "она же",
        "они же",
        "его же",
        "ее же",
        "их же",
    )
)
_DITTO_AND_MORE = re.compile(
    r"(?:[-‐-―]*\s*(?:/{2}|\|{2}|〃|\"|''|,,)\s*[-‐-―]*|то же)[\s.,:]+((?:т|том|кн|книга|ч|часть|вып|выпуск)\b.{1,60})",
    re.IGNORECASE,
)
_OPENS_DITTO = frozenset("-‐‑‒–—―/|〃\"',тТ")
_VOLUME = re.compile(r"[\s.,:;]*\b(?:т|том|кн|книга|ч|часть|вып|выпуск)\.?\s*\d{1,3}\.?$", re.IGNORECASE)
_ERRORS = re.compile(r"#(?:N/A|Н/Д|REF!|ССЫЛКА!|VALUE!|ЗНАЧ!|NAME\?|ИМЯ\?|DIV/0!|ДЕЛ/0!|NULL!|ПУСТО!|NUM!|ЧИСЛО!)")
_SUM = re.compile(r"([-−])?(\d{1,9})(?:[.,](\d+))?(?:р|руб|рублей|₽|rub)?\.?")
_NOTHING = frozenset(
    {"", "-", "--", "–", "—", "нет", "none", "null", "nan", "n/a", "отсутствует", "?", "0", "б/н", "бн", "без номера"}
)
_TOTALS = re.compile(
    r"(?:перенос|перенесено|переходит) (?:с|со|на|из|в) .{0,60}"
    r"|(?:итого|всего|общий итог|общее количество|total|subtotal)[\s:–-]*(?:\d[\d\s]*)?(?:\([^)]*\)\s*)?"
    r"(?:(?:экз|книг|документ|наименован|назван|записей|записано|поступило|выбыло|по\s|на\s|за\s|в\s).{0,80})?[\s:–-]*\d*"
)
_TO_SIGN = re.compile(r"_{3,}")
_SIGNS = re.compile(
    r"(?:председател[ья]|члены?|комисси[ия]|исполнител[ья]|составил[аи]?|сдал[аи]?|принял[аи]?|проверил[аи]?|утверждаю"
    r"|согласовано|заведующ\w+|зав|директор|библиотекарь|руководитель|(?:гл\w*\W+)?бухгалтер|материально ответствен\w+"
    r"|мол|подпис[ьи]|дата|м\. ?п)\b.{0,80}"
)
"""Who closes an inventory, below the table."""
_DAY = re.compile(r"\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})(?!\d)|\d{4}-\d{2}-\d{2}")
_MONTH_WORD = re.compile(r"\d{0,4}[\s.-]?(?:янв|фев|мар|апр|май|мая|июн|июл|авг|сен|окт|ноя|дек)[а-я]*[\s.-]?\d{0,4}")
_TWO_DIGITS = re.compile(r"[«\"'’]?(\d{2})\s*(?:г\.?|год)?")
_PLACE = re.compile(r"\s*(?:#|№|,\s*(?:кн|вып|т|book|vol)\.?\s*#?)\s?(\d{1,3})\s*$", re.IGNORECASE)
_ANOTHER = re.compile(r"\s*[;,/|]\s*")

_STATUSES: tuple[tuple[re.Pattern[str], ItemStatus], ...] = tuple(
    (re.compile(pattern), status)
    for pattern, status in (
        (r"спис|исключ|выбы|изъя|withdrawn|written off|discard|weeded|deaccession", ItemStatus.WITHDRAWN),
        (r"утер|утрач|потер|пропа|недоста|не найден|lost|missing|claim(?:s|ed) (?:never )?(?:checked out|returned?)",
         ItemStatus.LOST),
        (r"нет? (?:в наличии|на месте|на полке|доступ)|отсутств|выдача запрещ|not (?:available|on (?:the )?shel)",
         ItemStatus.UNAVAILABLE),
        (r"(?:для|к|подлежит) выдач|не выда[нюе]|не на руках|можно (?:взять|выдать)|not (?:charged|checked out|on loan)"
         r"|discharged|checked in|reshelving", ItemStatus.AVAILABLE),
        (r"на руках|на выдаче|выда[нл]|^выд\.?$|у читател|взят|on loan|issued|checked ?out|charged|borrowed|overdue"
         r"|^out$|^due\b", ItemStatus.ON_LOAN),
        (r"брон|резерв|заказана читат|on hold|holds? ?shelf|reserved|awaiting pickup", ItemStatus.ON_HOLD),
        (r"в пути|перемещ|transit", ItemStatus.IN_TRANSIT),
        (r"заказ|ожида|не поступ|комплект|on order|in process|in acquisition|being catalogued|^cataloging$",
         ItemStatus.ON_ORDER),
        (r"переплет|реставр|ремонт|обработ|выстав|недоступ|карантин|repair|unavailable|binder|mending|damaged"
         r"|on display|not for loan", ItemStatus.UNAVAILABLE),
        (r"в наличии|налич|на полке|на месте|есть|свобод|доступ|хранени|фонд|читальн|^чз|^да$|available|in stock|^in$|"
         r"хорош|удовл|отличн|нов|ветх|on (?:the )?shel|library use|^reference\b|non-?circulating",
         ItemStatus.AVAILABLE),
    )
)  # fmt: skip
_CODES = {
    "0": ItemStatus.AVAILABLE, "+": ItemStatus.AVAILABLE, "1": ItemStatus.ON_LOAN, "2": ItemStatus.ON_ORDER,
    "3": ItemStatus.UNAVAILABLE, "4": ItemStatus.LOST, "5": ItemStatus.UNAVAILABLE, "6": ItemStatus.WITHDRAWN,
    "8": ItemStatus.IN_TRANSIT, "9": ItemStatus.ON_HOLD, "-": ItemStatus.UNAVAILABLE,
    "нет": ItemStatus.UNAVAILABLE,
}  # fmt: skip
"""Status codes of IRBIS, which inventories made from it keep; a plus and a minus."""
_READING_ROOM = re.compile(
    r"чит\w*\.?\s*зал|(?<!\w)ч\.?[\s/]?з\.?(?!\w)|reading room|не выда[её]тся|не (?:для|к|подлежит) выдач|только в зале"
    r"|library use|reference (?:only|collection|section)|^reference$|non-?circulating|not for loan|does not circulate"
)
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("аудио", Kind.AUDIO), ("звук", Kind.AUDIO), ("audio", Kind.AUDIO), ("видео", Kind.VIDEO), ("dvd", Kind.VIDEO),
    ("video", Kind.VIDEO), ("журнал", Kind.SERIAL), ("газет", Kind.SERIAL), ("period", Kind.SERIAL),
    ("serial", Kind.SERIAL), ("стать", Kind.ARTICLE), ("article", Kind.ARTICLE), ("ноты", Kind.MUSIC),
    ("нотн", Kind.MUSIC), ("карта", Kind.MAP), ("атлас", Kind.MAP), ("электрон", Kind.ELECTRONIC),
    ("ebook", Kind.ELECTRONIC), ("книг", Kind.BOOK), ("учебн", Kind.BOOK), ("брош", Kind.BOOK), ("book", Kind.BOOK),
)  # fmt: skip
_LANGUAGES = {
    "рус": "rus", "rus": "rus", "ru": "rus", "англ": "eng", "eng": "eng", "en": "eng", "нем": "ger", "фран": "fre",
    "тат": "tat", "башк": "bak", "чув": "chv", "удм": "udm", "мари": "chm", "якут": "sah", "саха": "sah", "бур": "bua",
    "тув": "tyv", "калм": "xal", "укр": "ukr", "бел": "bel", "каз": "kaz", "исп": "spa", "итал": "ita", "коми": "kom",
    "осет": "oss", "чеч": "che", "морд": "mdf", "адыг": "ady", "кабард": "kbd", "авар": "ava", "алт": "alt",
}  # fmt: skip


def text_of(value: object) -> str:
    """A spreadsheet's value as a person would read it: 12345.0 is «12345», a moment its day."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return cell(str(value))


def cell(text: str) -> str:
    """A cell's text, tidy; errors of formulas and dashes alone are nothing."""
    text = cleaning.tidy(text) if "\n" not in text else "\n".join(map(cleaning.tidy, text.splitlines())).strip()
    if text.startswith("#") and _ERRORS.fullmatch(text):
        return ""
    return text


def said(text: str) -> str:
    """The text, "" where it only says that there is nothing: «-», «нет»."""
    return "" if text.strip().lower() in _NOTHING else text


def is_ditto(text: str) -> bool:
    """Whether a cell means «the same as above»: -//-, -"-, ", то же."""
    return 0 < len(text) <= 12 and (_DITTO.fullmatch(text) is not None or fold(text) in _DITTO_WORDS)


def with_what_is_above(text: str, above: str) -> str:
    """A cell with «the same as above» filled in: «-//-», or «-//- Т. 2» under «Война и мир. Т. 1»."""
    if is_ditto(text):
        return above
    more = _DITTO_AND_MORE.fullmatch(text) if above and text[:1] in _OPENS_DITTO else None
    return f"{_VOLUME.sub('', above)}. {more[1]}" if more else text


def is_total(cells: Sequence[str]) -> bool:
    """Whether a row sums up others: its first word is «Итого» or «Всего»."""
    first = next((text for text in cells if text), "")
    return _TOTALS.fullmatch(first.lower()) is not None


def is_to_sign(text: str) -> bool:
    """Whether a cell has a line for a signature: «________ Иванова»."""
    return _TO_SIGN.search(text) is not None


def is_signer(text: str) -> bool:
    """Whether a cell says who made, checked or signed a list: «Комиссия:», «Исполнитель: Иванова»."""
    return _SIGNS.fullmatch(text.lower()) is not None


def is_day(text: str) -> bool:
    """Whether a cell is a date and nothing else: «12.03.2024 г.»."""
    return _DAY.fullmatch(text.strip().removesuffix("г.").removesuffix("года").strip()) is not None


def whole(text: str) -> str:
    """«12345.0» and «12345,00» without what Excel added."""
    found = _WHOLE.fullmatch(text)
    return found[1] if found else text


def count(text: str) -> int | None:
    """A number of copies, 0..10,000; None where there is no number: «2 экз.» is 2."""
    if _ADDED.fullmatch(text.strip()):
        return min(sum(map(int, text.split("+"))), MOST_COPIES)
    found = re.match(r"\d{1,9}(?:[.,]0+)?(?![\d.,]\d)", text.strip())
    return min(int(re.split(r"[.,]", found.group())[0]), MOST_COPIES) if found else None


def hundredths(text: str) -> int | None:
    """A sum of money in kopecks: «1 250,50 руб.» is 125050, below nothing is nothing; None where there is no sum."""
    found = _SUM.fullmatch("".join(text.lower().split()))
    if found is None:
        return None
    return 0 if found[1] else int(found[2]) * 100 + int((found[3] or "").ljust(2, "0")[:2])


def inventory_numbers(text: str, copies: int | None = None) -> tuple[tuple[str, ...], str]:
    """The inventory numbers of a cell, and the code of what had to be mended ("" for nothing).

    «1234-1240» are seven where both ends have as many digits, or where ``copies`` says seven; «1234, 1236» are two;
    «1234-40», «77/1-7» and numbers with nothing but spaces between them are as many where ``copies`` says so; a date
    stays as it stands: which number Excel made it of cannot be known.
    """
    text = said(whole(text.replace("№", "").strip()))
    if not text:
        return (), ""
    if _DAY.match(text) or _MONTH_WORD.fullmatch(text.lower()):
        return (text,), "inventory_date"
    apart = text.split()
    if len(apart) > 1 and len(apart) == copies and all(map(str.isdigit, apart)):
        return tuple(dict.fromkeys(apart)), ""
    numbers: list[str] = []
    for piece in _PIECES.split(text):
        numbers += _range(whole(piece.strip()), copies)
    distinct = tuple(dict.fromkeys(number for number in numbers if number))
    if len(distinct) > 1 and not all(_NUMBER.fullmatch(number) for number in distinct):
        return (text,), ""
    return distinct, ""


def _range(text: str, copies: int | None) -> list[str]:
    found = _RANGE.fullmatch(text)
    if found is None or len(found[2]) > len(found[3]):
        return _short_range(text, copies)
    prefix, first, last = found[1], found[2], found[3]
    size = int(last) - int(first) + 1
    named = any(map(str.isalpha, prefix))  # «У-4 – У-33»: nobody writes a mark twice into one number
    alike = (
        (named or (len(first) == len(last) and len(first) >= 3))
        and 1 < size <= LONGEST_RANGE
        and copies in {None, 0, size}
    )
    if not alike and not (size == copies and 1 < size <= LONGEST_RANGE):
        return [text]
    return [f"{prefix}{number:0{len(first)}d}" for number in range(int(first), int(last) + 1)]


def _short_range(text: str, copies: int | None) -> list[str]:
    """«1242-44», «1250/1-3»: of the last number only what differs is written, if ``copies`` says so."""
    found = _SHORT_RANGE.fullmatch(text)
    if found is None or not copies or copies > LONGEST_RANGE:
        return [text]
    prefix, first, last = found[1], found[2], found[3]
    end = first[: max(0, len(first) - len(last))] + last
    if int(end) - int(first) + 1 != copies:
        return [text]
    return [f"{prefix}{number:0{len(first)}d}" for number in range(int(first), int(end) + 1)]


def read_isbns(text: str) -> tuple[tuple[str, ...], str, bool]:
    """Valid ISBNs as 13 digits, what stood there and is none, and whether a spreadsheet destroyed the digits."""
    text = whole(text)
    if not said(text):
        return (), "", False
    if _SCIENTIFIC.fullmatch(text) or _ROUND_ISBN.fullmatch(text):
        return (), text, True
    if text.isdigit() and len(text) == 9 and (found := isbns.find(f"0{text}")) and found[0].right:
        return (found[0].isbn13,), "", False  # the leading zero that a number cell drops
    valid, wrong = cleaning.isbns([text])
    return valid, wrong, False


def year(text: str) -> tuple[int | None, str]:
    """A year and the code of what was mended: «87» is 1987, «2019.0», «1987 г.» and dates are read as well."""
    text = whole(text.strip())
    found = cleaning.year(text)
    if found is not None:
        return found, ""
    short = _TWO_DIGITS.fullmatch(text)
    if short is None:
        return None, ""
    next_year = date.today().year % 100 + 1  # noqa: DTZ011 - no book is of a later year: «35» is 1935
    return int(short[1]) + (2000 if int(short[1]) <= next_year else 1900), "two_digit_year"


def status(text: str) -> ItemStatus:
    """Where a copy is, by what the column says; UNKNOWN where nobody can tell."""
    lowered = text.strip().lower().replace("ё", "е")
    if lowered in _CODES:
        return _CODES[lowered]
    for pattern, found in _STATUSES:
        if pattern.search(lowered):
            return found
    return ItemStatus.UNKNOWN


def gone(note: str) -> ItemStatus | None:
    """Whether a remark says that the copy is lost or written off: nothing else in a remark is believed."""
    lowered = note.lower().replace("ё", "е")
    for pattern, found in _STATUSES[:2]:
        if pattern.search(lowered) and not re.search(r"взамен|замен|вместо|не спис", lowered):
            return found
    return None


def in_reading_room(*texts: str) -> bool:
    """Whether a copy is used in the library only."""
    return any(_READING_ROOM.search(text.lower()) for text in texts if text)


def kind(text: str) -> Kind:
    """What a document is; a book where the column says nothing known."""
    lowered = text.lower()
    return next((found for word, found in _KINDS if word in lowered), Kind.BOOK)


def language(text: str) -> tuple[str, ...]:
    """ISO 639-2 codes of a column in words or codes."""
    found = (
        next((code for word, code in _LANGUAGES.items() if part.startswith(word)), "")
        for part in _ANOTHER.split(text.lower())
    )
    return cleaning.distinct(found) or cleaning.languages([text])


def series(text: str) -> tuple[tuple[str, str], ...]:
    """A series with the number in it: «Мерлин #2», «Мерлин, кн. 2» → (Мерлин, 2)."""
    found = _PLACE.search(text)
    name = text[: found.start()].strip() if found else text
    return ((name, found[1] if found else ""),) if name else ()


def several(text: str) -> tuple[str, ...]:
    """«фантастика, приключения» are two."""
    return cleaning.distinct(part.strip() for part in re.split(r"[;,|]", said(text)))


def grade(text: str) -> str:
    """The one school class of a column, "1".."11"; "" where there is none, or several."""
    found = re.fullmatch(r"(1[01]|[1-9])\s*-?\s*(?:й|ый|ой)?\s*(?:класс|кл\.?)?", whole(text.strip().lower()))
    return found[1] if found else ""


def age_mark(text: str) -> int | None:
    """0, 6, 12, 16 or 18 from a column of marks, with its plus or without."""
    marked = cleaning.age_mark(text)
    bare = whole(text.strip())
    return marked if marked is not None or not bare.isdigit() or int(bare) not in cleaning.AGE_MARKS else int(bare)
