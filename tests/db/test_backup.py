"""A copy of the store goes from either database to either, whole or not at all."""

import asyncio
import gzip
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from bot.errors import InputError, StoreUnavailable
from bot.messages import Lane
from bot.ports.library import FaqEntry
from db.backup import backup, restore, verify
from db.base import Base
from db.branches import SqlBranches
from db.cards import SqlCards
from db.catalogue import SqlCatalogueWriter
from db.connect import Database, connect
from db.faq import SqlFaq
from db.files import SqlFiles, SqlUnread
from db.import_jobs import SqlImportJobs
from db.index_source import SqlIndexSource
from db.migrate import Tables, differences, head, state
from db.models import MissRow, PatronRow, SynonymRow, VersionRow, WorkRow
from db.models_notices import NoticeRow
from db.models_places import SpecialDaysRow
from db.models_teaching import OwnWordsRow
from db.notice_rest import is_resting
from db.shelving import SqlCatalogueDesk
from tests.support.accounts import fill_accounts
from tests.support.books import book, copy, lent
from tests.support.circulation import fill_circulation
from tests.support.clock import StandingClock
from tests.support.databases import Databases
from tests.support.fake_library import CENTRAL, CHILDREN
from tests.support.logs import ANNA, BORIS, SqlStaff, arrival, opened_log, turn
from tests.support.notices import fill_notices
from tests.support.staff import fill_desk

REVISION = head()
ZONE = ZoneInfo("Europe/Moscow")


@pytest.fixture(params=["sqlite to postgresql", "postgresql to sqlite"])
async def stores(request: pytest.FixtureRequest, databases: Databases) -> AsyncIterator[tuple[Database, Database]]:
    """Two stores with tables, the second of the other kind."""
    kinds = request.param.split(" to ")
    opened = [await connect(await databases.url(kind)) for kind in kinds]
    yield opened[0], opened[1]
    for store in opened:
        await databases.drop(store)


@pytest.fixture
async def filled(stores: tuple[Database, Database], clock: StandingClock) -> Database:
    """A store with something in every table."""
    await fill(stores[0], clock)
    return stores[0]


@pytest.fixture
def empty(stores: tuple[Database, Database]) -> Database:
    """A store with tables and nothing in them."""
    return stores[1]


async def fill(database: Database, clock: StandingClock) -> None:
    await SqlBranches(database, ZONE).put([CENTRAL, CHILDREN])
    await SqlFaq(database, clock).put([FaqEntry(topic="join", language="ru", answer="Паспорт 🎫", questions=("как?",))])
    writer = SqlCatalogueWriter(database, clock)
    run = await writer.begin("s", ["книги.mrc"])
    out = lent("02", due_on=clock.now().date())
    books = [book(f"Книга «{n}»", "Автор", copy("01", f"{n}"), out) for n in range(30)]
    await writer.keep(run, "s", books)
    await writer.finish(run, "s", {"read": 30}, mark_missing=True)
    patron = {"id": 7, "card_number": "100", "surname": "Иванова", "birth_date": clock.now().date()}
    async with database.writer.begin() as connection:
        await connection.execute(insert(PatronRow).values(patron))
        synonym = {"kind": "title", "key": "вмм", "said": "вмм", "meant": "Война и мир", "updated_at": clock.now()}
        await connection.execute(insert(SynonymRow).values(synonym))
        await connection.execute(insert(VersionRow).values(name="synonyms", version=1))
        miss = {"key": "k", "alike": "a", "text": "вмм", "lack": "missed", "intent": "search", "language": "ru"}
        seen = {"kind": "webchat", "times": 1, "first_at": clock.now(), "last_at": clock.now()}
        await connection.execute(insert(MissRow).values(miss | seen))
    await SqlFiles(database, clock).keep("план.png", "image/png", bytes(range(256)))
    await SqlUnread(database, clock).keep("chat", "body", b"{")
    async with opened_log(database, clock) as log:
        await log.record(arrival("Есть ли «Идиот»?", key="1"))
        (waiting,) = await log.claim(5)
        await log.complete(turn(waiting, "Есть!"))
        clock.turn(timedelta(seconds=1))
        await log.record(arrival("Здравствуйте", key="2", contact=BORIS))
        await SqlStaff(database, clock).queues(ANNA, "Пора вернуть книгу", Lane.NOTICE)
    await fill_accounts(database, clock.now(), patron_id=7)
    await fill_circulation(database, clock.now(), patron_id=7)
    await fill_notices(database, clock.now(), patron_id=7)
    await fill_desk(database, clock.now())
    await fill_shelving(database, clock)


