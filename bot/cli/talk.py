"""A reader at the terminal: ``ask`` and ``chat``."""

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import field
from pathlib import Path
from typing import Any

from adapters.terminal.channel import on_screen
from adapters.terminal.parse import opened, typed
from bot.app import store
from bot.app.answering import handler_table, intents_of, understanding
from bot.engine import logs
from bot.engine.dispatcher import Dispatcher
from bot.engine.metrics import Metrics
from bot.engine.pictures import handle_of
from bot.errors import InputError, WrongUse
from bot.library.model import WorkCard
from bot.messages import Contact, Inbound, Photo
from bot.ports.catalogue import Catalogue, Found, Wanted
from bot.ports.letters import Author, Logged
from bot.ports.library import Library
from bot.ports.log import Attempt
from bot.ports.understanding import NOTES, Request
from bot.quick import dataclass, replace
from bot.routing import Answer, Handler, Turn
from bot.settings import Settings, load
from bot.wording import in_language

CHANNEL = "terminal"
LONGEST_CONTACT = 100


@dataclass(slots=True)
class Watched:
    """What one message was taken for, and what was found: for programs and ``--explain``."""

    requests: list[Request] = field(default_factory=list)
    works: list[WorkCard] = field(default_factory=list)
    handover: bool = False
    synonyms: list[str] = field(default_factory=list)

    def watching_catalogue(self, catalogue: Catalogue) -> Catalogue:
        """The catalogue, the synonyms that it used noted on the way."""
        return _WatchedCatalogue(catalogue, self.synonyms)

    def watching(self, handler: Handler) -> Handler:
        """The handler, its answer noted on the way."""

        async def noted(turn: Turn, library: Library) -> Answer:
            answer = await handler(turn, library)
            answer = answer if isinstance(answer, Answer) else Answer(replies=(answer,))
            if turn.request.intent:
                self.requests.append(turn.request)
            self.works.extend(answer.works)
            self.handover = self.handover or bool(answer.handover)
            return answer

        return noted


class _WatchedCatalogue:
    """Fills ``Catalogue`` by another one."""

    def __init__(self, inner: Catalogue, synonyms: list[str]) -> None:
        self._inner, self._synonyms = inner, synonyms
        self.card, self.suggest = inner.card, inner.suggest

    async def find(self, wanted: Wanted, limit: int = 5) -> Found:
        found = await self._inner.find(wanted, limit)
        self._synonyms.extend(said for said in found.synonyms if said not in self._synonyms)
        return found


