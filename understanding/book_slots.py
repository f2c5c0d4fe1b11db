"""What a message tells of a book: title, author, volume, class, age, genre, subject, series."""

import re
from functools import lru_cache

from bot.language import names, numbers, tongues
from bot.language.folding import fold
from understanding import circumstances
from understanding.sought import AnyOf, Sought

_IN_WORDS = (
    r"од(?:ного|ин)|дв(?:ух|а)|тр(?:ех|ёх|и)|четыр(?:ех|ёх|е)|(?:пят|шест|сем|девят|десят|одиннадцат|двенадцат"
    r"|тринадцат"
    r"|четырнадцат|пятнадцат|шестнадцат|семнадцат)[иь]|вос[еь]м[иь]|(?:четыр|тр)е?надцат[иь]"
)
_ORDINAL = (
    r"перв\w{2,3}|втор\w{2,3}|трет\w{2,3}|четв[её]рт\w{2,3}|пят\w{2,3}|шест\w{2,3}|седьм\w{2,3}|восьм\w{2,3}"
    r"|девят\w{2,3}"
    r"|десят\w{2,3}|одиннадцат\w{2,3}|first|second|third|fourth|fifth"
)
_QUOTED = re.compile(r"[«„“\"]([^«»„“”\"]{2,120})[»”“\"]")
_GRADE = Sought(
    rf"(?i)\b(?:за\s+)?(\d{{1,2}}|{_ORDINAL})(?:-?(?:й|ый|го|м|ом|th))?\s*(?:класс\w{{0,2}}|кл\b|grade)",
    "кл grade",
)
_GRADE_BEHIND = Sought(r"(?i)\b(?:класс|grade)\s+(\d{1,2})\b", "класс grade")
_GRADER = Sought(
    r"(?i)\b(перво|второ|третье|четверо|пяти|шести|семи|восьми|девяти|десяти|одиннадцати)класс(?:ни|к)\w+",
    "класс",
)
_GRADERS = ("перво", "второ", "третье", "четверо", "пяти", "шести", "семи", "восьми", "девяти", "десяти", "одиннадцати")
_AGE = Sought(
    rf"(?i)\b(\d{{1,2}}(?:\s*[-–]\s*\d{{1,2}})?|{_IN_WORDS})\s*[-–]?\s*"
    r"(?:лет(?:ия|ие|ию)?\b|год[аиу]?\b|годик\w*|years?(?:[\s-]old)?|y\.?o\b)",
    "лет год year y.o yo",
)
_AGE_OF = Sought(
    rf"(?i)\b(?:сын\w*|доч\w+|внук\w*|внучк\w+|реб[её]нк\w*|мальчик\w*|девочк\w*|мне|ему|ей|aged?)\s+(?:уже\s+"
    rf"|почти\s+)?"
    rf"(\d{{1,2}}|{_IN_WORDS})\b(?!\s*(?:-?(?:й|го|м)\b|класс|кл\b|книг|дн|недел|час|раз|штук|том|част|[:.]\d))",
    "сын доч внук внуч реб мальч девоч мне ему ей age",
)
_A_CHILD = (
    r"(?:реб[её]н|дет|мальчи|девоч|девчон|сын|доч|внук|внуч|плем|брат|сестр|подрост|школьн|малыш|читател|парн|девуш)"
)
_OLD = Sought(
    r"(?i)\b(одно|двух|тр[её]х|четыр[её]х|пяти|шести|семи|восьми|девяти|десяти|\w+надцати|\d{1,2}-?)"
    rf"лет(?:к\w+|н\w+(?=\s+{_A_CHILD}))",
    "лет",
)
_VOLUME = Sought(
    rf"(?i)\b(?:(?:том|часть|книга|кн|ч|т|выпуск|vol|volume|part|book)\.?\s*№?\s*"
    rf"(\d{{1,3}}|{_ORDINAL}|[ivx]{{1,4}}\b|one|two|three|four|five)"
    rf"|(\d{{1,2}}|{_ORDINAL})(?:-?(?:й|я|ая|ой|ю|ую|nd|rd|th))?\s+"
    r"(?:том\w{0,2}|част[ьи]|книг[ауи]|volume|part|book)\b)",
    "перв втор трет четв пят шест седьм восьм девят десят одиннадцат",
    r"[\da-z]",
)
_NUMBER_AT_THE_END = Sought(r"(?i)(?<![\d.,-])\s(\d{1,2}|[ivx]{1,4})\s*$", "", r"[\divx]")
_NUMBERED_THINGS = re.compile(r"(?i)(?:палат\w*|номер|дом|квартир\w*|глав\w*|школ\w*|класс\w*|№|и|на|за|до|из|-|—)\s*$")
_LAST_VOLUME = 20
_INITIALS = Sought(
    r"\b(?:(?:[А-ЯЁ][а-яё]?\.\s?){1,2}[А-ЯЁ][а-яё-]{2,}|[А-ЯЁ][а-яё-]{2,}\s(?:[А-ЯЁ]\.\s?){1,2}(?=\W|$))",
    ".",
)
_AUTHOR = Sought(
    r"(?i)\b(?:автор\w{0,2}\b(?!\s+не\b)|писател\w{1,2}|под\s+ред(?:\.|акци\w+)|author|(?:books?|novels?|anything"
    r"|something) by|written by|by(?= [A-Z]))"
    r"\s*[:—-]?\s*((?:(?!книг|назыв|или|есть|которы)[A-Za-zА-Яа-яЁё.'’-]+\s?){1,3})",
    "автор писател ред author by",
)
_BY = Sought(r"\bby\s+((?:[A-Z][\w.'’-]+\s?){1,3})", "by")
_GENRE = Sought(
    r"(?i)\b((?:(?:историческ|любовн|женск|научн|приключенческ|фантастическ|детск|юмористическ|психологическ|современн"
    r"|русск|зарубежн"
    r"|советск|скандинавск|славянск|городск|космическ|семейн|мистическ|готическ|классическ|подростков|боев|народн"
    r"|волшебн)\w+)?\s?"
    r"(?:детектив\w*|фантастик\w*|ф[эе]нтези|триллер\w*|ужас(?:ы|ов|ики)?|ужастик\w*|хоррор\w*|страшилк\w*|сказ(?:к"
    r"|ок)\w*"
    r"|стих(?:и|ов|отворени\w+)|поэзи\w+|поэм(?:ы|у)\b|лирик[аиу]|юмор\w*|комеди\w+|сатир\w+|комикс\w*|манг[аиу]"
    r"|приключени\w+|классик\w+"
    r"|антиутопи\w+|мистик[аиу]|проз[аыу]\b|роман(?:ы|ов|чик\w*)|рассказ(?:ы|ов)|повест(?:и|ей)|биографи\w+|мемуар\w*"
    r"|басн\w+|миф(?:ы|ов)\b"
    r"|энциклопеди\w+|вестерн\w*|пьес\w+|научпоп\w*|нон-?фикш[е]?н|эссе|публицистик\w+|боевик\w*|ромфант\w*"
    r"|киберпанк\w*))"
    r"|\b(myster(?:y|ies)|thrillers?|fantasy|science fiction|sci-fi|romances?|horrors?|comics|biograph(?:y|ies)"
    r"|poetry|dystopias?|comed(?:y|ies))\b",
    "детектив фантаст фэнт фент триллер ужас хоррор страшилк сказ стих поэ лирик юмор комеди сатир комикс манг "
    "приключени классик "
    "антиутопи мистик проз роман рассказ повест биографи мемуар басн миф энциклопеди вестерн пьес научпоп фикш эссе "
    "публицистик "
    "боевик ромфант киберпанк myster thriller fantasy sci romance horror comics biograph poetry dystopia comed",
)
_ABOUT = re.compile(r"(?i)\b(?:про|об|о|на тему|по теме|about|on)\s+((?:[\w-]+[ ]?){1,6})")
_ON = Sought(
    r"(?i)(?:\b(?:книг\w*|литератур\w*|издани\w*|материал\w*|пособи\w*|учебник\w*|источник\w*|что[ -]?(?:нибудь|нить"
    r"|то)|что(?=\s+у\s+вас|\s+есть)"
    r"|посоветуйте|порекомендуйте|подбер\w+|подобрать)\s+(?:[\w-]+\s+){0,3}?)по\s+"
    r"(?!порядк|программ|вкус|телефон|почт|мба|адрес|списк|внекласс|интернет|билет|штрих|цен|скид|поводу|автор|дороге"
    r"|выходн|будн)"
    r"((?:[\w-]+[ ]?){1,6})",
    "по",
)
"""«Книги по вязанию»: beside a word for books."""
_FOR_A_DAY = Sought(
    r"(?i)\bко?\s+(?:дню|неделе|декаде|месячнику|уроку|празднику|юбилею)\s+((?:[\w-]+[ ]?){1,4})",
    "дню неделе декаде месячнику уроку празднику юбилею",
)
"""«Подберите литературу к неделе математики»."""
_ENDS_A_SUBJECT = re.compile(
    r"(?i)\s*\b(?:для|реб[её]н(?:к|ок)\w*|детей|детям|лет|for|есть|нет|посовет\w*|подскаж\w*|что|чтоб\w*|пожалуйста"
    r"|please|у вас"
    r"|и\s+(?:сколько|где|как|когда|есть|скаж\w*|чтоб\w*)|в библиотеке|почитать|взять|можно|какие|на\s+\w+\s+класс|ей"
    r"|ему|но|только|без|кроме|найд\w+"
    r"|с\s+картинк\w+|(?:ч[тё][оё]?|че|ко[ге]о|как\w+)[- ]?(?:нибудь|нить|то)|\w+лет(?:к|н)\w+|желательно|побольше"
    r"|толков\w+|интересн\w+|хорош\w+"
    r"|\d+\s*(?:лет|год\w*|класс\w*)|(?:перво|второ|третье|четверо|пяти|шести|семи|восьми|девяти)класс\w+)\b.*$"
)
_LIKE = Sought(
    r"(?i)\b(?:похож\w+ на|в стиле|вроде|типа|наподобие|в духе|(?:что|чего)[- ]?(?:нибудь|то|нить) как(?: у)?|как у"
    r"|similar to|(?:something|books?) like)\s+"
    r"(.{2,80})",
    "похож стиле вроде типа наподобие духе как similar like",
)
_SERIES = Sought(r"(?i)\b(?:сери[яиюе]|цикл\w?|series)\s+[«\"]?([\w -]{2,60})", "сери цикл series")
_IN_ORDER = Sought(
    r"(?i)\b(?:(?:все|весь|вся|всю|целиком)\s+(?:книги|части|тома|истории|сери[яю]|цикл)|все\s+(?=\d+\s+(?:книг|част"
    r"|том))"
    r"|по\s+порядку|(?:в\s+)?как(?:ом|ой)\s+порядк\w+(?:\s+(?:читать|идут))?|all\s+(?:the\s+)?(?:books|parts)"
    r"|in\s+order)\b",
    "книг част том истори сери цикл поряд books parts order",
)
_OF_A_SERIES = re.compile(r"(?i)^(?:(?:про|об?|из|серии|цикла|читать|есть|книг\w*|about|of|in)\s+)+")
"""What stands between «все книги» and the name of the series."""
_SHORTEST_SERIES, _LONGEST_SERIES = 3, 5
_LANGUAGE = Sought(
    rf"(?i)\b(?:на\s+({'|'.join(tongues.IN_RUSSIAN)})(?:\s+язык\w*)?|in\s+({'|'.join(tongues.IN_ENGLISH)}))\b",
    "ком in",
)
_PEOPLES = {name.removesuffix("ском"): name for name in tongues.IN_RUSSIAN if name.endswith("ском")}
_BOOKS_OF = Sought(
    rf"(?i)\b({'|'.join(_PEOPLES)})(?:ски[ейх]|ская|скую)?\s+(?:язык\w*\s+)?(?:книг|книж|литератур)\w*"
    rf"|(?:книг|книж|литератур)\w*\s+({'|'.join(_PEOPLES)})(?:ски[ех]|ская|скую|\s+язык\w*)(?!\w)",
    "книг книж литератур",
)
"""«Узбекские книги», «узбек язык книга»; «книга английский язык» is a textbook."""
_FORM = (
    r"(?:аудиокниг\w*|аудио|audiobooks?|говорящ\w+\s+книг\w*|электронн\w+\s+(?:книг\w*|верси\w*|вид\w*|формат\w*)"
    r"|e-?books?|(?:с\s+)?крупн\w+\s+шрифт\w*|large print|по\s+Брайлю|комикс\w*"
    r"|(?:в\s+)?(?:тв[её]рд\w+|мягк\w+)\s+(?:перепл[её]т\w*|обложк\w*)|hardcover|paperback)"
)
_TOLD_BY_A_FORM = "аудио audio говорящ электронн book шрифт large брайл комикс тверд твёрд мягк hardcover paperback"
_FORMAT = Sought(rf"(?i)\b({_FORM})", _TOLD_BY_A_FORM)
_FORM_AT_THE_END = Sought(rf"(?i)(?:\bв\s+)?\b{_FORM}\W*$", _TOLD_BY_A_FORM)
_ABOUT_NOTHING = frozenset(
    ("что", "чем", "том", "том,", "нем", "ней", "книге", "книгу", "себе", "этом", "вас", "библиотеке")
)
_NOUNS = re.compile(
    r"(?i)^(?:(?:новая|новую|новый|какая-нибудь|любая|любую|последний|последнюю)\s+)?"
    r"(?:книг[аиуе]?|книжк[аиу]|роман|повесть|рассказ|учебник|пособие|произведени[ея]|сборник|том|часть)\s+"
    r"(?:(?:по|под названием|называется|автор\w?)\s+)?"
)
_TOLD_OUTRIGHT = AnyOf(_GRADE, _GRADE_BEHIND, _GRADER, _AGE, _AGE_OF, _OLD, _VOLUME, _SERIES)
_BESIDE_A_TITLE = AnyOf(_AUTHOR, _INITIALS, _LANGUAGE, _GRADE, _AGE, _VOLUME)
_LONGEST_TITLE, _TEXTS = 12, 64
_MOST_READ = 60
"""In more words no writer is looked for but one with initials, or behind «автор»: time is short."""
_KNOWN = 12
"""A writer less known than that is rather the hero of a book, where another one is named or nothing else is said."""
_NO_TITLE = frozenset(("у", "от", "из", "с", "у вас", "что есть у", "что у вас есть", "что", "что есть", "по"))
"""What is left where only an author was named: «что есть у Сальникова»."""
_NO_INITIALS = frozenset(("у", "о", "с", "к", "в", "а", "и"))
"""Little words before a name; behind it, or with a full stop, they are initials: «Пушкин а с», «А. Блок»."""
_NOT_BY = Sought(r"(?i)\b(?:кроме|не)\s+[а-яё-]+(?:\s+и\s+[а-яё-]+)?", "кроме не")
"""«Антиутопии, кроме Оруэлла», «только не толстое»."""
_OF_SOME_KIND = Sought(
    r"\b(?:(?:[Чч]то|[Чч]его|[Чч][оёе])(?:[ -]?(?:нибудь|нить|то))?|(?:по|про)читать)\s+([а-яё]{3,}[ое]го)\b", "ого его"
)
"""«Что почитать крутого?» names no writer called Крутой; «что-нибудь горького» does name one."""
_ABOUT_ONE = frozenset(("о", "об", "обо", "про"))
"""«Рассказы о Чехове» are not his."""
_LOOSE_SIGN = re.compile(r"\s[?!.,]+$|\?+$")
_SIGNS_BEFORE = re.compile(r"^[^\w(«\"#+]+")
"""«📚 гарри поттер», «? Там»."""
_COAUTHOR = re.compile(r"\s*(?:(?:и|с|со|&)\s|,)\s*([А-ЯЁа-яё-]+)")
_ANY_OF_HIS = frozenset(
    fold(
        "последнюю последняя последний последнее последние новую новая новое новый новые новенькую новенькое новинку "
        "новинки самую самое свежую свежее какая какую какие какое есть любую любая любое любой что нибудь то тогда "
        "лучше ещё нет не читала читал книга книгу книги роман романы"
    ).split()
)
"""Beside a writer these name no book."""
_LEADS_TO_A_WRITER = re.compile(
    r"(?i)(?:^|\s)(?:у|по|о|об|с|из|от|к|автор\w*|вс(?:его|ей|ё|е|ю|ех)|весь|вся|что(?:[- ]нибудь|-то)?(?:\s+из"
    r"|\s+у)?)\s*$"
)
"""«У Бунина есть …», «всего Куприна»."""
_IS_THERE = re.compile(r"(?i)^\s*(?:есть(?:\s+ли)?|имеется|найд[её]тся)\b")
_ORDERS = frozenset(("hold", "renew"))
_POINTS_AT = re.compile(
    r"(?:(?:(?:забрать|получить) )?(?:бронь|заказ)|(?:из|в|по) (?:списк\w+|них|моих)|остальн\w+|кроме(?: \w+)?|друг\w+"
    r"|прошл\w+|заказ\w*|брон\w*|дн\w+|срок\w*|билет\w*|мо[йяеёию]\w{0,2}"
    r"|(?:на )?(?:руках|мне|сегодня|завтра|потом)|очеред\w+|кинг\w|(?:эт(?:у|от|о|и)|ее|его|их)(?: книг\w)?)"
)
"""Beside an order these words speak of the list or of the order itself: «третью из списка», «продлите остальное»."""
_WHICH = re.compile(r"(?:(?:та|то|те|ту|эт|книг|книж)\w*\W+)?(?:котор|что я)\w*\s")
"""«Книгу, которую я взяла две недели назад»."""
_SEPARATES = re.compile(r"[|/;:—–«»\"()\n]")
_AND = frozenset(("и", "and"))
_JOINS = frozenset(("и", "с"))
"""«Ильф и Петров», «Ильф с Петровым»."""
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")


