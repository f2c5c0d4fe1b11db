"""The model of intents: how likely each is, by all words of a stretch together.

Phrases say what they know for sure; the model hears the rest, which nobody wrote a phrase for. It is a table of
weights (``tools/train_intents.py``): what a word speaks for can be read in it and is told by ``ask --explain``.
"""

import gzip
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

SCALE = 100
"""Weights are kept in hundredths, and added up as such: whole numbers come to the same sum in any order."""
FILE = Path(__file__).with_name("model.json.gz")
_NUMBERS = msgspec.json.Decoder(list[int])
Row = np.ndarray[Any, np.dtype[np.float64]]
"""What some features speak for together, hundredths an intent, and behind them how many features they are."""


class _Table(msgspec.Struct):
    """The file: weights are (number of an intent, weight in hundredths) pairs in a row."""

    intents: list[str]
    bias: list[float]
    weights: dict[str, msgspec.Raw]
    """Left as they are written until a feature is heard: forty thousand lists are 15 MB, and most nobody asks for."""


class Model:
    """Weights of features by intent; immutable once made.

    Args:
        intents: Their names.
        bias: How likely each is whatever is said.
        weights: Feature → number of an intent, weight in hundredths, and so on, as JSON; small ones left out.
    """

    def __init__(self, intents: Sequence[str], bias: Sequence[float], weights: Mapping[str, msgspec.Raw]) -> None:
        self.intents = tuple(intents)
        self._bias = np.array(bias, np.float64)
        self._weights = weights

    def row(self, features: Iterable[str]) -> Row:
        """What features speak for, added up; rows may be added to each other."""
        row, count = [0] * (len(self.intents) + 1), 0
        for feature in features:
            count += 1
            if (written := self._weights.get(feature)) is not None:
                found = _NUMBERS.decode(written)
                for number, weight in zip(found[::2], found[1::2], strict=True):
                    row[number] += weight
        row[-1] = count
        return np.array(row, np.float64)

    def knows(self, features: Iterable[str]) -> bool:
        """Whether any of some features speaks for anything."""
        return not self._weights.keys().isdisjoint(features)

    def scores(self, row: Row) -> list[float]:
        """The logarithm of how likely each of ``intents`` is, but for what is common to all of them."""
        value = max(row.item(-1), 1.0) ** -0.5 / SCALE
        scores: list[float] = (row[:-1] * value + self._bias).tolist()
        return scores


@cache
def model() -> Model:
    """The model that comes with the program, read once."""
    return read(gzip.decompress(FILE.read_bytes()))


def read(written: bytes) -> Model:
    """A model as ``tools/train_intents.py`` writes it, in JSON."""
    table = msgspec.json.decode(written, type=_Table)
    return Model(table.intents, table.bias, table.weights)
