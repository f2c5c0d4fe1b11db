"""What the message log is on either database: its operations, who holds what, early receipts."""

import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.clock import Clock
from bot.messages import Contact, Delivery, DeliveryReceipt, Inbound, Lane
from bot.ports import Attempt, Completed, Outcome, QueueFigures, Recorded, Waiting
from db.group_commit import GroupCommit
from db.wakes import Wakes

RETRY_LOOK_S = 1.0
"""How often a sender looks for a retry that has come due."""

MAX_TRIES = 3
"""A message whose turn failed so often is set aside with its error."""

HOLD = timedelta(seconds=60)
"""A claim that nobody completed ends by itself after this."""

RANK = {"queued": 0, Delivery.SENT: 1, Delivery.DELIVERED: 2, Delivery.READ: 3, Delivery.FAILED: 4}
EARLY_RECEIPTS = 10_000

ARRIVED = "arrived"
"""Topic of the dispatchers: an unhandled message may wait."""

SILENT_OUTCOMES = frozenset({Outcome.SILENT})


@dataclass(frozen=True, slots=True)
class PutBack:
    """A turn that failed."""

    turn: Waiting
    error: str


Operation = Inbound | Completed | Attempt | PutBack | DeliveryReceipt


def outgoing(channel: str) -> tuple[str, str]:
    """Topic of a channel's sender."""
    return ("outgoing", channel)


def stored_key(key: str) -> str:
    """An idempotency key that fits its column; a longer one is kept by its digest."""
    return key if len(key) <= 200 else "sha256:" + hashlib.sha256(key.encode()).hexdigest()


@dataclass(slots=True)
class Held:
    """Conversations that this process has in hand, with their messages still to be completed."""

    _claims: dict[int, tuple[set[int], datetime]] = field(default_factory=dict)

    def take(self, conversation_id: int, message_id: int, now: datetime) -> None:
        """One more message of the conversation is in hand."""
        messages, _ = self._claims.setdefault(conversation_id, (set(), now))
        messages.add(message_id)

    def has(self, conversation_id: int) -> bool:
        """Whether the conversation is in hand."""
        return conversation_id in self._claims

    def conversations(self, now: datetime) -> set[int]:
        """All that are in hand; a claim that nobody completed in time ends here."""
        for conversation_id in [key for key, claim in self._claims.items() if now - claim[1] > HOLD]:
            del self._claims[conversation_id]
        return set(self._claims)

    def done(self, conversation_id: int, message_id: int) -> bool:
        """A message is off our hands; True when it was the conversation's last."""
        claim = self._claims.get(conversation_id)
        if claim is None:
            return True
        claim[0].discard(message_id)
        if claim[0]:
            return False
        del self._claims[conversation_id]
        return True

    def is_last(self, conversation_id: int, message_id: int) -> bool:
        """Whether nothing but this message of the conversation is in hand."""
        claim = self._claims.get(conversation_id)
        return claim is None or claim[0] <= {message_id}

    def drop(self, conversation_id: int) -> None:
        """Forget the conversation's claim: its turns are taken anew."""
        self._claims.pop(conversation_id, None)

    @property
    def messages(self) -> int:
        """Messages in hand."""
        return sum(len(messages) for messages, _ in self._claims.values())


class EarlyReceipts:
    """Receipts that overtook the mark of their own sending: kept until the mark comes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], DeliveryReceipt] = OrderedDict()

    def keep(self, receipt: DeliveryReceipt) -> None:
        """Remember the furthest word about a message that is not marked as sent yet."""
        key = (receipt.channel, receipt.external_id)
        known = self._kept.get(key)
        if known is None or RANK[known.delivery] < RANK[receipt.delivery]:
            self._kept[key] = receipt
        if len(self._kept) > EARLY_RECEIPTS:
            self._kept.popitem(last=False)

    def take(self, channel: str, external_id: str) -> DeliveryReceipt | None:
        """The word that came early, once."""
        return self._kept.pop((channel, external_id), None)


@dataclass(slots=True)
class Tally:
    """What this process took in and dealt with since its start."""

    received: int = 0
    handled: int = 0
    aside: int = 0

    def figures(self, waiting: int, oldest: datetime | None, queued: dict[int, int], now: datetime) -> QueueFigures:
        """The port's figures."""
        return QueueFigures(
            received=self.received,
            handled=self.handled,
            aside=self.aside,
            waiting=waiting,
            oldest_waiting=None if oldest is None else max(now - oldest, timedelta()),
            queued={lane: queued.get(lane, 0) for lane in Lane},
        )


class CommonLog:
    """The half of the log that does not know its database: callers wait, one writer keeps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wakes = Wakes()
        self._held = Held()
        self._sending: set[int] = set()
        self._early = EarlyReceipts()
        self._tally = Tally()
        self._commits: GroupCommit[Operation] = GroupCommit(self._flush)

    async def _flush(self, operations: Sequence[Operation]) -> Sequence[object]:
        raise NotImplementedError  # each database has its own

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC)

    def _let_go(self, operation: Operation, result: object) -> bool:
        """After the commit: count, and drop what we had in hand; True when a conversation is free again."""
        match operation:
            case Inbound():
                self._tally.received += isinstance(result, Recorded) and result.fresh
            case Completed():
                self._tally.handled += bool(result)
                return self._held.done(operation.conversation_id, operation.message_id)
            case PutBack():
                self._tally.aside += bool(result)
                self._held.drop(operation.turn.conversation_id)
                return True
            case Attempt():
                self._sending.discard(operation.message_id)
            case DeliveryReceipt():
                pass
        return False

    async def record(self, message: Inbound) -> Recorded:
        recorded = await self._commits.put(message)
        assert isinstance(recorded, Recorded)
        return recorded

    async def complete(self, turn: Completed) -> bool:
        return bool(await self._commits.put(turn))

    async def put_back(self, turn: Waiting, error: str) -> None:
        await self._commits.put(PutBack(turn, error))

    async def attempted(self, attempt: Attempt) -> None:
        await self._commits.put(attempt)

    async def receipt(self, receipt: DeliveryReceipt) -> None:
        await self._commits.put(receipt)

    def changes(self) -> AsyncIterator[None]:
        return self._wakes.on(ARRIVED)

    def outgoing_changes(self, channel: str) -> AsyncIterator[None]:
        """Yields when the channel may have something to send."""
        return self._wakes.on(outgoing(channel), heartbeat_s=RETRY_LOOK_S)

    def wake(self) -> None:
        """Let everybody who waits for changes look once."""
        self._wakes.wake_all()

    def changed(self, contact: Contact) -> AsyncIterator[None]:
        return self._wakes.on(contact)
