"""The model of intents: how likely each is, by all words of a stretch together.

Phrases say what they know for sure; the model hears the rest, which nobody wrote a phrase for. It is a table of
weights (``tools/train_intents.py``): what a word speaks for is told by ``ask --explain``.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

SCALE = 100
"""Weights are kept in hundredths, and added up as such: whole numbers come to the same sum in any order."""
FILE = Path(__file__).with_name("model.npz")
Row = np.ndarray[Any, np.dtype[np.float64]]
"""What some features speak for together, hundredths an intent, and behind them how many features they are."""
Weights = np.ndarray[Any, np.dtype[np.int16]]
"""Hundredths: a line a feature, a column an intent."""


class Model:
    """Weights of features by intent; immutable once made.

    Args:
        intents: Their names.
        bias: How likely each is whatever is said.
        features: Their names, none of which holds a line end.
        weights: What each of them speaks for.
    """

    def __init__(
        self, intents: Sequence[str], bias: Sequence[float], features: Sequence[str], weights: Weights
    ) -> None:
        self.intents = tuple(intents)
        self._bias = np.array(bias, np.float64)
        self._place = {feature: place for place, feature in enumerate(features)}
        self._weights = weights

    def __len__(self) -> int:
        """How many features it knows."""
        return len(self._place)

    def row(self, features: Iterable[str]) -> Row:
        """What features speak for, added up; rows may be added to each other."""
        asked = [*map(self._place.get, features)]
        known = np.array([place for place in asked if place is not None], np.intp)
        row = np.empty(len(self.intents) + 1)
        np.add.reduce(self._weights.take(known, 0), axis=0, out=row[:-1])
        row[-1] = len(asked)
        return row

    def knows(self, features: Iterable[str]) -> bool:
        """Whether any of some features speaks for anything."""
        return not self._place.keys().isdisjoint(features)

    def scores(self, row: Row) -> list[float]:
        """The logarithm of how likely each of ``intents`` is, but for what is common to all of them."""
        value = max(row.item(-1), 1.0) ** -0.5 / SCALE
        scores: list[float] = (row[:-1] * value + self._bias).tolist()
        return scores

    def write(self, file: Path) -> None:
        """Keep it in a file; the same model is always the same bytes."""
        names = np.frombuffer("\n".join(self._place).encode(), np.uint8)
        np.savez_compressed(file, intents=self.intents, bias=self._bias, features=names, weights=self._weights)


@cache
def model() -> Model:
    """The model that comes with the program, read once."""
    return read(FILE)


def read(file: Path) -> Model:
    """A model as it was written."""
    with np.load(file) as kept:
        names = kept["features"].tobytes().decode().split("\n")
        return Model(kept["intents"].tolist(), kept["bias"].tolist(), names, kept["weights"])
