"""A reader's books at the console: renewed, reserved, let go; each press once."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.library.policy import Confirmation
from bot.staff import StaffRole
from db.models import BranchRow
from db.models_circulation import RenewalRow
from tests.console.conftest import SETTING, Browser
from tests.console.readers.conftest import IN_PLACE, Come, audited
from tests.support.desk_readers import TITLES, DeskReaders
from tests.support.lending import DECIDES

FEW_FROM_AFAR = replace(DECIDES, renewals_allowed=5, remote_renewals_allowed=1)


async def key_of(browser: Browser, patron: int) -> str:
    """What a form of the reader's page brings along."""
    page = await (await browser.get(f"readers/{patron}")).text()
    key = re.search(r'name="key" value="(\w{16})"', page)
    assert key
    return key[1]


async def test_one_book_is_renewed_once_however_often_it_is_pressed(come: Come, house: DeskReaders) -> None:
    masha = await come()
    key = await key_of(masha, house.anna)
    fields = {"loan": str(house.loans[0]), "key": key}
    first = await (await masha.post(f"readers/{house.anna}/renew", fields, **IN_PLACE)).text()
    assert "продлена до" in first
    assert "<!doctype" not in first
    await masha.post(f"readers/{house.anna}/renew", fields, **IN_PLACE)
    assert sorted(loan.loan.renewals for loan in await house.lending.loans(house.anna)) == [0, 1]
    assert f"staff:masha renew patron:{house.anna} {house.anna} {{'more': '1/1'}}" in await audited(house.database)


async def test_all_are_renewed_and_each_refusal_has_its_reason(come: Come, house: DeskReaders) -> None:
    work = next(loan.work_id for loan in await house.lending.loans(house.anna) if loan.title == TITLES[0])
    await house.lending.hold(house.boris, work or 0, "01")
    masha = await come()
    page = await (
        await masha.post(
            f"readers/{house.anna}/renew", {"loan": "all", "key": await key_of(masha, house.anna)}, **IN_PLACE
        )
    ).text()
    assert f"«{TITLES[0]}», Автор: не продлена, её ждёт другой читатель." in page
    assert f"«{TITLES[1]}», Автор: продлена до" in page


async def test_a_book_renewed_since_the_page_was_read_is_left_alone(come: Come, house: DeskReaders) -> None:
    masha = await come()
    seen = {f"due-{house.loans[0]}": house.lending.today.isoformat()}
    fields = {"loan": str(house.loans[0]), "key": "a" * 16, **seen}
    page = await (await masha.post(f"readers/{house.anna}/renew", fields, **IN_PLACE)).text()
    assert "уже продлена" in page
    assert [loan.loan.renewals for loan in await house.lending.loans(house.anna)] == [0, 0]


async def test_a_book_is_reserved_and_the_hold_cancelled(come: Come, house: DeskReaders) -> None:
    masha = await come()
    one = f"readers/{house.anna}"
    offered = await (await masha.get(f"{one}/books?book=каштанка", **IN_PLACE)).text()
    assert f'name="work" value="{house.wanted}"' in offered
    assert "Центральная библиотека" in offered
    fields = {"work": str(house.wanted), "pickup": "01", "key": "b" * 16}
    placed = await (await masha.post(f"{one}/hold", fields, **IN_PLACE)).text()
    assert "забронирована" in placed
    again = await (await masha.post(f"{one}/hold", fields, **IN_PLACE)).text()
    assert "забронирована" in again, "the same press is the same hold"
    (hold,) = await house.lending.holds(house.anna)
    twice = await (await masha.post(f"{one}/hold", fields | {"key": "c" * 16}, **IN_PLACE)).text()
    assert "Не забронирована: книга уже у читателя, или он её уже ждёт." in twice

    others = await masha.post(f"readers/{house.boris}/cancel", {"hold": str(hold.hold_id), "key": "d" * 16}, **IN_PLACE)
    assert "Такой брони нет" in await others.text()
    ended = await (await masha.post(f"{one}/cancel", {"hold": str(hold.hold_id), "key": "d" * 16}, **IN_PLACE)).text()
    assert "бронь снята" in ended
    assert not await house.lending.holds(house.anna)


async def test_the_books_stay_here_while_another_one_is_reserved(come: Come, house: DeskReaders) -> None:
    masha = await come()
    one = f"readers/{house.anna}"
    page = await (await masha.get(one)).text()
    search = page[page.index(f'action="/console/{one}/books"') :].partition("</form>")[0]
    assert 'name="hand" value="1"' in search
    offered = await (await masha.get(f"{one}/books?book=каштанка&hand=1", **IN_PLACE)).text()
    assert 'name="hand" value="1"' in offered

    fields = {"work": str(house.wanted), "pickup": "01", "key": "b" * 16, "hand": "1"}
    placed = await (await masha.post(f"{one}/hold", fields, **IN_PLACE)).text()

    assert 'aria-current="true">Книги здесь' in placed


async def test_a_book_that_came_back_is_the_next_reader_s_however_often_it_is_pressed(
    come: Come, house: DeskReaders
) -> None:
    work = next(loan.work_id for loan in await house.lending.loans(house.anna) if loan.title == TITLES[0])
    await house.lending.hold(house.boris, work or 0, "01")
    masha = await come()
    page = await (await masha.get(f"readers/{house.anna}")).text()
    assert f'data-sure="Читатель вернул «{TITLES[0]}»?"' in page
    fields = [{"loan": str(number)} for number in house.loans]

    pages = [
        await (await masha.post(f"readers/{house.anna}/back", one, **IN_PLACE)).text()
        for one in (fields[0], fields[0], fields[1])
    ]

    assert f"«{TITLES[0]}», Автор: возвращена. Её ждёт другой читатель" in pages[0]
    assert "Этой книги у читателя уже нет." in pages[1]
    assert f"«{TITLES[1]}», Автор: возвращена.<" in pages[2]
    assert await house.lending.loans(house.anna) == ()
    assert [hold.patron_id for hold in await house.ports().shelf.waiting()] == [house.boris]
    told = f"staff:masha loan.back patron:{house.anna} {house.anna}"
    assert (await audited(house.database)).count(told) == 2


