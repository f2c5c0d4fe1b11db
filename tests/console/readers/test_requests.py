"""Requests for renewals and readers whom nothing reached, as the desk settles them."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from bot.circulation import Keeping, RenewalWish
from bot.engine.notices import Notices
from bot.library.notices import Carrier, NoticeKind, NoticeRules
from console import requests
from db.models_circulation import LoanRow, RenewalRequestRow
from db.models_notices import NoticeItemRow, NoticeRow
from db.notices import SqlNotices
from tests.console.conftest import Browser
from tests.console.readers.conftest import IN_PLACE, Come, audited
from tests.support.desk_readers import TITLES, DeskReaders
from tests.support.fake_library import NoHolidays
from tests.support.lending import DECIDES

A_DAY = timedelta(days=1)


@pytest.fixture
def keeping() -> Keeping:
    """The loans come from files: a renewal is a request."""
    return Keeping.SNAPSHOT


async def asks(house: DeskReaders, *loans: int) -> list[int]:
    """Анна asks to renew; returns the requests."""
    await house.lending.circulation.renew(house.anna, [RenewalWish(loan) for loan in loans], house.lending.key())
    return [request.request_id for request in await house.lending.requests.waiting()]


async def due(house: DeskReaders) -> list[str]:
    """Anna's due dates, in the order of her loans."""
    loans = {loan.loan.loan_id: loan.loan.due_on.isoformat() for loan in await house.lending.loans(house.anna)}
    return [loans[loan] for loan in house.loans]


async def decides(browser: Browser, do: str, **fields: str) -> str:
    return await (await browser.post("requests", {"do": do, **fields})).text()


async def test_requests_wait_in_one_list_with_their_age_and_a_new_date(come: Come, house: DeskReaders) -> None:
    one, other = await asks(house, *house.loans)
    house.clock.turn(timedelta(hours=2))
    masha = await come()

    page = await (await masha.get("requests")).text()

    assert all(title in page for title in TITLES)
    assert "Каренина Анна" in page
    assert "ждёт 2 часа" in page
    (request, _) = await house.lending.requests.waiting()
    assert request.due_on is not None
    assert f'name="until-{one}" value="{request.due_on.isoformat()}"' in page
    assert f"pick-{other}" in page
    assert "staff:masha view.requests" in await audited(house.database)
    badge = await (await masha.get("requests/count")).text()
    assert '<span class="badge">2</span>' in badge


async def test_who_has_waited_for_one_minute_waits_for_it_in_good_russian(come: Come, house: DeskReaders) -> None:
    await asks(house, house.loans[0])
    house.clock.turn(timedelta(minutes=1))

    assert "ждёт 1 минуту; срок" in await (await (await come()).get("requests")).text()


