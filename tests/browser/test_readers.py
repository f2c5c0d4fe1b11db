"""Readers, requests and the journal in a real browser: for everybody, in both themes, by keyboard."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Dialog, expect
from sqlalchemy import insert, select, update

from bot.clock import SystemClock, local_day
from bot.library.notices import NoticeKind
from bot.messages import Contact
from bot.staff import StaffRole
from db.connect import connect
from db.models import BranchRow, ContactRow, PatronRow
from db.models_circulation import LoanRow, RenewalRequestRow
from db.models_notices import NoticeItemRow, NoticeRow
from tests.browser.conftest import Visit
from tests.browser.screens import screens_of
from tests.browser.visitor import Visitor
from tests.console.house import ConsoleHouse
from tests.support.accounts import CONSENT
from tests.support.databases import Databases
from tests.support.fake_library import CENTRAL, CHILDREN, FakeBranches, FakeCatalogue, FakeFaq, sample_library
from tests.support.staff import hire

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CARD = "0100001"
ENDLESS = "Полное собрание сочинений и писем в тридцати томах " * 4


@dataclass
class Readers:
    """A console over a library with readers."""

    house: ConsoleHouse
    anna: int
    loans: list[int]

    async def fill(self) -> None:
        """A request that waits, somebody whom nothing reached; books to put aside, to hand out and to put back."""
        lending, now = self.house.lending, self.house.clock.now()
        ivan = await lending.patron("0300001", surname="Ждущий", given_name="Иван")
        holds = {}
        for title in ("Каштанка", "Белолобый", "Ванька"):
            wanted, _ = await lending.book(title)
            holds[title] = (await lending.hold(ivan, wanted)).hold_id
        for title in ("Белолобый", "Ванька"):
            assert await lending.desk.make_ready(holds[title])
        await lending.circulation.cancel_hold(ivan, holds["Ванька"], "over")
        async with lending.database.writer.begin() as connection:
            row = (await connection.execute(select(LoanRow).where(LoanRow.id == self.loans[1]))).one()
            waits = {"cause": "staff", "state": "waiting", "asked_at": now - timedelta(hours=3), "key": "1"}
            whose = {"loan_id": row.id, "patron_id": self.anna, "branch_id": row.branch_id, "title": ENDLESS}
            dates = {"due_before": row.due_on, "due_on": row.due_on + timedelta(days=14)}
            await connection.execute(insert(RenewalRequestRow).values(waits | whose | dates))
            notice = {"patron_id": self.anna, "state": "unreached", "zone": "Europe/Moscow", "planned_at": now}
            adding = insert(NoticeRow).values(**notice, send_at=now, channel="", ended_at=now, why="")
            number = await connection.scalar(adding.returning(NoticeRow.id))
            item = {"kind": NoticeKind.OVERDUE.value, "subject_id": self.loans[0], "day": date(2026, 3, 1), "stage": 1}
            await connection.execute(insert(NoticeItemRow).values(**item, notice_id=number))

    async def links(self) -> None:
        """The one chat there is links Анна's card."""
        async with self.house.lending.database.engine.connect() as connection:
            row = (await connection.execute(select(ContactRow.channel, ContactRow.address))).one()
        contact, accounts = Contact(channel=row.channel, address=row.address), self.house.accounts
        await accounts.accounts.agree(contact, CONSENT["ru"].version, "agree")
        issued = await accounts.desk.issue_code(CARD, "desk")
        assert issued is not None
        await accounts.accounts.link_by_code(contact, issued.code, "link")


