"""The short form; the long one is ``python -m bench crash``."""

import random
import signal
from pathlib import Path

import pytest
from sqlalchemy import text

from db.connect import connect
from tests.support.crash import Plan, Readers, crash, serving
from tests.support.databases import Databases

pytestmark = pytest.mark.crash


async def test_killed_again_and_again_it_answers_every_acknowledged_message_once_and_in_order(
    databases: Databases, dialect: str, tmp_path: Path
) -> None:
    plan = Plan(messages=300, sessions=15, kills=3, seed=random.randrange(1 << 32))

    outcome = await crash(tmp_path, await databases.url(dialect), plan)

    assert outcome.faults == [], f"seed {plan.seed}"
    assert (outcome.acknowledged, outcome.answered, outcome.kills) == (300, 300, 3)


async def test_whoever_writes_to_the_store_may_die_again_and_again(databases: Databases, tmp_path: Path) -> None:
    plan = Plan(messages=300, sessions=15, kills=6, seed=random.randrange(1 << 32), only_the_writer=True)

    outcome = await crash(tmp_path, await databases.url("sqlite"), plan)

    assert outcome.faults == [], f"seed {plan.seed}"
    assert (outcome.acknowledged, outcome.answered, outcome.kills) == (300, 300, 6)


async def test_told_to_stop_it_finishes_the_turns_in_hand_and_their_sendings(
    databases: Databases, dialect: str, tmp_path: Path
) -> None:
    url = await databases.url(dialect)
    async with serving(tmp_path, url) as (service, client):
        readers = Readers(service, client, Plan(messages=200, sessions=20))
        await readers.write_all()

        assert await service.ends(signal.SIGTERM) == 0

        database = await connect(url)
        async with database.engine.connect() as connection:
            half_done = await connection.scalar(
                text(
                    "SELECT count(*) FROM messages q WHERE q.author = 'reader' AND (q.state = 'handled') <> "
                    "EXISTS (SELECT 1 FROM messages a WHERE a.in_reply_to = q.id AND a.state = 'sent')"
                )
            )
        await database.aclose()
        assert half_done == 0
        assert "Traceback" not in service.log

        await service.start()
        await service.ready(client)
        assert readers.faults(await readers.until_answered()) == []