def digits(word: str) -> str:
    """The number that a numeral means, in digits; the word as it is where it means none."""
    value = numbers.value_of(fold(word).replace(" ", ""))
    return str(value) if value is not None else word


def quoted(text: str) -> str:
    """What stands in quotation marks first, "" where nothing does."""
    match = _QUOTED.search(text)
    return match[1].strip() if match else ""


def book(text: str, found: dict[str, str]) -> None:
    """Add what is told outright of a book."""
    if told := quoted(text):
        found["title"] = told
    if _TOLD_OUTRIGHT.may_match(text):
        _numbers_and_series(text, found)
    if value := author(text):
        found["author"] = value


def _numbers_and_series(text: str, found: dict[str, str]) -> None:
    if value := _grade(text):
        found["grade"] = value
    if value := _age(text):
        found["age"] = value
    if match := _VOLUME.search(_AGE.without(_GRADE.without(text))):
        found["volume"] = digits(match[1] or match[2])
    if match := _SERIES.search(text):
        found["series"] = match[1].strip()


def series(text: str, rest: str, found: dict[str, str]) -> None:
    """A whole series, where it is asked for without the word: «все книги про Гарри Поттера по порядку»."""
    if "series" in found or not _IN_ORDER.search(text):
        return
    name = _OF_A_SERIES.sub("", " ".join(_IN_ORDER.without(rest).split())).strip(' ,.:;?!«»"')
    if len(name) >= _SHORTEST_SERIES and len(name.split()) <= _LONGEST_SERIES and not _is_a_writer(name):
        found["series"] = name


