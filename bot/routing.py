"""How a turn finds its handler."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from bot.library.model import WorkCard
from bot.messages import Button, Contact, Content, Reply
from bot.ports.library import Library
from bot.ports.log import Mode
from bot.ports.understanding import Request
from bot.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of one contact, as a handler sees it.

    Attributes:
        text: What the reader wrote, cleaned of control characters; "" for a press.
        request: What understanding made of it; for a press, an empty request.
        argument: What follows the colon in a pressed button's payload, or in the name of what a question follows up
            (``Answer.about``); "" otherwise.
        data: What the dialogue remembered with the expectation that led here (``expects``).
        misses: How many times in a row the bot has failed this reader before this turn.
        now: The moment of the turn, aware UTC.
        new: True for the first message of this contact ever.
        language: "ru" or "en": what the reply must be worded in.
        mode: Who speaks with the reader; while WAITING the bot still answers what it can.
        key: Names this message for ever: what it changes at a port is changed once (``bot.circulation``).
        offered: The choices last shown: what «вторую» and «2 и 3» mean.
        public: The channel carries nothing personal: what is not said there is not promised either.
    """

    contact: Contact
    content: Content
    text: str
    request: Request
    argument: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    misses: int = 0
    now: datetime
    new: bool = False
    language: str = "ru"
    mode: Mode = Mode.BOT
    key: str = ""
    offered: tuple[Button, ...] = ()
    public: bool = False


TASTE = "search.taste"
"""What a list by taste waits for: words that only add to it («для мальчика 5 лет») are a wish for another list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expects:
    """What the dialogue waits for next.

    Attributes:
        key: Names the handler (``@router.on(expects(key))``) that reads the next free text. One that ends in a question
            mark waits for a yes or a no: what begins with either is its answer, whatever else the words may mean.
        data: JSON values that come back as ``Turn.data``.
    """

    key: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Replies and what they change in the conversation.

    Attributes:
        expects: What the dialogue waits for; None lets it rest.
        handover: Not empty: the conversation waits for a librarian, for this reason code
            (``asked``, ``missed``, ``error``, ``rule``).
        resume: True: the reader does not want a person any more, the bot goes on.
        missed: The bot failed the reader here: counted, and kept for the librarians.
        works: What was found, for programs (``ask --json``), best first.
        private: With ``missed``: the reader's words are personal (a name, a card), so the librarians do not find
            them among what was asked in vain. True for whatever a :class:`Personal` handler answers.
        secret: The reader's words are a code or a PIN: the log forgets them as soon as the turn is kept.
        go_on: What the message turned out to ask for: the handlers of these wishes answer after the replies.
        about: What is shown here, ``kind:which``: what the next question may follow up (``follows``); "" changes
            nothing.
    """

    replies: tuple[Reply, ...]
    expects: Expects | None = None
    handover: str = ""
    resume: bool = False
    missed: bool = False
    works: tuple[WorkCard, ...] = ()
    private: bool = False
    secret: bool = False
    go_on: tuple[Request, ...] = ()
    about: str = ""


Handler = Callable[[Turn, Library], Awaitable[Reply | Answer]]
NOBODY = Contact(channel="", address="")


@dataclass(frozen=True, slots=True, eq=False)
class SameForAll:
    """A handler whose answer hangs on the words, the language, the minute and what the library says of itself.

    Whoever asks the same in the same moment hears the same, so that the engine need not ask the handler again
    (``bot.engine.same_words``). It does not learn who asks: its turn is :data:`NOBODY`'s, without data and misses.
    """

    handler: Handler

    def __call__(self, turn: Turn, library: Library) -> Awaitable[Reply | Answer]:
        return self.handler(turn, library)


def same_for_all(handler: Handler) -> SameForAll:
    """Mark a handler (below ``router.on``) as one that answers everybody alike."""
    return SameForAll(handler)


@dataclass(frozen=True, slots=True, eq=False)
class Personal:
    """A handler that tells or asks something of a person: not called in a channel that may not carry such.

    Made by ``Router(name, personal=True)``.
    """

    handler: Handler

    def __call__(self, turn: Turn, library: Library) -> Awaitable[Reply | Answer]:
        return self.handler(turn, library)


@dataclass(frozen=True, slots=True)
class Trigger:
    """When a handler is called: ``kind`` is ``intent``, ``press``, ``expects``, ``sent`` or ``follow``."""

    kind: str
    key: str


def intent(*names: str) -> tuple[Trigger, ...]:
    """The reader wants this."""
    return tuple(Trigger("intent", name) for name in names)


def pressed(*verbs: str) -> tuple[Trigger, ...]:
    """A button with payload ``verb`` or ``verb:argument`` was pressed."""
    return tuple(Trigger("press", verb) for verb in verbs)


def expects(*keys: str) -> tuple[Trigger, ...]:
    """The dialogue waits for free text under this key, and free text came."""
    return tuple(Trigger("expects", key) for key in keys)


def sent(*kinds: str) -> tuple[Trigger, ...]:
    """The reader sent something that is no words: ``photo``, ``phone``."""
    return tuple(Trigger("sent", kind) for kind in kinds)


def follows(*questions: str) -> tuple[Trigger, ...]:
    """A few words follow up what was shown (``bot.engine.follow_ups``): ``due:work``, ``day:hours``.

    A handler that finds they do not, answers nothing and lets the turn's own request go on (``not_followed``).
    """
    return tuple(Trigger("follow", name) for name in questions)


def not_followed(turn: Turn) -> Answer:
    """The words were a wish of their own after all."""
    return Answer(replies=(), go_on=(turn.request,))


class Router:
    """The handlers of one intent module, by trigger.

    Args:
        name: The module's.
        personal: Its handlers are :class:`Personal`.
    """

    def __init__(self, name: str, *, personal: bool = False) -> None:
        self.name = name
        self.personal = personal
        self.table: dict[Trigger, Handler] = {}

    def on(self, *triggers: tuple[Trigger, ...]) -> Callable[[Handler], Handler]:
        """Register a handler.

        Raises:
            ValueError: Two handlers of this module ask for the same trigger.
        """

        def register(handler: Handler) -> Handler:
            for group in triggers:
                for trigger in group:
                    if trigger in self.table:
                        raise ValueError(f"{self.name}: {trigger.kind} {trigger.key!r} has two handlers")
                    self.table[trigger] = Personal(handler) if self.personal else handler
            return handler

        return register
