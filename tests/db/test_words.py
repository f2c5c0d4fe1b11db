"""The index of messages' words: it follows the log, finds every ending, and forgets whatever the log forgets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text, update

from bot.desk import Asked, Tab
from bot.messages import Contact, Removed
from bot.ports.log import Outcome
from bot.staff import StaffMember
from db.backup import backup, restore
from db.connect import Database, connect
from db.desk import SqlConsoleDesk
from db.digests import Digests
from db.messages import StoredLog, open_log
from db.migrate import head
from db.models import ContactRow, MessageRow
from db.personal import Personal
from db.retention import KeepDays, SqlRetention
from db.words import SqlWords, match_of, stems_of
from tests.support.clock import StandingClock
from tests.support.databases import Databases
from tests.support.logs import ANNA, BORIS, SAID_AT, arrival, turn
from tests.support.patience import SOON_S
from tests.support.staff import hire

SAID = "Ищу книгу о Гарри Поттере и ёлках"


@pytest.fixture
async def log(database: Database, clock: StandingClock) -> AsyncIterator[StoredLog]:
    opened = await open_log(database, clock)
    yield opened
    await opened.aclose()


@pytest.fixture
async def desk(database: Database, log: StoredLog, clock: StandingClock) -> AsyncIterator[SqlConsoleDesk]:
    made = SqlConsoleDesk(database, log, clock)
    yield made
    await made.aclose()


@pytest.fixture
async def masha(database: Database, clock: StandingClock) -> StaffMember:
    return await hire(database, clock)


async def says(
    log: StoredLog, said: str = SAID, contact: Contact = ANNA, key: str = "1", *, secret: bool = False
) -> int:
    """A reader says something, and the bot has dealt with it; returns the conversation."""
    recorded = await log.record(arrival(said, key=key, contact=contact))
    (waiting,) = await log.claim(1, recorded.conversation_id)
    assert await log.complete(replace(turn(waiting), secret=secret, outcome=Outcome.ANSWERED))
    return recorded.conversation_id


async def found(desk: SqlConsoleDesk, who: StaffMember, words: str) -> list[int]:
    """Conversations that a search lists."""
    page = await desk.inbox(Asked(staff_id=who.staff_id, tab=Tab.ALL, words=words))
    return [entry.conversation_id for entry in page.entries]


async def kept(database: Database) -> list[str]:
    """All words of the index."""
    which = {"sqlite": "stems", "postgresql": "array_to_string(tsvector_to_array(stems), ' ')"}[database.dialect]
    async with database.engine.connect() as connection:
        told = await connection.scalars(text(f"SELECT {which} FROM message_words"))  # noqa: S608 - our own
        return [said for said in told if said]


@pytest.mark.parametrize(
    "words", ["книги", "КНИГУ", "гарри поттер", "Поттеру", "елки", "ёлка", "пот", "книга ёлк", "гарри, поттер!"]
)
async def test_every_ending_and_a_beginning_find_the_message(
    desk: SqlConsoleDesk, log: StoredLog, masha: StaffMember, words: str
) -> None:
    one = await says(log)
    await says(log, "Когда вы открыты?", BORIS, key="2")

    assert await found(desk, masha, words) == [one]


@pytest.mark.parametrize(
    "words", ["книга суд", "по", "' OR 1=1 --", '" OR "', "***", "NEAR(", "гарри:*", "a" * 5_000, "%"]
)
async def test_other_words_find_nothing_and_break_nothing(
    desk: SqlConsoleDesk, log: StoredLog, masha: StaffMember, words: str
) -> None:
    await says(log)

    assert await found(desk, masha, words) in ([], [1] if "гарри" in words else [])


async def test_a_name_is_found_by_its_parts_in_any_order(
    desk: SqlConsoleDesk, log: StoredLog, masha: StaffMember, database: Database
) -> None:
    one = await says(log)
    async with database.writer.begin() as connection:
        await connection.execute(update(ContactRow).where(ContactRow.address == "anna").values(name="Анна Чижова"))

    assert await found(desk, masha, "чижова анна") == [one]
    assert await found(desk, masha, "чижова мария") == []


async def test_the_message_that_was_found_is_shown_and_the_latest_conversation_first(
    desk: SqlConsoleDesk, log: StoredLog, masha: StaffMember
) -> None:
    first = await says(log)
    second = await says(log, SAID, BORIS, key="2")
    await says(log, "Спасибо", key="3")

    page = await desk.inbox(Asked(staff_id=masha.staff_id, tab=Tab.ALL, words="поттер"))

    assert [(entry.conversation_id, entry.said) for entry in page.entries] == [(first, SAID), (second, SAID)]
    assert [entry.unanswered for entry in page.entries] == [False, True], "the last words of the first are others"
    narrow = Asked(staff_id=masha.staff_id, tab=Tab.ALL, words="поттер", limit=1)
    pages = [await desk.inbox(narrow)]
    pages.append(await desk.inbox(replace(narrow, before=pages[0].older)))
    assert [page.entries[0].conversation_id for page in pages] == [first, second]
    assert pages[1].older == 0


async def test_the_follower_puts_words_in_as_they_come(
    log: StoredLog, database: Database, clock: StandingClock
) -> None:
    index = SqlWords(database, clock)
    following = asyncio.create_task(index.follow(log.desk_changes()))
    await log.record(arrival(SAID, key="1"))

    async with asyncio.timeout(SOON_S):
        while not await kept(database):  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0)
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following

    assert stems_of(SAID).split()[0] in (await kept(database))[0]


async def test_what_is_forgotten_is_found_no_more(
    desk: SqlConsoleDesk, log: StoredLog, database: Database, masha: StaffMember, clock: StandingClock
) -> None:
    await says(log)
    await says(log, "Поттер мой", BORIS, key="2")
    await desk.words.gather()
    assert len(await kept(database)) == 2
    personal = Personal(database, clock, Digests(b"k" * 32), ZoneInfo("UTC"), str)

    await personal.erase(ANNA, "erase-1")
    assert len(await kept(database)) == 1, "in the very transaction"
    clock.turn(timedelta(days=91))
    retention = SqlRetention(database, clock, log, KeepDays())
    await retention.tidy()

    assert await kept(database) == []
    assert await found(desk, masha, "поттер") == []


async def test_secrets_and_what_is_taken_back_leave_and_corrections_come(
    desk: SqlConsoleDesk, log: StoredLog, database: Database, masha: StaffMember
) -> None:
    recorded = await log.record(arrival("1234567890", key="1"))
    await desk.words.gather()
    assert await kept(database) == ["1234567890"]
    (waiting,) = await log.claim(1, recorded.conversation_id)
    await log.complete(replace(turn(waiting), secret=True))
    assert await kept(database) == []

    await log.record(replace(arrival("Лишнее", key="2"), external_id="m2"))
    await desk.words.gather()
    await log.note(Removed(channel=ANNA.channel, external_id="m2", at=SAID_AT))
    assert await kept(database) == []

    one = await says(log, "Вий", key="3")
    await desk.words.gather()
    async with database.writer.begin() as connection:
        await connection.execute(update(MessageRow).where(MessageRow.text == "Вий").values(text="Нос"))
    assert (await found(desk, masha, "нос"), await found(desk, masha, "вий")) == ([one], [])


async def test_words_that_are_wiped_while_they_are_put_in_do_not_come_back(
    desk: SqlConsoleDesk, log: StoredLog, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await says(log)
    stemmed = asyncio.to_thread

    async def wiped_meanwhile(*asked: object) -> object:
        async with database.writer.begin() as connection:
            await connection.execute(update(MessageRow).values(text=""))
        return await stemmed(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr("db.words.asyncio.to_thread", wiped_meanwhile)
    await desk.words.gather()

    assert await kept(database) == []


async def test_it_is_made_anew_and_a_restored_store_makes_its_own(
    desk: SqlConsoleDesk,
    log: StoredLog,
    database: Database,
    masha: StaffMember,
    databases: Databases,
    clock: StandingClock,
    tmp_path: Path,
) -> None:
    one = await says(log)
    await desk.words.gather()
    before = await kept(database)
    await desk.words.rebuild()
    assert await kept(database) == before

    await backup(database.engine, head(), tmp_path / "copy")
    other = await connect(await databases.url("sqlite"))
    await restore(other.writer, tmp_path / "copy")
    second_log = await open_log(other, clock)
    assert await found(SqlConsoleDesk(other, second_log, clock), masha, "книги") == [one]
    await second_log.aclose()
    await databases.drop(other)


def test_a_search_is_words_and_nothing_else() -> None:
    assert match_of("Гарри ПОТТЕР", "sqlite") == '"гарр" AND ("поттер" OR "поттер" *)'
    assert match_of("Гарри ПОТТЕР", "postgresql") == "'гарр' & ('поттер' | 'поттер':*)"
    assert match_of("«»", "sqlite") == ""
    assert len(match_of("слово " * 500, "sqlite")) < 60
