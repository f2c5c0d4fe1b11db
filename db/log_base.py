"""The message log, the half that does not know its database: callers wait, one writer keeps."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from bot.clock import Clock
from bot.desk_actions import Acted, DeskAction
from bot.errors import InputError, StoreUnavailable
from bot.messages import Contact, Event, Inbound, Reply
from bot.ports.log import Attempt, Completed, Recorded, Waiting
from db.group_commit import GroupCommit, Refused
from db.log_common import ARRIVED, DESK, RETRY_LOOK_S, Fate, Held, Operation, PutBack, outgoing
from db.wakes import HEARTBEAT_S, Wakes

log = structlog.get_logger(__name__)

REFUSED_FOR = timedelta(seconds=60)
"""So long a refusal is told, unless something is kept before: where nobody writes any more nobody is refused."""


class CommonLog:
    """The half of the log that does not know its database: callers wait, one writer keeps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wakes = Wakes()
        self._held = Held()
        self._sending: dict[int, int] = {}
        """Conversation by outbound message under way: one at a time a conversation."""
        self._commits: GroupCommit[Operation] = GroupCommit(self._tried)
        self._arrivals = self._commits
        """What keeps messages and events as they come in."""
        self._refusal: tuple[str, datetime] | None = None

    async def _tried(self, operations: Sequence[Operation]) -> Sequence[object]:
        try:
            results = await self._flush(operations)
        except StoreUnavailable as error:
            if self._refusal is None:
                log.error("nothing is kept", why=str(error))
            self._refusal = str(error), self._now()
            raise
        if self._refusal is not None:
            log.info("messages are kept again")
            self._refusal = None
        return results

    def refused(self) -> str:
        if self._refusal is None:
            return ""
        why, at = self._refusal
        return why if self._now() - at < REFUSED_FOR else ""

    async def _flush(self, operations: Sequence[Operation]) -> Sequence[object]:
        raise NotImplementedError  # each database has its own

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC)

    async def record(self, message: Inbound) -> Recorded:
        try:
            recorded = await self._arrivals.put(message)
        except Exception as error:
            raise _of_the_item(error) from error
        assert isinstance(recorded, Recorded)
        return recorded

    async def complete(self, turn: Completed) -> bool:
        return await self._commits.put(turn) is Fate.KEPT

    async def complete_many(self, turns: Sequence[Completed]) -> list[bool | Exception]:
        fates = await self._commits.put_many(turns)
        return [fate.error if isinstance(fate, Refused) else fate is Fate.KEPT for fate in fates]

    async def put_back(self, turn: Waiting, error: str, farewell: Reply | None = None) -> None:
        await self._commits.put(PutBack(turn, error, farewell))

    async def attempted(self, attempt: Attempt) -> None:
        await self._commits.put(attempt)

    async def attempted_many(self, attempts: Sequence[Attempt]) -> list[Exception | None]:
        kept = await self._commits.put_many(attempts)
        return [each.error if isinstance(each, Refused) else None for each in kept]

    async def note(self, event: Event) -> None:
        try:
            await self._arrivals.put(event)
        except Exception as error:
            raise _of_the_item(error) from error

    async def act(self, action: DeskAction) -> Acted:
        acted = await self._commits.put(action)
        assert isinstance(acted, Acted)
        return acted

    def desk_changes(self, contact: Contact | None = None, heartbeat_s: float = HEARTBEAT_S) -> AsyncIterator[None]:
        return self._wakes.on(*((ARRIVED, DESK) if contact is None else (contact,)), heartbeat_s=heartbeat_s)

    def changes(self) -> AsyncIterator[None]:
        return self._wakes.on(ARRIVED)

    def outgoing_changes(self, channel: str) -> AsyncIterator[None]:
        return self._wakes.on(outgoing(channel), heartbeat_s=RETRY_LOOK_S)

    def wake(self) -> None:
        self._wakes.wake_all()

    def changed(self, contact: Contact) -> AsyncIterator[None]:
        return self._wakes.on(contact)


def _of_the_item(error: Exception) -> Exception:
    """InputError where the database will never take just this: too long, or signs that it does not know."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    unfit = isinstance(error, UnicodeError | OverflowError) or "DataError" in kinds  # each driver has one
    return InputError(f"the store cannot keep it ({type(error).__name__})") if unfit else error
