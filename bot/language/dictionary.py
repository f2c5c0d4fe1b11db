"""The dictionary of Russian walked quickly.

The pure Python reader of the dictionary's word graph calls several functions for every letter. These are its
innermost loops written out, five times as quick; what they find is the same (the tests compare them word by word).
They walk the files as they lie on disk and no copies of them: 14 MB less in every process, and what is read of them all
processes share. Where the compiled reader is installed there is nothing to quicken.
"""

import re
import struct
from binascii import a2b_base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from mmap import ACCESS_READ, mmap
from typing import Any, BinaryIO, Literal, cast

_LABEL = 0x800000FF
"""What a unit must equal to be the one of a letter: the letter, and no leaf."""
_HAS_LEAF = 0x100
_FAR = 0x200
_ENDINGS = 4_096
"""Places in the graph of which what is kept there is remembered."""
_RUSSIAN = re.compile("[а-яё]{2,}")
_OF_LETTERS = frozenset(("KnownPrefixAnalyzer", "UnknownPrefixAnalyzer", "KnownSuffixAnalyzer", "UnknAnalyzer"))
Letter = tuple[bytes, str]
"""As it is read, and as it is told."""
Replaces = Mapping[bytes, Sequence[Letter]]


@contextmanager
def mapped() -> Iterator[None]:
    """Whatever dictionary is loaded inside is mapped; for one thread at a time."""
    from dawg_python import wrapper

    before = wrapper.Dictionary.read, wrapper.Guide.read
    wrapper.Dictionary.read, wrapper.Guide.read = _reader("I", 1), _reader("B", 2)
    try:
        yield
    finally:
        wrapper.Dictionary.read, wrapper.Guide.read = before


def _reader(kind: Literal["B", "I"], per_row: int) -> Callable[[Any, BinaryIO], None]:
    """What takes a table of numbers of one kind from where a file is being read: how many rows, and the rows."""

    def read(table: Any, source: BinaryIO) -> None:
        (rows,) = struct.unpack("=I", source.read(4))
        begin, size = source.tell(), rows * per_row * struct.calcsize(kind)
        whole = memoryview(mmap(source.fileno(), 0, access=ACCESS_READ))
        table._units = whole[begin : begin + size].cast(kind)
        source.seek(begin + size)

    return read


def quicken(analyser: Any) -> None:
    """Let a pymorphy3 analyser look words and endings up in less time; harmless where that is not possible."""
    dictionary = analyser.dictionary
    for graph in chain([dictionary.words], dictionary.prediction_suffixes_dawgs):
        read, structure = getattr(graph, "dct", None), getattr(graph, "_struct", None)
        units, guide = getattr(read, "_units", None), getattr(getattr(graph, "guide", None), "_units", None)
        if read is None or structure is None or units is None or guide is None:
            continue
        read.follow_bytes = follower(units)
        graph._value_for_index = values = valuer(units, guide, structure.unpack)
        graph.similar_items = finder(units, values, graph._payload_separator)
        spelt = finder(units, bool, graph._payload_separator)  # without what is kept of the words
        graph.similar_keys = _keys_of(spelt)
    likely: Any = getattr(analyser.prob_estimator, "p_t_given_w", None)
    if hasattr(getattr(likely, "dct", None), "_units"):
        likely.dct.follow_bytes = follower(likely.dct._units)
        likely.prob = _likelihood(likely)


def guesser(analyser: Any) -> Callable[[str], Sequence[Any]]:
    """What reads a word that is not in the dictionary as the analyser does: (word, tag, normal form, score, how) each.

    Of a word of Russian letters alone only those are asked that compare it with words of the dictionary, and not those
    that look for numbers, Latin letters, initials and hyphens.
    """
    parse, units = analyser.parse, getattr(analyser, "_units", ())
    asked = [(unit, last) for unit, last in units if type(unit).__name__ in _OF_LETTERS]
    if len(asked) != len(_OF_LETTERS):
        return cast("Callable[[str], Sequence[Any]]", parse)

    def guess(word: str) -> Sequence[Any]:
        if not _RUSSIAN.fullmatch(word):
            return cast("Sequence[Any]", parse(word))
        found: list[Any] = []
        seen: set[Any] = set()
        for unit, last in asked:
            found += unit.parse(word, word, seen)
            if last and found:
                break
        return cast("Sequence[Any]", analyser.prob_estimator.apply_to_parses(word, word, found))

    return guess


