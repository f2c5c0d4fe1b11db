"""Delete neighbourhoods as sorted arrays: which words could a misspelt one have been?

Two words at most two edits apart become equal when at most two letters are deleted from each (the idea of
SymSpell). For the first seven letters of every word all such remainders are hashed and sorted; a lookup hashes
the remainders of the misspelt word and takes the equal ones. Hashes may collide: the caller measures the distance.
"""

from functools import cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

PREFIX = 7
"""Letters of a word that take part; what differs behind them is found by the distance."""
Hashes = npt.NDArray[np.uint32]
Owners = npt.NDArray[np.uint32]
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xC2B2AE3D27D4EB4F)


def edits(length: int) -> int:
    """How many edits a word of so many letters may be away: none below three letters, one up to four, then two."""
    return 0 if length < 3 else 1 if length < 5 else 2


def letters(word: str) -> int:
    """The letters of a word as 32 bits: words with the same letters, and letters that share a bit, look alike."""
    bits = 0
    for char in word:
        bits |= 1 << (ord(char) & 31)
    return bits


def table(prefixes: list[str]) -> tuple[Hashes, Owners]:
    """For distinct prefixes: the sorted hashes of all remainders, and the number of the prefix of each."""
    by_length: dict[int, list[int]] = {}
    for number, prefix in enumerate(prefixes):
        by_length.setdefault(len(prefix), []).append(number)
    hashes: list[Hashes] = []
    owners: list[Owners] = []
    for length, numbers in by_length.items():
        spelt = np.array([list(map(ord, prefixes[number])) for number in numbers], dtype=np.uint64)
        for kept in _remainders(length):
            hashes.append(_hash(spelt[:, kept]))
            owners.append(np.array(numbers, dtype=np.uint32))
    if not hashes:
        return np.empty(0, np.uint32), np.empty(0, np.uint32)
    all_hashes, all_owners = np.concatenate(hashes), np.concatenate(owners)
    order = np.argsort(all_hashes, kind="stable")
    return all_hashes[order], all_owners[order]


def lookup(word: str, hashes: Hashes, owners: Owners) -> list[int]:
    """The numbers of the prefixes that share a remainder with the word; distinct, ascending."""
    spelt = np.fromiter(map(ord, word[:PREFIX]), dtype=np.uint64)
    factors, sizes_kept = _factors(len(spelt))
    asked = _mixed((factors * spelt).sum(axis=1, dtype=np.uint64) + sizes_kept)
    asked.sort()  # one search goes on where the last one ended, so the table is read in one direction
    first = hashes.searchsorted(asked)
    there = hashes.take(first, mode="clip") == asked
    first, asked = first[there], asked[there]
    met: set[int] = set()
    for start, end in zip(first.tolist(), hashes.searchsorted(asked, "right").tolist(), strict=True):
        met.update(owners[start:end].tolist())
    return sorted(met)


@cache
def _remainders(length: int) -> tuple[npt.NDArray[np.intp], ...]:
    """The places kept, for every way to delete as many letters as the length allows."""
    places = range(length)
    most = min(edits(length), max(length - 1, 0))
    return tuple(
        np.array([place for place in places if place not in gone], dtype=np.intp)
        for deleted in range(most + 1)
        for gone in combinations(places, deleted)
    )


@cache
def _factors(length: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """The same as one matrix of factors, 0 for a deleted letter; and how many letters are kept in each row."""
    remainders = _remainders(length)
    factors = np.zeros((len(remainders), length), dtype=np.uint64)
    for row, kept in enumerate(remainders):
        factors[row, kept] = _powers(len(kept))[: len(kept)]
    return factors, np.array([len(kept) for kept in remainders], dtype=np.uint64)


@cache
def _powers(length: int) -> npt.NDArray[np.uint64]:
    powers = np.ones(max(length, 1), dtype=np.uint64)
    for place in range(1, length):
        powers[place] = np.uint64((int(powers[place - 1]) * int(_FACTOR)) & 0xFFFFFFFFFFFFFFFF)
    return powers


def _hash(spelt: npt.NDArray[np.uint64]) -> Hashes:
    """One hash a row."""
    length = spelt.shape[-1]
    return _mixed((spelt * _powers(length)).sum(axis=-1, dtype=np.uint64) + np.uint64(length))


def _mixed(sums: npt.NDArray[np.uint64]) -> Hashes:
    hashed: Hashes = ((sums * _MIX) >> np.uint64(32)).astype(np.uint32)
    return hashed
