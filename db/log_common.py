"""What the message log is on either database: its operations, who holds what, early receipts.

The process that writes on SQLite loads it as well (``db.writer_process``), so nothing large is imported here.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from itertools import count

import msgspec

from bot.desk_actions import DeskAction
from bot.messages import Contact, Delivery, DeliveryReceipt, Event, Inbound, Lane, Reply, Started
from bot.ports.log import Attempt, Completed, Outcome, QueueFigures, Waiting
from bot.quick import dataclass

LONG_AGO = datetime.min.replace(tzinfo=UTC)
RETRY_LOOK_S = 1.0
"""How often a sender looks for a retry that has come due."""

MAX_TRIES = 3
"""A message whose turn failed so often is set aside with its error."""

HOLD = timedelta(seconds=60)
"""A claim in which nothing was completed for so long ends by itself."""

TURNS_A_CLAIM = 20
"""Messages of one conversation taken at once: a flood of one reader holds up nobody else."""

RANK = {"queued": 0, Delivery.SENT: 1, Delivery.DELIVERED: 2, Delivery.READ: 3, Delivery.FAILED: 4}
EARLY_RECEIPTS = 10_000
EARLY_FOR = timedelta(minutes=1)
CONTACTS_REMEMBERED = 50_000

DESK = "desk"
"""Topic of the librarians' lists: somebody waits, or has or had a conversation."""

ARRIVED = "arrived"
"""Topic of the dispatchers: an unhandled message may wait."""

FORGET = "forget"
"""Topic of the processes: what is remembered of contacts may be wrong."""

NOTICES, NOTICE_BYTES = "bibliobot_log", 7_500
"""PostgreSQL: the channel on which processes tell one another of topics, and how long what is said there may be."""

STAFF_KEY = "staff:"
"""Before the messenger's id of a message that a person of the library wrote in its interface."""

SOURCE = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a link may carry in every messenger; anything else is no word of ours and is not kept of a person."""

SILENT_OUTCOMES = frozenset({Outcome.SILENT})


class Fate(Enum):
    """What became of a turn that wanted to be kept."""

    KEPT = auto()
    TAKEN_OVER = auto()
    """A librarian has the conversation: nothing kept, the claim stands, silence may still be kept."""
    LOST = auto()
    """The claim is no longer ours, or the message was dealt with already."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """A turn that failed.

    Attributes:
        farewell: What the reader hears should this failure set the message aside.
    """

    turn: Waiting
    error: str
    farewell: Reply | None = None

    @property
    def conversation_id(self) -> int:
        """The turn's conversation."""
        return self.turn.conversation_id

    @property
    def lease(self) -> int:
        """The turn's claim."""
        return self.turn.lease


Operation = Inbound | Completed | Attempt | PutBack | Event | DeskAction


def brought(arrivals: Iterable[Inbound]) -> list[tuple[str, Contact]]:
    """Who came by a link, and by which: start parameters of the kind that we give out."""
    return [
        (item.content.parameter, item.contact)
        for item in arrivals
        if isinstance(item.content, Started) and SOURCE.fullmatch(item.content.parameter)
    ]


def for_the_desk(turns: Iterable[Completed]) -> bool:
    """Whether a librarian wants to hear of these turns: somebody called one, or wrote to one."""
    return any(turn.mode is not None or turn.outcome in SILENT_OUTCOMES for turn in turns)


def outgoing(channel: str) -> tuple[str, str]:
    """Topic of a channel's sender."""
    return ("outgoing", channel)


def notice_of(topics: Iterable[object]) -> str:
    """What other processes are told; "" lets them look at everything, where it would be too long."""
    said = [["contact", topic.channel, topic.address] if isinstance(topic, Contact) else topic for topic in topics]
    payload = msgspec.json.encode(said).decode()
    return payload if len(payload) <= NOTICE_BYTES else ""


def stored_key(key: str) -> str:
    """A messenger's id that fits its column; a longer one is kept by its digest."""
    return key if len(key) <= 200 else "sha256:" + hashlib.sha256(key.encode()).hexdigest()


@dataclass(slots=True)
class Claim:
    """One conversation in hand: its fencing number, the messages still to be completed, its end."""

    lease: int
    messages: set[int]
    until: datetime


