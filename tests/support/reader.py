"""A reader in a test: says, presses and hears, through the real dispatcher, understanding and handlers.

Nothing is faked between what is typed and what is heard but the stores: see ``fake_log`` and ``fake_library``.
"""

from collections.abc import Collection, Iterable
from importlib import import_module

from bot.engine.dispatcher import Dispatcher, routes
from bot.engine.metrics import Metrics
from bot.engine.privacy import Privacy
from bot.messages import (
    Button,
    ButtonPress,
    Contact,
    Content,
    Inbound,
    Location,
    Photo,
    Reply,
    SharedPhone,
    Started,
    Text,
    Unsupported,
)
from bot.ports.library import Library
from bot.ports.log import MessageLog, Mode
from bot.ports.understanding import Understanding
from bot.routing import Router
from bot.settings import DEFAULT_INTENTS
from tests.support.clock import StandingClock
from tests.support.fake_log import FakeLog
from tests.support.fake_log_rows import Conversation
from tests.support.fake_log_rows import Message as Kept
from understanding.understander import PhraseUnderstanding

UNDERSTANDING = PhraseUnderstanding()
"""Pure, so one serves all tests."""


class Reader:
    """One reader in one conversation.

    Args:
        library: What the bot may ask.
        clock: The time of the dialogue.
        language: What the messenger reports, "" where it reports nothing.
        before: Routers that win over the bot's own, to break something.
        understanding: What makes requests of words.
        log: Where words are kept, None for a log in memory.
        at_once: What goes to a person by a rule of the library.
        privacy: What the reader's channel may carry, None for everything.
    """

    def __init__(
        self,
        library: Library,
        clock: StandingClock,
        *,
        language: str = "ru",
        before: Iterable[Router] = (),
        understanding: Understanding = UNDERSTANDING,
        log: MessageLog | None = None,
        at_once: Collection[str] = (),
        privacy: Privacy | None = None,
    ) -> None:
        self.log = FakeLog(clock)
        self.contact = Contact(channel="site", address="reader")
        self._clock = clock
        self._language = language
        modules = [import_module(f"handlers.{name}").router for name in DEFAULT_INTENTS]
        self._dispatcher = Dispatcher(
            log or self.log,
            understanding,
            routes([*before, *modules]),
            library,
            clock,
            Metrics(),
            privacy=privacy or Privacy(),
            at_once=at_once,
        )
        self._dialogue: list[str] = []
        self._sent = 0
        self.heard: tuple[Reply, ...] = ()

    def speaks(self, language: str) -> None:
        """The messenger reports another language from now on."""
        self._language = language

    # --- what the reader does --------------------------------------------------------------------

    async def says(self, text: str, *, automated: bool = False) -> None:
        """Type a message and wait for the answer."""
        await self._send(Text(text), text if len(text) <= 200 else text[:200] + "…", automated=automated)

    async def presses(self, label: str) -> None:
        """Press a button of the last answers."""
        button = next((button for button in self.offered() if button.label == label), None)
        if button is None:
            self._fail(f"there is no button «{label}» to press")
        else:
            await self._send(ButtonPress(button.payload, label), f"[{label}]")

    async def presses_payload(self, payload: str) -> None:
        """Press a button that is not on the screen any more."""
        await self._send(ButtonPress(payload), f"[{payload}]")

    async def starts(self, parameter: str = "") -> None:
        """Open the dialogue, perhaps by a link."""
        await self._send(Started(parameter), f"/start {parameter}")

    async def sends(self, kind: str) -> None:
        """Send what is no text: a voice message, a sticker."""
        await self._send(Unsupported(kind), f"<{kind}>")

    async def shows(self, picture: str, caption: str = "") -> None:
        """Send a photograph."""
        await self._send(Photo(picture, caption), f"<фото {picture}> {caption}")

    async def shares_phone(self, number: str, *, verified: bool = True) -> None:
        """Press the button that hands over a number."""
        await self._send(SharedPhone(number, verified), f"<номер {number}>")

    async def _send(self, content: Content, shown: str, *, automated: bool = False) -> None:
        self._sent += 1
        self._dialogue.append(f"Читатель: {shown}")
        inbound = Inbound(
            contact=self.contact,
            content=content,
            idempotency_key=str(self._sent),
            sent_at=self._clock.now(),
            language=self._language,
            automated=automated,
        )
        self.heard = await self._answers(inbound)
        for reply in self.heard:
            labels = "".join(f" [{button.label}]" for row in reply.buttons for button in row)
            self._dialogue.append(f"Бот: {reply.text}{labels}")

    async def _answers(self, inbound: Inbound) -> tuple[Reply, ...]:
        """Let the bot answer; what it said."""
        recorded = await self.log.record(inbound)
        await self._dispatcher.take(recorded.conversation_id)
        return tuple(
            message.reply for message in self.log.messages.values() if message.in_reply_to == recorded.message_id
        )

    # --- what the reader hears -------------------------------------------------------------------

    def hears(self, *phrases: str) -> None:
        """Each phrase is in the last answers, in this order."""
        at = 0
        for phrase in phrases:
            found = self.text.find(phrase, at)
            if found < 0:
                self._fail(f"expected to hear «{phrase}»")
            at = found + len(phrase)

    def hears_nothing_of(self, *phrases: str) -> None:
        """None of the phrases is in the last answers."""
        for phrase in phrases:
            if phrase in self.text:
                self._fail(f"did not expect to hear «{phrase}»")

    def hears_nothing(self) -> None:
        """The bot is silent."""
        if self.heard:
            self._fail("expected silence")

    def may_press(self, *labels: str) -> None:
        """The buttons are there."""
        there = [button.label for button in self.offered()]
        for label in labels:
            if label not in there:
                self._fail(f"expected a button «{label}»")

    def sees_on_map(self) -> Location:
        """The map point of the last answers."""
        points = [point for reply in self.heard for point in reply.attachments if isinstance(point, Location)]
        if len(points) != 1:
            self._fail("expected one map point")
        return points[0]

    def offered(self) -> tuple[Button, ...]:
        """The buttons under the last answers, in reading order."""
        return tuple(button for reply in self.heard for row in reply.buttons for button in row)

    @property
    def text(self) -> str:
        """The last answers as plain text."""
        return "\n".join(reply.text for reply in self.heard)

    # --- what the staff would see ----------------------------------------------------------------

    @property
    def conversation(self) -> Conversation:
        """The conversation as the store has it."""
        return next(iter(self.log.conversations.values()))

    @property
    def last_message(self) -> Kept:
        """The reader's last message as the store has it."""
        return [message for message in self.log.messages.values() if message.inbound is not None][-1]

    def librarian_takes(self) -> None:
        """A person answers from now on."""
        self.conversation.mode = Mode.PERSON

    def librarian_gives_back(self) -> None:
        """The bot answers again."""
        self.conversation.mode = Mode.BOT

    def _fail(self, why: str) -> None:
        raise AssertionError(why + "\n\n" + "\n".join(self._dialogue))
