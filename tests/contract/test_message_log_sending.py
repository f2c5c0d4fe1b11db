"""What every log promises about messages that go out, and to readers who look at their conversation."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import ButtonPress, Contact, Delivery, DeliveryReceipt, Lane, Started
from bot.ports.letters import Author
from bot.ports.log import Attempt
from bot.proof import proof_of
from db.messages import Log
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS, Staff, arrival, says, silent, turn
from tests.support.patience import SOON_S

STRANGER = Contact(channel="chat", address="nobody")


async def answer(log: Log, *replies: str, contact: Contact = ANNA) -> None:
    """A question of a reader is answered with these replies."""
    await says(log, f"вопрос: {'/'.join(replies)}", contact=contact)
    for waiting in await log.claim(100):
        await log.complete(turn(waiting, *replies))


async def meet(log: Log, *contacts: Contact) -> None:
    """The readers have written once; nothing is due to them."""
    for contact in contacts:
        await says(log, "привет", contact=contact)
    for waiting in await log.claim(100):
        await log.complete(silent(waiting))


async def due(log: Log, channel: str = "chat", limit: int = 10) -> list[str]:
    """Texts claimed for sending."""
    return [outbound.reply.text for outbound in await log.claim_outbound(channel, limit)]


async def sent(log: Log, limit: int = 10) -> list[str]:
    """Texts claimed and taken by the messenger."""
    claimed = await log.claim_outbound("chat", limit)
    for outbound in claimed:
        await log.attempted(Attempt(message_id=outbound.message_id, channel="chat", external_ids=("x",)))
    return [outbound.reply.text for outbound in claimed]


# --- what is due ---------------------------------------------------------------------------------


async def test_a_reply_is_due_to_the_one_who_asked(log: Log) -> None:
    await answer(log, "ответ")

    [outbound] = await log.claim_outbound("chat", 10)

    assert (outbound.contact, outbound.reply.text) == (ANNA, "ответ")
    assert (outbound.lane, outbound.attempt) == (Lane.REPLY, 1)


async def test_another_channel_has_nothing_to_send(log: Log) -> None:
    await answer(log, "ответ")

    assert await due(log, channel="other") == []


async def test_a_conversation_is_sent_in_its_order_one_by_one(log: Log) -> None:
    await answer(log, "раз", "два", "три")

    assert [await sent(log), await sent(log), await sent(log), await sent(log)] == [["раз"], ["два"], ["три"], []]


async def test_many_conversations_are_sent_at_once_by_age_up_to_the_limit(log: Log) -> None:
    await answer(log, "Анне", contact=ANNA)
    await answer(log, "Борису", contact=BORIS)

    assert await due(log, limit=1) == ["Анне"]
    assert await due(log, limit=1) == ["Борису"]


async def test_what_is_under_way_is_not_claimed_again_nor_overtaken(log: Log, staff: Staff) -> None:
    await meet(log, ANNA)
    await staff.queues(ANNA, "объявление", Lane.ANNOUNCEMENT)
    assert await due(log) == ["объявление"]

    await answer(log, "ответ")

    assert await due(log) == []


async def test_a_reply_goes_before_a_notice_and_a_notice_before_an_announcement(log: Log, staff: Staff) -> None:
    readers = [Contact(channel="chat", address=name) for name in ("раз", "два", "три")]
    await meet(log, *readers)
    for reader, lane in zip(readers, (Lane.ANNOUNCEMENT, Lane.NOTICE, Lane.REPLY), strict=True):
        await staff.queues(reader, lane.name, lane)

    assert await due(log) == ["REPLY", "NOTICE", "ANNOUNCEMENT"]


async def test_within_a_conversation_too_a_reply_goes_first(log: Log, staff: Staff) -> None:
    await meet(log, ANNA)
    await staff.queues(ANNA, "объявление", Lane.ANNOUNCEMENT)
    await answer(log, "ответ")

    assert [await sent(log), await sent(log)] == [["ответ"], ["объявление"]]


async def test_the_queue_is_counted_by_lane(log: Log, staff: Staff) -> None:
    await meet(log, ANNA)
    await staff.queues(ANNA, "объявление", Lane.ANNOUNCEMENT)
    await staff.queues(ANNA, "объявление", Lane.ANNOUNCEMENT)
    await answer(log, "ответ")

    assert (await log.figures()).queued == {Lane.REPLY: 1, Lane.NOTICE: 0, Lane.ANNOUNCEMENT: 2}


async def test_a_sender_looks_at_once_and_at_each_reply(log: Log) -> None:
    changes = log.outgoing_changes("chat")
    await anext(changes)
    following = asyncio.ensure_future(anext(changes))

    await answer(log, "ответ")

    async with asyncio.timeout(SOON_S):
        await following


# --- what became of it ---------------------------------------------------------------------------


async def test_a_message_sent_is_not_sent_again(log: Log, staff: Staff) -> None:
    await answer(log, "ответ")
    [outbound] = await log.claim_outbound("chat", 10)

    await log.attempted(Attempt(message_id=outbound.message_id, channel="chat", external_ids=("ext-1",)))

    assert await due(log) == []
    assert await staff.state_of(outbound.message_id) == ("sent", None)


async def test_one_message_is_found_with_whose_it_is(log: Log) -> None:
    await answer(log, "ответ")
    [outbound] = await log.claim_outbound("chat", 10)

    found = await log.one("chat", outbound.message_id)

    assert found is not None
    assert (found[0], found[1].message_id, found[1].reply.text) == (ANNA, outbound.message_id, "ответ")
    assert await log.one("other", outbound.message_id) is None
    assert await log.one("chat", 10**18) is None


async def test_a_messenger_that_gives_no_id_is_believed_too(log: Log) -> None:
    await answer(log, "ответ")
    [outbound] = await log.claim_outbound("chat", 10)

    await log.attempted(Attempt(message_id=outbound.message_id, channel="chat"))

    assert await due(log) == []


async def test_a_retry_waits_for_its_moment_and_the_conversation_with_it(log: Log, clock: StandingClock) -> None:
    await answer(log, "раз", "два")
    [outbound] = await log.claim_outbound("chat", 10)
    later = clock.now() + timedelta(minutes=1)

    await log.attempted(Attempt(message_id=outbound.message_id, channel="chat", retry_at=later))

    assert await due(log) == []
    clock.turn(timedelta(minutes=1))
    [again] = await log.claim_outbound("chat", 10)
    assert (again.reply.text, again.attempt) == ("раз", 2)


async def test_a_message_given_up_keeps_its_reason_and_the_next_one_goes(log: Log, staff: Staff) -> None:
    await answer(log, "раз", "два")
    [outbound] = await log.claim_outbound("chat", 10)

    await log.attempted(Attempt(message_id=outbound.message_id, channel="chat", reason="слишком длинно"))

    assert await staff.state_of(outbound.message_id) == ("failed", "слишком длинно")
    assert await due(log) == ["два"]
    assert not await staff.is_unreachable(ANNA)


async def test_a_contact_who_blocked_us_is_out_of_reach_until_they_write_again(log: Log, staff: Staff) -> None:
    await answer(log, "ответ")
    [outbound] = await log.claim_outbound("chat", 10)
    await log.attempted(Attempt(message_id=outbound.message_id, channel="chat", reason="blocked", unreachable=True))
    assert await staff.is_unreachable(ANNA)

    await says(log, "я вернулась")

    assert not await staff.is_unreachable(ANNA)


# --- receipts ------------------------------------------------------------------------------------


def receipt(delivery: Delivery, external_id: str = "ext-1", reason: str = "") -> DeliveryReceipt:
    return DeliveryReceipt(
        channel="chat",
        external_id=external_id,
        delivery=delivery,
        at=datetime(2026, 3, 2, 7, 1, tzinfo=UTC),
        reason=reason,
    )


async def sent_as(log: Log, external_id: str) -> int:
    await answer(log, "ответ")
    [outbound] = await log.claim_outbound("chat", 10)
    await log.attempted(Attempt(message_id=outbound.message_id, channel="chat", external_ids=(external_id,)))
    return outbound.message_id


async def test_a_receipt_moves_a_message_on(log: Log, staff: Staff) -> None:
    message_id = await sent_as(log, "ext-1")

    await log.note(receipt(Delivery.DELIVERED))

    assert await staff.state_of(message_id) == ("delivered", None)


async def test_an_older_word_never_undoes_a_newer_one(log: Log, staff: Staff) -> None:
    message_id = await sent_as(log, "ext-1")

    for delivery in (Delivery.READ, Delivery.DELIVERED, Delivery.SENT):
        await log.note(receipt(delivery))

    assert await staff.state_of(message_id) == ("read", None)


async def test_a_failure_told_later_is_kept_with_its_reason(log: Log, staff: Staff) -> None:
    message_id = await sent_as(log, "ext-1")

    await log.note(receipt(Delivery.FAILED, reason="номер не обслуживается"))

    assert await staff.state_of(message_id) == ("failed", "номер не обслуживается")


async def test_read_up_to_a_message_reads_what_was_sent_before_it_and_nothing_else(log: Log, staff: Staff) -> None:
    await answer(log, "раз", "два", "три")
    await answer(log, "другому", contact=BORIS)
    numbers = {}
    for _ in range(2):
        for outbound in await log.claim_outbound("chat", 10):
            text = outbound.reply.text
            numbers[text] = outbound.message_id
            await log.attempted(Attempt(message_id=outbound.message_id, channel="chat", external_ids=(text,)))
    [last] = await log.claim_outbound("chat", 10)

    await log.note(replace(receipt(Delivery.READ, "два"), and_before=True))

    states = [(await staff.state_of(numbers[text]))[0] for text in ("раз", "два", "другому")]
    assert states == ["read", "read", "sent"]
    assert await staff.state_of(last.message_id) == ("queued", None)


async def test_a_receipt_that_overtakes_the_mark_of_its_sending_is_kept(log: Log, staff: Staff) -> None:
    await log.note(receipt(Delivery.READ))
    await log.note(receipt(Delivery.DELIVERED))

    message_id = await sent_as(log, "ext-1")

    assert await staff.state_of(message_id) == ("read", None)


async def test_a_receipt_with_a_very_long_id_finds_its_message(log: Log, staff: Staff) -> None:
    message_id = await sent_as(log, "wamid." + "x" * 400)

    await log.note(receipt(Delivery.DELIVERED, external_id="wamid." + "x" * 400))

    assert (await staff.state_of(message_id))[0] == "delivered"


def proven(message_id: int, text: str) -> DeliveryReceipt:
    proof = proof_of(message_id, ANNA.address, text)
    return replace(receipt(Delivery.DELIVERED), proof=proof)


async def test_a_message_whose_answer_was_lost_is_sent_by_the_messengers_later_word(
    log: Log, staff: Staff, clock: StandingClock
) -> None:
    await answer(log, "ответ", "и ещё")
    [outbound] = await log.claim_outbound("chat", 10)
    again = clock.now() + timedelta(seconds=5)
    await log.attempted(Attempt(message_id=outbound.message_id, channel="chat", retry_at=again))

    await log.note(proven(outbound.message_id, "ответ"))

    assert await staff.state_of(outbound.message_id) == ("delivered", None)
    clock.turn(timedelta(seconds=5))
    assert [each.reply.text for each in await log.claim_outbound("chat", 10)] == ["и ещё"]


async def test_a_word_that_comes_while_the_message_is_on_its_way_is_not_undone(log: Log, staff: Staff) -> None:
    await answer(log, "ответ")
    [outbound] = await log.claim_outbound("chat", 10)

    await log.note(proven(outbound.message_id, "ответ"))
    await log.attempted(Attempt(message_id=outbound.message_id, channel="chat", external_ids=("ext-1",)))

    assert await staff.state_of(outbound.message_id) == ("delivered", None)


async def test_a_number_given_out_once_more_is_no_proof(log: Log, staff: Staff) -> None:
    await answer(log, "ответ")
    [outbound] = await log.claim_outbound("chat", 10)
    number = outbound.message_id

    await log.note(proven(number, "ответ прежней жизни"))
    await log.note(replace(receipt(Delivery.DELIVERED, "ext-2"), proof=str(number)))
    await log.note(replace(proven(number, "ответ"), channel="another"))

    assert await staff.state_of(number) == ("queued", None)


# --- one sender ----------------------------------------------------------------------------------


async def test_one_sends_for_an_account_and_another_one_after(log: Log) -> None:
    async with log.sending("chat") as first, log.sending("chat") as second, log.sending("other") as elsewhere:
        assert (first, second, elsewhere) == (True, False, True)

    async with log.sending("chat") as again:
        assert again


async def test_a_sender_that_fails_lets_the_account_go(log: Log) -> None:
    with pytest.raises(ZeroDivisionError):
        async with log.sending("chat"):
            raise ZeroDivisionError

    async with log.sending("chat") as again:
        assert again


# --- the conversation, as its reader sees it -----------------------------------------------------


async def test_a_reader_sees_the_conversation_in_order_and_what_answers_what(log: Log) -> None:
    [asked] = await says(log, "вопрос")
    [waiting] = await log.claim(10)
    await log.complete(turn(waiting, "ответ"))

    question, reply = await log.said(ANNA)

    assert (question.message_id, question.author, question.reply.text) == (asked, Author.READER, "вопрос")
    assert (reply.author, reply.reply.text, reply.in_reply_to) == (Author.BOT, "ответ", asked)
    assert question.in_reply_to is None


async def test_a_reader_sees_what_came_after_a_message_and_no_more_than_asked_for(log: Log) -> None:
    first, *_ = await says(log, "раз", "два", "три", "четыре")

    assert [logged.reply.text for logged in await log.said(ANNA, after=first, limit=2)] == ["два", "три"]


async def test_a_reader_sees_nothing_of_anybody_else(log: Log) -> None:
    await answer(log, "ответ", contact=BORIS)

    assert await log.said(ANNA) == []
    assert await log.said(STRANGER) == []


async def test_a_press_is_seen_by_its_label(log: Log) -> None:
    await log.record(arrival(ButtonPress("more:2", "Ещё"), key="1"))
    await log.record(arrival(Started("qr"), key="2"))

    assert [logged.reply.text for logged in await log.said(ANNA)] == ["Ещё", ""]


async def test_messages_bear_the_moment_they_were_kept(log: Log, clock: StandingClock) -> None:
    await says(log, "раз")

    [logged] = await log.said(ANNA)

    assert logged.at == clock.now()


async def test_a_conversation_changes_at_once_with_each_message_and_each_reply(log: Log) -> None:
    changed = log.changed(ANNA)
    await anext(changed)
    for happens in (says(log, "вопрос"), answer(log, "ответ")):
        following = asyncio.ensure_future(anext(changed))

        await happens

        async with asyncio.timeout(SOON_S):
            await following


async def test_every_iteration_ends_when_the_log_is_closed(log: Log) -> None:
    iterations = [log.changes(), log.outgoing_changes("chat"), log.changed(ANNA)]
    for iteration in iterations:
        await anext(iteration)
    ends = [asyncio.ensure_future(anext(iteration, None)) for iteration in iterations]

    await log.aclose()

    async with asyncio.timeout(SOON_S):
        assert await asyncio.gather(*ends) == [None, None, None]


async def test_marks_kept_together_are_kept_as_well_as_one_by_one(log: Log, staff: Staff, clock: StandingClock) -> None:
    readers = [Contact(channel="chat", address=name) for name in ("раз", "два", "три")]
    for reader in readers:
        await answer(log, f"ответ {reader.address}", contact=reader)
    first, second, third = await log.claim_outbound("chat", 10)

    kept = await log.attempted_many(
        [
            Attempt(message_id=first.message_id, channel="chat", external_ids=("ext-1",)),
            Attempt(message_id=second.message_id, channel="chat", reason="отказ"),
            Attempt(message_id=third.message_id, channel="chat", retry_at=clock.now() + timedelta(minutes=1)),
        ]
    )

    assert kept == [None, None, None]
    assert await staff.state_of(first.message_id) == ("sent", None)
    assert await staff.state_of(second.message_id) == ("failed", "отказ")
    assert await due(log) == []
    clock.turn(timedelta(minutes=1))
    assert await due(log) == [third.reply.text]
