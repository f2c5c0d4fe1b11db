"""Whether a secret or a telephone number belongs to a card: the same work for a card that does not exist."""

import asyncio
import hmac
from collections.abc import Collection
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from bot.accounts import Proof
from bot.clock import Clock, local_day
from bot.library.linking import birth_date_of, card_spellings, phone_of, plain, years_old
from db.connect import Database, store_errors
from db.holders import in_the_register
from db.models import PatronRow
from db.models_accounts import PatronSecretRow

if TYPE_CHECKING:
    from argon2 import PasswordHasher

GUARDED_BEFORE = 14
"""A birth date proves nothing of a younger reader's card: half a school class knows it."""
_SURELY_WRITTEN = 7
"""Last figures of a number, which every way of writing it has: codes of countries and towns are left out or differ."""
AT_ONCE = 2
"""PINs that are checked at the same time: each takes 64 MiB and a core for a moment."""


class Proving:
    """Compares what readers say with what the register has.

    Args:
        database: The store.
        clock: Where today comes from.
        zone: Whose day it is: who turns fourteen does so at the library's midnight.
        hasher: For PINs; argon2id with the library's parameters by default.
    """

    def __init__(
        self, database: Database, clock: Clock, zone: ZoneInfo, hasher: "PasswordHasher | None" = None
    ) -> None:
        self._database, self._clock, self._zone = database, clock, zone
        self._given = hasher
        self._at_once = asyncio.Semaphore(AT_ONCE)

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        from argon2 import PasswordHasher  # loaded where a PIN is first asked for

        return self._given or PasswordHasher()

    @cached_property
    def _nobodys_pin(self) -> str:
        """What is verified where a card has no PIN, or is none."""
        return self._hasher.hash("no PIN is like this one")

    async def hashed(self, pin: str) -> str:
        """A PIN as it is kept."""
        return await asyncio.to_thread(self._hasher.hash, plain(pin))

    async def by_secret(self, card_number: str, secret: str, proofs: Collection[Proof]) -> int | None:
        """The patron whose card and PIN, or birth date, these are; None whatever is wrong."""
        spellings = card_spellings(card_number)
        wanted = (
            select(PatronRow.id, PatronRow.card_number, PatronRow.birth_date, PatronSecretRow.pin)
            .outerjoin(PatronSecretRow, PatronSecretRow.patron_id == PatronRow.id)
            .where(PatronRow.card_number.in_(spellings or ("",)), in_the_register())
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = {row.card_number: row for row in await connection.execute(wanted)}
        patron = next((found[spelling] for spelling in spellings if spelling in found), None)
        right = False
        if Proof.PIN in proofs:
            async with self._at_once:
                right = await asyncio.to_thread(self._verified, None if patron is None else patron.pin, secret)
        if Proof.BIRTH_DATE in proofs:
            right |= self._born_then(None if patron is None else patron.birth_date, secret)
        return patron.id if patron is not None and right else None

    def _verified(self, pin: str | None, secret: str) -> bool:
        """Whether the secret is the PIN; takes as long where there is none. In a thread."""
        from argon2.exceptions import VerificationError

        try:
            self._hasher.verify(pin or self._nobodys_pin, plain(secret))
        except VerificationError:
            return False
        return pin is not None

    def _born_then(self, born: date | None, secret: str) -> bool:
        typed = birth_date_of(secret)
        same = hmac.compare_digest((typed or date.max).isoformat(), (born or date.min).isoformat())
        today = local_day(self._clock.now(), self._zone)
        return same and born is not None and years_old(born, today) >= GUARDED_BEFORE

    async def by_phone(self, number: str) -> int | None:
        """The one patron who has this number; None where nobody has it, or several."""
        wanted_number = phone_of(number)
        written: Any = PatronRow.phone
        for sign in (" ", "-", "(", ")", "\u00a0", ".", "/"):
            written = func.replace(written, sign, "")
        wanted = select(PatronRow.id, PatronRow.phone).where(
            written.like(f"%{wanted_number[-_SURELY_WRITTEN:] or 'none'}"), in_the_register()
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = [row.id for row in await connection.execute(wanted) if phone_of(row.phone) == wanted_number]
        return found[0] if len(found) == 1 else None
