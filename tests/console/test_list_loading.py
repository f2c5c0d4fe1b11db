"""Lists of readers and of loans at the console: admins only, tried first, and no trace of the people is left."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from aiohttp import FormData
from sqlalchemy import select

from bot.app.uploads import keep_uploads_tidy
from bot.library.lists import Listed, ListPlan, ListSummary, OnRejected, PatronData
from bot.settings import ConsoleSettings, Settings
from bot.staff import StaffRole
from catalogue import import_desk
from db.branches import SqlBranches
from db.connect import Database
from db.list_import import SqlListWriter
from db.models import PatronRow
from db.models_accounts import AuditRow
from db.models_circulation import LoanRow
from tests.console.conftest import Browser, OpenBrowser
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, CHILDREN
from tests.support.patience import SOON_S
from tests.support.staff import hire

PEOPLE = (
    "№ билета;ФИО;Дата рождения;Телефон\n"
    "101;Каренина Анна Аркадьевна;12.03.1985;89123456789\n"
    "102;Вронский Алексей;01.02.1983;\n"
    ";Без Билета Совсем;;\n"
    "104;Облонский Стива;вчера;\n"
)
LOANS = (
    "№ билета;Инв. №;Название;Дата выдачи;Срок возврата\n"
    "101;7001;Идиот;01.03.2026;20.03.2026\n"
    "999;7002;Бесы;01.03.2026;20.03.2026\n"
    "101;7003;Игрок;10.03.2026;01.03.2026\n"
)
Come = Callable[..., Any]


@pytest.fixture
async def come(sqlite: Database, clock: StandingClock, open_browser: OpenBrowser) -> Come:
    """Somebody signs in."""
    await SqlBranches(sqlite, CENTRAL.zone).put([CENTRAL, CHILDREN])

    async def came(login: str = "masha", role: StaffRole = StaffRole.ADMIN) -> Browser:
        await hire(sqlite, clock, login, role=role)
        browser = await open_browser()
        await browser.signs_in(login)
        return browser

    return came


async def sends(browser: Browser, data: str, kind: str, name: str = "читатели.csv") -> tuple[int, str]:
    """A list as the page sends it; the status and where the page goes."""
    form = FormData(quote_fields=False)
    form.add_field("kind", kind)
    form.add_field("branch", "01")
    form.add_field("file", BytesIO(data.encode()), filename=name, content_type="application/octet-stream")
    headers = {"X-CSRF": await browser.word(), "HX-Request": "true"}
    answer = await browser.client.post("/console/imports", data=form, headers=headers, allow_redirects=False)
    return answer.status, answer.headers.get("HX-Redirect", "").removeprefix("/console/") or await answer.text()


async def settled(browser: Browser, path: str) -> str:
    """The page of a list once nobody is at work on it."""
    async with asyncio.timeout(SOON_S):
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name().startswith("import ")))
    page = await (await browser.get(path)).text()
    assert "every 1s" not in page
    return page


async def cards(database: Database) -> list[tuple[str, str]]:
    async with database.engine.connect() as connection:
        found = await connection.execute(select(PatronRow).order_by(PatronRow.card_number))
        return [(row.card_number, row.surname) for row in found if row.missing_since is None]


async def loans(database: Database) -> list[str]:
    async with database.engine.connect() as connection:
        found = await connection.scalars(select(LoanRow.title).where(LoanRow.returned_at.is_(None)))
        return list(found)


async def journal(database: Database) -> list[tuple[str, dict[str, Any]]]:
    async with database.engine.connect() as connection:
        found = await connection.execute(select(AuditRow.action, AuditRow.details).order_by(AuditRow.id))
        return [(row.action, row.details) for row in found if row.action.startswith("list.")]


def left(folder: Path) -> list[str]:
    """Names of all files that lie on the disk for loading."""
    return sorted(path.name for path in (folder / "uploads").rglob("*") if path.is_file())


async def test_a_list_of_readers_is_tried_then_loaded_and_leaves_no_file(
    sqlite: Database, come: Come, tmp_path: Path
) -> None:
    admin = await come()
    assert 'value="patrons"' in await (await admin.get("imports")).text()
    status, job = await sends(admin, PEOPLE, "patrons")
    assert status == 204

    page = await settled(admin, job)

    read, unread = "<dt>Строк прочитано</dt><dd>2</dd>", "<dt>Строк не прочитано</dt><dd>2</dd>"
    for words in ("Список читателей", read, unread, "<dt>Новых</dt><dd>2</dd>", "строка 4: нет номера билета"):
        assert words in page, words
    assert "строка 5: вместо даты что-то другое" in page
    for person in ("Каренина", "Облонский", "вчера", "Без Билета"):
        assert person not in page, "nothing of what stands in a row"
    assert await cards(sqlite) == []
    assert left(tmp_path) == ["читатели.csv"]
    assert (tmp_path / "uploads").stat().st_mode & 0o077 == 0

    assert (await admin.post(f"{job}/load", {})).status == 303
    assert "Загружено" in await settled(admin, job)
    assert await cards(sqlite) == [("101", "Каренина"), ("102", "Вронский")]
    assert left(tmp_path) == []
    assert await journal(sqlite) == [("list.uploaded", {"more": "patrons"}), ("list.loaded", {"more": "patrons"})]


async def test_a_card_that_stands_in_the_list_twice_is_told(sqlite: Database, come: Come) -> None:
    admin = await come()
    _, job = await sends(admin, "№ билета;ФИО\n101;Каренина\n101;Вронская\n", "patrons")

    page = await settled(admin, job)

    assert "строка 2: этот билет есть в списке ещё раз, взята последняя его строка" in page
    assert (await admin.post(f"{job}/load", {})).status == 303
    await settled(admin, job)
    assert await cards(sqlite) == [("101", "Вронская")]


async def test_loans_follow_readers_and_a_list_of_which_much_is_gone_asks_first(sqlite: Database, come: Come) -> None:
    admin = await come()
    page = ""
    for data, kind in ((PEOPLE, "patrons"), (LOANS, "loans")):
        _, job = await sends(admin, data, kind, f"{kind}.csv")
        page = await settled(admin, job)
        await admin.post(f"{job}/load", {})
        await settled(admin, job)
    assert "строка 3: такого билета нет" in page
    assert "<dd>Сначала загрузите список читателей, потом этот.</dd>" in page
    assert "строка 4: срок раньше выдачи" in page
    assert await loans(sqlite) == ["Идиот"]

    fewer = LOANS.replace("101;7001;Идиот", "102;7009;Подросток")
    _, job = await sends(admin, fewer, "loans", "loans.csv")
    page = await settled(admin, job)
    assert "Центральная библиотека: из 1 записей, что бот знал, в файле нет 1" in page
    assert (await admin.post(f"{job}/load", {})).status == 400
    assert await loans(sqlite) == ["Идиот"]
    assert (await admin.post(f"{job}/load", {"accept": "yes"})).status == 303
    await settled(admin, job)
    assert await loans(sqlite) == ["Подросток"]


async def test_the_files_that_were_loaded_say_for_which_branch(come: Come) -> None:
    admin = await come()
    _, job = await sends(admin, PEOPLE, "patrons")
    await settled(admin, job)

    row = (await (await admin.get("imports")).text()).partition(f'href="/console/{job}"')[2].partition("</li>")[0]

    assert "; Центральная библиотека<" in row


async def test_lists_are_for_admins(sqlite: Database, come: Come, tmp_path: Path) -> None:
    admin, editor = await come(), await come("vera", StaffRole.EDITOR)
    _, job = await sends(admin, PEOPLE, "patrons")
    await settled(admin, job)

    page = await (await editor.get("imports")).text()

    assert 'value="patrons"' not in page
    assert "читатели.csv" not in page
    for path in (job, f"{job}/piece", f"{job}/rejected"):
        assert (await editor.get(path)).status == 403, path
    for act in ("load", "drop"):
        assert (await editor.post(f"{job}/{act}", {})).status == 403
    status, _ = await sends(editor, PEOPLE, "loans")
    assert status == 403
    assert await cards(sqlite) == []
    assert left(tmp_path) == ["читатели.csv"], "what was refused is not kept"
    assert (await admin.post(f"{job}/drop", {})).status == 303
    assert left(tmp_path) == []


async def test_what_is_no_list_is_told_without_its_words_and_removed(come: Come, tmp_path: Path) -> None:
    admin = await come()
    for data in ("Каренина Анна;89123456789\nВронский Алексей;1\n", "№ билета;ФИО\n;Каренина\n"):
        _, job = await sends(admin, data, "patrons")
        page = await settled(admin, job)
        assert "Файл не загружен" in page
        assert "Каренина" not in page
        assert left(tmp_path) == []


async def test_a_list_that_nobody_loads_goes_by_itself(
    come: Come, clock: StandingClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await come()
    _, job = await sends(admin, PEOPLE, "patrons")
    await settled(admin, job)
    clock.turn(import_desk.LISTS_REST * 2)
    await admin.signs_in()
    await admin.get("imports")
    assert left(tmp_path) == [], "after a restart, whoever looks at the list of files removes it"
    assert (await admin.post(f"{job}/load", {})).status == 409

    monkeypatch.setattr(import_desk, "LISTS_REST", clock.now() - clock.now())
    _, job = await sends(admin, PEOPLE, "patrons")
    page = await settled(admin, job)
    async with asyncio.timeout(SOON_S):
        rests = f"list {job.rpartition('/')[2]} rests"
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == rests))
    assert left(tmp_path) == []
    assert (await admin.post(f"{job}/load", {})).status == 409, page


async def test_a_fault_in_the_middle_names_nobody_in_the_log(
    come: Come, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(
        self: SqlListWriter, rows: Callable[[], Iterator[Listed[PatronData]]], plan: ListPlan, rejected: OnRejected
    ) -> ListSummary:
        raise RuntimeError(f"cannot keep {next(rows()).row.surname}")

    monkeypatch.setattr(SqlListWriter, "patrons", broken)
    admin = await come()
    with structlog.testing.capture_logs() as lines, caplog.at_level(logging.DEBUG):
        _, job = await sends(admin, PEOPLE, "patrons")
        page = await settled(admin, job)
    assert "Программа споткнулась" in page
    assert "RuntimeError" in page
    assert any(line["event"] == "import failed" for line in lines)
    for said in (page, repr(lines), caplog.text):
        assert "Каренина" not in said
    assert left(tmp_path) == []


async def test_what_a_dead_process_left_of_a_list_goes_unasked(
    sqlite: Database, clock: StandingClock, tmp_path: Path
) -> None:
    uploads, old = tmp_path / "uploads", (clock.now() - import_desk.LISTS_REST - timedelta(minutes=1)).timestamp()
    for name, moment in (("7", old), ("8", clock.now().timestamp())):
        (uploads / name).mkdir(parents=True)
        (uploads / name / f"читатели-{name}.csv").write_text(PEOPLE)
        (uploads / f"{name}.part").write_text(PEOPLE)
        for path in (uploads / name, uploads / f"{name}.part"):
            os.utime(path, (moment, moment))
    settings = Settings(console=ConsoleSettings(upload_folder="uploads"))
    what = SimpleNamespace(folder=tmp_path, settings=settings, database=sqlite, clock=clock)

    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(keep_uploads_tidy(what))  # type: ignore[arg-type]
        async with asyncio.timeout(SOON_S):
            while "7.part" in left(tmp_path):  # noqa: ASYNC110 - a thread is at work
                await asyncio.sleep(0.002)
        keeping.cancel()

    assert left(tmp_path) == ["8.part", "читатели-8.csv"], "of what may be on its way nothing goes"
