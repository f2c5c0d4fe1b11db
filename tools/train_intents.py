"""Trains the model of intents: ``python -m tools.train_intents`` writes ``understanding/model.npz``.

It learns from what a librarian can read and add to: the examples of ``understanding/examples/*.txt`` (one file an
intent, ``(one|or|another)`` stands for all of them in turn), the tuning messages of ``tests/understanding``, and the
titles of the demonstration's catalogue, which are to be looked up. A multinomial logistic regression over stems,
neighbours, groups of words and grammar (``understanding/features.py``), no chance in it: the same files give the same
model. What is drawn for an example (its choices, the story around it, its batch) is drawn by its own words, so that one
example more leaves all others as they were. A minute on one core.
"""

import csv
import gzip
import json
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from understanding.features import Features
from understanding.judging import stretch
from understanding.lexicon import phrases
from understanding.model import FILE, SCALE, Model
from understanding.tokens import Reader

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "understanding" / "examples"
BACKGROUND = ROOT / "understanding" / "background.txt"
"""Sentences that only tell of a life."""
NEVER_LONG = frozenset(("greeting", "thanks", "help", "cancel", "out_of_scope"))
MESSAGES = ROOT / "tests" / "understanding"
TUNING = (
    "messages_tune.jsonl",
    "messages_voices_train.jsonl",
    "messages_fresh_tune.jsonl",
    "messages_people_train.jsonl",
    "messages_wide_train.jsonl",
    "messages_strangers_train.jsonl",
    "messages_manners_train.jsonl",
    "messages_lives_train.jsonl",
    "messages_faces_train.jsonl",
    "messages_desk_train.jsonl",
    "messages_twelve_train.jsonl",
    "messages_dialogues_train.jsonl",
)
TITLES = ROOT / "demo" / "books.csv.gz"
LOOKED_FOR = "search"
TITLES_WEIGH = 0.2
"""The titles together weigh this part of all the rest."""
A_FRAME_WEIGHS = 2.5
"""A title that is asked for weighs so many bare ones."""
A_MESSAGE_WEIGHS = 6.0
"""A message as readers write weighs so many examples made from a pattern."""
FRAMES = (
    "есть ли у вас {}",
    "ищу {}",
    "{} есть",
    "нужна книга {}",
    "здравствуйте подскажите {} есть в наличии",
    "хочу взять {}",
    "можно узнать, есть ли в библиотеке книга {}, спасибо заранее",
    "скажите пожалуйста, в каком филиале сейчас есть {}",
    "задали прочитать {}, найдётся у вас?",
    "do you have {}",
    "очень нужно {}, посмотрите пожалуйста",
    "{} можно взять?",
    "{} дадите почитать",
    "есть {}?",
    "{} есть?",
    "есть книга {}?",
    "{} есть в детской библиотеке?",
    "У вас есть {}?",
    "Здравствуйте! {} можно взять?",
    "интересует {}",
    "где взять {}",
    "здравствуйте, ищу {}",
)
"""As many as have no divisor in common with the step by which titles are taken."""
HELD = ("забронируйте {}", "отложите мне {}")
ROUNDS, BATCHES = 20, 8
"""Every message is looked at so many times, an eighth of them a step."""
LEARNING = 0.3
_CHOICE = re.compile(r"\(([^()]*)\)")
Matrix = np.ndarray[Any, np.dtype[np.float32]]


class Example(NamedTuple):
    """A text, what it wants, how much it counts."""

    text: str
    intent: str
    weight: float


class Fit(NamedTuple):
    """How a model is fitted to its examples.

    Attributes:
        least_seen: A feature of fewer examples is not learned.
        shrink: How strongly weights are drawn to nothing.
        least_weight: Smaller weights are left out of the file: they decide nothing.
    """

    least_seen: int = 3
    shrink: float = 3e-6
    least_weight: float = 0.1


FIT = Fit()


