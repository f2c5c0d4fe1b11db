"""Pieces of a message that handlers need, in the reader's own words."""

import re
from collections.abc import Mapping

from understanding.lexicon import Phrases

_QUOTED = re.compile(r"[«„“\"]([^«»„“”\"]{2,120})[»”“\"]")
_DATE = re.compile(
    r"(?i)\b(?:\d{1,2}\.\d{1,2}(?:\.\d{2,4})?"
    r"|\d{1,2}(?:-?го)?\s+(?:январ|феврал|март|апрел|ма[яй]|июн|июл|август|сентябр|октябр|ноябр|декабр)[а-я]*"
    r"|(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+\d{1,2}"
    r"|послезавтра|сегодня|завтра|понедельник\w*|вторник\w*|сред[уаы]\b|четверг\w*|пятниц\w*|суббот\w*|воскресень\w*"
    r"|(?:эти\s+)?выходны\w*|праздник\w*|(?:на\s+)?(?:этой|следующей)\s+недел\w*|(?:пн|вт|ср|чт|пт|сб|вс)\b|новый год"
    r"|today|tomorrow|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekends?|(?:this|next) week)"
)
_GRADE = re.compile(
    r"(?i)\b(?:за\s+)?(\d{1,2}|перв\w+|втор\w+|трет\w+|четверт\w+|пят\w+|шест\w+|седьм\w+|восьм\w+|девят\w+|десят\w+|одиннадцат\w+)"
    r"(?:-?(?:й|ый|го|м|ом))?\s*(?:класс\w{0,2}|кл\b|grade)"
)
_IN_WORDS = (
    r"од(?:ного|ин)|дв(?:ух|а)|тр(?:ех|ёх|и)|четыр(?:ех|ёх|е)|(?:пят|шест|сем|девят|десят|одиннадцат|двенадцат|тринадцат"
    r"|четырнадцат|пятнадцат|шестнадцат|семнадцат)[иь]|вос[еь]м[иь]|(?:четыр|тр)е?надцат[иь]"
)
_AGE = re.compile(
    r"(?i)(?:\b(?:для|на|сыну|дочке|дочери|ребенку|ребёнку|внуку|внучке|возраст\w*|мне|ему|ей|aged?)\s+)?"
    rf"\b(\d{{1,2}}(?:\s*[-–]\s*\d{{1,2}})?|{_IN_WORDS})\s*[-]?(?:лет\w*|год[аиу]?\w*|годик\w*|years?(?:\s+old)?|yo\b)"
)
_VOLUME = re.compile(
    r"(?i)\b(?:(?:том|часть|книга|кн|ч|т|выпуск|vol|volume|part|book)\.?\s*№?\s*"
    r"(\d{1,3}|перв\w{2}|втор\w{2}|трет\w{2}|четв[её]рт\w{2}|пят\w{2}|шест\w{2}|седьм\w{2}|[ivx]{1,4}\b|one|two|three)"
    r"|(\d{1,2}|перв\w{2,3}|втор\w{2,3}|трет\w{2,3}|четв[её]рт\w{2,3}|пят\w{2,3}|шест\w{2,3}|седьм\w{2,3})(?:-?(?:й|я|ая|ой))?"
    r"\s+(?:том\w?|част[ьи]|книг[ауи])\b)"
)
_ITEM = re.compile(
    r"(?i)\b(?:номер\s*|№\s*)?(перв\w{2}|втор\w{2}|трет\w{2}|четв[её]рт\w{2}|пят\w{2}|последн\w{2}|\d{1,2})(?:-?ю)?"
    r"(?:\s+(?:книг\w|по\s+списку))?\b"
)
_SCOPE = re.compile(r"(?i)\b(вс[её]|все\s+книги|всех|обе|everything|all)\b")
_PERIOD = re.compile(
    r"(?i)\b(?:на|for|ещ[её] на)\s+((?:\d+|од\w+|дв\w+|три|пару|a|one|two|three|another)?\s*"
    r"(?:недел\w+|недельк\w+|месяц\w*|дн\w+|день|weeks?|months?|days?))"
)
_CARD = re.compile(r"(?i)\b(?:билет\w*|карт\w*|чит\w*|card)\s*(?:№|номер|number|no)?[\s.:]*([0-9][0-9A-Za-z-]{2,15})\b")
_INITIALS = re.compile(r"\b(?:[А-ЯЁ]\.\s?[А-ЯЁ]\.\s?[А-ЯЁ][а-яё]+|[А-ЯЁ][а-яё]+\s[А-ЯЁ]\.\s?[А-ЯЁ]\.)")
_AUTHOR = re.compile(
    r"(?i)\b(?:автор\w{0,2}|писател\w{1,2}|author|(?:books?|novels?|anything|something) by|written by)\s*[:—-]?\s*"
    r"((?:[A-Za-zА-Яа-яЁё.'’-]+\s?){1,3})"
)
_SUBJECT = re.compile(r"(?i)\b(?:про|об?|на тему|about|on)\s+((?:[\w-]+\s?){1,6})")
_GENRE = re.compile(
    r"(?i)\b(детектив\w*|фантастик\w*|ф[эе]нтези|триллер\w*|ужас(?:ы|ов)?|ужастик\w*|сказк\w+|стих\w*|поэзи\w+"
    r"|юмор\w*|комикс\w*|манг[аиу]|приключени\w+|классик\w+|роман\w{0,2}|рассказ\w{0,2}|биографи\w+|энциклопеди\w+"
    r"|вестерн\w*|мемуар\w*|myster(?:y|ies)|thrillers?|fantasy|science fiction|sci-fi|romances?|horrors?|comics"
    r"|biograph(?:y|ies)|novels?|poetry)\b"
)
_AUDIENCE = re.compile(
    r"(?i)\b(?:для\s+|for\s+)?(дет(?:ей|ям|ьми)|малыш\w*|дошкольник\w*|школьник\w*|подростк\w*|взросл\w+|пенсионер\w*|реб[её]н(?:ок|ка|ку|ком)"
    r"|(?:внук|внучк|сын|дочк|дочер)\w*|kids?|children|teens?|toddlers?|adults?|seniors?)\b"
)
_LIKE = re.compile(r"(?i)\b(?:похож\w+ на|в стиле|вроде|типа|наподобие|like|similar to)\s+(.{2,80})")
_BRANCH = re.compile(
    r"(?i)\b(?:филиал\w{0,2}\s*(?:№|номер|n)?\s*\d{1,3}|(?:перв|втор|трет|центральн|детск|сельск|юношеск|городск|районн)\w+\s+(?:библиотек|филиал|отделени|абонемент)\w*"
    r"|(?:main|central|children'?s)\s+(?:library|branch)|(?:детск|центральн)(?:ая|ой|ую|ом|ий)\b)"
)
_FOR_WHOM = frozenset({"recommend", "events", "join"})
_TIMED = frozenset({"hours", "events", "my_loans", "renew", "hold", "availability"})
_BOOKISH = frozenset({"search", "availability", "hold", "renew", "recommend", "review"})


