"""Branches, hours and closed days at the console; what readers hear of it, and what books are due."""

import re
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from bot.library.due_dates import BranchCalendar, due_date
from bot.library.hours import counted
from bot.library.model import Branch
from bot.library.policy import LendingPolicy
from bot.ports.library import Library
from bot.staff import StaffRole
from console.places import PlacesPorts
from db.branches import SqlBranches
from db.connect import Database
from db.messages import StoredLog
from db.models_accounts import AuditRow
from tests.console.conftest import Browser, OpenBrowser, places_of
from tests.support.clock import StandingClock
from tests.support.fake_library import (
    CENTRAL,
    CHILDREN,
    FakeBranches,
    FakeCatalogue,
    FakeFaq,
    NoHolidays,
    sample_library,
)
from tests.support.staff import hire
from tests.support.store_reader import StoreReader

TODAY = date(2026, 3, 2)
NEW = {
    "old_code": "",
    "code": "03",
    "name": "Филиал № 3",
    "address": "ул. Садовая, 3",
    "point": "55.0121, 50.0304",
    **{f"open-{number}": "10:00-18:00" for number in range(5)},
    "break-0": "13:00-13:30",
    "sanitary_which": "last",
    "sanitary_weekday": "4",
    "holidays_closed": "1",
}


@pytest.fixture
async def branches(sqlite: Database) -> SqlBranches:
    """Two branches of config.yaml."""
    known = SqlBranches(sqlite, CENTRAL.zone)
    await known.put([CENTRAL, CHILDREN])
    return known


@pytest.fixture
def places(sqlite: Database, branches: SqlBranches, clock: StandingClock) -> PlacesPorts:
    """What the screens ask."""
    return places_of(sqlite, branches, clock)


@pytest.fixture
async def editor(sqlite: Database, clock: StandingClock, open_browser: OpenBrowser) -> Browser:
    """An editor of all branches."""
    await hire(sqlite, clock, role=StaffRole.EDITOR)
    browser = await open_browser()
    await browser.signs_in()
    return browser


async def actions(database: Database) -> list[str]:
    """What the journal tells, without who came in."""
    async with database.engine.connect() as connection:
        told = await connection.scalars(select(AuditRow.action).order_by(AuditRow.id))
        return [action for action in told if action.startswith(("places.", "refused."))]


async def branch(branches: SqlBranches, code: str) -> Branch:
    return next(branch for branch in await branches.all() if branch.code == code)


async def test_no_line_of_a_name_ends_before_its_number(
    sqlite: Database, clock: StandingClock, open_browser: OpenBrowser, branches: SqlBranches
) -> None:
    await branches.put([CENTRAL, replace(CHILDREN, name="Сосновская библиотека (филиал № 1)")])
    await hire(sqlite, clock, role=StaffRole.ADMIN)
    masha = await open_browser()
    await masha.signs_in()

    pages = [await (await masha.get(path)).text() for path in ("places", "places/branch?code=02")]
    for page in pages:
        assert re.search(r"<(h1|h3)>Сосновская библиотека \(филиал №\xa01\)<", page)
    assert 'value="Сосновская библиотека (филиал № 1)"' in pages[1], "what is kept stays as it was typed"


async def test_one_press_closes_today_and_the_next_reader_hears_why(
    editor: Browser, branches: SqlBranches, sqlite: Database, log: StoredLog, clock: StandingClock
) -> None:
    library: Library = replace(sample_library(FakeCatalogue(), FakeFaq(), FakeBranches()), branches=branches)
    reader = StoreReader(library, clock, log)
    await reader.says("вы сегодня работаете?")
    reader.hears("Сейчас открыто")

    answer = await editor.post("places/close", {"note": "авария", "until": "today", "branch": "all"})

    assert answer.status == 303
    said = await (await editor.get(answer.headers["Location"].removeprefix("/console/"))).text()
    assert '<p class="done" role="status">Закрыто. Бот уже говорит об этом читателям.</p>' in said
    await reader.says("вы сегодня работаете?")
    reader.hears("Сегодня закрыто: авария.")
    page = await (await editor.get("books")).text()
    assert "Сегодня закрыто: все филиалы (авария)" in page
    calendar = BranchCalendar(counted(await branch(branches, "01")), NoHolidays())
    term = LendingPolicy(loan_days=15)
    assert due_date(TODAY - timedelta(days=15), 15, term, calendar, None) == TODAY + timedelta(days=1)
    assert (await editor.post("places/days/1/end", {})).status == 303
    await reader.says("вы сегодня работаете?")
    reader.hears("Сейчас открыто")
    assert due_date(TODAY - timedelta(days=15), 15, term, BranchCalendar(counted(await branch(branches, "01")),
                    NoHolidays()), None) == TODAY  # fmt: skip
    assert "Сегодня закрыто:" not in await (await editor.get("books")).text()
    assert await actions(sqlite) == ["places.urgent", "places.days_ended"]
    assert (await editor.post("places/days/1/end", {})).status == 409


