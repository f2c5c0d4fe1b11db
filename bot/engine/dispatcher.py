"""One message in, one committed turn, replies into the outbox.

Turns of one conversation are taken one after another, in order; many conversations at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import replace
from itertools import groupby
from time import perf_counter
from typing import TypeVar

import structlog

from bot.clock import Clock
from bot.engine import phrases
from bot.engine.conversations import Call, Decision, Say, Silence, after, decide
from bot.engine.metrics import Metrics
from bot.errors import StoreUnavailable
from bot.messages import Reply
from bot.ports import Completed, Library, MessageLog, Mode, Outcome, Understanding, Waiting
from bot.routing import Answer, Handler, Router, Trigger, Turn
from bot.wording import in_language

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


def unchanged(turn: Completed) -> Completed:
    """The policy that lets everything pass."""
    return turn


def routes(routers: Iterable[Router]) -> dict[Trigger, Handler]:
    """One table of all handlers; where two modules want the same trigger, the earlier wins.

    Raises:
        ValueError: Nobody handles the fallback intent, so a reader could meet a dead end.
    """
    table: dict[Trigger, Handler] = {}
    for router in routers:
        for trigger, handler in router.table.items():
            table.setdefault(trigger, handler)
    if Trigger("intent", "fallback") not in table:
        raise ValueError("no module of `intents:` handles the fallback")
    return table


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
        policy: The one place that every turn passes before it is kept: what a channel may carry
            (its data class) is enforced here, whatever handler worded it.
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
    ) -> None:
        self._store = store
        self._understand = understanding.understand
        self._table = {(trigger.kind, trigger.key): handler for trigger, handler in table.items()}
        self._fallback = table[Trigger("intent", "fallback")]
        self._library = library
        self._clock = clock
        self._metrics = metrics
        self._language = language
        self._policy = policy
        self._tasks: set[asyncio.Task[None]] = set()
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
            async with aclosing(self._store.changes()) as changes:  # type: ignore[type-var]
                async for _ in changes:
                    await self._take_all()
                    if self._stopping.is_set():
                        break
            if self._tasks:
                await asyncio.wait(self._tasks)
        except asyncio.CancelledError:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            raise

    def stop(self) -> None:
        """Take nothing new; ``run`` ends when the turns in hand are kept."""
        self._stopping.set()
        self._room.set()

    async def _take_all(self) -> None:
        """Begin turns until nothing waits that we may have."""
        failures = 0
        while not self._stopping.is_set():
            await self._room.wait()
            if self._stopping.is_set():
                return
            try:
                claimed = await self._store.claim(IN_HAND - self._in_hand)
            except StoreUnavailable as error:
                self._lost(error)
                await self._rest(AWAY_S[min(failures, len(AWAY_S) - 1)])
                failures += 1
                continue
            self._found()
            if not claimed:
                return
            failures = 0
            self._begin(claimed)

    def _lost(self, error: StoreUnavailable) -> None:
        if not self._away:
            self._away = True
            log.error("store lost", why=str(error))

    def _found(self) -> None:
        if self._away:
            self._away = False
            log.info("store back")

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass

    async def _patiently(self, ask: Callable[[], Awaitable[Result]]) -> Result:
        """Ask again while the store is away, almost as long as a claim lasts, or until told to stop."""
        for pause in AWAY_S:
            try:
                result = await ask()
            except StoreUnavailable as error:
                self._lost(error)
                if self._stopping.is_set():
                    raise
                await self._rest(pause)
            else:
                self._found()
                return result
        return await ask()

    async def take(self, conversation_id: int) -> None:
        """Take the waiting turns of one conversation now (the command line asks so)."""
        await self._in_order(await self._store.claim(IN_HAND, conversation_id))

    def _begin(self, claimed: list[Waiting]) -> None:
        by_conversation = sorted(claimed, key=lambda waiting: (waiting.conversation_id, waiting.message_id))
        for _, group in groupby(by_conversation, key=lambda waiting: waiting.conversation_id):
            turns = list(group)
            self._in_hand += len(turns)
            task = asyncio.create_task(self._one_after_another(turns))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self._in_hand >= IN_HAND:
            self._room.clear()

    async def _one_after_another(self, turns: list[Waiting]) -> None:
        try:
            await self._in_order(turns)
        finally:
            self._in_hand -= len(turns)
            self._room.set()

    async def _in_order(self, turns: list[Waiting]) -> None:
        """The claimed turns of one conversation; the first that is not kept ends them, to be taken anew."""
        before = None
        for claimed in turns:
            # Claimed together: the later message sees what the earlier one left.
            before = await self._turn(_continued(claimed, before) if before else claimed)
            if before is None:
                return

    async def _turn(self, waiting: Waiting) -> Completed | None:
        """One turn; None where the later ones must wait: it was put back, or the claim is not ours any more."""
        began = perf_counter()
        try:
            completed = self._policy(await self._answered(waiting))
            if not await self._kept(completed):
                # A librarian took the conversation meanwhile, or the claim was lost: say nothing.
                completed = _silent(waiting)
                if not await self._kept(completed):
                    log.info("claim lost", message=waiting.message_id)
                    return None
        except StoreUnavailable as error:
            await self._put_back(waiting, error)
            return None
        except Exception as error:
            log.exception("turn failed", message=waiting.message_id)
            await self._put_back(waiting, error)
            return None
        self._metrics.turn(completed.intent, completed.outcome.value, perf_counter() - began)
        return completed

    async def _kept(self, completed: Completed) -> bool:
        # Safe to repeat: what was kept by a commit whose answer got lost is not kept twice.
        return await self._patiently(lambda: self._store.complete(completed))

    async def _put_back(self, waiting: Waiting, error: Exception) -> None:
        log.warning("turn put back", message=waiting.message_id, tries=waiting.tries + 1, error=type(error).__name__)
        await self._rest(PAUSES_S[min(waiting.tries, len(PAUSES_S) - 1)])
        with in_language(self._language_of(waiting)):
            farewell = phrases.apology()
        said = f"{type(error).__name__}: {error}"
        try:
            await self._patiently(lambda: self._store.put_back(waiting, said, farewell))
        except StoreUnavailable:
            log.warning("not put back", message=waiting.message_id)  # the claim ends by itself

    async def _answered(self, waiting: Waiting) -> Completed:
        now = self._clock.now()
        language = self._language_of(waiting)
        with in_language(language):
            decision = self._known(decide(waiting, self._understand, now))
            if isinstance(decision.moves[0], Silence):
                return _silent(waiting, decision)
            try:
                async with asyncio.timeout(HANDLER_S):
                    answers = tuple([await self._move(move, waiting, decision, language) for move in decision.moves])
            except StoreUnavailable:
                raise
            except Exception as error:
                log.exception("handler failed", message=waiting.message_id, intent=decision.intent)
                apology = Answer(replies=(phrases.apology(),))
                return self._completed(waiting, decision, (apology,), error=f"{type(error).__name__}: {error}")
            return self._completed(waiting, decision, answers)

    def _known(self, decision: Decision) -> Decision:
        """A press is named by its verb only where we know the verb: a payload is what anybody sends."""
        move = decision.moves[0]
        if isinstance(move, Call) and move.pressed and self._handler(move) is None:
            return replace(decision, intent="press:unknown")
        return decision

    def _handler(self, call: Call) -> Handler | None:
        for trigger in call.triggers:
            handler = self._table.get((trigger.kind, trigger.key))
            if handler is not None:
                return handler
        return None

    async def _move(self, move: Call | Say | Silence, waiting: Waiting, decision: Decision, language: str) -> Answer:
        match move:
            case Silence():
                return Answer(replies=())
            case Say(phrase, argument):
                said: Reply = getattr(phrases, phrase)(argument) if argument else getattr(phrases, phrase)()
                return Answer(replies=(said,))
            case Call():
                handler = self._handler(move)
                if handler is None:
                    if move.pressed:
                        return Answer(replies=(phrases.stale_button(),))
                    handler = self._fallback
                turn = Turn(
                    contact=waiting.inbound.contact,
                    content=waiting.inbound.content,
                    text=move.text,
                    request=move.request,
                    argument=move.argument,
                    data=decision.dialogue.data,
                    misses=decision.dialogue.misses,
                    now=self._clock.now(),
                    new=waiting.first,
                    language=language,
                    mode=waiting.mode,
                )
                answer = await handler(turn, self._library)
                return answer if isinstance(answer, Answer) else Answer(replies=(answer,))

    def _completed(
        self, waiting: Waiting, decision: Decision, answers: tuple[Answer, ...], error: str = ""
    ) -> Completed:
        handover = next((answer.handover for answer in answers if answer.handover), "")
        missed = any(answer.missed for answer in answers)
        mode = Mode.WAITING if handover else Mode.BOT if any(answer.resume for answer in answers) else None
        if error:
            outcome = Outcome.FAILED
        elif handover:
            outcome = Outcome.HANDED_OVER
        else:
            outcome = Outcome.MISSED if missed else Outcome.ANSWERED
        return Completed(
            message_id=waiting.message_id,
            conversation_id=waiting.conversation_id,
            lease=waiting.lease,
            contact=waiting.inbound.contact,
            replies=tuple(reply for answer in answers for reply in answer.replies),
            dialogue=after(decision.dialogue, answers, self._clock.now()),
            outcome=outcome,
            intent=decision.intent,
            confidence=decision.confidence,
            mode=mode,
            handover_reason=handover,
            error=error,
        )

    def _language_of(self, waiting: Waiting) -> str:
        reported = waiting.inbound.language[:2].lower()
        return reported if reported in {"ru", "en"} else self._language


def _silent(waiting: Waiting, decision: Decision | None = None) -> Completed:
    return Completed(
        message_id=waiting.message_id,
        conversation_id=waiting.conversation_id,
        lease=waiting.lease,
        contact=waiting.inbound.contact,
        replies=(),
        dialogue=decision.dialogue if decision else waiting.dialogue,
        outcome=Outcome.SILENT,
    )


def _continued(waiting: Waiting, before: Completed) -> Waiting:
    return replace(waiting, mode=before.mode or waiting.mode, dialogue=before.dialogue)
