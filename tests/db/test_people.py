"""How handing over is written down on both databases: who waits, how long it took, whether it helped."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.desk_actions import Close, GiveBack, HandOn, Release, Relieve, Take
from bot.handover import ENOUGH_WAITS, Line, rounded, usual
from bot.messages import Contact, Moved, StaffReply
from bot.ports.log import Mode
from bot.staff import StaffMember
from db.connect import Database
from db.forgetting import forget_conversation
from db.messages import StoredLog, open_log
from db.models import ContactRow
from db.models_handover import HandoverRow
from db.people import SqlPeople
from tests.db.test_desk import say, waits
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, HOLIDAYS, FakeBranches
from tests.support.logs import ANNA, BORIS, arrival, turn
from tests.support.staff import hire

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def log(database: Database, clock: StandingClock) -> AsyncIterator[StoredLog]:
    opened = await open_log(database, clock)
    yield opened
    await opened.aclose()


@pytest.fixture
async def masha(database: Database, clock: StandingClock) -> StaffMember:
    return await hire(database, clock)


@pytest.fixture
def people(database: Database, clock: StandingClock) -> SqlPeople:
    return SqlPeople(database, clock, FakeBranches(CENTRAL), HOLIDAYS)


async def handovers(database: Database) -> list[Any]:
    async with database.engine.connect() as connection:
        return list((await connection.execute(select(HandoverRow.__table__).order_by(HandoverRow.id))).all())


async def test_a_call_is_written_down_from_its_beginning_to_its_end(
    database: Database, log: StoredLog, masha: StaffMember, clock: StandingClock
) -> None:
    began = clock.now()
    one = await waits(log)
    clock.turn(4 * MINUTE)
    await log.act(Take(conversation_id=one, staff_id=masha.staff_id))
    await log.act(say(one, masha, clock))
    clock.turn(MINUTE)
    await log.act(Release())
    await log.act(Close(conversation_id=one, staff_id=masha.staff_id))

    (kept,) = await handovers(database)
    assert (kept.conversation_id, kept.channel, kept.reason, kept.ended) == (one, "chat", "asked", "closed")
    assert (kept.called_at, kept.taken_at, kept.staff_id) == (began, began + 4 * MINUTE, masha.staff_id)
    assert (kept.answered_at, kept.ended_at) == (began + 5 * MINUTE, began + 5 * MINUTE)


async def test_an_answer_that_leaves_after_the_close_counts_and_later_ones_change_nothing(
    database: Database, log: StoredLog, masha: StaffMember, clock: StandingClock
) -> None:
    one = await waits(log)
    await log.act(say(one, masha, clock))
    await log.act(Close(conversation_id=one, staff_id=masha.staff_id))
    clock.turn(MINUTE)
    left = clock.now()
    await log.act(Release())
    await log.act(say(one, masha, clock, key="k2"))
    await log.act(GiveBack(conversation_id=one, staff_id=masha.staff_id))
    clock.turn(MINUTE)
    await log.act(Release())

    first, second = await handovers(database)
    assert first.answered_at == left
    assert (second.reason, second.ended) == ("taken", "given_back"), "nobody had called"


async def test_a_reader_who_cancels_has_not_been_answered(
    database: Database, log: StoredLog, clock: StandingClock
) -> None:
    one = await waits(log)
    await log.record(arrival("не надо", key="2"))
    (waiting,) = await log.claim(1, one)
    await log.complete(replace(turn(waiting, "Хорошо"), mode=Mode.BOT))

    (kept,) = await handovers(database)
    assert (kept.ended, kept.answered_at) == ("cancelled", None)


async def test_who_calls_twice_waits_once(database: Database, log: StoredLog) -> None:
    await waits(log)
    await waits(log, "человек!", key="2")

    assert len(await handovers(database)) == 1


async def test_a_silent_librarian_ends_it_and_a_reader_who_had_the_last_word_waits_anew(
    database: Database, log: StoredLog, masha: StaffMember, clock: StandingClock
) -> None:
    one = await waits(log)
    await log.act(Take(conversation_id=one, staff_id=masha.staff_id))
    await log.record(arrival("Вы здесь?", key="2"))
    asked_at = clock.now()
    clock.turn(timedelta(hours=2))
    assert (await log.act(Relieve(since=clock.now() - timedelta(hours=1)))).count == 1

    first, second = await handovers(database)
    assert (first.ended, second.reason, second.ended_at, second.called_at) == ("silence", "silence", None, asked_at)


async def test_handing_on_keeps_the_call_and_a_colleague_at_the_messenger_answers_it(
    database: Database, log: StoredLog, masha: StaffMember, clock: StandingClock
) -> None:
    one = await waits(log)
    vera = await hire(database, clock, "vera", "Вера")
    await log.act(HandOn(conversation_id=one, staff_id=masha.staff_id, colleague=vera.staff_id))
    await log.act(HandOn(conversation_id=one, staff_id=vera.staff_id, branch="02"))
    await log.note(StaffReply(contact=ANNA, text="Сейчас найдём", staff="9", external_id="7:9", at=clock.now()))

    (kept,) = await handovers(database)
    assert (kept.answered_at, kept.ended_at) == (clock.now(), None)


async def test_a_call_goes_over_with_the_person(database: Database, log: StoredLog, clock: StandingClock) -> None:
    old = await waits(log)
    new = await waits(log, contact=BORIS, key="2")
    await log.note(Moved(contact=ANNA, address=BORIS.address, at=clock.now()))

    first, second = await handovers(database)
    assert old != new
    assert (first.conversation_id, first.ended, second.conversation_id, second.ended_at) == (new, "moved", new, None)


# --- the line ------------------------------------------------------------------------------------


async def test_the_line_counts_those_who_have_waited_longer(
    log: StoredLog, people: SqlPeople, masha: StaffMember, clock: StandingClock
) -> None:
    carl = Contact(channel="chat", address="carl")
    first = await waits(log)
    clock.turn(MINUTE)
    await waits(log, contact=BORIS, key="2")

    assert (await people.line(ANNA)).before == 0
    assert (await people.line(BORIS)).before == 1
    assert (await people.line(carl)).before == 2, "who does not wait yet comes last"
    await log.act(Take(conversation_id=first, staff_id=masha.staff_id))
    assert (await people.line(BORIS)).before == 0


async def answered_after(log: StoredLog, masha: StaffMember, clock: StandingClock, wait: timedelta, key: str) -> None:
    one = await waits(log, key=key)
    clock.turn(wait - timedelta(seconds=5))
    await log.act(say(one, masha, clock, key=f"answer-{key}"))
    clock.turn(timedelta(seconds=5))
    await log.act(Release())
    await log.act(Close(conversation_id=one, staff_id=masha.staff_id))


async def test_the_usual_wait_is_the_median_of_opening_time_once_enough_is_known(
    log: StoredLog, people: SqlPeople, masha: StaffMember, clock: StandingClock
) -> None:
    for number in range(ENOUGH_WAITS - 1):
        await answered_after(log, masha, clock, 7 * MINUTE, f"w{number}")
    assert (await people.line(ANNA)) == Line(before=0, usual=None)

    clock.moment = clock.moment.replace(hour=9, minute=50)  # ten minutes before the break for lunch
    await answered_after(log, masha, clock, 77 * MINUTE, "lunch")
    clock.moment = clock.moment.replace(hour=20)  # at night: says nothing of opening hours
    await answered_after(log, masha, clock, 11 * timedelta(hours=1), "night")

    assert (await people.line(ANNA)).usual == timedelta(minutes=10), "7 minutes, said by fives"


def test_too_few_waits_promise_nothing_and_a_promise_is_never_shorter_than_the_wait() -> None:
    assert usual([MINUTE] * (ENOUGH_WAITS - 1)) is None
    assert usual([MINUTE] * 6 + [MINUTE * 60] * 5) == MINUTE
    for seconds, said in ((20, 1), (61, 2), (301, 10), (3_600, 60), (3_601, 120)):
        assert rounded(timedelta(seconds=seconds)) == MINUTE * said


# --- whether it helped ---------------------------------------------------------------------------


async def test_only_who_was_asked_rates_and_nobody_for_another(
    database: Database, log: StoredLog, people: SqlPeople, masha: StaffMember, clock: StandingClock
) -> None:
    await answered_after(log, masha, clock, MINUTE, "1")
    (kept,) = await handovers(database)
    assert not await people.rate(ANNA, kept.id, helped=True), "nobody asked yet"
    async with database.writer.begin() as connection:
        await connection.execute(update(HandoverRow).values(asked_at=clock.now()))
    await waits(log, contact=BORIS, key="b")

    assert not await people.rate(BORIS, kept.id, helped=False)
    assert not await people.rate(ANNA, 2**62, helped=False)
    assert await people.rate(ANNA, kept.id, helped=True)
    assert await people.add_words(ANNA, kept.id, "Спасибо\x00 большое! " + "Ы" * 2000)
    kept = (await handovers(database))[0]
    assert (kept.helped, kept.rated_at, kept.words[:16], len(kept.words)) == (
        True,
        clock.now(),
        "Спасибо большое!",
        1000,
    )


async def test_who_is_forgotten_leaves_a_figure_without_a_person(
    database: Database, log: StoredLog, masha: StaffMember, clock: StandingClock
) -> None:
    await answered_after(log, masha, clock, MINUTE, "1")
    async with database.writer.begin() as connection:
        await connection.execute(update(HandoverRow).values(words="Анна была здесь", helped=True))
        contact_id = await connection.scalar(select(ContactRow.id))
        assert contact_id is not None
        await forget_conversation(connection, contact_id)

    (kept,) = await handovers(database)
    assert (kept.conversation_id, kept.words, kept.helped, kept.channel) == (None, "", True, "chat")