def follower(units: Sequence[int]) -> Callable[[bytes, int], int | None]:
    """A function that follows bytes from a place in the graph; None where they lead nowhere."""

    def follow_bytes(key: bytes, index: int) -> int | None:
        unit = units[index]
        for label in key:
            index ^= ((unit >> 10) << ((unit & _FAR) >> 6)) ^ label
            unit = units[index]
            if unit & _LABEL != label:
                return None
        return index

    return follow_bytes


def finder(
    units: Sequence[int], values: Callable[[int], Any], separator: bytes
) -> Callable[[str, Replaces], list[tuple[str, Any]]]:
    """A function that finds a word, and those with another letter (ё) in some places of one (е), with their values.

    It takes one letter that may be replaced by one other, and tells what it finds in the order of the library's own.
    """
    follow = follower(units)

    def walk(pieces: Sequence[bytes], own: Letter, other: Letter, made: str, at: int | None) -> list[tuple[str, Any]]:
        """The word as it is spelt, then the others by where their first other letter stands, behind what led here."""
        turns = []
        for number, piece in enumerate(pieces[:-1], 1):
            at = follow(piece, at) if at is not None else None
            if at is None:
                break
            made += piece.decode()
            if after := follow(other[0], at):
                turns.append((pieces[number:], made + other[1], after))
            made += own[1]
            at = follow(own[0], at)
        found = []
        if at is not None and (ends := follow(pieces[-1] + separator, at)):
            found.append((made + pieces[-1].decode(), values(ends)))
        for behind, so_far, after in turns:
            found += walk(behind, own, other, so_far, after)
        return found

    def similar_items(key: str, replaces: Replaces) -> list[tuple[str, Any]]:
        ((letter, (other,)),) = replaces.items()
        return walk(key.encode().split(letter), (letter, letter.decode()), other, "", 0)

    return similar_items


def _keys_of(similar_items: Callable[[str, Replaces], list[tuple[str, Any]]]) -> Callable[[str, Replaces], list[str]]:
    return lambda key, replaces: [found for found, _ in similar_items(key, replaces)]


def _likelihood(table: Any) -> Callable[[str, Any], float]:
    """How likely a word has a grammatical meaning: all that is kept of a word begins with it, so it is sought once."""
    read, whole = table.dct, table.MULTIPLIER
    sought: tuple[str, int | None] = "", None

    def prob(word: str, tag: Any) -> float:
        nonlocal sought
        known = sought
        if known[0] != word:
            known = sought = word, read.follow_bytes(f"{word}:".encode(), read.ROOT)
        index = None if known[1] is None else read.follow_bytes(str(tag).encode(), known[1])
        return read.value(index) / whole if index is not None and read.has_value(index) else 0.0

    return prob


def valuer(
    units: Sequence[int], guide: Sequence[int], unpack: Callable[[bytes], tuple[Any, ...]]
) -> Callable[[int], list[tuple[Any, ...]]]:
    """A function that reads all values below a place in the graph, in its order; nobody may change what it tells.

    Words that are inflected alike end in the same place, so what is read there once is remembered.
    """

    @lru_cache(maxsize=_ENDINGS)
    def values(index: int) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = []
        behind: list[tuple[int, bytes]] = [(index, b"")]
        while behind:
            at, made = behind.pop()
            while True:
                unit = units[at]
                if unit & _HAS_LEAF:
                    found.append(unpack(a2b_base64(made)))
                label = guide[2 * at]
                if not label:
                    break
                base = at ^ ((unit >> 10) << ((unit & _FAR) >> 6))
                at = base ^ label
                # The other children wait; the first one waits last, so that it is read next.
                others = []
                sibling = guide[2 * at + 1]
                while sibling:
                    others.append((base ^ sibling, made + bytes((sibling,))))
                    sibling = guide[2 * (base ^ sibling) + 1]
                behind += reversed(others)
                made += bytes((label,))
        return found

    return values
