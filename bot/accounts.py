"""Whose card is behind a contact: linking, consent and wishes, as handlers ask for them.

Writing calls carry a ``key``, as those of ``bot.circulation``.
"""

from collections.abc import Collection
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Contact
from bot.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cardholder:
    """A patron behind a contact.

    Attributes:
        given_name: All that is ever said of a name; "" where it is not known.
        card_number: Shown only to the contact itself.
        child: Linked by a guardian, spoken of by the given name.
        born: Never said; it decides what may be shown and lent. None where it is not known.
    """

    patron_id: int
    card_number: str
    given_name: str = ""
    branch_code: str = ""
    valid_until: date | None = None
    child: bool = False
    born: date | None = None


class Proof(StrEnum):
    """How a reader may prove that a card is theirs."""

    CODE = "code"
    """A one-time code from the desk."""
    PIN = "pin"
    """Card number and PIN."""
    BIRTH_DATE = "birth_date"
    """Card number and date of birth."""
    PHONE = "phone"
    """A number that the messenger vouches for."""


class LinkState(StrEnum):
    """What became of an attempt to link a card."""

    LINKED = "linked"
    ALREADY = "already"
    """This contact has that card."""
    WRONG = "wrong"
    """Whatever was wrong: it is never said whether a card exists."""
    LOCKED = "locked"
    """Too many attempts: later, or at the desk."""
    NO_CONSENT = "no_consent"
    OFF = "off"
    """The library does not allow this way of proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """The outcome of an attempt; ``until`` with ``LOCKED``."""

    state: LinkState
    holder: Cardholder | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText:
    """What is agreed to: its version is the digest of its words."""

    purpose: str
    version: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWishes:
    """How a patron wants to be reminded.

    Attributes:
        due_days: So many days before the due date, each one message.
        overdue: Whether to be told of overdue books.
        hide_titles: For a phone that others look at: «1 книга», no titles.
        muted: Nothing at all, but the answers to what they ask.
        here: At this contact before all others; the latest choice of a patron counts.
    """

    due_days: tuple[int, ...] = (3, 1)
    overdue: bool = True
    hide_titles: bool = False
    muted: bool = False
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherChats:
    """The other contacts of the reader's own card.

    Attributes:
        linked: There are some.
        stopped: They said stop at one of them and have not asked for notices here since: nothing comes here, either.
    """

    linked: bool = False
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a contact may see.

    Attributes:
        holders: Their own card first, then children's; empty where no card is linked.
        consent: Whether they have agreed to the text that is in force.
        former_consent: They agreed to words that have changed since, and have not taken it back: what is linked stays
            so, and there is something to take back; the new words are asked about when a card is linked again.
        suspended: A card is linked that the register no longer has: nothing of it is told until it is back there.
        own_suspended: And it is the contact's own, not a child's.
    """

    holders: tuple[Cardholder, ...] = ()
    consent: bool = False
    former_consent: bool = False
    suspended: bool = False
    own_suspended: bool = False
    wishes: NoticeWishes = field(default_factory=NoticeWishes)
    other_chats: OtherChats = field(default_factory=OtherChats)


class Accounts(Protocol):
    """Contacts and the cards behind them. Every attempt and link goes into the audit log."""

    async def behind(self, contact: Contact) -> Account:
        """Who it is, in one query."""
        ...

    def proofs(self) -> Collection[Proof]:
        """The ways of proof that the library allows; the code from the desk is always one."""
        ...

    def consent_text(self, language: str) -> ConsentText:
        """What must be agreed to before anything personal is kept."""
        ...

    async def agree(self, contact: Contact, version: str, key: str) -> None:
        """Keep the consent: version, moment, channel, message."""
        ...

    async def withdraw(self, contact: Contact, key: str) -> None:
        """Take the consent back: cards are unlinked at once, the record of both words stays."""
        ...

    async def link_by_code(self, contact: Contact, code: str, key: str) -> Linking:
        """By a one-time code from the desk."""
        ...

    async def link_by_card(self, contact: Contact, card_number: str, secret: str, key: str) -> Linking:
        """By card number and PIN or birth date, where the library allows it; the secret is kept nowhere."""
        ...

    async def link_by_phone(self, contact: Contact, number: str, key: str) -> Linking:
        """By a phone number that the messenger vouches for."""
        ...

    async def unlink(self, contact: Contact, patron_id: int | None, key: str) -> int:
        """Forget one card, or all; returns how many were linked."""
        ...

    async def wish(self, contact: Contact, wishes: NoticeWishes) -> None:
        """How they want to be reminded from now on; ``here`` makes this contact the latest choice."""
        ...

    async def export(self, contact: Contact) -> bytes:
        """All that is kept of them, as JSON that a person can read."""
        ...

    async def erase(self, contact: Contact, key: str) -> None:
        """Forget the person: words, names, links; the figures stay without them."""
        ...