@pytest_asyncio.fixture(loop_scope="session")
async def readers(databases: Databases) -> AsyncIterator[Readers]:
    """Анна has two books, one of them late."""
    database, clock = await connect(await databases.url("sqlite")), SystemClock()
    await hire(database, clock, role=StaffRole.ADMIN)
    library = sample_library(FakeCatalogue(), FakeFaq(), FakeBranches(CENTRAL, CHILDREN))
    house = ConsoleHouse(database, clock, library=library)
    await house.open()
    lending = house.lending
    await lending.opens()
    person = {"surname": "Каренина", "given_name": "Анна", "phone": "8 (912) 345-67-89", "category": "взрослый"}
    anna = await lending.patron(CARD, **person, birth_date=date(1985, 3, 12), valid_until=date(2020, 1, 1))
    for number in range(3):
        await lending.patron(f"02{number}", surname="Каренин", given_name="Ы" * 60, birth_date=date(2010, 1, 1))
    loans = []
    for title in ("Война и мир", ENDLESS):
        _, items = await lending.book(title)
        async with database.writer.begin() as connection:
            now, branch = clock.now(), select(BranchRow.id).where(BranchRow.code == "01").scalar_subquery()
            days = {"issued_on": now.date() - timedelta(days=20), "due_on": now.date() + timedelta(days=9)}
            lent = {"patron_id": anna, "item_id": items[0], "branch_id": branch, "as_of": now}
            loans.append(int(await connection.scalar(insert(LoanRow).values(lent | days).returning(LoanRow.id)) or 0))
    async with database.writer.begin() as connection:
        late = {"due_on": clock.now().date() - timedelta(days=4)}
        await connection.execute(update(LoanRow).where(LoanRow.id == loans[0]).values(late))
        await connection.execute(update(PatronRow).where(PatronRow.id == anna).values(valid_until=None))
    yield Readers(house, anna, loans)
    await house.close()
    await databases.drop(database)


async def enters(visit: Visit, readers: Readers, **window: object) -> Visitor:
    """A librarian who has signed in."""
    desk = {"width": 1440, "height": 900, "staff": "masha"}
    return await visit(f"{readers.house.address}/console/", **{**desk, **window})


async def accept(dialog: Dialog) -> None:
    """Yes."""
    await dialog.accept()


async def test_a_reader_is_found_helped_and_given_a_code_by_keyboard(visit: Visit, readers: Readers) -> None:
    await readers.fill()
    masha = await enters(visit, readers)
    page, keys = masha.page, masha.page.keyboard
    await expect(page.get_by_role("navigation").get_by_text("4", exact=True)).to_be_visible()
    await keys.press("g")
    await keys.press("p")
    await expect(page.get_by_label("Номер билета, фамилия или телефон")).to_be_focused()
    await keys.type("каренин")
    await keys.press("Enter")
    await expect(page.locator("[data-row]")).to_have_count(4)
    await page.get_by_label("Номер билета, фамилия или телефон").fill(CARD)
    await keys.press("Enter")
    await expect(page.locator("[data-row]")).to_have_count(1)
    await page.wait_for_load_state()
    await keys.press("Escape")
    await keys.press("j")
    await keys.press("Enter")
    await expect(page.get_by_role("heading", name="Каренина Анна")).to_be_visible()
    assert CARD not in page.url

    await page.get_by_role("button", name="Выдать код для чата").focus()
    await keys.press("Enter")
    await expect(page.locator(".big-code")).to_be_visible()
    await page.emulate_media(media="print")
    await expect(page.get_by_role("button", name="Напечатать")).to_be_hidden()
    await expect(page.locator(".big-code")).to_be_visible()
    printed = await page.pdf(prefer_css_page_size=True)
    assert re.findall(rb"/MediaBox \[0 0 (\d+)[.\d]* (\d+)", printed) == [(b"298", b"420")], "one sheet, A6 in points"


async def test_a_sheet_with_a_code_that_is_loaded_again_makes_no_other_code(visit: Visit, readers: Readers) -> None:
    """The one on paper would work no more."""
    masha = await enters(visit, readers)
    page, sent = masha.page, []
    await masha.opens(f"{readers.house.address}/console/readers/{readers.anna}")
    await page.get_by_role("button", name="Выдать код для чата").click()
    await masha.sees(page.locator(".big-code"))
    page.on("request", lambda request: sent.append(request.method))

    await page.reload()

    await expect(page.get_by_role("heading", name="Каренина Анна")).to_be_visible()
    assert "POST" not in sent


