"""A work as the index holds it: keys to find it by, and one line of text to judge it by."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import tantivy

from bot.bibliography import IndexEntry
from bot.language.folding import words
from bot.language.isbn import isbn13
from bot.language.numbers import to_digits, value_of
from bot.library.model import Kind
from catalogue.index.terms import grades_in, keys, volumes_in
from catalogue.index.topics import topics

_MAX_TITLE = 40
_MAX_VARIANTS = 8
_LONGEST_WORD = 40
_SUBTITLE = re.compile(r"\s*(?:[:;/(\[«]|\.\s|[,.]?\s+или\s+)")
_SERIES_NUMBER = re.compile(r"#\s?(\d{1,3})(?![\d.])")
_FIRST_KINDS = frozenset({Kind.BOOK, Kind.OTHER})


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    """Fields: ``id``; ``k`` keys of words; ``x`` titles, ISBNs, volumes, classes, topics; ``p`` what judges it."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_text_field("k", tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("x", tokenizer_name="whitespace", index_option="basic")
    builder.add_bytes_field("p", stored=True)
    return builder.build()


@dataclass(frozen=True, slots=True)
class Variant:
    """One title and author of a work: each word with its keys; ``main`` words stand before the subtitle."""

    title: tuple[tuple[str, ...], ...]
    main: int
    author: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a candidate is judged by.

    Attributes:
        rank: 0 for a book, 1 for the rest, 2 for an article.
        prior: 0..1: how likely the work is asked for, from copies, editions and the school programme.
        places: Its numbers in its series: «Гарри Поттер 3».
    """

    work_id: int
    rank: int
    prior: float
    volumes: frozenset[int]
    places: frozenset[int]
    grades: frozenset[int]
    programme: frozenset[int]
    age_mark: int | None
    series: tuple[tuple[str, ...], ...]
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Described:
    """What the index keeps of a work.

    Attributes:
        found: Keys of all its words.
        exact: Whole titles, ISBNs, volumes, classes as terms.
        line: What it is judged by.
        words: Its words that a misspelt word may stand for.
    """

    found: set[str]
    exact: set[str]
    line: str
    words: set[str]


def document(entry: IndexEntry, described: Described) -> tantivy.Document:
    """The document of a work."""
    made = tantivy.Document()
    made.add_unsigned("id", entry.work_id)
    made.add_text("k", " ".join(described.found))
    made.add_text("x", " ".join(described.exact))
    made.add_bytes("p", described.line.encode())
    return made


def whole(folded: Iterable[str]) -> str:
    """A whole title as one short term."""
    return "=" + blake2b(" ".join(folded).encode(), digest_size=6).hexdigest()


def prior(entry: IndexEntry) -> float:
    """How likely a work is asked for, 0..1: copies, editions, the school programme."""
    copies = min(entry.copies, 100) / 100
    editions = min(len(entry.variants) - 1 + len(entry.isbns), 5) / 5
    return round(0.6 * copies + 0.2 * editions + (0.2 if entry.grade else 0.0), 3)


def describe(entry: IndexEntry) -> Described:
    """Everything the index keeps of a work."""
    exact = {f"isbn:{thirteen}" for isbn in entry.isbns if (thirteen := _isbn(isbn))}
    series, places = _series(entry)
    volumes = set(_numbers(entry.part))
    grades: set[int] = set()
    said: set[str] = set()
    lines: dict[str, None] = {}
    names: set[str] = set()
    for title, author in entry.variants[:_MAX_VARIANTS]:
        folded = words(title)[:_MAX_TITLE]
        authors, written, terms = _author(author)
        main = _main(title, folded)
        said.update(folded, authors)
        names.update(terms)
        if "#" in title:
            places.update(map(int, _SERIES_NUMBER.findall(title)))
        exact.add(whole(folded))
        if main is not folded and main:
            exact.add(whole(main))
        if not any(map(_is_numeral, folded)):
            # Most titles name no number: they are spared looking for volumes and classes.
            kept = list(dict.fromkeys(folded))
            first = len(dict.fromkeys(main)) if main is not folded else len(kept)
            lines[f"{min(first or len(kept), len(kept))}|{_tokens(kept)}|{written}"] = None
            continue
        digits = to_digits(folded)
        exact.add(whole(digits))
        said.update(digits)
        # «двадцать тысяч» is one number: where that shortens the title, it is kept in both spellings.
        for some in (folded, digits) if len(digits) != len(folded) else (folded,):
            bare, own, classes = without_numbers(some)
            volumes.update(own)
            grades.update(classes)
            # A word said twice («Стража! Стража!») is one word to look for.
            kept = list(dict.fromkeys(bare or some))
            first = len(dict.fromkeys(without_numbers(main)[0])) if some is folded else len(kept)
            lines[f"{min(first or len(kept), len(kept))}|{_tokens(kept)}|{written}"] = None
    said.update(series)
    programme = {number for number in _numbers(entry.grade) if 1 <= number <= 11}
    exact.update(f"v:{number}" for number in volumes | places)
    exact.update(f"g:{number}" for number in grades | programme)
    exact |= names | topics(entry)
    head = (
        str(entry.work_id),
        "0" if entry.kind in _FIRST_KINDS else "2" if entry.kind is Kind.ARTICLE else "1",
        str(prior(entry)),
        " ".join(map(str, sorted(volumes))),
        " ".join(map(str, sorted(places))),
        " ".join(map(str, sorted(grades))),
        " ".join(map(str, sorted(programme))),
        "" if entry.age_mark is None else str(entry.age_mark),
        _tokens(series),
    )
    return Described(
        found=set().union(*map(keys, said)),
        exact=exact,
        line="\n".join(("|".join(head), *lines)),
        words={word for word in said if 3 <= len(word) <= _LONGEST_WORD and not word.isdigit()},
    )


@lru_cache(maxsize=4096)
def parse(line: bytes) -> Judged:
    """The line of a document read back; what many ask for is remembered."""
    head, *variants = line.decode().split("\n")
    work_id, rank, likely, volumes, places, grades, programme, age, series = head.split("|")
    return Judged(
        work_id=int(work_id),
        rank=int(rank),
        prior=float(likely),
        volumes=_set(volumes),
        places=_set(places),
        grades=_set(grades),
        programme=_set(programme),
        age_mark=int(age) if age else None,
        series=_words(series),
        variants=tuple([_variant(variant) for variant in variants]),
    )


def forget_words() -> None:
    """Give back what a build has remembered of words: more than a service needs."""
    _token.cache_clear()
    _author.cache_clear()
    _is_numeral.cache_clear()
    parse.cache_clear()
    keys.cache_clear()


def _series(entry: IndexEntry) -> tuple[list[str], set[int]]:
    """The words of the series' names, and the work's numbers there: («Мерлин», «2»), («Мерлин #2», «»), «вып. 2»."""
    said: dict[str, None] = {}
    places: set[int] = set()
    for name, number in entry.series:
        bare = _SERIES_NUMBER.sub(" ", name)
        places.update(map(int, _SERIES_NUMBER.findall(name)))
        places.update(_numbers(number))
        said.update(dict.fromkeys(words(bare)))
    return list(said), places


def _isbn(text: str) -> str:
    """Thirteen digits with the right last one; most of them come so, and need no reading."""
    if len(text) != 13 or not (text.isascii() and text.isdigit()):
        return isbn13(text)
    digits = list(map(int, text[:12]))
    return text[:12] + str(-(sum(digits[::2]) + 3 * sum(digits[1::2])) % 10)


def _main(title: str, folded: list[str]) -> list[str]:
    """The folded words before the subtitle."""
    bare = title.strip()
    subtitle = _SUBTITLE.search(bare)
    return words(bare[: subtitle.start()]) if subtitle else folded


@lru_cache(maxsize=32_768)
def _author(text: str) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """The folded words of an author's name, as tokens, and the terms to choose works by the author."""
    folded = words(text)[:_MAX_TITLE]
    return tuple(folded), _tokens(folded), tuple(dict.fromkeys(f"w:{key}" for word in folded for key in keys(word)))


@lru_cache(maxsize=131_072)
def _is_numeral(word: str) -> bool:
    return value_of(word) is not None


def without_numbers(said: Sequence[str]) -> tuple[list[str], list[int], list[int]]:
    """The words that name neither a volume nor a class; the volumes; the classes."""
    places, volumes = volumes_in(said)
    bare = [said[place] for place in places]
    places, grades = grades_in(bare)
    return [bare[place] for place in places], volumes, grades


def _variant(line: str) -> Variant:
    main, title, author = line.split("|")
    return Variant(_words(title), int(main), _words(author))


def _tokens(said: Iterable[str]) -> str:
    return " ".join([_token(word) for word in said])


@lru_cache(maxsize=131_072)
def _token(word: str) -> str:
    return "/".join((word, *(key for key in keys(word) if key != word)))


def _words(tokens: str) -> tuple[tuple[str, ...], ...]:
    return tuple([tuple(token.split("/")) for token in tokens.split()])


def _set(numbers: str) -> frozenset[int]:
    return frozenset(map(int, numbers.split())) if numbers else frozenset()


def _numbers(text: str) -> list[int]:
    return [int(word) for word in to_digits(words(text)) if word.isdigit() and len(word) <= 3] if text else []
