"""Attempts to link a card: written down before they are looked at, and what their number forbids."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import LinkState, Proof
from bot.audit import ENGINE, READER, Act, Entry
from bot.library.linking import DAY, HOUR, Limits, ceiling_until, locked_until
from bot.quick import dataclass
from db import audit
from db.log_common import stored_key
from db.models_accounts import AuditRow, LinkAttemptRow
from db.upserts import insert_of

FAILED = ("", LinkState.WRONG.value)
"""Outcomes that count: one that is still being looked at does, or a flood of attempts at once would be free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """Who tries what, without what was typed.

    Attributes:
        subject / card: Digests; ``card`` is "" where no card was named.
        key: The message that asks.
    """

    subject: str
    key: str
    channel: str
    proof: Proof
    card: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What became of an earlier attempt."""

    state: LinkState
    patron_id: int | None
    until: datetime | None


async def before(connection: AsyncConnection, asked: Try) -> Ended | None:
    """The outcome of the same attempt, made by a turn that is repeated now; None where it has none yet."""
    found = select(LinkAttemptRow.outcome, LinkAttemptRow.patron_id, LinkAttemptRow.until).where(_same(asked))
    row = (await connection.execute(found)).one_or_none()
    if row is None or not row.outcome:
        return None
    return Ended(state=LinkState(row.outcome), patron_id=row.patron_id, until=row.until)


async def count(connection: AsyncConnection, asked: Try, limits: Limits, now: datetime) -> tuple[datetime | None, bool]:
    """Write an attempt down; returns until when it is refused unseen, and whether an attack is news of this moment."""
    until, ceiling = await _limit(connection, asked, limits, now)
    row = {
        "subject": asked.subject,
        "key": stored_key(asked.key),
        "channel": asked.channel,
        "way": asked.proof.value,
        "card": asked.card,
        "outcome": LinkState.LOCKED.value if until else "",
        "until": until,
        "at": now,
    }
    make = insert_of(connection.dialect.name)
    await connection.execute(make(LinkAttemptRow).values(row).on_conflict_do_nothing())
    if until is None:
        return None, False
    locked = Entry(
        action=Act.LINK_LOCKED,
        actor=READER,
        subject=asked.subject,
        channel=asked.channel,
        details={"proof": asked.proof.value},
    )
    attack = ceiling and not await _reported(connection, asked.channel, now)
    news = [Entry(action=Act.ATTACK, actor=ENGINE, channel=asked.channel)] if attack else []
    await audit.note(connection, now, *news, locked)
    return until, attack


async def end(connection: AsyncConnection, asked: Try, state: LinkState, patron_id: int | None) -> None:
    """Keep the outcome."""
    values = {"outcome": state.value, "patron_id": patron_id}
    await connection.execute(update(LinkAttemptRow).where(_same(asked)).values(values))


def _same(asked: Try) -> ColumnElement[bool]:
    return and_(LinkAttemptRow.subject == asked.subject, LinkAttemptRow.key == stored_key(asked.key))


async def _limit(
    connection: AsyncConnection, asked: Try, limits: Limits, now: datetime
) -> tuple[datetime | None, bool]:
    """Until when the attempt is refused, and whether a ceiling of all contacts is the reason."""
    failed = LinkAttemptRow.outcome.in_(FAILED)
    own, same_card = LinkAttemptRow.subject == asked.subject, LinkAttemptRow.card == asked.card
    of_day = select(LinkAttemptRow.at, own.label("own"), same_card.label("same_card")).where(
        or_(own, same_card) if asked.card else own, failed, LinkAttemptRow.at > now - DAY
    )
    found = (await connection.execute(of_day)).all()
    here = LinkAttemptRow.channel == asked.channel
    of_hour = select(
        func.count().label("all"),
        func.min(LinkAttemptRow.at).label("oldest"),
        func.count().filter(here).label("here"),
        func.min(LinkAttemptRow.at).filter(here).label("oldest_here"),
    ).where(failed, LinkAttemptRow.at > now - HOUR)
    counts = (await connection.execute(of_hour)).one()
    ceilings = (
        ceiling_until(counts.oldest_here, counts.here, limits.channel_an_hour),
        ceiling_until(counts.oldest, counts.all, limits.all_an_hour),
    )
    locks = (
        locked_until([row.at for row in found if row.own], now, limits),
        locked_until([row.at for row in found if asked.card and row.same_card], now, limits),
    )
    until = max((moment for moment in (*locks, *ceilings) if moment is not None), default=None)
    return until, any(ceilings)


async def _reported(connection: AsyncConnection, channel: str, now: datetime) -> bool:
    told = select(AuditRow.id).where(
        AuditRow.at > now - HOUR, AuditRow.action == Act.ATTACK.value, AuditRow.channel == channel
    )
    return await connection.scalar(told.limit(1)) is not None