async def test_branches_that_are_closed_for_different_reasons_are_named(editor: Browser) -> None:
    for note, code in (("потоп", "01"), ("карантин", "02")):
        await editor.post("places/close", {"note": note, "until": "today", "branch": "some", f"at-{code}": "1"})

    page = await (await editor.get("places")).text()
    assert "Сегодня закрыто: Центральная библиотека (потоп); Детская библиотека (карантин)" in page
    assert "Центральная библиотека · Мария Петровна" in page, "a colleague's name, not the login"


async def test_closed_for_some_branches_until_a_day_or_until_opened(editor: Browser, branches: SqlBranches) -> None:
    said = {"note": "потоп", "until": "date", "last": "2026-03-05", "branch": "some", "at-02": "1"}
    await editor.post("places/close", said)
    await editor.post("places/close", {"until": "reopening", "branch": "some", "at-02": "1"})

    assert (await branch(branches, "01")).days == ()
    assert [days.last for days in (await branch(branches, "02")).days] == [None, date(2026, 3, 5)]
    assert "пока не откроете" in await (await editor.get("places")).text()


@pytest.mark.parametrize("last", ["", "2026-03-01", "2026-02-31", "3026-01-01", "<script>"])
async def test_a_closing_until_no_day_is_refused(editor: Browser, branches: SqlBranches, last: str) -> None:
    answer = await editor.post("places/close", {"until": "date", "last": last, "branch": "all"})

    assert answer.status == 400
    assert "по который закрыто" in await answer.text()
    assert (await branch(branches, "01")).days == ()


async def test_what_was_typed_stays_when_a_day_is_missing(editor: Browser) -> None:
    said = {"branch": "some", "at-02": "1", "note": "потоп"}
    page = await (await editor.post("places/close", {**said, "until": "date", "last": ""})).text()
    form = page.split('action="/console/places/close"')[1].split("</form>")[0]
    for kept in ('value="потоп"', 'id="until-date" checked', 'id="shut-some" checked', 'id="shut-2" checked'):
        assert kept in form, kept
    assert 'id="shut-1" checked' not in form
    page = await (await editor.post("places/days", {**said, "first": "", "kind": "closed"})).text()
    form = page.split('action="/console/places/days"')[1].split("</form>")[0]
    for kept in ('value="потоп"', 'id="days-some" checked', 'id="days-2" checked'):
        assert kept in form, kept


async def test_a_holiday_is_shown_and_overruled(editor: Browser, branches: SqlBranches) -> None:
    page = await (await editor.get("places")).text()
    assert "8 марта, Международный женский день" in page
    assert "first=2026-03-09&amp;kind=hours" in page

    asked = await (await editor.get("places?" + urlencode({"first": "2026-03-09", "kind": "hours"}))).text()
    assert 'value="2026-03-09"' in asked
    said = {"first": "2026-03-09", "kind": "hours", "hours": "10:00-15:00", "branch": "all"}
    assert (await editor.post("places/days", said)).status == 303

    assert "9 марта</b>, с 10:00 до 15:00" in await (await editor.get("places")).text()
    calendar = BranchCalendar(counted(await branch(branches, "01")), places_holidays())
    assert calendar.is_open(date(2026, 3, 9))


def places_holidays() -> NoHolidays:
    """One on which the library says that it is open."""

    class Womens(NoHolidays):
        def name(self, day: date) -> str:
            return "праздник" if day == date(2026, 3, 9) else ""

    return Womens()


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"first": ""}, "Укажите день"),
        ({"first": "2026-03-10", "last": "2026-03-09"}, "раньше первого"),
        ({"first": "2026-02-01"}, "уже прошли"),
        ({"first": "2036-02-01"}, "проверьте год"),
        ({"first": "2026-04-01", "last": "2027-05-01", "yearly": "1"}, "короче года"),
        ({"first": "2026-04-01", "kind": "hours", "hours": "18:00-9:00"}, "конец раньше начала: 18:00-9:00"),
        ({"first": "2026-04-01", "kind": "hours", "hours": "утром"}, "часы пишутся так"),
        ({"first": "2026-04-01", "kind": "hours"}, "напишите, когда открыто"),
    ],
)
async def test_days_that_cannot_be_are_refused(
    editor: Browser, branches: SqlBranches, fields: dict[str, str], fault: str
) -> None:
    answer = await editor.post("places/days", {"branch": "all", **fields})

    assert answer.status == 400
    assert fault in await answer.text()
    assert (await branch(branches, "01")).days == ()


