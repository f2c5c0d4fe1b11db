"""The section "what to teach" over a real store, with the real understanding and the real handlers behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module

from adapters.screens import ChannelScreens
from bot.channels import Channel
from bot.clock import Clock
from bot.engine.dispatcher import routes
from bot.engine.rehearsal import Rehearsal, Stage
from bot.engine.same_words import Remembered
from bot.lessons import Lessons, Topic
from bot.ports.catalogue import Catalogue
from bot.ports.library import Library
from bot.ports.understanding import Understanding
from bot.settings import DEFAULT_INTENTS
from bot.taught import TaughtCatalogue, TaughtUnderstanding
from db.answers import Answers
from db.connect import Database
from db.faq import SqlFaq
from db.faq_desk import SqlAnswerBook
from db.miss_desk import SqlMissDesk
from db.own_words import SqlOwnWords
from db.synonym_desk import SqlSynonymDesk
from db.synonyms import SqlSynonyms
from tests.support.fake_library import CENTRAL, CHILDREN, FakeBranches, FakeCatalogue, FakeFaq, sample_library
from tests.support.reader import UNDERSTANDING
from understanding.topics import about, known_questions, topics

TABLE = routes([import_module(f"handlers.{name}").router for name in DEFAULT_INTENTS])
INTENTS = frozenset(trigger.key for trigger in TABLE if trigger.kind == "intent")
REMEMBERED = Remembered(UNDERSTANDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """What is taught and the running bot that it is taught to.

    Attributes:
        lessons: For the console.
        library: What the running bot's handlers may ask.
        understanding: Of the running bot, the librarians' phrases first.
    """

    lessons: Lessons
    rehearsal: Rehearsal
    faq: SqlFaq
    synonyms: SqlSynonyms
    words: SqlOwnWords
    library: Library
    understanding: Understanding


@cache
def samples() -> tuple[str, ...]:
    """Some of the questions that come with the bot: tests have no time for all."""
    return known_questions()[::8]


def school(
    database: Database,
    clock: Clock,
    catalogue: Catalogue | None = None,
    channels: Sequence[tuple[str, str, Channel]] = (),
    questions: Sequence[str] | None = None,
    seconds: float = 60.0,
) -> School:
    """All of it over one store; trials have so much time for each of their steps as no busy machine needs."""
    books = catalogue or FakeCatalogue()
    faq, synonyms = SqlFaq(database, clock), SqlSynonyms(database, clock)
    words = SqlOwnWords(database, clock)
    library = replace(
        sample_library(FakeCatalogue(), FakeFaq(), FakeBranches(CENTRAL, CHILDREN)),
        catalogue=TaughtCatalogue(books, synonyms),
        faq=faq,
        words=words,
    )
    misses, answers = SqlMissDesk(database, clock), SqlAnswerBook(database, clock, faq)
    rehearsal = Rehearsal(
        Stage(
            understanding=REMEMBERED,
            table=TABLE,
            library=library,
            catalogue=books,
            synonyms=synonyms,
            entries=answers.spoken,
            speak=Answers,
            frequent=misses.frequent,
            samples=samples() if questions is None else questions,
            topics=topics(),
            intents=INTENTS,
            clock=clock,
            look_s=seconds,
            ask_s=seconds,
        )
    )
    lessons = Lessons(
        misses=misses,
        answers=answers,
        synonyms=SqlSynonymDesk(synonyms, answers, [*INTENTS, *topics()]),
        words=words,
        rehearsal=rehearsal,
        screens=ChannelScreens(channels),
        library=library,
        topics=[
            Topic(key=key, about={"ru": about()[key], "en": about("en")[key]})
            for key, intent in topics().items()
            if intent in ("join", "rules")
        ],
        intents=INTENTS,
    )
    return School(
        lessons=lessons,
        rehearsal=rehearsal,
        faq=faq,
        synonyms=synonyms,
        words=words,
        library=library,
        understanding=TaughtUnderstanding(REMEMBERED, synonyms, topics(), INTENTS),
    )
