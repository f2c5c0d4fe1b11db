"""Pieces of a message that handlers need: the reader's own words, numbers in digits, writers in the nominative."""

import re
from collections.abc import Iterator, Mapping

from understanding import book_slots
from understanding.circumstances import BRANCH, MONTH, ORDINAL, WEEKDAY
from understanding.lexicon import Phrases
from understanding.sought import Sought

_DATE = Sought(
    r"(?i)\b(?:\d{1,2}\.\d{1,2}(?:\.\d{2,4})?"
    rf"|\d{{1,2}}(?:-?го)?\s+(?:{MONTH}[а-я]*|числ[ауо]\b)"
    r"|(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+\d{1,2}"
    rf"|(?:послезавтра|сегодня|завтра)\b|{WEEKDAY}"
    r"|(?:эти\s+|этих\s+)?выходны\w*|(?:на\s+)?(?:этой|эту|следующ\w+)\s+недел\w*|(?:пн|вт|ср|чт|пт|сб|вс)\b|новый год"
    r"|today|tomorrow|tonight|(?:this\s+)?(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|(?:this\s+)?weekends?|(?:this|next) week)",
    "завтра сегодня понедельник четверг пятниц суб воск выходны недел пн вт ср чт пт сб вс новый day tonight tomorrow "
    "week январ феврал март апрел мая май мае июн июл август сентябр октябр ноябр декабр числ january february march "
    "april may june july august september october november december",
    r"\d\.\d",
)
_WIDER_DATE = Sought(
    rf"(?i)\b(?:(?:майски\w+|новогодни\w+|январски\w+)\s+(?:праздник\w*|каникул\w*)|праздник(?:и|ов|ам|ами|ах)\b|каникул\w*"
    rf"|{MONTH}(?:[аеьяую]|ом|ем|[её]м)?\b|летом|зимой|осенью|весной|holidays?)",
    "праздник каникул январ феврал март апрел ма июн июл август сентябр октябр ноябр декабр лет зимой осенью весной "
    "holiday",
)
_ITEM = re.compile(
    rf"(?i)\b(?:номер\s*|№\s*)?({ORDINAL}\w{{2}}(?:\s+и\s+{ORDINAL}\w{{2}})?|последн\w{{2}}|first|second|third|last|\d{{1,2}}\b)"
    r"(?:-?ю)?(?:\s+(?:книг\w|по\s+списку|one))?\b"
)
_SCOPE = re.compile(r"(?i)\b(вс[её]|все\s+(?:мои\s+)?книги|всех|обе|everything|all)\b")
_COUNT = (
    r"(?:\d+|од\w+|дв\w+|три|четыре|пять|шесть|семь|восемь|девять|десять|\w+надцать|двадцать|тридцать|пару|полтора|ещ[её]"
    r"|a|one|two|three|another)"
)
_PERIOD = re.compile(
    rf"(?i)\b(?:на|for|ещ[её](?:\s+на)?|another)\s+((?:{_COUNT})?\s*"
    r"(?:недел\w+|недельк\w+|месяц\w*|дн(?:я|ей|и)\b|день|денёк|денек|weeks?|months?|days?))"
    r"|\b(дн(?:я|ей)\s+(?:пять|десять|\d+)|до\s+(?:конца\s+(?:месяца|недели|лета|года)|экзамена|отпуска))"
)
_CARD = Sought(
    r"(?i)\b(?:билет\w*|карт\w*|чит\w*|card)\s*(?:№|номер|number|no)?[\s.:]*([0-9][0-9A-Za-z-]{2,15}|\d{1,4}(?:\s\d{1,4}){1,4})\b",
    "билет карт чит card",
)
_AUDIENCE = Sought(
    r"(?i)\b(?:для\s+|for\s+)?(дет(?:ей|ям|ьми)|малыш\w*|дошкольник\w*|школьник\w*|подростк\w*|взросл\w+|пенсионер\w*|реб[её]н(?:ок|ка|ку|ком)"
    r"|(?:внук|внучк|сын|дочк|дочер)\w*|kids?|children|teens?|toddlers?|adults?|seniors?)\b",
    "дет малыш школьник подростк взросл пенсионер реб внук внуч сын доч kid child teen toddler adult senior",
)
_BRANCH = Sought(
    rf"(?i)\b(?:{BRANCH}"
    r"|(?:main|central|children'?s)\s+(?:library|branch|department)|(?:детск|центральн)(?:ая|ой|ую|ом|ий)\b"
    r"|\b(?:в|из)\s+(?-i:[А-ЯЁ])[а-яё]+(?:ке|ово|ево|ино|ском)\b)",
    "филиал библиотек отдел абонемент library branch department детск центральн ке ово ево ино ском",
)
_COPIES = Sought(r"(?i)\b(\d{1,3})\s+(?:экземпляр\w*|экз\b|штук\w*|шт\b|копий|copies)", "экз шт копий copies")
_LONGEST = 1_200
"""Characters that are looked through, from the end: the wish comes last, and time is short."""
_FOR_WHOM = frozenset({"recommend", "events", "join", "search"})
_TIMED = frozenset({"hours", "events", "my_loans", "renew", "hold", "availability", "search"})
_BOOKISH = frozenset({"search", "availability", "hold", "renew", "recommend", "review", "join", "rules", "events"})
_LOOKED_UP = frozenset({"search", "availability", "hold", "renew", "review"})
_BY_TASTE = frozenset({"recommend", "search", "availability"})
_ONLY_AGES = frozenset({"join", "rules", "events"})


