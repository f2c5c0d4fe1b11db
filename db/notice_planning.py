"""Planning notices: the loans of a batch of patrons, holds and requests that changed; each thing once for ever."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, exists, false, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.due_dates import LONGEST_CLOSURE_DAYS, Calendar, back_by
from bot.library.holds import HoldState
from bot.library.notices import (
    LONGEST_AHEAD_DAYS,
    LONGEST_OVERDUE_DAYS,
    LentBook,
    NoticeKind,
    NoticeRules,
    Subject,
    Way,
    allowed_from,
    cascade,
    is_expiring,
    loan_subject,
)
from bot.quick import dataclass
from bot.renewal_requests import DECISION_RESTS, RequestState
from db.circulation_house import Place, Places
from db.models import BranchRow
from db.models_accounts import ContactCardRow
from db.models_circulation import HoldRow, LoanRow, RenewalRequestRow
from db.models_notices import NoticeItemRow, NoticeRow
from db.notice_facts import ENDINGS
from db.notice_ways import ways_of
from db.upserts import insert_of

TOLD_FOR = timedelta(days=3)
"""A decision that nobody could be told of for so long is found in «мои книги»."""
RESTS = DECISION_RESTS + timedelta(seconds=10)
"""Until a decision of the staff is told: it cannot be taken back any more then, by whatever clock."""
EVENTS_AT_ONCE = 500


class KnownDays:
    """A calendar that works out each day once."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._open: dict[date, bool] = {}

    def is_open(self, day: date) -> bool:
        """Whether a book can be brought back on that day."""
        known = self._open.get(day)
        if known is None:
            known = self._open[day] = self._calendar.is_open(day)
        return known


@dataclass(frozen=True, slots=True)
class Planner:
    """What planning goes by, for one moment.

    Attributes:
        channels: Those that notices can be sent through.
        pages: Those that a reader has to open: a hold that is ready is shown there, and the desk told to call.
    """

    rules: NoticeRules
    places: Places
    channels: frozenset[str]
    pages: frozenset[str]
    now: datetime
    _days: dict[str, KnownDays] = field(default_factory=dict)

    def calendar(self, branch_code: str) -> KnownDays:
        """A branch's days."""
        if branch_code not in self._days:
            self._days[branch_code] = KnownDays(self.places.at(branch_code).calendar)
        return self._days[branch_code]

    def today(self, branch_code: str) -> date:
        """A branch's own day."""
        return self.places.at(branch_code).today(self.now)

    def days(self) -> tuple[date, date]:
        """The due dates that any reader may have to be told of; a long closing may have put off the last day."""
        everywhere: list[Place] = [self.places.elsewhere, *self.places.known.values()]
        todays = [place.today(self.now) for place in everywhere]
        past = timedelta(days=LONGEST_OVERDUE_DAYS + LONGEST_CLOSURE_DAYS)
        return min(todays) - past, max(todays) + timedelta(days=LONGEST_AHEAD_DAYS)

    def usable(self, ways: Sequence[Way]) -> tuple[Way, ...]:
        """The contacts of a patron that notices can be sent to at all."""
        return cascade([way for way in ways if way.channel in self.channels])

    def finds(self, ways: Sequence[Way], kind: NoticeKind) -> bool:
        """Whether a reader can be told of this at all, if need be by the desk."""
        if self.usable(ways):
            return True
        return kind is NoticeKind.HOLD_READY and bool(cascade([way for way in ways if way.channel in self.pages]))


def linked(patron_id: Any) -> Any:
    """Whether a patron has a contact at all."""
    return exists().where(ContactCardRow.patron_id == patron_id)


async def patrons_with_loans(connection: AsyncConnection, planner: Planner, after: int, limit: int) -> list[int]:
    """The next patrons who have both a contact and a loan whose date is near."""
    first, last = planner.days()
    wanted = (
        select(LoanRow.patron_id)
        .distinct()
        .where(LoanRow.returned_at.is_(None), LoanRow.due_on.between(first, last), LoanRow.patron_id > after)
        .where(linked(LoanRow.patron_id))
        .order_by(LoanRow.patron_id)
        .limit(limit)
    )
    return list(await connection.scalars(wanted))