@pytest.mark.parametrize("width", [360, 768])
async def test_what_waits_is_seen_on_a_phone_without_opening_the_menu(
    visit: Visit, readers: Readers, width: int
) -> None:
    await readers.fill()
    masha = await enters(visit, readers, width=width)
    waits = masha.page.get_by_role("navigation", name="Что ждёт вас")
    await expect(waits.get_by_role("link")).to_have_text(["Заявки4"])
    assert await masha.barriers() == []

    chat = await visit(readers.house.address)
    await chat.says("Нужен человек")
    await chat.hears("Записал, библиотекарь ответит")
    await waits.get_by_role("link").click()

    await expect(waits.get_by_role("link")).to_have_text(["Диалоги1"])
    box = await waits.get_by_role("link").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert await masha.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_name_without_a_gap_is_broken_and_two_figures_leave_the_sections_in_one_row(
    visit: Visit, readers: Readers
) -> None:
    await readers.fill()
    chat = await visit(readers.house.address)
    await chat.says("Нужен человек")
    await chat.hears("Записал, библиотекарь ответит")
    masha = await enters(visit, readers, width=1280)
    await masha.opens(f"{readers.house.address}/console/readers/{readers.anna + 1}")
    sections = masha.page.get_by_role("navigation", name="Разделы")
    await expect(sections.locator(".badge")).to_have_count(2)
    tops = await sections.locator("a").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().top)")
    assert len(set(tops)) == 1
    await masha.page.set_viewport_size({"width": 360, "height": 740})
    await expect(masha.page.get_by_role("heading", name="Каренин")).to_be_visible()
    assert await masha.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_who_waits_is_counted_beside_the_section_as_it_happens(visit: Visit, readers: Readers) -> None:
    masha = await enters(visit, readers)
    section = masha.page.get_by_role("navigation", name="Разделы").get_by_role("link", name="Диалоги")
    await expect(section).to_have_text("Диалоги")
    chat = await visit(readers.house.address)
    await chat.says("Нужен человек")

    await expect(section).to_have_text("Диалоги1")
    await masha.page.locator("[data-row]").click()
    await expect(section).to_have_text("Диалоги1")
    await masha.page.get_by_role("button", name="Взять").click()
    await expect(section).to_have_text("Диалоги")


async def test_whoever_has_the_books_before_them_renews_by_the_rules_for_the_desk(
    visit: Visit, readers: Readers
) -> None:
    today = local_day(readers.house.clock.now(), CENTRAL.zone)  # late in the evening of UTC it is tomorrow there
    await readers.house.lending.set_loan(readers.loans[0], due_on=today)
    await readers.house.lending.set_loan(readers.loans[1], remote_renewals=2)
    masha = await enters(visit, readers, width=360)
    await masha.opens(f"{readers.house.address}/console/readers/{readers.anna}")
    lending = masha.page.locator(".lending")
    await expect(lending.get_by_role("button", name=re.compile("^Продлить:"))).to_have_count(2)

    called = lending.get_by_role("link", name="Звонок или чат")
    await called.focus()
    await masha.page.keyboard.press("Enter")

    await expect(lending.get_by_text("дальше только с книгой в руках")).to_be_visible()
    await expect(lending.get_by_role("button", name=re.compile("^Продлить:"))).to_have_count(1)
    await expect(called).to_be_focused()
    await lending.get_by_role("link", name="Книги здесь").click()
    await lending.get_by_role("button", name=re.compile("^Продлить: Полное")).click()
    await expect(lending.get_by_text(re.compile("продлена до"))).to_be_visible()


async def test_a_list_of_books_to_fetch_is_printed_black_on_white_and_has_nothing_to_press(
    visit: Visit, readers: Readers
) -> None:
    await readers.fill()
    masha = await enters(visit, readers, color_scheme="dark")
    page = masha.page
    for path in ("requests", f"readers/{readers.anna}", "journal"):
        await masha.opens(f"{readers.house.address}/console/{path}")
        await page.emulate_media(media="print")
        assert await page.locator("h1").evaluate("(one) => getComputedStyle(one).color") == "rgb(0, 0, 0)"
        await expect(page.locator("button:visible, select:visible, input:visible, .top:visible")).to_have_count(0)
        printed = await page.pdf(prefer_css_page_size=True)
        sizes = set(re.findall(rb"/MediaBox \[0 0 (\d+)[.\d]* (\d+)", printed))
        assert sizes == {(b"612", b"792")}, "the size that the printer has, not that of a code for the chat"
        await page.emulate_media(media="screen")
    await masha.opens(f"{readers.house.address}/console/requests")
    when = page.get_by_text(re.compile(r"^все филиалы, \d\d\.\d\d\.\d{4}, \d\d:\d\d$"))
    await expect(when).to_be_hidden()
    await page.emulate_media(media="print")
    await expect(when).to_be_visible()  # a list in a pocket is read on another day
    for book in ("Каштанка", "Белолобый", "Ванька"):
        await expect(page.get_by_text(book, exact=True)).to_be_visible()