async def test_a_book_of_another_reader_is_not_taken_back(come: Come, house: DeskReaders) -> None:
    masha = await come()
    fields = {"loan": str(house.loans[0])}

    page = await (await masha.post(f"readers/{house.boris}/back", fields, **IN_PLACE)).text()
    assert "Этой книги у читателя уже нет." in page
    assert len(await house.lending.loans(house.anna)) == 2


async def shown_up(house: DeskReaders) -> None:
    """Both books were renewed from afar as often as may be."""
    for loan in house.loans:
        await house.lending.set_loan(loan, renewals=1, remote_renewals=1)


@pytest.mark.parametrize("policy", [FEW_FROM_AFAR])
async def test_a_book_on_the_desk_is_renewed_by_the_rules_for_the_desk(come: Come, house: DeskReaders) -> None:
    await shown_up(house)
    masha = await come()
    one = f"readers/{house.anna}"

    page = await (await masha.get(one)).text()
    assert "продлить можно ещё 4 раза" in page
    assert "продления без книги дальше считаются заново" in page
    fields = {"loan": str(house.loans[0]), "key": await key_of(masha, house.anna), "hand": "1"}
    done = await (await masha.post(f"{one}/renew", fields, **IN_PLACE)).text()

    assert "продлена до" in done
    assert "продлить можно ещё 4 раза" in done, "the piece goes on for the desk: of the other book"
    loans = {loan.loan.loan_id: loan.loan for loan in await house.lending.loans(house.anna)}
    assert (loans[house.loans[0]].renewals, loans[house.loans[0]].remote_renewals) == (2, 0)
    async with house.database.engine.connect() as connection:
        (row,) = await connection.execute(select(RenewalRow.remote, RenewalRow.renewed_by))
    assert tuple(row) == (False, "staff:masha")
    note = f"staff:masha renew patron:{house.anna} {house.anna} {{'more': '1/1, shown'}}"
    assert note in await audited(house.database)
    assert (
        "продлено 1 из 1, с книгой в руках"
        in await (await (await come("anton", StaffRole.ADMIN)).get("journal")).text()
    )


@pytest.mark.parametrize("policy", [FEW_FROM_AFAR])
async def test_who_calls_has_no_book_to_show(come: Come, house: DeskReaders) -> None:
    await shown_up(house)
    masha, talk = await come(), await house.conversation()
    one = f"readers/{house.anna}"

    beside = await (await masha.get(f"c/{talk}/card", **IN_PLACE)).text()
    for page in (beside, await (await masha.get(f"{one}/lending?hand=0", **IN_PLACE)).text()):
        assert page.count("дальше только с книгой в руках") == 2
        assert "Продлить</button>" not in page
    assert (await masha.get(f"{one}/lending?hand=0")).headers["Location"] == f"/console/{one}?hand=0"
    assert "дальше только с книгой в руках" in await (await masha.get(f"{one}?hand=0")).text()
    fields = {"loan": str(house.loans[0]), "key": "e" * 16, "hand": "0"}
    page = await (await masha.post(f"{one}/renew", fields, **IN_PLACE)).text()
    assert "не продлена, дальше только с книгой в руках" in page


@pytest.mark.parametrize("policy", [replace(DECIDES, confirmation=Confirmation.STAFF)])
async def test_at_the_desk_the_staff_confirm_by_renewing(come: Come, house: DeskReaders) -> None:
    masha = await come()
    one = f"readers/{house.anna}"
    fields = {"key": await key_of(masha, house.anna)}

    called = await masha.post(f"{one}/renew", fields | {"loan": str(house.loans[0]), "hand": "0"}, **IN_PLACE)
    shown = await masha.post(f"{one}/renew", fields | {"loan": str(house.loans[1]), "hand": "1"}, **IN_PLACE)

    assert f"«{TITLES[0]}», Автор: записана заявка" in await called.text()
    assert f"«{TITLES[1]}», Автор: продлена до" in await shown.text()


async def lent_at_two_branches(house: DeskReaders) -> None:
    """One of Анна's books was taken at the children's library."""
    async with house.database.engine.connect() as connection:
        children = await connection.scalar(select(BranchRow.id).where(BranchRow.code == "02"))
    await house.lending.set_loan(house.loans[1], branch_id=children)


async def test_each_book_says_which_branch_lent_it(come: Come, house: DeskReaders) -> None:
    await lent_at_two_branches(house)
    page = await (await (await come()).get(f"readers/{house.anna}")).text()

    rows = {title: page.partition(f"<b>{title}")[2].partition("</li>")[0] for title in TITLES}
    assert "Выдали здесь: Центральная библиотека" in rows[TITLES[0]]
    assert "Выдали здесь: Детская библиотека" in rows[TITLES[1]]


@pytest.mark.parametrize("setting", [replace(SETTING, branches={"01": "Сельская библиотека"})])
async def test_where_there_is_but_one_branch_nothing_is_said_of_it(come: Come, house: DeskReaders) -> None:
    assert "Выдали здесь" not in await (await (await come()).get(f"readers/{house.anna}")).text()
