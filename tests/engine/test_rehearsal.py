"""The running bot is tried with what is not taught yet: nothing is missed, nothing is kept, time is bounded."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.engine.affected import Difference, World
from bot.engine.rehearsal import Rehearsal
from bot.lessons import Lesson, Origin
from bot.ports.library import FaqEntry
from bot.teaching import Synonym, SynonymBook, SynonymKind
from db.answers import Answers
from db.connect import Database
from db.models import MessageRow, MissRow
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, FakeCatalogue, at
from tests.support.lessons import REMEMBERED, School, school

DOGS = FaqEntry(topic="own.dogs", language="ru", answer="С собаками можно.", questions=("можно с собакой",))
PRINT = FaqEntry(topic="rules.print", language="ru", answer="5 рублей лист.", questions=("где распечатать",))
ASKED = (
    "можно с собакой",
    "можно ли к вам с собакой?",
    "где распечатать документ",
    "сколько стоит копия",
    "до скольки вы работаете",
    "есть гп?",
    "гп на английском",
    "мои книги",
    "нужен человек",
    "как записаться",
    "абырвалг",
    "межбиблиотечный абонемент есть?",
    "телефон библиотеки",
    "что почитать про космос",
)


@pytest.fixture
def catalogue() -> FakeCatalogue:
    shelves = FakeCatalogue()
    shelves.holds("Гарри Поттер", "Дж. К. Роулинг", at(CENTRAL, 1, 1))
    return shelves


@pytest.fixture
def taught(sqlite: Database, clock: StandingClock, catalogue: FakeCatalogue) -> School:
    return school(sqlite, clock, catalogue, questions=ASKED)


def title(said: str, meant: str) -> Synonym:
    return Synonym(kind=SynonymKind.TITLE, said=said, meant=meant)


def phrase(said: str, meant: str) -> Synonym:
    return Synonym(kind=SynonymKind.PHRASE, said=said, meant=meant)


async def heard(taught: School, text: str, lesson: Lesson) -> str:
    return "\n".join(said.text for said in await taught.rehearsal.hears(text, "ru", lesson))


async def test_an_answer_changes_what_its_neighbours_hear(taught: School) -> None:
    effects = await taught.rehearsal.effects(Lesson(answers=(DOGS,)))

    (change,) = effects.changes
    assert change.question.text == "можно ли к вам с собакой?", "its own wording is not another question"
    assert change.question.origin is Origin.SAMPLE
    assert "С собаками можно." in change.after
    assert "С собаками можно." not in change.before
    assert (effects.known, effects.asked) == (len(ASKED) - 1, len(ASKED) - 1)


async def test_a_name_for_a_book_changes_where_it_stands(taught: School) -> None:
    effects = await taught.rehearsal.effects(Lesson(synonyms=(title("гп", "Гарри Поттер"),)))

    assert {change.question.text for change in effects.changes} == {"есть гп?", "гп на английском"}
    assert all("Гарри Поттер" in change.after for change in effects.changes)


LESSONS = (
    Lesson(answers=(DOGS,)),
    Lesson(answers=(PRINT,)),
    Lesson(answers=(FaqEntry(topic="rules", language="ru", answer="Все правила."),)),
    Lesson(answers=(FaqEntry(topic="contacts", language="ru", answer="Звоните."),)),
    Lesson(answers=(FaqEntry(topic="hours", language="ru", answer="С девяти."),)),
    Lesson(answers=(FaqEntry(topic="rules.mba", language="ru", answer="Закажем."),)),
    Lesson(answers=(FaqEntry(topic="x", language="ru", answer="Икс.", questions=("абырвалг", "про космос")),)),
    Lesson(dropped=(("join", "ru"),)),
    Lesson(synonyms=(title("гп", "Гарри Поттер"), phrase("абырвалг", "hours"))),
    Lesson(synonyms=(phrase("мои книги", "human"),)),
)


@pytest.mark.parametrize("lesson", LESSONS)
async def test_what_is_not_asked_would_not_have_changed(taught: School, lesson: Lesson) -> None:
    await taught.faq.put([FaqEntry(topic="join", language="ru", answer="С паспортом.", questions=("как записаться",))])
    effects = await taught.rehearsal.effects(lesson)

    own = {text for entry in lesson.answers for text in entry.questions} | {one.said for one in lesson.synonyms}
    told = {change.question.text for change in effects.changes}
    for text in ASKED:
        differs = await heard(taught, text, Lesson()) != await heard(taught, text, lesson)
        assert differs == (text in told) or text in own, text


async def test_nothing_is_kept_of_a_trial(taught: School, sqlite: Database) -> None:
    await taught.rehearsal.effects(Lesson(answers=(DOGS,)))
    await heard(taught, "удалите мои данные", Lesson(answers=(DOGS,)))

    async with sqlite.engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(MessageRow)) == 0
    assert await taught.faq.about("own.dogs", "ru") is None
    assert taught.synonyms.book.synonyms == ()


async def test_what_tells_of_a_person_is_not_asked(taught: School) -> None:
    assert await heard(taught, "какие книги у меня на руках", Lesson()) == (
        "Здесь бот отвечает о книгах и билете самого читателя."
    )


async def test_what_goes_to_a_person_at_once_goes_there_in_a_trial(taught: School) -> None:
    house = Rehearsal(replace(taught.rehearsal._stage, at_once=frozenset({"hours"})))

    said = await house.hears("до скольки вы работаете", "ru", Lesson())

    assert "библиотекар" in "".join(one.text for one in said)


async def test_words_that_would_not_lead_to_the_answer_become_a_phrase(taught: School) -> None:
    strange = "до скольки вы работаете с собаками"
    entry = FaqEntry(topic="own.dogs", language="ru", answer="С собаками до обеда.", questions=("собаки", strange))
    lesson = await taught.rehearsal.complete(Lesson(answers=(entry,)), entry, entry.questions)

    assert "собаки" not in {one.said for one in lesson.synonyms}, "the bot finds it by itself"
    for said in entry.questions:
        for text in (said, f"Здравствуйте! {said.capitalize()}?"):
            assert "С собаками до обеда." in await heard(taught, text, lesson)


async def test_a_question_mark_does_not_lead_away_from_what_was_taught(taught: School) -> None:
    await taught.faq.put([FaqEntry(topic="events", language="ru", answer="Афиша у входа.")])
    said = "шахматный турнир фигуры"
    entry = FaqEntry(topic="own.chess", language="ru", answer="Шахматы по средам.", questions=(said,))
    assert "Афиша" in await heard(taught, f"{said}?", Lesson(answers=(entry,)))

    lesson = await taught.rehearsal.complete(Lesson(answers=(entry,)), entry, entry.questions)

    assert "Шахматы по средам." in await heard(taught, f"{said}?", lesson)


async def test_missed_questions_come_first_and_time_is_bounded(
    taught: School, sqlite: Database, clock: StandingClock
) -> None:
    async with sqlite.writer.begin() as connection:
        row = {"key": "k", "alike": "a", "text": "собаку можно?", "lack": "not_found", "intent": "search"}
        when = {"language": "ru", "kind": "vk", "times": 3, "first_at": clock.now(), "last_at": clock.now()}
        await connection.execute(MissRow.__table__.insert().values(row | when))  # type: ignore[attr-defined]
    effects = await taught.rehearsal.effects(Lesson(answers=(DOGS,)))
    assert effects.changes[0].question.origin is Origin.MISSED

    stage = taught.rehearsal._stage
    hurried = await Rehearsal(replace(stage, ask_s=-1.0)).effects(Lesson(answers=(DOGS,)))
    assert hurried.changes == ()
    assert hurried.asked == hurried.known - 2, "what was not asked is told as such"
    assert (await Rehearsal(replace(stage, look_s=-1.0)).effects(Lesson(answers=(DOGS,)))).asked == 0


async def test_what_is_being_prepared_ends_with_the_console(taught: School, sqlite: Database) -> None:
    """A preparing that outlived the console read from a store that was being closed: a connection nobody closed."""
    begun = asyncio.all_tasks()
    taught.rehearsal.prepare()
    (preparing,) = asyncio.all_tasks() - begun
    while not sqlite.engine.pool.checkedout():  # type: ignore[attr-defined]  # noqa: ASYNC110 - it reads now
        await asyncio.sleep(0)
    await taught.rehearsal.aclose()
    assert preparing.cancelled()

    taught.rehearsal.prepare()
    assert asyncio.all_tasks() <= begun | {preparing}, "nothing begins behind the end"


def test_nothing_differs_between_equal_worlds() -> None:
    world = World(Answers([DOGS]), SynonymBook([title("гп", "Гарри Поттер")]))
    same = Difference(world, world, answers_differ=False, understanding=REMEMBERED)

    assert not any(same.may_touch(text, "ru") for text in ASKED)


async def test_the_bot_really_says_then_what_was_foretold(taught: School, clock: StandingClock) -> None:
    foretold = await heard(taught, "можно ли к вам с собакой?", Lesson(answers=(DOGS,)))

    await taught.lessons.answers.add(DOGS, "masha")

    clock.turn(timedelta(seconds=1))
    assert await heard(taught, "можно ли к вам с собакой?", Lesson()) == foretold
