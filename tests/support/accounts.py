"""Accounts for tests: rows for every table, and a library with a desk and readers."""

from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from sqlalchemy import insert, select

from bot.accounts import ConsentText, LinkState, Proof
from bot.circulation import Circulation
from bot.consent import linked_elsewhere
from bot.library.linking import Limits
from bot.messages import Contact, Lane
from bot.ports.log import Attempt
from db.account_store import AccountSetup, AccountStore, account_store
from db.accounts import SqlAccounts
from db.base import Base
from db.connect import Database
from db.linking import LinkRules
from db.messages import Log
from db.models import ContactRow, ConversationRow, MessageRow, PatronRow
from db.models_accounts import (
    AuditRow,
    ConsentRow,
    ConsentTextRow,
    ContactCardRow,
    LinkAttemptRow,
    LinkCodeRow,
    NoticeWishRow,
    PatronSecretRow,
)
from db.retention import KeepDays
from tests.support.clock import StandingClock
from tests.support.logs import opened_log, says, turn


async def fill_accounts(database: Database, now: datetime, patron_id: int) -> None:
    """A row in each table of accounts, for the first contact of the store."""
    async with database.writer.begin() as connection:
        contact = await connection.scalar(select(ContactRow.id).order_by(ContactRow.id).limit(1))
        of = {"contact_id": contact}
        card = {"patron_id": patron_id, "way": "code", "child": False, "linked_at": now}
        await connection.execute(insert(ContactCardRow).values(of | card))
        words = {"version": "v1", "purpose": "service", "language": "ru", "text": "Согласен", "first_shown_at": now}
        await connection.execute(insert(ConsentTextRow).values(words))
        consent = {"subject": "s", "purpose": "service", "version": "v1", "channel": "chat", "key": "1"}
        await connection.execute(insert(ConsentRow).values(of | consent | {"given_at": now}))
        code = {"digest": "d", "patron_id": patron_id, "child": False, "issued_by": "desk", "issued_at": now}
        expires = {"expires_at": now + timedelta(minutes=15), "used_at": now, "used_by": contact}
        await connection.execute(insert(LinkCodeRow).values(code | expires))
        attempt = {
            "subject": "s",
            "key": "1",
            "channel": "chat",
            "way": "code",
            "card": "",
            "outcome": "linked",
            "at": now,
        }
        await connection.execute(insert(LinkAttemptRow).values(attempt))
        await connection.execute(insert(PatronSecretRow).values(patron_id=patron_id, pin="$argon2id$", set_at=now))
        wish = {"due_days": [3, 1], "overdue": True, "hide_titles": False, "muted": False, "updated_at": now}
        await connection.execute(insert(NoticeWishRow).values(of | wish))
        entry = {"at": now, "actor": "reader", "action": "link", "patron_id": patron_id, "details": {"way": "code"}}
        await connection.execute(insert(AuditRow).values(entry))


# --- a library with readers ----------------------------------------------------------------------

