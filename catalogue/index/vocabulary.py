"""The words of the catalogue itself: what a misspelt word is corrected to."""

import mmap
import re
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, Prefix

from bot import lasting
from bot.language.morphology import is_cyrillic, stem
from bot.quick import dataclass
from catalogue.index import deletes
from catalogue.index.common import is_given_name
from catalogue.index.terms import Facts, facts

_MAX_CANDIDATES = 1_500
_MANY = 100
"""Of more words than these the unlike ones are left out together, before any is read."""
_ENDS_VARY = 6
_SHORTEST_STEM = 4
_IN_DICTIONARY = " +"
LONGEST_ENDING = 4
_LONG = 8
_USUAL_ENDING = 3
_SIGNPOST = 16
"""Every 16th word is kept in memory, to begin the search for a word there."""
_OTHER_LENGTH = 0.25
_ENDING = 0.25
"""Added to the distance where only the stems are near: the ending may be a slip as well."""
_CUT = 0.25
"""The same where the slip stood in the ending, so that nobody knows where the stem ends («чипалино» is no «читали»)."""
_SHORTEST_HEARD, _LONG_ENOUGH = 5, 5
_OTHER_FORM, _OTHER_FORM_BY_EAR = 0.5, 0.75
"""The distance of a name in another case, which a stemmer without a dictionary does not see («баскервили»)."""
_SPELT_ENDINGS = (
    " а я у ю е и ы о ой ей ом ем ам ям ами ями ах ях ов ев ый ий ая яя ое ее ого его ому ему ым им ых их ую юю ые ие"
)
_ENDINGS = frozenset(_SPELT_ENDINGS.split(" "))
_SOUNDS = str.maketrans("оеэяыйюбвгджзщ", "аиииииупфктшсш", "ьъ")
_HEARD_ENDINGS = frozenset(ending.translate(_SOUNDS) for ending in _ENDINGS - {"ов", "ев"})
_DOUBLED = re.compile(r"([бвгджзклмнпрстфхцчшщ])\1+")


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of the catalogue that a misspelt one may stand for.

    Attributes:
        distance: Edits between them, or between their stems and a quarter more, whichever is less.
        frequency: In how many works the word stands, roughly.
        known: What is kept with the word.
    """

    word: str
    distance: float
    frequency: int
    known: Facts


class Part:
    """One sorted list of words with their keys and a delete table; files are mapped, not read."""

    def __init__(self, folder: Path) -> None:
        with (folder / "words.txt").open("rb") as file:
            self._blob = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._offsets = _mapped(folder, "offsets")
        self._counts = _mapped(folder, "counts")
        self._starts = _mapped(folder, "starts")
        self._letters = _mapped(folder, "letters")
        self._hashes = _mapped(folder, "hashes")
        self._owners = _mapped(folder, "owners")
        self._signposts = (folder / "signposts.txt").read_bytes().split(b"\n")[:-1]
        self._at = [*self._offsets[:-1:_SIGNPOST].tolist(), int(self._offsets[-1])]

    def __len__(self) -> int:
        return len(self._counts)

    def known(self, word: str) -> Facts | None:
        """What is kept with a word of this part, None where it is not among them."""
        sought = word.encode() + b"\t"
        post = bisect_right(self._signposts, sought)
        # The first word of a block is its signpost.
        block = self._blob[self._at[max(post - 1, 0)] : self._at[min(post + 1, len(self._at) - 1)]]
        at = 0 if block.startswith(sought) else block.find(b"\n" + sought) + 1
        if not at and not block.startswith(sought):
            return None
        return _known(block[at + len(sought) : block.index(b"\n", at)].decode())

    def near(self, word: str, own: str, most: int, most_of_stem: int) -> list[tuple[str, int, str]]:
        """Words that share a remainder with the word, and its letters but for few: with count and what is kept.

        Args:
            word: What is misspelt.
            own: Its stem, "" where only whole words count.
            most: Letters that may be missing in either.
            most_of_stem: Letters of the stem that may be missing in a word up to four letters longer than it.
        """
        numbers = self._sharing(word)
        if len(numbers) > _MANY:
            numbers = self._like(np.array(numbers), word, own, most, most_of_stem).tolist()[:_MAX_CANDIDATES]
        of_these = np.array(numbers, dtype=np.intp)
        starts, ends = self._offsets[of_these].tolist(), self._offsets[of_these + 1].tolist()
        found = []
        for start, end, count in zip(starts, ends, self._counts[of_these].tolist(), strict=True):
            near, _, kept = self._blob[start : end - 1].decode().partition("\t")
            found.append((near, count, kept))
        return found

    def _sharing(self, word: str) -> list[int]:
        owners = np.array(deletes.lookup(word, self._hashes, self._owners), dtype=np.intp)
        numbers: list[int] = []
        for first, last in zip(self._starts[owners].tolist(), self._starts[owners + 1].tolist(), strict=True):
            numbers += range(first, last)
        return numbers

    def _like(self, numbers: npt.NDArray[Any], word: str, own: str, most: int, most_of_stem: int) -> npt.NDArray[Any]:
        """Those of many words whose letters allow so few edits: judged by sets of letters, before any is read."""
        letters = self._letters[numbers]
        said = np.uint32(deletes.letters(word))
        likely = (np.bitwise_count(said & ~letters) <= most) & (np.bitwise_count(letters & ~said) <= most)
        if own:
            likely |= np.bitwise_count(np.uint32(deletes.letters(own)) & ~letters) <= most_of_stem
        chosen: npt.NDArray[Any] = numbers[likely]
        return chosen

    def word(self, number: int) -> str:
        """The word with that number."""
        return self._line(number).split(b"\t", 1)[0].decode()

    def starting(self, prefix: str, limit: int) -> list[tuple[int, str, str]]:
        """The most frequent words that begin so: with minus their counts first, then the word and what is kept."""
        begun = prefix.encode()
        first, last = self._place(begun), self._place(begun + b"\xff")
        if first == last:
            return []
        best = np.argsort(self._counts[first:last], kind="stable")[::-1][:limit] + first
        found = []
        for number, count in zip(best.tolist(), self._counts[best].tolist(), strict=True):
            word, _, kept = self._line(number).decode().partition("\t")
            found.append((-count, word, kept))
        return found

    def items(self) -> Iterable[tuple[str, int]]:
        """Every word with its count."""
        return ((self.word(number), int(self._counts[number])) for number in range(len(self)))

    def _place(self, sought: bytes) -> int:
        """The number of the first line that is not before ``sought``."""
        post = bisect_left(self._signposts, sought)
        first, last = max(post - 1, 0) * _SIGNPOST, min(post * _SIGNPOST, len(self))
        return first + bisect_left(range(first, last), sought, key=self._line)

    def _line(self, number: int) -> bytes:
        return self._blob[int(self._offsets[number]) : int(self._offsets[number + 1]) - 1]


def write_part(folder: Path, counts: Mapping[str, int]) -> None:
    """Keep words with their counts and what is known of them in a new folder."""
    folder.mkdir(parents=True)
    lines = sorted((_kept(word).encode(), word) for word in counts)
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
    (folder / "signposts.txt").write_bytes(b"".join(line for line, _ in lines[::_SIGNPOST]))
    arrays: dict[str, npt.NDArray[Any]] = {
        "offsets": offsets,
        "letters": np.array([deletes.letters(word) for word in words], dtype=np.uint32),
        "counts": np.array([counts[word] for word in words], dtype=np.uint32),
        "starts": np.array([*starts, len(words)], dtype=np.uint32),
        "hashes": hashes,
        "owners": owners,
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    for file in folder.iterdir():  # before anything names them: half a vocabulary is not seen to be one
        lasting.to_disk(file)


def _kept(word: str) -> str:
    found = facts(word)
    return f"{word}\t{' '.join(found.keys)}{_IN_DICTIONARY if found.sound else ''}\n"


def _known(kept: str) -> Facts:
    sound = kept.endswith(_IN_DICTIONARY)
    return Facts(tuple(kept.removesuffix(_IN_DICTIONARY).split(" ")), sound)


def _mapped(folder: Path, name: str) -> npt.NDArray[Any]:
    """A mapped array; a plain view of it, which is read several times faster."""
    mapped: npt.NDArray[Any] = np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray)
    return mapped


class Vocabulary:
    """All words of the catalogue: the parts written by the build and by later changes."""

    _REMEMBERED = 8_192

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = tuple(part for part in parts if len(part))
        self._memory: OrderedDict[str, tuple[Correction, ...]] = OrderedDict()

    def __contains__(self, word: str) -> bool:
        return self.known(word) is not None

    def known(self, word: str) -> Facts | None:
        """What is kept with a word of the catalogue, None where it does not stand there exactly so."""
        for part in self._parts:
            if found := part.known(word):
                return found
        return None

    def corrections(self, word: str, limit: int = 8) -> tuple[Correction, ...]:
        """Words near a misspelt one in a form each, the likeliest first; the word itself is never among them."""
        known = self._memory.get(word)
        if known is None:
            known = self._corrections(word, limit)
            self._memory[word] = known
            if len(self._memory) > self._REMEMBERED:
                self._memory.popitem(last=False)
        return known

    def starting(self, prefix: str, limit: int) -> dict[str, Facts]:
        """The most frequent words that begin so, for a word that is not typed to its end; what is kept with each."""
        found = [begun for part in self._parts for begun in part.starting(prefix, limit)]
        return {word: _known(kept) for _, word, kept in sorted(found)[:limit]}

    def _corrections(self, word: str, limit: int) -> tuple[Correction, ...]:
        most = deletes.edits(len(word))
        if not most:
            return ()
        own = _own(word)
        russian = is_cyrillic(word)
        guessed = _CUT if russian and own and own != stem(word) else 0.0
        most_of_stem = min(most, deletes.edits(len(own)))
        by_ear = heard(word) if russian and len(word) >= _SHORTEST_HEARD and _is_heard(word) else ""
        found: dict[str, tuple[float, int, str, str]] = {}
        for part in self._parts:
            candidates = part.near(word, own, most, most_of_stem)
            # All at once: a call for each would take longer than the work.
            sounds = heard("\n".join([near for near, _, _ in candidates])).split("\n") if by_ear else repeat("")
            for (near, count, kept), sound in zip(candidates, sounds, strict=False):
                distance: float = OSA.distance(word, near, score_cutoff=most)
                plain = distance
                if distance > 1 and own:
                    # Another ending is no slip («територию», Территория); an equal stem would be a form of the word.
                    of_stem = stem_distance(own, near, most_of_stem)
                    if _ENDING < of_stem < min(most_of_stem + 1, distance):
                        distance = min(of_stem + guessed, distance)
                if by_ear:
                    distance = min(distance, _likelier(word, near, plain, by_ear, sound))
                if 0 < distance < most + 1:
                    found[near] = (float(distance), -count, near, kept)
        return tuple(islice(_unlike(sorted(found.values())), limit))


def _unlike(best: Iterable[tuple[float, int, str, str]]) -> Iterator[Correction]:
    """Each word once, in its nearest form: the others are found by the same keys."""
    met: set[str] = set()
    for distance, less, word, kept in best:
        known = _known(kept)
        if not met.issuperset(known.keys):
            met.update(known.keys)
            yield Correction(word, distance, -less, known)


def heard(word: str) -> str:
    """A word as it sounds, roughly: who writes by ear takes «о» for «а», «и» for «е», «с» for «з», one «л» for two."""
    return _DOUBLED.sub(r"\1", word.translate(_SOUNDS))


def _likelier(word: str, near: str, plain: float, by_ear: str, sound: str) -> float:
    """The distance of a word that no dictionary knows: less where only its ending or its sound is another."""
    same = Prefix.similarity(word, near)
    if same >= _LONG_ENOUGH and word[same:] in _ENDINGS and near[same:] in _ENDINGS:
        return _OTHER_FORM
    same = Prefix.similarity(by_ear, sound)
    if same >= _LONG_ENOUGH and by_ear[same:] in _HEARD_ENDINGS and sound[same:] in _HEARD_ENDINGS:
        return min(plain / 2, _OTHER_FORM_BY_EAR) if by_ear == sound else _OTHER_FORM_BY_EAR
    return (plain + OSA.distance(by_ear, sound, score_cutoff=int(plain))) / 2 if len(word) >= _LONG else plain


def stem_distance(own: str, text: str, most: int) -> float:
    """Edits between a stem and the beginning of a word, and a quarter for the ending; more than ``most`` for too many.

    A slip may have made the stem longer («лдеьтств» of «детство») or shorter: beginnings of other lengths count, less.
    """
    least: float = (
        OSA.distance(own, text[: len(own)], score_cutoff=most) if len(text) - len(own) <= LONGEST_ENDING else most + 1
    )
    if most:
        size = len(own)
        first = max(size - 2 if most > 1 else size + 1, len(text) - LONGEST_ENDING, _SHORTEST_STEM)
        for length in range(first, min(size + 1, len(text)) + 1):
            # The lengths alone are so many edits: what cannot be nearer is not measured.
            if length != size and abs(length - size) + _OTHER_LENGTH < least:
                least = min(least, OSA.distance(own, text[:length], score_cutoff=most) + _OTHER_LENGTH)
    return least + _ENDING


heard_again = lru_cache(maxsize=8_192)(heard)
"""The same for single words that are met again: writers' names above all."""


def _is_heard(word: str) -> bool:
    """Whether a word may have been written by ear: no dictionary knows it, or it is a name («Кэрол» for Кэрролл)."""
    known = facts(word)
    return not known.sound or is_given_name(word, known.keys)


def _own(word: str) -> str:
    """The word without its ending, to find words whose ending differs as well («обитпемого», Обитаемый); else ""."""
    if len(word) < _ENDS_VARY:
        return ""
    own = stem(word)
    if len(word) >= _LONG and len(word) - len(own) < _USUAL_ENDING:
        own = word[:-_USUAL_ENDING]  # the slip stands in the ending, which the stem therefore kept
    return own if len(own) >= _SHORTEST_STEM else ""
