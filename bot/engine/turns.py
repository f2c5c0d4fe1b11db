"""What one message comes to: decided, answered by its handlers, worded as a ``Completed``; nothing is kept here."""

from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog

from bot.clock import Clock
from bot.engine import phrases
from bot.engine.conversations import Call, Decision, Say, Silence, after, decide
from bot.engine.patience import InTime
from bot.engine.privacy import Privacy
from bot.engine.same_words import SameWords, key_of
from bot.errors import StoreUnavailable
from bot.messages import Reply, worded_in
from bot.ports.library import Library
from bot.ports.log import PRIVATE, Completed, Mode, Outcome, Waiting
from bot.ports.understanding import Understanding
from bot.quick import replace
from bot.routing import NOBODY, Answer, Expects, Handler, Personal, Router, SameForAll, Trigger, Turn
from bot.suitable import suited
from bot.wording import in_language, language_of

log = structlog.get_logger(__name__)

TO_A_PERSON = Trigger("intent", "human")
Move = Call | Say | Silence
Patience = Callable[[Coroutine[Any, Any, tuple[Answer, ...]]], InTime[tuple[Answer, ...]]]
"""How long handlers are waited for, and who takes the next turn meanwhile."""


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


class Turns:
    """Answers messages.

    Args:
        understanding: A reader's words to requests.
        table: Handlers by trigger (:func:`routes`).
        library: What handlers may ask.
        clock: Where moments come from.
        language: The language of readers whose words and messenger tell none.
        privacy: What the channels may carry.
        at_once: Intents and topics that go to a person without a question.
    """

    def __init__(
        self,
        understanding: Understanding,
        table: Mapping[Trigger, Handler],
        library: Library,
        clock: Clock,
        language: str,
        privacy: Privacy,
        at_once: Collection[str] = (),
    ) -> None:
        self._privacy = privacy
        self._at_once = frozenset(at_once)
        self._understand = understanding.understand
        self._table = {(trigger.kind, trigger.key): handler for trigger, handler in table.items()}
        self._fallback = table[Trigger("intent", "fallback")]
        self._personal = frozenset(
            trigger.key
            for trigger, handler in table.items()
            if trigger.kind == "press" and isinstance(handler, Personal)
        )
        self._library = library
        self._same_words = SameWords(library)
        self._clock = clock
        self._language = language

    async def answered(self, waiting: Waiting, patience: Patience) -> Completed:
        """The whole turn; a handler that fails apologises. Raises StoreUnavailable, and what understanding raises."""
        now = self._clock.now()
        reported = self._reported(waiting)
        decision = self._ruled(self._known(decide(waiting, self._understand, now, reported)), waiting)
        language = decision.dialogue.language or reported
        public = not self._privacy.allows_personal(waiting.inbound.contact.channel)
        if isinstance(decision.moves[0], Silence):
            return silent(waiting, decision)
        answers = self._remembered(decision, waiting, language, now, public=public)
        if answers is not None and not (public or decision.quiet):  # nearly always: nothing is left to be worded
            return _completed(waiting, decision, answers, now)
        with in_language(language):
            if answers is None:
                try:
                    answers = await patience(self._moves(decision, waiting, language, now))
                except StoreUnavailable:
                    raise
                except Exception as error:
                    log.exception("handler failed", message=waiting.message_id, intent=decision.intent)
                    apology = Answer(replies=(phrases.apology(),))
                    said = f"{type(error).__name__}: {error}"
                    failed = _completed(waiting, decision, (apology,), self._clock.now(), error=said)
                    return self._privacy.unsaid(failed, waiting.inbound.content)
                now = self._clock.now()
            if decision.quiet:
                return silent(waiting, decision)
            completed = _completed(waiting, decision, answers, now)
            if not public:
                return completed
            return self._privacy.unsaid(self._privacy.turn(completed, self._personal), waiting.inbound.content)

    def apology(self, waiting: Waiting) -> Reply:
        """What a reader hears of a message that is set aside."""
        with in_language(waiting.dialogue.language or self._reported(waiting)):
            return phrases.apology()

    def _reported(self, waiting: Waiting) -> str:
        """The reader's language as far as their messenger reports it, else the library's."""
        return language_of(waiting.inbound.language, self._language)

    def _known(self, decision: Decision) -> Decision:
        """A press is named by its verb only where we know the verb: a payload is what anybody sends."""
        move = decision.moves[0]
        if isinstance(move, Call) and move.pressed and self._handler(move) is None:
            return replace(decision, intent="press:unknown")
        return decision

    def _ruled(self, decision: Decision, waiting: Waiting) -> Decision:
        """What goes to a person by a rule of the library goes there; who waits for one already is answered."""
        if not self._at_once or waiting.mode is Mode.WAITING:
            return decision
        return replace(decision, moves=tuple(self._to_a_person(move) for move in decision.moves))

    def _to_a_person(self, move: Move) -> Move:
        if not isinstance(move, Call) or move.pressed or move.triggers[0].kind != "intent":
            return move
        request = move.request
        rule = next((name for name in (request.slots.get("topic", ""), request.intent) if name in self._at_once), "")
        if not rule or request.intent == "human":
            return move
        request = replace(request, slots={**request.slots, "rule": rule})
        return replace(move, triggers=(TO_A_PERSON, *move.triggers), request=request)

    def _handler(self, call: Call) -> Handler | None:
        for trigger in call.triggers:
            handler = self._table.get((trigger.kind, trigger.key))
            if handler is not None:
                return handler
        return None

    def _remembered(
        self, decision: Decision, waiting: Waiting, language: str, now: datetime, *, public: bool
    ) -> tuple[Answer, ...] | None:
        """What was answered to the same words a moment ago, None unless that is all there is to say."""
        move = decision.moves[0]
        if len(decision.moves) > 1 or not isinstance(move, Call) or self._same_words.is_look_due(now):
            return None
        handler = self._handler(move)
        if not isinstance(handler, SameForAll):
            return None
        request, text, argument = move.request, move.text, move.argument
        key = key_of(handler, request, text, argument, language, waiting.mode, new=waiting.first, public=public)
        found = self._same_words.shelf(now).get(key) if key else None
        return None if found is None or found.go_on else (found,)

    async def _moves(self, decision: Decision, waiting: Waiting, language: str, now: datetime) -> tuple[Answer, ...]:
        if len(decision.moves) == 1:
            return (await self._move(decision.moves[0], waiting, decision, language, now),)
        answers = [await self._move(move, waiting, decision, language, now) for move in decision.moves]
        return _once(decision.moves, answers)

    async def _move(self, move: Move, waiting: Waiting, decision: Decision, language: str, now: datetime) -> Answer:
        match move:
            case Silence():
                return Answer(replies=())
            case Say(phrase, argument):
                said: Reply = getattr(phrases, phrase)(argument) if argument else getattr(phrases, phrase)()
                awaited = decision.dialogue
                if phrase == "speaks" and awaited.expects:  # what was asked before is still asked
                    return Answer(replies=(said,), expects=Expects(key=awaited.expects, data=awaited.data))
                return Answer(replies=(said,))
            case Call():
                handler = self._handler(move)
                if handler is None:
                    if move.otherwise is not None:
                        return await self._move(move.otherwise, waiting, decision, language, now)
                    if move.pressed:
                        return Answer(replies=(phrases.stale_button(),))
                    handler = self._fallback
                public = not self._privacy.allows_personal(waiting.inbound.contact.channel)
                answer = await self._asked(handler, _turn(move, waiting, decision, language, now, public=public))
                for request in answer.go_on:
                    words = move.text if request is move.request else request.rest
                    wish = Call((Trigger("intent", request.intent),), request, words)
                    answer = _joined(answer, await self._move(wish, waiting, decision, language, now))
                return answer

    async def _asked(self, handler: Handler, turn: Turn) -> Answer:
        if isinstance(handler, SameForAll):
            return await self._alike(handler, turn)
        if isinstance(handler, Personal) and turn.public:
            return Answer(replies=(self._privacy.ask_elsewhere(),))
        answer = self._worded(_answer(await handler(turn, suited(self._library, turn.contact, turn.now))), turn)
        return replace(answer, private=True) if isinstance(handler, Personal) else answer

    async def _alike(self, handler: SameForAll, turn: Turn) -> Answer:
        """The answer of a handler that does not see who asks, remembered for the next one."""
        await self._same_words.look(turn.now)
        shelf = self._same_words.shelf(turn.now)
        said = turn.request, turn.text, turn.argument, turn.language, turn.mode
        key = key_of(handler, *said, new=turn.new, public=turn.public)
        if key and (known := shelf.get(key)) is not None:
            return known
        anybody = replace(turn, contact=NOBODY, misses=0, data={}, key="", offered=())
        answer = self._worded(_answer(await handler(anybody, self._library)), turn)
        if key:
            shelf[key] = answer
        return answer

    def _worded(self, answer: Answer, turn: Turn) -> Answer:
        """Replies say in which language they are where that is not the library's: adapters add words of their own."""
        if turn.language == self._language:
            return answer
        return replace(
            answer, replies=tuple([worded_in(said, turn.language, self._language) for said in answer.replies])
        )


