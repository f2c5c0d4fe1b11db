"""What the one process that owns an SQLite store knows of its queues without asking: what it has just written.

Everything here is also in the store and may be forgotten at any moment (:meth:`Backlog.doubt`,
:meth:`Departures.doubt`): then the store is asked until nothing is left there that is not known here.
"""

from collections import OrderedDict, deque
from collections.abc import Collection, Iterable
from dataclasses import field
from datetime import datetime

from bot.messages import Inbound, Outbound
from bot.ports.log import Dialogue, Mode
from bot.quick import dataclass

MOST_WAITING = 20_000
"""Unhandled messages that are remembered; what comes on top is read from the store in its turn."""
MOST_CONVERSATIONS = 8_192
MOST_LEAVING = 5_000


@dataclass(slots=True)
class Stand:
    """Where a conversation stands.

    Attributes:
        met: Whether there are earlier messages in it.
        heard_at: When the reader last wrote.
    """

    mode: Mode
    dialogue: Dialogue
    met: bool
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class Arrived:
    """A stored message that waits for its turn."""

    message_id: int
    inbound: Inbound
    received_at: datetime


@dataclass(slots=True)
class Backlog:
    """Messages that wait for their turn, and where their conversations stand.

    Attributes:
        is_whole: Whether every message that waits in the store is either here or in somebody's hand.
        doubts: How often everything was forgotten: a look that a doubt overtook proves nothing.
    """

    is_whole: bool = False
    doubts: int = 0
    _lines: dict[int, deque[Arrived]] = field(default_factory=dict)
    _free: dict[int, None] = field(default_factory=dict)
    """Conversations that have something here and are in nobody's hand, in their order."""
    _count: int = 0
    _doubtful: set[int] = field(default_factory=set)
    """Conversations of which more may wait in the store, hidden from a look because they were in hand."""
    _missed: set[int] = field(default_factory=set)
    """Conversations of which a message came that was not remembered since a look began: it may not have seen it."""
    _stands: "OrderedDict[int, Stand]" = field(default_factory=OrderedDict)

    def doubt(self, in_hand: Iterable[int]) -> None:
        """Somebody else wrote to the store, or something odd happened: forget everything."""
        self._lines.clear()
        self._free.clear()
        self._stands.clear()
        self._count = 0
        self.is_whole = False
        self.doubts += 1
        self._doubtful = set(in_hand)

    def came(self, conversation_id: int, arrived: Arrived, *, in_hand: bool) -> None:
        """A message was stored."""
        if self._count >= MOST_WAITING or conversation_id in self._doubtful:
            self.is_whole = False
            self._doubtful.add(conversation_id)
            self._missed.add(conversation_id)
            return
        self._count += 1
        line = self._lines.get(conversation_id)
        if line is not None:
            line.append(arrived)
            return
        self._lines[conversation_id] = deque((arrived,))
        if not in_hand:
            self._free[conversation_id] = None

    def take(self, limit: int, most: int) -> list[tuple[int, list[Arrived]]]:
        """The next messages by conversation, ``most`` of one at most; they are in hand from now on.

        Where many conversations wait each gives few: turns of one stand in line for each other's commits, those of
        many share one.
        """
        taken: list[tuple[int, list[Arrived]]] = []
        while limit > 0 and self._free:
            share = min(most, -(-limit // len(self._free)))
            conversation_id = next(iter(self._free))
            del self._free[conversation_id]
            line = self._lines[conversation_id]
            if len(line) <= share:
                del self._lines[conversation_id]
                some = list(line)
            else:
                some = [line.popleft() for _ in range(share)]
            self._count -= len(some)
            limit -= len(some)
            taken.append((conversation_id, some))
        return taken

    def let_go(self, conversation_id: int) -> None:
        """The conversation is in nobody's hand any more."""
        if conversation_id in self._lines:
            self._free[conversation_id] = None

    def looking(self) -> None:
        """A look begins: what comes from now on it may see or not."""
        self._missed.clear()

    def looked(self, found: dict[int, set[int]], in_hand: Collection[int], *, everything: bool, most: int) -> None:
        """The store was looked through: ``found`` (by conversation) is in hand now and need not be remembered.

        Args:
            found: Messages by conversation.
            in_hand: Conversations that the look left out.
            everything: Whether it went to the end of what waits.
            most: Messages of one conversation that a look brings at most.
        """
        for conversation_id, messages in found.items():
            self._free.pop(conversation_id, None)
            line = self._lines.pop(conversation_id, None)
            if line is None:
                continue
            left = deque(arrived for arrived in line if arrived.message_id not in messages)
            self._count -= len(line) - len(left)
            if left:
                self._lines[conversation_id] = left
        if everything:
            self._doubtful.intersection_update(in_hand)
            self._doubtful |= self._missed
            self._doubtful.update(key for key, messages in found.items() if len(messages) >= most)
            self.is_whole = not self._doubtful

    def stand(self, conversation_id: int) -> Stand | None:
        """Where the conversation stands, None where only the store knows."""
        return self._stands.get(conversation_id)

    def stands(self, conversation_id: int, stand: Stand | None) -> None:
        """Remember (or forget) where a conversation stands."""
        self._stands.pop(conversation_id, None)
        if stand is not None:
            self._stands[conversation_id] = stand
            if len(self._stands) > MOST_CONVERSATIONS:
                self._stands.popitem(last=False)


@dataclass(slots=True)
class Departures:
    """Replies of one channel that are to be sent.

    Attributes:
        is_sure: Whether every reply that is queued in the store is here or under way, but for those of
            conversations about which a look said otherwise.
        doubts: As above.
    """

    is_sure: bool = False
    doubts: int = 0
    _others: bool = False
    """Whether notices or announcements were queued at the last look: which of them may leave only the store knows."""
    _lines: dict[int, deque[Outbound]] = field(default_factory=dict)
    _free: dict[int, None] = field(default_factory=dict)
    _unsure: set[int] = field(default_factory=set)
    _missed: set[int] = field(default_factory=set)
    """Conversations of which a reply was queued that was not remembered since a look began, as above."""

    def doubt(self) -> None:
        """Forget everything, as above."""
        self._lines.clear()
        self._free.clear()
        self._unsure.clear()
        self.is_sure = False
        self.doubts += 1

    def came(self, conversation_id: int, reply: Outbound, *, busy: bool) -> None:
        """A reply was queued."""
        if not self.is_sure or conversation_id in self._unsure:
            self._missed.add(conversation_id)
            return
        if len(self._lines) >= MOST_LEAVING:
            self.doubt()
            return
        line = self._lines.get(conversation_id)
        if line is not None:
            line.append(reply)
            return
        self._lines[conversation_id] = deque((reply,))
        if not busy:
            self._free[conversation_id] = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing at all can leave that is not known here."""
        return self.is_sure and not self._others and not self._unsure

    def take(self, limit: int) -> list[tuple[int, Outbound]]:
        """The next replies, one a conversation; they are under way from now on."""
        taken: list[tuple[int, Outbound]] = []
        while len(taken) < limit and self._free:
            conversation_id = next(iter(self._free))
            del self._free[conversation_id]
            line = self._lines[conversation_id]
            taken.append((conversation_id, line.popleft()))
            if not line:
                del self._lines[conversation_id]
        return taken

    def claimed(self, conversation_id: int, message_id: int) -> None:
        """A message of the conversation is under way by the store's own word."""
        self._free.pop(conversation_id, None)
        line = self._lines.pop(conversation_id, None)
        left = deque(reply for reply in line or () if reply.message_id != message_id)
        if left:
            self._lines[conversation_id] = left

    def let_go(self, conversation_id: int) -> None:
        """Nothing of the conversation is under way any more."""
        if conversation_id in self._lines:
            self._free[conversation_id] = None

    def leave_to_the_store(self, conversation_id: int) -> None:
        """A reply of the conversation waits for another try: what follows it waits with it."""
        self._lines.pop(conversation_id, None)
        self._free.pop(conversation_id, None)
        self._unsure.add(conversation_id)

    def looking(self) -> None:
        """A look begins, as above."""
        self._missed.clear()

    def looked(
        self, queued: Collection[tuple[int, int]], under_way: Collection[int], *, everything: bool, others: bool = False
    ) -> None:
        """The store was looked through.

        Args:
            queued: Its queued replies as (message, conversation).
            under_way: Messages that are being sent.
            everything: Whether these are all of them.
            others: Whether anything else is queued that is no reply.
        """
        self._others = others
        known = {reply.message_id for line in self._lines.values() for reply in line}
        self._unsure = {key for message, key in queued if message not in known and message not in under_way}
        self._unsure |= self._missed
        for conversation_id in self._unsure:
            self._lines.pop(conversation_id, None)
            self._free.pop(conversation_id, None)
        self.is_sure = everything
