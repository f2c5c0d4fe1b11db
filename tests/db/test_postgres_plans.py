"""What the log asks PostgreSQL is quick whatever the planner knew: plans are made once, while the tables are empty."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from db import log_postgres_sql as sql
from db.connect import connect
from db.log_postgres_writing import NO_WHOLE_TABLES
from db.postgres import Session, open_session
from tests.support.databases import Databases

CONVERSATIONS, CLAIMED, MARKED = 400, 20, 2
MOST_ROWS = 15
"""Passed on by all steps of the plan for one reply."""
FILLED = f"""
INSERT INTO contacts (id, channel, address, name, language, created_at)
SELECT n, 'chat', n, '', '', now() FROM generate_series(1, {CONVERSATIONS}) n;
INSERT INTO conversations (id, contact_id, dialogue) SELECT id, id, '{{}}' FROM contacts;
INSERT INTO messages (id, conversation_id, channel, author, state, text, created_at, lane)
SELECT 2 * id, id, 'chat', 'reader', 'waiting', '', now(), 0 FROM contacts
UNION ALL SELECT 2 * id + 1, id, 'chat', 'bot', 'queued', '', now(), 0 FROM contacts"""  # noqa: S608 - our own numbers


@pytest.fixture
async def session(databases: Databases) -> AsyncIterator[Session]:
    database = await connect(await databases.url("postgresql"))
    session = await open_session(database.url, "test", plan_cache_mode="force_generic_plan", **NO_WHOLE_TABLES)
    yield session
    await session.close()
    await databases.drop(database)


async def explained(session: Session, statement: str, values: str) -> dict[str, Any]:
    """How a statement goes that was planned while there was nothing."""
    await session.execute(f"PREPARE asked AS {statement}")
    await session.execute(f"EXECUTE asked ({values})")
    await session.execute(FILLED)
    (told,) = await session.fetchrow(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({values})")
    plan: dict[str, Any] = json.loads(told)[0]["Plan"]
    return plan


def rows_of(plan: dict[str, Any]) -> float:
    """All rows that the steps of the plan passed on."""
    return float(plan["Actual Rows"] * plan["Actual Loops"] + sum(map(rows_of, plan.get("Plans", ()))))


def indexes(plan: dict[str, Any]) -> set[str]:
    """All that the plan goes by; "" where it reads a whole table."""
    scanned = {plan.get("Index Name", "")} if plan["Node Type"].startswith(("Seq", "Index", "Bitmap Index")) else set()
    return scanned.union(*map(indexes, plan.get("Plans", ())))


async def test_the_next_replies_are_found_without_comparing_each_with_each(session: Session) -> None:
    plan = await explained(session, sql.CLAIM_OUTBOUND, f"'chat', now(), '{{}}', {CLAIMED}")

    assert plan["Actual Rows"] == CLAIMED
    assert rows_of(plan) <= CLAIMED * MOST_ROWS


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (sql.SENT, """'[{"id": 3, "external_id": "a"}, {"id": 5}]', now(), '{3,5}'"""),
        (
            sql.TURNS,
            """'[{"id": 2, "conversation_id": 1, "dialogue": "{}"}, {"id": 4, "conversation_id": 2, "dialogue": "{}"}]',
            '[]', now(), now(), 0::smallint, '{2,4}'""",
        ),
    ],
    ids=["sendings", "turns"],
)
async def test_marks_go_by_the_messages_and_not_through_all_that_waits(
    session: Session, statement: str, values: str
) -> None:
    plan = await explained(session, statement, values)

    assert indexes(plan) == {index for index in ("pk_messages", "pk_conversations") if f"{index[3:]} " in statement}
    assert rows_of(plan) <= MARKED * MOST_ROWS
