"""The words of the catalogue itself: what a misspelt word is corrected to."""

import mmap
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from bot.language.morphology import stem
from catalogue.index import deletes
from catalogue.index.terms import keys

_MAX_CANDIDATES = 1_500
_LONGEST_ENDING = 4
_LONG = 8
_USUAL_ENDING = 3
_SIGNPOST = 16
"""Every 16th word is kept in memory, to begin the search for a word there."""
_ENDING = 0.25
"""Added to the distance where only the stems are near: the ending may be a slip as well."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of the catalogue that a misspelt one may stand for.

    Attributes:
        distance: Edits between them; a quarter more where only their stems are so near.
        frequency: In how many works the word stands, roughly.
    """

    word: str
    distance: float
    frequency: int


class Part:
    """One sorted list of words with their keys and a delete table; files are mapped, not read."""

    def __init__(self, folder: Path) -> None:
        with (folder / "words.txt").open("rb") as file:
            self._blob = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._offsets = _mapped(folder, "offsets")
        self._lengths = _mapped(folder, "lengths")
        self._counts = _mapped(folder, "counts")
        self._starts = _mapped(folder, "starts")
        self._hashes = _mapped(folder, "hashes")
        self._owners = _mapped(folder, "owners")
        self._signposts = [self._line(number) for number in range(0, len(self._counts), _SIGNPOST)]

    def __len__(self) -> int:
        return len(self._counts)

    def keys(self, word: str) -> tuple[str, ...]:
        """The keys of a word of this part, () where it is not among them."""
        sought = word.encode() + b"\t"
        place = self._place(sought)
        line = self._line(place) if place < len(self) else b""
        return tuple(line[len(sought) :].decode().split()) if line.startswith(sought) else ()

    def near(self, word: str, longest: int) -> tuple[list[str], list[int]]:
        """Words that share a remainder with the word and are at most ``longest`` letters longer or shorter."""
        owners = deletes.lookup(word, self._hashes, self._owners)
        if not len(owners):
            return [], []
        first = self._starts[owners].astype(np.int64)
        sizes = self._starts[owners + 1] - first
        numbers = np.repeat(first, sizes) + _counting(sizes)
        lengths = self._lengths[numbers].astype(np.int16)
        near = numbers[np.abs(lengths - len(word)) <= longest][:_MAX_CANDIDATES]
        return [self.word(number) for number in near.tolist()], self._counts[near].tolist()

    def word(self, number: int) -> str:
        """The word with that number."""
        return self._line(number).split(b"\t", 1)[0].decode()

    def starting(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """The most frequent words that begin so."""
        begun = prefix.encode()
        first, last = self._place(begun), self._place(begun + b"\xff")
        numbers = np.arange(first, last)
        best = numbers[np.argsort(self._counts[first:last], kind="stable")[::-1][:limit]]
        return [(self.word(number), int(self._counts[number])) for number in best.tolist()]

    def items(self) -> Iterable[tuple[str, int]]:
        """Every word with its count."""
        return ((self.word(number), int(self._counts[number])) for number in range(len(self)))

    def _place(self, sought: bytes) -> int:
        """The number of the first line that is not before ``sought``."""
        post = bisect_left(self._signposts, sought)
        first, last = max(post - 1, 0) * _SIGNPOST, min(post * _SIGNPOST, len(self))
        return first + bisect_left(range(first, last), sought, key=self._line)

    def _line(self, number: int) -> bytes:
        return self._blob[int(self._offsets[number]) : int(self._offsets[number + 1])]


def write_part(folder: Path, counts: Mapping[str, int]) -> None:
    """Keep words with their counts and keys in a new folder."""
    folder.mkdir(parents=True)
    lines = sorted((f"{word}\t{' '.join(keys(word))}\n".encode(), word) for word in counts)
    words = [word for _, word in lines]
    prefixes: list[str] = []
    starts: list[int] = []
    for number, word in enumerate(words):
        prefix = word[: deletes.PREFIX]
        if not prefixes or prefixes[-1] != prefix:
            prefixes.append(prefix)
            starts.append(number)
    hashes, owners = deletes.table(prefixes)
    offsets = np.zeros(len(words) + 1, dtype=np.uint32)
    np.cumsum([len(line) for line, _ in lines], out=offsets[1:])
    # Never empty: an empty file cannot be mapped.
    (folder / "words.txt").write_bytes(b"".join(line for line, _ in lines) + b"\n")
    arrays: dict[str, npt.NDArray[Any]] = {
        "offsets": offsets,
        "lengths": np.array([len(word) for word in words], dtype=np.uint8),
        "counts": np.array([counts[word] for word in words], dtype=np.uint32),
        "starts": np.array([*starts, len(words)], dtype=np.uint32),
        "hashes": hashes,
        "owners": owners,
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)


def _mapped(folder: Path, name: str) -> npt.NDArray[Any]:
    """A mapped array; a plain view of it, which is read several times faster."""
    mapped: npt.NDArray[Any] = np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray)
    return mapped


