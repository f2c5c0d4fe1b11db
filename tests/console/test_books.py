"""The catalogue at the console: what readers find, what the staff decide, what is loaded."""

import asyncio
import re
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import FormData
from sqlalchemy import select, update

from bot.library.holidays import OfficialHolidays
from bot.library.records import Rejection
from bot.ports.library import Library
from bot.shelving import JobState
from bot.staff import StaffRole
from catalogue.finder import IndexedCatalogue
from catalogue.list_desk import REASONS
from console.import_words import rejections
from console.loading import faults
from db.branches import SqlBranches
from db.cards import SqlCards
from db.catalogue import SqlCatalogueWriter
from db.connect import Database
from db.faq import SqlFaq
from db.import_jobs import SqlImportJobs
from db.index_source import SqlIndexSource
from db.models import RecordRow
from db.models_accounts import AuditRow
from db.models_shelving import ImportJobRow
from tests.console.conftest import LARGEST_UPLOAD, Browser, OpenBrowser
from tests.support import iso2709 as marc
from tests.support.books import book, copy
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, CHILDREN
from tests.support.patience import SOON_S
from tests.support.staff import hire

CSV = "Автор;Название;Год;Инв. номер\nЧехов А. П.;Каштанка;1980;1\nГоголь Н. В.;Нос;2001;2\nКупер Ф.;Зверобой;1999;3\n"


@pytest.fixture
async def library(sqlite: Database, clock: StandingClock, tmp_path: Path) -> AsyncIterator[Library]:
    """A catalogue of three works with an index that follows it."""
    branches, cards = SqlBranches(sqlite, CENTRAL.zone), SqlCards(sqlite, clock, CENTRAL.zone)
    source = SqlIndexSource(sqlite)
    await branches.put([CENTRAL, CHILDREN])
    writer = SqlCatalogueWriter(sqlite, clock)
    run = await writer.begin("s", ["books.mrc"])
    old = book("Каштанка", "Чехов А. П.", copy("01", "1"), copy("02", "2"), source_id="1", year=1980)
    wrong = book("Каштанка", "Чехов А. П.", copy("02", "9"), source_id="9", year=1970)
    new = book("Каштанка. Рассказ", "Чехов А. П.", copy("02", "3"), source_id="2", year=2020)
    await writer.keep(run, "s", [old, wrong, new, book("Нос", "Гоголь Н. В.", copy("01", "4"), source_id="3")])
    catalogue = IndexedCatalogue(tmp_path / "index", source, cards)
    await catalogue.start()
    yield Library(
        name="Районная библиотека",
        catalogue=catalogue,
        faq=SqlFaq(sqlite, clock),
        branches=branches,
        holidays=OfficialHolidays("RU", "ru"),
    )
    await catalogue.aclose()
    await cards.aclose()
    await source.aclose()


@pytest.fixture
async def editor(sqlite: Database, clock: StandingClock, open_browser: OpenBrowser) -> Browser:
    """An editor at work."""
    await hire(sqlite, clock, role=StaffRole.EDITOR)
    browser = await open_browser()
    await browser.signs_in()
    return browser


async def work_of(database: Database, source_id: str) -> int:
    async with database.engine.connect() as connection:
        found = await connection.scalar(select(RecordRow.work_id).where(RecordRow.source_id == source_id))
    assert found
    return int(found)


async def titles(database: Database) -> list[str]:
    """Of every edition in the store."""
    async with database.engine.connect() as connection:
        return list(await connection.scalars(select(RecordRow.title)))


async def text(browser: Browser, path: str, status: int = 200) -> str:
    answer = await browser.get(path)
    said = await answer.text()
    assert answer.status == status, said
    return said


async def boxes(browser: Browser, work: int, kind: str) -> list[str]:
    """Names of the boxes on a work's page."""
    return re.findall(rf'name="({kind}-\d+)"', await text(browser, f"books/{work}"))


async def audited(database: Database) -> list[str]:
    async with database.engine.connect() as connection:
        return list(await connection.scalars(select(AuditRow.action).order_by(AuditRow.id)))


async def test_a_librarian_finds_what_readers_find_and_sees_what_they_hear(
    sqlite: Database, clock: StandingClock, open_browser: OpenBrowser
) -> None:
    await hire(sqlite, clock)
    browser = await open_browser()
    await browser.signs_in()

    found = await text(browser, "books?q=каштнка")
    page = await text(browser, f"books/{await work_of(sqlite, '1')}")
    elsewhere = await text(browser, "books?q=нос&branch=02")

    assert "Каштанка" in found
    assert "Что услышит читатель" in page
    assert "3 из 3" in page or "3 экз" in page
    assert 'name="record-' not in page
    assert "Гоголь" not in elsewhere
    assert (await browser.get("books/999999")).status == 404
    assert (await browser.post(f"books/{await work_of(sqlite, '1')}/hide", {})).status == 403


