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

_MAX_CANDIDATES = 1_500
_LONGEST_ENDING = 4
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
    """One sorted list of words with its delete table; files are mapped, not read."""

    def __init__(self, folder: Path) -> None:
        with (folder / "words.txt").open("rb") as file:
            self._blob = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._offsets = np.load(folder / "offsets.npy", mmap_mode="r")
        self._counts = np.load(folder / "counts.npy", mmap_mode="r")
        self._starts = np.load(folder / "starts.npy", mmap_mode="r")
        self._hashes = np.load(folder / "hashes.npy", mmap_mode="r").view(np.ndarray)
        self._owners = np.load(folder / "owners.npy", mmap_mode="r").view(np.ndarray)

    def __len__(self) -> int:
        return len(self._counts)

    def near(self, word: str, longest: int) -> tuple[list[str], list[int]]:
        """Words that share a remainder with the word and are at most ``longest`` letters longer or shorter."""
        starts, offsets = self._starts, self._offsets
        spans = [
            (int(starts[owner]), int(starts[owner + 1])) for owner in deletes.lookup(word, self._hashes, self._owners)
        ]
        if not spans:
            return [], []
        numbers = np.concatenate([np.arange(first, last) for first, last in spans])[: _MAX_CANDIDATES * 4]
        # Cyrillic letters take two bytes: a bound on bytes is enough to leave most out.
        sizes = offsets[numbers + 1] - offsets[numbers]
        asked = len(word.encode()) + 1
        near = numbers[(sizes >= asked - 2 * longest) & (sizes <= asked + 2 * longest)][:_MAX_CANDIDATES]
        return [self.word(number) for number in near.tolist()], self._counts[near].tolist()

    def word(self, number: int) -> str:
        """The word with that number."""
        blob: bytes = self._blob[int(self._offsets[number]) : int(self._offsets[number + 1]) - 1]
        return blob.decode()

    def __contains__(self, word: str) -> bool:
        place = bisect_left(range(len(self)), word, key=self.word)
        return place < len(self) and self.word(place) == word

    def starting(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """The most frequent words that begin so."""
        first = bisect_left(range(len(self)), prefix, key=self.word)
        last = bisect_left(range(first, len(self)), prefix + "\U0010ffff", key=self.word) + first
        numbers = np.arange(first, last)
        best = numbers[np.argsort(self._counts[first:last], kind="stable")[::-1][:limit]]
        return [(self.word(number), int(self._counts[number])) for number in best.tolist()]

    def items(self) -> Iterable[tuple[str, int]]:
        """Every word with its count."""
        return ((self.word(number), int(self._counts[number])) for number in range(len(self)))


def write_part(folder: Path, counts: Mapping[str, int]) -> None:
    """Keep words with their counts in a new folder."""
    folder.mkdir(parents=True)
    words = sorted(counts)
    prefixes: list[str] = []
    starts: list[int] = []
    for number, word in enumerate(words):
        prefix = word[: deletes.PREFIX]
        if not prefixes or prefixes[-1] != prefix:
            prefixes.append(prefix)
            starts.append(number)
    hashes, owners = deletes.table(prefixes)
    blobs = [word.encode() + b"\n" for word in words]
    offsets = np.zeros(len(words) + 1, dtype=np.uint32)
    np.cumsum([len(blob) for blob in blobs], out=offsets[1:])
    (folder / "words.txt").write_bytes(b"".join(blobs) + b"\n")  # never empty: an empty file cannot be mapped
    arrays: dict[str, npt.NDArray[Any]] = {
        "offsets": offsets,
        "counts": np.array([counts[word] for word in words], dtype=np.uint32),
        "starts": np.array([*starts, len(words)], dtype=np.uint32),
        "hashes": hashes,
        "owners": owners,
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)


class Vocabulary:
    """All words of the catalogue: the parts written by the build and by later changes."""

    _REMEMBERED = 8_192

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = tuple(part for part in parts if len(part))
        self._memory: OrderedDict[str, tuple[Correction, ...]] = OrderedDict()

    def __contains__(self, word: str) -> bool:
        return any(word in part for part in self._parts)

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
