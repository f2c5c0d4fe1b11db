"""Which topic of rules a reader asks about: heard by all words of the question, named only where it is likely."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.understanding import messages
from tools import train_topics
from understanding import topic_ear
from understanding.judging import stretch
from understanding.lexicon import phrases
from understanding.model import read
from understanding.tokens import Reader
from understanding.topic_ear import OF_ALL, TopicEar, topic_model
from understanding.topics import topics
from understanding.understander import PhraseUnderstanding

OTHERS = (messages.HELD_OUT, messages.FRESH_HELD_OUT, *messages.STRANGERS)
"""By other hands than the messages that were written for topics alone."""
SIGNS = " .!?()"
LARGEST = 300_000
"""Bytes of the table that come with the program."""


def asked(*files: Path) -> Iterator[dict[str, Any]]:
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            if "topic" in row:
                yield row


@pytest.fixture(scope="module")
def reader() -> PhraseUnderstanding:
    return PhraseUnderstanding()


def wrong(heard: Sequence[tuple[str, str, str]]) -> str:
    return "\n".join(f"{text!r} is {right}, heard as {topic}" for text, right, topic in heard if topic != right)


@pytest.mark.parametrize(
    ("files", "least_named", "least_right"),
    [((messages.TOPICS_HELD,), 0.85, 0.9), (OTHERS, 0.925, 0.895)],
)
def test_the_topics_of_strangers_questions_are_named_and_right(
    reader: PhraseUnderstanding, files: tuple[Path, ...], least_named: float, least_right: float
) -> None:
    """Of what is understood as a question of rules; phrases alone named 76 and 84 %, 74 and 81 % of them right."""
    heard = []
    for row in asked(*files):
        request = reader.understand(row["text"])[0]
        if request.intent == OF_ALL:
            heard.append((row["text"], row["topic"], request.slots["topic"]))

    named = [one for one in heard if one[2] != OF_ALL]
    right = sum(right == topic for _, right, topic in named)
    assert len(named) / len(heard) >= least_named, wrong(heard)
    assert right / len(named) >= least_right, wrong(heard)


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("с котом в переноске пустите?", "rules.conduct"),
        ("такую же не нашли", "rules.lost"),
        ("нигде не продают такую же, что делать", "rules.lost"),
        ("а другую вместо неё можно?", "rules.lost"),
        ("сын порисовал в книжке", "rules.lost"),
        ("настолки домой даёте?", "rules.media"),
        ("фильмы на дисках выдаёте?", "rules.media"),
    ],
)
def test_words_that_no_phrase_has_name_a_topic(reader: PhraseUnderstanding, said: str, topic: str) -> None:
    request = reader.understand(said)[0]

    assert request.slots.get("topic") == topic
    assert request.because[-1].startswith(f"topic: {topic} ")
    assert "most by «" in request.because[-1]


@pytest.mark.parametrize("said", ["можно ли у вас жениться?", "у вас можно ночевать?"])
def test_an_odd_question_has_no_topic(reader: PhraseUnderstanding, said: str) -> None:
    request = reader.understand(said)[0]

    assert request.intent == OF_ALL
    assert request.slots["topic"] == OF_ALL


def test_an_unsure_topic_is_not_named_but_told_to_who_asks_why(monkeypatch: pytest.MonkeyPatch) -> None:
    message = Reader(phrases()).read("какой штраф за просрочку")
    sure = TopicEar(phrases()).heard(message, stretch(message))
    monkeypatch.setattr(topic_ear, "SURE", 1.01)

    unsure = TopicEar(phrases()).heard(message, stretch(message))

    assert sure[0] == "rules.fine"
    assert unsure[0] == OF_ALL
    assert unsure[1].startswith("topic: none is sure, the likeliest is rules.fine ")


def test_the_table_is_read_with_the_first_question_of_rules() -> None:
    topic_model.cache_clear()
    reader = PhraseUnderstanding()
    reader.understand("где моя книга")
    assert topic_model.cache_info().currsize == 0

    reader.understand("есть ли у вас вайфай")

    assert topic_model.cache_info().currsize == 1
    assert topic_ear.FILE.stat().st_size < LARGEST


def test_every_topic_that_is_learned_or_measured_is_one_of_the_list() -> None:
    known = {key for key, intent in topics().items() if intent == OF_ALL}
    held = asked(messages.TOPICS_HELD, *OTHERS)

    assert set(topic_model().intents) == known
    assert {row["topic"] for row in train_topics.rows()} == known
    assert {row["topic"] for row in held} <= known


def test_no_question_kept_apart_is_learned_from() -> None:
    learned = {row["text"].lower().strip(SIGNS) for row in train_topics.rows()}

    assert not {row["text"].lower().strip(SIGNS) for row in asked(messages.TOPICS_HELD)} & learned


def test_what_is_trained_and_kept_hears_words_and_phrases(tmp_path: Path) -> None:
    rows = [
        {"text": f"{text} {number}", "topic": topic}
        for text, topic in (("глокая куздра", "rules.fine"), ("бокрёнок кудрячит", "rules.wifi"))
        for number in range(60)
    ]
    kept = tmp_path / "topics.npz"
    train_topics.trained(rows).write(kept)
    made = read(kept)

    assert made.intents == ("rules.fine", "rules.wifi")
    ear = TopicEar(phrases(), made)
    for said, topic in (("куздра", "rules.fine"), ("бокрёнок", "rules.wifi")):
        message = Reader(phrases()).read(said)
        assert ear.likeliest(message, stretch(message))[0] == topic


def test_figures_count_only_topics_that_are_named() -> None:
    told = train_topics.told(
        "so",
        [("rules.fine", "rules.fine"), ("rules.fine", "rules.wifi"), ("rules.fine", OF_ALL), (OF_ALL, OF_ALL)],
    )

    assert told == "so: named 50.0%, right 50.0% of these, 25.0% of all"
