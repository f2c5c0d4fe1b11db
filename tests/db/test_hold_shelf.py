"""The desk's list of holds: to be fetched first, then what waits; on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.circulation import Keeping
from bot.library.holds import HoldState
from bot.library.model import ItemStatus
from db.connect import Database
from db.hold_shelf import SqlHoldShelf
from db.models import ItemRow
from db.shelving import SqlCatalogueDesk
from tests.support.clock import StandingClock
from tests.support.lending import LendingLibrary


async def test_what_is_to_be_fetched_stands_first_and_each_branch_sees_its_own(
    database: Database, clock: StandingClock
) -> None:
    library = LendingLibrary(database, clock, keeping=Keeping.SNAPSHOT)
    await library.opens()
    shelf = SqlHoldShelf(database, library.branches, library.desk)
    anna = await library.patron("1", surname="Каренина", given_name="Анна")
    holds = {}
    for title, branch in (("Идиот", "01"), ("Бесы", "01"), ("Игрок", "02")):
        work, _ = await library.book(title, branch=branch)
        holds[title] = (await library.hold(anna, work, branch)).hold_id
    lent, (item,) = await library.book("Подросток")
    await library.lend(await library.patron("2"), item)
    await library.hold(anna, lent)  # no copy is there: nothing to fetch

    assert await shelf.put_aside(holds["Идиот"]) == date(2026, 3, 5)
    assert await shelf.put_aside(holds["Идиот"]) is None

    found = await shelf.waiting(["01"])
    assert [(hold.title, hold.state) for hold in found] == [("Бесы", HoldState.ASSIGNED), ("Идиот", HoldState.READY)]
    assert (found[0].name, found[0].copy.startswith("Бесы-0"), found[1].keep_until) == (
        "Каренина Анна", True, date(2026, 3, 5),
    )  # fmt: skip
    assert [hold.title for hold in await shelf.waiting()] == ["Бесы", "Игрок", "Идиот"]
    assert [hold.title for hold in await shelf.waiting(limit=1)] == ["Бесы", "Идиот"]  # much to fetch hides nobody here
    assert (await shelf.to_fetch(), await shelf.to_fetch(["02"])) == (2, 1)
    assert (await shelf.to_hand_out(), await shelf.to_hand_out(["02"])) == (1, 0)
    assert not await shelf.hand_over(holds["Бесы"], "staff:masha")
    assert await shelf.hand_over(holds["Идиот"], "staff:masha")
    assert await shelf.find(holds["Идиот"]) is None


async def told_of(database: Database, item: int) -> bool:
    """Whether readers are told of a copy."""
    async with database.engine.connect() as connection:
        return not await connection.scalar(select(ItemRow.suppressed).where(ItemRow.id == item))


async def test_a_copy_looked_for_in_vain_is_told_no_more_and_the_next_one_goes_to_the_same_reader(
    database: Database, clock: StandingClock
) -> None:
    library = LendingLibrary(database, clock, keeping=Keeping.SNAPSHOT)
    await library.opens()
    shelf = SqlHoldShelf(database, library.branches, library.desk)
    anna, boris, vera = [await library.patron(card) for card in ("1", "2", "3")]
    work, (first, second) = await library.book("Идиот", copies=2)
    his, hers, last = [(await library.hold(patron, work)).hold_id for patron in (anna, boris, vera)]

    missed = await shelf.not_found(his, "masha", "Не нашлась на полке")

    assert missed is not None
    assert (missed.hold.item_id, missed.hold.state) == (None, HoldState.QUEUED), "the other copy is Борис's"
    assert [await told_of(database, item) for item in (first, second)] == [False, True]
    assert (await library.holds(anna))[0].place == 1, "before Вера, who came later"
    (decision,) = (await SqlCatalogueDesk(database, clock).work(work) or pytest.fail("no work")).decisions
    assert (decision.login, decision.reason) == ("masha", "Не нашлась на полке")

    again = await shelf.not_found(hers, "masha", "")
    assert again is not None
    assert again.hold.state is HoldState.QUEUED
    assert await shelf.not_found(hers, "masha", "") is None
    assert [hold.hold_id for hold in await shelf.waiting()] == []
    assert (await library.holds(vera))[0].place == 3
    assert not await shelf.found_after_all(hers, again.decision_id, "vera"), "who did not say so"
    assert await shelf.found_after_all(hers, again.decision_id, "masha")
    assert not await shelf.found_after_all(hers, again.decision_id, "masha")
    assert {hold.hold_id: hold.item_id for hold in await shelf.waiting()} == {hers: second}
    clock.turn(timedelta(minutes=1))
    assert not await shelf.found_after_all(his, missed.decision_id, "masha"), "too late"
    assert not await told_of(database, first)
    assert last not in {hold.hold_id for hold in await shelf.waiting()}


async def test_where_another_copy_is_free_the_reader_gets_it_and_undo_gives_the_first_one_back(
    database: Database, clock: StandingClock
) -> None:
    library = LendingLibrary(database, clock, keeping=Keeping.SNAPSHOT)
    await library.opens()
    shelf = SqlHoldShelf(database, library.branches, library.desk)
    anna = await library.patron("1")
    work, (first, second) = await library.book("Идиот", copies=2)
    hold = (await library.hold(anna, work)).hold_id

    missed = await shelf.not_found(hold, "masha", "")

    assert missed is not None
    assert (missed.hold.item_id, missed.hold.state) == (second, HoldState.ASSIGNED)
    assert await shelf.found_after_all(hold, missed.decision_id, "masha")
    assert await told_of(database, first)
    found = await shelf.find(hold)
    assert found is not None
    assert (found.item_id, found.state) == (first, HoldState.ASSIGNED)
    async with database.engine.connect() as connection:
        shown = {row.id: row.status for row in await connection.execute(select(ItemRow.id, ItemRow.status))}
    assert (shown[first], shown[second]) == (ItemStatus.ON_HOLD, ItemStatus.AVAILABLE)
    await shelf.put_aside(hold)
    assert await shelf.not_found(hold, "masha", "") is None, "it waits at the desk"


async def test_a_copy_that_is_found_after_all_takes_nothing_from_who_has_another_one_at_the_desk(
    database: Database, clock: StandingClock
) -> None:
    library = LendingLibrary(database, clock, keeping=Keeping.SNAPSHOT)
    await library.opens()
    shelf = SqlHoldShelf(database, library.branches, library.desk)
    anna, boris = await library.patron("1"), await library.patron("2")
    work, (first, second) = await library.book("Идиот", copies=2)
    hold = (await library.hold(anna, work)).hold_id
    missed = await shelf.not_found(hold, "masha", "")
    await shelf.put_aside(hold)
    late = (await library.hold(boris, work)).hold_id

    assert missed is not None
    assert await shelf.found_after_all(hold, missed.decision_id, "masha")

    kept = {each.hold_id: (each.item_id, each.state) for each in await shelf.waiting()}
    assert kept == {hold: (second, HoldState.READY), late: (first, HoldState.ASSIGNED)}


async def test_what_was_hidden_for_one_reader_is_shown_again_for_that_one_alone(
    database: Database, clock: StandingClock
) -> None:
    library = LendingLibrary(database, clock, keeping=Keeping.SNAPSHOT)
    await library.opens()
    shelf = SqlHoldShelf(database, library.branches, library.desk)
    anna = await library.patron("1")
    (idiot, (copy,)), (demons, _) = await library.book("Идиот"), await library.book("Бесы")
    mine, other = [(await library.hold(anna, work)).hold_id for work in (idiot, demons)]
    missed = await shelf.not_found(mine, "masha", "")

    assert missed is not None
    assert not await shelf.found_after_all(other, missed.decision_id, "masha"), "of another book"
    assert not await shelf.found_after_all(mine, missed.decision_id + 1, "masha"), "there is none"
    assert not await told_of(database, copy)


async def test_a_copy_that_is_bought_or_shown_again_is_for_who_waits(database: Database, clock: StandingClock) -> None:
    library = LendingLibrary(database, clock, keeping=Keeping.SNAPSHOT)
    await library.opens()
    shelf, catalogue = SqlHoldShelf(database, library.branches, library.desk), SqlCatalogueDesk(database, clock)
    anna, boris = await library.patron("1"), await library.patron("2")
    work, (only,) = await library.book("Идиот")
    first, second = [(await library.hold(patron, work)).hold_id for patron in (anna, boris)]
    missed = await shelf.not_found(first, "masha", "")
    assert missed is not None
    assert await library.desk.pass_time() == 0, "nothing is free"

    clock.turn(timedelta(hours=1))
    await catalogue.show(work, items=[only], login="vera")
    assert await library.desk.pass_time() == 1
    assert {hold.hold_id: hold.item_id for hold in await shelf.waiting()} == {first: only}
    _, copies = await library.book("Идиот", copies=2)
    assert await library.desk.pass_time() == 1
    assert {hold.hold_id: hold.item_id for hold in await shelf.waiting()} == {first: only, second: copies[1]}
    assert await library.desk.pass_time() == 0


async def test_a_refusal_taken_back_gives_place_copy_and_last_day_back_and_the_next_reader_waits_again(
    database: Database, clock: StandingClock
) -> None:
    library = LendingLibrary(database, clock, keeping=Keeping.SNAPSHOT)
    await library.opens()
    shelf = SqlHoldShelf(database, library.branches, library.desk)
    anna, boris, vera = [await library.patron(card) for card in ("1", "2", "3")]
    work, (item,) = await library.book("Идиот")
    hers, his, last = [(await library.hold(patron, work)).hold_id for patron in (anna, boris, vera)]
    until = await shelf.put_aside(hers)
    clock.turn(timedelta(minutes=1))

    assert await shelf.refuse(hers, "staff:masha", "Потеряна")
    assert [(one.hold_id, one.item_id) for one in await shelf.waiting()] == [(his, item)]
    assert not await shelf.refuse_no_more(anna, hers, "staff:vera"), "who did not refuse it"
    assert not await shelf.refuse_no_more(boris, hers, "staff:masha"), "another reader's"
    assert await shelf.refuse_no_more(anna, hers, "staff:masha")
    assert not await shelf.refuse_no_more(anna, hers, "staff:masha")

    (waits,) = await shelf.waiting()
    assert (waits.hold_id, waits.item_id, waits.state, waits.keep_until) == (hers, item, HoldState.READY, until)
    assert [(await library.holds(patron))[0].place for patron in (anna, boris, vera)] == [None, 1, 2]

    assert await shelf.refuse(last, "staff:masha", "Нет")
    await library.hold(vera, work)
    assert not await shelf.refuse_no_more(vera, last, "staff:masha"), "she queues again"
    assert await shelf.refuse(his, "staff:masha", "Нет")
    clock.turn(timedelta(seconds=30))
    assert not await shelf.refuse_no_more(boris, his, "staff:masha"), "too late"


async def test_a_refusal_whose_copy_was_taken_meanwhile_is_taken_back_into_the_queue(
    database: Database, clock: StandingClock
) -> None:
    library = LendingLibrary(database, clock, keeping=Keeping.SNAPSHOT)
    await library.opens()
    shelf = SqlHoldShelf(database, library.branches, library.desk)
    anna, boris = [await library.patron(card) for card in ("1", "2")]
    work, (item,) = await library.book("Идиот")
    hers, his = [(await library.hold(patron, work)).hold_id for patron in (anna, boris)]
    assert await shelf.refuse(hers, "staff:masha", "Потеряна")
    assert await shelf.put_aside(his), "Борис has been told that it is his"

    assert await shelf.refuse_no_more(anna, hers, "staff:masha")

    (waits,) = await shelf.waiting()
    assert (waits.hold_id, waits.item_id) == (his, item)
    assert (await library.holds(anna))[0].state is HoldState.QUEUED
