"""What a message tells of a book: title, author, volume, class, age, genre, subject, series."""

import re

from bot.language import names, numbers
from bot.language.folding import fold
from understanding.sought import Sought

_IN_WORDS = (
    r"од(?:ного|ин)|дв(?:ух|а)|тр(?:ех|ёх|и)|четыр(?:ех|ёх|е)|(?:пят|шест|сем|девят|десят|одиннадцат|двенадцат|тринадцат"
    r"|четырнадцат|пятнадцат|шестнадцат|семнадцат)[иь]|вос[еь]м[иь]|(?:четыр|тр)е?надцат[иь]"
)
_ORDINAL = (
    r"перв\w{2,3}|втор\w{2,3}|трет\w{2,3}|четв[её]рт\w{2,3}|пят\w{2,3}|шест\w{2,3}|седьм\w{2,3}|восьм\w{2,3}|девят\w{2,3}"
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
    r"(?:лет\w*|год[аиу]?\b|годик\w*|years?(?:[\s-]old)?|y\.?o\b)",
    "лет год year y.o yo",
)
_AGE_OF = Sought(
    rf"(?i)\b(?:сын\w*|доч\w+|внук\w*|внучк\w+|реб[её]нк\w*|мальчик\w*|девочк\w*|мне|ему|ей|aged?)\s+(?:уже\s+|почти\s+)?"
    rf"(\d{{1,2}}|{_IN_WORDS})\b(?!\s*(?:-?(?:й|го|м)\b|класс|кл\b|книг|дн|недел|час|раз|штук|том|част|[:.]\d))",
    "сын доч внук внуч реб мальч девоч мне ему ей age",
)
_OLD = Sought(
    r"(?i)\b(одно|двух|тр[её]х|четыр[её]х|пяти|шести|семи|восьми|девяти|десяти|\d{1,2}-?)лет(?:к\w+|н\w+)",
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
_NUMBER_AT_THE_END = re.compile(r"(?i)(?<![\d.,-])\s(\d{1,2}|[ivx]{1,4})\s*$")
_NUMBERED_THINGS = re.compile(r"(?i)(?:палат\w*|номер|дом|квартир\w*|глав\w*|школ\w*|класс\w*|№|и|на|за|до|из|-|—)\s*$")
_LAST_VOLUME = 20
_INITIALS = Sought(
    r"\b(?:(?:[А-ЯЁ][а-яё]?\.\s?){1,2}[А-ЯЁ][а-яё-]{2,}|[А-ЯЁ][а-яё-]{2,}\s(?:[А-ЯЁ]\.\s?){1,2}(?=\W|$))",
    ".",
)
_AUTHOR = Sought(
    r"(?i)\b(?:автор\w{0,2}|писател\w{1,2}|author|(?:books?|novels?|anything|something) by|written by|by(?= [A-Z]))"
    r"\s*[:—-]?\s*((?:(?!книг|назыв|или|есть|которы)[A-Za-zА-Яа-яЁё.'’-]+\s?){1,3})",
    "автор писател author by",
)
_BY = Sought(r"\bby\s+((?:[A-Z][\w.'’-]+\s?){1,3})", "by")
_GENRE = Sought(
    r"(?i)\b((?:историческ\w+|любовн\w+|женск\w+|научн\w+|приключенческ\w+|фантастическ\w+|детск\w+)?\s?"
    r"(?:детектив\w*|фантастик\w*|ф[эе]нтези|триллер\w*|ужас(?:ы|ов|ики)?|ужастик\w*|страшилк\w*|сказ(?:к|ок)\w*|стих(?:и|ов|отворени\w+)"
    r"|поэзи\w+|юмор\w*|комикс\w*|манг[аиу]|приключени\w+|классик\w+|роман(?:ы|ов)|рассказ(?:ы|ов)|биографи\w+|мемуар\w*"
    r"|энциклопеди\w+|вестерн\w*|пьес\w+|научпоп\w*|нон-?фикш[е]?н))"
    r"|\b(myster(?:y|ies)|thrillers?|fantasy|science fiction|sci-fi|romances?|horrors?|comics|biograph(?:y|ies)"
    r"|poetry)\b",
    "детектив фантаст фэнт фент триллер ужас страшилк сказ стих поэзи юмор комикс манг приключени классик роман "
    "рассказ биографи мемуар энциклопеди вестерн пьес научпоп фикш myster thriller fantasy sci romance horror comics "
    "biograph poetry",
)
_ABOUT = re.compile(
    r"(?i)\b(?:про|об|о|на тему|по теме|по(?= истори| психолог| воспит| кулинар| сад)|about|on)\s+((?:[\w-]+[ ]?){1,6})"
)
_ENDS_A_SUBJECT = re.compile(
    r"(?i)\s*\b(?:для|реб[её]нк\w*|детей|детям|лет|for|есть|нет|посовет\w*|подскаж\w*|что|чтобы|пожалуйста|please|у вас"
    r"|и\s+(?:сколько|где|как|когда|есть|скаж\w*)|в библиотеке|почитать|взять|можно|какие|на\s+\w+\s+класс|ей|ему"
    r"|\d+\s*(?:лет|год\w*|класс\w*)|(?:перво|второ|третье|четверо|пяти|шести|семи|восьми|девяти)класс\w+)\b.*$"
)
_LIKE = Sought(
    r"(?i)\b(?:похож\w+ на|в стиле|вроде|типа|наподобие|в духе|что-то как у|как у|similar to"
    r"|(?:something|books?) like)\s+"
    r"(.{2,80})",
    "похож стиле вроде типа наподобие духе как similar like",
)
_SERIES = Sought(r"(?i)\b(?:сери[яиюе]|цикл\w?|series)\s+[«\"]?([\w -]{2,60})", "сери цикл series")
_IN_ORDER = Sought(
    r"(?i)\b(?:(?:все|весь|вся|всю|целиком)\s+(?:книги|части|тома|истории|сери[яю]|цикл)|все\s+(?=\d+\s+(?:книг|част|том))"
    r"|по\s+порядку|(?:в\s+)?как(?:ом|ой)\s+порядк\w+(?:\s+(?:читать|идут))?|all\s+(?:the\s+)?(?:books|parts)|in\s+order)\b",
    "книг част том истори сери цикл поряд books parts order",
)
_OF_A_SERIES = re.compile(r"(?i)^(?:(?:про|об?|из|серии|цикла|читать|есть|книг\w*|about|of|in)\s+)+")
"""What stands between «все книги» and the name of the series."""
_SHORTEST_SERIES, _LONGEST_SERIES = 3, 5
_LANGUAGE = Sought(
    r"(?i)\b(?:на\s+(английском|русском|немецком|французском|испанском|итальянском|китайском|татарском|башкирском"
    r"|казахском|узбекском|украинском|таджикском)(?:\s+язык\w+)?"
    r"|in\s+(English|Russian|German|French|Spanish|Italian|Chinese))\b",
    "ком in",
)
_FORM = (
    r"(?:аудиокниг\w*|аудио|audiobooks?|говорящ\w+\s+книг\w*|электронн\w+\s+(?:книг\w*|верси\w*|вид\w*|формат\w*)"
    r"|e-?books?|(?:с\s+)?крупн\w+\s+шрифт\w*|large print|по\s+Брайлю|комикс\w*"
    r"|(?:в\s+)?(?:тв[её]рд\w+|мягк\w+)\s+(?:перепл[её]т\w*|обложк\w*)|hardcover|paperback)"
)
_TOLD_BY_A_FORM = "аудио audio говорящ электронн book шрифт large брайл комикс тверд твёрд мягк hardcover paperback"
_FORMAT = Sought(rf"(?i)\b({_FORM})", _TOLD_BY_A_FORM)
_FORM_AT_THE_END = Sought(rf"(?i)(?:\bв\s+)?\b{_FORM}\W*$", _TOLD_BY_A_FORM)
_ABOUT_NOTHING = frozenset(("том", "том,", "нем", "ней", "книге", "книгу", "себе", "этом", "вас", "библиотеке"))
_NOUNS = re.compile(
    r"(?i)^(?:(?:новая|новую|новый|какая-нибудь|любая|любую|последний|последнюю)\s+)?"
    r"(?:книг[аиуе]?|книжк[аиу]|роман|повесть|рассказ|учебник|пособие|произведени[ея]|сборник|том|часть)\s+"
    r"(?:(?:по|под названием|называется|автор\w?)\s+)?"
)
_LONGEST_TITLE = 12
_MOST_READ = 60
"""In more words no writer is looked for but one with initials, or behind «автор»: time is short."""
_NO_TITLE = frozenset(("у", "от", "из", "с", "у вас", "что есть у", "что у вас есть"))
"""What is left where only an author was named: «что есть у Сальникова»."""
_NO_INITIALS = frozenset(("у", "о", "с", "к", "в", "а", "и"))
"""Little words before a name; behind it, or with a full stop, they are initials: «Пушкин а с», «А. Блок»."""
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
    if value := _grade(text):
        found["grade"] = value
    if value := _age(text):
        found["age"] = value
    if match := _VOLUME.search(_AGE.without(_GRADE.without(text))):
        found["volume"] = digits(match[1] or match[2])
    if match := _SERIES.search(text):
        found["series"] = match[1].strip()
    if value := author(text):
        found["author"] = value


def series(text: str, rest: str, found: dict[str, str]) -> None:
    """A whole series, where it is asked for without the word: «все книги про Гарри Поттера по порядку»."""
    if "series" in found or not _IN_ORDER.search(text):
        return
    name = _OF_A_SERIES.sub("", " ".join(_IN_ORDER.without(rest).split())).strip(' ,.:;?!«»"')
    if len(name) >= _SHORTEST_SERIES and len(name.split()) <= _LONGEST_SERIES and not _is_a_writer(name):
        found["series"] = name


def _is_a_writer(name: str) -> bool:
    return bool(names.readings(fold(name).split())) and any(map(names.is_only_a_name, fold(name).split()))


def title(rest: str, found: dict[str, str]) -> None:
    """The title out of what goes to the catalogue, without author, volume, class; a number at its end is a volume."""
    if "title" in found or (found.get("series") and _IN_ORDER.search(rest)):
        return
    bare = _INITIALS.without(_AUTHOR.without(rest))
    bare = _VOLUME.without(_AGE.without(_GRADE.without(_LANGUAGE.without(bare))))
    if "volume" not in found and (match := _NUMBER_AT_THE_END.search(bare)):
        value = numbers.value_of(match[1].lower())
        before = bare[: match.start()]
        if value and value <= _LAST_VOLUME and _WORD.search(before) and not _NUMBERED_THINGS.search(before):
            found["volume"], bare = str(value), before
    if (form := _FORM_AT_THE_END.search(bare)) and _WORD.search(bare[: form.start()]):
        bare = bare[: form.start()]
    spans = list(_WORD.finditer(bare))
    if len(spans) > _MOST_READ:
        return
    if span := _span(bare):
        first, last, _ = span
        bare = bare[: spans[first].start()] + " " + bare[spans[last - 1].end() :]
    bare = _NOUNS.sub("", " ".join(bare.split())).strip(" ,.:;|-—()")
    if _WORD.search(bare) and len(bare.split()) <= _LONGEST_TITLE and fold(bare) not in _NO_TITLE:
        found["title"] = bare


def author(text: str) -> str:
    """The author that a text names, in the nominative where that is known; "" where it names none."""
    if match := _INITIALS.search(text):
        return match[0].strip()
    if match := _AUTHOR.search(text) or _BY.search(text):
        told = match[1].strip()
        read = names.readings(fold(told).split())
        return _written(told, read[0]) if read else told
    if span := _span(text):
        spans = list(_WORD.finditer(text))
        first, last, named = span
        return _written(text[spans[first].start() : spans[last - 1].end()], named)
    return ""


def taste(text: str, found: dict[str, str]) -> None:
    """Add genre, subject and what it is to be like."""
    if match := _GENRE.search(text):
        found["genre"] = (match[1] or match[2]).strip()
    if match := _LIKE.search(text):
        found["like"] = match[1].strip(" ?!.")
    else:
        for match in _ABOUT.finditer(text):
            words = _ENDS_A_SUBJECT.sub("", match[1]).strip()
            if words and words.split()[0].lower() not in _ABOUT_NOTHING:
                found["subject"] = words
                break


def form(text: str, found: dict[str, str]) -> None:
    """Add the language and the form that are asked for: «на английском», «аудиокнига», «крупным шрифтом»."""
    if match := _LANGUAGE.search(text):
        found["language"] = (match[1] or match[2]).lower()
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


def _span(text: str) -> tuple[int, int, names.Named] | None:
    """The words that name a writer: sure names anywhere, well-known ones that are words, too, at an end."""
    words = [_bare_word(match, text) for match in _WORD.finditer(text)]
    if len(words) > _MOST_READ:
        return None
    if found := names.find(words):
        return found if found[2].weight else None  # «Анна Каренина» is a name, too
    if len(words) < 2:
        return None
    for at in (len(words) - 1, 0):
        known = names.surnames(words[at]) or names.expanded(words[at])
        if known and names.weight(known[0]) >= names.WELL_KNOWN and words[at] not in ("сама", "белый", "черный"):
            return at, at + 1, names.Named(known[0], weight=names.weight(known[0]))
    return None


def _bare_word(match: re.Match[str], text: str) -> str:
    """A word, folded; "-" for one that cannot be of a name: «у Пушкина» and «а Пушкин есть?» begin with no initial."""
    word = match[0]
    if word in _NO_INITIALS and text[match.end() : match.end() + 1] == " ":
        before = text[: match.start()].split()
        if not before or not names.surnames(fold(before[-1])):
            return "-"
    return fold(word).replace(" ", "") or "-"


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
