"""From the share that phrases and model give an intent to how often such an opinion is right.

The figures are in ``confidence.json``, which ``python -m tools.fit_confidence`` writes: counted on people whom the
model had not heard. They differ by what an opinion rests on: a phrase that a librarian wrote is worth more than the
model's ear, and both are worth more than «nothing fits, so it is a title».
"""

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from understanding.judging import Opinion

SURE_OF_AN_ISBN = 0.99
FILE = Path(__file__).with_name("confidence.json")
KINDS = ("title", "heard", "phrase")
Knots = Sequence[tuple[float, float]]
"""(share of the best intent, share of right answers); straight lines between."""


@cache
def knots() -> Mapping[str, Knots]:
    """The figures by kind of opinion."""
    return {name: tuple((at, right) for at, right in steps) for name, steps in json.loads(FILE.read_bytes()).items()}


def kind(opinion: Opinion) -> str:
    """What an opinion rests on: one of :data:`KINDS`."""
    if opinion.pattern is None:
        return "title"
    return "phrase" if opinion.pattern.mask else "heard"


def share(opinion: Opinion) -> float:
    """How likely phrases and model together take the intent of an opinion for, 0..1."""
    return opinion.heard.get("search" if opinion.intent == "availability" else opinion.intent, 1.0)


def confidence(opinion: Opinion) -> float:
    """0..1: how often an opinion like this one is right."""
    return calibrated(share(opinion), kind(opinion))


def calibrated(score: float, of: str) -> float:
    """The share of right answers at a share of the best intent, for a kind of opinion."""
    steps = knots()[of]
    if score <= steps[0][0]:
        return steps[0][1]
    if score >= steps[-1][0]:
        return steps[-1][1]
    at = bisect_right(steps, (score, 1.0))
    (left, low), (right, high) = steps[at - 1], steps[at]
    return round(low + (high - low) * (score - left) / (right - left), 3)
