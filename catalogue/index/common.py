"""Words that tell little or mean something special in a title or a question."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from bot.language.morphology import is_known, parses, part_of_speech, stem


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTION = _listed(
    "и в на с к о от до за из по у не ни а но как что или же бы ли во со об для при под над без про это все его ее "
    "the a an of and in to on for with or is"
)
"""Words that stand in any title."""
ABOUT_BOOKS = _listed(
    "книг книжк роман повест рассказ автор писател произведен сборник издан сочинен стих стихотворен поэм басн пьес "
    "сказк детектив фантастик book novel author poem"
)
"""Stems of words about books: they may be the title's or the reader's own."""
FORMATS = _listed("аудиокниг audiobook переплет обложк слабовидя брайл hardcov paperback")
"""Stems of words about the form of a book, which no title says: «аудиокнига Война и мир», «в мягкой обложке»."""
OF_FORMATS = _listed("твердый твердом твердой мягкий мягком мягкой подарочном подарочной шрифтом для в по на есть")
"""What stands before them and belongs to them."""
ELECTRONIC, BEHIND_ELECTRONIC = "электрон", _listed("виде версия версии версию форма формат формате")
"""«В электронном виде» is a form; «Электронная коммерция» is a title."""
LANGUAGES = _listed(
    "английском русском немецком французском испанском итальянском китайском татарском башкирском казахском узбекском "
    "украинском таджикском"
)
"""What stands behind «на» and says in which language a book is wanted."""
VOLUME = _listed(
    "том тома тому томом томе т часть части частью ч книга книги книгу книге книгой кн выпуск выпуска выпуску вып "
    "vol volume part book"
)
FOR = _listed("для for ребенку детям сыну дочке дочери внуку внучке")
"""What opens a word on who will read it: «для ребенка 8 лет», «сыну 6 лет»."""
READERS = _listed(
    "ребен ребенк дет детишк сын дочк доч дочер внук внучк внучек школьник школьниц малыш подростк дошкольник взросл "
    "первоклассник мальчик девочк класс child children kid teen teenag adult son daughter"
)
"""Stems of those for whom a book is wanted."""
OF_SERIES = _listed("серия серии серию серией цикл цикла цикле series cycle")
"""Words that say no more than that a series is meant."""
GRADE = _listed("класс класса классу классом классе классы классов классам классах кл grade")
_OF_SURNAMES = ("ов", "ев", "ин", "ын", "ова", "ева", "ина", "ына", "ский", "ская", "ского", "ской")
_OF_A_CLASS = ("классник", "классниц")
_IDLE_BESIDE_A_TITLE = frozenset({"ADJS", "PRTS"})
_CUT_SHORT = 2
_IDLE = frozenset({"VERB", "INFN", "ADVB", "PRED", "NPRO", "PREP", "CONJ", "PRCL", "INTJ", "GRND", "COMP"})


@lru_cache(maxsize=1)
def given_names() -> frozenset[str]:
    """Given names, folded, in their dictionary form."""
    return frozenset((files("catalogue") / "given_names.txt").read_text("utf-8").split())


@lru_cache(maxsize=1)
def _stems_of_names() -> frozenset[str]:
    return frozenset(stem(name) for name in given_names())


def is_given_name(word: str, keys: Sequence[str]) -> bool:
    """Whether a folded word with these keys is a given name in some case: «Льва», but not «Иванов»."""
    if word in given_names():
        return True
    return not word.endswith(_OF_SURNAMES) and any(key in _stems_of_names() for key in keys)


@lru_cache(maxsize=4096)
def is_surname(word: str) -> bool:
    """Whether a word is a surname before all else: so says the dictionary, or it does not know the word."""
    return not is_known(word) or any("Surn" in parse.tag for parse in parses(word) if parse.score > 0.2)


def is_said_of_the_reader(word: str) -> bool:
    """Whether a word beside a title is the reader's own: it names nothing, or a reader, or points («этот»)."""
    if is_idle(word) or part_of_speech(word) in _IDLE_BESIDE_A_TITLE or is_a_reader((stem(word),)):
        return True
    found = parses(word)
    return bool(found) and "Apro" in found[0].tag


def is_a_reader(keys: Sequence[str]) -> bool:
    """Whether a word says who will read a book: «ребенку», «девятиклассников»."""
    return not READERS.isdisjoint(keys) or any(key.endswith(_OF_A_CLASS) for key in keys)


def is_cut_short(word: str) -> bool:
    """Whether two letters are no word of the language, so what was typed of one: «дн», «уг»."""
    return len(word) == _CUT_SHORT and word.isalpha() and not is_known(word)


def is_idle(word: str) -> bool:
    """Whether a word names nothing (срочно, почитать, мне): unmatched it says little against a work."""
    return part_of_speech(word) in _IDLE
