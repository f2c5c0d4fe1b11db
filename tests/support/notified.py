"""A library that writes to its readers, on a real database: loans, contacts, and what leaves through each channel."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.engine.notices import Notices
from bot.library.notices import Carrier, NoticeRules
from bot.messages import Contact, Delivery, DeliveryReceipt, Outbound
from bot.ports.log import Attempt
from db import log_sqlite
from db.connect import Database
from db.messages import Log
from db.models import ContactRow
from db.models_accounts import ContactCardRow, NoticeWishRow
from db.models_circulation import LoanRow, RenewalRequestRow
from db.models_notices import NoticeRow
from db.notices import SqlNotices
from db.unreached import SqlUnreached
from tests.support.clock import StandingClock
from tests.support.fake_library import NoHolidays
from tests.support.lending import LendingLibrary
from tests.support.logs import arrival, opened_log

CARRIERS: Mapping[str, Carrier] = {
    "max": Carrier(),
    "vk": Carrier(),
    "whatsapp": Carrier(window_h=24, templates=frozenset({"due_soon"}), confirms=True),
    "telegram": Carrier(personal=False),
    "site": Carrier(pushes=False),
    "sms": Carrier(confirms=True),
}


class Notified:
    """Everything that a notice needs, and its way out.

    Args:
        database: The store.
        clock: Stands until the test turns it.
        log: The outbox's.
        library: What is lent.
        carriers: What the channels carry.
    """

    def __init__(
        self,
        database: Database,
        clock: StandingClock,
        log: Log,
        library: LendingLibrary,
        *,
        rules: NoticeRules | None = None,
        sms: str = "",
    ) -> None:
        self.database, self.clock, self.log, self.library = database, clock, log, library
        self.rules, self.sms = rules or NoticeRules(), sms
        usable = [name for name, carrier in CARRIERS.items() if carrier.personal and carrier.pushes]
        pages = [name for name, carrier in CARRIERS.items() if not carrier.pushes]
        self.store = SqlNotices(database, library.branches, clock, library.house, self.rules, usable, sms, pages)
        self.readers = SqlUnreached(database, clock)
        self.engine = self.started()
        self._numbers = count(1)
        self._titles = count(1)

    def started(self) -> Notices:
        """The engine, as after a restart: it remembers nothing."""
        return Notices(
            self.store,
            self.library.circulation,
            self.library.branches,
            NoHolidays(),
            self.clock,
            self.rules,
            CARRIERS,
            library="Библиотека",
            sms=self.sms,
        )

    # --- readers ---------------------------------------------------------------------------------

    async def reader(self, card: str, *channels: str, phone: str = "", name: str = "Анна") -> int:
        """A patron, linked in these channels; the one named last has been used last."""
        patron = await self.library.patron(card, given_name=name, phone=phone)
        for channel in channels:
            await self.links(patron, channel, card)
        return patron

    async def links(self, patron: int, channel: str, address: str, *, child: bool = False) -> Contact:
        """A contact that has proved whose card it is."""
        contact = Contact(channel=channel, address=address)
        await self.hears_from(contact)
        values = {"patron_id": patron, "way": "code", "child": child, "linked_at": self.clock.now()}
        async with self.database.writer.begin() as connection:
            number = await connection.scalar(_number(contact))
            await connection.execute(insert(ContactCardRow).values(contact_id=number, **values))
        return contact

    async def hears_from(self, contact: Contact) -> None:
        """The reader writes something; the moment counts."""
        said = arrival("привет", key=f"{next(self._numbers)}", contact=contact)
        self.clock.turn(timedelta(milliseconds=1))
        await self.log.record(_at(said, self.clock.now()))

    async def wishes(self, contact: Contact, **values: Any) -> None:
        """How they want to be reminded."""
        row = {"due_days": [3, 1], "overdue": True, "hide_titles": False, "muted": False}
        now = {"updated_at": self.clock.now()}
        async with self.database.writer.begin() as connection:
            number = await connection.scalar(_number(contact))
            await connection.execute(insert(NoticeWishRow).values({"contact_id": number} | row | now | values))

    async def borrows(self, patron: int, *titles: str, due_in: int = 1, branch: str = "01") -> list[int]:
        """Books lent two weeks ago; returns the loans."""
        loans = []
        for title in titles:
            _, (item,) = await self.library.book(title, branch=branch)
            lent = await self.library.lend(patron, item, branch)
            due = self.library.today + timedelta(days=due_in)
            issued = min(due, self.library.today) - timedelta(days=14)
            await self.library.set_loan(lent.loan_id, due_on=due, issued_on=issued)
            loans.append(lent.loan_id)
        return loans

    async def asks_to_renew(self, patron: int, loan: int, title: str) -> None:
        """A request for a renewal waits for the staff."""
        async with self.database.writer.begin() as connection:
            row = (await connection.execute(select(LoanRow).where(LoanRow.id == loan))).one()
            asked = {"cause": "staff", "state": "waiting", "asked_at": self.clock.now(), "key": "1", "title": title}
            whose = {"loan_id": loan, "patron_id": patron, "branch_id": row.branch_id, "due_before": row.due_on}
            whose["due_on"] = row.due_on + timedelta(days=14)  # what it would come to
            await connection.execute(insert(RenewalRequestRow).values(asked | whose))

    # --- the way out -----------------------------------------------------------------------------

    async def leaves(self, channel: str, *, fails: str = "", unreachable: bool = False) -> list[Outbound]:
        """Send what is in a channel's outbox, as its sender does; returns what has left."""
        left: list[Outbound] = []
        while claimed := await self.log.claim_outbound(channel, 50):
            for message in claimed:
                why = await self.engine.still_true(message) or fails
                sent = (f"{channel}-{message.message_id}",) if not why else ()
                await self.log.attempted(
                    Attempt(
                        message_id=message.message_id,
                        channel=channel,
                        external_ids=sent,
                        reason=why,
                        unreachable=unreachable and why == fails,
                    )
                )
                left += [] if why else [message]
        return left

    async def texts(self, channel: str) -> list[str]:
        """What leaves through a channel now."""
        return [message.reply.text for message in await self.leaves(channel)]

    async def receipt(self, message: Outbound, delivery: Delivery) -> None:
        """The messenger tells what became of it."""
        channel = message.contact.channel
        await self.log.note(
            DeliveryReceipt(
                channel=channel,
                external_id=f"{channel}-{message.message_id}",
                delivery=delivery,
                at=self.clock.now(),
            )
        )

    async def states(self) -> list[str]:
        """How far each notice has come, the oldest first."""
        async with self.database.engine.connect() as connection:
            return list(await connection.scalars(select(NoticeRow.state).order_by(NoticeRow.id)))


@asynccontextmanager
async def notified(database: Database, clock: StandingClock, **options: Any) -> AsyncIterator[Notified]:
    """A library that writes to its readers; it opens at ten in the morning."""
    library = LendingLibrary(database, clock)
    await library.opens()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_sqlite, "LOOK_OUT_S", 0.0)  # a sender sees at once what others have put into the outbox
        async with opened_log(database, clock) as log:
            yield Notified(database, clock, log, library, **options)


def _number(contact: Contact) -> Any:
    return select(ContactRow.id).where(ContactRow.channel == contact.channel, ContactRow.address == contact.address)


def _at(said: Any, moment: datetime) -> Any:
    return replace(said, sent_at=moment.astimezone(UTC))
