"""The messages of readers that understanding is measured with."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.ports.understanding import Request
from understanding.understander import PhraseUnderstanding

HERE = Path(__file__).parent
TUNE = HERE / "messages_tune.jsonl"
"""Phrases were written with these in view."""
HELD_OUT = HERE / "messages_held_out.jsonl"
"""These were written apart from the phrases, and they are harder: half of them are spoilt or long."""
FRESH_TUNE = HERE / "messages_fresh_tune.jsonl"
FRESH_HELD_OUT = HERE / "messages_fresh_held_out.jsonl"
"""Written before anything was tuned to them, then split by chance: one half is learned from, one is only measured."""
VOICES_TRAIN = HERE / "messages_voices_train.jsonl"
VOICES_HELD = HERE / "messages_voices_held.jsonl"
"""Of readers as unlike each other as could be thought of; split by chance, learned from and measured likewise."""
PEOPLE_TRAIN = HERE / "messages_people_train.jsonl"
PEOPLE_HELD = HERE / "messages_people_held.jsonl"
"""Of invented readers, each with a manner of writing (``style``); who is in one file is not in the other."""
MANNERS_HELD = HERE / "messages_manners_held.jsonl"
"""Of three readers more, written with those of ``messages_manners_train.jsonl``, before anybody looked at an error."""
TRADES_HELD = HERE / "messages_trades_held.jsonl"
"""Of eight readers more (a sailor, a mother at the wheel), written before those of ``messages_lives_train.jsonl``."""
FACES_HELD = HERE / "messages_faces_held.jsonl"
"""Of six readers more, by another hand than those before, with readers of ``messages_faces_train.jsonl``."""
TEN_HELD = HERE / "messages_ten_held.jsonl"
"""Of ten readers more (a schoolboy, a blind woman who dictates, a clerk) and ten long messages, with what they name
(``slots``): written by one who had not looked at the code, before an error was seen."""
STREET_HELD = HERE / "messages_street_held.jsonl"
"""Of nine readers more (a grandmother by voice, a mother with a reading list, people who paste a shop's page or ask at
the very end), labelled before they were run; their errors were looked at afterwards and what had a general cause was
mended, so from then on the figure flatters (92.3 % before)."""
PASSERS_HELD = HERE / "messages_passers_held.jsonl"
"""Of thirteen readers more (a boy of ten, a migrant, a local historian, a shy girl), labelled before they were run;
every error was looked at afterwards, so from then on the figure flatters (89.2 % before)."""
NEWCOMERS_HELD = HERE / "messages_newcomers_held.jsonl"
"""Of ten readers more, written with those and not looked at: a taxi driver, a deaf man, newly-weds."""
MIXED_HELD = HERE / "messages_mixed_held.jsonl"
"""Of ten readers more (a pensioner who spells by ear, a visitor from abroad, people at the wrong number, a tester),
labelled before they were run; five labels were widened afterwards and what had a general cause was mended, so the
figure flatters (87.4 % before)."""
TOPICS_HELD = HERE / "messages_topics_held.jsonl"
"""Questions of rules by eight readers, two or more a topic, written before their hand had seen a phrase."""
STRANGERS = (VOICES_HELD, PEOPLE_HELD, MANNERS_HELD, TRADES_HELD, FACES_HELD, TEN_HELD)
DEV = (
    HERE.parent / "data" / "queries" / "queries_ru_dev.jsonl",
    HERE.parent / "data" / "queries" / "queries_en_dev.jsonl",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message with the intents that count as right, and both where two things are asked."""

    text: str
    intent: str
    right: frozenset[str]
    both: frozenset[str]


def read(*files: Path) -> list[Message]:
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [
        Message(
            text=row["text"],
            intent=row["intent"],
            right=frozenset(row["intent_ok"]),
            both=frozenset(row.get("intents", ())),
        )
        for row in rows
    ]


Understood = tuple[Message, tuple[Request, ...]]


def understood(*files: Path) -> list[Understood]:
    reader = PhraseUnderstanding()
    return [(message, reader.understand(message.text)) for message in read(*files)]


def share_right(answers: Sequence[Understood]) -> float:
    return sum(requests[0].intent in message.right for message, requests in answers) / len(answers)


def by_intent(answers: Sequence[Understood]) -> dict[str, list[Understood]]:
    grouped: dict[str, list[Understood]] = defaultdict(list)
    for answer in answers:
        grouped[answer[0].intent].append(answer)
    return grouped


def wrong(answers: Sequence[Understood]) -> str:
    """What a failing test shows."""
    return "\n".join(
        f"{message.text!r} is {message.intent}, understood as {requests[0].intent}: {'; '.join(requests[0].because)}"
        for message, requests in answers
        if requests[0].intent not in message.right
    )