def _answer(said: Reply | Answer) -> Answer:
    return said if isinstance(said, Answer) else Answer(replies=(said,))


def _once(moves: Sequence[Move], answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The answers; what two wishes of one kind are answered alike («есть вайфай? а принтер?») is said once."""
    said: set[tuple[str, tuple[Reply, ...]]] = set()
    kept = []
    for move, answer in zip(moves, answers, strict=True):
        what = move.request.intent if isinstance(move, Call) else "", answer.replies
        kept.append(replace(answer, replies=()) if what in said else answer)
        said.add(what)
    return tuple(kept)


def _joined(first: Answer, then: Answer) -> Answer:
    """An answer and what its wish was answered: one turn, one answer."""
    return replace(
        then,
        replies=(*first.replies, *then.replies),
        works=(*first.works, *then.works),
        handover=first.handover or then.handover,
        resume=first.resume or then.resume,
        missed=first.missed or then.missed,
        private=first.private or then.private,
        secret=first.secret or then.secret,
        go_on=(),
    )


def _turn(
    move: Call, waiting: Waiting, decision: Decision, language: str, now: datetime, *, public: bool = False
) -> Turn:
    return Turn(
        contact=waiting.inbound.contact,
        content=waiting.inbound.content,
        text=move.text,
        request=move.request,
        argument=move.argument,
        data=decision.dialogue.data,
        misses=decision.dialogue.misses,
        now=now,
        new=waiting.first,
        language=language,
        mode=waiting.mode,
        key=f"m{waiting.message_id}",
        offered=decision.dialogue.offered,
        public=public,
    )


def _completed(
    waiting: Waiting, decision: Decision, answers: tuple[Answer, ...], now: datetime, error: str = ""
) -> Completed:
    handover, missed, private, secret, mode = "", False, False, False, None
    for answer in answers:
        handover = handover or answer.handover
        missed, private, secret = missed or answer.missed, private or answer.private, secret or answer.secret
        mode = Mode.BOT if answer.resume else mode
    if error:
        outcome = Outcome.FAILED
    elif handover:
        outcome = Outcome.HANDED_OVER
    else:
        outcome = Outcome.MISSED if missed else Outcome.ANSWERED
    dialogue = after(decision.dialogue, answers, now)
    return Completed(
        message_id=waiting.message_id,
        conversation_id=waiting.conversation_id,
        lease=waiting.lease,
        contact=waiting.inbound.contact,
        replies=answers[0].replies if len(answers) == 1 else tuple(said for one in answers for said in one.replies),
        dialogue=replace(dialogue, last_text="") if secret else dialogue,
        outcome=outcome,
        intent=PRIVATE if missed and private else decision.intent,
        confidence=decision.confidence,
        mode=Mode.WAITING if handover else mode,
        handover_reason=handover,
        error=error,
        secret=secret,
    )


def silent(waiting: Waiting, decision: Decision | None = None) -> Completed:
    """The turn that keeps the message and says nothing; ``decision`` tells what was done or wished in it."""
    return Completed(
        message_id=waiting.message_id,
        conversation_id=waiting.conversation_id,
        lease=waiting.lease,
        contact=waiting.inbound.contact,
        replies=(),
        dialogue=decision.dialogue if decision else waiting.dialogue,
        outcome=Outcome.SILENT,
        intent=decision.intent if decision else "",
        confidence=decision.confidence if decision else 0.0,
    )


def continued(waiting: Waiting, before: Completed) -> Waiting:
    """A message claimed together with an earlier one sees what that left."""
    return Waiting(  # in full: under load it comes with every second turn, and ``replace`` costs three times as much
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
