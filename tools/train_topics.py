"""Trains the model of topics: ``python -m tools.train_topics`` writes ``understanding/topics.npz``.

It learns from the messages of ``tests/understanding`` that ask about rules (``topic`` in the files, given by people who
read them), by the features and the arithmetic of the model of intents, and by the topics whose phrases fit.
``--measured`` trains five models instead, each without a fifth of the writers, and tells how often a topic is named,
and the right one, about these; nothing is written. ``--errors`` shows each wrong one, too. Ten seconds on one core.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tools import train_intents
from tools.fit_confidence import folds
from tools.train_intents import Example, Fit
from understanding.judging import stretch
from understanding.lexicon import phrases
from understanding.model import Model
from understanding.slots import topics
from understanding.topic_ear import FILE, OF_ALL, SURE, TopicEar, named

FIT = Fit(least_seen=1, shrink=1e-5, least_weight=0.2)
"""A word that one message alone has may name its topic; with so few messages weights are drawn to nothing harder."""
MESSAGES = (*train_intents.TUNING, "messages_topics_train.jsonl")
"""The last file holds nothing but questions of rules: of topics that others seldom ask about, in single words, and odd
ones that no topic fits, lest «можно ли у вас» be taken for one."""
SHARES = (0.0, 0.2, SURE, 0.4, 0.5)
"""Limits that are compared."""


class Asked(NamedTuple):
    """A message, its topic, the first one whose phrases fit, and what the model heard, sure or not."""

    text: str
    right: str
    by_phrases: str
    heard: str
    share: float


def rows() -> list[dict[str, Any]]:
    """The messages that have a topic."""
    return [row for row in train_intents.rows(MESSAGES) if "topic" in row]


def trained(of: Sequence[Mapping[str, Any]]) -> Model:
    """The model that some messages make."""
    reader, _ = train_intents.reading()
    learned = [Example(row["text"], row["topic"], 1.0) for row in of]
    found = [
        train_intents.features(one.text) + named(phrases(), stretch(reader.read(one.text)).present) for one in learned
    ]
    return train_intents.trained(learned, found, FIT)


def strangers() -> Iterator[Asked]:
    """Every message, heard by a model that knows nothing else by its writer."""
    reader, _ = train_intents.reading()
    groups = folds(rows())
    for group in groups:
        learned = [row for other in groups if other is not group for row in other]
        ear = TopicEar(phrases(), trained(learned))
        for row in group:
            message = reader.read(row["text"])
            words = stretch(message)
            first = next(topics(OF_ALL, words.present, phrases()), OF_ALL)
            yield Asked(row["text"], row["topic"], first, *ear.likeliest(message, words))


def told(what: str, named_so: Sequence[tuple[str, str]]) -> str:
    """How many of some (right, named) topics are named at all, and how many of these are right."""
    particular = [(right, topic) for right, topic in named_so if topic != OF_ALL]
    good = sum(right == topic for right, topic in particular)
    every, some = len(named_so), max(len(particular), 1)
    return f"{what}: named {len(particular) / every:.1%}, right {good / some:.1%} of these, {good / every:.1%} of all"


def measured(*, errors: bool) -> None:
    """Phrases alone, and the model from several shares on, about writers whom it never heard."""
    asked = list(strangers())
    print(f"{len(asked)} messages")
    print(told("phrases alone", [(one.right, one.by_phrases) for one in asked]))
    for share in SHARES:
        heard = [(one.right, one.heard if one.share >= share else OF_ALL) for one in asked]
        print(told(f"from {share:.0%} on", heard))
    if errors:
        for one in sorted(asked, key=lambda one: (one.right, -one.share)):
            if one.heard != one.right:
                print(f"{one.right}: {one.heard} {one.share:.0%} (phrases: {one.by_phrases}) | {one.text}")


def main(argv: Sequence[str] | None = None) -> int:
    """Train and write, or measure."""
    parser = argparse.ArgumentParser(prog="python -m tools.train_topics", description=__doc__)
    parser.add_argument("--measured", action="store_true", help="how often it is right, and nothing written")
    parser.add_argument("--errors", action="store_true", help="the same, and every message it is wrong about")
    options = parser.parse_args(argv)
    if options.measured or options.errors:
        measured(errors=options.errors)
        return 0
    made = trained(rows())
    made.write(FILE)
    if left := [row["text"] for row in train_intents.rows(MESSAGES) if row["intent"] == OF_ALL and "topic" not in row]:
        print(f"{len(left)} questions of rules have no topic yet and are not learned: «{left[0]}» …")
    print(f"{len(rows())} messages, {len(made)} features, {FILE.stat().st_size / 1024:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