@dataclass(slots=True)
class Held:
    """Conversations that this process has in hand."""

    _claims: dict[int, Claim] = field(default_factory=dict)
    _leases: "count[int]" = field(default_factory=lambda: count(1))
    _looked_at: datetime = LONG_AGO

    def take(self, conversation_id: int, messages: set[int], now: datetime, lease: int = 0) -> int:
        """Messages of a conversation are in hand now; returns the claim's lease, a new one unless given."""
        lease = lease or next(self._leases)
        self._claims[conversation_id] = Claim(lease, messages, now + HOLD)
        return lease

    def has(self, conversation_id: int, lease: int | None = None) -> bool:
        """Whether the conversation is in hand (by this very claim, where a lease is given)."""
        claim = self._claims.get(conversation_id)
        return claim is not None and lease in (None, claim.lease)

    def conversations(self, now: datetime) -> list[int]:
        """All that are in hand; a claim whose time is over ends here."""
        for conversation_id in [key for key, claim in self._claims.items() if claim.until < now]:
            del self._claims[conversation_id]
        return list(self._claims)

    def in_hand(self) -> list[int]:
        """All conversations that are in hand, those of claims that are over included."""
        return list(self._claims)

    def messages(self) -> set[int]:
        """All messages that are in hand, likewise."""
        return {message_id for claim in self._claims.values() for message_id in claim.messages}

    def ended(self, now: datetime) -> bool:
        """Whether the time of a claim is over; looked at once a second."""
        if timedelta() <= now - self._looked_at < timedelta(seconds=1):
            return False
        self._looked_at = now
        return any(claim.until < now for claim in self._claims.values())

    def done(self, conversation_id: int, lease: int, message_id: int, now: datetime) -> bool:
        """A message is off our hands; True when it was the last one of its claim."""
        claim = self._claims.get(conversation_id)
        if claim is None or claim.lease != lease:
            return False
        claim.messages.discard(message_id)
        claim.until = now + HOLD
        if claim.messages:
            return False
        del self._claims[conversation_id]
        return True

    def holds(self, conversation_id: int, message_id: int) -> bool:
        """Whether this very message is in hand: its words have been read."""
        claim = self._claims.get(conversation_id)
        return claim is not None and message_id in claim.messages

    def is_last(self, conversation_id: int, message_id: int) -> bool:
        """Whether nothing but this message of the conversation is in hand."""
        claim = self._claims.get(conversation_id)
        return claim is None or claim.messages <= {message_id}

    def drop(self, conversation_id: int, lease: int) -> bool:
        """Forget a claim: its turns are taken anew. False where it was not ours any more."""
        if not self.has(conversation_id, lease):
            return False
        del self._claims[conversation_id]
        return True


class EarlyReceipts:
    """Receipts that overtook the mark of their own sending: kept until the mark comes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[DeliveryReceipt, datetime]] = OrderedDict()

    def keep(self, receipt: DeliveryReceipt, now: datetime) -> None:
        """Remember the furthest word about a message that is not marked as sent yet."""
        key = (receipt.channel, stored_key(receipt.external_id))
        known = self._kept.get(key)
        if known is None or RANK[known[0].delivery] < RANK[receipt.delivery]:
            self._kept[key] = (receipt, now)
        if len(self._kept) > EARLY_RECEIPTS:
            self._kept.popitem(last=False)

    def of(self, sent: Iterable[tuple[str, str]]) -> list[DeliveryReceipt]:
        """What came early of messages that are sent, told by channel and external id; it stays with us.

        The mark's transaction may fail and come again.
        """
        kept = self._kept
        return [kept[key][0] for key in sent if key[1] and key in kept] if kept else []

    def recent(self, now: datetime) -> list[DeliveryReceipt]:
        """What another process, which sends, may have marked meanwhile."""
        return [receipt for receipt, since in self._kept.values() if now - since < EARLY_FOR]

    def drop(self, receipt: DeliveryReceipt) -> None:
        """The receipt has found its message."""
        self._kept.pop((receipt.channel, stored_key(receipt.external_id)), None)


def figures_of(
    totals: tuple[int, int, int], waiting: int, oldest: datetime | None, queued: dict[int, int], now: datetime
) -> QueueFigures:
    """The port's figures."""
    received, handled, aside = totals
    return QueueFigures(
        received=received,
        handled=handled,
        aside=aside,
        waiting=waiting,
        oldest_waiting=None if oldest is None else max(now - oldest, timedelta()),
        queued={lane: queued.get(lane, 0) for lane in Lane},
    )
