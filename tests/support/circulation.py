"""Rows of circulation for tests that need something in every table."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select

from db.connect import Database
from db.models import BranchRow, ItemRow, RecordRow
from db.models_circulation import (
    CirculationOutcomeRow,
    CirculationTotalsRow,
    HoldRow,
    LoanRow,
    LoanSourceRow,
    RenewalRequestRow,
    RenewalRow,
)


async def fill_circulation(database: Database, now: datetime, patron_id: int) -> None:
    """A row in each table of circulation, for the first copies of the store."""
    today = now.date()
    due = {"due_before": today, "due_on": today + timedelta(days=15)}
    async with database.writer.begin() as connection:
        branch = await connection.scalar(select(BranchRow.id).order_by(BranchRow.id).limit(1))
        item = (await connection.execute(select(ItemRow.id, ItemRow.record_id).order_by(ItemRow.id).limit(1))).one()
        work = await connection.scalar(select(RecordRow.work_id).where(RecordRow.id == item.record_id))
        at_branch, whose = {"branch_id": branch}, {"patron_id": patron_id}
        loan = {"item_id": item.id, "issued_on": today, "due_on": today, "as_of": now}
        number = await connection.scalar(insert(LoanRow).values(at_branch | whose | loan).returning(LoanRow.id))
        of = {"loan_id": number, "key": "1"}
        done = {"remote": True, "renewed_at": now, "renewed_by": "reader"}
        await connection.execute(insert(RenewalRow).values(of | due | done))
        asked = {"cause": "staff", "state": "waiting", "asked_at": now}
        await connection.execute(insert(RenewalRequestRow).values(of | due | whose | at_branch | asked))
        hold = {"work_id": work, "pickup_branch_id": branch, "state": "queued", "placed_at": now}
        await connection.execute(insert(HoldRow).values(whose | hold))
        outcome = {"call": "renew", "key": "1", "outcome": {}, "at": now}
        await connection.execute(insert(CirculationOutcomeRow).values(whose | outcome))
        source = {"source": "s", "file": "f.csv", "as_of": now, "digest": "d"}
        await connection.execute(insert(LoanSourceRow).values(at_branch | source))
        total = {"day": today, "what": "renewed", "code": "", "times": 1}
        await connection.execute(insert(CirculationTotalsRow).values(at_branch | total))
