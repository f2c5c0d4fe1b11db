"""Which language a reader plainly writes, by script and by the words that questions are made of.

A title tells nothing: «Harry Potter» is asked for in Russian, too, and so is what is typed in Latin letters or on the
wrong keyboard. So English is heard from the words around a title, and Cyrillic letters alone are only a hint.
"""

import re
from functools import lru_cache

from bot.language import foreign, kinds, tongues
from bot.language.folding import fold
from bot.language.morphology import stem
from bot.quick import dataclass

_LONGEST = 600
"""Characters that are looked at."""
_LATIN, _CYRILLIC = re.compile("[a-z]"), re.compile("[\u0430-\u044f]")


def _of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_GREETS = _of("hello hi hey hiya greetings")
_ASKS_IN_ENGLISH = _GREETS | _of(
    "you your please thanks thank what when where how which who can could would should does did have has is are am was "
    "will want need like looking find borrow renew reserve return lend link unlink show tell open opening "
    "closed close hours speak english help today tomorrow any anything there about available "
    "overdue due anyone someone somebody"
)
"""None of them is a Russian word in Latin letters, as «i», «a», «no», «do», «on», «to» and «my» are."""
_BESIDE_IN_ENGLISH = _of(
    "the a an i it my me we us our do not no of in on at to for with from by and or if but be been that this these "
    "those im book books library librarian card "
    "address phone account copy copies don t s ve ll re d they them their he she his her some"
)
_ALONE_IN_ENGLISH = _of(
    "hours thanks address phone events rules fines recommend recommendations renew renewal reserve holds loans "
    "branches directions schedule timetable membership arrivals contacts librarian feedback complaint printing"
)
"""Whole questions of one word; «help», «stop», «ok», «wifi» are written in Russian, too."""
_LONGEST_ALONE = 3
_KINDS = frozenset(map(stem, kinds.IN_ENGLISH))
_BESIDE_KINDS = frozenset(
    map(stem, _of("fiction children kids teens toddlers bestsellers magazines newspapers audiobooks ebooks"))
)
"""What is no kind and stands in their place, and who reads them; with kinds, one such word («fantasy») alone may be
written in Russian, and two are English."""
_ONE_IS_ENOUGH = _of("fiction novels stories poetry poems mysteries biographies magazines newspapers audiobooks")
_LONGEST_OF_KINDS = 6
_IN_A_LANGUAGE = re.compile(rf"(?<!\w)in (?:{'|'.join(name.lower() for name in tongues.IN_ENGLISH)})(?!\w)")
_ASKS_IN_RUSSIAN = _of(
    "есть ли вас вы вам мне можно здравствуйте привет пожалуйста спасибо книга книги книгу книг нужна нужен нужно "
    "нужны хочу хотела хотел ищу найти найдите продлить продлите скольки сколько работаете часы работы адрес телефон "
    "билет подскажите скажите какие какой добрый имеется почитать взять библиотека библиотеке библиотеки меня когда "
    "будет помогите забронируйте отложите посоветуйте"
)
_BESIDE_IN_RUSSIAN = _of("и а но у в на с до за не нет да что где как это я мой мои мы он она для про")
_SMALL_IN_TITLES = _of("a an the of to in on at and or nor but for by with from as into over vs")
_FEWEST_OF_A_TITLE, _MOST_OF_A_TITLE = 3, 14
_ASKS_FOR_BOOKS = re.compile(
    r"(?i)\bin (?:english|russian)\W*$|^\W*(?:anything|something|(?:any )?books?) (?:by|about)\b"
)
_AROUND = " \"'.,:;!()"
_FEWEST = 2
"""Words of a question; of a greeting one is enough."""
_SHARE = 0.4
"""So many of the words must be a question's: the rest are a title."""
_SHARE_OF_FEW, _FEW = 0.2, 3
"""Or fewer, where there are so many of them."""
_IN = r"(?:по|на|in|to)"
_ORDER = re.compile(
    r"(?:(?:спасибо|thanks|thank|ок|ok|hello|hi|hey|"
    r"do|does|anyone|anybody|здравствуйте|привет|вы|ты|кто нибудь|понимаете|понимаешь|умеете|"
    r"а|и|давай|давайте|можно|можешь|можете|ли|говори|говорите|отвечай|отвечайте|ответь|ответьте|пиши|пишите|"
    r"перейди|перейдите|переключи|переключись|пожалуйста|please|can|could|you|we|let s|speak|answer|reply|write|switch|"
    r"talk|me|back|обратно|снова|only|только|со|мной)\s+)*"
    rf"(?:{_IN} (?:(?P<ru>русск(?:и|ом|ий)|russian)|(?P<en>английск(?:и|ом|ий)|english))"
    r"|(?:speak|understand) (?:(?P<rus>russian)|(?P<eng>english)))"
    r"(?:\s+(?:пожалуйста|please|язык|языке|можно|now|language))*"
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What language a message is in.

    Attributes:
        language: "ru", "en", or "" where the words tell nothing.
        plainly: By words of a question or an order; else only by its letters.
        order: The message is nothing but the wish to be answered in that language.
    """

    language: str = ""
    plainly: bool = False
    order: bool = False


_NOTHING = Spoken()
_BY_LETTERS = Spoken(language="ru")


def is_english_title(text: str) -> bool:
    """Whether words are written as English titles are: «How to Stop Time»; linear in the text."""
    said = text.strip(_AROUND).split()
    if _ASKS_FOR_BOOKS.search(text):
        return False
    if not _FEWEST_OF_A_TITLE <= len(said) <= _MOST_OF_A_TITLE or not text.isascii() or text.rstrip().endswith("?"):
        return False
    telling = [word for word in said[1:] if word.lower() not in _SMALL_IN_TITLES and word != "I"]
    return len(telling) > 1 and all(word.strip(_AROUND)[:1].isupper() and not word.isupper() for word in telling)


def spoken(text: str) -> Spoken:
    """The language of a message. Linear in the text, never raises."""
    if is_english_title(text[:_LONGEST]):
        return _NOTHING
    tongue = foreign.heard(text)
    if tongue is not None and not tongue.near:
        return _NOTHING
    return _heard(fold(text[:_LONGEST]))


@lru_cache(maxsize=4_096)
def _heard(folded: str) -> Spoken:
    if order := _ORDER.fullmatch(folded):
        return Spoken(language="ru" if order["ru"] or order["rus"] else "en", plainly=True, order=True)
    words = folded.split()
    if _CYRILLIC.search(folded):
        russian = _share(words, _ASKS_IN_RUSSIAN, _BESIDE_IN_RUSSIAN)
        if not _LATIN.search(folded):
            return Spoken(language="ru", plainly=True) if russian else _BY_LETTERS
        if russian >= _share(words, _ASKS_IN_ENGLISH, _BESIDE_IN_ENGLISH):
            return Spoken(language="ru", plainly=bool(russian))
    return Spoken(language="en", plainly=True) if _is_english(words) else _NOTHING


def _share(words: list[str], asks: frozenset[str], beside: frozenset[str]) -> int:
    """How many words a question in a language is made of, 0 where none of them asks."""
    asking = sum(word in asks for word in words)
    return asking + sum(word in beside for word in words) if asking else 0


def _asks_alone(words: list[str]) -> bool:
    known = _ALONE_IN_ENGLISH | _BESIDE_IN_ENGLISH | _ASKS_IN_ENGLISH | {"new", "times"}
    return not _ALONE_IN_ENGLISH.isdisjoint(words) and known.issuperset(words)


def _names_kinds(words: list[str]) -> bool:
    """«Science fiction», "books for kids": kinds of books in English, and nothing that could be a title."""
    if len(words) > _LONGEST_OF_KINDS:
        return False
    others = [word for word in words if (root := stem(word)) not in _KINDS and root not in _BESIDE_KINDS]
    if len(others) == len(words) or not _BESIDE_IN_ENGLISH.issuperset(others):
        return False
    return len(words) > 1 or words[0] in _ONE_IS_ENOUGH


def _is_english(words: list[str]) -> bool:
    if words and words[0] in _GREETS and len(words) <= _FEWEST:
        return True
    if len(words) <= _LONGEST_ALONE and _asks_alone(words):
        return True
    if _names_kinds(words) or _IN_A_LANGUAGE.search(" ".join(words)):
        return True
    told = _share(words, _ASKS_IN_ENGLISH, _BESIDE_IN_ENGLISH)
    if told == _FEWEST and sum(word in _ASKS_IN_ENGLISH for word in words) < _FEWEST:
        return False  # «link card» is no sentence, «thank you» is
    return told >= _FEWEST and told >= len(words) * (_SHARE if told <= _FEW else _SHARE_OF_FEW)
