"""The figures of a day, or of several, in SQL: counted from the log itself, over the stretches of it that matter.

Messages are kept in the order in which they came, so that a day is a range of their numbers: where it begins is found
by halving, once a day, and no index over moments is needed.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.overview import Day, Figures, Opinion, Place, Queue, Stretch
from db import rows
from db.calls import STAFF
from db.connect import Database, store_errors
from db.desk_rows import moment
from db.models import ContactRow, ConversationRow, MessageRow
from db.models_handover import HandoverRow

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
LONGEST_CALL = timedelta(days=7)
"""What was called earlier and is taken only now is not counted."""
DAYS_REMEMBERED = 8
LEAST = timedelta(microseconds=1)
BEYOND = 2**62
"""No message has such a number."""
THEN_BY = timedelta(minutes=5)
"""The week ago is counted anew in such steps: it does not change, only its end moves on."""
SMALL_TALK = (
    "greeting",
    "thanks",
    "cancel",
    "press:cancel",
    "press:resume",
    "press:helped",
    "press:helped_words",
)
"""Intents of messages in which nothing is asked."""

_ASKED = f"""author = 'reader' AND outcome IN ('answered', 'missed', 'failed', 'handed_over')
AND coalesce(intent, '') NOT IN ({", ".join(f"'{intent}'" for intent in SMALL_TALK)})"""
_COUNTED = f"""
m.conversation_id, m.channel,
sum(CASE WHEN author = 'reader' THEN 1 ELSE 0 END) AS heard,
sum(CASE WHEN {_ASKED} THEN 1 ELSE 0 END) AS asked,
sum(CASE WHEN {_ASKED} AND outcome = 'answered' THEN 1 ELSE 0 END) AS answered,
sum(CASE WHEN {_ASKED} AND outcome IN ('missed', 'failed') THEN 1 ELSE 0 END) AS missed,
sum(CASE WHEN {_ASKED} AND outcome = 'handed_over' THEN 1 ELSE 0 END) AS called,
max(CASE WHEN author = 'reader' THEN m.created_at END) AS last_heard,
max(CASE WHEN author <> 'reader' AND state IN ('sent', 'delivered', 'read')
  THEN coalesce(m.done_at, m.created_at) END) AS last_sent
FROM messages m"""
MESSAGES = f"""
WITH said AS (
  SELECT {_COUNTED} WHERE m.id >= :first AND m.id < :beyond AND m.created_at <= :until
  GROUP BY m.conversation_id, m.channel)