def _counting(sizes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """0, 1, … for every size, one row after the other."""
    ends = np.cumsum(sizes)
    counted: npt.NDArray[Any] = np.arange(ends[-1]) - np.repeat(ends - sizes, sizes)
    return counted


class Vocabulary:
    """All words of the catalogue: the parts written by the build and by later changes."""

    _REMEMBERED = 8_192

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = tuple(part for part in parts if len(part))
        self._memory: OrderedDict[str, tuple[Correction, ...]] = OrderedDict()

    def __contains__(self, word: str) -> bool:
        return bool(self.keys(word))

    def keys(self, word: str) -> tuple[str, ...]:
        """The keys of a word of the catalogue, () where it does not stand there exactly so."""
        for part in self._parts:
            if found := part.keys(word):
                return found
        return ()

    def corrections(self, word: str, limit: int = 8) -> tuple[Correction, ...]:
        """Words near a misspelt one, the likeliest first; the word itself is never among them."""
        known = self._memory.get(word)
        if known is None:
            known = self._corrections(word, limit)
            self._memory[word] = known
            if len(self._memory) > self._REMEMBERED:
                self._memory.popitem(last=False)
        return known

    def starting(self, prefix: str, limit: int = 6) -> list[str]:
        """The most frequent words that begin so, for a word that is not typed to its end."""
        found: dict[str, int] = {}
        for part in self._parts:
            found.update(part.starting(prefix, limit))
        return sorted(found, key=lambda word: -found[word])[:limit]

    def _corrections(self, word: str, limit: int) -> tuple[Correction, ...]:
        most = deletes.edits(len(word))
        if not most:
            return ()
        found: dict[str, Correction] = {}
        # Beyond the edits themselves an ending may differ: шинелью, шинель.
        reach = most + 2 if len(word) >= 6 else most
        for part in self._parts:
            words, counts = part.near(word, reach)
            if not words:
                continue
            distances = cdist([word], words, scorer=OSA.distance, score_cutoff=reach, dtype=np.uint8)[0].tolist()
            for near, count, distance in zip(words, counts, distances, strict=True):
                if distance <= most and near != word:
                    found[near] = Correction(near, float(distance), count)
            if reach > most:
                _by_stem(word, most, words, counts, distances, found)
        best = sorted(found.values(), key=lambda one: (one.distance, -one.frequency, one.word))
        return tuple(best[:limit])


def _by_stem(
    word: str, most: int, words: list[str], counts: list[int], distances: list[int], found: dict[str, Correction]
) -> None:
    """Words whose ending differs as well («обитпемого», Обитаемый): compared without it."""
    own = stem(word)
    if len(word) >= _LONG and len(word) - len(own) < _USUAL_ENDING:
        own = word[:-_USUAL_ENDING]  # the slip stands in the ending, which the stem therefore kept
    most = min(most, deletes.edits(len(own)))
    if len(own) < 4:
        return
    further = [place for place, near in enumerate(words) if near not in found]
    if not further:
        return
    cut = [words[place][: len(own)] for place in further]
    near = cdist([own], cut, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)[0].tolist()
    for distance, place in zip(near, further, strict=True):
        # An equal stem would have been found as a form of the word.
        if 0 < distance <= most and len(words[place]) - len(own) <= _LONGEST_ENDING:
            found[words[place]] = Correction(words[place], distance + _ENDING, counts[place])
