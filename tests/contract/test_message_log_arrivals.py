"""What every log promises about messages that come in."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import InputError
from bot.messages import (
    ButtonPress,
    Contact,
    Content,
    Delivery,
    DeliveryReceipt,
    Inbound,
    Started,
    Text,
    Unsupported,
)
from bot.ports.log import Mode, Recorded
from db.messages import Log
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS, SAID_AT, Staff, arrival, says, silent, turn, words


async def test_a_message_waits_for_its_turn_once_it_is_recorded(log: Log) -> None:
    recorded = await log.record(arrival("до скольки вы сегодня?", key="1"))

    [waiting] = await log.claim(10)
    assert recorded.fresh
    assert (waiting.message_id, waiting.conversation_id) == (recorded.message_id, recorded.conversation_id)


async def test_a_redelivery_changes_nothing(log: Log) -> None:
    first = await log.record(arrival("привет", key="1"))

    again = await log.record(arrival("привет", key="1"))

    assert again.message_id == first.message_id
    assert again.conversation_id == first.conversation_id
    assert not again.fresh
    assert words(await log.claim(10)) == ["привет"]


async def test_a_redelivery_is_known_for_ever(log: Log, clock: StandingClock) -> None:
    first = await log.record(arrival("привет", key="1"))
    [waiting] = await log.claim(10)
    await log.complete(turn(waiting, "Здравствуйте!"))
    clock.turn(timedelta(days=3650))

    again = await log.record(arrival("привет", key="1"))

    assert (again.fresh, again.message_id) == (False, first.message_id)
    assert await log.claim(10) == []


async def test_the_same_message_twice_at_once_is_kept_once(log: Log) -> None:
    both = await asyncio.gather(*[log.record(arrival("привет", key="1")) for _ in range(2)])

    assert sorted(recorded.fresh for recorded in both) == [False, True]
    assert len({recorded.message_id for recorded in both}) == 1
    assert words(await log.claim(10)) == ["привет"]


async def test_event_ids_are_unique_within_a_channel_only(log: Log) -> None:
    elsewhere = Contact(channel="other", address=ANNA.address)

    await log.record(arrival("здесь", key="1"))
    await log.record(arrival("там", key="1", contact=elsewhere))

    assert words(await log.claim(10)) == ["здесь", "там"]


async def test_an_event_id_longer_than_its_column_still_tells_redeliveries(log: Log) -> None:
    await log.record(arrival("привет", key="x" * 500))

    assert not (await log.record(arrival("привет", key="x" * 500))).fresh
    assert (await log.record(arrival("пока", key="x" * 501))).fresh


async def test_twenty_numbered_messages_are_all_there_and_in_order(log: Log) -> None:
    numbered = [f"сообщение {number}" for number in range(20)]

    await asyncio.gather(*[log.record(arrival(text, key=text)) for text in numbered])

    assert words(await log.claim(100)) == numbered


async def test_ids_rise_in_the_order_of_arrival(log: Log) -> None:
    ids = await says(log, "раз", "два", "три")

    assert ids == sorted(ids)
    assert [waiting.message_id for waiting in await log.claim(10)] == ids


@pytest.mark.parametrize(
    "content",
    [
        Text("Есть ли у вас «Война и мир»?\nТом 2"),
        Text(""),
        Text("😀🤷‍♀️"),
        Text("'; DROP TABLE messages; --"),
        Text('{"json": [1, "\\u0041"]} \\ " \''),
        Text("ё" * 100_000),
        ButtonPress("more:2", "Ещё"),
        ButtonPress("human"),
        Started("qr-12"),
        Started(),
        Unsupported("sticker"),
    ],
    ids=lambda content: type(content).__name__,
)
async def test_what_a_reader_sent_comes_to_its_turn_unchanged(log: Log, content: Content) -> None:
    sent = arrival(content, key="1", name="Анна", language="ru")

    await log.record(sent)

    [waiting] = await log.claim(10)
    assert waiting.inbound == sent


async def test_a_bot_is_known_as_one(log: Log) -> None:
    sent = Inbound(contact=ANNA, content=Text("пинг"), idempotency_key="1", sent_at=SAID_AT, automated=True)

    await log.record(sent)

    [waiting] = await log.claim(10)
    assert waiting.inbound.automated


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("два\x00слова", "дваслова"),
        ("пол\ud83dсимвола", "пол\ufffdсимвола"),
        (r"\u0000", r"\u0000"),
        (r"C:\\u0000\x00", r"C:\\u0000\x00"),
    ],
    ids=["a NUL", "half a character", "the name of a NUL", "its name after a backslash"],
)
async def test_what_no_store_can_keep_loses_only_itself(log: Log, sent: str, kept: str) -> None:
    async with asyncio.TaskGroup() as together:
        together.create_task(log.record(arrival(sent, key="1")))
        together.create_task(log.record(arrival("сосед", key="2", contact=BORIS)))

    assert words(await log.claim(10)) == [kept, "сосед"]


async def test_a_name_or_an_address_with_a_nul_is_kept_too(log: Log) -> None:
    odd = Contact(channel="chat", address="a\x00b")

    first = await log.record(arrival("раз", key="1\x00", contact=odd, name="А\x00нна", language="ru\x00"))
    second = await log.record(arrival("два", key="2", contact=odd, name="А\x00нна"))

    assert first.conversation_id == second.conversation_id
    assert [waiting.inbound.name for waiting in await log.claim(10)] == ["Анна", "Анна"]


async def test_the_name_and_the_language_last_told_are_remembered(log: Log) -> None:
    await log.record(arrival("раз", key="1", name="Анна", language="ru"))
    await log.record(arrival("два", key="2", name="Анна Павловна"))
    await log.record(arrival("три", key="3"))

    for waiting in await log.claim(10):
        assert (waiting.inbound.name, waiting.inbound.language) == ("Анна Павловна", "ru")


async def test_one_contact_has_one_conversation(log: Log) -> None:
    anna = [await log.record(arrival(text, key=text)) for text in ("раз", "два")]
    boris = await log.record(arrival("раз", key="3", contact=BORIS))

    assert anna[0].conversation_id == anna[1].conversation_id
    assert boris.conversation_id != anna[0].conversation_id


async def test_only_the_first_message_ever_is_the_first(log: Log) -> None:
    await says(log, "раз", "два")

    assert [waiting.first for waiting in await log.claim(10)] == [True, False]


async def test_a_message_knows_when_it_came(log: Log, clock: StandingClock) -> None:
    await says(log, "раз")
    came = clock.now()
    clock.turn(timedelta(hours=1))

    [waiting] = await log.claim(10)

    assert waiting.received_at == came
    assert waiting.inbound.sent_at == SAID_AT


async def test_a_message_finds_its_conversation_with_a_librarian(log: Log, staff: Staff) -> None:
    await says(log, "раз")
    [waiting] = await log.claim(10)
    await log.complete(silent(waiting))
    await staff.sets_mode(ANNA, Mode.PERSON)

    await says(log, "два")

    [waiting] = await log.claim(10)
    assert waiting.mode is Mode.PERSON


@pytest.mark.parametrize("address", ["\ud800", "7" * 300], ids=["a sign that is none", "too long"])
async def test_whose_address_no_store_can_keep_is_refused_for_good_and_holds_up_nobody(log: Log, address: str) -> None:
    """SQLite takes them: nothing of the sort is ever an address, so it need not be the same everywhere."""
    bad = replace(arrival("раз", key="1"), contact=Contact(channel="chat", address=address))
    fates = await asyncio.gather(log.record(bad), log.record(arrival("два", key="2")), return_exceptions=True)

    assert not isinstance(fates[0], Exception) or isinstance(fates[0], InputError)
    assert isinstance(fates[1], Recorded)
    receipt = DeliveryReceipt(channel="chat", external_id="\ud800", delivery=Delivery.READ, at=SAID_AT)
    with suppress(InputError):
        await log.note(receipt)
    assert "два" in words(await log.claim(10))
