"""Fits the confidence of understanding: ``python -m tools.fit_confidence`` writes ``understanding/confidence.json``.

A confidence of 0.9 is to mean that nine of ten are right about people whom nobody has heard before. So the writers of
the messages (``style`` in the files, else the file) are parted into :data:`FOLDS` groups; for each a model is trained
without it, and without a part of the titles, and asked about just these. What is counted is how often it is right, by
the share that phrases and model give their best intent, apart for titles, for what only the model heard, and for
phrases. Pooled adjacent violators make it monotone; one right and one wrong answer are added to every step, so that few
messages claim little. The messages that phrases were written with in view are learned from, but not counted. Five
minutes on one core.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tools import train_intents
from understanding.calibration import FILE, KINDS, kind, share
from understanding.understander import PhraseUnderstanding

FOLDS = 5
NOT_COUNTED = frozenset({"messages_tune.jsonl"})
ASKED_TITLES = 500
"""Titles that each model is asked about."""
A_TITLE_WEIGHS = 0.25
"""Readers write other things than bare titles, too: so much of a message each counts."""
STEP = 0.1
Scored = tuple[float, bool, float]
"""Share, whether it was right, weight."""


class Block(NamedTuple):
    """Neighbouring shares with one share of right answers."""

    first: float
    last: float
    good: float
    total: float

    @property
    def share(self) -> float:
        """Right answers of all."""
        return self.good / self.total


def folds(rows: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """The messages in :data:`FOLDS` groups of nearly one size; nobody's messages stand in two."""
    by_style: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_style[row["style"]].append(row)
    groups: list[list[Mapping[str, Any]]] = [[] for _ in range(FOLDS)]
    for style in sorted(by_style, key=lambda style: (-len(by_style[style]), style)):
        min(groups, key=len).extend(by_style[style])
    return groups


def strangers() -> Iterator[tuple[PhraseUnderstanding, list[Mapping[str, Any]], list[str]]]:
    """For each group: who has never heard it, its messages, and titles that were left out as well."""
    rows = list(train_intents.rows())
    books = train_intents.named()
    counted = folds(row for row in rows if row["style"] not in NOT_COUNTED)
    for number, asked in enumerate(counted):
        left_out = {row["id"] for row in asked}
        learned = train_intents.learned_from(
            [train_intents.message(row) for row in rows if row["id"] not in left_out],
            [book for at, book in enumerate(books) if at % FOLDS != number],
        )
        heard = train_intents.trained(learned)
        unknown = [title for title, _ in books[number::FOLDS]]
        every = max(1, len(unknown) // ASKED_TITLES)
        yield (
            PhraseUnderstanding(model=heard),
            asked,
            unknown[::every],
        )


def scored() -> dict[str, list[Scored]]:
    """Shares and right answers by the kind of opinion; nothing for global words and gibberish, which have none."""
    found: dict[str, list[Scored]] = {name: [] for name in KINDS}
    for understanding, rows, titles in strangers():
        asked = [(row["text"], frozenset(row["intent_ok"]), 1.0) for row in rows]
        asked += [(title, frozenset({"search", "availability"}), A_TITLE_WEIGHS) for title in titles]
        for text, right, weight in asked:
            opinion = understanding.first_opinion(text)
            if opinion is not None:
                found[kind(opinion)].append((share(opinion), opinion.intent in right, weight))
        print(f"{len(rows)} messages and {len(titles)} titles asked", file=sys.stderr)
    return found


def pooled(points: Sequence[Scored]) -> list[tuple[float, float]]:
    """(share, share of right answers) by steps, never falling."""
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
    """Train, count, write."""
    counted = scored()
    lines = ",\n".join(f'"{name}": {json.dumps(pooled(points))}' for name, points in counted.items())
    FILE.write_text(f"{{\n{lines}\n}}\n", "utf-8")
    for name, points in counted.items():
        right = sum(weight for _, good, weight in points if good)
        print(f"{name}: {len(points)} answers, {right / max(sum(p[2] for p in points), 1):.1%} right")
    return 0


if __name__ == "__main__":
    sys.exit(main())
