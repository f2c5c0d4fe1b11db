"""Notices as the engine keeps them: planned, on their way, and whom nothing reached. The port and its values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.library.notices import Subject, Way
from bot.messages import Reply
from bot.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the staff made of a request for a renewal.

    Attributes:
        due_on: Confirmed: the new due date; refused: the one that holds.
        code / reason: Refused: a ``RenewalBlock`` or "", and the staff's own words.
    """

    title: str
    confirmed: bool
    due_on: date
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedHold:
    """A hold that the reader did not end, and that nothing has replaced: neither a loan nor another hold.

    Attributes:
        refused: By the staff; else nobody came for it.
        day: Refused: when; else the last day on which it could be fetched.
        reason: Refused: the staff's own words.
    """

    patron_id: int
    work_id: int
    title: str
    author: str
    refused: bool
    day: date
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingCard:
    """A card and its last day; ``branch_code`` is "" where nobody knows where the patron is enrolled."""

    until: date
    branch_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What our own store knows of the subjects of notices at this moment; what is not here is not so any more.

    Attributes:
        decided: By request.
        ended: By hold.
        cards: By patron.
    """

    decided: Mapping[int, Decided] = field(default_factory=dict)
    ended: Mapping[int, EndedHold] = field(default_factory=dict)
    cards: Mapping[int, EndingCard] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueNotice:
    """A notice whose time has come.

    Attributes:
        given_name: Said where it is a child's; "" where it is not known.
        phone: Digits with the country, "" where none is known.
        zone: Whose quiet hours count.
        ways: Contacts in the order in which they are tried.
        pages: Contacts that find what is said there once they open it, and not before.
        tried: Contacts that a letter of this notice has gone to.
        sent_today: Letters to this patron in the last 24 hours.
        facts: Of what is told here, and of what other notices of the same look tell.
        planned_at: Since when it waits.
        stopped: The reader has said stop, at whatever contact.
    """

    notice_id: int
    patron_id: int
    given_name: str
    phone: str
    zone: ZoneInfo
    planned_at: datetime
    items: tuple[Subject, ...]
    ways: tuple[Way, ...]
    pages: tuple[Way, ...] = ()
    tried: frozenset[int] = frozenset()
    sent_today: int = 0
    facts: Facts = field(default_factory=Facts)
    stopped: bool = False


SHOWN_ON_A_PAGE = "shown on a page that has to be opened"
"""Why a letter has reached nobody yet who uses our own pages alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLetter:
    """One message that tells several notices to one contact.

    Attributes:
        stale: What was to be told and is not true any more: left out, and told should it become true again.
    """

    notices: tuple[int, ...]
    contact_id: int
    channel: str
    reply: Reply
    deliver_by: datetime
    stale: tuple[Subject, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnItsWay:
    """A notice whose letter is in the outbox or has left it.

    Attributes:
        state: Of the message: queued, sent, delivered, read, failed; "" where it is gone.
        late: It should have been delivered by now.
    """

    notice_id: int
    zone: ZoneInfo
    channel: str
    state: str
    why: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A letter of notices that is about to leave.

    Attributes:
        current: It is the letter of all its notices, not one that they have moved on from.
        stopped: Its reader has said stop meanwhile, or is not linked to that card any more.
        notices: What it tells, by notice and patron.
        facts: What of that is so.
    """

    current: bool
    stopped: bool
    zone: ZoneInfo
    notices: tuple[tuple[int, int, tuple[Subject, ...]], ...]
    facts: Facts = field(default_factory=Facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreachedReader:
    """A reader whom no channel reached: to be phoned, or written to by post.

    Attributes:
        name: Surname and given name, as the register has them.
        branch_code: Of the branch where they are enrolled, "" where nobody knows.
        items: What they were to be told.
        tried: Channels that were tried, with what came of each.
    """

    notice_id: int
    patron_id: int
    card_number: str
    name: str
    phone: str
    branch_code: str = ""
    email: str = ""
    since: datetime
    items: tuple[Subject, ...]
    tried: tuple[tuple[str, str], ...] = ()
    why: str = ""


class UnreachedReaders(Protocol):
    """Readers whom nothing reached, for the librarians. Raises StoreUnavailable."""

    async def unreached(self, branches: Collection[str] = (), limit: int = 100) -> Sequence[UnreachedReader]:
        """The longest-waiting first; of the patrons of these branches and of none, empty for all."""
        ...

    async def find(self, notice_id: int) -> UnreachedReader | None:
        """One of the list, None where it is not on it."""
        ...

    async def settle(self, notice_id: int, by: str) -> bool:
        """Somebody has told them otherwise: off the list. False where it is not on it."""
        ...


class NoticeStore(Protocol):
    """What the engine asks of the store. Every call is one transaction; raises StoreUnavailable."""

    async def is_resting(self) -> bool:
        """Whether this is a copy of a store, restored, and nobody has said yet that readers may be written to."""
        ...

    async def plan_loans(self, after: int, limit: int) -> int | None:
        """Plan what the loans of the next patrons ask for.

        Whatever was planned before is not planned again, in this or any other run.

        Returns:
            The last patron looked at, to go on after; None where there are no more.
        """
        ...

    async def plan_cards(self, after: int, limit: int) -> int | None:
        """Plan what the cards of the next patrons ask for; as :meth:`plan_loans`."""
        ...

    async def plan_events(self) -> int:
        """Plan what happened to holds and requests since the last look; returns how many notices."""
        ...

    async def due(self, limit: int) -> list[DueNotice]:
        """Notices whose time has come, the oldest first, each with those of the same family."""
        ...

    async def post(self, letters: Sequence[NoticeLetter]) -> int:
        """Put letters into the outbox and their notices on their way; returns how many letters were written.

        A contact who cannot be reached any more gets none: it counts as tried.
        """
        ...

    async def waiting_letters(self) -> Mapping[str, int]:
        """Notices in the outbox by channel."""
        ...

    async def postpone(self, notices: Collection[int], until: datetime) -> None:
        """Not before that moment."""
        ...

    async def drop(self, notices: Collection[int], why: str) -> None:
        """There is nothing to tell any more."""
        ...

    async def give_up(self, notices: Collection[int], why: str) -> None:
        """Nothing is left to try: onto the librarians' list."""
        ...

    async def show(self, letter: NoticeLetter, why: str) -> None:
        """The same, with a letter on a page that the reader finds once they open it; ``why`` stands at the page."""
        ...

    async def on_their_way(self, confirming: Collection[str], limit: int) -> list[OnItsWay]:
        """Notices of whose letters something is to be decided.

        Args:
            confirming: Channels that tell of deliveries: there a message that is only sent is waited for.
            limit: At most so many.
        """
        ...

    async def reached(self, notices: Collection[int]) -> None:
        """Their letters have arrived."""
        ...

    async def go_on(self, notice_id: int, why: str, at: datetime) -> None:
        """This letter did not arrive: planned again for the next contact; one that still waits is taken back."""
        ...

    async def leaving(self, channel: str, first: int, limit: int) -> Mapping[int, Leaving]:
        """What a letter tells, and those behind it in its channel's outbox; only letters of notices."""
        ...

    async def take_back(self, message_id: int, why: str, at: datetime) -> None:
        """A letter that must not leave: its notices are planned anew, and it does not count as tried."""
        ...

    async def sms_contact(self, channel: str, phone: str) -> int | None:
        """The contact of a phone number, made where there is none; None where it cannot be reached."""
        ...

    async def forget(self, before: datetime) -> int:
        """Delete what ended before a moment; returns how many."""
        ...