async def test_a_new_branch_is_previewed_kept_and_told(
    editor: Browser, branches: SqlBranches, sqlite: Database
) -> None:
    look = await (await editor.post("places/branch", {**NEW, "do": "look"})).text()
    assert "Пн: с 10:00 до 18:00, перерыв с 13:00 до 13:30" in look
    assert "Санитарный день: последняя пятница месяца." in look
    assert [known.code for known in await branches.all()] == ["01", "02"]

    assert (await editor.post("places/branch", {**NEW, "do": "keep"})).status == 303

    new = await branch(branches, "03")
    assert (new.latitude, new.longitude, new.hours and len(new.hours.week[0])) == (55.0121, 50.0304, 2)
    again = await editor.post("places/branch", {**NEW, "do": "keep"})
    assert (again.status, "уже есть" in await again.text()) == (400, True)
    assert await actions(sqlite) == ["places.branch_added"]


async def test_what_the_form_shows_is_what_it_keeps(editor: Browser, branches: SqlBranches) -> None:
    import re

    page = await (await editor.get("places/branch?code=01")).text()
    shown = dict(re.findall(r'<input (?!type="checkbox")[^>]*name="([\w-]+)" value="([^"]*)"', page))
    checked = re.findall(r'type="checkbox" name="(\w+)" value="1"[^>]* checked', page)
    chosen = dict(zip(("sanitary_which", "sanitary_weekday"), re.findall(r'value="(\w*)" selected', page), strict=True))
    fields = {**shown, **dict.fromkeys(checked, "1"), **chosen, "do": "keep"}
    fields = {name: value.replace("&#39;", "'") for name, value in fields.items() if name != "csrf"}

    assert (await editor.post("places/branch", fields)).status == 303

    assert await branch(branches, "01") == CENTRAL


async def test_the_week_is_filled_like_monday(editor: Browser) -> None:
    page = await (await editor.post("places/branch", {**NEW, "open-0": "8:00-12:00", "do": "copy"})).text()

    assert page.count('value="8:00-12:00"') == 5


async def test_an_empty_monday_empties_no_other_day(editor: Browser) -> None:
    answer = await editor.post("places/branch", {**NEW, "open-0": "", "open-1": "8:00-12:00", "do": "copy"})

    page = await answer.text()
    assert (answer.status, "Понедельник пуст" in page) == (400, True)
    assert page.count('value="8:00-12:00"') == 1


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"open-1": "18:00-9:00"}, "Вторник: конец раньше начала: 18:00-9:00"),
        ({"open-1": "с утра"}, "Вторник: часы пишутся так: 10:00-19:00"),
        ({"break-1": "9:00-9:30"}, "Вторник: перерыв должен быть внутри часов работы."),
        ({"break-6": "13:00-14:00"}, "Воскресенье: перерыв указан, а часов работы нет."),
        ({"open-1": "10:00-13:00, 12:00-18:00"}, "промежутки должны идти по порядку"),
        ({"name": " "}, "Название"),
        ({"name": "я" * 300}, "Слишком длинно"),
        ({"email": "нет"}, "Почта"),
        ({"point": "там"}, "Точка на карте"),
        ({"point": "155, 50"}, "Точка на карте"),
        ({"code": "<script>"}, "Код:"),
        ({"code": ""}, "Код:"),
    ],
)
async def test_a_branch_that_cannot_be_is_refused(
    editor: Browser, branches: SqlBranches, fields: dict[str, str], fault: str
) -> None:
    answer = await editor.post("places/branch", {**NEW, "do": "keep", **fields})

    assert answer.status == 400
    assert fault in await answer.text()
    assert len(await branches.all()) == 2


