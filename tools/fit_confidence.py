"""Fits the confidence of understanding: prints what belongs into ``understanding/calibration.py``.

``python -m tools.fit_confidence``. A model is trained without the fresh tuning messages (some minutes), and then it is
counted how often it is right about just these, by the share that phrases and model give their best intent. Pooled
adjacent violators make it monotone; one right and one wrong answer are added to every step, so that few messages claim
little.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tools import train_intents
from understanding.calibration import share
from understanding.model import Model
from understanding.understander import PhraseUnderstanding

STEP = 0.1
Scored = tuple[float, bool, float]
"""Score, whether it was right, weight."""


class Block(NamedTuple):
    """Neighbouring scores with one share of right answers."""

    first: float
    last: float
    good: float
    total: float

    @property
    def share(self) -> float:
        """Right answers of all."""
        return self.good / self.total


def messages(file: Path) -> Iterator[tuple[str, frozenset[str]]]:
    """Texts with the intents that count as right."""
    for line in file.read_text("utf-8").splitlines():
        row = json.loads(line)
        yield row["text"], frozenset(row["intent_ok"])


def scored(texts: Iterable[tuple[str, frozenset[str]]], understanding: PhraseUnderstanding) -> list[tuple[float, bool]]:
    """The share of the best intent for each text; nothing for global words and gibberish, which have none."""
    found = []
    for text, right in texts:
        opinion = understanding.first_opinion(text)
        if opinion is not None:
            found.append((share(opinion), opinion.intent in right))
    return found


def pooled(points: Sequence[Scored]) -> list[tuple[float, float]]:
    """(score, share of right answers) by steps, never falling."""
    steps: dict[float, list[float]] = {}
    for score, right, weight in points:
        counted = steps.setdefault(round(round(score / STEP) * STEP, 2), [0.0, 0.0])
        counted[0] += weight * right
        counted[1] += weight
    blocks: list[Block] = []
    for step, (good, total) in sorted(steps.items()):
        blocks.append(Block(step, step, good + 1, total + 2))
        while len(blocks) > 1 and blocks[-2].share > blocks[-1].share:
            after, before = blocks.pop(), blocks.pop()
            blocks.append(Block(before.first, after.last, before.good + after.good, before.total + after.total))
    return [(end, round(block.share, 3)) for block in blocks for end in dict.fromkeys((block.first, block.last))]


def main() -> int:
    """Train, count, print."""
    table = train_intents.trained(train_intents.learned_from(list(train_intents.messages(train_intents.TUNING[:-1]))))
    model = Model(table["intents"], table["bias"], table["weights"])
    understanding = PhraseUnderstanding(model=model)
    said = scored(messages(train_intents.MESSAGES / train_intents.TUNING[-1]), understanding)
    print(f"KNOTS = {tuple(pooled([(score, right, 1.0) for score, right in said]))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
