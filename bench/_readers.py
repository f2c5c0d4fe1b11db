"""Messages as readers type them, made from a list of books: by tag, half to tune on, half to measure only."""

import random
import re
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench import _questions
from bench._books import Book, Books
from bench._latin import SCHEMES, in_latin
from bot.language.folding import fold, words
from bot.language.isbn import find as find_isbns
from bot.language.isbn import isbn10
from bot.language.layout import to_latin
from catalogue.names import read_name, split_authors

_ASK = (
    "{}", "{}", "{}", "{}",
    "есть ли у вас {}?", "здравствуйте, ищу {}", "а {} есть?", "нужна книга {}", "хочу взять {}",
    "Добрый день! Подскажите, есть ли в наличии {}", "ищу книгу {} для ребенка", "{} можно взять?", "у вас есть {}",
)  # fmt: skip
_ASK_EN = ("{}", "{}", "do you have {}?", "i'm looking for {}", "is {} available?", "{} please")
_VOICE = (
    "добрый день скажите пожалуйста есть ли у вас в библиотеке {}", "мне нужна книга {}", "слушай найди мне {}",
    "здравствуйте а вот книжка {} сейчас есть у вас или нет", "хотела бы взять почитать {} подскажите",
)  # fmt: skip
_NUMBERS = ("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять")


@dataclass(frozen=True, slots=True)
class Asked:
    """A message with the rows that answer it; no row: the catalogue does not hold the book."""

    text: str
    tag: str
    rows: tuple[str, ...]


def is_held_out(book: Book) -> bool:
    """Whether the book belongs to the half that nobody tunes on: decided by its title, for ever."""
    return zlib.crc32(fold(book.main).encode()) % 2 == 1


def withheld(books: Sequence[Book], count: int) -> list[Book]:
    """Books to take out of the catalogue: told titles of Russian books, no two alike, the same in every run."""
    known = Counter(fold(book.main) for book in books)
    chance = random.Random("withheld")
    fit = [
        book for book in books if known[fold(book.main)] == 1 and not book.english and not book.number
        and 2 <= len(words(book.main)) <= 7 and book.surname and len(fold(book.main)) > 7
    ]  # fmt: skip
    return chance.sample(fit, min(count, len(fit)))


def absent(books: Sequence[Book]) -> list[Asked]:
    """Questions for books that were taken out of the catalogue, by title and by title with author."""
    made = []
    for book in books:
        chance = random.Random(f"absent {book.row}")
        title = book.main.lower() if chance.random() < 0.5 else book.main
        made.append(Asked(chance.choice(_ASK).format(title), "absent", ()))
        said = f"{title} {book.surname}" if chance.random() < 0.5 else f"{book.surname} {title}"
        made.append(Asked(chance.choice(_ASK).format(said), "absent+author", ()))
    return made


def messages(books: Books, each: int) -> list[tuple[Asked, Book]]:
    """At most ``each`` messages a tag and half, with the book they were made from; the same in every run."""
    made: list[tuple[Asked, Book]] = []
    for tag, make in _TAGS.items():
        chance = random.Random(f"readers {tag}")
        left = {False: each, True: each}
        for book in chance.sample(books.rows, len(books.rows)):
            half = is_held_out(book)
            if not left[half] or len(fold(book.title)) < 2 or len(words(book.main)) > 9:
                continue
            if book.english != (tag in _ENGLISH):
                continue
            asked = make(book, books, chance)
            if asked is None:
                continue
            text, rows = asked
            made.append((Asked(_asked(text, tag, chance), tag, tuple(dict.fromkeys(rows))[:40]), book))
            left[half] -= 1
            if not any(left.values()):
                break
    return made


_Made = tuple[str, list[str]] | None


def _asked(text: str, tag: str, chance: random.Random) -> str:
    if tag.startswith(("layout", "translit", "isbn", "voice", "english")):
        return text
    return chance.choice(_ASK).format(text)


def _same(book: Book, books: Books) -> list[str]:
    """Every row that the bare title may mean."""
    return [one.row for one in books.by_title[fold(book.main)]]


def _by_title(make: Callable[[str, random.Random], str]) -> Callable[[Book, Books, random.Random], _Made]:
    def made(book: Book, books: Books, chance: random.Random) -> _Made:
        said = make(book.main, chance)
        return (said, _same(book, books)) if said and fold(said) else None

    return made


def _with_author(make: Callable[[str, str, random.Random], str]) -> Callable[[Book, Books, random.Random], _Made]:
    """With the author named, only rows by that surname answer."""

    def made(book: Book, books: Books, chance: random.Random) -> _Made:
        surname = book.surname
        if not surname:
            return None
        said = make(book.main, surname, chance)
        rows = [one.row for one in books.by_title[fold(book.main)] if fold(surname) in fold(one.author)]
        return (said, rows) if said else None

    return made


def _typo(edits: int) -> Callable[[str, random.Random], str]:
    def made(title: str, chance: random.Random) -> str:
        said = fold(title)
        for _ in range(edits):
            said = _questions.slip(said, chance)
        return said if said != fold(title) and len(said) > 5 else ""

    return made


def _either(title: str, surname: str, chance: random.Random) -> str:
    said = f"{title} {surname}" if chance.random() < 0.5 else f"{surname} {title}"
    return said.lower() if chance.random() < 0.7 else said


def _typo_author(title: str, surname: str, chance: random.Random) -> str:
    spoilt = _questions.slip(fold(surname), chance)
    return f"{fold(title)} {spoilt}" if spoilt != fold(surname) and len(words(title)) > 1 else ""


