"""A reader hears of a due date once, in time, by the contact that works, and never of a book that is back."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from bot.library.holds import HoldState
from bot.library.notices import NoticeRules
from bot.library.shown_loans import unpacked
from db.connect import Database
from db.models_circulation import HoldRow
from tests.support.clock import StandingClock
from tests.support.lending import ZONE
from tests.support.notified import Notified, notified


@pytest.fixture
async def desk(database: Database, clock: StandingClock) -> AsyncIterator[Notified]:
    """It is Monday, 2 March, ten in the morning."""
    async with notified(database, clock) as opened:
        yield opened


# --- what is told --------------------------------------------------------------------------------


async def test_one_message_tells_of_all_books_and_renews_them(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    loans = await desk.borrows(anna, "Идиот", "Бесы")
    loans += await desk.borrows(anna, "Игрок", due_in=3)
    await desk.borrows(anna, "Подросток", due_in=9)

    await desk.engine.tick()

    (message,) = await desk.leaves("max")
    assert message.reply.text == (
        "Скоро срок возврата:\n"
        "завтра, 3 марта: «Бесы», Автор; «Идиот», Автор\n"
        "в четверг, 5 марта: «Игрок», Автор\n"
        "Не успеваете? Книги можно продлить: нажмите кнопку или напишите «продли».\n\n"
        "Чтобы я не напоминал, напишите: стоп."
    )
    assert message.reply.personal
    ((renew, mine),) = message.reply.buttons
    assert renew.label == "Продлить всё"
    shown = unpacked(renew.payload.removeprefix("renew:"))
    assert shown is not None
    assert {loan for loan, _ in shown.loans} == set(loans)
    assert mine.payload == "loans"


async def test_nothing_is_told_twice_however_often_it_is_planned_and_started(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    await desk.borrows(anna, "Идиот", due_in=3)
    said = []
    for _ in range(3 * 8):
        await desk.started().tick()
        said += await desk.texts("max")
        desk.clock.turn(timedelta(hours=3))
    assert [text.splitlines()[1].split(",")[0] for text in said] == ["в четверг", "завтра"]


async def test_a_renewed_book_has_another_date_and_is_told_of_again(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    (loan,) = await desk.borrows(anna, "Идиот")
    await desk.engine.tick()
    assert len(await desk.texts("max")) == 1
    await desk.library.set_loan(loan, due_on=desk.library.today + timedelta(days=3))
    await desk.started().tick()
    assert "в четверг, 5 марта" in (await desk.texts("max"))[0]


async def test_overdue_is_told_gently_and_not_for_ever(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    await desk.borrows(anna, "Идиот", due_in=-2)  # due on Saturday; on Sunday nobody could come
    said = []
    for _ in range(20):
        await desk.started().tick()
        said += await desk.texts("max")
        desk.clock.turn(timedelta(days=2))
    assert len(said) == 3
    assert said[0].startswith(
        "Срок возврата уже прошёл:\n28 февраля: «Идиот», Автор\nПринесите, пожалуйста, когда сможете."
    )


async def test_the_reader_decides_how_they_are_reminded(desk: Notified) -> None:
    anna, boris = await desk.reader("1"), await desk.reader("2")
    early = await desk.links(anna, "max", "early")
    await desk.wishes(early, due_days=[7], overdue=False, hide_titles=True)
    quiet = await desk.links(boris, "max", "quiet")
    await desk.wishes(quiet, muted=True)
    await desk.borrows(anna, "Идиот", due_in=7)
    await desk.borrows(anna, "Бесы", due_in=-5)
    await desk.borrows(boris, "Игрок")
    await desk.engine.tick()
    (text,) = await desk.texts("max")
    assert "в понедельник, 9 марта: 1 книга" in text
    assert "Идиот" not in text
    assert "Бесы" not in text


async def test_a_book_that_somebody_waits_for_is_not_offered(desk: Notified) -> None:
    anna, boris = await desk.reader("1", "max"), await desk.reader("2", "vk")
    work, (item,) = await desk.library.book("Идиот")
    lent = await desk.library.lend(anna, item)
    tomorrow = desk.library.today + timedelta(days=1)
    await desk.library.set_loan(lent.loan_id, due_on=tomorrow, issued_on=tomorrow - timedelta(days=15))
    await desk.library.hold(boris, work)
    await desk.engine.tick()
    (message,) = await desk.leaves("max")
    assert "Ждут другие читатели, поэтому продлить нельзя: «Идиот»." in message.reply.text
    assert [button.payload for row in message.reply.buttons for button in row] == ["loans"]


async def test_a_hold_that_waits_is_told_at_once_and_before_it_goes(desk: Notified) -> None:
    anna, boris = await desk.reader("1", "max"), await desk.reader("2", "vk")
    work, (item,) = await desk.library.book("Идиот")
    lent = await desk.library.lend(boris, item)
    hold = await desk.library.hold(anna, work)
    await desk.library.desk.take_back(lent.loan_id)
    await desk.engine.tick()
    assert await desk.texts("max") == []  # it is not on the shelf yet
    until = await desk.library.desk.make_ready(hold.hold_id)
    assert until is not None
    await desk.engine.tick()
    (text,) = await desk.texts("max")
    assert text.startswith(
        "Можно забирать: «Идиот», Автор. Где: Центральная библиотека, с. Донское, ул. Ленина, 5, сегодня до 19:00."
    )
    said = []
    while desk.library.today <= until:
        desk.clock.turn(timedelta(days=1))
        await desk.engine.tick()
        said += await desk.texts("max")
    assert len(said) == 1
    assert said[0].startswith("Книга ждёт вас только до ")


async def test_a_hold_that_is_not_ready_any_more_when_its_letter_leaves_is_not_spoken_of(desk: Notified) -> None:
    anna, boris = await desk.reader("1", "max"), await desk.reader("2", "vk")
    work, (item,) = await desk.library.book("Идиот")
    lent = await desk.library.lend(boris, item)
    hold = await desk.library.hold(anna, work)
    await desk.library.desk.take_back(lent.loan_id)
    await desk.library.desk.make_ready(hold.hold_id)
    await desk.engine.tick()
    async with desk.database.writer.begin() as connection:
        on_its_way = update(HoldRow).where(HoldRow.id == hold.hold_id).values(state=HoldState.IN_TRANSIT.value)
        await connection.execute(on_its_way)

    assert await desk.texts("max") == []


async def test_a_decision_of_the_staff_is_told_once(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    (loan,) = await desk.borrows(anna, "Идиот", due_in=5)
    await desk.asks_to_renew(anna, loan, "Идиот")
    (asked,) = await desk.library.requests.waiting()
    await desk.library.requests.refuse(asked.request_id, "staff:olga", "Книгу ждёт школа")
    await desk.engine.tick()
    assert await desk.texts("max") == [], "whoever decided may still take it back"
    desk.clock.turn(timedelta(minutes=1))
    await desk.engine.tick()
    await desk.started().tick()
    (text,) = await desk.texts("max")
    assert text == "Продлить не получилось: «Идиот». Книгу ждёт школа. Вернуть нужно до 7 марта."


async def test_each_decision_is_told_whatever_was_told_before(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    for title in ("Идиот", "Бесы"):
        (loan,) = await desk.borrows(anna, title, due_in=5)
        await desk.asks_to_renew(anna, loan, title)
        (asked,) = await desk.library.requests.waiting()
        await desk.library.requests.refuse(asked.request_id, "staff:olga", "Книгу ждёт школа")
        desk.clock.turn(timedelta(minutes=1))
        await desk.engine.tick()
        (text,) = await desk.texts("max")
        assert f"«{title}»" in text


async def test_a_decision_that_was_taken_back_is_not_told_the_next_one_is(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    (loan,) = await desk.borrows(anna, "Идиот", due_in=5)
    await desk.asks_to_renew(anna, loan, "Идиот")
    (asked,) = await desk.library.requests.waiting()
    await desk.library.requests.refuse(asked.request_id, "staff:olga", "Книгу ждёт школа")
    await desk.engine.tick()
    desk.clock.turn(timedelta(seconds=20))
    await desk.library.requests.take_back(asked.request_id, "staff:olga")
    desk.clock.turn(timedelta(minutes=1))
    await desk.engine.tick()
    assert await desk.texts("max") == []

    await desk.library.requests.refuse(asked.request_id, "staff:olga", "Её ждёт читатель")
    desk.clock.turn(timedelta(minutes=1))
    await desk.engine.tick()

    (text,) = await desk.texts("max")
    assert "Её ждёт читатель" in text


async def test_a_family_hears_once_each_child_by_name(desk: Notified) -> None:
    mother = await desk.reader("1")
    masha, petya = await desk.reader("2", name="Маша"), await desk.reader("3", name="Петя")
    await desk.links(mother, "max", "mother")
    for child in (masha, petya):
        await desk.links(child, "max", "mother", child=True)
    await desk.borrows(mother, "Идиот")
    await desk.borrows(masha, "Мойдодыр")
    await desk.borrows(petya, "Каштанка")
    await desk.engine.tick()
    (text,) = await desk.texts("max")
    assert text.index("«Идиот»") < text.index("Маша. Скоро") < text.index("Петя. Скоро") < text.index("«Каштанка»")
    assert text.count("стоп") == 1
    assert await desk.states() == ["sent"] * 3


# --- true when it leaves -------------------------------------------------------------------------


async def test_a_book_returned_seconds_before_is_not_spoken_of(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    idiot, besy = await desk.borrows(anna, "Идиот", "Бесы")
    await desk.engine.tick()
    await desk.library.desk.take_back(idiot)
    assert await desk.texts("max") == []
    await desk.engine.tick()
    (text,) = await desk.texts("max")
    assert "«Бесы»" in text
    assert "«Идиот»" not in text
    await desk.library.desk.take_back(besy)
    assert await desk.states() == ["sent"]


async def test_all_returned_before_it_leaves_is_silence(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    (loan,) = await desk.borrows(anna, "Идиот")
    await desk.engine.tick()
    await desk.library.desk.take_back(loan)
    assert await desk.texts("max") == []
    await desk.engine.tick()
    assert await desk.texts("max") == []
    assert await desk.states() == ["dropped"]


async def test_stop_on_the_way_is_obeyed(desk: Notified) -> None:
    anna = await desk.reader("1")
    contact = await desk.links(anna, "max", "anna")
    await desk.borrows(anna, "Идиот")
    await desk.engine.tick()
    await desk.wishes(contact, muted=True)
    assert await desk.texts("max") == []
    await desk.engine.tick()
    assert await desk.states() == ["dropped"]


async def test_a_process_that_dies_between_plan_and_letter_writes_once(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    await desk.borrows(anna, "Идиот")
    await desk.engine.plan()
    assert await desk.states() == ["planned"]
    await desk.started().tick()  # the first one died here
    await desk.started().tick()
    assert len(await desk.texts("max")) == 1


# --- when ----------------------------------------------------------------------------------------


async def test_nothing_leaves_at_night_and_nothing_is_lost(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    await desk.borrows(anna, "Идиот", due_in=2)
    desk.clock.moment = datetime(2026, 3, 2, 22, 30, tzinfo=ZONE)
    await desk.engine.tick()
    assert await desk.texts("max") == []
    desk.clock.moment = datetime(2026, 3, 3, 8, 59, tzinfo=ZONE)
    await desk.started().tick()
    assert await desk.texts("max") == []
    desk.clock.moment = datetime(2026, 3, 3, 9, 0, tzinfo=ZONE)
    await desk.started().tick()
    (text,) = await desk.texts("max")
    assert "завтра, 4 марта" in text  # the day is that of the reading, not of the planning


async def test_what_waits_in_the_outbox_when_the_night_begins_leaves_in_the_morning(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    await desk.borrows(anna, "Идиот", due_in=2)
    desk.clock.moment = datetime(2026, 3, 2, 20, 59, tzinfo=ZONE)
    await desk.engine.tick()
    desk.clock.moment = datetime(2026, 3, 2, 21, 1, tzinfo=ZONE)
    assert await desk.texts("max") == []
    desk.clock.moment = datetime(2026, 3, 3, 9, 1, tzinfo=ZONE)
    await desk.engine.tick()
    assert len(await desk.texts("max")) == 1


async def test_no_reader_gets_more_than_three_messages_a_day(database: Database, clock: StandingClock) -> None:
    async with notified(database, clock, rules=NoticeRules(most_a_day=1)) as desk:
        anna = await desk.reader("1", "max")
        await desk.borrows(anna, "Идиот", due_in=2)
        await desk.engine.tick()
        await desk.borrows(anna, "Бесы", due_in=3)
        await desk.started().tick()
        assert len(await desk.texts("max")) == 1
        desk.clock.turn(timedelta(hours=25))
        await desk.started().tick()
        assert len(await desk.texts("max")) == 1


async def test_a_letter_that_did_not_arrive_counts_for_none_of_the_day(
    database: Database, clock: StandingClock
) -> None:
    async with notified(database, clock, rules=NoticeRules(most_a_day=1)) as desk:
        await desk.borrows(await desk.reader("1", "vk", "max"), "Идиот")
        await desk.engine.tick()
        await desk.leaves("max", fails="blocked", unreachable=True)
        await desk.engine.tick()
        assert len(await desk.texts("vk")) == 1
