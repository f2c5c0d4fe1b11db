"""A library whose readers have accounts, and a reader with a card."""

from dataclasses import replace

import pytest

from bot.accounts import Cardholder
from bot.messages import Contact, StoredFile
from bot.ports.library import Library
from tests.support.clock import StandingClock
from tests.support.fake_accounts import FakeAccounts
from tests.support.fake_circulation import FakeCirculation
from tests.support.fake_library import (
    CENTRAL,
    CHILDREN,
    VILLAGE,
    FakeBranches,
    FakeCatalogue,
    FakeFaq,
    sample_library,
)
from tests.support.reader import Reader


class FakeFiles:
    """Fills ``Files``.

    Attributes:
        kept: What was kept, in order: name and bytes.
    """

    def __init__(self) -> None:
        self.kept: list[tuple[str, bytes]] = []

    async def keep(
        self, name: str, media_type: str, data: bytes, of: Contact | None = None, *, of_talk: bool = False
    ) -> StoredFile:
        self.kept.append((name, data))
        return StoredFile(file_id=len(self.kept), name=name, media_type=media_type, size=len(data))

    async def read(self, file_id: int) -> bytes | None:
        return self.kept[file_id - 1][1]


@pytest.fixture
def catalogue() -> FakeCatalogue:
    """Empty shelves: each test puts its books there."""
    return FakeCatalogue()


@pytest.fixture
def accounts(clock: StandingClock) -> FakeAccounts:
    """Nobody is linked yet."""
    return FakeAccounts(clock)


@pytest.fixture
def circulation(clock: StandingClock) -> FakeCirculation:
    """Nothing is lent yet; renewals are decided at once."""
    return FakeCirculation(clock)


@pytest.fixture
def files() -> FakeFiles:
    """Nothing kept yet."""
    return FakeFiles()


@pytest.fixture
def faq() -> FakeFaq:
    """Nothing written yet."""
    return FakeFaq()


@pytest.fixture
def library(
    catalogue: FakeCatalogue, accounts: FakeAccounts, circulation: FakeCirculation, files: FakeFiles, faq: FakeFaq
) -> Library:
    """The sample library, with accounts."""
    plain = sample_library(catalogue, faq, FakeBranches(CENTRAL, CHILDREN, VILLAGE))
    return replace(plain, accounts=accounts, circulation=circulation, files=files)


@pytest.fixture
def stranger(library: Library, clock: StandingClock) -> Reader:
    """One who has linked nothing: on Monday, 2 March 2026, at ten in the morning."""
    return Reader(library, clock)


@pytest.fixture
def anna(accounts: FakeAccounts) -> Cardholder:
    """A reader's card."""
    return accounts.issues("0012345", "Анна", pin="4711")


@pytest.fixture
def reader(stranger: Reader, accounts: FakeAccounts, anna: Cardholder) -> Reader:
    """Anna, whose card is linked."""
    accounts.links_to(stranger.contact, anna)
    return stranger


@pytest.fixture
def misha(reader: Reader, accounts: FakeAccounts) -> Cardholder:
    """Anna's son: his card is linked to her chat, too."""
    card = accounts.issues("0099001", "Миша", branch="02")
    accounts.links_to(reader.contact, card, child=True)
    return card