def _is_a_writer(name: str) -> bool:
    return bool(names.readings(fold(name).split())) and any(map(names.is_only_a_name, fold(name).split()))


def title(intent: str, rest: str, found: dict[str, str]) -> None:
    """The title out of what goes to the catalogue, without author, volume, class; a number at its end is a volume."""
    if "title" in found or (found.get("series") and _IN_ORDER.search(rest)):
        return
    bare = circumstances.without(intent, rest)
    if _BESIDE_A_TITLE.may_match(bare):
        bare = _INITIALS.without(_AUTHOR.without(bare))
        bare = _VOLUME.without(_AGE.without(_GRADE.without(_LANGUAGE.without(bare))))
    if "volume" not in found and (match := _NUMBER_AT_THE_END.search(bare)):
        value = numbers.value_of(match[1].lower())
        before = bare[: match.start()]
        if value and value <= _LAST_VOLUME and _WORD.search(before) and not _NUMBERED_THINGS.search(before):
            found["volume"], bare = str(value), before
    if (form := _FORM_AT_THE_END.search(bare)) and _WORD.search(bare[: form.start()]):
        bare = bare[: form.start()]
    if len(_WORD.findall(bare)) > _MOST_READ:
        return
    bare = _NOUNS.sub("", " ".join(_without_writers(bare).split())).strip(" ,.:;|-—()")
    bare = _SIGNS_BEFORE.sub("", _LOOSE_SIGN.sub("", bare))
    if found.get("author") and _is_anything_of(found["author"], bare):
        return
    if _WORD.search(bare) and len(bare.split()) <= _LONGEST_TITLE and not _is_no_title(intent, bare):
        found["title"] = bare


