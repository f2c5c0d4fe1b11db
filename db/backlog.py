"""What the one process that owns an SQLite store knows of its queues without asking: what it has just written.

Everything here is also in the store and may be forgotten at any moment (:meth:`Backlog.doubt`,
:meth:`Departures.doubt`): then the store is asked until nothing is left there that is not known here.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import field
from datetime import datetime

from bot.messages import Inbound, Outbound
from bot.ports.log import Dialogue, Mode
from bot.quick import dataclass

MOST_WAITING = 20_000
"""Unhandled messages that are remembered; what comes on top is read from the store in its turn."""
PAGE = 1_024
"""Waiting messages that are read from the store at once."""
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
    """A stored message that waits for its turn.

    Attributes:
        tries: How many turns of it have failed already.
    """

    message_id: int
    conversation_id: int
    inbound: Inbound
    received_at: datetime
    tries: int = 0


@dataclass(slots=True)
class Backlog:
    """Messages that wait for their turn, and where their conversations stand.

    All that waits in the store with a number up to ``horizon`` is either here or in somebody's hand; what lies beyond
    is read page by page, when nothing is left here that may be taken.

    Attributes:
        is_whole: Whether nothing waits beyond: what is stored from now on is remembered as it comes.
        doubts: How often everything was forgotten: a look that a doubt overtook proves nothing.
        horizon: A message's number; 0 where nothing is known.
    """

    is_whole: bool = False
    doubts: int = 0
    horizon: int = 0
    _lines: dict[int, deque[Arrived]] = field(default_factory=dict)
    _free: dict[int, None] = field(default_factory=dict)
    """Conversations that have something here and are in nobody's hand, in their order."""
    _count: int = 0
    _meanwhile: list[Arrived] | None = None
    """What came since a look began: it may not have seen it. None while nobody looks."""
    _stands: "OrderedDict[int, Stand]" = field(default_factory=OrderedDict)

    def doubt(self) -> None:
        """Somebody else wrote to the store, or something odd happened: forget everything."""
        self._lines.clear()
        self._free.clear()
        self._stands.clear()
        self._count = self.horizon = 0
        self.is_whole = False
        self.doubts += 1

    @property
    def is_empty(self) -> bool:
        """Whether nothing is remembered here, of conversations in hand neither."""
        return not self._count

    @property
    def is_full(self) -> bool:
        """Whether a page more would be too much to remember."""
        return self._count + PAGE > MOST_WAITING

    @property
    def leads_on(self) -> bool:
        """Whether there may be more beyond what the last look read, and room for it."""
        return bool(self.horizon) and not (self.is_whole or self.is_full)

    def came(self, arrived: Arrived, *, in_hand: bool) -> None:
        """A message was stored, the latest of all; ``in_hand`` tells whether its conversation is."""
        if not self.is_whole:
            if self._meanwhile is not None:
                self._meanwhile.append(arrived)
        elif self._count >= MOST_WAITING:
            self.is_whole = False
        elif arrived.message_id > self.horizon:  # else a look was quicker than the news of the commit
            self.horizon = arrived.message_id
            self._remember(arrived, in_hand=in_hand)

    def _remember(self, arrived: Arrived, *, in_hand: bool) -> None:
        self._count += 1
        line = self._lines.get(arrived.conversation_id)
        if line is not None:
            line.append(arrived)
            return
        self._lines[arrived.conversation_id] = deque((arrived,))
        if not in_hand:
            self._free[arrived.conversation_id] = None

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

    def drop(self, conversation_id: int, messages: Collection[int]) -> None:
        """These were taken from the store past us; the conversation is in hand."""
        self._free.pop(conversation_id, None)
        line = self._lines.pop(conversation_id, ())
        left = deque(arrived for arrived in line if arrived.message_id not in messages)
        self._count -= len(line) - len(left)
        if left:
            self._lines[conversation_id] = left

    def looking(self) -> None:
        """A look beyond the horizon begins; where there was none any more, at everything anew."""
        if self.is_whole:
            self.is_whole, self.horizon = False, 0
        self._meanwhile = []

    def looked(self, page: Sequence[Arrived], in_hand: Callable[[int], bool], *, to: int, everything: bool) -> None:
        """The store was looked through.

        Args:
            page: What waits beyond the horizon and was in nobody's hand when the look began, by number.
            in_hand: Whether a conversation is.
            to: The last number that was read.
            everything: Whether nothing waited beyond it.
        """
        for arrived in page:
            self._remember(arrived, in_hand=in_hand(arrived.conversation_id))
        self.horizon = max(self.horizon, to)
        if everything:
            self.is_whole = True
            for arrived in self._meanwhile or ():
                self.came(arrived, in_hand=in_hand(arrived.conversation_id))
        self.look_over()

    def look_over(self) -> None:
        """The look is over, whether it saw something or not."""
        self._meanwhile = None

    def stand(self, conversation_id: int) -> Stand | None:
        """Where the conversation stands, None where only the store knows."""
        return self._stands.get(conversation_id)

    def stands(self, conversation_id: int, stand: Stand) -> None:
        """Remember where a conversation stands."""
        self._stands.pop(conversation_id, None)
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