async def test_a_branch_is_closed_for_good_and_opened_after_all(
    editor: Browser, branches: SqlBranches, log: StoredLog, clock: StandingClock
) -> None:
    library = replace(sample_library(FakeCatalogue(), FakeFaq(), FakeBranches()), branches=branches)
    reader = StoreReader(library, clock, log)

    await editor.post("places/branch/gone", {"old_code": "02", "note": "книги в центральной библиотеке"})

    await reader.says("часы работы детской")
    reader.hears("Библиотека закрыта насовсем: книги в центральной библиотеке.")
    await editor.post("places/days/1/end", {})
    await reader.says("часы работы детской")
    reader.hears_nothing_of("насовсем")


async def test_a_branch_goes_back_to_config_yaml(editor: Browser, branches: SqlBranches, sqlite: Database) -> None:
    await editor.post("places/branch", {**NEW, "old_code": "01", "do": "keep"})
    await branches.put([replace(CENTRAL, phone="5-55-55"), CHILDREN])
    assert "В файле настроек теперь написано иначе" in await (await editor.get("places")).text()

    await editor.post("places/branch/back", {"old_code": "01"})

    assert (await branch(branches, "01")).phone == "5-55-55"
    assert await actions(sqlite) == ["places.branch_changed", "places.branch_from_file"]


async def test_staff_of_another_branch_change_nothing_here(
    sqlite: Database, clock: StandingClock, open_browser: OpenBrowser, editor: Browser, branches: SqlBranches
) -> None:
    await hire(sqlite, clock, "vera", "Вера", StaffRole.EDITOR, branches=("02",))
    vera = await open_browser()
    await vera.signs_in("vera")
    await editor.post("places/close", {"until": "today", "branch": "some", "at-01": "1"})

    tried = [
        await vera.post("places/close", {"until": "today", "branch": "some", "at-01": "1"}),
        await vera.post("places/days/1/end", {}),
        await vera.get("places/branch?code=01"),
        await vera.post("places/branch", {**NEW, "old_code": "01", "do": "keep"}),
        await vera.post("places/branch", {**NEW, "do": "keep"}),
        await vera.post("places/branch/back", {"old_code": "01"}),
        await vera.post("places/branch/gone", {"old_code": "02"}),
    ]

    assert [answer.status for answer in tried] == [403] * 7
    assert (await actions(sqlite)).count("refused.branch") == 7
    assert (await vera.post("places/close", {"until": "today", "branch": "all"})).status == 303
    assert len((await branch(branches, "02")).days) == 1
    assert len((await branch(branches, "01")).days) == 1


async def test_a_librarian_closes_and_opens_and_changes_nothing_else(
    sqlite: Database, clock: StandingClock, open_browser: OpenBrowser, branches: SqlBranches
) -> None:
    await hire(sqlite, clock, "olga", "Ольга")
    olga = await open_browser()
    await olga.signs_in("olga")

    assert (await olga.post("places/close", {"until": "today", "branch": "all"})).status == 303
    assert (await olga.post("places/days/1/end", {})).status == 303
    assert (await olga.post("places/days", {"first": "2026-04-01", "branch": "all"})).status == 403
    assert (await olga.get("places/branch?code=01")).status == 403
    page = await (await olga.get("places")).text()
    assert "Сегодня закрыто…" in page
    assert "Добавить филиал" not in page
    assert len(await branches.all()) == 2


async def test_a_librarian_of_one_branch_finds_it_first_and_is_told_that_it_is_the_one_that_closes(
    sqlite: Database, clock: StandingClock, open_browser: OpenBrowser
) -> None:
    await hire(sqlite, clock, "vera", branches=("02",))
    vera = await open_browser()
    await vera.signs_in("vera")

    page = await (await vera.get("places")).text()

    closing = page.partition('action="/console/places/close"')[2].partition("</form>")[0]
    assert "Где: <b>Детская библиотека</b>" in closing
    assert re.findall(r"<h3>(.*?)</h3>", page)[:2] == ["Детская библиотека", "Центральная библиотека"]


async def test_what_is_wrong_with_a_form_is_told_beside_it(editor: Browser) -> None:
    """Between the two stand all branches."""
    days = {"first": "2026-01-01", "kind": "closed", "branch": "all"}
    shut = {"until": "date", "last": "", "branch": "all"}

    of_days = await (await editor.post("places/days", days)).text()
    of_closing = await (await editor.post("places/close", shut)).text()

    assert 0 < of_days.index('action="/console/places/close"') < of_days.index("Эти дни уже прошли.")
    assert of_days.count('class="fault"') == of_closing.count('class="fault"') == 1
    assert of_closing.index("Укажите день, по который закрыто") < of_closing.index('action="/console/places/close"')