def slots(intent: str, text: str, isbn: str = "", rest: str = "") -> dict[str, str]:
    """What the intent needs out of its stretch of the message; only what is said outright.

    Args:
        intent: What is wanted.
        text: The stretch in the spelling that was meant.
        isbn: An ISBN in it, as it was typed.
        rest: What of it goes to the catalogue.
    """
    text = text[-_LONGEST:]
    found: dict[str, str] = {}
    if isbn:
        found["isbn"] = isbn
    if intent in _BOOKISH:
        book_slots.book(text, found)
        if intent in _ONLY_AGES:
            found = {name: value for name, value in found.items() if name in ("age", "grade", "isbn")}
    if intent in _LOOKED_UP and rest and not isbn:
        book_slots.series(text, rest, found)
        book_slots.title(intent, _CARD.without(_PERIOD.sub(" ", rest)) if intent == "renew" else rest, found)
        book_slots.hero(found)
    if intent in _TIMED and (date := _date(text)):
        found["date"] = date
    if intent == "human" and (quoted := book_slots.quoted(text)):
        found["title"] = quoted
    if match := _BRANCH.search(text):
        found["branch"] = match[0]
    if intent in _FOR_WHOM and (match := _AUDIENCE.search(text)) and (intent != "search" or match[0] != match[1]):
        found["audience"] = match[1]  # a book that is only looked for may be called «Капитанская дочка»
    if intent == "renew":
        _renewal(text, found)
    if intent in ("renew", "my_loans", "join", "hold", "human", "link_card") and (match := _CARD.search(text)):
        found["card"] = match[1].replace(" ", "")
    if intent in _LOOKED_UP and (match := _COPIES.search(text)):
        found["copies"] = match[1]
    if intent in _BY_TASTE:
        book_slots.taste(text, found)
        book_slots.form(text, found)
    return found


def _date(text: str) -> str:
    match = _DATE.search(text) or _WIDER_DATE.search(text)
    return match[0] if match else ""


def _renewal(text: str, found: dict[str, str]) -> None:
    if match := _PERIOD.search(text):
        found["period"] = (match[1] or match[2]).strip()
    if _SCOPE.search(text):
        found["scope"] = "all"
    elif match := _ITEM.search(_without_terms(text)):
        found["item"] = ", ".join(book_slots.digits(word) for word in re.split(r"\s+и\s+", match[1]))
        if "title" not in found:
            found.pop("volume", None)  # «третью книгу» is a place in the list


def _without_terms(text: str) -> str:
    """The text without its day, its number of days and its card: no numbers of a list, no words of a title."""
    return _CARD.without(_DATE.without(_PERIOD.sub(" ", text)))


def topic(intent: str, present: int, phrases: Phrases) -> Mapping[str, str]:
    """The FAQ topic of a request, as slot ``topic``: the first that fits; «join» itself where no narrower one does."""
    found = next(topics(intent, present, phrases), intent if intent == "join" else "")
    return {"topic": found} if found else {}


def topics(intent: str, present: int, phrases: Phrases) -> Iterator[str]:
    """All topics of an intent whose words are there, in the order of its file."""
    for candidate in phrases.topics.get(intent, ()):
        if any(mask & present == mask for mask in candidate.masks):
            yield candidate.key