def _is_anything_of(author: str, text: str) -> bool:
    """«Донцову последнюю какая есть», "anything by Chekhov": the writer is all that is named."""
    said = fold(text)
    return _ANY_OF_HIS.issuperset(said.split()) or (author.isascii() and said == fold(author))


def _without_writers(text: str) -> str:
    """The text without a writer's name, a coauthor's behind it, and the small words that only led to them."""
    span = _span(text)
    if span is None:
        return text
    spans = list(_WORD.finditer(text))
    before, behind = text[: spans[span[0]].start()], text[spans[span[1] - 1].end() :]
    joined = _COAUTHOR.match(behind)
    if joined and names.surnames(fold(joined[1])) and _WORD.search(before + behind[joined.end() :]):
        behind = behind[joined.end() :]
    led = _LEADS_TO_A_WRITER.search(before)
    if led:
        before, behind = before[: led.start()], _IS_THERE.sub(" ", behind)
    return f"{before} {behind}"


def _is_no_title(intent: str, text: str) -> bool:
    """Whether the words only point at a book, or at those on loan."""
    said = fold(text)
    if said in _NO_TITLE or (intent in _ORDERS and _POINTS_AT.fullmatch(said)):
        return True
    return intent in _ORDERS and _WHICH.match(said) is not None


