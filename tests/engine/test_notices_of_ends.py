"""A hold that ended without its reader, and a card that will end: told once, while it is so, with what to do."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from bot.library.holds import HoldState
from bot.library.notices import NoticeRules
from db.connect import Database
from db.notice_planning import RESTS
from tests.support.clock import StandingClock
from tests.support.notified import Notified, notified


@pytest.fixture
async def desk(database: Database, clock: StandingClock) -> AsyncIterator[Notified]:
    """It is Monday, 2 March, ten in the morning."""
    async with notified(database, clock) as opened:
        yield opened


async def waits_on_the_shelf(desk: Notified, patron: int, title: str) -> tuple[int, int]:
    """A hold whose reader has been told of it; returns it and its work."""
    work, _ = await desk.library.book(title)
    hold = await desk.library.hold(patron, work)
    assert await desk.library.desk.make_ready(hold.hold_id) is not None
    await desk.engine.tick()
    assert len(await desk.texts("max")) == 1
    return hold.hold_id, work


async def is_over(desk: Notified) -> None:
    """Its last day has passed; what was said before that day is not looked at here."""
    desk.library.days(7)
    assert await desk.library.desk.pass_time() == 1


# --- nobody came ---------------------------------------------------------------------------------


async def test_who_did_not_come_hears_once_that_the_book_is_not_kept_and_can_queue_again(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    _hold, work = await waits_on_the_shelf(desk, anna, "Идиот")
    await is_over(desk)

    await desk.engine.tick()
    await desk.started().tick()

    (message,) = await desk.leaves("max")
    assert message.reply.text == (
        "Бронь закончилась: «Идиот», Автор. Книга ждала вас до 5 марта. Если она ещё нужна, забронируйте снова."
    )
    assert message.reply.personal
    assert [(b.label, b.payload) for row in message.reply.buttons for b in row] == [
        ("Забронировать снова", f"hold:{work}.{anna}")
    ]
    assert message.reply.template is not None
    assert (message.reply.template.name, message.reply.template.values) == ("hold_expired", ("1 книга", "5 марта"))
    for _ in range(5):
        desk.library.days(1)
        await desk.started().tick()
    assert await desk.texts("max") == []


async def test_who_has_queued_again_or_has_the_book_is_not_told_that_the_hold_ended(desk: Notified) -> None:
    anna, boris = await desk.reader("1", "max"), await desk.reader("2", "max")
    _, idiot = await waits_on_the_shelf(desk, anna, "Идиот")
    besy, (copy,) = await desk.library.book("Бесы")
    hold = await desk.library.hold(boris, besy)
    await desk.library.desk.make_ready(hold.hold_id)
    desk.library.days(7)
    assert await desk.library.desk.pass_time() == 2
    await desk.engine.tick()  # both letters are in the outbox
    await desk.library.hold(anna, idiot)
    await desk.library.lend(boris, copy)

    assert await desk.texts("max") == []
    await desk.engine.tick()
    assert await desk.texts("max") == []


async def test_titles_that_are_hidden_stay_so(desk: Notified) -> None:
    anna = await desk.reader("1")
    contact = await desk.links(anna, "max", "anna")
    await desk.wishes(contact, hide_titles=True)
    await waits_on_the_shelf(desk, anna, "Идиот")
    await is_over(desk)
    await desk.engine.tick()
    (text,) = await desk.texts("max")
    assert "Идиот" not in text
    assert "книга, которую вы ждали" in text


# --- refused by the library ----------------------------------------------------------------------


async def test_a_hold_that_the_library_cannot_serve_is_told_with_its_reason(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    work, (item,) = await desk.library.book("Идиот")
    await desk.library.lend(await desk.library.patron("2"), item)
    hold = await desk.library.hold(anna, work)
    assert await desk.library.desk.refuse_hold(hold.hold_id, "staff:olga", "Единственный экземпляр утерян.")

    await desk.engine.tick()
    assert await desk.texts("max") == [], "it may still be taken back"
    desk.clock.turn(RESTS)
    await desk.engine.tick()
    await desk.started().tick()

    (message,) = await desk.leaves("max")
    assert message.reply.text == (
        "Не сможем выдать по вашей брони: «Идиот», Автор. Единственный экземпляр утерян. "
        "Замену поможет найти библиотекарь, напишите «человек»."
    )
    assert message.reply.buttons == ()


async def test_who_cancelled_it_themselves_hears_nothing(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    work, _ = await desk.library.book("Идиот")
    hold = await desk.library.hold(anna, work)
    await desk.library.circulation.cancel_hold(anna, hold.hold_id, "k")
    await desk.engine.tick()
    assert await desk.texts("max") == []
    assert hold.state is HoldState.ASSIGNED


async def test_nothing_of_it_goes_where_anybody_may_look(desk: Notified) -> None:
    anna = await desk.reader("1", "telegram", "site")
    await desk.library.set_patron(anna, valid_until=desk.library.today + timedelta(days=5))
    work, _ = await desk.library.book("Идиот")
    hold = await desk.library.hold(anna, work)
    await desk.library.desk.refuse_hold(hold.hold_id, "staff:olga", "")
    desk.clock.turn(RESTS)
    await desk.engine.tick()
    assert await desk.texts("telegram") == []
    assert await desk.texts("site") == []
    assert await desk.states() == []


async def test_a_paid_message_of_it_is_short_and_names_nothing(database: Database, clock: StandingClock) -> None:
    async with notified(database, clock, sms="sms") as desk:
        anna = await desk.reader("1", "max", phone="8 912 345-67-89")
        work, _ = await desk.library.book("Идиот")
        hold = await desk.library.hold(anna, work)
        await desk.library.desk.refuse_hold(hold.hold_id, "staff:olga", "Утеряна")
        desk.clock.turn(RESTS)
        await desk.engine.tick()
        await desk.leaves("max", fails="blocked", unreachable=True)
        await desk.engine.tick()
        assert await desk.texts("sms") == ["Библиотека: книги по вашей брони не будет."]


# --- the card ------------------------------------------------------------------------------------


async def test_the_end_of_a_card_is_told_a_month_and_a_week_before_and_never_after(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    await desk.library.set_patron(anna, valid_until=date(2026, 4, 10))
    said = []
    for _ in range(45):
        await desk.started().tick()
        said += [(desk.library.today, text) for text in await desk.texts("max")]
        desk.clock.turn(timedelta(days=1))
    assert [when for when, _ in said] == [date(2026, 3, 11), date(2026, 4, 3)]
    assert said[0][1] == (
        "Читательский билет действует до 10 апреля. Продлить его можно в библиотеке. "
        "Где: Центральная библиотека, с. Донское, ул. Ленина, 5.\n\n"
        "Чтобы я не напоминал, напишите: стоп."
    )


async def test_a_card_that_was_prolonged_is_not_spoken_of(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    await desk.library.set_patron(anna, valid_until=date(2026, 3, 5))
    await desk.engine.tick()
    await desk.library.set_patron(anna, valid_until=date(2027, 3, 5))
    assert await desk.texts("max") == []
    await desk.started().tick()
    assert await desk.texts("max") == []
    assert await desk.states() == ["dropped"]


async def test_the_card_is_told_in_one_message_with_the_books_and_of_a_child_by_name(desk: Notified) -> None:
    masha = await desk.reader("2", name="Маша")
    await desk.links(masha, "max", "mother", child=True)
    await desk.library.set_patron(masha, valid_until=date(2026, 3, 5))
    await desk.borrows(masha, "Мойдодыр")
    await desk.engine.tick()
    await desk.started().tick()
    (text,) = await desk.texts("max")
    assert "Маша. Читательский билет действует до 5 марта." in text
    assert "Маша. Скоро срок возврата:" in text
    assert text.count("стоп") == 1


async def test_a_library_may_leave_cards_alone(database: Database, clock: StandingClock) -> None:
    async with notified(database, clock, rules=NoticeRules(card_days=())) as desk:
        anna = await desk.reader("1", "max")
        await desk.library.set_patron(anna, valid_until=date(2026, 3, 5))
        await desk.engine.tick()
        assert await desk.texts("max") == []
