"""The library that readers of these tests speak with."""

import pytest

from bot.ports.library import Library
from tests.support.clock import StandingClock
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


@pytest.fixture
def catalogue() -> FakeCatalogue:
    """Empty shelves: each test puts its books there."""
    return FakeCatalogue()


@pytest.fixture
def faq() -> FakeFaq:
    """Nothing written yet."""
    return FakeFaq()


@pytest.fixture
def branches() -> FakeBranches:
    """A central, a children's and a village library."""
    return FakeBranches(CENTRAL, CHILDREN, VILLAGE)


@pytest.fixture
def library(catalogue: FakeCatalogue, faq: FakeFaq, branches: FakeBranches) -> Library:
    """All of it together."""
    return sample_library(catalogue, faq, branches)


@pytest.fixture
def reader(library: Library, clock: StandingClock) -> Reader:
    """On Monday, 2 March 2026, at ten in the morning."""
    return Reader(library, clock)


@pytest.fixture
def english(library: Library, clock: StandingClock) -> Reader:
    """One whose messenger speaks English."""
    return Reader(library, clock, language="en")
