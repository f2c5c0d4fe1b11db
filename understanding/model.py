"""The model of intents: how likely each is, by all words of a stretch together.

Phrases say what they know for sure; the model hears the rest, which nobody wrote a phrase for. It is a table of
weights (``tools/train_intents.py``): what a word speaks for can be read in it and is told by ``ask --explain``.
"""

import gzip
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import exp
from pathlib import Path

import msgspec

SCALE = 100
FILE = Path(__file__).with_name("model.json.gz")


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
        self._pairs: dict[str, tuple[tuple[int, float], ...]] = {}

    def shares(self, features: Sequence[str]) -> dict[str, float]:
        """How likely each intent is, 0..1, together 1."""
        scores = [0.0] * len(self._bias)
        pairs = self._pairs
        for feature in features:
            known = pairs.get(feature)
            for number, weight in self._of(feature) if known is None else known:
                scores[number] += weight
        value = len(features) ** -0.5
        scores = [bias + score * value for bias, score in zip(self._bias, scores, strict=True)]
        most = max(scores)
        powers = [exp(score - most) for score in scores]
        whole = sum(powers)
        return {intent: power / whole for intent, power in zip(self.intents, powers, strict=True)}

    def telling(self, features: Iterable[str], intent: str, most: int = 3) -> list[str]:
        """The features that speak most for an intent, the strongest first."""
        number = self.intents.index(intent)
        found = [(dict(self._of(feature)).get(number, 0.0), feature) for feature in features]
        return [feature for weight, feature in sorted(found, reverse=True)[:most] if weight > 0]

    def _of(self, feature: str) -> tuple[tuple[int, float], ...]:
        row = self._weights.get(feature)
        if row is None:
            return ()
        pairs = self._pairs[feature] = tuple(
            (number, weight / SCALE) for number, weight in zip(row[::2], row[1::2], strict=True)
        )
        return pairs


@cache
def model() -> Model:
    """The model that comes with the program, read once."""
    table = msgspec.json.decode(gzip.decompress(FILE.read_bytes()), type=_Table)
    return Model(table.intents, table.bias, table.weights)
