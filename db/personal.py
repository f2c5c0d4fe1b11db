"""What is kept of a person, told to them and forgotten at their word."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.audit import READER, Act, Entry
from bot.circulation import Circulation
from bot.clock import Clock
from bot.messages import Contact
from bot.own_data import CardKept, ConsentKept, PatronKept, PersonKept, SaidKept, export, export_of_patron
from bot.quick import replace
from db import audit, rows
from db.connect import Database
from db.digests import Digests
from db.forgetting import forget_conversation, forget_history
from db.holders import account_of, account_query, holder_of, of
from db.log_common import stored_key
from db.models import ContactRow, ConversationRow, MessageRow, PatronRow
from db.models_accounts import ConsentRow, ConsentTextRow, ContactCardRow, LinkAttemptRow, NoticeWishRow


class Personal:
    """Exports and erases.

    Args:
        database: The store.
        clock: Where moments come from.
        digests: Names contacts in the audit log.
        zone: The library's, for moments that people read.
        title: What a channel is called.
        circulation: Whose loans and holds are told; None where there is none.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        digests: Digests,
        zone: ZoneInfo,
        title: Callable[[str], str],
        circulation: Circulation | None = None,
    ) -> None:
        self._database, self._clock, self._digests = database, clock, digests
        self._zone, self._title, self._circulation = zone, title, circulation

    # --- telling ---------------------------------------------------------------------------------

    async def export(self, contact: Contact) -> bytes:
        """All that is kept of them; loans and holds as the circulation tells them now."""
        now = self._clock.now()
        async with self._database.writing() as connection:
            kept = await self._kept(connection, contact)
            await audit.note(connection, now, audit.by_reader(Act.EXPORTED, contact, self._digests))
        return export(await self._with_books(kept), now, self._zone)

    async def export_of_patron(self, patron_id: int, by: str) -> bytes | None:
        """The same for the desk: the register's entry and the patron's own chats; None where there is no such patron.

        A guardian's chat is the guardian's, and stays out.
        """
        now = self._clock.now()
        own = (
            select(ContactRow.channel, ContactRow.address)
            .join(ContactCardRow, ContactCardRow.contact_id == ContactRow.id)
            .where(ContactCardRow.patron_id == patron_id, ContactCardRow.child.is_(False))
            .order_by(ContactCardRow.id)
        )
        async with self._database.writing() as connection:
            row = (await connection.execute(select(PatronRow).where(PatronRow.id == patron_id))).one_or_none()
            if row is None:
                return None
            contacts = [Contact(channel=one.channel, address=one.address) for one in await connection.execute(own)]
            chats = [await self._kept(connection, contact) for contact in contacts]
            await audit.note(connection, now, Entry(action=Act.EXPORTED, actor=by, patron_id=patron_id))
        chats = [await self._with_books(kept) for kept in chats]
        circulation = self._circulation
        patron = PatronKept(
            card_number=row.card_number,
            name=" ".join(part for part in (row.surname, row.given_name, row.patronymic) if part),
            birth_date=row.birth_date,
            phone=row.phone,
            email=row.email,
            category=row.category,
            valid_until=row.valid_until,
            blocked=row.blocked,
            debt=Decimal(row.debt) / 100,
            served_at=row.served_at,
            not_served_at=row.not_served_at,
            loans=await circulation.loans(patron_id) if circulation else None,
            holds=await circulation.holds(patron_id) if circulation else None,
        )
        return export_of_patron(patron, chats, now, self._zone)

    async def _with_books(self, kept: PersonKept) -> PersonKept:
        """What is lent and waited for, as the circulation tells it now."""
        if self._circulation is None:
            return kept
        asked = [
            replace(
                card,
                loans=await self._circulation.loans(card.holder.patron_id),
                holds=await self._circulation.holds(card.holder.patron_id),
            )
            for card in kept.cards
        ]
        return replace(kept, cards=asked)

    async def _kept(self, connection: AsyncConnection, contact: Contact) -> PersonKept:
        person = (await connection.execute(select(ContactRow).where(of(contact)))).one_or_none()
        messenger = self._title(contact.channel)
        if person is None:
            return PersonKept(messenger=messenger, name="", known_since=self._clock.now())
        wanted = account_query(contact, ()).add_columns(ContactCardRow.way, ContactCardRow.linked_at)
        found = (await connection.execute(wanted)).all()
        wish = found[0].due_days is not None
        attempts = await connection.execute(
            select(LinkAttemptRow.at, LinkAttemptRow.outcome)
            .where(LinkAttemptRow.subject == self._digests.contact(contact))
            .order_by(LinkAttemptRow.id)
        )
        consents = await connection.execute(
            select(ConsentTextRow.text, ConsentRow.given_at, ConsentRow.withdrawn_at)
            .join(ConsentTextRow, ConsentTextRow.version == ConsentRow.version)
            .where(ConsentRow.contact_id == person.id)
            .order_by(ConsentRow.id)
        )
        return PersonKept(
            messenger=messenger,
            name=person.name,
            known_since=person.created_at,
            cards=[
                CardKept(holder=holder_of(row), proof=row.way, linked_at=row.linked_at)
                for row in found
                if row.patron_id is not None
            ],
            consents=[
                ConsentKept(text=row.text, given_at=row.given_at, withdrawn_at=row.withdrawn_at) for row in consents
            ],
            wishes=account_of(found).wishes if wish else None,
            attempts=[(row.at, row.outcome) for row in attempts],
            said=await _said(connection, person.id),
        )

    # --- forgetting ------------------------------------------------------------------------------

    async def erase(self, contact: Contact, key: str) -> None:
        """Forget the person behind a contact; said twice, it is done once."""
        async with self._database.writing() as connection:
            row = (await connection.execute(select(ContactRow.id).where(of(contact)))).one_or_none()
            if row is not None:
                await self.erased(connection, contact, row.id, actor=READER, key=key)

    async def erased(
        self, connection: AsyncConnection, contact: Contact, contact_id: int, *, actor: str, key: str
    ) -> None:
        """The same in a transaction that is open, for whoever acts.

        What was said is wiped, names, links and wishes go at once. The answer that is under way still needs the
        address: it goes with the last words, minutes later (``db.retention``). The record of consents stays, as the
        law asks for, under a number alone; attempts stay under a digest until their time is over, so that nobody
        is free to guess on by asking to be forgotten.
        """
        now = self._clock.now()
        wiped = await forget_conversation(connection, contact_id)
        gone = delete(ContactCardRow).where(ContactCardRow.contact_id == contact_id)
        cut = (await connection.execute(gone.returning(ContactCardRow.patron_id, ContactCardRow.child))).all()
        await forget_history(connection, [row.patron_id for row in cut if not row.child])
        await connection.execute(delete(NoticeWishRow).where(NoticeWishRow.contact_id == contact_id))
        await self._withdraw(connection, contact_id, key, now)
        await connection.execute(
            update(ContactRow).where(ContactRow.id == contact_id).values(name="", source="", erased_at=now)
        )
        await connection.execute(
            update(ConversationRow).where(ConversationRow.contact_id == contact_id).values(dialogue={})
        )
        subject = self._digests.contact(contact)
        entries = [
            Entry(action=Act.UNLINKED, actor=actor, patron_id=row.patron_id, subject=subject, channel=contact.channel)
            for row in cut
        ]
        erased = Entry(
            action=Act.ERASED, actor=actor, subject=subject, channel=contact.channel, details={"messages": wiped}
        )
        await audit.note(connection, now, *entries, erased)

    async def withdrawn(
        self, connection: AsyncConnection, contact: Contact, contact_id: int, key: str, now: datetime
    ) -> None:
        """Take every consent back, in a transaction that is open."""
        if await self._withdraw(connection, contact_id, key, now):
            await audit.note(connection, now, audit.by_reader(Act.CONSENT_WITHDRAWN, contact, self._digests))

    async def _withdraw(self, connection: AsyncConnection, contact_id: int, key: str, now: datetime) -> int:
        taking = (
            update(ConsentRow)
            .where(ConsentRow.contact_id == contact_id, ConsentRow.withdrawn_at.is_(None))
            .values(withdrawn_at=now, withdrawn_key=stored_key(key))
            .returning(ConsentRow.id)
        )
        return len((await connection.scalars(taking)).all())


async def _said(connection: AsyncConnection, contact_id: int) -> Sequence[SaidKept]:
    found = await connection.execute(
        select(MessageRow.id, MessageRow.author, MessageRow.text, MessageRow.content, MessageRow.created_at)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(ConversationRow.contact_id == contact_id)
        .order_by(MessageRow.id)
    )
    said = []
    for row in found:
        extra = None if row.content is None else json.dumps(row.content)
        logged = rows.logged_of(row.id, row.author, row.text, extra, row.created_at, None)
        if logged.reply.text:
            said.append(SaidKept(author=row.author, text=logged.reply.text, at=row.created_at))
    return said
