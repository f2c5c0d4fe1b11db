"""Calls for a person in SQL, as the engine looks after them."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calls import Closed, LongWait
from bot.clock import Clock
from bot.handover import ASKED_AGAIN
from bot.messages import Contact, Reply
from bot.ports.log import Dialogue, Mode
from bot.quick import replace
from db import post, rows, spoken
from db.base import aliased
from db.connect import Database, store_errors
from db.models import ContactRow, ConversationRow, MessageRow
from db.models_handover import HandoverRow
from db.post import Letter
from db.upserts import insert_of

AT_ONCE = 200
STAFF = "staff:"
"""Stands as the source of the staff's own chat: no link carries a colon, and the desk leaves such contacts out."""


class SqlCalls:
    """Fills the port ``CallStore``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    # --- who waits too long ----------------------------------------------------------------------

    async def long_waits(self, before: datetime, told_before: datetime) -> Sequence[LongWait]:
        wanted = (
            select(
                HandoverRow.id.label("handover_id"),
                ConversationRow.id.label("conversation_id"),
                ContactRow.channel,
                ConversationRow.branch,
                ContactRow.source,
                ConversationRow.waiting_since.label("since"),
            )
            .select_from(ConversationRow)
            .join(ContactRow, ContactRow.id == ConversationRow.contact_id)
            .join(HandoverRow, HandoverRow.conversation_id == ConversationRow.id)
            .where(
                ConversationRow.mode == Mode.WAITING.value,
                ConversationRow.waiting_since <= before,
                HandoverRow.ended_at.is_(None),
                _not_told(told_before),
            )
            .order_by(ConversationRow.waiting_since)
            .limit(AT_ONCE)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                return [LongWait(**row) for row in (await connection.execute(wanted)).mappings()]

    async def waiting(self) -> int:
        waits = ConversationRow.mode == Mode.WAITING.value, ConversationRow.waiting_since.is_not(None)
        with store_errors():
            async with self._database.engine.connect() as connection:
                counting = select(func.count()).select_from(ConversationRow).where(*waits)
                return await connection.scalar(counting) or 0

    async def tell_staff(
        self, handovers: Collection[int], told_before: datetime, chats: Mapping[Contact, Reply], key: str
    ) -> bool:
        now = self._clock.now()
        ours = (
            update(HandoverRow)
            .where(HandoverRow.id.in_(handovers), HandoverRow.ended_at.is_(None), _not_told(told_before))
            .values(alerted_at=now)
        )
        async with self._database.writing() as connection:
            if not (await connection.execute(ours)).rowcount:
                return False
            letters = [
                Letter(contact_id=await self._met(connection, chat, now), reply=said, key=key)
                for chat, said in chats.items()
            ]
            await post.put(connection, letters, now)
        return True

    async def _met(self, connection: AsyncConnection, chat: Contact, now: datetime) -> int:
        """The staff's chat as a contact; one that could not be reached is tried again."""
        make = self._insert()
        who = {"channel": chat.channel, "address": rows.clean(chat.address)}
        new = {**who, "name": "", "language": "", "created_at": now, "source": STAFF}
        again = {"source": STAFF, "unreachable_since": None, "erased_at": None}
        adding = make(ContactRow).values(new)
        keys = [ContactRow.channel, ContactRow.address]
        known = adding.on_conflict_do_update(index_elements=keys, set_=again).returning(ContactRow.id)
        contact_id: int = (await connection.execute(known)).scalar_one()
        talk = make(ConversationRow).values(contact_id=contact_id, dialogue={})
        await connection.execute(talk.on_conflict_do_nothing())
        return contact_id

    # --- whether it helped -----------------------------------------------------------------------

    async def closed(self, since: datetime, until: datetime) -> Sequence[Closed]:
        other = aliased(HandoverRow)
        lately = exists().where(
            other.conversation_id == HandoverRow.conversation_id, other.asked_at > self._clock.now() - ASKED_AGAIN
        )
        heard = (
            select(MessageRow.said_at)
            .where(MessageRow.conversation_id == ConversationRow.id, MessageRow.author == "reader")
            .order_by(MessageRow.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        wanted = (
            select(HandoverRow.id.label("handover_id"), ContactRow.channel, spoken.language(), heard.label("heard_at"))
            .join(ConversationRow, ConversationRow.id == HandoverRow.conversation_id)
            .join(ContactRow, ContactRow.id == ConversationRow.contact_id)
            .where(
                HandoverRow.ended_at > since,
                HandoverRow.ended_at <= until,
                HandoverRow.ended == "closed",
                HandoverRow.answered_at.is_not(None),
                ConversationRow.mode == Mode.CLOSED.value,
                ContactRow.unreachable_since.is_(None),
                ContactRow.erased_at.is_(None),
                ContactRow.source != STAFF,
                ~lately,
            )
            .order_by(HandoverRow.ended_at)
            .limit(AT_ONCE)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                return [Closed(**row) for row in (await connection.execute(wanted)).mappings()]

    async def ask(self, handover_id: int, question: Reply, dialogue: Dialogue, key: str) -> bool:
        now = self._clock.now()
        theirs = (
            select(ConversationRow.id, ConversationRow.contact_id, ConversationRow.dialogue)
            .join(HandoverRow, HandoverRow.conversation_id == ConversationRow.id)
            .where(HandoverRow.id == handover_id, ConversationRow.mode == Mode.CLOSED.value)
            .with_for_update(of=ConversationRow)
        )
        async with self._database.writing() as connection:
            talk = (await connection.execute(theirs)).first()
            if talk is None:
                return False
            ours = update(HandoverRow).where(HandoverRow.id == handover_id, HandoverRow.asked_at.is_(None))
            if not (await connection.execute(ours.values(asked_at=now))).rowcount:
                return False
            offer = json.loads(rows.dialogue_json(replace(dialogue, language=talk.dialogue.get("language", ""))))
            await connection.execute(
                update(ConversationRow).where(ConversationRow.id == talk.id).values(dialogue=offer)
            )
            letter = Letter(contact_id=talk.contact_id, reply=question, key=key)
            await post.put(connection, [letter], now)
        return True

    async def is_over(self, handover_id: int) -> bool:
        mode = (
            select(ConversationRow.mode)
            .join(HandoverRow, HandoverRow.conversation_id == ConversationRow.id)
            .where(HandoverRow.id == handover_id)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                return await connection.scalar(mode) == Mode.CLOSED.value

    def _insert(self) -> Any:
        return insert_of(self._database.dialect)


def _not_told(since: datetime) -> Any:
    return or_(HandoverRow.alerted_at.is_(None), HandoverRow.alerted_at <= since)
