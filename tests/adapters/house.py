"""The web chat in a house of its own: real intake, dispatcher, log and outbox; a library that answers by script."""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import cast
from weakref import finalize

from aiohttp import web

from adapters.webchat import CHANNEL
from adapters.webchat.channel import WebChat
from bot.channels import Setting
from bot.clock import Clock
from bot.engine.dispatcher import Dispatcher, routes
from bot.engine.intake import FrontDesk
from bot.engine.metrics import Metrics
from bot.engine.outbox import Outbox
from bot.engine.pictures import PictureDesk
from bot.engine.server import application
from bot.messages import Attachment, Button, Document, Location, Photo, Picture, Reply, bold, link, reply
from bot.ports.library import Library
from bot.ports.understanding import Request, Understanding
from bot.routing import Answer, Handler, Router, Trigger, Turn, intent, pressed, sent
from db.connect import Database
from db.files import SqlFiles
from db.messages import StoredLog, open_log
from tests.support.fake_library import empty_library

LIBRARY = empty_library()
"""The script asks nothing of a library."""

router = Router("script")


class Script:
    """Fills ``Understanding``: the first word that the script knows."""

    def understand(self, text: str) -> tuple[Request, ...]:
        """One request."""
        words = text.casefold()
        if "покажи" in words:
            return (Request(intent="show", confidence=0.9, rest=text),)
        known = {
            "человек": "human",
            "есть ли": "search",
            "классик": "choose",
            "где": "location",
            "долго": "slow",
            "длинно": "long",
        }
        found = next((name for word, name in known.items() if word in words), "fallback")
        return (Request(intent=found, confidence=0.9, rest=text),)


@router.on(intent("greeting"), pressed("help"))
async def greet(turn: Turn, library: Library) -> Reply:
    """A newcomer is shown what to ask."""
    return reply(
        "Здравствуйте! Я бот библиотеки. Назовите книгу или спросите о часах работы.",
        buttons=[[Button("Найти книгу", "find")], [Button("Часы работы", "hours"), Button("Где вы?", "where")]],
    )


@router.on(intent("search"), pressed("find"))
async def search(turn: Turn, library: Library) -> Reply:
    """One work."""
    return reply(
        bold("Обломов"),
        "\nИ. А. Гончаров\n\nДа, есть: 2 из 3 экземпляров.\nЦентральная библиотека: 2 из 2, сегодня до 19:00.\n"
        "Подробнее: ",
        link("запись в каталоге", "https://library.example/works/1"),
        ". Телефон: 8 (86547) 2-15-33.",
        buttons=[[Button("Другие издания", "editions:1"), Button("Похожие книги", "find")]],
    )


@router.on(intent("choose"))
async def choose(turn: Turn, library: Library) -> Reply:
    """Several works."""
    titles = (
        "Война и мир. Том 1",
        "Война и мир. Том 2",
        "Война миров, или Очень длинное заглавие целиком, без сокращений",
    )
    return reply(
        "Нашлось несколько книг. Какая?",
        buttons=[[Button(title, f"work:{number}")] for number, title in enumerate(titles)],
    )


@router.on(pressed("hours", "editions", "work"))
async def press(turn: Turn, library: Library) -> Reply:
    """Whatever was pressed."""
    return reply(f"Нажато: {turn.argument or 'часы'}.")


@router.on(intent("location"), pressed("where"))
async def where(turn: Turn, library: Library) -> Reply:
    """A map point."""
    at = Location(latitude=45.0448, longitude=41.9692, title="Центральная библиотека", address="ул. Ленина, 12")
    return reply("Мы здесь:\nул. Ленина, 12, филиал № 1.", at=[at])


SHOWN: list[tuple[Attachment, bool]] = []
"""What «покажи» brings, and whether it says something of a person (see :meth:`House.shows`)."""


@router.on(intent("show"))
async def show(turn: Turn, library: Library) -> Reply:
    """Pictures and documents."""
    return replace(reply("Вот:", at=[what for what, _ in SHOWN]), personal=any(personal for _, personal in SHOWN))


@router.on(sent("photo"))
async def seen(turn: Turn, library: Library) -> Reply:
    """Says what stood on a picture."""
    assert isinstance(turn.content, Photo)
    return reply(f"На снимке {turn.content.handle}.")


