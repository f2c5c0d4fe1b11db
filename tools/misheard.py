"""What becomes of readers who are misheard: ``python -m tools.misheard FILE…`` asks the whole bot of the demonstration.

Not every misheard message does harm. Asked which of two things was meant, or led to a person, a reader loses a moment;
told of the opening hours instead of the address, they ask again; but who asked for quiet and was subscribed, or asked
about the cloakroom and was told that there is no such book, was wronged. So each first answer to a stranger is sorted:

- ``right``: heard rightly; ``asked`` of them were asked which of two was meant, or whether a book, all the same;
- ``put off``: misheard, and asked which of two was meant, told «Не понял», or led to a person;
- ``told``: misheard, and told of something else;
- ``denied``: no book was asked for, and it was said that there is none, or another one was shown;
- ``acted``: misheard as an order that changes something or begins to.

The last two are ``harm``. Without FILE: the messages of strangers that nothing was tuned to. ``--config`` asks a
configured store instead of a new one, which takes a minute to load.
"""

import argparse
import asyncio
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import demo
from bot.app import store
from bot.cli import scoring
from bot.cli.loading import Asked
from bot.cli.loading import load as load_files
from bot.cli.talk import CHANNEL, Terminal
from bot.engine import logs
from bot.messages import Contact
from bot.settings import load

MESSAGES = Path(__file__).resolve().parent.parent / "tests" / "understanding"
STRANGERS = tuple(sorted(MESSAGES.glob("messages_*_held.jsonl")))
"""Written by people whom nothing was tuned to."""
ORDERS = frozenset(("renew", "hold", "subscribe", "unsubscribe", "cancel")) | {
    "link_card", "unlink_card", "reminders", "erase_me", "withdraw", "away",
}  # fmt: skip
LOOKED_FOR = frozenset(("search", "availability"))
UNSURE = ("Не понял", "Не уверен", "I did not understand", "I am not sure")
"""How answers begin that say so."""
PATIENT = frozenset(("human", "help", "nothing"))
"""Heard so, a reader is led to a person or told what may be asked."""
HARM = frozenset(("denied", "acted"))
LONGEST_ANSWER = 150
"""Characters of an answer that are printed."""
COLUMNS = ("right", "asked", "put off", "told", "denied", "acted")


class Outcome(NamedTuple):
    """What one message came to.

    Attributes:
        what: One of :data:`COLUMNS` but ``asked``.
        asked: What was meant had to be asked.
        heard: The intent that was answered in the end.
    """

    line: scoring.Line
    what: str
    asked: bool
    heard: str
    confidence: float
    answer: str


async def outcome(what: store.Opened, line: scoring.Line) -> Outcome:
    """Say it to the bot as somebody who never wrote before."""
    reader = Terminal(what, Contact(channel=CHANNEL, address=secrets.token_hex(8)))
    said = await reader.say(line.text)
    seen = reader.watched
    first = seen.requests[0].intent if seen.requests else "nothing"
    pressed = [button.payload for one in said for row in one.reply.buttons for button in row]
    heard = next((one.intent for one in reversed(seen.requests) if one.intent), "nothing")
    sure = seen.requests[0].confidence if seen.requests else 0.0
    told = " ".join(one.reply.text for one in said).replace("\n", " ")
    asked = told.startswith(UNSURE) or any(payload.startswith("as:") for payload in pressed)
    led_on = asked or seen.handover or first in PATIENT
    return Outcome(line, became(first, line.intent_ok, led_on=led_on), asked, heard, sure, told)


def became(first: str, right: Sequence[str], *, led_on: bool) -> str:
    """Which of :data:`COLUMNS` it is to be heard as ``first`` and perhaps ``led_on`` to a question or a person."""
    if first in right:
        return "right"
    if led_on:
        return "put off"
    if first in ORDERS:
        return "acted"
    return "denied" if first in LOOKED_FOR and LOOKED_FOR.isdisjoint(right) else "told"


def figures(outcomes: Sequence[Outcome]) -> str:
    """One line: shares of each column, and of harm."""
    counted = Counter(one.what for one in outcomes)
    counted["asked"] = sum(one.asked for one in outcomes if one.what == "right")
    shares = [f"{name} {counted[name] / len(outcomes):.1%}" for name in COLUMNS]
    harm = sum(counted[name] for name in HARM) / len(outcomes)
    return f"n {len(outcomes)}, {', '.join(shares)}, harm {harm:.1%}"


def confusions(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Pairs of intents by what became of them, the commonest first."""
    pairs = Counter((one.what, one.line.intent, one.heard) for one in outcomes if one.what != "right")
    for (became, meant, heard), times in pairs.most_common():
        yield f"{times:4} {became:8} {meant} heard as {heard}"


@contextmanager
def demonstration(config: Path | None) -> Iterator[Path]:
    """A configuration whose store is loaded."""
    if config is not None:
        yield config
        return
    with tempfile.TemporaryDirectory(prefix="bb-misheard-") as name:
        made = demo.unpack(Path(name))
        for file in demo.catalogue_files(Path(name)):
            load_files(made, [file], Asked(source=file.stem))
        yield made


async def measured(config: Path, files: Sequence[Path]) -> dict[str, list[Outcome]]:
    """What every message of the files comes to."""
    settings, folder = load(config)
    logs.configure("error", settings.logging.format)
    async with store.opened(settings, folder) as what:
        await what.catalogue.start()
        await what.catalogue.catch_up()
        return {file.name: [await outcome(what, line) for line in scoring.read(file)] for file in files}


def main(argv: Sequence[str]) -> int:
    """Ask and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.misheard", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=STRANGERS)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--pairs", action="store_true", help="which intents are taken for which")
    parser.add_argument("--errors", action="store_true", help="each misheard message with the answer to it")
    options = parser.parse_args(argv)
    with demonstration(options.config) as config:
        found = asyncio.run(measured(config, options.files))
    every = [one for outcomes in found.values() for one in outcomes]
    for name, outcomes in (found | {"all": every}).items():
        print(f"{name}: {figures(outcomes)}")
    if options.pairs:
        print("\n".join(confusions(every)))
    if options.errors:
        for one in sorted(every, key=lambda one: one.what):
            if one.what != "right":
                print(f"{one.what} {one.line.intent}/{one.heard} {one.confidence:.2f}: {one.line.text}")
                print(f"    {one.answer[:LONGEST_ANSWER]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