def _inflected(title: str, chance: random.Random) -> str:
    return _questions.inflected(" ".join(words(title)), "", chance)


def _inflected_author(title: str, surname: str, chance: random.Random) -> str:
    return _questions.by_author(" ".join(words(title)), fold(surname), chance)


def _translit(title: str, chance: random.Random) -> str:
    return in_latin(" ".join(re.findall(r"[\wё]+", title.lower())), chance.choice(SCHEMES), chance)


def _layout_sentence(title: str, chance: random.Random) -> str:
    return chance.choice(("есть {}?", "ищу {}", "а {} есть", "у вас есть {}")).format(to_latin(title.lower()))


def _partial(book: Book, books: Books, chance: random.Random) -> _Made:
    """Two or three telling words out of a longer title, which few other titles have."""
    said = [word for word in words(book.main) if len(word) > 3]
    if len(said) < 3:
        return None
    kept = said[:2] if chance.random() < 0.6 else said[-2:]
    fit = books.with_words(kept)
    return (" ".join(kept), [one.row for one in fit]) if 1 <= len(fit) <= 5 else None


def _initials(book: Book, books: Books, chance: random.Random) -> _Made:
    first = next(iter(split_authors(book.author)), "")
    name, surname = read_name(first), book.surname
    if not surname or not name.initials:
        return None
    dots = ("{}. ", "{}.", "{} ")[chance.randrange(3)]
    initials = "".join(dots.format(letter.upper()) for letter in name.initials[:2]).strip()
    said = f"{initials} {surname}" if chance.random() < 0.5 else f"{surname} {initials}"
    said = f"{said} {book.main}" if chance.random() < 0.5 else f"{book.main} {said}"
    rows = [one.row for one in books.by_title[fold(book.main)] if fold(surname) in fold(one.author)]
    return (said.lower() if chance.random() < 0.5 else said), rows


def _one_word(book: Book, books: Books, chance: random.Random) -> _Made:
    return (book.main, _same(book, books)) if len(words(book.main)) == 1 else None


def _series(book: Book, books: Books, chance: random.Random) -> _Made:
    if not book.number or fold(book.series) == fold(book.main):
        return None
    said = chance.choice(("{0} {1}", "{0} книга {1}", "{1} часть {0}", "{0} том {1}", "{1} книга серии {0}", "{0} {2}"))
    number = int(book.number)
    spelt = _NUMBERS[number] if number < len(_NUMBERS) else book.number
    rows = [one.row for one in books.series[fold(book.series), book.number]]
    return said.format(book.series.lower(), book.number, spelt), rows


def _grade(book: Book, books: Books, chance: random.Random) -> _Made:
    if not book.grade or len(book.grade) > 2:
        return None
    said = chance.choice(("{0} {1} класс", "{0} за {1} класс", "{0} для {1} класса", "{1} класс {0}"))
    return said.format(book.main.lower(), book.grade), _same(book, books)


def _isbn(form: str) -> Callable[[Book, Books, random.Random], _Made]:
    def made(book: Book, books: Books, chance: random.Random) -> _Made:
        if not book.isbn or (form == "10" and not isbn10(book.isbn)):
            return None
        said = isbn10(book.isbn) if form == "10" else book.isbn
        if form == "dashes":
            said = f"ISBN {said[:3]}-{said[3]}-{said[4:8]}-{said[8:12]}-{said[12]}"
        if form == "bad":
            said = said[:-1] + str((int(said[-1]) + chance.randint(1, 9)) % 10)
            assert not find_isbns(said)[0].right
        rows = [one.row for one in books.rows if one.isbn == book.isbn]
        return chance.choice(("{}", "{}", "есть {}?")).format(said), rows

    return made


def _voice(title: str, surname: str, chance: random.Random) -> str:
    spelt = [_NUMBERS[int(word)] if word.isdigit() and int(word) < 11 else word for word in words(title)]
    author = chance.choice(("", f" {fold(surname)}", f" автор {fold(surname)}"))
    return chance.choice(_VOICE).format(" ".join(spelt) + author)


def _english(make: Callable[[str, str, random.Random], str]) -> Callable[[Book, Books, random.Random], _Made]:
    def made(book: Book, books: Books, chance: random.Random) -> _Made:
        said = make(book.main, book.surname, chance)
        return (chance.choice(_ASK_EN).format(said), _same(book, books)) if said else None

    return made


_TAGS: Mapping[str, Callable[[Book, Books, random.Random], _Made]] = {
    "exact": _by_title(lambda title, chance: title if chance.random() < 0.4 else fold(title)),
    "one word": _one_word,
    "author+title": _with_author(_either),
    "inflected": _by_title(_inflected),
    "inflected author": _with_author(_inflected_author),
    "typo 1": _by_title(_typo(1)),
    "typo 2": _by_title(_typo(2)),
    "typo author": _with_author(_typo_author),
    "translit": _by_title(_translit),
    "layout": _by_title(lambda title, chance: to_latin(title.lower())),
    "layout sentence": _by_title(_layout_sentence),
    "partial": _partial,
    "initials": _initials,
    "series": _series,
    "grade": _grade,
    "isbn13": _isbn("13"),
    "isbn10": _isbn("10"),
    "isbn dashes": _isbn("dashes"),
    "isbn bad": _isbn("bad"),
    "voice": _with_author(_voice),
    "english": _english(lambda title, surname, chance: title),
    "english author": _english(lambda title, surname, chance: f"{title} by {surname}" if surname else ""),
    "english typo": _english(lambda title, surname, chance: _typo(1)(title, chance)),
}
_ENGLISH = frozenset(tag for tag in _TAGS if tag.startswith("english"))
