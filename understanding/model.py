"""The model of intents: how likely each is, by all words of a stretch together.

Phrases say what they know for sure; the model hears the rest, which nobody wrote a phrase for. It is a table of
weights (``tools/train_intents.py``): what a word speaks for can be read in it and is told by ``ask --explain``.
"""

import gzip
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import exp
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

SCALE = 100
FILE = Path(__file__).with_name("model.json.gz")
Row = np.ndarray[Any, np.dtype[np.float64]]
"""What some features speak for together, a number an intent, and behind them how many features they are."""


class _Table(msgspec.Struct):
    """The file: weights are (number of an intent, weight in hundredths) pairs in a row."""

    intents: list[str]
    bias: list[float]
    weights: dict[str, list[int]]


class Model:
    """Weights of features by intent; immutable once made.

    Args:
        intents: Their names.
        bias: How likely each is whatever is said.
        weights: Feature → number of an intent, weight in hundredths, and so on; small ones left out.
    """

    def __init__(self, intents: Sequence[str], bias: Sequence[float], weights: Mapping[str, Sequence[int]]) -> None:
        self.intents = tuple(intents)
        self._bias = tuple(bias)
        self._weights = weights

    def row(self, features: Iterable[str]) -> Row:
        """What features speak for, added up; rows may be added to each other."""
        width = len(self._bias)
        row = np.zeros(width + 1)
        for feature in features:
            row[width] += 1
            found = self._weights.get(feature, ())
            for number, weight in zip(found[::2], found[1::2], strict=True):
                row[number] += weight / SCALE
        return row

    def shares(self, row: Row) -> dict[str, float]:
        """How likely each intent is, 0..1, together 1."""
        *scores, count = row.tolist()
        value = max(count, 1.0) ** -0.5
        scores = [bias + score * value for bias, score in zip(self._bias, scores, strict=True)]
        most = max(scores)
        powers = [exp(score - most) for score in scores]
        whole = sum(powers)
        return {intent: power / whole for intent, power in zip(self.intents, powers, strict=True)}


@cache
def model() -> Model:
    """The model that comes with the program, read once."""
    table = msgspec.json.decode(gzip.decompress(FILE.read_bytes()), type=_Table)
    return Model(table.intents, table.bias, table.weights)
