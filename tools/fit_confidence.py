"""Fits the confidence of understanding: prints what belongs into ``understanding/calibration.py``.

``python -m tools.fit_confidence tests/understanding/messages_tune.jsonl demo/books.csv.gz``. Half of the weight is on
the messages, half on the titles of the catalogue, as in what readers write. Pooled adjacent violators make it
monotone; one right and one wrong answer are added to every score, so that few messages claim little.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.library.records import Read
from catalogue.importers import recognise
from understanding.judging import BARE
from understanding.understander import PhraseUnderstanding

STEP = 0.05
LOOKED_FOR = frozenset({"search", "availability"})
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


def titles(file: Path) -> Iterator[tuple[str, frozenset[str]]]:
    """The distinct titles of a catalogue, which are to be looked up."""
    seen: dict[str, None] = {}
    for read in recognise(file).records():
        if isinstance(read, Read):
            seen[read.record.title] = None
    return ((title, LOOKED_FOR) for title in seen)


def scored(texts: Iterable[tuple[str, frozenset[str]]], understanding: PhraseUnderstanding) -> list[tuple[float, bool]]:
    """What the judge made of each text; nothing for global words and gibberish, which have no score."""
    found = []
    for text, right in texts:
        opinion = understanding.first_opinion(text)
        if opinion is not None:
            found.append((opinion.score, opinion.intent in right))
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


def main(arguments: Sequence[str]) -> int:
    """Print the figures."""
    if len(arguments) != 2:
        print(__doc__)
        return 2
    understanding = PhraseUnderstanding()
    said = scored(messages(Path(arguments[0])), understanding)
    named = scored(titles(Path(arguments[1])), understanding)
    share = len(said) / len(named)
    points = [(score, right, 1.0) for score, right in said] + [(score, right, share) for score, right in named]
    bare = [right for score, right in said if score == BARE]
    print(f"TITLE = {(sum(bare) + 1) / (len(bare) + 2):.3f}")
    print(f"KNOTS = {tuple(pooled([point for point in points if point[0] != BARE]))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
