"""The running bot's own turn, tried with something that is not taught yet: nothing is sent, nothing is kept."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from time import perf_counter

from bot.clock import Clock
from bot.engine.affected import Difference, Spoken, World
from bot.engine.patience import InTime
from bot.engine.privacy import Privacy
from bot.engine.turns import Turns
from bot.errors import StoreUnavailable
from bot.language.folding import fold
from bot.lessons import Effect, Effects, Lesson, Origin, Question
from bot.messages import ButtonPress, Contact, Content, Inbound, Reply, Text, reply
from bot.ports.catalogue import Catalogue
from bot.ports.library import FaqAnswer, FaqEntry, Library
from bot.ports.log import Dialogue, Mode, Waiting
from bot.ports.understanding import Understanding
from bot.quick import dataclass, replace
from bot.routing import Answer, Handler, Personal, Trigger, Turn
from bot.taught import Synonyms, TaughtCatalogue, TaughtUnderstanding
from bot.teaching import LONGEST_SAID, Synonym, SynonymBook, SynonymKind, key_of
from bot.wording import gettext as _
from bot.wording import language_of
from bot.wording.own import Words

A_TURN_S = 2.0
MISSED = 300
"""Missed questions that are looked at, the most frequent first."""
NOBODY = Contact(channel="rehearsal", address="rehearsal")

Entries = Callable[[], Awaitable[Sequence[FaqEntry]]]
Frequent = Callable[[int], Awaitable[Sequence[tuple[str, str]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What the running bot is made of.

    Attributes:
        understanding: What understands messages that no librarian explained.
        table: Its handlers.
        library: What they may ask.
        catalogue: The catalogue without synonyms.
        synonyms: Those in force.
        entries: The answers in force.
        speak: Answers in memory, out of entries.
        frequent: Missed questions.
        samples: Questions that come with the bot.
        topics: FAQ topic → the intent that carries it.
        intents: Every intent that has a handler.
        at_once: Intents and topics that go to a person without a question.
        language: The library's.
        look_s: Time for choosing the questions that may be touched, in a thread.
        ask_s: Time for asking these.
    """

    understanding: Understanding
    table: Mapping[Trigger, Handler]
    library: Library
    catalogue: Catalogue
    synonyms: Synonyms
    entries: Entries
    speak: Callable[[Iterable[FaqEntry]], Spoken]
    frequent: Frequent
    samples: Sequence[str]
    topics: Mapping[str, str]
    intents: frozenset[str]
    clock: Clock
    at_once: frozenset[str] = frozenset()
    language: str = "ru"
    look_s: float = 0.5
    ask_s: float = 0.5


