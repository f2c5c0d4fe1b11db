"""The figures of the day on both databases, and how the messengers stand."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, insert, update

from bot.desk_actions import Close, Release
from bot.messages import Contact, Lane
from bot.overview import ChannelState, Day, Queue, Standing, Stretch, Way
from bot.ports.log import Outcome
from bot.staff import StaffMember
from db.branches import SqlBranches
from db.channel_states import SqlChannelStates
from db.connect import Database
from db.messages import StoredLog, open_log
from db.models import ContactRow
from db.models_circulation import CirculationTotalsRow
from db.models_handover import HandoverRow
from db.overview import SqlOverview
from tests.db.test_desk import say, waits
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, CHILDREN
from tests.support.logs import ANNA, BORIS, SqlStaff, arrival, turn
from tests.support.staff import hire

ZONE = ZoneInfo("Europe/Moscow")
SOURCES = {"branch-02": "02"}
DAY = timedelta(days=1)


@pytest.fixture
async def log(database: Database, clock: StandingClock) -> AsyncIterator[StoredLog]:
    opened = await open_log(database, clock)
    yield opened
    await opened.aclose()


@pytest.fixture
async def masha(database: Database, clock: StandingClock) -> StaffMember:
    return await hire(database, clock)


@pytest.fixture
def book(database: Database) -> SqlOverview:
    return SqlOverview(database, ZONE)


async def asks(
    log: StoredLog, key: str, outcome: Outcome = Outcome.ANSWERED, intent: str = "hours", contact: Contact = ANNA
) -> None:
    """A reader's message with what became of it."""
    recorded = await log.record(arrival(f"вопрос {key}", key=key, contact=contact))
    (waiting,) = await log.claim(1, recorded.conversation_id)
    await log.complete(replace(turn(waiting, "Ответ", outcome=outcome), intent=intent))


async def test_the_day_is_counted_beside_the_same_hours_a_week_ago(
    log: StoredLog, book: SqlOverview, clock: StandingClock
) -> None:
    start = clock.now()
    clock.moment = start - 7 * DAY
    await asks(log, "old")
    clock.turn(timedelta(hours=3))
    await asks(log, "later that day")
    clock.moment = start - DAY
    await asks(log, "yesterday")
    clock.moment = start - timedelta(minutes=1)
    for key in ("1", "2"):
        await asks(log, key)
    await asks(log, "3", Outcome.MISSED)
    await asks(log, "4", Outcome.FAILED)
    await asks(log, "5", Outcome.HANDED_OVER)
    await asks(log, "hello", intent="greeting")
    await asks(log, "to a librarian", Outcome.SILENT)
    clock.moment = start

    figures = await book.figures(clock.now(), SOURCES)

    (today,) = figures.today.values()
    assert (today.heard, today.asked, today.answered, today.missed, today.called) == (7, 5, 2, 2, 1)
    assert today.without_a_person == 40
    assert today.last_heard == start - timedelta(minutes=1)
    assert today.last_sent is None, "nothing has left yet"
    assert [day.asked for day in figures.week_ago.values()] == [1], "up to the same hour"


async def test_places_are_told_apart_by_link_and_by_hand(
    database: Database, log: StoredLog, book: SqlOverview, clock: StandingClock
) -> None:
    await asks(log, "1")
    await asks(log, "2", contact=BORIS)
    async with database.writer.begin() as connection:
        by_link = update(ContactRow).where(ContactRow.address == BORIS.address).values(source="branch-02")
        await connection.execute(by_link)

    figures = await book.figures(clock.now(), SOURCES)

    assert {place: day.asked for place, day in figures.today.items()} == {("chat", ""): 1, ("chat", "02"): 1}


async def test_who_waits_was_taken_and_was_helped_is_counted(
    database: Database, log: StoredLog, book: SqlOverview, masha: StaffMember, clock: StandingClock
) -> None:
    one = await waits(log)
    clock.turn(timedelta(minutes=1))
    await waits(log, contact=BORIS, key="2")
    first, second = clock.now() - timedelta(minutes=1), clock.now()
    assert (await book.figures(clock.now(), SOURCES)).waiting == {("chat", ""): Queue(waiting=2, oldest=first)}

    await log.act(say(one, masha, clock))
    clock.turn(timedelta(seconds=6))
    await log.act(Release())
    await log.act(Close(conversation_id=one, staff_id=masha.staff_id))
    async with database.writer.begin() as connection:
        rated = update(HandoverRow).where(HandoverRow.conversation_id == one)
        await connection.execute(rated.values(helped=True, rated_at=clock.now(), words="Спасибо!"))

    figures = await book.figures(clock.now(), SOURCES)
    assert figures.waiting == {("chat", ""): Queue(waiting=1, oldest=second)}
    (today,) = figures.today.values()
    assert (today.taken, today.helped, today.not_helped) == (1, 1, 0)
    (opinion,) = await book.opinions(SOURCES, frozenset({"02"}), 10)
    assert (opinion.conversation_id, opinion.helped, opinion.words) == (one, True, "Спасибо!")
    async with database.writer.begin() as connection:
        await connection.execute(update(HandoverRow).values(branch="01"))
    assert await book.opinions(SOURCES, frozenset({"02"}), 10) == []


