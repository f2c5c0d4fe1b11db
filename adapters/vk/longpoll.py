"""Bots Long Poll: events in batches, and what was written while nobody asked.

Source of the protocol: dev.vk.com, "Использование Bots Long Poll API".
"""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from adapters.http import HttpClient
from adapters.vk.client import VkClient
from bot.clock import Clock
from bot.errors import ChannelUnavailable
from bot.quick import dataclass

WAIT_S = 25
"""How long VK keeps a question that has no answer yet; 90 at most, 25 recommended."""
MOST_CONVERSATIONS = 200
MOST_MESSAGES = 200
STILL_ON_THE_WAY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Batch:
    """Events and the number that says they were taken; ``history`` where they come from a conversation's history."""

    events: Sequence[Mapping[str, Any]]
    ts: str = ""
    history: bool = False


@dataclass(frozen=True, slots=True)
class _Server:
    address: str
    key: str


class LongPoll:
    """One community's queue of events.

    VK keeps it for a short while only, and a new start begins at its end. So after a start, and whenever VK says
    that events were lost, the last messages of conversations are read from the history; those that we have
    already are known by their number.

    Args:
        client: Calls of the API.
        group_id: The community.
        catch_up_h: Hours that the look into the history goes back, 0 for no look.
        clock: Where moments come from.
    """

    def __init__(self, client: VkClient, group_id: int, catch_up_h: float, clock: Clock) -> None:
        self._client = client
        self._group_id = group_id
        self._catch_up = timedelta(hours=catch_up_h)
        self._clock = clock
        self._http = HttpClient("")
        self._server: _Server | None = None
        self._ts = ""
        self._behind = bool(catch_up_h)
        self._unseen: deque[int] | None = None
        self._failed = False

    async def next(self) -> Batch:
        """The next events, perhaps none after half a minute. Raises ChannelError."""
        if self._server is None:
            await self._renew()
        if self._behind and (missed := await self._missed()) is not None:
            return missed
        answer = await self._asked()
        self._see(answer)
        match answer.get("failed"):
            case None:
                return Batch(_events(answer.get("updates")), str(answer["ts"]))
            case 1:  # VK has thrown events away: it names the number to go on from
                self._ts = str(answer.get("ts", ""))
                self._fall_behind()
            case 2:  # the key is too old; the queue stands
                self._server = None
            case _:
                self._server, self._ts = None, ""
                self._fall_behind()
        return Batch((), self._ts)

    def _see(self, answer: Mapping[str, Any]) -> None:
        """A failure is mended at once, a second one in a row after a pause."""
        again, self._failed = self._failed and "failed" in answer, "failed" in answer
        if again:
            self._server = None
            raise ChannelUnavailable("VK's long poll fails again and again")

    def took(self, batch: Batch) -> None:
        """The batch is kept: VK need not tell it again."""
        if batch.ts:
            self._ts = batch.ts
        if batch.history and self._unseen:
            self._unseen.popleft()

    async def aclose(self) -> None:
        """Give the connection back."""
        await self._http.aclose()

    async def _renew(self) -> None:
        answer = _object(await self._client.call("groups.getLongPollServer", group_id=self._group_id))
        if not {"server", "key", "ts"} <= answer.keys():
            raise ChannelUnavailable("VK answered groups.getLongPollServer with something else")
        self._server = _Server(str(answer["server"]), str(answer["key"]))
        self._ts = self._ts or str(answer["ts"])

    async def _asked(self) -> Mapping[str, Any]:
        assert self._server is not None
        params = {"act": "a_check", "key": self._server.key, "ts": self._ts, "wait": str(WAIT_S)}
        answer = await self._http.call("GET", self._server.address, params=params, timeout_s=WAIT_S + 10)
        found = answer.json() if answer.status == 200 else None
        if not isinstance(found, dict) or not ("failed" in found or "ts" in found):
            self._server = None  # perhaps the server has moved
            raise ChannelUnavailable(f"VK's long poll answered HTTP {answer.status} and nothing readable")
        return found

    # --- what was written meanwhile --------------------------------------------------------------

    def _fall_behind(self) -> None:
        self._behind, self._unseen = self._catch_up > timedelta(0), None

    async def _missed(self) -> Batch | None:
        """What perhaps nobody has answered in one more conversation; None once all were looked at.

        One at a time: where VK answers badly, what was looked at need not be looked at again.
        """
        since = int((self._clock.now() - self._catch_up).timestamp())
        if self._unseen is None:
            self._unseen = deque(await self._unsettled(since))
        if not self._unseen:
            self._behind, self._unseen = False, None
            return None
        words = await self._unanswered(self._unseen[0], since)
        return Batch(
            [{"type": "message_new", "object": {"message": one}, "group_id": self._group_id} for one in words],
            history=True,
        )

    async def _unsettled(self, since: int) -> list[int]:
        """Whose conversation has something new, the one that waits longest first."""
        found = await self._client.call("messages.getConversations", filter="all", count=MOST_CONVERSATIONS)
        last = [_object(item.get("last_message")) for item in _events(_object(found).get("items"))]
        last = [message for message in last if _date(message) >= since and not self._settles(message)]
        last.sort(key=lambda message: (_date(message), str(message.get("id", "")).zfill(20)))
        return [message["peer_id"] for message in last if isinstance(message.get("peer_id"), int)]

    async def _unanswered(self, peer_id: int, since: int) -> list[Mapping[str, Any]]:
        """The reader's last words in one conversation, in their order."""
        history = await self._client.call("messages.getHistory", peer_id=peer_id, count=MOST_MESSAGES)
        words: list[Mapping[str, Any]] = []
        for message in _events(_object(history).get("items")):  # the newest is the first
            if _date(message) < since or self._settles(message):
                break
            if not message.get("out"):
                words.append(message)
        return words[::-1]

    def _settles(self, message: Mapping[str, Any]) -> bool:
        """Whether all before is answered: a person's reply does that, ours once it is not quite new.

        Ours may have answered an earlier question while the next ones were still on their way.
        """
        if not message.get("out"):
            return False
        recently = int((self._clock.now() - STILL_ON_THE_WAY).timestamp())
        return bool(message.get("admin_author_id")) or _date(message) < recently


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _events(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _date(message: Mapping[str, Any]) -> int:
    date = message.get("date")
    return date if isinstance(date, int) else 0