async def test_an_editor_joins_two_records_of_a_book_and_takes_it_back(sqlite: Database, editor: Browser) -> None:
    into, other = await work_of(sqlite, "1"), await work_of(sqlite, "2")
    offered = await text(editor, f"books/{into}/twins?q=каштанка")
    assert f'name="other" value="{other}"' in offered

    assert (await editor.post(f"books/{into}/merge", {"other": str(other)})).status == 303
    assert await work_of(sqlite, "2") == into
    page = await text(editor, f"books/{into}")
    undo = re.search(rf"books/{into}/undo/\d+", page)
    assert undo
    assert (await editor.post(f"books/{into}/merge", {"other": str(other)})).status == 409
    assert (await editor.post(f"books/{into}/merge", {"other": "x"})).status == 400

    assert (await editor.post(undo[0], {})).status == 303
    assert await work_of(sqlite, "2") == other
    assert (await editor.post(undo[0], {})).status == 409
    assert [action for action in await audited(sqlite) if action.startswith("catalogue")] == [
        "catalogue.merged",
        "catalogue.undone",
    ]


async def test_ticked_editions_are_taken_out_and_ticked_copies_hidden(sqlite: Database, editor: Browser) -> None:
    work = await work_of(sqlite, "1")
    newest, oldest = await boxes(editor, work, "record")
    none = await editor.post(f"books/{work}/split", {})
    assert none.status == 400
    assert "Хотя бы одно должно остаться" in await none.text()

    assert (await editor.post(f"books/{work}/split", {oldest: "1"})).status == 303
    assert await work_of(sqlite, "9") != work
    copies = await boxes(editor, work, "item")
    hidden = await editor.post(f"books/{work}/hide", {copies[0]: "1", "reason": "порвана"})
    assert hidden.status == 303
    page = await text(editor, hidden.headers["Location"].removeprefix("/console/"))
    assert '<p class="done" role="status">Скрыто: бот об этом больше не говорит.</p>' in page
    assert "Скрыто от читателей" in page
    assert "порвана" in page
    assert "Каштанка" in await text(editor, "books?hidden=1")
    assert (await editor.post(f"books/{work}/show", {copies[0]: "1"})).status == 303
    assert "Скрытых книг нет" in await text(editor, "books?hidden=1")
    assert (await editor.post(f"books/{work}/hide", {newest: "1"})).status == 303
    assert "от читателей скрыта" in await text(editor, f"books/{work}")


async def test_an_editor_of_one_branch_hides_copies_there_and_nothing_else(
    sqlite: Database, clock: StandingClock, open_browser: OpenBrowser
) -> None:
    await hire(sqlite, clock, role=StaffRole.EDITOR, branches=("02",))
    browser = await open_browser()
    await browser.signs_in()
    work = await work_of(sqlite, "1")
    record, *_ = await boxes(browser, work, "record")
    central, childrens, _old = await boxes(browser, work, "item")

    refused = [
        await browser.post(f"books/{work}/{act}", fields)
        for act, fields in (
            ("hide", {record: "1"}),
            ("hide", {central: "1"}),
            ("split", {record: "1"}),
            ("merge", {"other": "1"}),
            ("undo/1", {}),
        )
    ]
    assert {answer.status for answer in refused} == {403}
    assert (await browser.post(f"books/{work}/hide", {childrens: "1"})).status == 303
    assert (await browser.get("imports")).status == 403
    assert (await audited(sqlite)).count("refused.branch") == 6


# --- loading -------------------------------------------------------------------------------------


async def sends(browser: Browser, data: bytes, name: str = "наш каталог.csv", **fields: str) -> tuple[int, str]:
    """A file as the page sends it; the status and where the page goes."""
    form = FormData(quote_fields=False)
    for field, value in fields.items():
        form.add_field(field, value)
    form.add_field("file", BytesIO(data), filename=name, content_type="application/octet-stream")
    headers = {"X-CSRF": await browser.word(), "HX-Request": "true"}
    answer = await browser.client.post("/console/imports", data=form, headers=headers, allow_redirects=False)
    return answer.status, answer.headers.get("HX-Redirect", "").removeprefix("/console/") or await answer.text()