async def test_renewals_and_holds_come_from_what_was_done(
    database: Database, book: SqlOverview, clock: StandingClock
) -> None:
    await SqlBranches(database, ZONE).put([CENTRAL, CHILDREN])
    today = clock.now().date()
    rows = [
        {"day": today, "branch_id": 1, "what": "renewed", "code": "", "times": 5},
        {"day": today, "branch_id": 2, "what": "renewed", "code": "", "times": 2},
        {"day": today, "branch_id": 1, "what": "hold_placed", "code": "", "times": 1},
        {"day": today, "branch_id": 1, "what": "renewal_refused", "code": "wanted", "times": 9},
        {"day": today - 7 * DAY, "branch_id": 1, "what": "renewed", "code": "", "times": 4},
        {"day": today - DAY, "branch_id": 1, "what": "renewed", "code": "", "times": 90},
    ]
    async with database.writer.begin() as connection:
        await connection.execute(insert(CirculationTotalsRow), rows)

    figures = await book.figures(clock.now(), SOURCES)

    assert figures.renewed == {"01": 5, "02": 2}
    assert (figures.held, figures.renewed_week_ago, figures.held_week_ago) == ({"01": 1}, {"01": 4}, {})


async def test_several_days_are_counted_from_midnight_to_midnight(
    database: Database, log: StoredLog, book: SqlOverview, clock: StandingClock
) -> None:
    await SqlBranches(database, ZONE).put([CENTRAL, CHILDREN])
    last = clock.now().astimezone(ZONE).date()
    midnight = datetime.combine(last, time(), ZONE)
    for key, moment in enumerate(
        (midnight - 2 * DAY - timedelta(seconds=1), midnight - 2 * DAY, midnight, midnight + DAY - timedelta(seconds=1))
    ):
        clock.moment = moment
        await asks(log, str(key), Outcome.MISSED if key == 2 else Outcome.ANSWERED)
    clock.moment = midnight + DAY
    await asks(log, "the day after")
    async with database.writer.begin() as connection:
        rows = [
            {"day": day, "branch_id": 1, "what": what, "code": "", "times": times}
            for day, what, times in (
                (last - 3 * DAY, "renewed", 90),
                (last - 2 * DAY, "renewed", 5),
                (last, "renewed", 2),
                (last, "hold_placed", 1),
                (last + DAY, "renewed", 90),
            )
        ]
        await connection.execute(insert(CirculationTotalsRow), rows)

    stretch = await book.between(last - 2 * DAY, last, SOURCES)

    assert [(day.asked, day.answered, day.missed) for day in stretch.days.values()] == [(3, 2, 1)]
    assert (stretch.renewed, stretch.held) == ({"01": 7}, {"01": 1})
    assert await book.between(last - 9 * DAY, last - 8 * DAY, SOURCES) == Stretch()


async def test_what_waits_inside_is_told(
    database: Database, log: StoredLog, book: SqlOverview, clock: StandingClock
) -> None:
    assert (await book.figures(clock.now(), SOURCES)).oldest_unhandled is None, "an empty store has figures, too"
    came = clock.now()
    await log.record(arrival("Ау?", key="1"))
    await SqlStaff(database, clock).queues(ANNA, "Пора вернуть книгу", Lane.NOTICE)
    clock.turn(timedelta(minutes=5))

    figures = await book.figures(clock.now(), SOURCES)

    assert figures.oldest_unhandled == came
    assert figures.queued == {Lane.NOTICE.value: 1}


async def test_midnight_is_the_librarys_own_and_the_staffs_chat_is_no_reader(
    database: Database, log: StoredLog, book: SqlOverview, clock: StandingClock
) -> None:
    clock.moment = clock.moment.replace(hour=20, minute=59)  # 23:59 in Moscow
    await asks(log, "1")
    clock.turn(timedelta(minutes=2))
    assert (await book.figures(clock.now(), SOURCES)).today == {}
    await asks(log, "2")
    await asks(log, "3", contact=BORIS)
    async with database.writer.begin() as connection:
        staff = update(ContactRow).where(ContactRow.address == BORIS.address).values(source="staff:")
        await connection.execute(staff)

    assert [day.asked for day in (await book.figures(clock.now(), SOURCES)).today.values()] == [1]


async def test_the_figures_take_a_fixed_number_of_queries(
    database: Database, log: StoredLog, book: SqlOverview, clock: StandingClock
) -> None:
    for number in range(5):
        await asks(log, str(number))
    await book.figures(clock.now(), SOURCES)
    asked: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *row: asked.append(row[2]))
    for number in range(30):
        await asks(log, f"more {number}")

    figures = await book.figures(clock.now(), SOURCES)

    assert sum(day.asked for day in figures.today.values()) == 35
    assert len([one for one in asked if "SELECT" in one]) < 20, asked


def test_days_add_up() -> None:
    day = Day(heard=3, asked=2, answered=1)
    assert Day() + day == day
    assert (day + day).without_a_person == 50
    assert Day(heard=1).without_a_person is None


# --- how the messengers stand --------------------------------------------------------------------


async def test_a_standing_keeps_its_beginning_until_it_changes(database: Database, clock: StandingClock) -> None:
    states, began = SqlChannelStates(database, clock), clock.now()
    await states.keep({})
    await states.keep({("vk", Way.OUT): Standing.LOST, ("vk", Way.IN): Standing.UP})
    clock.turn(timedelta(minutes=2))
    await states.keep({("vk", Way.OUT): Standing.LOST})

    lost = ChannelState(
        channel="vk", way=Way.OUT, standing=Standing.LOST, since=began, seen_at=began + timedelta(minutes=2)
    )
    assert lost in await states.all()
    clock.turn(timedelta(minutes=1))
    await states.keep({("vk", Way.OUT): Standing.UP})
    assert {state.way: state.since for state in await states.all()} == {Way.OUT: clock.now(), Way.IN: began}