class Rehearsal:
    """Fills ``bot.lessons.Rehearsing``: one trial at a time, each bounded in time."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._table = {trigger: _of_nobody(handler) for trigger, handler in stage.table.items()}
        self._turnstile = asyncio.Lock()
        self._warming: asyncio.Task[None] | None = None
        self._closed = False

    async def effects(self, lesson: Lesson) -> Effects:
        async with self._turnstile:
            began = perf_counter()
            entries = await self._stage.entries()
            after = _entries_after(entries, lesson)
            questions = await self._known(entries, lesson)
            worlds = self._world(entries, self._book(Lesson())), self._world(after, self._book(lesson))
            difference = Difference(
                *worlds, answers_differ=list(entries) != after, understanding=self._stage.understanding
            )
            await asyncio.to_thread(self._warm, ("есть ли эта книга",))
            looked, touched = await asyncio.to_thread(_touched, difference, questions, self._stage.look_s)
            asked, changes = await self._changes(touched, *worlds)
            return Effects(
                changes=changes,
                known=len(questions),
                asked=looked - (len(touched) - asked),
                spent_s=perf_counter() - began,
            )

    def prepare(self) -> None:
        if self._warming is None and not self._closed:
            self._warming = asyncio.create_task(self._prepared(), name="rehearsal prepares")

    async def aclose(self) -> None:
        self._closed = True
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)

    async def _prepared(self) -> None:
        try:
            known = await self._known(await self._stage.entries(), Lesson())
        except StoreUnavailable:
            self._warming = None  # the next one who looks tries again
            return
        await asyncio.to_thread(self._warm, [question.text for question in known])

    def _warm(self, texts: Sequence[str]) -> None:
        """The first word loads a dictionary, and what was understood once is remembered: no part of a trial's time."""
        for text in texts:
            self._stage.understanding.understand(text)
            key_of(text)

    async def hears(self, text: str, language: str, lesson: Lesson) -> tuple[Reply, ...]:
        return await self._replies(Text(text), language, await self._turns_after(lesson))

    async def shows(self, topic: str, language: str, lesson: Lesson) -> tuple[Reply, ...]:
        return await self._replies(ButtonPress(f"faq:{topic}"), language, await self._turns_after(lesson))

    async def says(self, said: Content, language: str, words: Words) -> tuple[Reply, ...]:
        world = self._world(await self._stage.entries(), self._book(Lesson()))
        return await self._replies(said, language, self._turns(world, words))

    def topic_of(self, text: str) -> str:
        asked = self._stage.understanding.understand(text)
        return next((topic for one in asked if (topic := one.slots.get("topic", ""))), "")

    async def complete(self, lesson: Lesson, answer: FaqEntry, wordings: Sequence[str]) -> Lesson:
        for said in wordings:
            if len(said) > LONGEST_SAID or not key_of(said):
                continue
            if await self._tells(said, answer, lesson):
                continue
            phrase = Synonym(kind=SynonymKind.PHRASE, said=said, meant=answer.topic)
            more = replace(lesson, synonyms=(*lesson.synonyms, phrase))
            if await self._tells(said, answer, more):
                lesson = more
        return lesson

    async def _tells(self, said: str, answer: FaqEntry, lesson: Lesson) -> bool:
        """Whether a reader hears the answer, with a question mark as without: what was missed is kept without."""
        for text in (said, f"{said}?"):
            if not is_told(await self.hears(text, answer.language, lesson), answer):
                return False
        return True

    # --- one question in one world ---------------------------------------------------------------

    async def _turns_after(self, lesson: Lesson) -> Turns:
        entries = await self._stage.entries()
        return self._turns(self._world(_entries_after(entries, lesson), self._book(lesson)))

    def _world(self, entries: Iterable[FaqEntry], book: SynonymBook) -> World:
        return World(self._stage.speak(entries), book)

    def _book(self, lesson: Lesson) -> SynonymBook:
        known = self._stage.synonyms.book
        if not lesson.synonyms and not lesson.unlearned:
            return known
        new = {_named(one): one for one in lesson.synonyms}
        gone = {_named(one) for one in lesson.unlearned}
        kept = [one for one in known.synonyms if _named(one) not in gone and _named(one) not in new]
        return SynonymBook([*kept, *new.values()])

    def _turns(self, world: World, words: Words | None = None) -> Turns:
        stage, book = self._stage, _Book(world.book)
        library = replace(stage.library, catalogue=TaughtCatalogue(stage.catalogue, book), faq=_Faq(world.answers))
        library = library if words is None else replace(library, words=words)
        understanding = TaughtUnderstanding(stage.understanding, book, stage.topics, stage.intents)
        return Turns(understanding, self._table, library, stage.clock, stage.language, Privacy(), stage.at_once)

    async def _replies(self, content: Content, language: str, turns: Turns) -> tuple[Reply, ...]:
        now = self._stage.clock.now()
        inbound = Inbound(contact=NOBODY, content=content, idempotency_key="", sent_at=now, language=language)
        waiting = Waiting(
            message_id=0,
            conversation_id=0,
            inbound=inbound,
            mode=Mode.BOT,
            dialogue=Dialogue(),
            first=False,
            tries=0,
            received_at=now,
        )
        completed = await turns.answered(waiting, lambda moves: InTime(moves, A_TURN_S, lambda: None))
        return completed.replies

    # --- all known questions ---------------------------------------------------------------------

    async def _known(self, entries: Sequence[FaqEntry], lesson: Lesson) -> list[Question]:
        """Every known question once, but for those that the lesson itself is about."""
        stage = self._stage
        found = [
            Question(text, language_of(language, stage.language), Origin.MISSED)
            for text, language in await stage.frequent(MISSED)
        ]
        found += [Question(text, one.language, Origin.ANSWERS) for one in entries for text in one.questions]
        found += [Question(text, "en" if text.isascii() else "ru", Origin.SAMPLE) for text in stage.samples]
        seen = {fold(text) for one in lesson.answers for text in one.questions}
        seen |= {fold(one.said) for one in lesson.synonyms}
        once: dict[str, Question] = {}
        for one in found:
            if (key := fold(one.text)) not in seen:
                once.setdefault(key, one)
        return list(once.values())

    async def _changes(
        self, touched: Sequence[Question], before: World, after: World
    ) -> tuple[int, tuple[Effect, ...]]:
        """The questions whose answers differ, and how many were asked before time was up."""
        was, becomes = self._turns(before), self._turns(after)
        until = perf_counter() + self._stage.ask_s
        changes: list[Effect] = []
        for asked, question in enumerate(touched):
            if perf_counter() > until:
                return asked, tuple(changes)
            said, says = [
                "\n\n".join(one.text for one in await self._replies(Text(question.text), question.language, turns))
                for turns in (was, becomes)
            ]
            if said != says:
                changes.append(Effect(question=question, before=said, after=says))
            await asyncio.sleep(0)  # readers' turns go between
        return len(touched), tuple(changes)


