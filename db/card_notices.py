"""Planning notices of cards: who is to be told that theirs will expire."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.notices import Subject, card_subject
from db.models import BranchRow, PatronRow
from db.notice_planning import Planner, linked, told_already
from db.notice_ways import ways_of

_DAY = timedelta(days=1)


async def next_cards(
    connection: AsyncConnection, planner: Planner, after: int, limit: int
) -> tuple[Mapping[int, Sequence[tuple[str, Subject]]], int | None]:
    """What the next patrons are to be told of their cards and have not been, and the last one looked at.

    Most rounds find nothing new, and then nothing is written.
    """
    days = planner.rules.card_days
    if not days:
        return {}, None
    here = planner.today("")
    near = PatronRow.valid_until.between(here - _DAY, here + timedelta(days=max(days)) + _DAY)  # any zone's day
    wanted = (
        select(PatronRow.id, PatronRow.valid_until, BranchRow.code)
        .outerjoin(BranchRow, BranchRow.id == PatronRow.branch_id)
        .where(PatronRow.id > after, near, PatronRow.missing_since.is_(None), linked(PatronRow.id))
        .order_by(PatronRow.id)
        .limit(limit)
    )
    rows = (await connection.execute(wanted)).all()
    if not rows:
        return {}, None
    asked = [
        (row.id, row.code or "", subject)
        for row in rows
        if (subject := card_subject(row.id, row.valid_until, planner.today(row.code or ""), days)) is not None
    ]
    told = await told_already(connection, [subject for _, _, subject in asked])
    fresh = [(patron_id, code, subject) for patron_id, code, subject in asked if subject not in told]
    ways = await ways_of(connection, [patron_id for patron_id, _, _ in fresh]) if fresh else {}
    return {
        patron_id: [(code, subject)] for patron_id, code, subject in fresh if planner.usable(ways.get(patron_id, ()))
    }, rows[-1].id
