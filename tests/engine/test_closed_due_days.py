"""The branch is closed on the last day: what readers are told of it, what leaves, and what comes back when it opens."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.circulation import RenewalState
from bot.library.model import DayKind, SpecialDays
from bot.library.renewal import RenewalBlock
from db.branch_desk import SqlBranchDesk
from db.connect import Database
from tests.support.clock import StandingClock
from tests.support.notified import Notified, notified

MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)
BURST_PIPE = SpecialDays(kind=DayKind.URGENT, first=TUESDAY, last=TUESDAY, note="авария")
UNTIL_WE_OPEN = replace(BURST_PIPE, last=None)
HERE = frozenset({"01"})


@pytest.fixture
async def house(database: Database, clock: StandingClock) -> AsyncIterator[Notified]:
    """It is Monday, 2 March, ten in the morning."""
    async with notified(database, clock) as opened:
        yield opened


def staff(house: Notified) -> SqlBranchDesk:
    """Where the staff close a branch."""
    return SqlBranchDesk(house.database, house.library.branches, house.clock)


async def test_a_closing_moves_what_is_due_then_and_its_end_moves_it_back(house: Notified) -> None:
    anna = await house.reader("1", "max")
    await house.borrows(anna, "Идиот", due_in=1)
    await house.borrows(anna, "Бесы", due_in=2)

    closing = await staff(house).say(BURST_PIPE, HERE, login="masha")

    idiot, demons = await house.library.loans(anna)
    assert (idiot.loan.due_on, idiot.back_by, idiot.overdue) == (TUESDAY, TUESDAY + timedelta(days=1), False)
    assert (demons.shut, demons.back_by) == (None, TUESDAY + timedelta(days=1))
    assert await staff(house).end(closing, MONDAY, login="masha")
    assert [loan.back_by for loan in await house.library.loans(anna)] == [TUESDAY, TUESDAY + timedelta(days=1)]


async def test_a_closing_of_another_branch_moves_nothing(house: Notified) -> None:
    anna = await house.reader("1", "max")
    await house.borrows(anna, "Идиот", due_in=1)

    await staff(house).say(BURST_PIPE, frozenset({"02"}), login="masha")

    assert (await house.library.loans(anna))[0].back_by == TUESDAY


async def test_late_is_the_day_after_the_one_on_which_it_could_be_brought(house: Notified) -> None:
    anna = await house.reader("1", "max")
    (idiot,) = await house.borrows(anna, "Идиот", due_in=1)
    (demons,) = await house.borrows(anna, "Бесы", due_in=9)
    await staff(house).say(BURST_PIPE, HERE, login="masha")
    late = []
    for _ in range(4):
        late.append((await house.library.loans(anna))[0].overdue)
        house.clock.turn(timedelta(days=1))

    assert late == [False, False, False, True]
    house.clock.turn(-timedelta(days=2))  # Wednesday: neither it nor another book is held up by it
    renewed = await house.library.renew(anna, idiot, demons)
    assert [one.state for one in renewed] == [RenewalState.RENEWED, RenewalState.RENEWED]


async def test_a_renewal_that_gains_nothing_over_the_closing_is_not_spent(house: Notified) -> None:
    anna = await house.reader("1", "max")
    (idiot,) = await house.borrows(anna, "Идиот", due_in=1)
    until = MONDAY + timedelta(days=24)
    await staff(house).say(replace(BURST_PIPE, last=until), HERE, login="masha")

    (outcome,) = await house.library.renew(anna, idiot)

    assert outcome.block is RenewalBlock.NO_GAIN
    assert outcome.open is not None
    assert (outcome.open.loan.renewals, outcome.open.back_by) == (0, date(2026, 3, 27))  # the 26th is a sanitary day


async def test_a_button_from_before_the_closing_still_renews(house: Notified) -> None:
    anna = await house.reader("1", "max")
    (idiot,) = await house.borrows(anna, "Идиот", due_in=1)

    await staff(house).say(BURST_PIPE, HERE, login="masha")

    (outcome,) = await house.library.renew(anna, idiot, seen=TUESDAY)
    assert outcome.state is RenewalState.RENEWED


async def test_a_reminder_names_the_day_on_which_the_door_is_open(house: Notified) -> None:
    anna = await house.reader("1", "max")
    await house.borrows(anna, "Идиот", due_in=1)
    await house.borrows(anna, "Бесы", due_in=2)
    await staff(house).say(BURST_PIPE, HERE, login="masha")

    await house.engine.tick()

    (text,) = await house.texts("max")
    assert text.splitlines()[:3] == [
        "Скоро срок возврата:",
        "в среду, 4 марта (3 марта закрыто): «Идиот», Автор",
        "в среду, 4 марта: «Бесы», Автор",
    ]


async def test_a_reminder_on_its_way_when_the_branch_closes_leaves_with_the_new_day(house: Notified) -> None:
    anna = await house.reader("1", "max")
    await house.borrows(anna, "Идиот", due_in=1)
    await house.engine.tick()  # written: «завтра, 3 марта»
    await staff(house).say(BURST_PIPE, HERE, login="masha")

    assert await house.texts("max") == []
    await house.started().tick()

    (text,) = await house.texts("max")
    assert "в среду, 4 марта (3 марта закрыто): «Идиот», Автор" in text


async def test_who_was_told_the_old_day_is_told_the_new_one(house: Notified) -> None:
    anna = await house.reader("1", "max")
    await house.borrows(anna, "Идиот", due_in=1)
    await house.engine.tick()
    assert "завтра, 3 марта" in (await house.texts("max"))[0]
    house.clock.turn(timedelta(days=1))
    await staff(house).say(BURST_PIPE, HERE, login="masha")

    await house.started().tick()

    assert "завтра, 4 марта (сегодня закрыто): «Идиот», Автор" in (await house.texts("max"))[0]
    house.clock.turn(timedelta(days=1))
    await house.started().tick()
    assert await house.texts("max") == [], "on the day itself nothing is said of being late"


async def test_while_nobody_knows_when_we_open_nobody_is_asked_to_come(house: Notified) -> None:
    anna = await house.reader("1", "max")
    await house.borrows(anna, "Идиот", due_in=1)
    closing = await staff(house).say(UNTIL_WE_OPEN, HERE, login="masha")
    for _ in range(10):
        await house.started().tick()
        assert await house.texts("max") == []
        house.clock.turn(timedelta(days=1))
    (idiot,) = await house.library.loans(anna)
    assert (idiot.back_by, idiot.overdue) == (None, False)

    opens = MONDAY + timedelta(days=10)
    await staff(house).end(closing, opens, login="masha")
    await house.started().tick()

    assert "сегодня (3 марта было закрыто): «Идиот», Автор" in (await house.texts("max"))[0]
    house.clock.turn(timedelta(days=1))
    await house.started().tick()
    assert (await house.texts("max"))[0].startswith("Срок возврата уже прошёл:\n12 марта: «Идиот», Автор")


async def test_a_hold_waits_for_who_could_not_come_on_its_last_day(house: Notified) -> None:
    anna = await house.reader("1", "max")
    work, _ = await house.library.book("Идиот")
    hold = await house.library.hold(anna, work)
    last = await house.library.desk.make_ready(hold.hold_id)
    assert last == date(2026, 3, 5)
    house.clock.turn(timedelta(days=2))
    await house.engine.tick()
    await house.texts("max")
    await staff(house).say(replace(BURST_PIPE, first=last, last=last), HERE, login="masha")

    assert (await house.library.holds(anna))[0].keep_until == date(2026, 3, 6)
    house.clock.turn(timedelta(days=2))
    await house.library.desk.pass_time()
    await house.started().tick()

    assert "Книга ждёт вас только до 6 марта: «Идиот», Автор." in (await house.texts("max"))[0]
    assert len(await house.library.holds(anna)) == 1
    house.clock.turn(timedelta(days=1))
    await house.library.desk.pass_time()
    assert await house.library.holds(anna) == ()


async def test_a_hold_stays_while_nobody_knows_when_we_open(house: Notified) -> None:
    anna = await house.reader("1", "max")
    work, _ = await house.library.book("Идиот")
    hold = await house.library.hold(anna, work)
    await house.library.desk.make_ready(hold.hold_id)
    await staff(house).say(UNTIL_WE_OPEN, HERE, login="masha")

    house.clock.turn(timedelta(days=30))
    await house.library.desk.pass_time()

    (waits,) = await house.library.holds(anna)
    assert waits.keep_until is None


async def test_a_refused_renewal_names_the_day_on_which_the_door_is_open(house: Notified) -> None:
    anna = await house.reader("1", "max")
    (idiot,) = await house.borrows(anna, "Идиот", due_in=1)
    await house.asks_to_renew(anna, idiot, "Идиот")
    (asked,) = await house.library.requests.waiting()
    await house.library.requests.refuse(asked.request_id, "masha", RenewalBlock.HOLD_QUEUE.value, "её ждут")
    await staff(house).say(BURST_PIPE, HERE, login="masha")

    await house.engine.tick()

    assert "Вернуть нужно до 4 марта." in (await house.texts("max"))[0]
