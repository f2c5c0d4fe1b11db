"""What readers asked in vain: gathered once, without the readers, bounded."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages import ButtonPress, Contact, Content
from bot.ports.log import PRIVATE, Completed, Dialogue, Mode, Outcome
from bot.teaching import Lack
from db.connect import Database
from db.messages import Log
from db.misses import SqlMisses
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS, arrival, opened_log
from tests.support.patience import SOON_S

KINDS = {"chat": "webchat"}


@pytest.fixture
def misses(database: Database, clock: StandingClock) -> SqlMisses:
    return SqlMisses(database, clock, keep=100, kinds=KINDS)


class Bot:
    """Takes turns that fail as a test says."""

    def __init__(self, log: Log, clock: StandingClock) -> None:
        self._log, self._clock, self._keys = log, clock, 0

    async def fails(
        self,
        text: str | Content,
        *,
        contact: Contact = ANNA,
        intent: str = "search",
        outcome: Outcome = Outcome.MISSED,
        language: str = "",
        mode: Mode | None = None,
    ) -> None:
        self._keys += 1
        message = replace(arrival(text, key=str(self._keys), contact=contact), language=language)
        await self._log.record(message)
        (waiting,) = await self._log.claim(10)
        turn = Completed(
            message_id=waiting.message_id,
            conversation_id=waiting.conversation_id,
            lease=waiting.lease,
            contact=contact,
            replies=(),
            dialogue=Dialogue(),
            outcome=outcome,
            intent=intent,
            mode=mode,
        )
        assert await self._log.complete(turn)
        self._clock.turn(timedelta(minutes=1))


async def test_wordings_alike_are_counted_as_one(database: Database, clock: StandingClock, misses: SqlMisses) -> None:
    began = clock.now()
    async with opened_log(database, clock) as log:
        bot = Bot(log, clock)
        await bot.fails("Есть книга «Зимняя сказка»?")
        await bot.fails("зимнюю сказку", contact=BORIS)
        await bot.fails("зимнюю сказку", language="en-GB")
        await bot.fails("чем вы дышите", intent="out_of_scope")
        await bot.fails("почём аренда зала", intent="rules")

    assert await misses.gather() == 5
    first, *others = await misses.all()

    assert first.text == "зимнюю сказку"
    assert first.variants == ("есть книга зимняя сказка",)
    assert (first.count, first.lacks, first.channels) == (3, (Lack.NOT_FOUND,), {"webchat": 3})
    assert set(first.languages) == {"ru", "en"}
    assert first.first_at == began
    assert first.last_at == began + timedelta(minutes=2)
    assert {other.text: other.lacks for other in others} == {
        "чем вы дышите": (Lack.NOT_UNDERSTOOD,),
        "почем аренда зала": (Lack.NO_ANSWER,),
    }


async def test_nothing_is_counted_twice(database: Database, clock: StandingClock, misses: SqlMisses) -> None:
    async with opened_log(database, clock) as log:
        bot = Bot(log, clock)
        await bot.fails("зимняя сказка")
        assert await misses.gather() == 1
        assert await misses.gather() == 0
        await bot.fails("зимняя сказка")
        assert await misses.gather() == 1

    assert [miss.count for miss in await misses.all()] == [2]


async def test_a_gathering_that_fails_leaves_everything_for_the_next(
    database: Database, clock: StandingClock, misses: SqlMisses, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_log(database, clock) as log:
        await Bot(log, clock).fails("зимняя сказка")

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(misses, "_make_room", killed)
        with pytest.raises(KeyboardInterrupt):
            await misses.gather()

    assert await misses.gather() == 1
    assert [miss.count for miss in await misses.all()] == [1]


async def test_what_was_answered_or_pressed_is_no_miss(
    database: Database, clock: StandingClock, misses: SqlMisses
) -> None:
    async with opened_log(database, clock) as log:
        bot = Bot(log, clock)
        await bot.fails("часы работы", outcome=Outcome.ANSWERED)
        await bot.fails("молчу", outcome=Outcome.SILENT)
        await bot.fails(ButtonPress("work:1"))

    await misses.gather()

    assert await misses.all() == []


async def test_words_to_a_librarian_are_not_kept(database: Database, clock: StandingClock, misses: SqlMisses) -> None:
    async with opened_log(database, clock) as log:
        bot = Bot(log, clock)
        await bot.fails("где мой заказ")
        await bot.fails("позовите человека", outcome=Outcome.HANDED_OVER, mode=Mode.WAITING)
        await bot.fails("я живу одна, дети далеко")

    await misses.gather()

    assert [miss.text for miss in await misses.all()] == ["где мой заказ"]


async def test_what_was_said_to_a_personal_question_is_not_kept(
    database: Database, clock: StandingClock, misses: SqlMisses
) -> None:
    async with opened_log(database, clock) as log:
        await Bot(log, clock).fails("Котова", intent=PRIVATE)

    assert await misses.gather() == 0

    assert await misses.all() == []


async def test_a_person_s_numbers_and_names_are_not_kept(
    database: Database, clock: StandingClock, misses: SqlMisses
) -> None:
    async with opened_log(database, clock) as log:
        await Bot(log, clock).fails("Меня зовут Анна Котова, билет 10234, +7 912 345-67-89: верните деньги")

    await misses.gather()

    (miss,) = await misses.all()
    assert miss.text == "меня зовут [имя] билет [номер] [номер] верните деньги"
    assert "анн" not in repr(miss).casefold()


async def test_the_rarest_and_oldest_go_when_there_are_too_many(database: Database, clock: StandingClock) -> None:
    misses = SqlMisses(database, clock, keep=20, kinds=KINDS)
    async with opened_log(database, clock) as log:
        bot = Bot(log, clock)
        for number in range(12):
            for _ in range(2):
                await bot.fails(f"часто спрашивают номер {number}")
        for number in range(12):
            await bot.fails(f"однажды спросили номер {number}")

    await misses.gather()

    kept = {miss.text: miss.count for miss in await misses.all()}
    assert len(kept) == 20
    assert sum(count == 2 for count in kept.values()) == 12
    assert {f"однажды спросили номер {number}" for number in range(4, 12)} <= kept.keys()


async def test_only_what_came_lately_is_told(database: Database, clock: StandingClock, misses: SqlMisses) -> None:
    async with opened_log(database, clock) as log:
        bot = Bot(log, clock)
        await bot.fails("старый вопрос")
        clock.turn(timedelta(days=2))
        since = clock.now()
        await bot.fails("новый вопрос")
    await misses.gather()

    assert [miss.text for miss in await misses.all(since)] == ["новый вопрос"]


async def test_a_miss_is_forgotten_with_all_its_wordings(
    database: Database, clock: StandingClock, misses: SqlMisses
) -> None:
    async with opened_log(database, clock) as log:
        bot = Bot(log, clock)
        await bot.fails("зимняя сказка")
        await bot.fails("зимнюю сказку")
        await bot.fails("летняя песня")
    await misses.gather()
    gone = next(miss for miss in await misses.all() if miss.count == 2)

    assert await misses.forget(gone.miss_id) == 2
    assert await misses.forget(gone.miss_id) == 0

    assert [miss.text for miss in await misses.all()] == ["летняя песня"]


async def test_two_processes_count_each_miss_once(database: Database, clock: StandingClock, misses: SqlMisses) -> None:
    other = SqlMisses(database, clock, keep=100, kinds=KINDS)
    async with opened_log(database, clock) as log:
        await Bot(log, clock).fails("зимняя сказка")
    found = await misses._missed()
    assert await other.gather() == 1

    counted = await misses._note([row.id for row in found], misses._wordings(found))

    assert counted == 0
    assert [miss.count for miss in await misses.all()] == [1]


async def test_the_log_is_looked_at_after_something_was_said_and_not_in_between(
    database: Database, clock: StandingClock, misses: SqlMisses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It used to be asked every two seconds, however quiet the night."""
    monkeypatch.setattr("db.misses.REST_S", 0.0)
    looks: asyncio.Queue[int] = asyncio.Queue()
    said: asyncio.Queue[None] = asyncio.Queue()
    gather = misses.gather

    async def gathered() -> int:
        looks.put_nowait(await gather())
        return 0

    async def changes() -> AsyncIterator[None]:
        while True:
            await said.get()
            yield

    monkeypatch.setattr(misses, "gather", gathered)
    following = asyncio.create_task(misses.follow(changes()))
    async with asyncio.timeout(SOON_S), opened_log(database, clock) as log:
        await Bot(log, clock).fails("есть ли у вас настольные игры")
        assert looks.empty()
        said.put_nowait(None)
        assert await looks.get() == 1
        said.put_nowait(None)
        assert await looks.get() == 0
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    assert looks.empty()
