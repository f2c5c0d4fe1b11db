"""Through which contact a reader is told: the one that works, the next, a paid one, a page, the desk that calls."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.library.notices import NoticeKind
from bot.messages import Delivery
from bot.notices import SHOWN_ON_A_PAGE
from bot.ports.log import Mode
from db.connect import Database
from tests.support.clock import StandingClock
from tests.support.logs import SqlStaff
from tests.support.notified import Notified, notified


@pytest.fixture
async def desk(database: Database, clock: StandingClock) -> AsyncIterator[Notified]:
    """It is Monday, 2 March, ten in the morning."""
    async with notified(database, clock) as opened:
        yield opened


@pytest.fixture
async def paying(database: Database, clock: StandingClock) -> AsyncIterator[Notified]:
    """The library pays for short messages."""
    async with notified(database, clock, sms="sms") as opened:
        yield opened


async def test_a_contact_that_blocked_us_hands_over_to_the_next(desk: Notified) -> None:
    anna = await desk.reader("1", "vk", "max")
    await desk.borrows(anna, "Идиот")
    await desk.engine.tick()
    assert await desk.texts("vk") == []
    assert await desk.leaves("max", fails="blocked", unreachable=True) == []
    await desk.engine.tick()
    assert len(await desk.texts("vk")) == 1
    await desk.engine.tick()
    assert await desk.states() == ["reached"]


async def test_whom_nothing_reached_is_on_the_librarians_list_once_and_off_it_when_told(desk: Notified) -> None:
    anna = await desk.reader("1", "vk", "max", phone="8 912 345 67 89")
    await desk.borrows(anna, "Идиот")
    await desk.engine.tick()
    for channel in ("max", "vk"):
        await desk.leaves(channel, fails="blocked", unreachable=True)
        await desk.engine.tick()
    (reader,) = await desk.readers.unreached()
    assert (reader.card_number, reader.name, reader.phone) == ("1", "Анна", "8 912 345 67 89")
    assert reader.tried == (("max", "blocked"), ("vk", "blocked"))
    assert [item.kind for item in reader.items] == [NoticeKind.DUE]
    assert await desk.readers.unreached(["02"]) == []
    assert await desk.readers.settle(reader.notice_id, "olga")
    assert not await desk.readers.settle(reader.notice_id, "olga")
    assert await desk.readers.unreached() == []


async def test_where_the_library_pays_a_short_message_comes_last_without_names_and_titles(paying: Notified) -> None:
    anna = await paying.reader("1", "max", phone="8 912 345-67-89")
    await paying.borrows(anna, "Идиот", "Бесы")
    await paying.engine.tick()
    await paying.leaves("max", fails="blocked", unreachable=True)
    await paying.engine.tick()
    (message,) = await paying.leaves("sms")
    assert message.contact.address == "+79123456789"
    assert message.reply.text == "Библиотека: вернуть до 03.03, 2 книги."
    assert len(message.reply.text) <= 70
    await paying.receipt(message, Delivery.DELIVERED)
    await paying.engine.tick()
    assert await paying.states() == ["reached"]


async def test_who_said_stop_is_not_followed_by_paid_messages(paying: Notified) -> None:
    anna = await paying.reader("1", phone="8 912 345-67-89")
    contact = await paying.links(anna, "max", "anna")
    await paying.borrows(anna, "Идиот")
    await paying.engine.tick()
    await paying.wishes(contact, muted=True)
    await paying.leaves("max", fails="blocked", unreachable=True)
    await paying.engine.tick()
    assert await paying.texts("sms") == []
    assert await paying.states() == ["dropped"]


async def test_a_message_that_is_not_delivered_in_time_is_followed_by_another_contact(desk: Notified) -> None:
    anna = await desk.reader("1", "max", "whatsapp")
    await desk.borrows(anna, "Идиот", due_in=2)
    await desk.engine.tick()
    assert len(await desk.texts("whatsapp")) == 1
    desk.clock.turn(timedelta(hours=5))
    await desk.engine.tick()
    assert await desk.texts("max") == []
    desk.clock.turn(timedelta(hours=2))
    await desk.engine.tick()
    assert len(await desk.texts("max")) == 1


async def test_a_letter_that_a_dead_channel_still_holds_is_taken_back(desk: Notified) -> None:
    anna = await desk.reader("1", "vk", "max")
    await desk.borrows(anna, "Идиот", due_in=2)
    await desk.engine.tick()
    desk.clock.turn(timedelta(hours=7))  # MAX does not answer all day
    await desk.engine.tick()
    assert len(await desk.texts("vk")) == 1
    assert await desk.texts("max") == []


async def test_outside_its_window_whatsapp_gets_the_approved_words_or_is_passed_over(desk: Notified) -> None:
    anna, boris = await desk.reader("1", "max", "whatsapp"), await desk.reader("2", "max", "whatsapp")
    desk.clock.turn(timedelta(hours=25))
    await desk.borrows(anna, "Идиот")
    await desk.borrows(boris, "Бесы", due_in=-2)
    await desk.engine.tick()
    (message,) = await desk.leaves("whatsapp")
    assert message.reply.template is not None
    assert (message.reply.template.name, message.reply.template.values) == ("due_soon", ("1 книга", "завтра, 4 марта"))
    (text,) = await desk.texts("max")
    assert "«Бесы»" in text  # no template for that: the next contact


async def test_nothing_of_a_person_goes_where_anybody_may_look(desk: Notified) -> None:
    anna = await desk.reader("1", "telegram", "site")
    await desk.borrows(anna, "Идиот")
    work, _ = await desk.library.book("Бесы")
    await desk.library.desk.make_ready((await desk.library.hold(await desk.reader("2", "telegram"), work)).hold_id)
    await desk.engine.tick()
    assert await desk.texts("telegram") == []
    assert await desk.texts("site") == []
    assert await desk.states() == []


async def test_who_has_our_own_page_alone_finds_a_ready_hold_there_and_is_called_by_the_desk(desk: Notified) -> None:
    anna, boris = await desk.reader("1", "site"), await desk.reader("2", "site", "telegram")
    work, _ = await desk.library.book("Идиот")
    hold = await desk.library.hold(anna, work)
    await desk.library.desk.make_ready(hold.hold_id)
    await desk.borrows(boris, "Бесы")

    await desk.engine.tick()
    await desk.started().tick()

    (text,) = await desk.texts("site")
    assert "«Идиот»" in text, "the first thing that is seen when the page is opened"
    (reader,) = await desk.readers.unreached()
    assert (reader.patron_id, [subject.kind for subject in reader.items]) == (anna, [NoticeKind.HOLD_READY])
    assert reader.tried == (("site", SHOWN_ON_A_PAGE),)
    assert await desk.readers.settle(reader.notice_id, "staff:masha")
    await desk.engine.tick()
    assert await desk.texts("site") == [], "told once"


async def test_what_is_shown_on_a_page_takes_nobody_elses_letter_away(desk: Notified) -> None:
    anna, vera = await desk.reader("1", "site"), await desk.reader("2", "max")
    await desk.borrows(vera, "Бесы")
    await desk.engine.tick()  # her letter is in the outbox and has not left
    work, _ = await desk.library.book("Идиот")
    await desk.library.desk.make_ready((await desk.library.hold(anna, work)).hold_id)

    await desk.engine.tick()

    assert len(await desk.texts("site")) == 1
    (text,) = await desk.texts("max")
    assert "«Бесы»" in text


async def test_a_page_is_the_last_resort_and_not_for_who_said_stop(desk: Notified) -> None:
    anna, boris = await desk.reader("1", "site", "max"), await desk.reader("2")
    await desk.wishes(await desk.links(boris, "site", "2"), muted=True)
    for reader, title in ((anna, "Идиот"), (boris, "Бесы")):
        work, _ = await desk.library.book(title)
        await desk.library.desk.make_ready((await desk.library.hold(reader, work)).hold_id)
    await desk.engine.tick()
    assert await desk.texts("site") == []
    await desk.leaves("max", fails="blocked", unreachable=True)
    await desk.engine.tick()
    (text,) = await desk.texts("site")
    assert "«Идиот»" in text
    assert [reader.patron_id for reader in await desk.readers.unreached()] == [anna]


async def test_a_conversation_that_a_librarian_has_is_left_alone(desk: Notified) -> None:
    anna = await desk.reader("1")
    contact = await desk.links(anna, "max", "anna")
    await desk.borrows(anna, "Идиот", due_in=2)
    staff = SqlStaff(desk.database, desk.clock)
    await staff.sets_mode(contact, Mode.PERSON)
    await desk.engine.tick()
    assert await desk.texts("max") == []
    await staff.sets_mode(contact, Mode.BOT)
    desk.clock.turn(timedelta(minutes=50))
    await desk.engine.tick()
    assert await desk.texts("max") == []  # it was put off for an hour
    desk.clock.turn(timedelta(minutes=70))
    await desk.engine.tick()
    assert len(await desk.texts("max")) == 1
