"""A crowd at the console for some seconds, on both databases; ``python -m bench crowd`` is the long form."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aiohttp import ClientSession, CookieJar
from sqlalchemy import text

from bot.clock import SystemClock
from console import passwords
from console.room import SESSION
from db.connect import Database
from db.staff import SqlStaffBook
from tests.console.crowd import Crowd, Told, appears, faults, opened, play

CROWD = Crowd(librarians=6, waiting=12, seconds=1.0, answers=8, pace_s=0.05, questions_a_second=20)


async def test_nobody_gets_what_a_colleague_has_and_nothing_is_lost(database: Database) -> None:
    told, found = await play(database, SystemClock(), CROWD)

    assert found == []
    assert len(told.answers) >= CROWD.answers
    assert told.done["draft"] > told.done["take"] > 0


async def test_the_look_into_the_store_sees_what_went_wrong(sqlite: Database) -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    minutes = [at + timedelta(minutes=number) for number in range(4)]
    told = Told(answers={"k": (1, "Да")}, drafts={(1, 1): "Здра"})
    told.holds[1] = [(1, minutes[0], minutes[2]), (2, minutes[1], minutes[3])]
    bot_spoke = """INSERT INTO messages (conversation_id, channel, author, state, text, lane, attempts, created_at)
    VALUES (1, 'chat', 'bot', 'sent', 'Есть!', 0, 1, '2026-03-02 09:00:30.000000')"""
    async with sqlite.writer.begin() as connection:
        await connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        await connection.execute(
            text(
                "INSERT INTO contacts (id, channel, address, name, language, created_at) "
                "VALUES (1, 'chat', 'a', '', '', '2026-03-02 09:00:00.000000')"
            )
        )
        await connection.execute(text("INSERT INTO conversations (id, contact_id, dialogue) VALUES (1, 1, '{}')"))
        await connection.execute(text(bot_spoke))

    found = " / ".join(await faults(sqlite, told, ["Да", "Да"]))

    for sign in ("kept 0 times", "heard 2 times", "the draft 'Здра'", "was had by 1", "the bot spoke in 1"):
        assert sign in found
    assert await faults(sqlite, replace(told, answers={}, drafts={}, holds={}), []) == []


async def test_an_open_conversation_shows_a_readers_words_by_its_stream(sqlite: Database) -> None:
    clock = SystemClock()
    async with opened(sqlite, clock, 1) as (house, staff):
        token = "t" * 43
        book, ends_at = SqlStaffBook(sqlite, clock), clock.now() + timedelta(hours=1)
        await book.open_session(staff[0], passwords.digest(token), ends_at, "", "")
        async with ClientSession(cookies={SESSION: token}, cookie_jar=CookieJar(unsafe=True)) as browser:
            assert await appears(browser, house.address) < 10_000, "half a second on a quiet machine: bench console"
