"""A work as the index holds it: keys to find it by, and one line of text to judge it by."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

import tantivy

from bot.bibliography import IndexEntry
from bot.language.folding import words
from bot.language.isbn import isbn13
from bot.language.numbers import to_digits, value_of
from bot.library.model import Kind
from bot.quick import dataclass
from catalogue.english_titles import in_english
from catalogue.index.terms import facts, grades_in, keys, volumes_in
from catalogue.index.topics import prior, topics

_MAX_TITLE = 40
_MAX_VARIANTS, _MAX_ORIGINALS = 8, 2
_LONGEST_WORD = 40
_TRANSLATED = "|+"
"""Ends the line of a title that no record tells."""
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
    """One title and author of a work: each word with its keys; ``main`` words stand before the subtitle.

    Attributes:
        translated: No record tells it: what the work is known by in English.
    """

    title: tuple[tuple[str, ...], ...]
    main: int
    author: tuple[tuple[str, ...], ...]
    translated: bool = False


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


def any_of(keys: Iterable[str]) -> tantivy.Query:
    """Works with one of these keys."""
    terms = [tantivy.Query.term_query(schema(), "k", key, "basic") for key in keys]
    return terms[0] if len(terms) == 1 else tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in terms])


def whole(folded: Iterable[str]) -> str:
    """A whole title as one short term."""
    return "=" + blake2b(" ".join(folded).encode(), digest_size=6).hexdigest()


def describe(entry: IndexEntry) -> Described:
    """Everything the index keeps of a work."""
    exact = {"isbn:" + thirteen for isbn in entry.isbns if (thirteen := _isbn(isbn))}
    found: set[str] = set()
    telling: set[str] = set()
    lines: dict[str, None] = {}
    series, places = _series(entry) if entry.series else ([], set())
    volumes = set(_numbers(entry.part)) if entry.part else set()
    grades: set[int] = set()
    for title, folded, main, author, end in _titles(entry):
        writer = _writer(author)
        found.update(writer.keys)
        telling.update(writer.telling)
        exact.update(writer.terms)
        if "#" in title:
            places.update(map(int, _SERIES_NUMBER.findall(title)))
        exact.add(whole(folded))
        if main is not folded and main:
            exact.add(whole(main))
        said = list(map(_said, folded))
        if True in [one.number for one in said]:
            lines |= _numbered(folded, main, writer, end, exact, volumes, grades)
            said += map(_said, to_digits(folded))
        else:
            # Most titles name no number: they are spared looking for volumes and classes.
            tokens = dict.fromkeys([one.token for one in said])
            first = len(dict.fromkeys(main)) or len(tokens)
            lines[f"{min(first, len(tokens))}|{' '.join(tokens)}|{writer.tokens}{end}"] = None
        found.update(*[one.keys for one in said])
        telling.update([one.telling for one in said])
    for word in series:
        found.update(_said(word).keys)
        telling.add(_said(word).telling)
    telling.discard("")
    programme = {number for number in _numbers(entry.grade) if 1 <= number <= 11} if entry.grade else set()
    exact.update([f"v:{number}" for number in volumes | places])
    exact.update([f"g:{number}" for number in grades | programme])
    likely = prior(entry)
    exact |= topics(entry, likely)
    rank = "0" if entry.kind in _FIRST_KINDS else "2" if entry.kind is Kind.ARTICLE else "1"
    age = "" if entry.age_mark is None else entry.age_mark
    numbers = "|".join(
        [" ".join(map(str, sorted(some))) if some else "" for some in (volumes, places, grades, programme)]
    )
    head = f"{entry.work_id}|{rank}|{likely}|{numbers}|{age}|{_tokens(series)}"
    return Described(found=found, exact=exact, line="\n".join((head, *lines)), words=telling)


def _titles(entry: IndexEntry) -> Iterator[tuple[str, list[str], list[str], str, str]]:
    """Every title: as it is, its folded words, those of its main part, the author, and how its line ends."""
    told = entry.variants[:_MAX_VARIANTS]
    if entry.originals:
        told += tuple([(title, told[0][1]) for title in entry.originals[:_MAX_ORIGINALS]])
    for title, author in told:
        folded = words(title)[:_MAX_TITLE]
        main = _main(title, folded)
        yield title, folded, main, author, ""
        for english in in_english(folded, main, author):
            said = words(english)[:_MAX_TITLE]
            yield english, said, _main(english, said), author, _TRANSLATED


def _numbered(
    folded: list[str],
    main: list[str],
    writer: "_Writer",
    end: str,
    exact: set[str],
    volumes: set[int],
    grades: set[int],
) -> dict[str, None]:
    """The lines of a title with a number in it; its volumes, classes and other spelling are added to the sets."""
    lines: dict[str, None] = {}
    digits = to_digits(folded)
    exact.add(whole(digits))
    # «двадцать тысяч» is one number: where that shortens the title, it is kept in both spellings.
    for some in (folded, digits) if len(digits) != len(folded) else (folded,):
        bare, own, classes = without_numbers(some)
        volumes.update(own)
        grades.update(classes)
        # A word said twice («Стража! Стража!») is one word to look for.
        kept = list(dict.fromkeys(bare or some))
        first = len(dict.fromkeys(without_numbers(main)[0])) if some is folded else len(kept)
        lines[f"{min(first or len(kept), len(kept))}|{_tokens(kept)}|{writer.tokens}{end}"] = None
    return lines


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
    _said.cache_clear()
    _writer.cache_clear()
    parse.cache_clear()
    facts.cache_clear()


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
    digits = text.encode()
    # The digits' codes are 48 more than the digits: 1,152 in all, which ends in 2.
    return text[:12] + str((2 - sum(digits[:12:2]) - 3 * sum(digits[1:12:2])) % 10)


def _main(title: str, folded: list[str]) -> list[str]:
    """The folded words before the subtitle."""
    bare = title.strip()
    subtitle = _SUBTITLE.search(bare)
    return words(bare[: subtitle.start()]) if subtitle else folded


class _Said(NamedTuple):
    """What a word of a work comes to: its keys, how it stands in the line, what a misspelt word may stand for."""

    keys: tuple[str, ...]
    token: str
    telling: str
    number: bool


@lru_cache(maxsize=131_072)
def _said(word: str) -> _Said:
    found = keys(word)
    token = "/".join((word, *[key for key in found if key != word]))
    telling = word if 3 <= len(word) <= _LONGEST_WORD and not word.isdigit() else ""
    return _Said(found, token, telling, value_of(word) is not None)


class _Writer(NamedTuple):
    """What an author's name comes to: keys, tokens, terms to choose works by the author, words to be misspelt."""

    keys: frozenset[str]
    tokens: str
    terms: tuple[str, ...]
    telling: tuple[str, ...]