async def plan_loans(connection: AsyncConnection, planner: Planner, patrons: Sequence[int]) -> int:
    """Plan what the loans of these patrons ask for; returns how many notices were planned."""
    ways = await ways_of(connection, patrons)
    first, last = planner.days()
    found = await connection.execute(
        select(LoanRow.id, LoanRow.patron_id, LoanRow.issued_on, LoanRow.due_on, BranchRow.code)
        .join(BranchRow, BranchRow.id == LoanRow.branch_id)
        .where(LoanRow.returned_at.is_(None), LoanRow.due_on.between(first, last), LoanRow.patron_id.in_(patrons))
        .where(LoanRow.reading_room == false(), LoanRow.missing == false())
    )
    wanted: defaultdict[int, list[tuple[str, Subject]]] = defaultdict(list)
    usable: dict[int, tuple[Way, ...]] = {}
    for row in found:
        if row.patron_id not in usable:
            usable[row.patron_id] = planner.usable(ways.get(row.patron_id, ()))
        if (chosen := usable[row.patron_id]) and (subject := _subject(row, chosen[0], planner)):
            wanted[row.patron_id].append((row.code, subject))
    return await keep(connection, planner, wanted)


def _subject(row: Any, way: Way, planner: Planner) -> Subject | None:
    return loan_subject(
        LentBook(row.id, row.issued_on, row.due_on),
        planner.today(row.code),
        planner.rules.due_days if way.due_days is None else way.due_days,
        planner.rules.overdue_days if way.overdue else (),
        planner.calendar(row.code),
    )


async def events(connection: AsyncConnection, planner: Planner) -> Mapping[int, Sequence[tuple[str, Subject]]]:
    """What happened to holds and requests and was told to nobody yet, by patron, with the branch's code."""
    happened = [
        *await _holds(connection, planner),
        *await _ended_holds(connection, planner),
        *await _requests(connection, planner),
    ]
    ways = await ways_of(connection, {patron_id for patron_id, _, _ in happened})
    wanted: defaultdict[int, list[tuple[str, Subject]]] = defaultdict(list)
    for patron_id, code, subject in happened:
        if planner.finds(ways.get(patron_id, ()), subject.kind):
            wanted[patron_id].append((code, subject))
    return wanted


def _untold(kind: NoticeKind, subject_id: Any, *of_day: Any) -> Any:
    return ~exists().where(NoticeItemRow.kind == kind.value, NoticeItemRow.subject_id == subject_id, *of_day)


async def _holds(connection: AsyncConnection, planner: Planner) -> list[tuple[int, str, Subject]]:
    to_come = NoticeItemRow.day >= planner.places.elsewhere.today(planner.now)  # a closed day gives another last one
    ready = await connection.execute(
        select(HoldRow.id, HoldRow.patron_id, HoldRow.ready_at, HoldRow.keep_until, BranchRow.code)
        .join(BranchRow, BranchRow.id == HoldRow.pickup_branch_id)
        .where(HoldRow.ended_at.is_(None), HoldRow.state == HoldState.READY.value, linked(HoldRow.patron_id))
        .where(or_(_untold(NoticeKind.HOLD_READY, HoldRow.id), _untold(NoticeKind.HOLD_EXPIRING, HoldRow.id, to_come)))
        .order_by(HoldRow.id)
    )
    subjects: list[tuple[int, str, Subject]] = []
    for row in ready:
        today = planner.today(row.code)
        since = planner.places.at(row.code).today(row.ready_at) if row.ready_at else today
        subjects.append((row.patron_id, row.code, Subject(NoticeKind.HOLD_READY, row.id, since)))
        last = back_by(row.keep_until, planner.calendar(row.code)) if row.keep_until else None
        if last and since < today and is_expiring(last, today, planner.calendar(row.code)):
            subjects.append((row.patron_id, row.code, Subject(NoticeKind.HOLD_EXPIRING, row.id, last)))
    return subjects