SELECT s.channel, c.branch, ct.source, sum(s.heard) AS heard, sum(s.asked) AS asked,
sum(s.answered) AS answered, sum(s.missed) AS missed, sum(s.called) AS called, max(s.last_heard) AS last_heard,
max(s.last_sent) AS last_sent
FROM said s JOIN conversations c ON c.id = s.conversation_id JOIN contacts ct ON ct.id = c.contact_id
WHERE ct.source <> :staff GROUP BY s.channel, c.branch, ct.source"""  # noqa: S608 - pieces of our own
"""Bounded on both sides, or SQLite jumps through an index from conversation to conversation: ten times the time."""
CALLS = """
SELECT h.channel, coalesce(nullif(c.branch, ''), h.branch) AS branch, coalesce(ct.source, '') AS source,
sum(CASE WHEN h.taken_at >= :start AND h.taken_at <= :until THEN 1 ELSE 0 END) AS taken,
sum(CASE WHEN h.rated_at >= :start AND h.rated_at <= :until AND h.helped THEN 1 ELSE 0 END) AS helped,
sum(CASE WHEN h.rated_at >= :start AND h.rated_at <= :until AND NOT h.helped THEN 1 ELSE 0 END) AS not_helped
FROM handovers h LEFT JOIN conversations c ON c.id = h.conversation_id LEFT JOIN contacts ct ON ct.id = c.contact_id
WHERE h.called_at >= :since AND h.called_at <= :until GROUP BY 1, 2, 3"""
WAITING = """
SELECT ct.channel, c.branch, ct.source, count(*) AS waiting, min(c.waiting_since) AS oldest
FROM conversations c JOIN contacts ct ON ct.id = c.contact_id
WHERE c.waiting_since IS NOT NULL AND c.mode = 'waiting' AND ct.source <> :staff
GROUP BY ct.channel, c.branch, ct.source"""
DONE = """
SELECT b.code AS branch, t.what, sum(t.times) AS times
FROM circulation_totals t JOIN branches b ON b.id = t.branch_id
WHERE t.day >= :first_day AND t.day <= :last_day AND t.what IN ('renewed', 'hold_placed') GROUP BY b.code, t.what"""
UNHANDLED = "SELECT min(created_at) FROM messages WHERE state = 'waiting'"
QUEUED = "SELECT lane, count(*) FROM messages WHERE state = 'queued' GROUP BY lane"


class SqlOverview:
    """Fills the port ``OverviewBook``.

    Args:
        database: The store.
        zone: Whose midnight begins a day.
    """

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._database, self._zone = database, zone
        self._firsts: dict[datetime, int] = {}
        """Number of the first message of a day, by its midnight: it never changes once there is one."""
        self._then: tuple[datetime, Stretch] | None = None

    async def figures(self, now: datetime, sources: Mapping[str, str]) -> Figures:
        local = now.astimezone(self._zone).date()
        midnight, week_midnight = self._midnight(local), self._midnight(local - A_WEEK)
        until = week_midnight + (now - midnight) // THEN_BY * THEN_BY
        with store_errors():
            async with self._database.engine.connect() as connection:
                today = await self._stretch(connection, local, None, now, sources)
                then = await self._week_ago(connection, local - A_WEEK, until, sources)
                waiting = await _ask(connection, WAITING, {"staff": STAFF})
                oldest = (await _ask(connection, UNHANDLED, {}))[0][0]
                queued = await _ask(connection, QUEUED, {})
        return Figures(
            today=today.days,
            week_ago=then.days,
            waiting=_waiting(waiting, sources),
            renewed=today.renewed,
            held=today.held,
            renewed_week_ago=then.renewed,
            held_week_ago=then.held,
            oldest_unhandled=moment(oldest) if oldest else None,
            queued=dict(tuple(row) for row in queued),
        )

    async def between(self, first: date, last: date, sources: Mapping[str, str]) -> Stretch:
        end = self._midnight(last + A_DAY)
        with store_errors():
            async with self._database.engine.connect() as connection:
                return await self._stretch(connection, first, end, end - LEAST, sources)

    async def _week_ago(
        self, connection: AsyncConnection, day: date, until: datetime, sources: Mapping[str, str]
    ) -> Stretch:
        """The day a week ago, counted once for each end."""
        if self._then is None or self._then[0] != until:
            end = self._midnight(day + A_DAY)
            self._then = (until, await self._stretch(connection, day, end, until, sources))
        return self._then[1]

    async def _stretch(
        self,
        connection: AsyncConnection,
        first: date,
        end: datetime | None,
        until: datetime,
        sources: Mapping[str, str],
    ) -> Stretch:
        """What happened from a day's midnight on and not after ``until``; no message from ``end`` on is looked at."""
        start = self._midnight(first)
        values = {
            "first": await self._first(connection, start),
            "beyond": BEYOND if end is None else await self._first(connection, end),
            "start": self._bound(start),
            "until": self._bound(until),
            "since": self._bound(start - LONGEST_CALL),
            "staff": STAFF,
            "first_day": self._day(first),
            "last_day": self._day(until.astimezone(self._zone).date()),
        }
        said, calls = await _ask(connection, MESSAGES, values), await _ask(connection, CALLS, values)
        done = await _ask(connection, DONE, values)
        return Stretch(
            days=_days(said, calls, sources),
            renewed={row.branch: int(row.times) for row in done if row.what == "renewed"},
            held={row.branch: int(row.times) for row in done if row.what == "hold_placed"},
        )

    async def opinions(self, sources: Mapping[str, str], branches: Collection[str], limit: int) -> Sequence[Opinion]:
        wanted = (
            select(
                HandoverRow.conversation_id,
                HandoverRow.channel,
                func.coalesce(func.nullif(ConversationRow.branch, ""), HandoverRow.branch).label("branch"),
                func.coalesce(ContactRow.source, "").label("source"),
                HandoverRow.helped,
                HandoverRow.words,
                HandoverRow.rated_at,
            )
            .outerjoin(ConversationRow, ConversationRow.id == HandoverRow.conversation_id)
            .outerjoin(ContactRow, ContactRow.id == ConversationRow.contact_id)
            .where(HandoverRow.rated_at.is_not(None), HandoverRow.words != "")
            .order_by(HandoverRow.rated_at.desc())
            .limit(limit if not branches else limit * 10)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = (await connection.execute(wanted)).all()
        told = [
            Opinion(
                conversation_id=row.conversation_id,
                channel=row.channel,
                branch=row.branch or sources.get(row.source, ""),
                helped=bool(row.helped),
                words=row.words,
                at=row.rated_at,
            )
            for row in found
            if row.rated_at is not None
        ]
        return [one for one in told if not branches or one.branch in ("", *branches)][:limit]

    # --- days as ranges --------------------------------------------------------------------------

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self._zone)

    async def _first(self, connection: AsyncConnection, since: datetime) -> int:
        """The number of the first message that came at ``since`` or later; one beyond the last where none did."""
        if since in self._firsts:
            return self._firsts[since]
        low, high = (await connection.execute(select(func.min(MessageRow.id), func.max(MessageRow.id)))).one()
        if low is None:
            return 0
        first, beyond = low, high + 1
        while first < beyond:
            middle = (first + beyond) // 2
            row = (
                await connection.execute(
                    select(MessageRow.id, MessageRow.created_at)
                    .where(MessageRow.id >= middle)
                    .order_by(MessageRow.id)
                    .limit(1)
                )
            ).one()
            if row.created_at < since:
                first = row.id + 1
            else:
                beyond = middle
        if first <= high:
            self._remember(since, first)
        return int(first)

    def _remember(self, since: datetime, first: int) -> None:
        self._firsts[since] = first
        for old in sorted(self._firsts)[:-DAYS_REMEMBERED]:
            del self._firsts[old]

    def _bound(self, at: datetime) -> object:
        return rows.to_sqlite(at) if self._database.dialect == "sqlite" else at

    def _day(self, day: date) -> object:
        return day.isoformat() if self._database.dialect == "sqlite" else day


