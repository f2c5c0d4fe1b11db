"""What librarians look for among everything that there ever was is found by an index, not by going through it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.audit import Act, Which
from db.audit import SqlAudit
from db.connect import Database
from db.models import ItemRow, RecordRow
from db.shelving import SqlCatalogueDesk
from tests.support.clock import StandingClock
from tests.support.lending import LendingLibrary, Statements

DAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "which",
    [
        Which(actor="staff:masha"),
        Which(actions=[Act.UNLINKED]),
        Which(subject="patron:1"),
        Which(patron_id=1),
        Which(since=DAY, until=DAY + timedelta(days=1)),
    ],
    ids=["actor", "action", "subject", "patron", "days"],
)
async def test_the_journal_is_not_gone_through(sqlite: Database, clock: StandingClock, which: Which) -> None:
    with Statements(sqlite) as statements:
        assert await SqlAudit(sqlite, clock).last(50, which) == []

    assert [one for one in statements.asked if "FROM audit_log" in one]
    assert await statements.looked_through("audit_log") == []


async def test_what_is_hidden_is_told_without_a_look_at_the_rest(database: Database, clock: StandingClock) -> None:
    library = LendingLibrary(database, clock)
    await library.opens()
    shown, _ = await library.book("Идиот")
    whole, _ = await library.book("Бесы")
    copy, (_, second) = await library.book("Анна Каренина", copies=2)
    async with database.writing() as connection:
        await connection.execute(update(RecordRow).where(RecordRow.work_id == whole).values(suppressed=True))
        await connection.execute(update(ItemRow).where(ItemRow.id == second).values(suppressed=True))

    with Statements(database) as statements:
        found = await SqlCatalogueDesk(database, clock).hidden()

    assert [(one.work_id, one.records, one.items) for one in found] == [(copy, 0, 1), (whole, 1, 0)]
    assert shown not in [one.work_id for one in found]
    if database.dialect == "sqlite":
        steps = [step for _, step in await statements.plan("works")]
        assert any("ix_records_hidden" in step for step in steps)
        assert any("ix_items_hidden" in step for step in steps)
        assert not any(step.startswith(("SCAN works", "SCAN items")) and "hidden" not in step for step in steps)
