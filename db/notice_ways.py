"""The contacts of patrons, as notices see them."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.notices import Way
from bot.ports.log import Mode
from db import spoken
from db.models import ContactRow, ConversationRow, MessageRow, PatronRow
from db.models_accounts import ContactCardRow, NoticeWishRow


def _heard_at() -> Any:
    """When the reader of a conversation last wrote: one look into an index."""
    return (
        select(MessageRow.said_at)
        .where(MessageRow.conversation_id == ConversationRow.id, MessageRow.author == "reader")
        .order_by(MessageRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )


async def ways_of(connection: AsyncConnection, patrons: Collection[int]) -> dict[int, list[Way]]:
    """All contacts of each patron, whatever can be sent there; none of who is not in the register any more."""
    found = await connection.execute(
        select(
            ContactCardRow.patron_id,
            ContactCardRow.child,
            ContactRow.id,
            ContactRow.channel,
            spoken.language(),
            ContactRow.unreachable_since,
            ConversationRow.mode,
            _heard_at().label("heard_at"),
            NoticeWishRow.due_days,
            NoticeWishRow.overdue,
            NoticeWishRow.hide_titles,
            NoticeWishRow.muted,
            NoticeWishRow.updated_at,
            NoticeWishRow.chosen_at,
        )
        .join(ContactRow, ContactRow.id == ContactCardRow.contact_id)
        .join(PatronRow, and_(PatronRow.id == ContactCardRow.patron_id, PatronRow.missing_since.is_(None)))
        .join(ConversationRow, ConversationRow.contact_id == ContactRow.id)
        .outerjoin(NoticeWishRow, NoticeWishRow.contact_id == ContactRow.id)
        .where(ContactCardRow.patron_id.in_(patrons), ContactRow.erased_at.is_(None))
    )
    ways: defaultdict[int, list[Way]] = defaultdict(list)
    for row in found:
        ways[row.patron_id].append(_way(row))
    return ways


def _way(row: Any) -> Way:
    chosen = row.updated_at is not None
    return Way(
        contact_id=row.id,
        channel=row.channel,
        language=row.language,
        child=row.child,
        chosen_at=row.chosen_at,
        heard_at=row.heard_at,
        due_days=tuple(row.due_days) if chosen else None,
        overdue=row.overdue if chosen else True,
        hide_titles=bool(row.hide_titles),
        muted_at=row.updated_at if row.muted else None,
        reachable=row.unreachable_since is None,
        with_person=row.mode == Mode.PERSON.value,
    )