def hero(found: dict[str, str]) -> None:
    """Take back a little known writer who is the title itself: «Обломов»."""
    named = names.readings(fold(found.get("title", "")).split()) if "author" in found else ()
    if named and named[0].weight < _KNOWN and fold(found["author"]) == named[0].surname:
        del found["author"]


def author(text: str) -> str:
    """The author that a text names, in the nominative where that is known; "" where it names none."""
    text = _LANGUAGE.without(circumstances.without("", text))
    if match := _INITIALS.search(text):
        return match[0].strip()
    if match := _AUTHOR.search(text) or _BY.search(text):
        told = match[1].strip()
        read = names.readings(fold(told).split())
        return _written(told, read[0]) if read else told
    text = _without_a_kind(_NOT_BY.without(text))
    if span := _span(text):
        spans = list(_WORD.finditer(text))
        first, last, named = span
        if first and fold(spans[first - 1][0]) in _ABOUT_ONE:
            return ""
        return _written(text[spans[first].start() : spans[last - 1].end()], named)
    return ""


def _without_a_kind(text: str) -> str:
    """The text without a word that only says what kind of thing is wanted."""
    match = _OF_SOME_KIND.search(text)
    if match is None or any(names.weight(one) >= names.WELL_KNOWN for one in names.surnames(fold(match[1]))):
        return text
    return text[: match.start(1)] + text[match.end(1) :]