async def test_requests_are_decided_after_a_question(visit: Visit, readers: Readers) -> None:
    await readers.fill()
    masha = await enters(visit, readers)
    await masha.opens(f"{readers.house.address}/console/requests")
    page = masha.page
    await page.get_by_role("button", name="Продлить: ").click()  # and no: nothing happens
    page.on("dialog", accept)
    await page.get_by_label("Отметить все").check()
    await expect(page.locator("[data-pick]")).to_be_checked()
    await page.get_by_role("button", name="Продлить отмеченные").click()
    await expect(page.get_by_text("читатель узнает сам")).to_be_visible()
    assert await masha.barriers() == []
    await expect(page.get_by_role("button", name="Отменить решение")).to_be_visible()
    await page.keyboard.press("u")
    await expect(page.get_by_text("решение отменено, заявка снова ждёт")).to_be_visible()
    await expect(page.locator("[data-pick]")).to_have_count(1)
    await page.keyboard.press("j")
    await expect(page.locator("[data-pick]")).to_be_focused()
    await page.get_by_role("button", name="Отложена: Каштанка").click()
    await expect(page.get_by_text("отложена до")).to_be_visible()
    assert await masha.barriers() == []
    assert page.url == f"{readers.house.address}/console/requests", "a page loaded again puts nothing aside again"
    await page.reload()
    await expect(page.get_by_text("отложена до")).to_have_count(0)
    await page.get_by_role("button", name="Выдана: Каштанка").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("выдана, бронь закрыта")).to_be_visible()
    await page.get_by_role("button", name="Позвонили").click()
    await expect(page.get_by_text("Отмечено: Каренина Анна")).to_be_visible()


async def test_enter_decides_what_stands_where_it_is_pressed(visit: Visit, readers: Readers) -> None:
    await readers.fill()
    masha = await enters(visit, readers)
    await masha.opens(f"{readers.house.address}/console/requests")
    page, asked = masha.page, list[str]()

    async def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message.partition(" ")[0])
        await dialog.dismiss()

    page.on("dialog", refuse)
    await page.get_by_label("Новый срок").press("Enter")
    await page.get_by_label("Отметить все").press("Enter")
    await page.get_by_label("или своими словами").press("Enter")

    assert asked == ["Продлить", "Продлить", "Отказать"]


async def test_a_book_that_is_not_on_the_shelf_is_hidden_found_again_and_refused(
    visit: Visit, readers: Readers
) -> None:
    await readers.fill()
    work, _ = await readers.house.lending.book("Мойдодыр")
    await readers.house.lending.hold(readers.anna, work)
    masha = await enters(visit, readers)
    page, root = masha.page, f"{readers.house.address}/console/"
    page.on("dialog", accept)
    await masha.opens(root + "requests")
    missing = page.get_by_role("button", name="Не нашлась на полке: Мойдодыр")
    await missing.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Читатель ждёт дальше, место за ним")).to_be_visible()
    assert await masha.shuts_out() == []
    await page.get_by_role("button", name="Всё-таки нашлась").click()
    await expect(page.get_by_text("снова в списке")).to_be_visible()
    await missing.click()
    await page.get_by_role("link", name="Книги больше нет?").click()
    await expect(page.get_by_role("heading", name="Каренина Анна")).to_be_visible()
    await page.get_by_text("Библиотека не может её дать").click()
    assert await masha.shuts_out() == []
    await page.get_by_label("Причина, её узнает читатель").fill("Единственный экземпляр утерян")
    await page.get_by_role("button", name="Отказать: Мойдодыр").click()
    await expect(page.get_by_text("в брони отказано, читатель узнает причину")).to_be_visible()
    await expect(page.get_by_text("Броней нет.")).to_be_visible()