CONSENT = {
    language: ConsentText(purpose="service", version=f"text-{language}", text=words)
    for language, words in (("ru", "Согласен на всё"), ("en", "I agree"))
}
KEEP = KeepDays()
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""What takes 50 ms and 64 MiB in a library takes nothing in a test; the path is the same."""
ZONE = ZoneInfo("Europe/Moscow")
CARD, CHILD_CARD, OTHER_CARD = "1000001", "1000002", "1000003"


@dataclass
class Desk:
    """A library over one store: readers who have written, cards, and what the engine would do between two moments.

    Attributes:
        heard: What a watch heard, as (what, labels…).
    """

    database: Database
    clock: StandingClock
    log: Log
    store: AccountStore
    heard: list[tuple[str, ...]] = field(default_factory=list)
    keys: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def accounts(self) -> SqlAccounts:
        return self.store.accounts

    def link(self, proof: str, outcome: str) -> None:
        self.heard.append(("link", proof, outcome))

    def attack(self, channel: str) -> None:
        self.heard.append(("attack", channel))

    def key(self) -> str:
        """Another message."""
        return f"m{next(self.keys)}"

    async def comes(self, contact: Contact, text: str = "привет", *, agrees: bool = True) -> None:
        """A reader writes for the first time, and agrees to the text."""
        await says(self.log, text, contact=contact)
        (waiting,) = [one for one in await self.log.claim(50) if one.inbound.contact == contact]
        await self.log.complete(turn(waiting, "Здравствуйте!"))
        if agrees:
            await self.accounts.agree(contact, CONSENT["ru"].version, self.key())

    async def sends(self, channel: str = "chat") -> int:
        """What is queued leaves; returns how many messages."""
        sent = 0
        while leaving := await self.log.claim_outbound(channel, 50):
            for message in leaving:
                await self.log.attempted(
                    Attempt(message_id=message.message_id, channel=channel, external_ids=(f"x{message.message_id}",))
                )
            sent += len(leaving)
        return sent

    async def code_for(self, card: str, *, child: bool = False) -> str:
        """A code from the desk."""
        issued = await self.store.desk.issue_code(card, "staff:olga", child=child)
        assert issued is not None
        return issued.code

    async def linked(self, contact: Contact, card: str = CARD, *, child: bool = False) -> int:
        """A reader with a linked card; returns the patron's number."""
        linking = await self.accounts.link_by_code(contact, await self.code_for(card, child=child), self.key())
        assert linking.state is LinkState.LINKED
        assert linking.holder is not None
        return linking.holder.patron_id

    async def acts(self) -> list[str]:
        """The audit log, in short."""
        return [str(entry.action) async for entry in self.store.audit.entries()]

    async def letters(self) -> list[tuple[str, str]]:
        """What waits to be sent as notices: address and words."""
        async with self.database.engine.connect() as connection:
            found = await connection.execute(
                select(ContactRow.address, MessageRow.text)
                .join(ConversationRow, ConversationRow.contact_id == ContactRow.id)
                .join(MessageRow, MessageRow.conversation_id == ConversationRow.id)
                .where(MessageRow.lane == Lane.NOTICE.value)
                .order_by(MessageRow.id)
            )
            return [(row.address, row.text) for row in found]


def setup_of(
    proofs: Collection[Proof] = tuple(Proof),
    limits: Limits | None = None,
    keep: KeepDays = KEEP,
    abroad: Collection[str] = (),
) -> AccountSetup:
    """What the library of a test has decided."""
    return AccountSetup(
        key=b"a key of this test, long enough",
        texts=CONSENT,
        rules=LinkRules(
            proofs=tuple(proofs),
            limits=limits or Limits(),
            carries=lambda channel: channel not in abroad,
            told=lambda channel, name, language: linked_elsewhere(channel, name, "8 800"),
        ),
        keep=keep,
        zone=ZONE,
        title=lambda channel: "Чат на сайте" if channel == "chat" else channel,
        hasher=QUICK,
    )


@asynccontextmanager
async def opened_desk(
    database: Database,
    clock: StandingClock,
    *,
    proofs: Collection[Proof] = tuple(Proof),
    limits: Limits | None = None,
    keep: KeepDays = KEEP,
    abroad: Collection[str] = (),
    circulation: Circulation | None = None,
) -> AsyncIterator[Desk]:
    """A library with three cards: Анна's, her daughter's and a stranger's."""
    setup = setup_of(proofs, limits, keep, abroad)
    patrons = (
        {"card_number": CARD, "surname": "Каренина", "given_name": "Анна", "birth_date": date(1985, 3, 12)},
        {"card_number": CHILD_CARD, "given_name": "Таня", "birth_date": date(2016, 5, 1), "phone": "+79990000000"},
        {"card_number": OTHER_CARD, "given_name": "Борис", "phone": "8 (912) 345-67-89"},
    )
    async with database.writer.begin() as connection:
        for patron in patrons:
            await connection.execute(insert(PatronRow).values(patron))
    async with opened_log(database, clock) as log:
        store = account_store(database, clock, log, setup, circulation)
        desk = Desk(database, clock, log, store)
        store.watched_by(desk)
        yield desk


async def everything(database: Database, *, keys: bool = False) -> str:
    """All rows of all tables but the register's own, as one text; messages' keys hold their words in these tests."""
    async with database.engine.connect() as connection:
        return "\n".join(
            [
                repr([value for column, value in row._mapping.items() if keys or column != "idempotency_key"])
                for table in Base.metadata.sorted_tables
                if table.name not in ("patrons", "consent_texts", "branches")
                for row in await connection.execute(select(table))
            ]
        )
