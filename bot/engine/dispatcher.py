"""One message in, one committed turn, replies into the outbox.

Turns of one conversation are taken one after another, in order; many conversations at once. Under load everything
goes by the batch: what was claimed together is answered in a row, what was answered during one commit shares the
next one, and only a handler that has to wait costs a task of its own.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from time import perf_counter
from typing import TypeVar

import structlog

from bot.clock import Clock
from bot.endings import ended
from bot.engine.batching import Hand, Row, Tasks, Together
from bot.engine.metrics import Metrics
from bot.engine.patience import InTime, rest
from bot.engine.privacy import Privacy
from bot.engine.turns import Turns, continued, routes, silent
from bot.errors import StoreUnavailable
from bot.ports.library import Library
from bot.ports.log import Completed, MessageLog, Waiting
from bot.ports.understanding import Understanding
from bot.quick import dataclass
from bot.routing import Handler, Trigger

__all__ = ["Dispatcher", "Policy", "routes", "unchanged"]

Result = TypeVar("Result")
log = structlog.get_logger(__name__)

IN_HAND = 512
"""Messages that are in turns at once; the rest waits in the store."""
HANDLER_S = 10.0
PAUSES_S = (0.2, 1.0, 3.0)
"""Before a failed turn is put back, by how often it failed: a fault of seconds sets nothing aside."""
AWAY_S = (0.2, 1.0, 3.0, 5.0, 10.0, 10.0, 10.0, 10.0)
"""Pauses while the store is away, together shorter than a claim lasts: what is worded need not be worded anew."""

Policy = Callable[[Completed], Completed]
OPEN = Privacy()
"""Every channel carries everything."""


def unchanged(turn: Completed) -> Completed:
    """The policy that lets everything pass."""
    return turn


@dataclass(slots=True)
class _Line:
    """The claimed messages of one conversation, the first of them in its turn."""

    turns: deque[Waiting]


@dataclass(slots=True)
class _Answered:
    """A turn that is to be kept."""

    line: _Line
    waiting: Waiting
    completed: Completed
    began: float
    hushed: bool = False
    """A librarian took the conversation meanwhile, or the claim was lost: silence is kept instead."""


class Dispatcher:
    """Takes waiting messages and keeps what their turns change.

    Args:
        store: The log.
        understanding: A reader's words to requests.
        table: Handlers by trigger (:func:`routes`).
        library: What handlers may ask.
        clock: Where moments come from.
        metrics: Where turns are counted.
        language: The language of readers whose messenger reports none.
        policy: What every turn passes before it is kept.
        privacy: What the channels may carry, whatever handler worded it.
        at_once: Intents and topics that go to a person without a question.
    """

    def __init__(
        self,
        store: MessageLog,
        understanding: Understanding,
        table: Mapping[Trigger, Handler],
        library: Library,
        clock: Clock,
        metrics: Metrics,
        *,
        language: str = "ru",
        policy: Policy = unchanged,
        privacy: Privacy = OPEN,
        at_once: Collection[str] = (),
    ) -> None:
        self._store = store
        self._turns = Turns(understanding, table, library, clock, language, privacy, at_once)
        self._metrics = metrics
        self._policy = policy
        self._tasks = Tasks()
        self._ready = Row(self._tasks, self._turn)
        self._answered = Together(self._tasks, self._keep_together)
        self._in_hand = 0
        self._room = asyncio.Event()
        self._room.set()
        self._away = False
        self._stopping = asyncio.Event()

    @property
    def away(self) -> bool:
        """Whether the store did not answer when it was last asked."""
        return self._away

    async def run(self) -> None:
        """Take turns until :meth:`stop`. Cancelled, it drops the turns in hand, half of none being kept."""
        try:
            async with ended(self._store.changes()) as changes:
                async for _ in changes:
                    await self._take_all()
                    if self._stopping.is_set():
                        break
            await self._hands_empty()
        except asyncio.CancelledError:
            await self._tasks.cancel()
            raise

    def stop(self) -> None:
        """Take nothing new; ``run`` ends when the turns in hand are kept."""
        self._stopping.set()
        self._room.set()

    async def take(self, conversation_id: int) -> None:
        """Take the waiting turns of one conversation now (the command line asks so)."""
        self._begin(await self._store.claim(IN_HAND, conversation_id))
        await self._hands_empty()

    async def _hands_empty(self) -> None:
        while self._in_hand:
            self._room.clear()
            await self._room.wait()

    # --- claiming --------------------------------------------------------------------------------

    async def _take_all(self) -> None:
        """Begin turns until nothing waits that we may have."""
        failures = 0
        while not self._stopping.is_set():
            while self._in_hand >= IN_HAND and not self._stopping.is_set():
                self._room.clear()
                await self._room.wait()
            if self._stopping.is_set():
                return
            try:
                claimed = await self._store.claim(IN_HAND - self._in_hand)
            except StoreUnavailable as error:
                self._lost(error)
                await rest(AWAY_S[min(failures, len(AWAY_S) - 1)], self._stopping)
                failures += 1
                continue
            self._found()
            if not claimed:
                return
            failures = 0
            self._begin(claimed)

    def _begin(self, claimed: list[Waiting]) -> None:
        lines: dict[int, _Line] = {}
        for waiting in claimed:
            line = lines.get(waiting.conversation_id)
            if line is None:
                lines[waiting.conversation_id] = _Line(deque((waiting,)))
            else:
                line.turns.append(waiting)
        self._in_hand += len(claimed)
        self._ready.add(lines.values())

    def _lost(self, error: StoreUnavailable) -> None:
        if not self._away:
            self._away = True
            log.error("store lost", why=str(error))

    def _found(self) -> None:
        if self._away:
            self._away = False
            log.info("store back")

    async def _patiently(self, ask: Callable[[], Awaitable[Result]]) -> Result:
        """Ask again while the store is away, almost as long as a claim lasts, or until told to stop."""
        for pause in AWAY_S:
            try:
                result = await ask()
            except StoreUnavailable as error:
                self._lost(error)
                if self._stopping.is_set():
                    raise
                await rest(pause, self._stopping)
            else:
                self._found()
                return result
        return await ask()

    # --- answering and keeping -------------------------------------------------------------------

    async def _turn(self, line: _Line, hand: Hand) -> None:
        waiting, began = line.turns[0], perf_counter()
        try:
            answered = await self._turns.answered(waiting, lambda moves: InTime(moves, HANDLER_S, hand.waits))
            completed = self._policy(answered)
        except StoreUnavailable as error:
            self._tasks.start(self._put_back(line, error))
        except Exception as error:
            log.exception("turn failed", message=waiting.message_id)
            self._tasks.start(self._put_back(line, error))
        else:
            self._answered.add(_Answered(line, waiting, completed, began))

    async def _keep_together(self, batch: list[_Answered]) -> None:
        turns = [answered.completed for answered in batch]
        try:
            # Safe to repeat: what was kept by a commit whose answer got lost is not kept twice.
            outcomes = await self._patiently(lambda: self._store.complete_many(turns))
        except Exception as error:
            if not isinstance(error, StoreUnavailable):
                log.exception("turns not kept")
            for answered in batch:
                self._tasks.start(self._put_back(answered.line, error))
            return
        done = 0
        for answered, outcome in zip(batch, outcomes, strict=True):
            done += self._after(answered, outcome)
        self._done(done)

    def _after(self, answered: _Answered, outcome: bool | Exception) -> int:
        """The turn is kept and the next one may begin; or it is not, and what then. How many are off our hands."""
        line, waiting = answered.line, answered.waiting
        if isinstance(outcome, Exception):
            log.error("turn not kept", message=waiting.message_id, error=type(outcome).__name__)
            self._tasks.start(self._put_back(line, outcome))
        elif outcome:
            completed = answered.completed
            self._metrics.turn(completed.intent, completed.outcome, perf_counter() - answered.began)
            line.turns.popleft()
            if line.turns:
                line.turns[0] = continued(line.turns[0], completed)
                self._ready.add((line,))
            return 1
        elif not answered.hushed:
            self._answered.add(_Answered(line, waiting, silent(waiting), answered.began, hushed=True))
        else:
            log.info("claim lost", message=waiting.message_id)
            return len(line.turns)
        return 0

    def _done(self, count: int) -> None:
        self._in_hand -= count
        self._room.set()

    async def _put_back(self, line: _Line, error: Exception) -> None:
        """The turn failed: it is taken anew, and the later ones of its conversation after it."""
        waiting = line.turns[0]
        try:
            log.warning(
                "turn put back", message=waiting.message_id, tries=waiting.tries + 1, error=type(error).__name__
            )
            await rest(PAUSES_S[min(waiting.tries, len(PAUSES_S) - 1)], self._stopping)
            said, farewell = f"{type(error).__name__}: {error}", self._turns.apology(waiting)
            await self._patiently(lambda: self._store.put_back(waiting, said, farewell))
        except StoreUnavailable:
            log.warning("not put back", message=waiting.message_id)  # the claim ends by itself
        finally:
            self._done(len(line.turns))