def drawn(text: str) -> int:
    """A number by chance, always the same for the same text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def expanded(line: str) -> Iterator[str]:
    """The texts that a line with choices stands for: each choice at least twice, not all of them with all others."""
    choices = [match[1].split("|") for match in _CHOICE.finditer(line)]
    chance = random.Random(drawn(line))  # noqa: S311 - a fixed shuffle
    for number in range(max((2 * len(options) for options in choices), default=1) if choices else 1):
        if number % 8 == 0:
            for options in choices:
                chance.shuffle(options)
        chosen = iter([options[number % len(options)] for options in choices])
        yield _CHOICE.sub(lambda _, chosen=chosen: next(chosen), line)  # type: ignore[misc]


def examples() -> Iterator[Example]:
    """Everything that is learned from."""
    for file in sorted(EXAMPLES.glob("*.txt")):
        for line in file.read_text("utf-8").splitlines():
            for text in dict.fromkeys(expanded(line)):
                yield Example(text, file.stem, 1.0)


def stories(said: Sequence[Example]) -> Iterator[Example]:
    """Long messages around a third of what is said: some sentences of a life, and what is wanted, mostly last."""
    lines = [line for line in BACKGROUND.read_text("utf-8").splitlines() if line]
    told = [text for line in lines for text in dict.fromkeys(expanded(line))]
    for example in said:
        chance = random.Random(drawn(example.text))  # noqa: S311 - a fixed shuffle
        if chance.randrange(3):
            continue
        around = chance.sample(told, chance.choice((1, 2, 2, 3)))
        last = len(around) if chance.random() < 0.8 else chance.randrange(len(around) + 1)
        around.insert(last, example.text)
        yield Example(". ".join(around), example.intent, 1.0)


def rows(names: Sequence[str] = TUNING) -> Iterator[dict[str, Any]]:
    """The messages; ``style`` says who writes, the file's name where nobody does in particular."""
    for name in names:
        for line in (MESSAGES / name).read_text("utf-8").splitlines():
            yield {"style": name, **json.loads(line)}


def message(row: Mapping[str, Any]) -> Example:
    """A message that may be learned from, with its first intent."""
    intent = LOOKED_FOR if row["intent"] == "availability" else row["intent"]
    return Example(row["text"], intent, A_MESSAGE_WEIGHS)


def named() -> list[tuple[str, str]]:
    """Titles with their authors."""
    with gzip.open(TITLES, "rt", encoding="utf-8", newline="") as rows:
        return sorted({(row["заглавие"], row["автор"]) for row in csv.DictReader(rows, delimiter=";")})


def titles(weight: float, books: Sequence[tuple[str, str]]) -> Iterator[Example]:
    """The titles of a real catalogue, bare and as they are asked for."""
    texts = []
    for number, (title, author) in enumerate(books):
        texts.append(Example(title.lower() if number % 3 else title, LOOKED_FOR, 1.0))
        if number % 5 == 0:
            texts.append(Example(f"{title} {author}", LOOKED_FOR, 1.0))
        if number % 5 in {1, 3}:
            texts.append(
                Example(FRAMES[number % len(FRAMES)].format(_called(title, author, number)), LOOKED_FOR, A_FRAME_WEIGHS)
            )
        if number % 100 == 2:
            texts.append(Example(HELD[number % len(HELD)].format(title.lower()), "hold", 1.0))
    each = weight / sum(text.weight for text in texts)
    return (text._replace(weight=each * text.weight) for text in texts)


