"""A turn is kept whole or not at all: a reply that cannot be kept takes the mark and the dialogue along."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.ports.log import Dialogue
from db.connect import Database
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, opened_log, says, turn

REFUSES = {
    "sqlite": (
        "CREATE TRIGGER refuses BEFORE INSERT ON messages WHEN NEW.author = 'bot'"
        " BEGIN SELECT RAISE(ABORT, 'refused'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.author = 'bot' THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER refuses BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION refuse()",
    ),
}
TAKES = {"sqlite": ("DROP TRIGGER refuses",), "postgresql": ("DROP TRIGGER refuses ON messages",)}


async def run(database: Database, statements: Mapping[str, tuple[str, ...]]) -> None:
    async with database.writer.begin() as connection:
        for statement in statements[connection.dialect.name]:
            await connection.execute(text(statement))


@asynccontextmanager
async def no_replies_kept(database: Database) -> AsyncIterator[None]:
    await run(database, REFUSES)
    yield
    await run(database, TAKES)


async def test_a_reply_that_cannot_be_kept_leaves_nothing_of_its_turn(database: Database, clock: StandingClock) -> None:
    async with opened_log(database, clock) as log:
        await says(log, "Здравствуйте")
        (waiting,) = await log.claim(1)
        answered = replace(turn(waiting, "Номер билета?"), dialogue=Dialogue(expects="card"))
        async with no_replies_kept(database):
            with pytest.raises(Exception, match="refused"):
                await log.complete(answered)

            assert (await log.figures()).handled == 0

        assert await log.complete(answered)
        assert [said.reply.text for said in await log.said(ANNA)] == ["Здравствуйте", "Номер билета?"]
