"""Readers with cards, loans and chats over one real store, as the console's screens about them need it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, update

from bot.circulation import Keeping
from bot.clock import Clock
from bot.library.policy import LendingPolicy
from bot.messages import Contact
from bot.ports.library import Library
from console.reader_ports import ReaderPorts
from db.account_store import AccountStore
from db.connect import Database
from db.hold_shelf import SqlHoldShelf
from db.models import BranchRow, ContactRow, ConversationRow, PatronRow
from db.reader_book import SqlReaderBook
from db.unreached import SqlUnreached
from tests.support.accounts import CARD, CHILD_CARD, OTHER_CARD, Desk, opened_desk
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, CHILDREN, FakeBranches, FakeCatalogue, FakeFaq, at, sample_library
from tests.support.lending import DECIDES, LendingLibrary
from tests.support.logs import ANNA

TITLES = ("Война и мир", "Обломов")
WANTED = "Каштанка"
LINK = "https://messenger.example/library"


def ports_of(
    database: Database, clock: Clock, store: AccountStore, lending: LendingLibrary, library: Library
) -> ReaderPorts:
    """What the console's screens about readers ask, over one store."""

    async def links(parameter: str) -> Mapping[str, str]:
        return {"chat": f"{LINK}?start={parameter}"}

    return ReaderPorts(
        book=SqlReaderBook(database),
        cards=store.desk,
        circulation=lending.circulation,
        in_hand=lending.in_hand,
        requests=lending.requests,
        shelf=SqlHoldShelf(database, lending.branches, lending.desk),
        unreached=SqlUnreached(database, clock),
        journal=store.audit,
        library=library,
        finish_erasures=store.retention.finish_erasures,
        links=links,
    )


@dataclass
class DeskReaders:
    """Анна of the central library, who has two books at home and a chat; her daughter Таня; Борис of the children's.

    Attributes:
        patrons: Row numbers by card.
        loans: Анна's, in the order of ``TITLES``.
        wanted: A work that stands on the shelf of the central library.
    """

    database: Database
    clock: StandingClock
    desk: Desk
    lending: LendingLibrary
    library: Library
    patrons: Mapping[str, int]
    loans: tuple[int, ...]
    wanted: int

    @property
    def anna(self) -> int:
        return self.patrons[CARD]

    @property
    def boris(self) -> int:
        return self.patrons[OTHER_CARD]

    @property
    def tanya(self) -> int:
        return self.patrons[CHILD_CARD]

    def ports(self) -> ReaderPorts:
        """What the screens ask."""
        return ports_of(self.database, self.clock, self.desk.store, self.lending, self.library)

    async def set(self, card: str, **values: Any) -> None:
        """Make a patron what a test needs."""
        async with self.database.writer.begin() as connection:
            await connection.execute(update(PatronRow).where(PatronRow.card_number == card).values(**values))

    async def moves(self, card: str, branch: str) -> None:
        """Enrolled elsewhere from now on."""
        async with self.database.writer.begin() as connection:
            number = await connection.scalar(select(BranchRow.id).where(BranchRow.code == branch))
            await connection.execute(update(PatronRow).where(PatronRow.card_number == card).values(branch_id=number))

    async def conversation(self, contact: Contact = ANNA) -> int:
        """The conversation of a contact."""
        theirs = (ContactRow.channel == contact.channel, ContactRow.address == contact.address)
        of = select(ConversationRow.id).join(ContactRow, ContactRow.id == ConversationRow.contact_id).where(*theirs)
        async with self.database.engine.connect() as connection:
            number = await connection.scalar(of)
        assert number is not None
        return number


@asynccontextmanager
async def desk_readers(
    database: Database, clock: StandingClock, keeping: Keeping = Keeping.LIVE, policy: LendingPolicy = DECIDES
) -> AsyncIterator[DeskReaders]:
    """The library, open, with Анна's chat linked."""
    lending = LendingLibrary(database, clock, policy, keeping=keeping)
    await lending.opens()
    async with opened_desk(database, clock, circulation=lending.circulation) as desk:
        async with database.engine.connect() as connection:
            found = await connection.execute(select(PatronRow.card_number, PatronRow.id))
            patrons = {row.card_number: row.id for row in found}
        loans = []
        for title in TITLES:
            _, items = await lending.book(title)
            loans.append((await lending.lend(patrons[CARD], items[0])).loan_id)
        wanted, _ = await lending.book(WANTED)
        catalogue = FakeCatalogue()
        card = catalogue.holds(WANTED, "Автор", at(CENTRAL, 1, 1))
        catalogue.cards = {wanted: replace(card, work_id=wanted)}
        library = replace(
            sample_library(catalogue, FakeFaq(), FakeBranches(CENTRAL, CHILDREN)),
            accounts=desk.accounts,
            circulation=lending.circulation,
        )
        opened = DeskReaders(database, clock, desk, lending, library, patrons, tuple(loans), wanted)
        await opened.moves(CARD, "01")
        await opened.moves(OTHER_CARD, "02")
        await desk.comes(ANNA)
        await desk.linked(ANNA)
        lending.days(3)
        yield opened