@router.on(intent("long"))
async def long(turn: Turn, library: Library) -> Reply:
    """More than a screen."""
    return reply("\n".join(f"{number}. Строка длинного ответа библиотеки." for number in range(1, 41)))


@router.on(intent("human"))
async def call(turn: Turn, library: Library) -> Answer:
    """A person is wanted."""
    return Answer(replies=(reply("Записал, библиотекарь ответит."),), handover="asked")


@router.on(intent("fallback"))
async def echo(turn: Turn, library: Library) -> Answer:
    """Says the reader's words again, to see that they stay text."""
    return Answer(replies=(reply(f"Вы написали: {turn.text}"),), missed=True)


class House:
    """Opens and closes like a library; what was said stays.

    Args:
        database: The store.
        clock: Where moments come from.
        options: The channel's block in ``config.yaml``; ``personal``: whether its data class is ``full``.
    """

    def __init__(self, database: Database, clock: Clock, **options: object) -> None:
        personal = bool(options.pop("personal", True))
        setting = Setting(
            name="webchat",
            library_name="Районная библиотека имени Пушкина",
            language="ru",
            public_url="",
            clock=clock,
            files=SqlFiles(database, clock),
            personal=personal,
            extra={"policy_url": "https://library.example/privacy"},
        )
        self._database = database
        self._clock = clock
        self.channel = cast("WebChat", CHANNEL.build(CHANNEL.settings(**options), setting))
        self.answering = asyncio.Event()
        self.answering.set()
        self.port = 0
        self._has_port = False
        self.log: StoredLog
        self._pictures: PictureDesk
        self._runner: web.AppRunner | None = None
        self._loops: list[asyncio.Task[None]] = []

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> "House":
        """Start, on the same port as before."""
        self.log = await open_log(self._database, self._clock)
        self._pictures = PictureDesk()
        dispatcher = Dispatcher(self.log, *self.bot(), self._clock, Metrics())
        outbox = Outbox("webchat", self.channel, self.log, self._clock, Metrics())
        app = application([*self.channel.routes(FrontDesk(self.log, self.log, self._pictures)), *self.more_routes()])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        self._keep_port()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True, reuse_port=True).start()
        self._loops = [asyncio.create_task(self._once_answering(dispatcher)), asyncio.create_task(outbox.run())]
        return self

    def _keep_port(self) -> None:
        """Nobody else gets it while we are closed: a socket that does not listen has it, as long as we stand."""
        if not self._has_port:
            held = socket.socket()
            finalize(self, held.close)
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            held.bind(("127.0.0.1", self.port))
            self.port, self._has_port = held.getsockname()[1], True

    def bot(self) -> tuple[Understanding, Mapping[Trigger, Handler], Library]:
        """Who answers."""
        return Script(), routes([router]), LIBRARY

    def more_routes(self) -> Sequence[web.AbstractRouteDef]:
        """What else is served in this house."""
        return ()

    async def _once_answering(self, dispatcher: Dispatcher) -> None:
        await self.answering.wait()
        await dispatcher.run()

    async def shows(self, *what: tuple[str, str, bytes, str | None], personal: bool = False) -> None:
        """Files for «покажи»: name, type, bytes, and what a picture shows (None: a document)."""
        files = SqlFiles(self._database, self._clock)
        SHOWN.clear()
        for name, media_type, data, alt in what:
            kept = await files.keep(name, media_type, data)
            SHOWN.append((Document(file=kept) if alt is None else Picture(file=kept, alt=alt), personal))

    async def close(self) -> None:
        """Stop at once, as a process that is killed."""
        for task in self._loops:
            task.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self.channel.aclose()
        with suppress(TimeoutError):
            assert self._runner is not None
            await self._runner.cleanup()
        await self._pictures.aclose()
        await self.log.aclose()


async def serve(folder: Path, port: int) -> None:
    """Keep a house open until stopped: to look at the page by eye."""
    from bot.clock import SystemClock
    from db.connect import connect
    from db.migrate import upgrade

    database = await connect(f"sqlite:///{folder}/look.sqlite3")
    await upgrade(database)
    house = House(database, SystemClock(), embed_on=["*"])
    house.port = port
    await house.open()
    await asyncio.Event().wait()


if __name__ == "__main__":
    import sys

    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
