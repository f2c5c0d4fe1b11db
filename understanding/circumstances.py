"""What is said around a title and is no part of it: where a book is wanted, until when, by whom, all parts of it."""

from understanding.sought import AnyOf, Sought

MONTH = r"(?:январ|феврал|март|апрел|ма[яйе]|июн|июл|август|сентябр|октябр|ноябр|декабр)"
ORDINAL = r"(?:перв|втор|трет|четв[её]рт|пят|шест|седьм|восьм|девят|десят)"
WEEKDAY = r"(?:понедельник\w*|вторник\w*|сред[аеуы]\b|четверг\w*|пятниц\w*|суб+от\w*|воскр?есень\w*)"
"""In every case, with the usual slips."""
_DAY = (
    rf"(?:\d{{1,2}}\.\d{{1,2}}(?:\.\d{{2,4}})?|\d{{1,2}}(?:-?го)?\s+{MONTH}[а-я]*|(?:послезавтра|завтра|сегодня)\b"
    rf"|{WEEKDAY}|выходны\w*"
    r"|(?:утр|вечер|обед)\w{0,2}\b|конц[ау]\s+(?:недели|месяца|дня|года|лета)"
    r"|(?:(?:эт|следующ|друг)\w+\s+|пар\w\s+|од\w+\s+|дв\w+\s+|три\s+|ещ[её]\s+|\d{1,2}\s+)?"
    r"(?:недел\w*|месяц\w*|дн(?:я|ей)\b|день\b))"
)
BRANCH = (
    r"(?:филиал\w{0,2}\s*(?:№|номер|n)?\s*\d{1,3}|\d{1,3}(?:-?(?:й|м|ый|ом|ого|го))?\s+филиал\w*"
    r"|(?:филиал\w{0,2}|библиотек\w)\s+(?:в|на|имени|им\.)\s+[А-ЯЁа-яё-]+"
    rf"|(?:{ORDINAL}|центральн|детск|сельск|юношеск|городск|районн|[а-яё-]+ск(?=[аоу]))\w+\s+"
    r"(?:(?:сельск|детск|модельн)\w+\s+)?(?:библиотек|филиал|отдел|абонемент)\w*)"
)
"""A building, as readers name it."""
_UNTIL = rf"(?:на|до|к|ко)\s+{_DAY}"
_WHERE = rf"(?:в|во|из|на)\s+(?:вашей\s+|вашем\s+)?(?:{BRANCH}|(?:детск|центральн)(?:ой|ую|ом)\b)"
_WHERE_AT_THE_END = Sought(
    rf"(?i)(?:^|[\s,]+)(?:{_WHERE})[\s?!.,»\")]*$",
    "филиал библиотек отдел абонемент детск центральн",
)
_UNTIL_AT_THE_END = Sought(rf"(?i)(?:^|[\s,]+)(?:{_UNTIL})[\s?!.,»\")]*$", "на до к")
_ALL_OF_IT_AT_THE_END = Sought(
    r"(?i)[\s,]+(?:обе|оба|об[её]их|все|всех|вс[её])\s+(?:(?:её|ее|его|их|эти|эту)\s+)?"
    r"(?:част(?:и|ей)|тома?|томов|книг[иу]?|серию)[\s?!.,»\")]*$",
    "част том книг серию",
)
_OF_WHAT_AGE_AT_THE_START = Sought(
    r"(?i)^\W*(?:(?:здравствуйте|привет|добрый\s+день)\W+)?(?:(?:мне|(?:мо\w+\s+)?(?:сыну|дочери|дочке|внуку|внучке|реб[её]нку))"
    r"\s+)?\d{1,2}(?:\s*(?:лет|год\w*|годик\w*))?[\s,.;]+(?:(?:и|а|но)\s+)?(?:(?:мне|нам|ей|ему)\s+)?"
    r"(?:очень\s+)?(?:нуж(?:ен|на|но|ны)|надо|ищу|хочу|хочется|требуется|дайте|есть\s+ли(?:\s+у\s+вас)?)\s+"
    r"(?:(?:прочитать|почитать|взять|найти|книг\w)\s+)?",
    "лет год нуж надо ищу хоч треб дай есть",
)
"""«Мне 14, и нужен граф Монте-Кристо»."""
_AROUND = AnyOf(_OF_WHAT_AGE_AT_THE_START, _WHERE_AT_THE_END, _ALL_OF_IT_AT_THE_END)
_ORDERS = frozenset({"hold", "renew"})
"""What is done until some day; elsewhere «Меню на неделю» is a title."""


def without(intent: str, text: str) -> str:
    """The text without what is said around a title: of where and until when, who asks, that all parts are wanted.

    "" where nothing else is said.
    """
    if intent not in _ORDERS and not _AROUND.may_match(text):
        return text.strip()
    text = _OF_WHAT_AGE_AT_THE_START.without(text).strip()
    while True:
        cut = _shorter(_shorter(text, _WHERE_AT_THE_END), _ALL_OF_IT_AT_THE_END)
        if intent in _ORDERS:
            cut = _shorter(cut, _UNTIL_AT_THE_END)
        if cut == text:
            return text
        text = cut


def _shorter(text: str, pattern: Sought) -> str:
    match = pattern.search(text)
    return text[: match.start()] if match else text