async def _ended_holds(connection: AsyncConnection, planner: Planner) -> list[tuple[int, str, Subject]]:
    told = exists().where(NoticeItemRow.kind.in_(ENDINGS.values()), NoticeItemRow.subject_id == HoldRow.id)
    ended = await connection.execute(
        select(HoldRow.id, HoldRow.patron_id, HoldRow.state, HoldRow.ended_at, BranchRow.code)
        .join(BranchRow, BranchRow.id == HoldRow.pickup_branch_id)
        .where(HoldRow.ended_at > planner.now - TOLD_FOR, HoldRow.state.in_(ENDINGS))
        .where(or_(HoldRow.ended_at <= planner.now - RESTS, ~HoldRow.ended_by.like("staff:%")))
        .where(linked(HoldRow.patron_id), ~told)
        .order_by(HoldRow.ended_at, HoldRow.id)  # by number SQLite would go through all holds that there ever were
        .limit(EVENTS_AT_ONCE)
    )
    return [
        (
            row.patron_id,
            row.code,
            Subject(ENDINGS[row.state], row.id, planner.places.at(row.code).today(row.ended_at)),
        )
        for row in ended
    ]


async def _requests(connection: AsyncConnection, planner: Planner) -> list[tuple[int, str, Subject]]:
    row_id, states = RenewalRequestRow.id, (RequestState.CONFIRMED.value, RequestState.REFUSED.value)
    decided = await connection.execute(
        select(row_id, RenewalRequestRow.patron_id, RenewalRequestRow.decided_at, BranchRow.code)
        .join(BranchRow, BranchRow.id == RenewalRequestRow.branch_id)
        .where(RenewalRequestRow.decided_at > planner.now - TOLD_FOR, RenewalRequestRow.state.in_(states))
        .where(or_(RenewalRequestRow.decided_at <= planner.now - RESTS, ~RenewalRequestRow.decided_by.like("staff:%")))
        .where(linked(RenewalRequestRow.patron_id), _untold(NoticeKind.RENEWAL_DECIDED, row_id))
        .order_by(RenewalRequestRow.decided_at, row_id)  # as above
        .limit(EVENTS_AT_ONCE)
    )
    return [
        (
            row.patron_id,
            row.code,
            Subject(NoticeKind.RENEWAL_DECIDED, row.id, planner.places.at(row.code).today(row.decided_at)),
        )
        for row in decided
    ]


async def keep(
    connection: AsyncConnection, planner: Planner, wanted: Mapping[int, Sequence[tuple[str, Subject]]]
) -> int:
    """Write a notice a patron, of what no notice has told yet; returns how many were written."""
    told = await told_already(connection, [subject for found in wanted.values() for _, subject in found])
    fresh = {
        patron_id: [(code, subject) for code, subject in found if subject not in told]
        for patron_id, found in wanted.items()
    }
    rows = [_notice(patron_id, found[0][0], planner) for patron_id, found in fresh.items() if found]
    if not rows:
        return 0
    written = await connection.execute(insert(NoticeRow).returning(NoticeRow.id, NoticeRow.patron_id), rows)
    numbers = {row.patron_id: row.id for row in written}
    make: Any = insert_of(connection.dialect.name)
    items = [
        {
            "notice_id": numbers[patron_id],
            "kind": subject.kind.value,
            "subject_id": subject.subject_id,
            "day": subject.day,
            "stage": subject.stage,
        }
        for patron_id, found in fresh.items()
        for _, subject in found
    ]
    once = make(NoticeItemRow).on_conflict_do_nothing().returning(NoticeItemRow.notice_id)  # so it is one statement
    await connection.execute(once, items)
    return len(rows)


def _notice(patron_id: int, branch_code: str, planner: Planner) -> dict[str, Any]:
    zone: ZoneInfo = planner.places.at(branch_code).zone
    return {
        "patron_id": patron_id,
        "state": "planned",
        "zone": zone.key,
        "planned_at": planner.now,
        "send_at": allowed_from(planner.now, zone, planner.rules),
        "channel": "",
        "why": "",
    }


async def told_already(connection: AsyncConnection, subjects: Collection[Subject]) -> set[Subject]:
    """Which of these some notice tells already."""
    by_kind: defaultdict[NoticeKind, set[int]] = defaultdict(set)
    for subject in subjects:
        by_kind[subject.kind].add(subject.subject_id)
    if not by_kind:
        return set()
    item = NoticeItemRow
    wanted = [and_(item.kind == kind.value, item.subject_id.in_(ids)) for kind, ids in by_kind.items()]
    found = await connection.execute(select(item.kind, item.subject_id, item.day, item.stage).where(or_(*wanted)))
    return {Subject(NoticeKind(row.kind), row.subject_id, row.day, row.stage) for row in found}
