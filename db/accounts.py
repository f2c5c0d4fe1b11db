"""Contacts and the cards behind them, in SQL."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Account, ConsentText, Linking, NoticeWishes, Proof
from bot.audit import Act
from bot.clock import Clock
from bot.messages import Contact
from db import audit
from db.connect import Database, store_errors
from db.digests import Digests
from db.holders import SERVICE, account_of, account_query, person
from db.linking import LinkRules, SqlLinking
from db.log_common import stored_key
from db.models import ContactRow
from db.models_accounts import AuditRow, ConsentRow, ConsentTextRow, ContactCardRow, NoticeWishRow
from db.personal import Personal
from db.upserts import insert_of


class SqlAccounts:
    """Fills the port ``Accounts``; in a channel that carries nothing of a person there is no account.

    Args:
        database: The store.
        clock: Where moments come from.
        digests: Names contacts in the audit log.
        texts: The consent text in force, by language; the first one is for all other languages.
        rules: What the library allows.
        linking: How cards are linked.
        personal: What is told to, and forgotten for, the person.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        digests: Digests,
        texts: Mapping[str, ConsentText],
        rules: LinkRules,
        linking: SqlLinking,
        personal: Personal,
    ) -> None:
        self._database, self._clock, self._digests = database, clock, digests
        self._texts, self._rules, self._linking, self._personal = texts, rules, linking, personal
        self._versions = versions_of(texts)

    async def behind(self, contact: Contact) -> Account:
        if not self._rules.carries(contact.channel):
            return Account()
        with store_errors():
            async with self._database.engine.connect() as connection:
                return account_of((await connection.execute(account_query(contact, self._versions))).all())

    def proofs(self) -> Collection[Proof]:
        return self._rules.proofs

    # --- consent ---------------------------------------------------------------------------------

    def consent_text(self, language: str) -> ConsentText:
        return self._texts.get(language) or next(iter(self._texts.values()))

    async def agree(self, contact: Contact, version: str, key: str) -> None:
        """Keep the consent; to a text that is not in force (any more) nobody can agree: they are asked anew."""
        text = next((text for text in self._texts.values() if text.version == version), None)
        if text is None or not self._rules.carries(contact.channel):
            return
        now, subject = self._clock.now(), self._digests.contact(contact)
        language = next(name for name, known in self._texts.items() if known is text)
        async with self._database.writing() as connection:
            who = await person(connection, contact, self._versions)
            if who is None:
                return
            words = {
                "version": text.version,
                "purpose": text.purpose,
                "language": language,
                "text": text.text,
                "url": text.url,
                "first_shown_at": now,
            }
            make = self._insert()
            await connection.execute(make(ConsentTextRow).values(words).on_conflict_do_nothing())
            given = {
                "contact_id": who.contact_id,
                "subject": subject,
                "purpose": text.purpose,
                "version": version,
                "channel": contact.channel,
                "key": stored_key(key),
                "given_at": now,
            }
            adding = make(ConsentRow).values(given).on_conflict_do_nothing().returning(ConsentRow.id)
            if await connection.scalar(adding) is None:
                return  # a turn that is repeated
            back = update(ContactRow).where(ContactRow.id == who.contact_id, ContactRow.erased_at.is_not(None))
            await connection.execute(back.values(erased_at=None))
            entry = audit.by_reader(
                Act.CONSENT_GIVEN, contact, self._digests, details={"purpose": SERVICE, "version": version[:12]}
            )
            await audit.note(connection, now, entry)

    async def withdraw(self, contact: Contact, key: str) -> None:
        now = self._clock.now()
        async with self._database.writing() as connection:
            who = await person(connection, contact, self._versions)
            if who is None:
                return
            await self._unlinked(connection, contact, who.contact_id, None, key)
            await self._personal.withdrawn(connection, contact, who.contact_id, key, now)

    # --- links -----------------------------------------------------------------------------------

    async def link_by_code(self, contact: Contact, code: str, key: str) -> Linking:
        return await self._linking.by_code(contact, code, key)

    async def link_by_card(self, contact: Contact, card_number: str, secret: str, key: str) -> Linking:
        return await self._linking.by_card(contact, card_number, secret, key)

    async def link_by_phone(self, contact: Contact, number: str, key: str) -> Linking:
        return await self._linking.by_phone(contact, number, key)

    async def unlink(self, contact: Contact, patron_id: int | None, key: str) -> int:
        async with self._database.writing() as connection:
            who = await person(connection, contact, self._versions)
            if who is None:
                return 0
            return await self._unlinked(connection, contact, who.contact_id, patron_id, key)

    async def _unlinked(
        self, connection: AsyncConnection, contact: Contact, contact_id: int, patron_id: int | None, key: str
    ) -> int:
        going = delete(ContactCardRow).where(ContactCardRow.contact_id == contact_id)
        if patron_id is not None:
            going = going.where(ContactCardRow.patron_id == patron_id)
        gone = (await connection.scalars(going.returning(ContactCardRow.patron_id))).all()
        if not gone:
            return await self._unlinked_before(connection, contact, key)
        entries = [
            audit.by_reader(Act.UNLINKED, contact, self._digests, patron_id=one, details={"key": stored_key(key)})
            for one in gone
        ]
        await audit.note(connection, self._clock.now(), *entries)
        return len(gone)

    async def _unlinked_before(self, connection: AsyncConnection, contact: Contact, key: str) -> int:
        """How many the same message unlinked, in a turn that is repeated now."""
        lines = select(AuditRow.details).where(
            AuditRow.action == Act.UNLINKED.value,
            AuditRow.subject == self._digests.contact(contact),
            AuditRow.at > self._clock.now() - audit.REPEATED_WITHIN,
        )
        return sum(details.get("key") == stored_key(key) for details in await connection.scalars(lines))

    async def wish(self, contact: Contact, wishes: NoticeWishes) -> None:
        if not self._rules.carries(contact.channel):
            return
        now = self._clock.now()
        values = {
            "due_days": list(wishes.due_days),
            "overdue": wishes.overdue,
            "hide_titles": wishes.hide_titles,
            "muted": wishes.muted,
            "updated_at": now,
            "chosen_at": now if wishes.here else None,
        }
        async with self._database.writing() as connection:
            who = await person(connection, contact, self._versions)
            if who is None:
                return
            keeping = self._insert()(NoticeWishRow).values(values | {"contact_id": who.contact_id})
            await connection.execute(
                keeping.on_conflict_do_update(index_elements=[NoticeWishRow.contact_id], set_=values)
            )

    # --- the person's own ------------------------------------------------------------------------

    async def export(self, contact: Contact) -> bytes:
        return await self._personal.export(contact)

    async def erase(self, contact: Contact, key: str) -> None:
        await self._personal.erase(contact, key)

    def _insert(self) -> Any:
        return insert_of(self._database.dialect)


def versions_of(texts: Mapping[str, ConsentText]) -> tuple[str, ...]:
    """The versions in force."""
    return tuple(text.version for text in texts.values())
