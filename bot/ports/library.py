"""The library, as handlers ask it: its answers, buildings and days off, and whatever else stands behind it."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from bot.accounts import Accounts
from bot.circulation import Circulation
from bot.handover import People
from bot.library.card_codes import CardBarcode
from bot.library.model import Branch
from bot.ports.catalogue import Catalogue
from bot.ports.files import Files, Pictures
from bot.quick import dataclass
from bot.wording.own import BUILT_IN, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class FaqAnswer:
    """What the library answers on a topic."""

    topic: str
    answer: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaqEntry:
    """One answer as the library keeps it.

    Attributes:
        topic: Topic key (``understanding/phrases/topics.yaml``), or one of the library's own.
        questions: How readers ask it, in their words.
    """

    topic: str
    language: str
    answer: str
    questions: tuple[str, ...] = ()
    url: str = ""


class Faq(Protocol):
    """The library's own answers."""

    @property
    def edition(self) -> object:
        """What differs after every change that this process knows of."""
        ...

    async def about(self, topic: str, language: str) -> FaqAnswer | None:
        """The entry under a topic key (``join``, ``rules.fine``, …), the language's own first."""
        ...

    async def nearest(self, text: str, language: str) -> FaqAnswer | None:
        """The entry whose recorded questions fit the reader's words, None when none fits well."""
        ...


class Branches(Protocol):
    """The buildings, with their hours."""

    @property
    def edition(self) -> object:
        """What differs after every change that this process knows of."""
        ...

    async def all(self) -> Sequence[Branch]:
        """Every branch that readers may be told of, the main one first; from memory."""
        ...


class Holidays(Protocol):
    """Official days off."""

    def name(self, day: date) -> str:
        """The holiday's name on ``day``, "" on a working day."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All that a handler may ask.

    Attributes:
        name: The library's name as readers know it.
        reply_hours: In which hours a librarian answers: the code of the branch whose hours count.
        policy_url: Where the text on personal data is, "" if there is none.
        pictures: What readers photograph; None where nobody can look at it.
        accounts: Whose card is behind a contact; None where readers have no accounts here.
        circulation: What is lent and waited for; None where readers have no accounts here.
        files: Where a file is kept that a reader is sent.
        card_barcode: What the desk's scanners read off a card.
        people: Who waits for a person, and whether it helped; None where nobody counts.
        words: The texts that the library may say in its own voice.
        silent: Channels in which readers are not written to by themselves: nothing may be promised there.
    """

    name: str
    catalogue: Catalogue
    faq: Faq
    branches: Branches
    holidays: Holidays
    reply_hours: str = ""
    policy_url: str = ""
    pictures: Pictures | None = None
    accounts: Accounts | None = None
    circulation: Circulation | None = None
    files: Files | None = None
    card_barcode: CardBarcode = CardBarcode.AUTO
    people: People | None = None
    words: Words = BUILT_IN
    silent: frozenset[str] = frozenset()