async def _ask(connection: AsyncConnection, statement: str, values: Mapping[str, Any]) -> Sequence[Any]:
    asked = text(statement)
    found: Sequence[Any] = (await connection.execute(asked, {name: values[name] for name in asked._bindparams})).all()
    return found


def _place(row: Any, sources: Mapping[str, str]) -> Place:
    return row.channel, row.branch or sources.get(row.source, "")


def _days(said: Sequence[Any], calls: Sequence[Any], sources: Mapping[str, str]) -> dict[Place, Day]:
    days: dict[Place, Day] = {}

    def add(row: Any, day: Day) -> None:
        if day != Day():
            place = _place(row, sources)
            days[place] = days.get(place, Day()) + day

    for row in said:
        add(row, _day(row))
    for row in calls:
        add(row, Day(taken=row.taken, helped=row.helped, not_helped=row.not_helped))
    return days


def _day(row: Any) -> Day:
    return Day(
        heard=int(row.heard),
        asked=int(row.asked),
        answered=int(row.answered),
        missed=int(row.missed),
        called=int(row.called),
        last_heard=moment(row.last_heard) if row.last_heard else None,
        last_sent=moment(row.last_sent) if row.last_sent else None,
    )


def _waiting(found: Sequence[Any], sources: Mapping[str, str]) -> dict[Place, Queue]:
    waiting: dict[Place, Queue] = {}
    for row in found:
        place, oldest = _place(row, sources), moment(row.oldest)
        before = waiting.get(place, Queue(oldest=oldest))
        least = min(oldest, before.oldest or oldest)
        waiting[place] = Queue(waiting=before.waiting + row.waiting, oldest=least)
    return waiting
