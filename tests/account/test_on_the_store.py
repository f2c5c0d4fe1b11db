"""A reader's account over the real store: what the dialogues say is what the tables hold."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.library.holds import HoldState
from bot.messages import Document, Picture
from bot.ports.library import Library
from db.connect import Database
from db.files import SqlFiles
from db.models import ContactRow, ConversationRow, FileRow, MessageRow, PatronRow
from db.models_accounts import ConsentRow, ContactCardRow, NoticeWishRow
from db.models_circulation import HoldRow, RenewalRow
from tests.support.accounts import CARD, OTHER_CARD, Desk, opened_desk
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, FakeBranches, FakeCatalogue, FakeFaq, at, sample_library
from tests.support.lending import LendingLibrary
from tests.support.store_reader import StoreReader

TITLES = ("Война и мир", "Двенадцать стульев", "Обломов")
WANTED = "Каштанка"


@dataclass
class House:
    """A library over one store, and its reader Анна, who has three books at home and has linked nothing yet."""

    desk: Desk
    lending: LendingLibrary
    library: Library
    reader: StoreReader
    patron: int
    wanted: int

    async def count(self, table: type) -> int:
        """Rows of a table."""
        async with self.desk.database.engine.connect() as connection:
            return await connection.scalar(select(func.count()).select_from(table)) or 0

    async def links(self) -> None:
        """Анна agrees and proves her card."""
        await self.reader.says("привяжи билет")
        await self.reader.says("согласна")
        await self.reader.says(await self.desk.code_for(CARD))
        self.reader.hears("Анна, готово: билет привязан.")

    async def renewals(self) -> list[int]:
        """How often each of the three books was renewed."""
        loans = {loan.title: loan.loan.renewals for loan in await self.lending.loans(self.patron)}
        return [loans[title] for title in TITLES]


async def _patron(desk: Desk, card: str) -> int:
    async with desk.database.engine.connect() as connection:
        found = await connection.scalar(select(PatronRow.id).where(PatronRow.card_number == card))
    assert found is not None
    return found


@pytest.fixture
async def house(sqlite: Database, clock: StandingClock) -> AsyncIterator[House]:
    """Three books are at Анна's; a fourth, which she wants, is at Борис's."""
    lending = LendingLibrary(sqlite, clock)
    await lending.opens()
    async with opened_desk(sqlite, clock, circulation=lending.circulation) as desk:
        catalogue = FakeCatalogue()
        anna, boris = await _patron(desk, CARD), await _patron(desk, OTHER_CARD)
        for title in TITLES:
            _, items = await lending.book(title)
            await lending.lend(anna, items[0])
        wanted, items = await lending.book(WANTED)
        await lending.lend(boris, items[0])
        card = catalogue.holds(WANTED, "Автор", at(CENTRAL, 0, 1))
        catalogue.cards = {wanted: replace(card, work_id=wanted)}
        lending.days(3)
        library = replace(
            sample_library(catalogue, FakeFaq(), FakeBranches(CENTRAL)),
            branches=lending.branches,
            accounts=desk.accounts,
            circulation=lending.circulation,
            files=SqlFiles(sqlite, clock),
        )
        yield House(desk, lending, library, StoreReader(library, clock, desk.log), anna, wanted)


async def test_a_refusal_keeps_nothing_and_consent_leads_to_the_books(house: House) -> None:
    await house.reader.says("мои книги")
    house.reader.hears("Согласен на всё")
    await house.reader.presses("Не согласен")
    house.reader.hears("ничего личного не сохраняю")
    assert (await house.count(ConsentRow), await house.count(ContactCardRow)) == (0, 0)

    await house.reader.says("мои книги")
    await house.reader.presses("Согласен")
    house.reader.hears("Пришлите одноразовый код.")
    await house.reader.says("000000")
    house.reader.hears("Не подошло.")
    await house.reader.says(await house.desk.code_for(CARD))

    house.reader.hears("Анна, готово: билет привязан.", "У вас на руках 3 книги.", *(f"«{one}»" for one in TITLES))
    assert (await house.count(ConsentRow), await house.count(ContactCardRow)) == (1, 1)


async def test_books_are_renewed_by_number_and_all_at_once_and_twice_is_once(house: House) -> None:
    await house.links()
    await house.reader.says("мои книги")
    house.reader.hears("1. «Война и мир»", "2. «Двенадцать стульев»", "3. «Обломов»")
    button = house.reader.button("Продлить всё")
    await house.reader.says("продли 2 и 3")
    house.reader.hears("«Двенадцать стульев»", "теперь до", "«Обломов»", "теперь до")
    house.reader.hears_nothing_of("Война и мир")
    assert await house.renewals() == [0, 1, 1]

    await house.reader.presses_payload(button.payload)
    assert await house.renewals() == [1, 1, 1]
    await house.reader.presses_payload(button.payload)
    house.reader.hears("уже продлена")
    await house.reader.says("продли всё")
    house.reader.hears("продлевать рано")

    assert await house.renewals() == [1, 1, 1]
    assert await house.count(RenewalRow) == 3


async def test_a_hold_is_placed_listed_suspended_and_cancelled(house: House) -> None:
    await house.links()
    await house.reader.says("забронируй каштанку")
    house.reader.hears("Забронировать «Каштанка»")
    await house.reader.says("да")
    if "Где вам удобно забрать?" in house.reader.text:
        await house.reader.presses("Центральная библиотека")
    (hold,) = await house.lending.holds(house.patron)
    assert (hold.work_id, hold.pickup, hold.state) == (house.wanted, "01", HoldState.QUEUED)

    await house.reader.says("мои брони")
    house.reader.hears("Вы ждёте:", "«Каштанка»", "Следующая очередь ваша.")
    await house.reader.presses("Уезжаю, пусть ждёт")
    await house.reader.says("до 10 июня")
    house.reader.hears("до 10 июня пропускаю вашу очередь")
    (hold,) = await house.lending.holds(house.patron)
    assert hold.state is HoldState.SUSPENDED
    await house.reader.says("мои брони")
    await house.reader.presses("Отменить бронь")
    await house.reader.says("да")

    house.reader.hears("Бронь отменена.")
    assert await house.lending.holds(house.patron) == ()


async def test_reminders_are_set_and_stop_is_heard(house: House) -> None:
    await house.links()
    await house.reader.says("напоминай за 5 дней")
    house.reader.hears("О сроке напоминаю за 5 дней.")
    await house.reader.says("скрой названия книг")
    wishes = (await house.desk.accounts.behind(house.reader.contact)).wishes
    assert (wishes.due_days, wishes.hide_titles, wishes.muted) == ((5,), True, False)

    await house.reader.says("стоп")

    house.reader.hears("больше ничего не присылаю")
    assert (await house.desk.accounts.behind(house.reader.contact)).wishes == replace(wishes, muted=True)


async def test_a_card_is_unlinked_in_a_word(house: House) -> None:
    await house.links()
    await house.reader.says("отвяжи карту")

    house.reader.hears("Билет отвязан.")
    assert await house.count(ContactCardRow) == 0
    await house.reader.says("мои книги")
    house.reader.hears("Пришлите одноразовый код.")
    house.reader.hears_nothing_of(*TITLES)


async def _file(house: House, kind: type[Document] | type[Picture]) -> bytes:
    (kept,) = [one for reply in house.reader.heard for one in reply.attachments if isinstance(one, kind)]
    assert kept.file is not None
    assert house.library.files is not None
    data = await house.library.files.read(kept.file.file_id)
    assert data is not None
    return data


async def test_what_is_kept_comes_as_a_file_and_nothing_of_it_stays_when_it_is_asked_to_go(
    house: House, clock: StandingClock
) -> None:
    await house.links()
    await house.reader.says("напоминай за 5 дней")
    await house.reader.says("мой билет")
    assert (await _file(house, Picture)).startswith(b"\x89PNG")
    await house.reader.says("мои данные")
    told = json.dumps(json.loads(await _file(house, Document)), ensure_ascii=False)
    assert CARD in told
    assert TITLES[0] in told
    assert await house.count(FileRow) == 2

    await house.reader.says("удалите мои данные")
    house.reader.hears("Удалить всё, что я о вас знаю?")
    assert await house.count(ContactCardRow) == 1
    await house.reader.presses("Да, удалить")

    house.reader.hears("Готово, ваши данные удалены.")
    assert [await house.count(table) for table in (ContactCardRow, NoticeWishRow, FileRow)] == [0, 0, 0]
    clock.turn(timedelta(minutes=11))
    assert await house.desk.store.retention.finish_erasures() == 1
    async with house.desk.database.engine.connect() as connection:
        (contact,) = (await connection.execute(select(ContactRow))).all()
        messages = (await connection.execute(select(MessageRow.text, MessageRow.content))).all()
        (talk,) = (await connection.execute(select(ConversationRow.dialogue))).all()
    assert contact.address.startswith("erased:")
    assert (contact.name, contact.language) == ("", "")
    assert {(row.text, row.content) for row in messages} == {("", None)}
    assert talk.dialogue == {}
    assert len(await house.lending.loans(house.patron)) == 3, "the books are the library's business still"


async def test_files_that_were_sent_age_out(house: House, clock: StandingClock) -> None:
    await house.links()
    await house.reader.says("мой билет")
    await house.reader.says("мои данные")
    clock.turn(timedelta(days=8))

    await house.desk.store.retention.tidy()

    assert await house.count(FileRow) == 0


async def test_a_hold_that_ended_is_no_longer_told_of_who_was_forgotten(house: House) -> None:
    await house.links()
    hold = await house.lending.hold(house.patron, house.wanted)
    await house.lending.circulation.cancel_hold(house.patron, hold.hold_id, house.lending.key())
    await house.reader.says("удалите мои данные")
    await house.reader.presses("Да, удалить")

    assert await house.count(HoldRow) == 0