async def settled(browser: Browser, path: str) -> str:
    """The page of a file once nobody is at work on it."""
    async with asyncio.timeout(SOON_S):
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name().startswith("import ")))
    page = await text(browser, path)
    assert "every 1s" not in page
    return page


async def test_a_file_is_looked_at_then_loaded_and_found(sqlite: Database, editor: Browser, library: Library) -> None:
    status, job = await sends(editor, CSV.encode("cp1251"), branch="02")
    assert status == 204
    page = await settled(editor, job)
    assert "Купер Ф. Зверобой" in page
    assert "CSV / Excel" in page
    assert '<p id="how-far" class="hidden-label" role="status"></p>' in page
    ended = '<div hx-swap-oob="innerHTML:#how-far">наш каталог.csv: проверен, ещё не загружен</div>'
    assert (ended in await text(editor, f"{job}/piece"), ended in page) == (True, False), "told once, as it comes"
    assert "Зверобой" not in await titles(sqlite)

    assert (await editor.post(f"{job}/load", {})).status == 303
    page = await settled(editor, job)
    assert "Загружено" in page
    assert isinstance(library.catalogue, IndexedCatalogue)
    await library.catalogue.catch_up()
    assert "Зверобой" in await titles(sqlite)
    assert "<b>Зверобой</b>" in await text(editor, "books?q=зверобой")
    assert "наш каталог.csv" in await text(editor, "imports")
    assert (await editor.post(f"{job}/load", {})).status == 409
    assert [action for action in await audited(sqlite) if action.startswith("catalogue")] == [
        "catalogue.uploaded",
        "catalogue.loaded",
    ]


async def test_what_does_not_fit_is_listed_for_excel(editor: Browser) -> None:
    _status, job = await sends(editor, (CSV + "Автор без книги;;2000;7\n").encode())
    page = await settled(editor, job)
    assert "нет названия" in page
    assert "<dd>Впишите название в своей программе и выгрузите ещё раз.</dd>" in page
    listed = (await (await editor.get(f"{job}/rejected")).text()).splitlines()
    assert listed[0] == "\ufeffКоторая по счёту;Что не так;Что делать;Номер записи;Для того, кто ведёт бота"
    assert listed[1].startswith("5;нет названия;Впишите название в своей программе и выгрузите ещё раз.;")
    assert "no_title" in listed[1]


async def test_where_copies_are_and_which_places_nobody_knows_is_told_before_they_are_loaded(
    editor: Browser, library: Library
) -> None:
    table = "Название;Инв. №;Филиал\nНос;1;01\nВий;2;центральная библиотека\nШинель;3;Сельский филиал\nПортрет;4;\n"

    _status, job = await sends(editor, table.encode())
    page = " ".join((await settled(editor, job)).split())

    assert "<dt>Экземпляров в них</dt><dd>4</dd>" in page
    assert "<li>Центральная библиотека: 2</li>" in page
    assert 'не знает и не скажет читателю ни адреса, ни часов:</p> <ul class="samples"><li>Сельский филиал: 1' in page
    assert "Экземпляров, у которых не сказано, в каком они филиале: 1." in page


async def test_words_that_may_be_the_branches_instead_are_told(editor: Browser) -> None:
    """«РГБ» with its stocks: which of the two are branches no name of a branch tells."""
    title = marc.field("245", [("a", "Нос")], "10")
    places = [marc.field("852", [("a", "РГБ"), ("b", word), ("j", "1")]) for word in ("FB", "FB", "IZO")]
    records = [marc.build_record([marc.control("001", "1"), title, place]) for place in places]

    _status, job = await sends(editor, b"".join(records), name="rsl.mrc")
    page = " ".join((await settled(editor, job)).split())

    assert 'ни часов:</p> <ul class="samples"><li>РГБ: 3' in page
    assert "Может быть, филиалы в этом файле названы так: FB, IZO. Тогда впишите не те слова, а эти." in page


async def test_what_was_odd_in_a_record_is_told_in_words_with_what_to_do(editor: Browser) -> None:
    table = "Название;Инв. №;Год;Состояние\nНос;1;98;на месте\nВий;2;2001;в космосе\nШинель;3;97;выдана\n"

    _status, job = await sends(editor, table.encode())
    page = await settled(editor, job)

    assert "<dt>Загрузится, но год записан двумя цифрами, век добавил бот: 2</dt><dd>Делать ничего не нужно." in page
    assert "<dt>Загрузится, но состояние экземпляра незнакомо: 1</dt><dd>Бот не скажет, что книга на месте." in page


