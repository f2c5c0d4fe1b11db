"""A decision about a renewal request, taken back by whoever made it, before anybody was told."""

from collections import Counter
from datetime import date, datetime
from itertools import takewhile

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.notices import NoticeKind
from bot.library.renewal import NotRenewed
from bot.quick import dataclass, replace
from bot.renewal_requests import DECISION_RESTS, RenewalRequest, RequestCause, RequestState
from db import circulation_keys as keys
from db.circulation_reading import StoredLoan
from db.circulation_scene import Scene
from db.models_circulation import LoanRow, RenewalRequestRow, RenewalRow
from db.models_notices import NoticeItemRow

_DECIDED = frozenset({RequestState.CONFIRMED, RequestState.REFUSED})


@dataclass(frozen=True, slots=True)
class Before:
    """The loan is as it was; ``due_on`` is what the rules would make of it, None for nothing."""

    due_on: date | None


async def may_be_taken_back(connection: AsyncConnection, asked: RenewalRequest, by: str, now: datetime) -> bool:
    """Whether it is this person's decision, and young, and neither told nor followed by another wish."""
    if asked.state not in _DECIDED or asked.decided_by != by or asked.decided_at is None:
        return False
    if not now - asked.decided_at < DECISION_RESTS:
        return False
    told = exists().where(
        NoticeItemRow.kind == NoticeKind.RENEWAL_DECIDED.value, NoticeItemRow.subject_id == asked.request_id
    )
    again = exists().where(
        RenewalRequestRow.loan_id == asked.loan_id, RenewalRequestRow.state == RequestState.WAITING.value
    )
    return not await connection.scalar(select(told | again))


async def loan_before(connection: AsyncConnection, scene: Scene, asked: RenewalRequest) -> Before | None:
    """Make the loan what it was before the decision; None where it has gone on since, and nothing is changed.

    The patron's loans are locked.
    """
    stored = scene.find(asked.loan_id)
    if stored is None:
        return None
    if asked.state is RequestState.CONFIRMED:
        restored = await _unrenewed(connection, scene, stored, asked)
        if restored is None:
            return None
        scene, stored = restored
    elif stored.loan.due_on != asked.due_before:
        return None
    decided = scene.decide(stored)
    return Before(None if isinstance(decided, NotRenewed) else decided.due_on)


async def _unrenewed(
    connection: AsyncConnection, scene: Scene, stored: StoredLoan, asked: RenewalRequest
) -> tuple[Scene, StoredLoan] | None:
    """The renewal goes from the loan, its history and the day's figures."""
    loan = stored.loan
    if loan.due_on != asked.due_on:
        return None
    renewal = (RenewalRow.loan_id == loan.loan_id, RenewalRow.key == f"request:{asked.request_id}")
    gone = await connection.scalar(delete(RenewalRow).where(*renewal).returning(RenewalRow.id))
    if gone is None or asked.decided_at is None:
        return None
    renewals = max(loan.renewals - 1, 0)
    if asked.cause is RequestCause.DESK:
        remote = min(await _remote_in_a_row(connection, loan.loan_id), renewals)
    else:
        remote = max(loan.remote_renewals - 1, 0)
    was = replace(loan, due_on=asked.due_before, renewals=renewals, remote_renewals=remote)
    values = {"due_on": was.due_on, "renewals": was.renewals, "remote_renewals": was.remote_renewals}
    await connection.execute(update(LoanRow).where(LoanRow.id == loan.loan_id).values(as_of=scene.now, **values))
    day = scene.places.at(asked.branch_code).today(asked.decided_at)
    await keys.count(connection, Counter({(day, stored.branch_id, "renewed", ""): -1}))
    after = scene.changed(stored, was)
    restored = after.find(loan.loan_id)
    return None if restored is None else (after, restored)


async def _remote_in_a_row(connection: AsyncConnection, loan_id: int) -> int:
    """How often the loan was renewed from afar since the book was last shown: a desk's renewal has begun that anew."""
    latest_first = select(RenewalRow.remote).where(RenewalRow.loan_id == loan_id).order_by(RenewalRow.id.desc())
    return len(list(takewhile(bool, await connection.scalars(latest_first))))
