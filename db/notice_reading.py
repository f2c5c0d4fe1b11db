"""Reading notices: those whose time has come, with all that sending needs, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import distinct, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.linking import phone_of
from bot.library.notices import NoticeKind, Subject, cascade
from bot.notices import DueNotice
from db.circulation_house import Places
from db.models import PatronRow
from db.models_accounts import ContactCardRow
from db.models_notices import NoticeItemRow, NoticeLetterRow, NoticeRow
from db.notice_facts import facts_of
from db.notice_ways import ways_of

A_DAY = timedelta(hours=24)


async def due_notices(
    connection: AsyncConnection,
    now: datetime,
    channels: frozenset[str],
    pages: frozenset[str],
    places: Places,
    limit: int,
) -> list[DueNotice]:
    """Planned notices whose moment has come, the oldest first; those of one family together."""
    ready = select(NoticeRow).where(NoticeRow.state == "planned", NoticeRow.send_at <= now)
    rows = list(await connection.execute(ready.order_by(NoticeRow.send_at, NoticeRow.id).limit(limit)))
    if not rows:
        return []
    known, patrons = {row.id for row in rows}, {row.patron_id for row in rows}
    family = await _family(connection, patrons) - patrons
    if family:
        rows += (await connection.execute(ready.where(NoticeRow.patron_id.in_(family)))).all()
        known, patrons = {row.id for row in rows}, {row.patron_id for row in rows}
    items, ways = await items_of(connection, known), await ways_of(connection, patrons)
    people = await _people(connection, patrons)
    tried, sent = await _tried(connection, known), await _sent(connection, patrons, now - A_DAY)
    facts = await facts_of(connection, items, places)
    return [
        DueNotice(
            notice_id=row.id,
            patron_id=row.patron_id,
            given_name=people[row.patron_id][0],
            phone=people[row.patron_id][1],
            zone=ZoneInfo(row.zone),
            planned_at=row.planned_at,
            items=items.get(row.id, ()),
            ways=cascade([way for way in ways.get(row.patron_id, ()) if way.channel in channels]),
            pages=cascade([way for way in ways.get(row.patron_id, ()) if way.channel in pages]),
            tried=frozenset(tried.get(row.id, ())),
            sent_today=sent.get(row.patron_id, 0),
            facts=facts,
            stopped=any(way.muted_at is not None for way in ways.get(row.patron_id, ())) or not ways.get(row.patron_id),
        )
        for row in rows
    ]


async def _family(connection: AsyncConnection, patrons: Collection[int]) -> set[int]:
    """All patrons who have a contact in common with these."""
    mine = select(ContactCardRow.contact_id).where(ContactCardRow.patron_id.in_(patrons))
    return set(await connection.scalars(select(ContactCardRow.patron_id).where(ContactCardRow.contact_id.in_(mine))))


async def items_of(connection: AsyncConnection, notices: Collection[int]) -> dict[int, tuple[Subject, ...]]:
    """What notices tell of."""
    wanted = select(NoticeItemRow).where(NoticeItemRow.notice_id.in_(notices))
    found: defaultdict[int, list[Subject]] = defaultdict(list)
    for row in await connection.execute(wanted.order_by(NoticeItemRow.day, NoticeItemRow.subject_id)):
        found[row.notice_id].append(Subject(NoticeKind(row.kind), row.subject_id, row.day, row.stage))
    return {notice_id: tuple(subjects) for notice_id, subjects in found.items()}


async def _people(connection: AsyncConnection, patrons: Collection[int]) -> dict[int, tuple[str, str]]:
    wanted = select(PatronRow.id, PatronRow.given_name, PatronRow.phone).where(PatronRow.id.in_(patrons))
    return {row.id: (row.given_name, phone_of(row.phone)) for row in await connection.execute(wanted)}


async def _tried(connection: AsyncConnection, notices: Collection[int]) -> dict[int, set[int]]:
    letter = NoticeLetterRow
    wanted = select(letter.notice_id, letter.contact_id).where(letter.notice_id.in_(notices), letter.tried == true())
    found: defaultdict[int, set[int]] = defaultdict(set)
    for row in await connection.execute(wanted):
        found[row.notice_id].add(row.contact_id)
    return found


async def _sent(connection: AsyncConnection, patrons: Collection[int], since: datetime) -> dict[int, int]:
    """How many letters each patron was sent since a moment, those that failed not counted."""
    letter = NoticeLetterRow
    wanted = (
        select(NoticeRow.patron_id, func.count(distinct(letter.message_id)).label("letters"))
        .join(letter, letter.notice_id == NoticeRow.id)
        .where(NoticeRow.patron_id.in_(patrons), letter.at > since, letter.why == "")
        .group_by(NoticeRow.patron_id)
    )
    return {row.patron_id: row.letters for row in await connection.execute(wanted)}
