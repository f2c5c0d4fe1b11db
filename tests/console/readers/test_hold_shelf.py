"""Holds at the desk: what to take off the shelf, what waits there, what was handed over."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.circulation import Keeping
from bot.library.holds import HoldState
from bot.renewal_requests import DECISION_RESTS
from console import requests
from db.models import BranchRow
from db.models_circulation import HoldRow
from tests.console.readers.conftest import IN_PLACE, Come, audited
from tests.support.desk_readers import WANTED, DeskReaders
from tests.support.lending import value


async def branch_ids_of(house: DeskReaders) -> dict[str, int]:
    async with house.database.engine.connect() as connection:
        return {row.code: row.id for row in await connection.execute(select(BranchRow.code, BranchRow.id))}


async def state(house: DeskReaders, hold_id: int) -> str:
    async with house.database.engine.connect() as connection:
        return str(await connection.scalar(select(HoldRow.state).where(HoldRow.id == hold_id)))


@pytest.mark.parametrize("keeping", [Keeping.LIVE, Keeping.SNAPSHOT])
async def test_a_book_is_put_aside_once_and_handed_over(come: Come, house: DeskReaders, keeping: Keeping) -> None:
    hold = await house.lending.hold(house.anna, house.wanted)
    assert hold.state is HoldState.ASSIGNED
    house.clock.turn(timedelta(hours=2))
    masha = await come()

    page = await (await masha.get("requests")).text()
    for words in ("Отложить для читателей", WANTED, "Каренина Анна", "ждёт 2 часа", f"requests/aside/{hold.hold_id}"):
        assert words in page, words
    assert '<span class="badge">1</span>' in await (await masha.get("requests/count")).text()

    page = await (await masha.post(f"requests/aside/{hold.hold_id}", {})).text()
    assert "отложена до 9 марта, читатель узнает сам" in page
    assert "на полке до 9 марта" in page
    house.clock.turn(timedelta(days=1))
    await masha.signs_in()
    again = await (await masha.post(f"requests/aside/{hold.hold_id}", {})).text()
    assert "уже отложена" in again
    assert "на полке до 9 марта" in again, "another press does not keep it for longer"

    assert "выдана, бронь закрыта" in await (await masha.post(f"requests/handed/{hold.hold_id}", {})).text()
    assert await state(house, hold.hold_id) == HoldState.FULFILLED
    assert "Выдать не получилось" in await (await masha.post(f"requests/handed/{hold.hold_id}", {})).text()
    titles = [loan.title for loan in await house.lending.loans(house.anna)]
    assert (WANTED in titles) == (keeping is Keeping.LIVE), "other programs write down their loans themselves"
    done = await audited(house.database)
    assert f"staff:masha hold.ready patron:{house.anna} {house.anna}" in done
    assert f"staff:masha hold.handed patron:{house.anna} {house.anna}" in done


async def test_many_books_to_fetch_hide_nobody_whose_book_waits_and_a_cut_list_says_so(
    come: Come, house: DeskReaders, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = [await house.lending.hold(house.anna, (await house.lending.book(title))[0]) for title in ("Бесы", "Игрок")]
    await house.lending.hold(house.anna, (await house.lending.book("Подросток"))[0])
    masha = await come()
    for hold in ready:
        await masha.post(f"requests/aside/{hold.hold_id}", {})
    monkeypatch.setattr(requests, "AT_ONCE", 1)

    page = await (await masha.get("requests")).text()

    assert "Подросток" in page
    assert page.count("requests/handed/") == 1
    assert "Показаны первые 1 из 2: разберите их, и появятся следующие." in page


async def test_the_last_day_of_a_book_that_waits_is_told_and_who_does_not_come_leaves_it_to_be_put_back(
    come: Come, house: DeskReaders
) -> None:
    hold = await house.lending.hold(house.anna, house.wanted)
    masha = await come()
    page = await (await masha.post(f"requests/aside/{hold.hold_id}", {})).text()
    assert "Ждут читателей на полке" in page
    assert "сегодня последний день" not in page
    house.lending.days(4)  # to the 9th of March, a working day
    await masha.signs_in()
    assert "сегодня последний день" in await (await masha.get("requests")).text()

    house.lending.days(1)
    await house.lending.desk.pass_time()
    await masha.signs_in()
    page = await (await masha.get("requests")).text()
    assert "Ждут читателей на полке" not in page
    assert "Вернуть на место" in page
    assert "читатель не пришёл" in page
    assert '<span class="badge">1</span>' in await (await masha.get("requests/count")).text()
    vera = await come("vera", branches=("02",))
    assert (await vera.post(f"requests/back/{hold.hold_id}", {})).status == 403

    page = await (await masha.post(f"requests/back/{hold.hold_id}", {})).text()
    assert "снова на своём месте" in page
    assert "Вернуть на место" not in page
    assert "уже вернули на место" in await (await masha.post(f"requests/back/{hold.hold_id}", {})).text()
    assert f"staff:masha hold.put_back patron:{house.anna} {house.anna}" in await audited(house.database)


async def test_a_librarian_of_another_branch_touches_nothing(come: Come, house: DeskReaders) -> None:
    hold = await house.lending.hold(house.anna, house.wanted)
    vera = await come("vera", branches=("02",))

    assert WANTED not in await (await vera.get("requests")).text()
    for what in ("aside", "handed", "missing", "found"):
        assert (await vera.post(f"requests/{what}/{hold.hold_id}", {})).status == 403
    assert await state(house, hold.hold_id) == HoldState.ASSIGNED
    assert any("refused.branch" in line for line in await audited(house.database))


async def test_a_book_that_was_not_put_aside_is_not_handed_over_and_nonsense_is_nobody(
    come: Come, house: DeskReaders
) -> None:
    hold = await house.lending.hold(house.anna, house.wanted)
    masha = await come()

    assert "Выдать не получилось" in await (await masha.post(f"requests/handed/{hold.hold_id}", {})).text()
    assert "больше не ждут" in await (await masha.post("requests/aside/999999", {})).text()
    assert await state(house, hold.hold_id) == HoldState.ASSIGNED


async def test_a_book_that_was_not_found_is_hidden_and_may_be_found_again(come: Come, house: DeskReaders) -> None:
    hold = await house.lending.hold(house.anna, house.wanted)
    masha = await come()

    page = await (await masha.post(f"requests/missing/{hold.hold_id}", {})).text()

    assert "экземпляр скрыт, другого свободного нет. Читатель ждёт дальше, место за ним." in page
    assert f'href="/console/readers/{house.anna}">Книги больше нет?' in page
    assert f"requests/aside/{hold.hold_id}" not in page
    assert await state(house, hold.hold_id) == HoldState.QUEUED
    book = await (await masha.get(f"books/{house.wanted}")).text()
    assert "Не нашлась на полке" in book
    decision = re.search(r'name="decision" value="(\d+)"', page)
    assert decision
    assert (await masha.post(f"requests/found/{hold.hold_id}", {"decision": "x"})).status == 400
    page = await (await masha.post(f"requests/found/{hold.hold_id}", {"decision": decision[1]})).text()
    assert "снова в списке, отложите её для читателя" in page
    assert f"requests/aside/{hold.hold_id}" in page
    page = await (await masha.post(f"requests/found/{hold.hold_id}", {"decision": decision[1]})).text()
    assert "Отменить уже нельзя" in page
    done = await audited(house.database)
    assert any(line.startswith(f"staff:masha hold.missing patron:{house.anna}") for line in done)
    assert f"staff:masha hold.found patron:{house.anna} {house.anna}" in done


async def test_a_hold_is_refused_with_a_reason_on_the_readers_page(come: Come, house: DeskReaders) -> None:
    hold = await house.lending.hold(house.anna, house.wanted)
    masha, one = await come(), f"readers/{house.anna}"

    assert "Библиотека не может её дать" in await (await masha.get(one)).text()
    said = await masha.post(f"{one}/refuse", {"hold": str(hold.hold_id), "reason": "  "}, **IN_PLACE)
    assert "Напишите причину" in await said.text()
    said = await masha.post(f"readers/{house.boris}/refuse", {"hold": str(hold.hold_id), "reason": "Нет"}, **IN_PLACE)
    assert "Такой брони нет" in await said.text(), "another reader's"
    assert await state(house, hold.hold_id) == HoldState.ASSIGNED
    said = await masha.post(f"{one}/refuse", {"hold": str(hold.hold_id), "reason": "Потеряна"}, **IN_PLACE)
    assert "в брони отказано, читатель узнает причину" in await said.text()
    assert await state(house, hold.hold_id) == HoldState.REFUSED
    assert f"staff:masha hold.refused patron:{house.anna} {house.anna}" in await audited(house.database)


async def test_a_refusal_is_taken_back_for_half_a_minute_by_whoever_refused(come: Come, house: DeskReaders) -> None:
    hold = await house.lending.hold(house.anna, house.wanted)
    masha, olga, one = await come(), await come("olga"), f"readers/{house.anna}"
    the_hold = {"hold": str(hold.hold_id)}

    page = await (await masha.post(f"{one}/refuse", {**the_hold, "reason": "Потеряна"}, **IN_PLACE)).text()
    assert f'action="/console/{one}/unrefuse"' in page
    assert "Отменить отказ" not in await (await masha.get(one)).text()
    for browser, address in ((olga, one), (masha, f"readers/{house.boris}")):
        said = await (await browser.post(f"{address}/unrefuse", the_hold, **IN_PLACE)).text()
        assert "Отменить уже нельзя" in said
    assert await state(house, hold.hold_id) == HoldState.REFUSED

    said = await (await masha.post(f"{one}/unrefuse", the_hold, **IN_PLACE)).text()
    assert "Отказ отменён: бронь стоит, где стояла." in said
    assert await state(house, hold.hold_id) == HoldState.ASSIGNED
    assert f"staff:masha hold.unrefused patron:{house.anna} {house.anna}" in await audited(house.database)
    assert (await masha.post(f"{one}/unrefuse", {"hold": "x"}, **IN_PLACE)).status == 400

    await masha.post(f"{one}/refuse", {**the_hold, "reason": "Потеряна"}, **IN_PLACE)
    house.clock.turn(DECISION_RESTS)
    assert "Отменить уже нельзя" in await (await masha.post(f"{one}/unrefuse", the_hold, **IN_PLACE)).text()


async def test_a_copy_of_another_branch_is_sent_off_there_and_put_aside_here(come: Come, house: DeskReaders) -> None:
    hold = (await house.lending.hold(house.anna, house.wanted)).hold_id
    there = (await branch_ids_of(house))["02"]
    await house.lending.set_hold(hold, pickup_branch_id=there)
    masha, vera = await come("masha", branches=("01",)), await come("vera", branches=("02",))
    assert WANTED not in await (await vera.get("requests")).text(), "it is not there yet"
    assert (await vera.post(f"requests/sent/{hold}", {})).status == 403

    page = await (await masha.get("requests")).text()
    assert "Отправить сюда: Детская библиотека" in page
    assert f"requests/aside/{hold}" not in page
    page = await (await masha.post(f"requests/sent/{hold}", {})).text()

    assert "в пути. Когда приедет, её отложат здесь: Детская библиотека." in page
    assert f"requests/missing/{hold}" not in page, "it is on her list no more"
    assert (await masha.post(f"requests/aside/{hold}", {})).status == 403
    page = await (await vera.get("requests")).text()
    assert "Едет сюда из другого филиала" in page
    assert "Не доехала" in page
    assert "уже отправлена" in await (await vera.post(f"requests/sent/{hold}", {})).text()
    assert "читатель узнает сам" in await (await vera.post(f"requests/aside/{hold}", {})).text()
    assert await state(house, hold) == HoldState.READY
    assert f"staff:masha hold.sent patron:{house.anna} {house.anna}" in await audited(house.database)


async def test_where_a_form_was_sent_the_page_it_stands_on_is_opened(come: Come, house: DeskReaders) -> None:
    masha = await come()

    async def leads(path: str) -> tuple[int, str]:
        answer = await masha.get(path)
        return answer.status, answer.headers.get("Location", "")

    assert await leads("requests/handed/2") == (303, "/console/requests")
    assert await leads(f"readers/{house.anna}/hold") == (303, f"/console/readers/{house.anna}")
    assert await leads("logout") == (303, "/console/")
    assert (await leads("requests/nothing/2"))[0] == 404
    assert (await leads("nothing"))[0] == 404


async def test_what_nobody_wants_any_more_is_told_with_its_place(come: Come, house: DeskReaders) -> None:
    hold = (await house.lending.hold(house.anna, house.wanted)).hold_id
    there = (await branch_ids_of(house))["02"]
    await house.lending.set_hold(hold, pickup_branch_id=there)
    vera = await come("vera", branches=("02",))
    assert await house.lending.desk.send(hold)
    value(await house.lending.circulation.cancel_hold(house.anna, hold, house.lending.key()))

    page = await (await vera.get("requests")).text()

    assert "Вернуть на место" in page
    assert "Её место здесь: Центральная библиотека" in page
