"""What readers are told outside a turn: rows for the outbox, written in whatever transaction they belong to."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Contact, Lane, Reply
from bot.quick import dataclass
from db import rows
from db.log_common import NOTICES, notice_of, outgoing, stored_key
from db.models import ContactRow, ConversationRow, MessageRow
from db.upserts import insert_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to one contact that no turn made: a notice, behind every reply.

    Attributes:
        key: The same again, to the same channel, is the same letter: it is written once. At most 200 characters
            count; begin it with what it is about (``linked:``, ``notice:``), so that no messenger's id is like it.
    """

    contact_id: int
    reply: Reply
    key: str


async def put(connection: AsyncConnection, letters: Sequence[Letter], now: datetime) -> dict[str, int]:
    """Write letters into the outbox, a fixed number of statements for all of them.

    Nothing goes to contacts who are unknown, cannot be reached, or asked to be forgotten. The channel's data class
    is minded when a letter leaves: one that says something of a person has to be ``personal``.

    Returns:
        The message's id by key, for the letters that were written now.
    """
    known = await _conversations(connection, {letter.contact_id for letter in letters})
    values = [_values(letter, *known[letter.contact_id][:2], now) for letter in letters if letter.contact_id in known]
    if not values:
        return {}
    make: Any = insert_of(connection.dialect.name)
    adding = make(MessageRow).on_conflict_do_nothing(index_elements=[MessageRow.channel, MessageRow.idempotency_key])
    written = await connection.execute(adding.returning(MessageRow.id, MessageRow.idempotency_key), values)
    ids = {row.idempotency_key: row.id for row in written}
    await wake(connection, {known[letter.contact_id][2] for letter in letters if letter.contact_id in known})
    return {letter.key: ids[stored_key(letter.key)] for letter in letters if stored_key(letter.key) in ids}


async def _conversations(connection: AsyncConnection, ids: set[int]) -> dict[int, tuple[int, str, Contact]]:
    """Conversation, channel and contact by the id of a contact who may be written to."""
    wanted = (
        select(ContactRow.id, ConversationRow.id.label("talk"), ContactRow.channel, ContactRow.address)
        .join(ConversationRow, ConversationRow.contact_id == ContactRow.id)
        .where(ContactRow.id.in_(ids), ContactRow.unreachable_since.is_(None), ContactRow.erased_at.is_(None))
    )
    return {
        row.id: (row.talk, row.channel, Contact(channel=row.channel, address=row.address))
        for row in await connection.execute(wanted)
    }


def _values(letter: Letter, conversation_id: int, channel: str, now: datetime) -> dict[str, Any]:
    extra = rows.reply_extra(letter.reply)
    return {
        "conversation_id": conversation_id,
        "channel": channel,
        "author": "bot",
        "state": "queued",
        "text": rows.clean(letter.reply.text),
        "content": None if extra is None else json.loads(extra),
        "idempotency_key": stored_key(letter.key),
        "lane": Lane.NOTICE.value,
        "created_at": now,
    }


async def wake(connection: AsyncConnection, contacts: set[Contact]) -> None:
    """Let the senders of these contacts look once the transaction is committed; SQLite's look by themselves."""
    if connection.dialect.name == "sqlite" or not contacts:
        return
    topics = {*contacts, *(outgoing(contact.channel) for contact in contacts)}
    await connection.execute(select(func.pg_notify(NOTICES, notice_of(topics))))
