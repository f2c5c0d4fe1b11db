"""The dictionary of Russian walked quickly.

The pure Python reader of the dictionary's word graph calls several functions for every letter. These are its two
innermost loops written out, five times as quick; what they find is the same (the tests compare them word by word).
Where the compiled reader is installed there is nothing to quicken.
"""

from binascii import a2b_base64
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

_LABEL = 0x800000FF
"""What a unit must equal to be the one of a letter: the letter, and no leaf."""
_HAS_LEAF = 0x100
_FAR = 0x200


def quicken(analyser: Any) -> None:
    """Let a pymorphy3 analyser look words and endings up in less time; harmless where that is not possible."""
    dictionary = analyser.dictionary
    for graph in chain([dictionary.words], dictionary.prediction_suffixes_dawgs):
        read, structure = getattr(graph, "dct", None), getattr(graph, "_struct", None)
        units, guide = getattr(read, "_units", None), getattr(getattr(graph, "guide", None), "_units", None)
        if read is None or structure is None or units is None or guide is None:
            continue
        read.follow_bytes = follower(units)
        graph._value_for_index = valuer(units, guide, structure.unpack)
    likely: Any = getattr(getattr(analyser.prob_estimator, "p_t_given_w", None), "dct", None)
    if hasattr(likely, "_units"):
        likely.follow_bytes = follower(likely._units)


def follower(units: Sequence[int]) -> Callable[[bytes, int], int | None]:
    """A function that follows bytes from a place in the graph; None where they lead nowhere."""

    def follow_bytes(key: bytes, index: int) -> int | None:
        for label in key:
            unit = units[index]
            index ^= ((unit >> 10) << ((unit & _FAR) >> 6)) ^ label
            if units[index] & _LABEL != label:
                return None
        return index

    return follow_bytes


def valuer(
    units: Sequence[int], guide: Sequence[int], unpack: Callable[[bytes], tuple[Any, ...]]
) -> Callable[[int], list[tuple[Any, ...]]]:
    """A function that reads all values below a place in the graph, in its order."""

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