async def test_a_list_that_is_too_long_for_the_screen_says_so(
    come: Come, house: DeskReaders, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asks(house, *house.loans)
    masha = await come()
    assert "Показаны первые" not in await (await masha.get("requests")).text()
    monkeypatch.setattr(requests, "AT_ONCE", 1)

    page = await (await masha.get("requests")).text()

    assert page.count("data-pick") == 1
    assert "Показаны первые 1 из 2: разберите их, и появятся следующие." in page


async def test_one_is_confirmed_until_the_day_on_the_screen(come: Come, house: DeskReaders) -> None:
    one, _ = await asks(house, *house.loans)
    before = await due(house)
    until = (house.lending.today + timedelta(days=40)).isoformat()
    masha = await come()

    page = await decides(masha, f"confirm:{one}", **{f"until-{one}": until})

    assert "читатель узнает сам" in page
    assert await due(house) == [until, before[1]]
    assert len(await house.lending.requests.waiting()) == 1
    assert f"staff:masha request.confirmed patron:{house.anna} {house.anna}" in await audited(house.database)
    again = await decides(masha, f"confirm:{one}", **{f"until-{one}": until})
    assert await due(house) == [until, before[1]], "the same press again changes nothing"
    assert "уже" in again


async def test_several_at_once_and_without_a_date_the_rules_give_one(come: Come, house: DeskReaders) -> None:
    one, other = await asks(house, *house.loans)
    before = await due(house)
    masha = await come()
    assert "Отметьте хотя бы одну" in await decides(masha, "confirm")

    await decides(masha, "confirm", **{f"pick-{one}": "1", f"pick-{other}": "1", f"until-{one}": ""})

    after = await due(house)
    assert all(new > old for new, old in zip(after, before, strict=True))
    assert not await house.lending.requests.waiting()
    assert "badge" not in await (await masha.get("requests/count")).text()


@pytest.mark.parametrize("until", ["2020-01-01", "2999-01-01", "завтра", "2026-02-31"])
async def test_a_slip_in_the_date_loses_no_request(come: Come, house: DeskReaders, until: str) -> None:
    one, _ = await asks(house, *house.loans)
    before = await due(house)
    masha = await come()
    page = await decides(masha, f"confirm:{one}", **{f"until-{one}": until})
    assert "новый срок должен быть позже прежнего" in page
    assert (await due(house), len(await house.lending.requests.waiting())) == (before, 2)


async def test_where_the_rules_give_no_new_day_one_is_asked_for_and_the_request_waits(
    come: Come, house: DeskReaders
) -> None:
    one, _ = await asks(house, *house.loans)
    before = await due(house)
    await house.lending.set_loan(house.loans[0], recalled=True)
    async with house.database.writer.begin() as connection:
        await connection.execute(update(RenewalRequestRow).values(due_on=None))
    masha = await come()

    page = await decides(masha, f"confirm:{one}", **{f"until-{one}": ""})

    assert "по правилам срок не сдвинется, напишите новый сами" in page
    assert (await due(house), len(await house.lending.requests.waiting())) == (before, 2)


async def test_a_refusal_needs_a_reason_and_the_reader_is_told_it(come: Come, house: DeskReaders) -> None:
    one, other = await asks(house, *house.loans)
    masha = await come()
    picked = {f"pick-{one}": "1"}
    again = await decides(masha, "refuse", **picked)
    assert "причину отказа" in again
    assert re.findall(r'name="pick-(\d+)" value="1" data-pick data-row checked', again) == [str(one)], "the ticks stay"
    assert "причину отказа" in await decides(masha, "refuse", **picked, code="выдумка")

    assert "читатель узнает причину" in await decides(masha, "refuse", **picked, code="HOLD_QUEUE")
    await decides(
        masha, "refuse", **{f"pick-{other}": "1"}, code="HOLD_QUEUE", reason="  Книга порвана,\nнесите в ремонт "
    )

    reasons = [
        request.reason for request in await house.lending.requests.decided(house.clock.now() - timedelta(days=1))
    ]
    assert set(reasons) == {"Книга порвана, несите в ремонт", "Её ждёт другой читатель"}
    told = await letters(house)
    assert "Продлить не получилось" in told
    assert "Её ждёт другой читатель" in told
    assert "Книга порвана" in told


async def undo(browser: Browser, *requests: int) -> str:
    return await (await browser.post("requests/undo", {f"undo-{one}": "1" for one in requests})).text()


async def test_a_slip_is_undone_before_the_reader_hears_of_it(come: Come, house: DeskReaders) -> None:
    one, other = await asks(house, *house.loans)
    before = await due(house)
    masha = await come()
    page = await decides(masha, "confirm", **{f"pick-{one}": "1", f"pick-{other}": "1"})
    assert f'name="undo-{one}"' in page
    assert f'name="undo-{other}"' in page
    assert "undo-" not in await (await masha.get("requests")).text()

    page = await undo(masha, one, other)

    assert page.count("решение отменено") == 2
    assert (await due(house), len(await house.lending.requests.waiting())) == (before, 2)
    assert (await audited(house.database)).count(
        f"staff:masha request.taken_back patron:{house.anna} {house.anna}"
    ) == 2
    assert "заявка снова ждёт" in await undo(masha, one), "the same press again harms nothing"
    assert (await audited(house.database)).count(
        f"staff:masha request.taken_back patron:{house.anna} {house.anna}"
    ) == 2
    assert await letters(house) == ""


async def test_a_decision_cannot_be_undone_later_or_by_another(come: Come, house: DeskReaders) -> None:
    one, _ = await asks(house, *house.loans)
    masha, vera, olya = await come(), await come("vera", branches=("02",)), await come("olya")
    await decides(masha, f"confirm:{one}")
    after = await due(house)

    assert "отменить уже нельзя" in await undo(olya, one)
    assert (await vera.post("requests/undo", {f"undo-{one}": "1"})).status == 403
    assert f"staff:vera refused.branch request:{one}" in await audited(house.database)
    house.clock.turn(timedelta(minutes=1))
    assert "отменить уже нельзя" in await undo(masha, one)
    assert await due(house) == after
    for fields in ({}, {"undo-x": "1"}, {"undo-" + "9" * 30: "1"}):
        assert (await masha.post("requests/undo", fields)).status == 400
    assert "Заявки уже нет" in await undo(masha, 999)
    assert len(await house.lending.requests.waiting()) == 1


async def test_a_confirmed_reader_is_told_by_itself(come: Come, house: DeskReaders) -> None:
    one, _ = await asks(house, *house.loans)
    await decides(await come(), f"confirm:{one}")
    assert "родл" in await letters(house)


async def letters(house: DeskReaders) -> str:
    """What the engine has put into the outbox for readers, after a night that it waits for."""
    branches, rules = house.lending.branches, NoticeRules()
    store = SqlNotices(house.database, branches, house.clock, house.lending.house, rules, ["chat"], "")
    carriers = {"chat": Carrier()}
    engine = Notices(
        store, house.lending.circulation, branches, NoHolidays(), house.clock, rules, carriers, library="Библиотека"
    )
    for _ in range(3):
        await engine.tick()
        house.clock.turn(timedelta(hours=6))
    return "\n".join(text for _, text in await house.desk.letters())


async def test_a_book_that_came_back_meanwhile_is_told(come: Come, house: DeskReaders) -> None:
    one, _ = await asks(house, *house.loans)
    await house.lending.set_loan(house.loans[0], returned_at=house.clock.now())
    assert "уже сдана или продлена иначе" in await decides(await come(), f"confirm:{one}")


async def test_a_stranger_of_another_branch_decides_nothing(come: Come, house: DeskReaders) -> None:
    one, other = await asks(house, *house.loans)
    before = await due(house)
    vera = await come("vera", branches=("02",))
    page = await (await vera.get("requests?branch=01")).text()
    assert "Каренина" not in page
    assert "badge" not in await (await vera.get("requests/count")).text()
    for do, fields in (
        (f"confirm:{one}", {}),
        (f"refuse:{one}", {"reason": "нет"}),
        ("confirm", {f"pick-{other}": "1"}),
    ):
        answer = await vera.post("requests", {"do": do, **fields})
        assert answer.status == 403, do
    assert (await due(house), len(await house.lending.requests.waiting())) == (before, 2)
    lines = await audited(house.database)
    assert lines.count(f"staff:vera refused.branch request:{one}") == 2
    assert lines.count(f"staff:vera refused.branch request:{other}") == 1


async def test_nonsense_is_refused(come: Come, house: DeskReaders) -> None:
    masha = await come()
    for do in ("", "drop:1", "confirm:1 or 1", "confirm:" + "9" * 30, "confirm:-1"):
        assert (await masha.post("requests", {"do": do, "pick-x": "1"})).status == 400, do
    assert "Заявки уже нет" in await decides(masha, "confirm:999")


# --- whom nothing reached ------------------------------------------------------------------------


async def unreached(house: DeskReaders, patron: int) -> int:
    """Nothing reached this reader."""
    now = house.clock.now()
    row = {"patron_id": patron, "state": "unreached", "zone": "Europe/Moscow", "planned_at": now, "send_at": now}
    async with house.database.writer.begin() as connection:
        adding = insert(NoticeRow).values(**row, channel="", ended_at=now, why="no contact is left to try")
        number = await connection.scalar(adding.returning(NoticeRow.id))
        item = {"kind": NoticeKind.OVERDUE.value, "subject_id": number, "day": now.date(), "stage": 1}
        await connection.execute(insert(NoticeItemRow).values(**item, notice_id=number))
    assert number is not None
    return int(number)


async def test_who_was_not_reached_is_phoned_and_ticked_off(come: Come, house: DeskReaders) -> None:
    number = await unreached(house, house.boris)
    masha = await come()

    page = await (await masha.get("requests")).text()
    assert "Борис" in page
    assert "8 (912) 345-67-89" in page
    assert "просрочена с" in page
    assert '<span class="badge">1</span>' in await (await masha.get("requests/count")).text()

    assert "Отмечено: Борис" in await (await masha.post(f"requests/called/{number}", {})).text()
    assert f"staff:masha unreached.settled patron:{house.boris} {house.boris}" in await audited(house.database)
    assert "уже нет" in await (await masha.post(f"requests/called/{number}", {})).text()


async def test_each_branch_phones_its_own_and_nobodys(come: Come, house: DeskReaders) -> None:
    boris, tanya, anna = [await unreached(house, one) for one in (house.boris, house.tanya, house.anna)]
    vera = await come("vera", branches=("02",))
    page = await (await vera.get("requests")).text()
    assert ("Борис" in page, "Таня" in page, "Анна" in page) == (True, True, False)
    assert (await vera.post(f"requests/called/{anna}", {})).status == 403
    for number in (boris, tanya):
        assert (await vera.post(f"requests/called/{number}", {})).status == 200
    assert len(await house.ports().unreached.unreached()) == 1


async def test_a_renewal_for_a_reader_is_a_request_here_too(come: Come, house: DeskReaders) -> None:
    masha = await come()
    fields = {"loan": str(house.loans[0]), "key": "e" * 16}
    page = await (await masha.post(f"readers/{house.anna}/renew", fields, **IN_PLACE)).text()
    assert "подтвердите её в «Заявках»" in page
    assert "просьба о продлении ждёт" in page
    async with house.database.writer.begin() as connection:
        await connection.execute(update(LoanRow).values(as_of=house.clock.now()))
    assert len(await house.lending.requests.waiting()) == 1


@pytest.mark.parametrize("policy", [replace(DECIDES, remote_renewals_allowed=2)])
async def test_what_is_confirmed_with_the_book_in_hand_counts_as_shown_and_a_slip_leaves_no_trace(
    come: Come, house: DeskReaders
) -> None:
    loan, masha = house.loans[0], await come()

    async def asked_and_confirmed(hand: str, key: str) -> int:
        fields = {"loan": str(loan), "key": key * 16, "hand": hand}
        await masha.post(f"readers/{house.anna}/renew", fields, **IN_PLACE)
        (asked,) = await house.lending.requests.waiting()
        assert await house.lending.requests.confirm(asked.request_id, "staff:masha", asked.due_before + A_DAY)
        return asked.request_id

    async def from_afar() -> int:
        return next(
            one.loan for one in await house.lending.loans(house.anna) if one.loan.loan_id == loan
        ).remote_renewals

    await asked_and_confirmed("0", "a")
    assert await from_afar() == 1
    number = await asked_and_confirmed("1", "b")
    assert await from_afar() == 0

    await house.lending.requests.take_back(number, "staff:masha")

    assert await from_afar() == 1
    assert '<span class="badge">1</span>' in await (await masha.get("requests/count")).text()


async def test_a_book_of_a_list_is_not_taken_back_by_hand(come: Come, house: DeskReaders) -> None:
    masha = await come()
    assert "Вернули" not in await (await masha.get(f"readers/{house.anna}")).text()

    said = await masha.post(f"readers/{house.anna}/back", {"loan": str(house.loans[0])}, **IN_PLACE)

    assert "Этой книги у читателя уже нет." in await said.text()
    assert len(await house.lending.loans(house.anna)) == 2


async def test_what_was_typed_for_other_requests_stays_while_one_is_decided(come: Come, house: DeskReaders) -> None:
    one, other = await asks(house, *house.loans)
    later = (house.lending.today + 40 * A_DAY).isoformat()
    typed = {f"until-{other}": later, "reason": "Её ждёт школа"}
    masha = await come()

    forgotten = await decides(masha, "refuse", **typed)
    unchosen = await decides(masha, "refuse", **{f"until-{other}": later, f"pick-{other}": "1", "code": ""})
    decided = await decides(masha, f"confirm:{one}", **typed, **{f"until-{one}": later})

    for page in (forgotten, unchosen, decided):
        assert f'name="until-{other}" value="{later}"' in page
    assert 'name="reason" value="Её ждёт школа"' in forgotten
    assert 'name="reason" value="Её ждёт школа"' in decided


async def test_a_request_whose_date_is_wrong_stays_ticked_with_that_date(come: Come, house: DeskReaders) -> None:
    one, other = await asks(house, *house.loans)
    early = (house.lending.today - A_DAY).isoformat()
    picked = {f"pick-{one}": "1", f"pick-{other}": "1"}

    page = await decides(await come(), "confirm", **picked, **{f"until-{one}": early})

    assert "новый срок должен быть позже прежнего" in page
    assert f'name="until-{one}" value="{early}"' in page
    assert re.search(rf'name="pick-{one}"[^>]* checked>', page)


async def test_a_reason_that_was_told_is_not_offered_for_the_next_request(come: Come, house: DeskReaders) -> None:
    one, _ = await asks(house, *house.loans)

    page = await decides(await come(), "refuse", **{f"pick-{one}": "1", "reason": "Её ждёт школа"})

    assert 'name="reason" value=""' in page