def _called(title: str, author: str, number: int) -> str:
    """As readers name a book: half of them in small letters, some in quotation marks, misspelt, or with its author."""
    named = (title.lower(), title.lower(), title, f"«{title}»")[number // 5 % 4]
    if number // 20 % 2:
        named = misspelt(named)
    return f"{author} {named}" if number % 2 else named


def misspelt(text: str) -> str:
    """The same with two letters exchanged, or one left out."""
    places = [at for at in range(len(text) - 1) if text[at : at + 2].isalpha()]
    if not places:
        return text
    chance = random.Random(drawn(text))  # noqa: S311 - a fixed choice
    at = chance.choice(places)
    return text[:at] + text[at + 1] + (text[at] if chance.random() < 0.5 else "") + text[at + 2 :]


class Rows(NamedTuple):
    """Examples as sparse rows: ``columns[starts[i]:starts[i+1]]`` are the features of the i-th."""

    columns: np.ndarray[Any, np.dtype[np.int64]]
    values: Matrix
    starts: np.ndarray[Any, np.dtype[np.int64]]


def trained(learned: Sequence[Example], found: Sequence[Sequence[str]] | None = None, fit: Fit = FIT) -> Model:
    """The model that some examples make.

    Args:
        learned: What is learned from.
        found: The features of each, where other ones than those of its words are looked at.
        fit: How.
    """
    found = found or [features(example.text) for example in learned]
    seen: dict[str, int] = {}
    for row in found:
        for feature in dict.fromkeys(row):
            seen[feature] = seen.get(feature, 0) + 1
    numbered = {name: n for n, name in enumerate(sorted(f for f, times in seen.items() if times >= fit.least_seen))}
    intents = sorted({example.intent for example in learned})
    weights = _fit(
        _rows(found, numbered), _targets(learned, intents), _weigh(learned), batches(learned), len(numbered), fit.shrink
    )
    told = np.where(np.abs(weights) >= fit.least_weight, np.rint(weights * SCALE), 0).astype(np.int16)
    names = [name for name, n in numbered.items() if told[n].any()]
    bias = [round(float(w), 3) for w in weights[-1]]
    return Model(intents, bias, names, told[[numbered[name] for name in names]])


@cache
def reading() -> tuple[Reader, Features]:
    """What reads messages and what names their features."""
    return Reader(phrases()), Features(phrases())


@cache
def features(text: str) -> list[str]:
    """What the model looks at; remembered, for who trains several models."""
    reader, found = reading()
    read = reader.read(text)
    return found.of(read, stretch(read)) if read.tokens else ["#1"]


def _rows(found: Sequence[Sequence[str]], numbered: dict[str, int]) -> Rows:
    columns: list[int] = []
    values: list[float] = []
    starts = [0]
    for row in found:
        known = [numbered[feature] for feature in row if feature in numbered]
        columns += [*known, len(numbered)]  # the last column is the bias
        values += [len(row) ** -0.5] * len(known) + [1.0]
        starts.append(len(columns))
    return Rows(np.array(columns), np.array(values, np.float32), np.array(starts))


def _targets(learned: Sequence[Example], intents: Sequence[str]) -> Matrix:
    place = {intent: n for n, intent in enumerate(intents)}
    targets = np.zeros((len(learned), len(intents)), np.float32)
    for n, example in enumerate(learned):
        targets[n, place[example.intent]] = 1
    return targets


def _weigh(learned: Sequence[Example]) -> Matrix:
    weights: Matrix = np.array([example.weight for example in learned], np.float32)
    weights /= weights.sum()
    return weights


def batches(learned: Sequence[Example]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The batch of each example."""
    return np.array([drawn(example.text) % BATCHES for example in learned])


def _fit(
    rows: Rows,
    targets: Matrix,
    each: Matrix,
    batch_of: np.ndarray[Any, np.dtype[np.int64]],
    width: int,
    shrink: float,
) -> Matrix:
    """Adam over fixed batches, rounds of them; shrinks all weights but the bias."""
    weights = np.zeros((width + 1, targets.shape[1]), np.float32)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    batches = [_batch(rows, np.flatnonzero(batch_of == number)) for number in range(BATCHES)]
    steps = ROUNDS * BATCHES
    for step in range(1, steps + 1):
        batch = batches[step % BATCHES]
        slope = shrink * weights
        slope[-1] = 0
        slope[batch.present] += BATCHES * _slope(batch, weights, targets[batch.chosen], each[batch.chosen])
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        rate = LEARNING * (1 - step / (steps + 1))
        weights -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-9)
    return weights


class Batch(NamedTuple):
    """Some of the rows, and the same sorted by column: ``begins`` is where each column that is ``present`` begins."""

    chosen: np.ndarray[Any, np.dtype[np.int64]]
    rows: Rows
    of_row: np.ndarray[Any, np.dtype[np.int64]]
    value: Matrix
    begins: np.ndarray[Any, np.dtype[np.int64]]
    present: np.ndarray[Any, np.dtype[np.int64]]


def _batch(rows: Rows, chosen: np.ndarray[Any, np.dtype[np.int64]]) -> Batch:
    lengths = np.diff(rows.starts)[chosen]
    starts = np.r_[0, np.cumsum(lengths)]
    taken = np.repeat(rows.starts[chosen] - starts[:-1], lengths) + np.arange(starts[-1])
    columns, values = rows.columns[taken], rows.values[taken]
    order = np.argsort(columns, kind="stable")
    column = columns[order]
    begins = np.flatnonzero(np.r_[True, np.diff(column) > 0])
    of_row = np.repeat(np.arange(len(chosen)), lengths)[order]
    return Batch(chosen, Rows(columns, values, starts), of_row, values[order], begins, column[begins])


def _slope(batch: Batch, weights: Matrix, targets: Matrix, each: Matrix) -> Matrix:
    """How the loss changes with the weights of the features that are present."""
    columns, values, starts = batch.rows
    scores = np.add.reduceat(weights[columns] * values[:, None], starts[:-1], axis=0)
    scores -= scores.max(axis=1, keepdims=True)
    share = np.exp(scores)
    share /= share.sum(axis=1, keepdims=True)
    error = (share - targets) * each[:, None]
    slope: Matrix = np.add.reduceat(error[batch.of_row] * batch.value[:, None], batch.begins, axis=0)
    return slope


def learned_from(tuning: Sequence[Example], books: Sequence[tuple[str, str]]) -> list[Example]:
    """Examples, messages, titles: weighed against each other."""
    made = list(examples())
    wished = [example for example in [*made, *tuning] if example.intent not in NEVER_LONG]
    said = [*made, *tuning, *stories(wished)]
    return [*said, *titles(TITLES_WEIGH * sum(example.weight for example in said), books)]


def main() -> int:
    """Train and write."""
    learned = learned_from([message(row) for row in rows()], named())
    model = trained(learned)
    model.write(FILE)
    print(f"{len(learned)} examples, {len(model)} features, {FILE.stat().st_size / 1024:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
