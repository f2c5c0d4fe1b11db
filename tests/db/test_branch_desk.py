"""What the staff say of branches and days: kept beside config.yaml, in force at once, in every process."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.branch_desk import Place
from bot.errors import InputError
from bot.library.due_dates import BranchCalendar, is_overdue, next_open
from bot.library.hours import counted
from bot.library.model import Branch, DayKind, SpecialDays
from bot.messages import Contact
from bot.ports.library import Library
from db.branch_desk import SqlBranchDesk
from db.branches import SqlBranches
from db.connect import Database
from db.messages import open_log
from tests.support.clock import StandingClock
from tests.support.fake_library import (
    CENTRAL,
    CHILDREN,
    HOLIDAYS,
    VILLAGE,
    FakeBranches,
    FakeCatalogue,
    FakeFaq,
    NoHolidays,
    sample_library,
)
from tests.support.store_reader import StoreReader

MONDAY = date(2026, 3, 2)
BURST_PIPE = SpecialDays(kind=DayKind.URGENT, first=MONDAY, last=MONDAY, note="авария")
EVERYWHERE: frozenset[str] = frozenset()


@pytest.fixture
async def branches(database: Database) -> SqlBranches:
    """Two branches of config.yaml."""
    known = SqlBranches(database, CENTRAL.zone)
    await known.put([CENTRAL, CHILDREN])
    return known


@pytest.fixture
def desk(database: Database, branches: SqlBranches, clock: StandingClock) -> SqlBranchDesk:
    """Where the staff say it."""
    return SqlBranchDesk(database, branches, clock)


async def place(desk: SqlBranchDesk, code: str) -> Place:
    return next(place for place in await desk.places() if place.branch.code == code)


async def branch(branches: SqlBranches, code: str) -> Branch:
    return next(branch for branch in await branches.all() if branch.code == code)


# --- branches and config.yaml --------------------------------------------------------------------


async def test_what_the_staff_changed_outlives_a_start_and_a_changed_file(
    desk: SqlBranchDesk, branches: SqlBranches
) -> None:
    await desk.put(replace(CENTRAL, phone="2-22-22"), login="masha")

    await branches.put([CENTRAL, CHILDREN])

    assert (await branch(branches, "01")).phone == "2-22-22"
    assert not (await place(desk, "01")).file_differs
    await branches.put([replace(CENTRAL, phone="3-33-33"), replace(CHILDREN, phone="4-44-44")])
    changed = await place(desk, "01")
    assert (changed.branch.phone, changed.edited_by, changed.in_file) == ("2-22-22", "masha", True)
    assert changed.file_differs
    assert (await branch(branches, "02")).phone == "4-44-44"  # nobody changed it at the console


async def test_a_branch_goes_back_to_what_the_file_says_now(desk: SqlBranchDesk, branches: SqlBranches) -> None:
    await desk.put(replace(CENTRAL, name="Главная", phone="2-22-22"), login="masha")
    await branches.put([replace(CENTRAL, phone="3-33-33"), CHILDREN])

    assert await desk.back_to_file("01")

    now = await place(desk, "01")
    assert (now.branch.name, now.branch.phone, now.edited_by, now.file_differs) == (CENTRAL.name, "3-33-33", "", False)


async def test_a_branch_of_the_console_is_no_business_of_the_file(desk: SqlBranchDesk, branches: SqlBranches) -> None:
    await desk.put(replace(VILLAGE, main=False), login="masha", new=True)

    await branches.put([CENTRAL, CHILDREN])

    assert [known.code for known in await branches.all()] == ["01", "02", VILLAGE.code]
    assert not (await place(desk, VILLAGE.code)).in_file
    assert not await desk.back_to_file(VILLAGE.code)


async def test_a_branch_that_leaves_the_file_stays_if_the_staff_changed_it(
    desk: SqlBranchDesk, branches: SqlBranches
) -> None:
    await desk.put(replace(CHILDREN, phone="2-22-22"), login="masha")

    await branches.put([CENTRAL])

    assert (await branch(branches, "02")).phone == "2-22-22"
    assert not (await place(desk, "02")).in_file


async def test_codes_are_unique_and_only_what_is_there_is_changed(desk: SqlBranchDesk) -> None:
    with pytest.raises(InputError):
        await desk.put(CENTRAL, login="masha", new=True)
    with pytest.raises(InputError):
        await desk.put(replace(CENTRAL, code="99"), login="masha")


async def test_what_is_said_of_a_branch_is_known_here_at_once_and_elsewhere_with_the_next_look(
    desk: SqlBranchDesk, branches: SqlBranches, database: Database
) -> None:
    other = SqlBranches(database, CENTRAL.zone)
    await other.refresh()

    async def heard(code: str) -> list[str]:
        await other.look()
        return [(await branch(of, code)).phone for of in (branches, other)]

    await desk.put(replace(CENTRAL, phone="2-22-22"), login="masha")
    assert await heard("01") == ["2-22-22", "2-22-22"]
    await desk.put(replace(VILLAGE, main=False, phone="4-44-44"), login="masha", new=True)
    assert await heard(VILLAGE.code) == ["4-44-44", "4-44-44"]
    assert await desk.back_to_file("01")
    assert await heard("01") == [CENTRAL.phone, CENTRAL.phone]


async def test_branches_that_the_staff_add_stand_behind_the_others_in_the_order_of_adding(
    desk: SqlBranchDesk, branches: SqlBranches
) -> None:
    for code, name in (("91", "Яблоневская"), ("92", "Аксайская"), ("93", "Луговая")):
        await desk.put(replace(VILLAGE, main=False, code=code, name=name), login="masha", new=True)

    assert [known.code for known in await branches.all()] == ["01", "02", "91", "92", "93"]


# --- days ----------------------------------------------------------------------------------------


async def test_an_emergency_is_known_to_another_process_with_its_next_look(
    desk: SqlBranchDesk, branches: SqlBranches, database: Database
) -> None:
    other = SqlBranches(database, CENTRAL.zone)
    await other.refresh()
    edition = other.edition

    number = await desk.say(BURST_PIPE, frozenset({"01"}), login="masha")
    await other.look()

    assert (await branch(other, "01")).days == (BURST_PIPE,)
    assert (await branch(other, "02")).days == ()
    assert other.edition > edition
    assert await desk.end(number, MONDAY, login="dasha")
    await other.look()
    assert (await branch(other, "01")).days == ()
    assert not await desk.end(number, MONDAY, login="dasha")


async def test_an_entry_is_found_by_its_number_until_it_is_taken_back(desk: SqlBranchDesk) -> None:
    moving = replace(BURST_PIPE, kind=DayKind.CLOSED, note="переезд")
    first, second = [await desk.say(days, EVERYWHERE, login="masha") for days in (BURST_PIPE, moving)]

    found = [await desk.entry(number) for number in (first, second, second + 1)]

    assert [entry and (entry.entry_id, entry.days) for entry in found] == [(first, BURST_PIPE), (second, moving), None]
    assert await desk.end(first, MONDAY, login="masha")
    assert await desk.entry(first) is None
    assert await desk.entry(second) is not None


async def test_days_are_kept_apart_from_what_is_told_of_a_branch(desk: SqlBranchDesk, branches: SqlBranches) -> None:
    number = await desk.say(BURST_PIPE, EVERYWHERE, login="masha")
    await desk.put(await branch(branches, "01"), login="masha")

    await desk.end(number, MONDAY, login="masha")

    assert (await branch(branches, "01")).hours == CENTRAL.hours


async def test_an_emergency_wins_over_a_newer_word_about_the_day(desk: SqlBranchDesk, branches: SqlBranches) -> None:
    await desk.say(BURST_PIPE, EVERYWHERE, login="masha")
    assert CENTRAL.hours is not None
    late = replace(BURST_PIPE, kind=DayKind.HOURS, intervals=CENTRAL.hours.week[0], note="")
    await desk.say(late, EVERYWHERE, login="masha")

    hours = (await branch(branches, "01")).hours

    assert hours is not None
    assert [days.kind for days in hours.days] == [DayKind.URGENT, DayKind.HOURS]


async def test_days_that_have_passed_stay_closed_when_a_closing_ends(
    desk: SqlBranchDesk, branches: SqlBranches
) -> None:
    number = await desk.say(replace(BURST_PIPE, last=None), EVERYWHERE, login="masha")
    wednesday = MONDAY + timedelta(days=2)

    await desk.end(number, wednesday, login="masha")

    calendar = BranchCalendar(counted(await branch(branches, "01")), NoHolidays())
    assert next_open(MONDAY, calendar) == wednesday
    assert not is_overdue(MONDAY, MONDAY + timedelta(days=1), calendar)
    assert not is_overdue(MONDAY, wednesday, calendar), "the first day on which it can be brought is in time"
    assert is_overdue(MONDAY, wednesday + timedelta(days=1), calendar)
    assert await desk.entries(wednesday) == []


async def test_what_came_every_year_comes_no_more_once_it_is_ended(desk: SqlBranchDesk, branches: SqlBranches) -> None:
    each_year = SpecialDays(
        kind=DayKind.CLOSED, first=date(2025, 3, 1), last=date(2025, 3, 3), note="день города", yearly=True
    )
    once = replace(each_year, first=MONDAY - timedelta(days=1), last=MONDAY, yearly=False, note="переезд")
    yearly, moving = [await desk.say(days, EVERYWHERE, login="masha") for days in (each_year, once)]

    assert await desk.end(moving, MONDAY, login="masha")
    assert (await branch(branches, "01")).days == (replace(once, last=MONDAY - timedelta(days=1)), each_year)

    assert await desk.end(yearly, MONDAY, login="masha")
    assert [days.note for days in (await branch(branches, "01")).days] == ["переезд"]


async def test_nothing_becomes_late_while_nobody_knows_when_we_open(desk: SqlBranchDesk, branches: SqlBranches) -> None:
    await desk.say(replace(BURST_PIPE, last=None), EVERYWHERE, login="masha")

    calendar = BranchCalendar(counted(await branch(branches, "01")), NoHolidays())

    assert not is_overdue(MONDAY, MONDAY + timedelta(days=30), calendar)


@pytest.mark.parametrize(
    ("first", "last", "day", "covered"),
    [
        ("2026-12-31", "2027-01-02", "2029-01-01", True),
        ("2026-12-31", "2027-01-02", "2029-12-31", True),
        ("2026-12-31", "2027-01-02", "2029-01-03", False),
        ("2026-07-01", "2026-07-31", "2028-07-31", True),
        ("2026-07-01", "2026-07-31", "2025-07-15", False),
    ],
)
def test_days_of_each_year(first: str, last: str, day: str, covered: bool) -> None:
    yearly = SpecialDays(
        kind=DayKind.CLOSED, first=date.fromisoformat(first), last=date.fromisoformat(last), yearly=True
    )

    assert yearly.covers(date.fromisoformat(day)) is covered


# --- what readers hear ---------------------------------------------------------------------------


async def test_the_reader_who_asks_next_hears_of_the_emergency(
    desk: SqlBranchDesk, branches: SqlBranches, database: Database, clock: StandingClock
) -> None:
    library: Library = replace(sample_library(FakeCatalogue(), FakeFaq(), FakeBranches()), branches=branches)
    assert library.holidays is HOLIDAYS
    log = await open_log(database, clock)
    reader = StoreReader(library, clock, log)
    assert isinstance(reader.contact, Contact)
    await reader.says("вы сегодня работаете?")
    reader.hears("Сейчас открыто")

    number = await desk.say(BURST_PIPE, EVERYWHERE, login="masha")
    await reader.says("вы сегодня работаете?")
    reader.hears("Сегодня закрыто: авария. Откроемся завтра в 9:00.")
    await reader.says("где вы находитесь")
    reader.hears("Сегодня закрыто: авария.")

    await desk.end(number, MONDAY, login="masha")
    await reader.says("вы сегодня работаете?")
    reader.hears("Сейчас открыто")
    await desk.say(replace(BURST_PIPE, last=None, note="потоп"), EVERYWHERE, login="masha")
    await reader.says("часы работы")
    reader.hears("Сегодня закрыто: потоп. Когда откроемся, пока неизвестно.")
    await log.aclose()


async def test_a_branch_that_is_gone_and_a_long_repair(
    desk: SqlBranchDesk, branches: SqlBranches, database: Database, clock: StandingClock
) -> None:
    library = replace(sample_library(FakeCatalogue(), FakeFaq(), FakeBranches()), branches=branches)
    log = await open_log(database, clock)
    reader = StoreReader(library, clock, log)
    repair = SpecialDays(kind=DayKind.CLOSED, first=date(2026, 3, 10), last=date(2026, 4, 10), note="ремонт")
    await desk.say(repair, frozenset({"01"}), login="masha")
    await reader.says("часы работы")
    reader.hears("С 10 марта по 14 марта: закрыто: ремонт.")

    gone = SpecialDays(kind=DayKind.GONE, first=MONDAY, last=None, note="Книги в детской библиотеке.")
    await desk.say(gone, frozenset({"01"}), login="masha")
    await reader.says("часы работы центральной")
    reader.hears("Библиотека закрыта насовсем: Книги в детской библиотеке.")
    reader.hears_nothing_of("Пн–Пт")
    await log.aclose()
