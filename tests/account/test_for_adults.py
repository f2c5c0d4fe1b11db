"""Books for adults are not shown to a reader whose card is a child's; nobody is told that they are not here."""

from datetime import date

import pytest

from bot.accounts import Account, Cardholder
from bot.suitable import is_minor
from tests.support.clock import StandingClock
from tests.support.fake_accounts import FakeAccounts
from tests.support.fake_library import CENTRAL, FakeCatalogue, at
from tests.support.reader import Reader

TODAY = date(2026, 3, 2)
REFUSED = "Эта книга для взрослых, 18+. Её выдают только с 18 лет. Поискать другую?"


@pytest.fixture
def shelves(catalogue: FakeCatalogue) -> FakeCatalogue:
    catalogue.holds("Лолита", "Набоков В. В.", at(CENTRAL, 1, 1), age_mark=18)
    catalogue.holds("Защита Лужина", "Набоков В. В.", at(CENTRAL, 1, 1), age_mark=16)
    return catalogue


def linked(accounts: FakeAccounts, reader: Reader, born: date | None, *, child: bool = False) -> None:
    """The reader's contact with a card of somebody who was born then."""
    accounts.links_to(reader.contact, accounts.issues(f"{len(accounts.cards)}77", "Миша", born=born), child=child)


async def test_a_child_is_told_that_a_book_is_for_adults(
    stranger: Reader, accounts: FakeAccounts, shelves: FakeCatalogue
) -> None:
    linked(accounts, stranger, date(2012, 5, 1))

    await stranger.says("есть лолита набокова?")
    stranger.hears(REFUSED)
    stranger.hears_nothing_of("Лолита", "не нашлось")
    stranger.may_press("Найти книгу")
    await stranger.says("забронируйте лолиту")
    stranger.hears(REFUSED)
    assert not stranger.conversation.dialogue.misses


async def test_of_a_writer_a_child_is_shown_the_other_books(
    stranger: Reader, accounts: FakeAccounts, shelves: FakeCatalogue
) -> None:
    linked(accounts, stranger, date(2012, 5, 1))

    await stranger.says("набоков")

    stranger.hears("Защита Лужина")
    stranger.hears_nothing_of("Лолита")


@pytest.mark.parametrize("button", ["work:1", "branches:1", "editions:1", "about:1", "choose:1", "hold:1"])
async def test_a_button_of_an_old_list_does_not_open_it_either(
    stranger: Reader, accounts: FakeAccounts, shelves: FakeCatalogue, button: str
) -> None:
    await stranger.says("есть лолита набокова?")
    stranger.hears("Лолита", "18+")
    linked(accounts, stranger, date(2012, 5, 1))

    await stranger.presses_payload(button)

    stranger.hears(REFUSED)
    stranger.may_press("Найти книгу")
    stranger.hears_nothing_of("Лолита", "списали")


async def test_a_button_of_several_books_opens_those_that_may_be_shown(
    stranger: Reader, accounts: FakeAccounts, shelves: FakeCatalogue
) -> None:
    linked(accounts, stranger, date(2012, 5, 1))

    await stranger.presses_payload("choose:1,2")

    stranger.hears("Защита Лужина")
    stranger.hears_nothing_of("Лолита")


@pytest.mark.parametrize("question", ["а когда вернут?", "а в центральной есть?"])
async def test_a_question_about_a_book_shown_before_the_card_was_linked_is_answered_so_too(
    stranger: Reader, accounts: FakeAccounts, shelves: FakeCatalogue, question: str
) -> None:
    await stranger.says("есть лолита набокова?")
    linked(accounts, stranger, date(2012, 5, 1))

    await stranger.says(question)

    stranger.hears(REFUSED)


async def test_a_link_to_a_book_for_adults_shows_it_to_no_child(
    stranger: Reader, accounts: FakeAccounts, shelves: FakeCatalogue
) -> None:
    linked(accounts, stranger, date(2012, 5, 1))

    await stranger.starts("work_1")
    stranger.hears("Вы пришли за книгой для взрослых, 18+.")
    stranger.hears_nothing_of("Лолита")

    await stranger.presses("Где взять")
    stranger.hears(REFUSED)


@pytest.mark.parametrize(("born", "child"), [(date(2008, 3, 2), False), (None, False), (date(2012, 5, 1), True)])
async def test_who_is_eighteen_or_of_unknown_age_or_a_guardian_is_shown_everything(
    stranger: Reader, accounts: FakeAccounts, shelves: FakeCatalogue, born: date | None, child: bool
) -> None:
    linked(accounts, stranger, born, child=child)

    await stranger.says("есть лолита набокова?")

    stranger.hears("Лолита", "18+")


async def test_nobody_is_asked_for_where_nothing_is_for_adults(
    stranger: Reader, accounts: FakeAccounts, shelves: FakeCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def asked(_: object) -> Account:
        raise AssertionError("who the reader is was looked up")

    monkeypatch.setattr(accounts, "behind", asked)

    await stranger.says("защита лужина")

    stranger.hears("Защита Лужина")


@pytest.mark.parametrize(
    ("own", "minor"),
    [
        ([date(2008, 3, 3)], True),
        ([date(2008, 3, 2)], False),
        ([date(2008, 3, 3), date(1980, 1, 1)], False),
        ([date(2027, 1, 1)], False),
        ([None], False),
        ([], False),
    ],
)
def test_a_minor_is_whose_own_cards_are_all_a_child_s(own: list[date | None], minor: bool) -> None:
    holders = tuple(Cardholder(patron_id=at, card_number=f"{at}", born=born) for at, born in enumerate(own))
    children = (Cardholder(patron_id=99, card_number="99", born=date(2015, 1, 1), child=True),)

    assert is_minor(Account(holders=holders + children), TODAY) is minor


def test_the_day_of_the_test_is_the_clock_s(clock: StandingClock) -> None:
    assert clock.now().date() == TODAY