async def test_the_card_beside_a_conversation_renews(visit: Visit, readers: Readers) -> None:
    reader = await visit(readers.house.address)
    await reader.says("человек")
    await reader.hears("Записал")
    await readers.links()
    await readers.house.lending.set_loan(readers.loans[0], due_on=date(2030, 1, 1))
    masha = await enters(visit, readers)
    await masha.page.locator("[data-row]").click()
    card = masha.page.locator(".their-card")
    await expect(card).to_contain_text("книг: 2")
    await card.locator("summary").focus()
    await masha.page.keyboard.press("Enter")
    await card.get_by_role("button", name="Продлить: Полное").click()
    await expect(card.get_by_role("status").first).to_contain_text("продлена до")
    await expect(card.locator(".outcome")).to_be_focused()
    loans = await readers.house.lending.loans(readers.anna)
    assert sum(loan.loan.renewals for loan in loans) == 1


async def test_what_became_of_a_form_is_read_out_and_keys_go_on_from_there(visit: Visit, readers: Readers) -> None:
    await readers.fill()
    masha = await enters(visit, readers)
    page, keys = masha.page, masha.page.keyboard
    await masha.opens(f"{readers.house.address}/console/requests")
    await page.get_by_role("button", name="Отложена: Каштанка").focus()
    await keys.press("Enter")
    await expect(page.locator(".outcome")).to_be_focused()
    await expect(page.locator(".outcome")).to_contain_text("отложена до")

    await masha.opens(f"{readers.house.address}/console/staff")
    await page.get_by_role("button", name="Сохранить").focus()
    await keys.press("Enter")
    await expect(page.get_by_text("Сохранено.")).to_be_focused()


async def test_who_hears_the_staff_page_knows_whose_button_it_is(visit: Visit, readers: Readers) -> None:
    masha = await enters(visit, readers)
    await masha.opens(f"{readers.house.address}/console/staff")
    for what in ("Сохранить", "Новый пароль", "Выйти везде"):
        await expect(masha.page.get_by_role("button", name=what)).to_have_accessible_description("Мария Петровна masha")
    await expect(masha.page.get_by_label("Закрыть вход")).to_have_accessible_description("Мария Петровна masha")


async def test_no_screen_about_readers_shuts_anybody_out(visit: Visit, readers: Readers) -> None:
    reader = await visit(readers.house.address)
    await reader.says("человек")
    await reader.hears("Записал")
    await readers.links()
    await readers.fill()
    masha = await enters(visit, readers)
    root, one = f"{readers.house.address}/console/", f"readers/{readers.anna}"
    await masha.opens(root + "requests")
    for heading in ("Отложить для читателей", "Ждут читателей на полке", "Вернуть на место"):
        await expect(masha.page.get_by_role("heading", name=heading)).to_be_visible()
    assert one in screens_of(__name__)
    for path in screens_of(__name__):
        await masha.opens(root + path)
        assert await masha.shuts_out() == [], path
        await masha.page.wait_for_load_state("networkidle")
    await masha.opens(root + one)
    await masha.page.get_by_role("button", name="Выдать код для чата").click()
    await expect(masha.page.locator(".big-code")).to_be_visible()
    assert await masha.shuts_out() == []
    await masha.opens(root + "readers")
    await masha.page.get_by_label("Номер билета, фамилия или телефон").fill("каренин")
    await masha.page.keyboard.press("Enter")
    await expect(masha.page.locator("[data-row]")).to_have_count(4)
    assert await masha.shuts_out() == []
    await masha.opens(root + "c/1")
    await masha.page.locator(".their-card summary").click()
    await expect(masha.page.locator(".their-card").get_by_text("На руках")).to_be_visible()
    assert await masha.shuts_out() == []


async def test_a_long_name_of_a_branch_does_not_push_the_page_aside(visit: Visit, readers: Readers) -> None:
    work, _ = await readers.house.lending.book("Каштанка")
    catalogue = readers.house.library.catalogue
    assert isinstance(catalogue, FakeCatalogue)
    catalogue.cards = {work: replace(catalogue.holds("Каштанка"), work_id=work)}
    masha = await enters(visit, readers, width=360)
    await masha.opens(f"{readers.house.address}/console/readers/{readers.anna}")
    await masha.page.get_by_label("Забронировать: название или автор").fill("Каштанка")
    await masha.page.keyboard.press("Enter")
    await expect(masha.page.get_by_role("button", name="Забронировать: Каштанка")).to_be_visible()

    long = "Городская библиотека имени Н. А. Некрасова (филиал № 11)"
    await masha.page.get_by_label("Где забрать").evaluate("(at, long) => { at.options[0].text = long; }", long)

    assert await masha.sideways() == 0