@lru_cache(maxsize=32_768)
def _writer(text: str) -> _Writer:
    said = [_said(word) for word in words(text)[:_MAX_TITLE]]
    found = dict.fromkeys([key for one in said for key in one.keys])
    return _Writer(
        keys=frozenset(found),
        tokens=" ".join([one.token for one in said]),
        terms=tuple(["w:" + key for key in found]),
        telling=tuple([one.telling for one in said if one.telling]),
    )


def without_numbers(said: Sequence[str]) -> tuple[list[str], list[int], list[int]]:
    """The words that name neither a volume nor a class; the volumes; the classes."""
    places, volumes = volumes_in(said)
    bare = [said[place] for place in places]
    places, grades = grades_in(bare)
    return [bare[place] for place in places], volumes, grades


def _variant(line: str) -> Variant:
    main, title, author, *translated = line.split("|")
    return Variant(_words(title), int(main), _words(author), translated=bool(translated))


def _tokens(said: Iterable[str]) -> str:
    return " ".join([_said(word).token for word in said])


def _words(tokens: str) -> tuple[tuple[str, ...], ...]:
    return tuple([tuple(token.split("/")) for token in tokens.split()])


def _set(numbers: str) -> frozenset[int]:
    return frozenset(map(int, numbers.split())) if numbers else frozenset()


def _numbers(text: str) -> list[int]:
    return [int(word) for word in to_digits(words(text)) if word.isdigit() and len(word) <= 3] if text else []
