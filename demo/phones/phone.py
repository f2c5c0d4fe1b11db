"""What all phones share: the screen, the post to the bot, trouble on order."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler
from PIL import Image

from bot.ports.letters import Outgoing
from demo.phones.shown import Item, Key, Words, plain
from tests.emulators.base import Emulator, Fault

SLOW_S = 5.0
AGAIN_S = 0.5
DELIVERY_S = 10.0
SHOWN = 200
"""Messages on a screen; older ones scroll away for good."""
SECRET = "demonstration-0123456789"  # noqa: S105 - of the emulators, on this machine
TROUBLES = ("calm", "slow", "flood", "broken", "down")
"""All is well; sends are slow; "too many requests"; HTTP 502; no connection either way."""


class CannotDo(Exception):
    """The messenger has no such thing, or not now."""


class Phone:
    """One reader's phone with one messenger.

    Attributes:
        kind: The channel's name and kind.
        title: What people call the messenger.
        abilities: Of "start", "contact", "photo", "sticker", "voice", "edit", "remove".
        address: Of the reader, as the channel knows them.
        keyboard: Keys in place of the typed ones (Telegram); empty for none.
        items: What the screen shows.
        changed: Called when the screen may look different.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    abilities: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, emulator: Emulator, address: str) -> None:
        self.emulator = emulator
        self.address = address
        self.items: list[Item] = []
        self.keyboard: Sequence[Sequence[Key]] = ()
        self.queue: Sequence[Outgoing] = ()
        self.trouble = "calm"
        self.files: dict[str, bytes] = {}
        self.changed: Callable[[], None] = lambda: None
        self._errands: asyncio.Queue[Callable[[], Awaitable[bool]]] = asyncio.Queue()
        self._hook = ""
        self._listening = asyncio.Event()
        self._numbers = 0
        emulator.app.middlewares.append(self._watch)

    async def __aenter__(self) -> Self:
        await self.emulator.__aenter__()
        self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DELIVERY_S))
        self._postman = asyncio.create_task(self._deliver())
        return self

    async def __aexit__(self, *error: object) -> None:
        self._postman.cancel()
        with suppress(asyncio.CancelledError):
            await self._postman
        await self._client.close()
        await self.emulator.__aexit__(*error)

    @web.middleware
    async def _watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        answer = await handler(request)
        self.changed()
        return answer

    # --- for the service -------------------------------------------------------------------------

    def channel(self) -> Mapping[str, Any]:
        """The channel's block in ``config.yaml``."""
        raise NotImplementedError

    async def begins(self, address: str) -> None:
        """The service listens there from now on."""
        self._hook = address
        self._listening.set()

    # --- what the reader does --------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Write a message."""
        raise NotImplementedError

    def start(self) -> None:
        """Open the dialogue, where the messenger has a button for it."""
        raise CannotDo

    def press(self, number: int, place: int) -> None:
        """Press a button under a message, counted in reading order."""
        item = next((one for one in self.items if one.number == number), None)
        keys = [key for row in item.keys for key in row] if item else []
        if item is None or not 0 <= place < len(keys) or keys[place].kind == "link":
            raise CannotDo
        if keys[place].kind == "contact":
            self.share_contact()
        else:
            self.pressed(item, keys[place])

    def tap(self, place: int) -> None:
        """Press a key of the keyboard that stands in place of the typed one."""
        keys = [key for row in self.keyboard for key in row]
        if not 0 <= place < len(keys):
            raise CannotDo
        self.keyboard = ()
        if keys[place].kind == "contact":
            self.share_contact()
        else:
            self.say(keys[place].label)

    def pressed(self, item: Item, key: Key) -> None:
        """A button that tells the bot something."""
        raise CannotDo

    def share_contact(self) -> None:
        """Hand over one's own number."""
        raise CannotDo

    def send_photo(self, data: bytes, caption: str) -> None:
        """Send a picture."""
        raise CannotDo

    def send_sticker(self) -> None:
        """Send a sticker."""
        raise CannotDo

    def send_voice(self) -> None:
        """Send a voice message."""
        raise CannotDo

    def edit(self, text: str) -> None:
        """Change one's last message."""
        raise CannotDo

    def remove(self) -> None:
        """Take one's last message back."""
        raise CannotDo

    def make_trouble(self, name: str) -> None:
        """One of :data:`TROUBLES`, until another is chosen."""
        if name not in TROUBLES:
            raise CannotDo
        self.trouble = name
        self.emulator.standing = None if name == "calm" else self._fault

    # --- what the messenger shows ----------------------------------------------------------------

    def look(self) -> None:
        """Bring what the bot has sent onto the screen."""
        for item in self.arrived():
            self._put(item)

    def arrived(self) -> Iterable[Item]:
        """What the messenger took from the bot since the last look."""
        raise NotImplementedError

    def learn(self, outgoing: Sequence[Outgoing]) -> None:
        """What our log knows of the messages to this reader."""
        known = {one.external_id: one for one in outgoing if one.external_id}
        for item in self.items:
            if item.name in known and item.author == "bot":
                item.state = known[item.name].state
        self.queue = [
            one for one in outgoing if one.state == "queued" or (one.state == "failed" and not one.external_id)
        ]

    def has_read(self) -> None:
        """The reader looks at the screen; messengers that tell of it do so."""

    # --- inside ----------------------------------------------------------------------------------

    def _fault(self, request: web.Request) -> Fault:
        if self.trouble == "down":
            return Fault(drop="before")
        if not self.is_sending(request):
            return Fault()
        return {
            "slow": Fault(slow_s=SLOW_S),
            "flood": self.flood(),
            "broken": Fault(status=502, body=b"<html>Bad Gateway</html>"),
        }[self.trouble]

    def is_sending(self, request: web.Request) -> bool:
        """Whether a call brings a reader a message."""
        raise NotImplementedError

    def flood(self) -> Fault:
        """The messenger's own "too many requests"."""
        return Fault(status=429, headers={"Retry-After": "5"})

    def _own(self, words: Sequence[Words] | str, **more: Any) -> Item:
        """A message of the reader's own."""
        shown = plain(words) if isinstance(words, str) else words
        return self._put(Item(self._next(), "reader", shown, **more))

    def _bots(self, words: Sequence[Words], **more: Any) -> Item:
        """A message of the bot's, not on the screen yet."""
        return Item(self._next(), "bot", words, state="sent", **more)

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers

    def _put(self, item: Item) -> Item:
        self.items.append(item)
        del self.items[:-SHOWN]
        self.changed()
        return item

    def _last_own(self) -> Item:
        """The message that is edited or taken back. Raises CannotDo."""
        found = [item for item in self.items if item.author == "reader" and item.name and not item.removed]
        if not found:
            raise CannotDo
        return found[-1]

    def _keep(self, name: str, data: bytes) -> str:
        """The bytes of a picture on the screen; what the page asks for them by."""
        self.files[name] = data
        while len(self.files) > SHOWN:
            del self.files[next(iter(self.files))]
        return name

    def _post(self, errand: Callable[[], Awaitable[bool] | bool | None]) -> None:
        """Tell the bot, in order; again until it has understood, and not while the messenger is down."""

        async def done() -> bool:
            result = errand()
            if isinstance(result, bool) or result is None:
                return result is not False
            return await result

        self._errands.put_nowait(done)

    async def _deliver(self) -> None:
        await self._listening.wait()
        while True:
            errand = await self._errands.get()
            while True:
                if await self._tried(errand):
                    break
                await asyncio.sleep(AGAIN_S)
            self.changed()

    async def _tried(self, errand: Callable[[], Awaitable[bool]]) -> bool:
        try:
            return self.trouble != "down" and await errand()
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False

    async def _hooked(self, registered: str, body: Any, headers: Mapping[str, str]) -> bool:
        """Post an event to a webhook; the encryption in front of a real one is left out."""
        where = urlsplit(registered)
        address = f"{self._hook}{where.path}" + (f"?{where.query}" if where.query else "")
        async with self._client.post(address, json=body, headers=headers) as answer:
            return answer.status == 200


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height of a picture. Raises CannotDo where it is none."""
    try:
        with Image.open(BytesIO(data)) as picture:
            return picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        raise CannotDo from None


def phone_number(person: int) -> str:
    """An invented one, E.164."""
    return f"+7999{person % 10_000_000:07}"
