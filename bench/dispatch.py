"""Pure dispatch: a normalized message to its handler to a reply, no store, against aiogram.

``python -m bench dispatch [--messages 5000] [--rounds 5]``

Both get parsed messages and run handlers that do nothing. aiogram asks three filters before the
handler that matches; ours routes by the intent, once by a plain word (as the filters do) then with
the whole understanding of Russian, which aiogram has no counterpart of: of messages as they come
(``bench._plain``, what repeats is remembered as in the service), and of messages no two of which are alike.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from statistics import median
from time import process_time
from typing import Any, cast

from bench._load import core
from bench._plain import fresh_texts, plain_texts
from bot.clock import SystemClock
from bot.engine.dispatcher import Dispatcher, routes
from bot.engine.metrics import Metrics
from bot.messages import Contact, Inbound, Reply, Text
from bot.ports.library import Library
from bot.ports.log import Completed, Dialogue, MessageLog, Mode, Waiting
from bot.ports.understanding import Request, Understanding
from bot.routing import Router, Turn, intent
from tests.support.fake_library import empty_library

BAR = 5.0
NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
INTENTS = ("hours", "location", "contacts", "join", "rules", "greeting", "thanks", "help", "fallback")
TEXT = "до скольки вы сегодня работаете?"


class NoStore:
    """As much of a log as the dispatcher asks: messages that wait, and turns that are kept nowhere."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._waiting = [
            Waiting(
                message_id=number,
                conversation_id=number,
                inbound=Inbound(
                    contact=Contact(channel="bench", address=str(number)),
                    content=Text(text),
                    idempotency_key=str(number),
                    sent_at=NOW,
                ),
                mode=Mode.BOT,
                dialogue=Dialogue(),
                first=False,
                tries=0,
                received_at=NOW,
            )
            for number, text in enumerate(texts)
        ]
        self.kept = 0
        self.dispatcher: Dispatcher | None = None

    async def claim(self, limit: int) -> list[Waiting]:
        claimed, self._waiting = self._waiting[:limit], self._waiting[limit:]
        if not claimed and self.dispatcher is not None:
            self.dispatcher.stop()
        return claimed

    async def complete_many(self, turns: Sequence[Completed]) -> list[bool | Exception]:
        self.kept += len(turns)
        return [True] * len(turns)

    async def changes(self) -> AsyncIterator[None]:
        yield


class ByWord:
    """The least understanding there is: the first word decides, as a filter would."""

    def understand(self, text: str) -> tuple[Request, ...]:
        return (Request(intent="hours" if text.startswith("до ") else "fallback", confidence=0.9, rest=text),)


async def _answer(_: Turn, __: Library) -> Reply:
    return Reply(text="До 18:00.")


async def _ours(understanding: Understanding, texts: Sequence[str]) -> float:
    router = Router("bench")
    router.on(intent(*INTENTS))(_answer)
    store = NoStore(texts)
    library, log = empty_library(), cast("MessageLog", store)
    store.dispatcher = Dispatcher(log, understanding, routes([router]), library, SystemClock(), Metrics())
    began = process_time()
    await store.dispatcher.run()
    used = process_time() - began
    assert store.kept == len(texts)
    return used


def _aiogram() -> Callable[[int], Awaitable[float]]:
    """Aiogram's dispatcher with three filters before the handler that matches."""
    from aiogram import Bot, F, types
    from aiogram import Dispatcher as Theirs
    from aiogram.types import Message, Update

    Update.model_rebuild(_types_namespace=vars(types))  # where our own client came first it is not built
    theirs, bot = Theirs(), Bot("42:bench")
    handled = []

    for wanted in (F.text == "адрес", F.text.startswith("запис"), F.text.startswith("до ")):

        @theirs.message(wanted)
        async def handler(message: Message) -> None:
            handled.append(message.message_id)

    def update(number: int) -> Update:
        value: dict[str, Any] = {
            "update_id": number,
            "message": {
                "message_id": number,
                "date": 1_772_434_800,
                "chat": {"id": number, "type": "private", "first_name": "Анна"},
                "from": {"id": number, "is_bot": False, "first_name": "Анна"},
                "text": TEXT,
            },
        }
        return Update.model_validate(value)

    async def run(messages: int) -> float:
        updates = [update(number) for number in range(messages)]
        handled.clear()
        began = process_time()
        for one in updates:
            await theirs.feed_update(bot, one)
        used = process_time() - began
        assert len(handled) == messages
        return used

    return run


def main(argv: Sequence[str]) -> int:
    """Run the measurement; 1 where the bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench dispatch", description=__doc__)
    parser.add_argument("--messages", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(argv)
    core(0)
    return asyncio.run(_compare(options.messages, options.rounds))


async def _compare(messages: int, rounds: int) -> int:
    from bot.engine.same_words import Remembered
    from bot.language.morphology import warm
    from understanding.understander import PhraseUnderstanding

    warm()
    theirs, whole, plain, fresh = _aiogram(), PhraseUnderstanding(), plain_texts(messages), fresh_texts(messages)
    for text in plain:
        whole.understand(text)  # the words are known, as they soon are in a service
    seen: dict[str, list[float]] = {"aiogram, three filters": [], "ours, by a word": []}
    seen |= {"ours, understood": [], "ours, no two alike": []}
    for _ in range(rounds):
        seen["aiogram, three filters"].append(await theirs(messages // 5) / (messages // 5))
        seen["ours, by a word"].append(await _ours(ByWord(), [TEXT] * messages) / messages)
        seen["ours, understood"].append(await _ours(Remembered(whole), plain) / messages)
        seen["ours, no two alike"].append(await _ours(whole, fresh) / messages)
    base = median(seen["aiogram, three filters"])
    print(f"{'':26}{'µs':>8}{'per s':>9}{'times':>8}{'bar':>6}")
    for name, each in seen.items():
        bar = BAR if name == "ours, by a word" else ""
        cost = median(each)
        print(f"{name:26}{cost * 1e6:8.1f}{1 / cost:9.0f}{base / cost:8.1f}{bar:>6}")
    return int(base / median(seen["ours, by a word"]) < BAR)