def slots(intent: str, text: str, isbn: str = "") -> dict[str, str]:
    """What the intent needs out of its stretch of the message; only what is said outright."""
    found: dict[str, str] = {}
    if isbn:
        found["isbn"] = isbn
    if intent in _BOOKISH:
        _book(text, found)
    if intent in _TIMED and (match := _DATE.search(text)):
        found["date"] = match[0]
    if match := _BRANCH.search(text):
        found["branch"] = match[0]
    if intent in _FOR_WHOM and (match := _AUDIENCE.search(text)):
        found["audience"] = match[1]
    if intent == "renew":
        if match := _PERIOD.search(text):
            found["period"] = match[1].strip()
        if match := _SCOPE.search(text):
            found["scope"] = "all"
        elif match := _ITEM.search(_DATE.sub("", _PERIOD.sub("", text))):
            found["item"] = match[1]
    if intent in ("renew", "my_loans", "join", "hold", "human") and (match := _CARD.search(text)):
        found["card"] = match[1]
    if intent == "recommend":
        _taste(text, found)
    return found


def _book(text: str, found: dict[str, str]) -> None:
    if match := _QUOTED.search(text):
        found["title"] = match[1].strip()
    if match := _GRADE.search(text):
        found["grade"] = match[1]
    elif match := _AGE.search(text):
        found["age"] = match[1]
    if match := _VOLUME.search(text):
        found["volume"] = match[1] or match[2]
    if match := _INITIALS.search(text):
        found["author"] = match[0]
    elif match := _AUTHOR.search(text):
        found["author"] = match[1].strip()


def _taste(text: str, found: dict[str, str]) -> None:
    if match := _GENRE.search(text):
        found["genre"] = match[1]
    if match := _LIKE.search(text):
        found["like"] = match[1].strip(" ?!.")
    elif match := _SUBJECT.search(text):
        words = re.split(r"(?i)\s+(?:для|ребенк|ребёнк|детей|лет|for)\b", match[1])[0]
        found["subject"] = words.strip()


def topic(intent: str, present: int, phrases: Phrases) -> Mapping[str, str]:
    """The FAQ topic of a request, as slot ``topic``; the intent itself where no narrower one fits."""
    for candidate in phrases.topics.get(intent, ()):
        for mask in candidate.masks:
            if _fits(mask, present):
                return {"topic": candidate.key}
    return {"topic": intent} if intent in ("join", "rules") else {}


def _fits(mask: int, present: int) -> bool:
    return mask & present == mask
