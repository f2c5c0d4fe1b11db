"""What goes wrong in the midst of a dialogue: a card unlinked, a system that is late, an old button, odd figures."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from bot.accounts import Cardholder
from bot.engine.circulation import GuardedCirculation, Limits
from bot.ports.library import Library
from bot.renewal_requests import RequestState
from db.connect import Database
from db.renewal_requests import SqlUnsettled
from tests.support.clock import StandingClock
from tests.support.fake_accounts import FakeAccounts
from tests.support.fake_circulation import FakeCirculation
from tests.support.fake_library import CENTRAL, FakeCatalogue, at
from tests.support.lending import LendingLibrary
from tests.support.reader import Reader
from tests.support.scripted_system import Does, ScriptedSystem

SOON = date(2026, 3, 5)
ANNA = 1


# --- unlinked in another chat, or at the desk, while the dialogue goes on ------------------------


async def test_a_renewal_that_was_asked_about_is_not_done_for_who_is_unlinked(
    reader: Reader, accounts: FakeAccounts, circulation: FakeCirculation
) -> None:
    circulation.lends(ANNA, "Обломов", SOON)
    circulation.lends(ANNA, "Бесы", SOON)
    await reader.says("продлите книгу")
    reader.hears("Какую книгу продлить?")
    accounts.links.clear()

    await reader.says("2")

    reader.hears("Пришлите одноразовый код.")
    reader.hears_nothing_of("Бесы", "Обломов")
    assert not circulation.calls


async def test_a_hold_that_was_begun_is_not_placed_for_who_is_unlinked(
    reader: Reader, accounts: FakeAccounts, circulation: FakeCirculation, catalogue: FakeCatalogue
) -> None:
    card = catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 0, 1))
    circulation.knows(card.work_id, card.title, card.author)
    await reader.says("забронируй каштанку")
    await reader.says("да")
    accounts.links.clear()

    await reader.presses(CENTRAL.name)

    reader.hears("Пришлите одноразовый код.")
    assert not circulation.calls


@pytest.mark.parametrize("verb", ["erase_surely", "withdraw_surely", "reminders:all=off", "unlink:1", "card"])
async def test_what_is_pressed_after_unlinking_harms_nobody(reader: Reader, accounts: FakeAccounts, verb: str) -> None:
    accounts.links.clear()

    await reader.presses_payload(verb)

    assert reader.heard
    reader.hears_nothing_of("сломалось", "Анна", "0012345")
    assert not accounts.wishes


async def test_a_child_s_card_that_was_cut_off_is_renewed_no_more(
    reader: Reader, accounts: FakeAccounts, circulation: FakeCirculation, anna: Cardholder, misha: Cardholder
) -> None:
    circulation.lends(anna.patron_id, "Обломов", SOON)
    hers = circulation.lends(misha.patron_id, "Мойдодыр", SOON)
    await reader.says("мои книги")
    button = next(one for one in reader.offered() if one.label == "Продлить 2")
    del accounts.links[reader.contact][misha.patron_id]

    await reader.presses_payload(button.payload)

    reader.hears_nothing_of("Мойдодыр")
    assert circulation.lent[hers].loan.renewals == 0


# --- a library system that is late ---------------------------------------------------------------


@dataclass
class Live:
    """A library whose loans a system of its own keeps, and its reader."""

    system: ScriptedSystem
    guarded: GuardedCirculation
    store: LendingLibrary
    reader: Reader

    def due_on(self) -> date:
        """What the system itself knows."""
        return self.system.patrons[ANNA][501].loan.due_on


@pytest.fixture
async def live(
    library: Library, accounts: FakeAccounts, anna: Cardholder, sqlite: Database, clock: StandingClock
) -> Live:
    """Anna has one book at home."""
    store = LendingLibrary(sqlite, clock)
    await store.opens()
    assert await store.patron("0012345") == anna.patron_id
    system = ScriptedSystem()
    system.lends(ANNA, 501, SOON)
    patient = Limits(read_s=0.05, write_s=0.05, failures=9, pause_s=30)
    guarded = GuardedCirculation(system, SqlUnsettled(sqlite, clock), clock, patient)
    reader = Reader(replace(library, circulation=guarded), clock)
    accounts.links_to(reader.contact, anna)
    return Live(system, guarded, store, reader)


async def test_an_answer_that_comes_late_is_one_renewal_however_often_it_is_asked(
    live: Live, clock: StandingClock
) -> None:
    await live.reader.says("мои книги")
    live.system.then.extend([Does.ANSWERS, Does.HANGS_AND_DOES_LATER])  # its loans are read first
    await live.reader.says("продли")
    live.reader.hears("Проверю и напишу, получилось ли:", "прежний срок 5 марта")
    await live.reader.says("продли")
    live.reader.hears_nothing_of("теперь до")
    assert live.system.calls.count("renew") == 1

    live.system.work_off()
    clock.turn(timedelta(minutes=3))
    await live.guarded.settle()

    assert live.system.renewals == [501]
    (told,) = await live.store.requests.decided(clock.now() - timedelta(hours=1))
    assert (told.state, told.due_on) == (RequestState.CONFIRMED, live.due_on())
    await live.reader.says("мои книги")
    live.reader.hears("Вернуть до 20 марта:")


async def test_what_was_done_although_the_answer_was_lost_is_told_as_it_is(live: Live) -> None:
    await live.reader.says("мои книги")
    live.system.then.extend([Does.ANSWERS, Does.DOES_AND_HANGS])

    await live.reader.says("продли")

    live.reader.hears("«Идиот»", "до 20 марта")
    assert live.system.renewals == [501]
    assert live.due_on() == date(2026, 3, 20)


async def test_a_system_that_is_away_takes_a_wish_and_does_it_once(live: Live, clock: StandingClock) -> None:
    await live.reader.says("мои книги")
    live.system.always = Does.IS_AWAY
    await live.reader.says("продли")
    live.reader.hears_nothing_of("теперь до 20 марта")
    await live.reader.says("продли")
    live.system.always = Does.ANSWERS
    clock.turn(timedelta(minutes=3))

    await live.guarded.settle()

    assert live.system.renewals == [501]


# --- old buttons, days that have passed, figures of other alphabets ------------------------------


async def test_yes_to_a_renewal_of_a_book_that_came_back_meanwhile(
    reader: Reader, catalogue: FakeCatalogue, circulation: FakeCirculation
) -> None:
    catalogue.holds("Мёртвые души", "Гоголь Н. В.")
    loan = circulation.lends(ANNA, "Обломов", SOON)
    await reader.says("продли мёртвые души")
    reader.hears("Продлить ту, что есть?")
    circulation.takes_back(loan)

    await reader.says("да")

    reader.hears("Этой книги у вас уже нет: наверное, вы её вернули.")


@pytest.mark.parametrize(
    "said",
    ["продли до вчера", "продли до 1 января 2020", "продли до 28 февраля", "продли до 01.02.2026", "продли до 1.2.26"],
)
async def test_a_day_that_has_passed_renews_nothing_before_it_is_asked(
    reader: Reader, circulation: FakeCirculation, said: str
) -> None:
    circulation.lends(ANNA, "Обломов", SOON)

    await reader.says(said)

    reader.hears("уже прошло", "Продлить на обычный срок?")
    assert not circulation.calls


@pytest.mark.parametrize("said", ["продли ２", "продли №２", "продли 2️⃣", "продли вторую", "продли ٢", "продли  2 ."])
async def test_a_number_is_read_in_whatever_figures(reader: Reader, circulation: FakeCirculation, said: str) -> None:
    first, second = circulation.lends(ANNA, "Обломов", SOON), circulation.lends(ANNA, "Бесы", SOON)
    await reader.says("мои книги")

    await reader.says(said)

    assert [circulation.lent[loan].loan.renewals for loan in (first, second)] == [0, 1], reader.text
