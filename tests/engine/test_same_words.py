"""The same words in the same moment: answered once for all, never longer than it is true."""

from datetime import timedelta

import pytest

from bot.engine.same_words import ANSWERS, LONGEST_TEXT, Remembered, SameWords, key_of
from bot.messages import Contact, Reply
from bot.ports.library import FaqAnswer, Library
from bot.ports.log import Mode
from bot.ports.understanding import Request
from bot.routing import NOBODY, Answer, Router, Turn, intent, same_for_all
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, VILLAGE, FakeBranches, FakeCatalogue, FakeFaq, sample_library
from tests.support.logs import ANNA, BORIS
from tests.support.machine import Machine


class Sameness:
    """A machine with one handler that answers everybody alike, and what it was asked."""

    def __init__(self, clock: StandingClock) -> None:
        self.clock, self.asked = clock, list[Turn]()
        self.faq, self.branches = FakeFaq(), FakeBranches(CENTRAL)
        router = Router("hours")

        @router.on(intent("часы"))
        @same_for_all
        async def hours(turn: Turn, _: Library) -> Reply:
            self.asked.append(turn)
            return Reply(text=f"ответ {len(self.asked)}")

        self.machine = Machine(clock, router, library=sample_library(FakeCatalogue(), self.faq, self.branches))

    async def hears(self, text: str, contact: Contact = ANNA) -> str:
        """What the reader is answered."""
        async with self.machine.running():
            await self.machine.says(text, contact=contact)
            await self.machine.settles()
        self.machine.dispatcher._stopping.clear()
        return (await self.machine.heard(contact))[-1]


@pytest.fixture
def sameness(clock: StandingClock) -> Sameness:
    return Sameness(clock)


async def test_two_readers_who_ask_the_same_hear_the_same_and_the_handler_thinks_once(sameness: Sameness) -> None:
    await sameness.hears("знакомлюсь", BORIS)  # the first message of a reader ever may be answered otherwise
    await sameness.hears("знакомлюсь", ANNA)

    assert [await sameness.hears("часы"), await sameness.hears("часы", BORIS)] == ["ответ 1", "ответ 1"]


async def test_other_words_and_a_reader_s_first_ones_are_thought_about(sameness: Sameness) -> None:
    first = await sameness.hears("часы")

    assert [first, await sameness.hears("часы"), await sameness.hears("часы завтра")] == [
        "ответ 1",
        "ответ 2",
        "ответ 3",
    ]


async def test_what_another_process_changed_is_told_within_seconds(sameness: Sameness) -> None:
    await sameness.hears("привет")
    await sameness.hears("часы")
    looks: list[str] = []

    async def about(topic: str, language: str) -> FaqAnswer | None:
        looks.append(topic)
        return sameness.faq.answers("rules", "Пять книг.")  # type: ignore[func-returns-value]

    sameness.faq.about = about  # type: ignore[method-assign]
    assert await sameness.hears("часы") == "ответ 1"
    sameness.clock.turn(timedelta(seconds=2))

    assert [await sameness.hears("часы"), await sameness.hears("часы")] == ["ответ 2", "ответ 2"]
    assert len(looks) == 1


async def test_an_answer_ends_with_its_minute(sameness: Sameness) -> None:
    sameness.clock.turn(timedelta(seconds=59.5 - sameness.clock.now().second))
    await sameness.hears("привет")
    await sameness.hears("часы")

    sameness.clock.turn(timedelta(seconds=0.6))

    assert await sameness.hears("часы") == "ответ 2"


async def test_what_the_library_changes_is_told_at_once(sameness: Sameness) -> None:
    await sameness.hears("привет")
    await sameness.hears("часы")
    sameness.faq.answers("rules", "Пять книг.")
    after_the_faq = await sameness.hears("часы")
    sameness.branches.branches.append(VILLAGE)

    assert [after_the_faq, await sameness.hears("часы")] == ["ответ 2", "ответ 3"]


async def test_a_handler_that_answers_everybody_alike_does_not_see_who_asks(sameness: Sameness) -> None:
    await sameness.hears("часы")

    assert (sameness.asked[0].contact, sameness.asked[0].misses) == (NOBODY, 0)


def test_an_answer_is_for_one_language_and_for_channels_that_carry_as_much() -> None:
    asked = Request(intent="hours", confidence=1.0)

    def key(language: str = "ru", *, public: bool = False) -> object:
        return key_of("a handler", asked, "часы", "", language, Mode.BOT, new=False, public=public)

    assert key() == key()
    assert len({key(), key("en"), key(public=True)}) == 3


KEPT = Answer(replies=(Reply(text="ответ"),))


class Pupil:
    """An understanding that is taught other things between two questions, and counts them."""

    def __init__(self) -> None:
        self.edition, self.asked = 0, list[str]()

    def understand(self, text: str) -> tuple[Request, ...]:
        self.asked.append(text)
        return (Request(intent=f"lesson {self.edition}", confidence=1.0),)


@pytest.mark.parametrize(("text", "thought"), [("а" * LONGEST_TEXT, 1), ("а" * (LONGEST_TEXT + 1), 2)])
def test_short_words_are_understood_once_and_long_ones_are_not_kept(text: str, thought: int) -> None:
    pupil = Pupil()
    remembered = Remembered(pupil)

    heard = [remembered.understand(text)[0].intent for _ in range(2)]

    assert heard == ["lesson 0"] * 2
    assert len(pupil.asked) == thought


def test_what_was_understood_before_a_lesson_is_thought_about_anew_and_then_once() -> None:
    pupil = Pupil()
    remembered = Remembered(pupil, lambda: pupil.edition)
    remembered.understand("привет")
    pupil.edition = 1

    heard = [remembered.understand("привет")[0].intent for _ in range(2)]

    assert heard == ["lesson 1"] * 2
    assert len(pupil.asked) == 2


def test_no_more_answers_are_kept_than_there_is_room_for(clock: StandingClock) -> None:
    same, now = SameWords(sample_library(FakeCatalogue(), FakeFaq(), FakeBranches(CENTRAL))), clock.now()
    for number in range(ANSWERS - 1):
        same.shelf(now)[number,] = KEPT
    assert len(same.shelf(now)) == ANSWERS - 1

    same.shelf(now)["the last one",] = KEPT

    assert same.shelf(now) == {}


def test_an_answer_of_a_clock_that_is_set_back_counts_no_more(clock: StandingClock) -> None:
    same, now = SameWords(sample_library(FakeCatalogue(), FakeFaq(), FakeBranches(CENTRAL))), clock.now()
    same.shelf(now)["часы",] = KEPT

    assert same.shelf(now - timedelta(seconds=1)) == {}


@pytest.mark.parametrize(
    ("text", "slots", "kept"),
    [
        ("а" * LONGEST_TEXT, {}, True),
        ("а" * (LONGEST_TEXT + 1), {}, False),
        ("часы", {"topic": "hours"}, True),
        ("", {}, True),
        ("", {"title": "Идиот"}, False),
    ],
)
def test_only_short_words_that_say_everything_are_answered_from_memory(
    text: str, slots: dict[str, str], kept: bool
) -> None:
    asked = Request(intent="hours", confidence=1.0, slots=slots)

    assert (key_of("a handler", asked, text, "", "ru", Mode.BOT, new=False) is not None) is kept
