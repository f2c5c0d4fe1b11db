"""One message in, one committed turn, replies into the outbox.

Turns of one conversation are taken one after another, in order; many conversations at once.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from time import perf_counter

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

log = structlog.get_logger(__name__)

IN_HAND = 512
"""Messages that are in turns at once; the rest waits in the store."""
HANDLER_S = 10.0
PAUSES_S = (0.2, 1.0, 3.0)
"""Before a turn that met a store away is put back: an outage of seconds sets nothing aside."""

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
        self._table = table
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
        self._stopping = False

    async def run(self) -> None:
        """Take turns until :meth:`stop`."""
        async for _ in self._store.changes():
            while not self._stopping:
                await self._room.wait()
                claimed = await self._store.claim(IN_HAND - self._in_hand)
                if not claimed:
                    break
                self._begin(claimed)
            if self._stopping:
                break
        if self._tasks:
            await asyncio.wait(self._tasks)

    def stop(self) -> None:
        """Take nothing new; ``run`` ends when the turns in hand are kept."""
        self._stopping = True
        self._room.set()

    async def take(self, conversation_id: int) -> None:
        """Take the waiting turns of one conversation now (the command line asks so)."""
        for waiting in await self._store.claim(IN_HAND, conversation_id):
            await self._turn(waiting)

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
        dialogue = None
        try:
            for waiting in turns:
                if dialogue is not None:
                    # Claimed together: the later message sees what the earlier one left.
                    waiting = _continued(waiting, dialogue)  # noqa: PLW2901
                kept = await self._turn(waiting)
                if kept is None:
                    return
                dialogue = kept
        finally:
            self._in_hand -= len(turns)
            self._room.set()

    async def _turn(self, waiting: Waiting) -> Completed | None:
        """One turn; None where it was put back, so that the later ones wait for it."""
        began = perf_counter()
        try:
            completed = self._policy(await self._answered(waiting))
            if not await self._store.complete(completed):
                # A librarian took the conversation meanwhile, or the claim was lost: say nothing.
                completed = _silent(waiting)
                await self._store.complete(completed)
        except StoreUnavailable as error:
            await self._put_back(waiting, error)
            return None
        except Exception as error:
            log.exception("turn failed", message=waiting.message_id)
            await self._put_back(waiting, error)
            return None
        self._metrics.turn(completed.intent, completed.outcome.value, perf_counter() - began)
        return completed

    async def _put_back(self, waiting: Waiting, error: Exception) -> None:
        log.warning("turn put back", message=waiting.message_id, tries=waiting.tries + 1, error=type(error).__name__)
        await asyncio.sleep(PAUSES_S[min(waiting.tries, len(PAUSES_S) - 1)])
        try:
            await self._store.put_back(waiting, f"{type(error).__name__}: {error}")
        except StoreUnavailable:
            log.warning("store away", message=waiting.message_id)  # the claim ends by itself

    async def _answered(self, waiting: Waiting) -> Completed:
        now = self._clock.now()
        language = self._language_of(waiting)
        with in_language(language):
            decision = decide(waiting, self._understand, now)
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

    async def _move(self, move: Call | Say | Silence, waiting: Waiting, decision: Decision, language: str) -> Answer:
        match move:
            case Silence():
                return Answer(replies=())
            case Say(phrase, argument):
                said: Reply = getattr(phrases, phrase)(argument) if argument else getattr(phrases, phrase)()
                return Answer(replies=(said,))
            case Call():
                handler = next((self._table[trigger] for trigger in move.triggers if trigger in self._table), None)
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
    return Waiting(
        message_id=waiting.message_id,
        conversation_id=waiting.conversation_id,
        inbound=waiting.inbound,
        mode=before.mode or waiting.mode,
        dialogue=before.dialogue,
        first=waiting.first,
        tries=waiting.tries,
        received_at=waiting.received_at,
        lease=waiting.lease,
    )