async def fill_shelving(database: Database, clock: StandingClock) -> None:
    """A work more that was put into another, a file at the console, an emergency."""
    writer = SqlCatalogueWriter(database, clock)
    await writer.keep(await writer.begin("t", ["ещё.mrc"]), "t", [book("Книга ноль", "Автор", copy("01", "900"))])
    twins = select(WorkRow.id).where(WorkRow.title.in_(["Книга «0»", "Книга ноль"])).order_by(WorkRow.id)
    async with database.engine.connect() as connection:
        into, other = list(await connection.scalars(twins))
    await SqlCatalogueDesk(database, clock).merge(into, other, login="masha")
    assert await SqlImportJobs(database, clock).add("masha", "каталог.csv", 10, "s", "01")
    said = {"made_by": "masha", "made_at": clock.now()}
    async with database.writer.begin() as connection:
        await connection.execute(
            insert(SpecialDaysRow).values(kind="emergency", first_on=clock.now().date(), note="авария", **said)
        )
        own = {"name": "thanks", "language": "ru", "text": "Пожалуйста!", "by": "masha", "at": clock.now()}
        await connection.execute(insert(OwnWordsRow).values(own))


async def content(database: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables."""
    async with database.engine.connect() as connection:
        return {
            table.name: [
                dict(row._mapping)
                for row in await connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in Base.metadata.sorted_tables
        }


async def test_a_copy_restores_everything_on_either_database(filled: Database, empty: Database, tmp_path: Path) -> None:
    file = tmp_path / "copy.gz"
    before = await content(filled)
    who_is_in = {"staff_sessions", "staff_failures"}
    assert [name for name, found in before.items() if not found and name not in who_is_in] == []

    copied = await backup(filled.engine, REVISION, file)
    restored = await restore(empty.writer, file)

    after = await content(empty)
    rests = [row for row in after["versions"] if row["name"] == "notices_rest"]
    after["versions"] = [row for row in after["versions"] if row not in rests]
    assert len(rests) == 1, "it writes to nobody by itself until that is said"
    assert copied == restored
    assert copied.rows == {name: len(rows) for name, rows in before.items()}
    changed = {"messages", "catalogue_state", "message_totals", "conversations", "notices"}
    for name in before.keys() - changed:
        assert after[name] == before[name], name
    assert [row["text"] for row in after["messages"]] == [row["text"] for row in before["messages"]]
    (old,), (new,) = before["catalogue_state"], after["catalogue_state"]
    assert old["version"] == new["version"]
    assert old["identity"] != new["identity"], "an index of a later state would be taken for this one's"


async def test_a_copy_is_for_its_owners_eyes(sqlite: Database, tmp_path: Path) -> None:
    await backup(sqlite.engine, REVISION, tmp_path / "copy.gz")

    assert (tmp_path / "copy.gz").stat().st_mode & 0o777 == 0o600


async def test_a_restored_store_answers_and_sends_nothing_by_itself(
    filled: Database, empty: Database, tmp_path: Path, clock: StandingClock
) -> None:
    file = tmp_path / "copy.gz"
    await backup(filled.engine, REVISION, file)

    await restore(empty.writer, file)

    async with opened_log(empty, clock) as log:
        assert await log.claim(10) == []
        assert await log.claim_outbound("chat", 10) == []
        figures = await log.figures()
        assert (figures.waiting, sum(figures.queued.values())) == (0, 0)
        assert [said.reply.text for said in await log.said(ANNA)][:2] == ["Есть ли «Идиот»?", "Есть!"]
    async with empty.engine.connect() as connection:
        states = set(await connection.scalars(select(NoticeRow.state)))
    assert states == {"dropped"}, "a notice that was on its way would be sent again through the reader's next contact"
    assert await is_resting(empty), "a copy for a try would remind the library's readers"
    assert not await is_resting(filled)


async def test_a_restored_store_goes_on_where_the_old_one_stopped(
    filled: Database, empty: Database, tmp_path: Path, clock: StandingClock
) -> None:
    file = tmp_path / "copy.gz"
    await backup(filled.engine, REVISION, file)
    await restore(empty.writer, file)

    writer, source = SqlCatalogueWriter(empty, clock), SqlIndexSource(empty)
    version = await source.version()
    run = await writer.begin("s", ["ещё.mrc"])
    kept = await writer.keep(run, "s", [book("Новая книга", "Автор", copy("03", "900"))])
    async with opened_log(empty, clock) as log:
        assert not (await log.record(arrival("Есть ли «Идиот»?", key="1"))).fresh
        assert (await log.record(arrival("А «Бесы»?", key="3"))).fresh

    assert kept.added == 1
    assert await source.version() == version + 1
    cards = SqlCards(empty, clock, CENTRAL.zone)
    assert len(await cards.cards(range(1, 40))) == 31
    await cards.aclose()
    await source.aclose()


async def test_a_store_that_holds_something_is_not_overwritten(
    sqlite: Database, tmp_path: Path, clock: StandingClock
) -> None:
    file = tmp_path / "copy.gz"
    await fill(sqlite, clock)
    await backup(sqlite.engine, REVISION, file)
    before = await content(sqlite)

    with pytest.raises(InputError, match="not empty"):
        await restore(sqlite.writer, file)

    assert await content(sqlite) == before


def _cut(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def _bit_turned(whole: bytes) -> bytes:
    return whole[:400] + bytes([whole[400] ^ 8]) + whole[401:]


def _line_lost(whole: bytes) -> bytes:
    lines = gzip.decompress(whole).splitlines(keepends=True)
    return gzip.compress(b"".join(lines[:5] + lines[6:]))


def _end_lost(whole: bytes) -> bytes:
    return gzip.compress(b"".join(gzip.decompress(whole).splitlines(keepends=True)[:-1]))


def _text_changed(whole: bytes) -> bytes:
    return gzip.compress(gzip.decompress(whole).replace("Паспорт".encode(), "Ничего!".encode()))


@pytest.mark.parametrize("damage", [_cut, _bit_turned, _line_lost, _end_lost, _text_changed])
async def test_a_damaged_file_is_refused_before_anything_is_written(
    sqlite: Database, tmp_path: Path, clock: StandingClock, damage: Callable[[bytes], bytes]
) -> None:
    await SqlFaq(sqlite, clock).put([FaqEntry(topic=f"t{n}", language="ru", answer="Паспорт") for n in range(50)])
    file = tmp_path / "copy.gz"
    await backup(sqlite.engine, REVISION, file)
    verify(file)
    file.write_bytes(damage(file.read_bytes()))

    with pytest.raises(InputError, match="nothing was changed"):
        await restore(sqlite.writer, file)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "cannot be read"),
        (b"PK\x03\x04 not a copy", "damaged, cut short, or none"),
        (gzip.compress(b'{"format": "something"}\n', mtime=0), "no backup of Bibliobot"),
        (gzip.compress(b"[1, 2]\n", mtime=0), "no backup of Bibliobot"),
        (gzip.compress(b"just text\n", mtime=0), "damaged, cut short, or none"),
    ],
)
async def test_another_file_is_no_backup(sqlite: Database, tmp_path: Path, data: bytes, why: str) -> None:
    file = tmp_path / "copy.gz"
    file.write_bytes(data)

    with pytest.raises(InputError, match=why):
        await restore(sqlite.writer, file)


async def test_a_file_that_is_not_there_is_said_so(sqlite: Database, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        await restore(sqlite.writer, tmp_path / "none.gz")
    with pytest.raises(InputError, match="Is a directory"):
        await restore(sqlite.writer, tmp_path)


def copied_by(file: Path, revision: str, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Write a copy as a version with tables of this revision would."""
    said: list[Any] = [{"format": "bibliobot-backup-1", "revision": revision}]
    for name, rows in tables.items():
        said += [{"table": name, "columns": list(rows[0])}, *(list(row.values()) for row in rows)]
    whole = b"".join(json.dumps(line).encode() + b"\n" for line in said)
    end = {"end": {name: len(rows) for name, rows in tables.items()}, "sha256": hashlib.sha256(whole).hexdigest()}
    file.write_bytes(gzip.compress(whole + json.dumps(end).encode() + b"\n"))


AT = "2026-11-25T09:00:00+00:00"
A_TALK: dict[str, Any] = {"id": 3, "contact_id": 7, "mode": "bot", "handover_reason": "", "dialogue": {}, "lease": 5}
A_MESSAGE: dict[str, Any] = {"conversation_id": 3, "channel": "chat", "lane": 0, "attempts": 0, "created_at": AT}
OF_0005: dict[str, list[dict[str, Any]]] = {
    "catalogue_state": [{"id": 1, "version": 4, "identity": "0" * 32}],
    "message_totals": [{"slot": 0, "received": 1, "handled": 0, "aside": 0}],
    "contacts": [
        {"id": 7, "channel": "chat", "address": "anna", "name": "Анна", "language": "ru", "patron_id": None}
        | {"created_at": AT, "source": "plakat"}
    ],
    "conversations": [A_TALK],
    "messages": [
        A_MESSAGE | {"id": 11, "author": "reader", "state": "waiting", "text": "Есть Вий?", "in_reply_to": None},
        A_MESSAGE | {"id": 12, "author": "bot", "state": "queued", "text": "Да", "in_reply_to": 11},
    ],
}


async def test_a_copy_by_an_earlier_version_is_restored_and_brought_up_to_date(
    database: Database, tmp_path: Path, clock: StandingClock
) -> None:
    copied_by(tmp_path / "copy.gz", "0005", OF_0005)

    assert (await restore(database.writer, tmp_path / "copy.gz")).total == 6

    assert await differences(database) == []
    assert await state(database) is Tables.CURRENT
    async with opened_log(database, clock) as log:
        assert await log.claim(10) == []
        assert await log.claim_outbound("chat", 10) == []
        figures = await log.figures()
        assert (figures.received, figures.handled, figures.aside, figures.waiting) == (1, 0, 1, 0)
        assert [logged.reply.text for logged in await log.said(ANNA)] == ["Есть Вий?", "Да"]
        assert (await log.record(arrival("А Нос?", key="13"))).conversation_id == 3
    assert await is_resting(database)


async def test_a_copy_with_a_column_that_is_gone_since_is_restored(database: Database, tmp_path: Path) -> None:
    reader = {"id": 5, "card_number": "1001", "surname": "Белова", "debt": 700, "keep_history": True}
    texts = dict.fromkeys(("given_name", "patronymic", "phone", "email", "category"), "")
    copied_by(tmp_path / "copy.gz", "0020", {"patrons": [reader | texts]})

    await restore(database.writer, tmp_path / "copy.gz")

    assert await differences(database) == []
    async with database.engine.connect() as connection:
        kept = (await connection.execute(select(PatronRow.card_number, PatronRow.surname, PatronRow.debt))).all()
    assert [tuple(row) for row in kept] == [("1001", "Белова", 700)]


async def test_a_copy_by_an_earlier_version_that_does_not_fit_leaves_the_store_as_it_was(
    database: Database, tmp_path: Path
) -> None:
    nobodys = OF_0005 | {"conversations": [A_TALK | {"contact_id": 8}]}
    copied_by(tmp_path / "copy.gz", "0005", nobodys)

    with pytest.raises(IntegrityError):
        await restore(database.writer, tmp_path / "copy.gz")

    assert await state(database) is Tables.CURRENT
    assert await differences(database) == []


async def test_a_file_from_a_newer_version_is_refused(sqlite: Database, tmp_path: Path) -> None:
    file = tmp_path / "copy.gz"
    copied_by(file, "9999", {})

    with pytest.raises(InputError, match="a newer version"):
        await restore(sqlite.writer, file)


async def test_a_failed_copy_leaves_the_last_one_alone(databases: Databases, tmp_path: Path) -> None:
    file, partial = tmp_path / "copy.gz", tmp_path / "copy.gz.partial"
    file.write_bytes(b"the last copy")
    without_tables = await connect(await databases.url("sqlite", empty=True))

    with pytest.raises(StoreUnavailable, match="db upgrade"):
        await backup(without_tables.engine, REVISION, file)

    assert file.read_bytes() == b"the last copy"
    assert not partial.exists()
    await databases.drop(without_tables)


async def test_a_copy_is_of_one_moment_however_much_is_written_meanwhile(
    sqlite: Database, tmp_path: Path, clock: StandingClock
) -> None:
    writer = SqlCatalogueWriter(sqlite, clock)
    run = await writer.begin("s", [])
    batch = [book(f"Книга {n}", "А.", copy("01", f"{n}"), source_id=f"{n}") for n in range(1500)]
    await writer.keep(run, "s", batch[:1000])

    async def writes() -> None:
        for start in range(1000, 1500, 100):
            await writer.keep(run, "s", batch[start : start + 100])

    copied, _ = await asyncio.gather(backup(sqlite.engine, REVISION, tmp_path / "copy.gz"), writes())

    assert copied.rows["records"] == copied.rows["items"] == copied.rows["works"]