def taste(text: str, found: dict[str, str]) -> None:
    """Add genre, subject and what it is to be like."""
    if match := _GENRE.search(text):
        found["genre"] = (match[1] or match[2]).strip()
    if match := _LIKE.search(text):
        found["like"] = match[1].strip(" ?!.")
    else:
        about = [match[1] for match in _ABOUT.finditer(text)]
        if (match := _ON.search(text)) and "author" not in found:
            about.append(match[1])
        if match := _FOR_A_DAY.search(text):
            about.append(match[1])
        for told in about:
            words = _ENDS_A_SUBJECT.sub("", told).strip()
            if words and words.split()[0].lower() not in _ABOUT_NOTHING:
                found["subject"] = words
                break


def form(text: str, found: dict[str, str]) -> None:
    """Add the language and the form that are asked for: «на английском», «аудиокнига», «крупным шрифтом»."""
    if match := _LANGUAGE.search(text):
        found["language"] = (match[1] or match[2]).lower()
    elif match := _BOOKS_OF.search(text):
        found["language"] = _PEOPLES[(match[1] or match[2]).lower()]
    if match := _FORMAT.search(text):
        found["format"] = match[1].lower()


def _grade(text: str) -> str:
    if match := _GRADE.search(text) or _GRADE_BEHIND.search(text):
        return digits(match[1])
    if match := _GRADER.search(text):
        return str(_GRADERS.index(match[1].lower()) + 1)
    return ""