def is_told(replies: Iterable[Reply], answer: FaqEntry) -> bool:
    """Whether the answer stands in what a reader hears."""
    return any(answer.answer.strip() in said.text for said in replies)


def _touched(difference: Difference, questions: Sequence[Question], seconds: float) -> tuple[int, list[Question]]:
    """So many questions were looked at in time, and these of them may be answered otherwise; runs in a thread."""
    until = perf_counter() + seconds
    found: list[Question] = []
    for looked, question in enumerate(questions):
        if perf_counter() > until:
            return looked, found
        if difference.may_touch(question.text, question.language):
            found.append(question)
    return len(questions), found


def _entries_after(entries: Sequence[FaqEntry], lesson: Lesson) -> list[FaqEntry]:
    new = {(one.topic, one.language): one for one in lesson.answers}
    kept = [
        new.pop((one.topic, one.language), one)
        for one in entries
        if (one.topic, one.language) not in lesson.dropped or (one.topic, one.language) in new
    ]
    return [*kept, *new.values()]


def _named(one: Synonym) -> tuple[SynonymKind, tuple[str, ...]]:
    return one.kind, key_of(one.said)


def _of_nobody(handler: Handler) -> Handler:
    """A handler that tells of a person is not asked: nobody is there, and it might change something."""
    return _personal if isinstance(handler, Personal) else handler


async def _personal(turn: Turn, library: Library) -> Answer:
    del turn, library
    return Answer(replies=(reply(_("Здесь бот отвечает о книгах и билете самого читателя.")),))


@dataclass(frozen=True, slots=True)
class _Book:
    """Fills ``Synonyms``."""

    book: SynonymBook


class _Faq:
    """Fills ``Faq`` out of memory."""

    def __init__(self, spoken: Spoken) -> None:
        self._spoken = spoken

    @property
    def edition(self) -> object:
        return id(self)

    async def about(self, topic: str, language: str) -> FaqAnswer | None:
        return self._spoken.about(topic, language)

    async def nearest(self, text: str, language: str) -> FaqAnswer | None:
        return self._spoken.nearest(text, language)
