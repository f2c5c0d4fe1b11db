"""What our own store knows of the subjects of notices: decisions, holds that have ended, cards that will."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.due_dates import back_by
from bot.library.holds import HoldState
from bot.library.notices import NoticeKind, Subject
from bot.notices import Decided, EndedHold, EndingCard, Facts
from bot.renewal_requests import RequestState
from db.base import aliased
from db.circulation_house import Place, Places
from db.models import BranchRow, ItemRow, PatronRow, RecordRow, WorkRow
from db.models_circulation import HoldRow, LoanRow, RenewalRequestRow

ENDINGS = {
    HoldState.NOT_PICKED_UP.value: NoticeKind.HOLD_EXPIRED,
    HoldState.REFUSED.value: NoticeKind.HOLD_REFUSED,
}
"""States in which a hold ended without its reader's doing, and what they are told."""


async def facts_of(connection: AsyncConnection, items: Mapping[int, Collection[Subject]], places: Places) -> Facts:
    """All that is known of the subjects of these notices; no more than a query a kind."""
    about: defaultdict[NoticeKind, set[int]] = defaultdict(set)
    for subjects in items.values():
        for subject in subjects:
            about[subject.kind].add(subject.subject_id)
    holds = about[NoticeKind.HOLD_EXPIRED] | about[NoticeKind.HOLD_REFUSED]
    return Facts(
        decided=await _decided(connection, about[NoticeKind.RENEWAL_DECIDED], places),
        ended=await _ended(connection, holds, places),
        cards=await _cards(connection, about[NoticeKind.CARD_EXPIRES]),
    )


async def _decided(connection: AsyncConnection, requests: Collection[int], places: Places) -> dict[int, Decided]:
    if not requests:
        return {}
    decided = RenewalRequestRow.state.in_((RequestState.CONFIRMED.value, RequestState.REFUSED.value))
    found = await connection.execute(
        select(RenewalRequestRow, BranchRow.code.label("of_branch"))
        .join(BranchRow, BranchRow.id == RenewalRequestRow.branch_id)
        .where(RenewalRequestRow.id.in_(requests), decided)
    )
    return {row.id: _decision(row, places.at(row.of_branch)) for row in found}


def _decision(row: Any, place: Place) -> Decided:
    """The day that holds is the one on which somebody can come, as in the list of loans."""
    confirmed = row.state == RequestState.CONFIRMED.value
    holds = row.due_on if confirmed and row.due_on is not None else row.due_before
    return Decided(
        title=row.title,
        confirmed=confirmed,
        due_on=back_by(holds, place.calendar) or holds,
        code=row.code,
        reason=row.reason,
    )


async def _ended(connection: AsyncConnection, holds: Collection[int], places: Places) -> dict[int, EndedHold]:
    """Those that matter still: their reader has neither taken the book otherwise nor queued for it again."""
    if not holds:
        return {}
    again = aliased(HoldRow)
    waits = exists().where(
        again.patron_id == HoldRow.patron_id, again.work_id == HoldRow.work_id, again.ended_at.is_(None)
    )
    has = exists().where(
        LoanRow.patron_id == HoldRow.patron_id,
        LoanRow.returned_at.is_(None),
        LoanRow.item_id == ItemRow.id,
        ItemRow.record_id == RecordRow.id,
        RecordRow.work_id == HoldRow.work_id,
    )
    found = await connection.execute(
        select(HoldRow, WorkRow.title, WorkRow.author, BranchRow.code.label("pickup"))
        .join(WorkRow, WorkRow.id == HoldRow.work_id)
        .join(BranchRow, BranchRow.id == HoldRow.pickup_branch_id)
        .where(HoldRow.id.in_(holds), HoldRow.ended_at.is_not(None), HoldRow.state.in_(ENDINGS), ~waits, ~has)
    )
    return {row.id: _ending(row, places.at(row.pickup)) for row in found}


def _ending(row: Any, place: Place) -> EndedHold:
    day, refused = place.today(row.ended_at), row.state == HoldState.REFUSED.value
    if not refused and row.keep_until is not None:
        day = back_by(row.keep_until, place.calendar) or row.keep_until
    return EndedHold(
        patron_id=row.patron_id,
        work_id=row.work_id,
        title=row.title,
        author=row.author,
        refused=refused,
        day=day,
        reason=row.reason,
    )


async def _cards(connection: AsyncConnection, patrons: Collection[int]) -> dict[int, EndingCard]:
    if not patrons:
        return {}
    wanted = (
        select(PatronRow.id, PatronRow.valid_until, BranchRow.code)
        .outerjoin(BranchRow, BranchRow.id == PatronRow.branch_id)
        .where(PatronRow.id.in_(patrons), PatronRow.valid_until.is_not(None), PatronRow.missing_since.is_(None))
    )
    found = await connection.execute(wanted)
    return {row.id: EndingCard(until=row.valid_until, branch_code=row.code or "") for row in found}