def _age(text: str) -> str:
    if match := _AGE.search(text) or _AGE_OF.search(text):
        return "-".join(digits(part.strip()) for part in re.split("[-–]", match[1]))
    if match := _OLD.search(text):
        told = fold(match[1])
        return "1" if told == "одно" else digits(told)
    return ""


@lru_cache(maxsize=_TEXTS)
def _span(text: str) -> tuple[int, int, names.Named] | None:
    """The words that name a writer: sure names anywhere, well-known ones that are words, too, at an end."""
    spans = list(_WORD.finditer(text))
    words = [_bare_word(match, text) for match in spans]
    if len(words) > _MOST_READ:
        return None
    if found := names.find(words):
        found = _better_known(_within(found, spans, words, text), words)
        alone = len(words) == 1 and found[2].weight < _KNOWN
        return None if alone or not found[2].weight else found  # «Анна Каренина» is a name, too
    if len(words) < 2:
        return None
    for at in (len(words) - 1, 0):
        known = names.surnames(words[at]) or names.expanded(words[at])
        if known and names.weight(known[0]) >= names.WELL_KNOWN and words[at] not in ("сама", "белый", "черный"):
            return at, at + 1, names.Named(known[0], weight=names.weight(known[0]))
    return None


def _better_known(found: tuple[int, int, names.Named], words: list[str]) -> tuple[int, int, names.Named]:
    """The name, or a better known one behind it: «Обломов Гончарова» is about the hero of a book."""
    first, last, named = found
    if last - first > 1 or named.weight >= _KNOWN or not (other := names.find(words[last:])):
        return found
    return (last + other[0], last + other[1], other[2]) if other[2].weight > named.weight else found


def _within(
    found: tuple[int, int, names.Named], spans: list[re.Match[str]], words: list[str], text: str
) -> tuple[int, int, names.Named]:
    """The name without what belongs to the title before it: «Мастер и Маргарита Булгакова», «Маргарита | Булгаков»."""
    first, last, named = found
    for at in range(first + 1, last):
        apart = _SEPARATES.search(text[spans[at - 1].end() : spans[at].start()])
        joined = at == first + 1 and first > 1 and words[first - 1] in ("-", "и") and spans[first - 1][0] in _AND
        if (apart or joined) and (read := names.readings(words[at:last])):
            return at, last, read[0]
    return first, last, named


def _bare_word(match: re.Match[str], text: str) -> str:
    """A word, folded; "-" for one that cannot be of a name: «у Пушкина» and «а Пушкин есть?» begin with no initial."""
    word = match[0]
    if word in _NO_INITIALS and text[match.end() : match.end() + 1] == " ":
        before = text[: match.start()].split()
        while before and len(before[-1]) == 1:
            before.pop()
        behind = _WORD.match(text, match.end() + 1)
        if not before or not names.surnames(fold(before[-1])) or (word in _JOINS and _is_a_surname(behind)):
            return "-"
    return fold(word).replace(" ", "") or "-"


def _is_a_surname(match: re.Match[str] | None) -> bool:
    return match is not None and bool(names.surnames(fold(match[0])))


def _written(told: str, named: names.Named) -> str:
    """The name as it was told, its surname in the nominative: «рэя брэдбери» is «Рэй Брэдбери»."""
    made = []
    for word in told.split():
        folded = fold(word)
        if named.surname in names.surnames(folded) or folded == named.surname:
            made.append(named.surname.title())
        elif given := names.given_name(folded):
            made.append(given.title())
        elif len(folded) > 3 and named.surname.startswith(folded):
            made.append(named.surname.title())
        else:
            made.append(word)
    return " ".join(made)