class Terminal:
    """One reader who types, answered by the whole of the engine."""

    def __init__(self, what: store.Opened, contact: Contact) -> None:
        self._what = what
        self._contact = contact
        self.watched = Watched()
        table = handler_table(what.settings)
        self._dispatcher = Dispatcher(
            what.log,
            understanding(what.synonyms, intents_of(table), what.catalogue),
            {trigger: self.watched.watching(handler) for trigger, handler in table.items()},
            replace(what.library, catalogue=self.watched.watching_catalogue(what.library.catalogue)),
            what.clock,
            Metrics(),
            language=what.settings.library.language,
        )

    async def begin(self) -> list[Logged]:
        """The dialogue begins: the greeting."""
        return await self._turn(opened(self._contact, secrets.token_hex(16), self._what.clock.now()))

    async def say(self, line: str) -> list[Logged]:
        """Take one turn; returns what the reader hears."""
        return await self._turn(typed(line, self._contact, secrets.token_hex(16), self._what.clock.now()))

    async def show(self, picture: bytes, caption: str = "") -> list[Logged]:
        """Send a photograph, and take the turn."""
        handle = handle_of(await self._what.pictures.read(picture))
        content = Photo(handle, caption)
        now = self._what.clock.now()
        return await self._turn(
            Inbound(contact=self._contact, content=content, idempotency_key=secrets.token_hex(16), sent_at=now)
        )

    async def _turn(self, inbound: Inbound) -> list[Logged]:
        recorded = await self._what.log.record(inbound)
        await self._dispatcher.take(recorded.conversation_id)
        said = await self._what.log.said(self._contact, after=recorded.message_id)
        await self._mark_sent()
        return [message for message in said if message.author is not Author.READER]

    async def _mark_sent(self) -> None:
        """What the terminal has shown is sent; if another process does it, so be it."""
        async with self._what.log.sending(CHANNEL) as ours:
            while ours and (batch := await self._what.log.claim_outbound(CHANNEL, 64)):
                for message in batch:
                    await self._what.log.attempted(Attempt(message_id=message.message_id, channel=CHANNEL))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One message of a reader, and how its answer is to be printed.

    Attributes:
        contact: Go on as this reader, "" for a new one.
        picture: A photograph that the reader sends, with ``text`` as its caption.
    """

    text: str
    as_json: bool = False
    contact: str = ""
    explain: bool = False
    picture: Path | None = None


def ask(config: Path | None, asked: Asked) -> int:
    """One message; prints the answer.

    Raises:
        WrongUse: The contact is too long.
        InputError: The picture cannot be read.
    """
    if len(asked.contact) > LONGEST_CONTACT:
        raise WrongUse(f"--contact: expected at most {LONGEST_CONTACT} characters")
    return asyncio.run(_ask(config, asked))


async def _ask(config: Path | None, asked: Asked) -> int:
    picture = _bytes(asked.picture) if asked.picture else None
    settings, folder = load(config)
    logs.configure("error", settings.logging.format)
    async with _opened(settings, folder) as what:
        reader = Terminal(what, Contact(channel=CHANNEL, address=asked.contact or secrets.token_hex(8)))
        said = await reader.say(asked.text) if picture is None else await reader.show(picture, asked.text)
        if asked.as_json:
            sys.stdout.write(json.dumps(_for_programs(reader.watched, said), ensure_ascii=False, indent=2) + "\n")
            return 0
        _show(said)
        if asked.explain:
            _explain(reader.watched)
    return 0


@asynccontextmanager
async def _opened(settings: Settings, folder: Path) -> AsyncIterator[store.Opened]:
    """The store with its index; the terminal's own words are in the library's language."""
    with in_language(settings.library.language):
        async with store.opened(settings, folder) as what:
            await what.catalogue.start()
            await what.catalogue.catch_up()
            yield what


def _bytes(picture: Path) -> bytes:
    try:
        return picture.read_bytes()
    except OSError as error:
        raise InputError(f"{picture}: cannot be read: {error.strerror}") from None


def _for_programs(watched: Watched, said: Sequence[Logged]) -> dict[str, Any]:
    request = watched.requests[0] if watched.requests else Request(intent="", confidence=0.0)
    return {
        "intent": request.intent,
        "confidence": request.confidence,
        "slots": {name: value for name, value in request.slots.items() if name not in NOTES},
        "replies": [
            {
                "text": message.reply.text,
                "buttons": [
                    [{"label": button.label, "payload": button.payload} for button in row]
                    for row in message.reply.buttons
                ],
            }
            for message in said
        ],
        "works": [
            {
                "title": work.title,
                "author": work.author,
                "available": work.available,
                "total": work.total,
                "branches": [
                    {"name": holding.branch_name, "available": holding.available, "total": holding.total}
                    for holding in work.holdings
                ],
            }
            for work in watched.works
        ],
        "handover": watched.handover,
    }


def _explain(watched: Watched) -> None:
    for request in watched.requests:
        sys.stdout.write(f"\n{request.intent} ({request.confidence:.2f})\n")
        for name, value in request.slots.items():
            sys.stdout.write(f"  {name} = {value!r}\n")
        for reason in request.because:
            sys.stdout.write(f"  {reason}\n")
    for said in watched.synonyms:
        sys.stdout.write(f"synonym: {said}\n")


def _show(said: Sequence[Logged]) -> None:
    for message in said:
        sys.stdout.write(on_screen(message.reply, sys.stdout) + "\n")
    sys.stdout.flush()


def chat(config: Path | None) -> int:
    """A dialogue, line by line; an empty line or Ctrl+D ends it."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_chat(config))
    return 0


async def _chat(config: Path | None) -> None:
    settings, folder = load(config)
    logs.configure("error", settings.logging.format)
    async with _opened(settings, folder) as what:
        reader = Terminal(what, Contact(channel=CHANNEL, address=secrets.token_hex(8)))
        _show(await reader.begin())
        while (line := await asyncio.to_thread(_read_line)) is not None:
            _show(await reader.say(line))


def _read_line() -> str | None:
    try:
        with suppress(ImportError):
            import readline  # noqa: F401 - arrow keys and history
        return input("\n> ") or None
    except EOFError:
        sys.stdout.write("\n")  # what comes next in the terminal begins a line
        return None
