"""What the desk does with readers' cards, in SQL."""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Delete

from bot.audit import Act, Entry
from bot.card_desk import IssuedCode, LinkedContact
from bot.clock import Clock
from bot.library.linking import Codes, card_spellings
from bot.messages import Contact
from bot.quick import replace
from db import audit
from db.connect import Database, store_errors
from db.digests import Digests
from db.forgetting import forget_history
from db.models import ContactRow, PatronRow
from db.models_accounts import ContactCardRow, LinkCodeRow, PatronSecretRow
from db.personal import Personal
from db.proving import Proving
from db.upserts import insert_of

DRAWS = 5
"""Codes that are drawn until one is free: with eight digits the first one is, but for a chance of one to a million."""
NAMELESS = {"surname": "", "given_name": "", "patronymic": "", "birth_date": None, "phone": "", "email": ""}


class SqlCardDesk:
    """Fills the port ``CardDesk``."""

    def __init__(
        self, database: Database, clock: Clock, digests: Digests, codes: Codes, personal: Personal, proving: Proving
    ) -> None:
        self._database, self._clock, self._digests = database, clock, digests
        self._codes, self._personal, self._proving = codes, personal, proving

    async def patron_of(self, card: str | int) -> int | None:
        with store_errors():
            async with self._database.engine.connect() as connection:
                patron = await _patron(connection, card)
                return None if patron is None else int(patron.id)

    async def issue_code(self, card: str | int, by: str, *, child: bool = False) -> IssuedCode | None:
        now = self._clock.now()
        async with self._database.writing() as connection:
            patron = await _patron(connection, card)
            if patron is None or patron.missing_since is not None:
                return None
            older = (
                LinkCodeRow.patron_id == patron.id,
                LinkCodeRow.child == child,
                LinkCodeRow.used_at.is_(None),
                LinkCodeRow.revoked_at.is_(None),
            )
            await connection.execute(update(LinkCodeRow).where(*older).values(revoked_at=now))
            issued = IssuedCode(
                code="",
                patron_id=patron.id,
                card_number=patron.card_number,
                given_name=patron.given_name,
                expires_at=now + self._codes.life,
                child=child,
            )
            issued = replace(issued, code=await self._drawn(connection, issued, by))
            details: dict[str, str | int] = {"child": int(child)}
            entry = Entry(action=Act.CODE_ISSUED, actor=by, patron_id=patron.id, details=details)
            await audit.note(connection, now, entry)
            return issued

    async def _drawn(self, connection: AsyncConnection, issued: IssuedCode, by: str) -> str:
        for _ in range(DRAWS):
            code = "".join(secrets.choice("0123456789") for _ in range(self._codes.length))
            row = {
                "digest": self._digests.code(code),
                "patron_id": issued.patron_id,
                "child": issued.child,
                "issued_by": by[:80],
                "issued_at": self._clock.now(),
                "expires_at": issued.expires_at,
            }
            kept = self._insert()(LinkCodeRow).values(row).on_conflict_do_nothing().returning(LinkCodeRow.id)
            if await connection.scalar(kept) is not None:
                return code
        raise RuntimeError("no code is free: accounts.code_length is too short for so many readers")

    async def links(self, card: str | int) -> Sequence[LinkedContact] | None:
        with store_errors():
            async with self._database.engine.connect() as connection:
                patron = await _patron(connection, card)
                if patron is None:
                    return None
                found = await connection.execute(
                    select(
                        ContactRow.id,
                        ContactRow.channel,
                        ContactRow.unreachable_since,
                        ContactCardRow.way,
                        ContactCardRow.linked_at,
                        ContactCardRow.child,
                    )
                    .join(ContactCardRow, ContactCardRow.contact_id == ContactRow.id)
                    .where(ContactCardRow.patron_id == patron.id)
                    .order_by(ContactCardRow.id)
                )
                return [
                    LinkedContact(
                        contact_id=row.id,
                        channel=row.channel,
                        proof=row.way,
                        linked_at=row.linked_at,
                        child=row.child,
                        reachable=row.unreachable_since is None,
                    )
                    for row in found
                ]

    async def unlink(self, card: str | int, by: str, contact_id: int | None = None) -> int:
        async with self._database.writing() as connection:
            patron = await _patron(connection, card)
            if patron is None:
                return 0
            going = delete(ContactCardRow).where(ContactCardRow.patron_id == patron.id)
            if contact_id is not None:
                going = going.where(ContactCardRow.contact_id == contact_id)
            return len(await self._cut(connection, going, patron.id, by))

    async def set_pin(self, card: str | int, pin: str, by: str) -> bool:
        hashed = await self._proving.hashed(pin) if pin.strip() else ""
        now = self._clock.now()
        async with self._database.writing() as connection:
            patron = await _patron(connection, card)
            if patron is None:
                return False
            await connection.execute(delete(PatronSecretRow).where(PatronSecretRow.patron_id == patron.id))
            if hashed:
                row = {"patron_id": patron.id, "pin": hashed, "set_at": now}
                await connection.execute(self._insert()(PatronSecretRow).values(row))
            details: dict[str, str | int] = {"set": int(bool(hashed))}
            entry = Entry(action=Act.PIN_SET, actor=by, patron_id=patron.id, details=details)
            await audit.note(connection, now, entry)
            return True

    async def export(self, card: str | int, by: str) -> bytes | None:
        patron_id = await self.patron_of(card)
        return None if patron_id is None else await self._personal.export_of_patron(patron_id, by)

    async def erase(self, card: str | int, by: str) -> bool:
        now = self._clock.now()
        async with self._database.writing() as connection:
            patron = await _patron(connection, card)
            if patron is None:
                return False
            own = (
                select(ContactRow.id, ContactRow.channel, ContactRow.address)
                .join(ContactCardRow, ContactCardRow.contact_id == ContactRow.id)
                .where(ContactCardRow.patron_id == patron.id, ContactCardRow.child.is_(False))
            )
            for row in (await connection.execute(own)).all():
                contact = Contact(channel=row.channel, address=row.address)
                await self._personal.erased(connection, contact, row.id, actor=by, key="desk")
            guardians = delete(ContactCardRow).where(ContactCardRow.patron_id == patron.id)
            await self._cut(connection, guardians, patron.id, by)
            await forget_history(connection, [patron.id])
            for table in (LinkCodeRow, PatronSecretRow):
                await connection.execute(delete(table).where(table.patron_id == patron.id))
            await connection.execute(update(PatronRow).where(PatronRow.id == patron.id).values(NAMELESS))
            await audit.note(connection, now, Entry(action=Act.ERASED, actor=by, patron_id=patron.id))
            return True

    async def _cut(self, connection: AsyncConnection, going: Delete, patron_id: int, by: str) -> Sequence[int]:
        contacts = (await connection.scalars(going.returning(ContactCardRow.contact_id))).all()
        wanted = select(ContactRow.channel, ContactRow.address).where(ContactRow.id.in_(contacts))
        entries = [
            Entry(
                action=Act.UNLINKED,
                actor=by,
                patron_id=patron_id,
                subject=self._digests.contact(Contact(channel=row.channel, address=row.address)),
                channel=row.channel,
            )
            for row in await connection.execute(wanted)
        ]
        await audit.note(connection, self._clock.now(), *entries)
        return contacts

    def _insert(self) -> Any:
        return insert_of(self._database.dialect)


async def _patron(connection: AsyncConnection, card: str | int) -> Any:
    """The patron of a card number as it was typed: the likeliest spelling first; None where there is none."""
    wanted = select(PatronRow.id, PatronRow.card_number, PatronRow.given_name, PatronRow.missing_since)
    if isinstance(card, int):
        return (await connection.execute(wanted.where(PatronRow.id == card))).one_or_none()
    spellings = card_spellings(card)
    found = await connection.execute(wanted.where(PatronRow.card_number.in_(spellings or ("",))))
    known = {row.card_number: row for row in found}
    return next((known[spelling] for spelling in spellings if spelling in known), None)