async def test_why_nothing_could_be_read_is_told_with_what_to_do(editor: Browser) -> None:
    _status, job = await sends(editor, "Автор;Название\nЧехов А. П.;\n".encode())

    page = await settled(editor, job)

    assert "В файле не нашлось ни одной книги." in page
    assert "<dt>Нет названия: 1</dt>" in page


def test_every_reason_to_leave_something_out_has_words() -> None:
    assert {*Rejection, *REASONS} <= rejections().keys()


async def test_most_of_the_catalogue_gone_is_asked_about(editor: Browser) -> None:
    _status, first = await sends(editor, CSV.encode())
    await settled(editor, first)
    await editor.post(f"{first}/load", {})
    await settled(editor, first)

    _status, second = await sends(editor, "\n".join(CSV.split("\n")[:2]).encode())
    page = await settled(editor, second)
    assert "Из 3 книг, что бот знал, в файле нет 2" in page
    refused = await editor.post(f"{second}/load", {})
    assert refused.status == 400
    assert "Отметьте галочку" in await refused.text()
    assert (await editor.post(f"{second}/load", {"accept": "yes"})).status == 303
    assert "Загружено" in await settled(editor, second)


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"%PDF-1.4 not a catalogue", "каталог.pdf", "Это PDF или картинка."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "книги.xls", "Это файл старого Excel или Word. Откройте его в Excel."),
        (b"<table><tr><td>1</td></tr></table>", "книги.xls", "Это не таблица, а веб-страница."),
        (b"PK\x03\x04 cut", "книги.xlsx", "Файл не целый"),
        (b"Rar!\x1a\x07\0", "книги.rar", "Это архив. Распакуйте его"),
        (b"MZ\x90\x00" + b"\0" * 400, "catalogue.mrc", "Это не каталог"),
        ("Автор;Название\n".encode(), "пусто.csv", "ни одной книги"),
    ],
)
async def test_what_is_no_catalogue_is_told_in_words(editor: Browser, data: bytes, name: str, said: str) -> None:
    status, job = await sends(editor, data, name)
    assert status == 204
    page = await settled(editor, job)
    assert said in page


async def test_files_that_cannot_be_taken_leave_nothing_behind(editor: Browser, tmp_path: Path) -> None:
    words = faults(LARGEST_UPLOAD)
    assert await sends(editor, b"", "empty.csv") == (400, words["empty"])
    assert await sends(editor, b"x" * (LARGEST_UPLOAD + 1000), "large.csv") == (400, words["too_large"])
    assert (await sends(editor, b"x" * (2 * LARGEST_UPLOAD), "larger.csv"))[0] == 413
    status, job = await sends(editor, CSV.encode(), "../../etc/passwd <b>.csv")
    assert status == 204
    await settled(editor, job)
    kept = [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()]
    assert [path.suffix for path in kept] == [".csv"]
    assert kept[0].parent.parent == tmp_path / "uploads"
    assert (await editor.post(f"{job}/drop", {})).status == 303
    assert not [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()]


async def test_one_file_at_a_time_and_a_dead_process_is_told_as_such(
    sqlite: Database, clock: StandingClock, editor: Browser
) -> None:
    jobs = SqlImportJobs(sqlite, clock)
    dead = await jobs.add("masha", "старый.csv", 10, "s", "")
    assert dead is not None
    status, said = await sends(editor, CSV.encode())
    assert (status, said) == (409, faults(LARGEST_UPLOAD)["busy"])

    async with sqlite.writer.begin() as connection:
        await connection.execute(update(ImportJobRow).values(beat_at=clock.now().replace(year=2020)))
    status, job = await sends(editor, CSV.encode())
    assert status == 204
    await settled(editor, job)
    assert "остановили посреди работы" in await text(editor, f"imports/{dead.job_id}")


async def test_a_restart_in_the_middle_leaves_what_was_kept_and_says_so(
    sqlite: Database, clock: StandingClock, editor: Browser
) -> None:
    _status, job = await sends(editor, CSV.encode())
    await settled(editor, job)
    number = int(job.rpartition("/")[2])
    async with sqlite.writer.begin() as connection:
        gone = update(ImportJobRow).where(ImportJobRow.id == number)
        await connection.execute(gone.values(state=JobState.LOADING.value, beat_at=clock.now().replace(year=2020)))
    await text(editor, "imports")
    assert "остановили посреди работы" in await text(editor, job)
    status, again = await sends(editor, CSV.encode())
    assert status == 204
    await settled(editor, again)
    await editor.post(f"{again}/load", {})
    assert "Загружено" in await settled(editor, again)
