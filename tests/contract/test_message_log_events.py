"""What every log promises about corrections, and about what messengers tell beside messages."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.messages import (
    Contact,
    Content,
    Delivery,
    DeliveryReceipt,
    Event,
    Inbound,
    Lane,
    Moved,
    Photo,
    Presence,
    Removed,
    SharedPhone,
    StaffReply,
    Text,
    Unsupported,
)
from bot.ports.letters import Author
from bot.ports.log import Attempt, Dialogue, Mode
from db.messages import Log
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS, SAID_AT, Staff, arrival, says, silent, turn, words

LATER = SAID_AT + timedelta(minutes=5)
NEW = Contact(channel="chat", address="anna-2")


def said(text: str, key: str, external_id: str = "m1", corrects: str = "", contact: Contact = ANNA) -> Inbound:
    """A message that its messenger has a name for."""
    return replace(arrival(text, key=key, contact=contact), external_id=external_id, corrects=corrects)


def edited(text: str, key: str, contact: Contact = ANNA) -> Inbound:
    """The reader edits message ``m1``."""
    return said(text, key, corrects="m1", contact=contact)


async def told(log: Log, contact: Contact = ANNA) -> list[str]:
    """The conversation's words."""
    return [logged.reply.text for logged in await log.said(contact)]


# --- corrections ---------------------------------------------------------------------------------


async def test_a_message_that_waits_gets_the_words_of_its_correction(log: Log) -> None:
    first = await log.record(said("Вайна и мир", "1"))

    corrected = await log.record(edited("Война и мир", "2"))

    assert (corrected.message_id, corrected.fresh) == (first.message_id, False)
    assert words(await log.claim(10)) == ["Война и мир"]
    assert (await log.figures()).received == 1


async def test_a_correction_after_the_answer_is_a_message_of_its_own(log: Log) -> None:
    await log.record(said("Вайна и мир", "1"))
    [waiting] = await log.claim(10)
    await log.complete(turn(waiting, "не нашлось"))

    assert (await log.record(edited("Война и мир", "2"))).fresh

    assert words(await log.claim(10)) == ["Война и мир"]


async def test_a_correction_during_the_turn_is_a_message_of_its_own(log: Log) -> None:
    await log.record(said("Вайна и мир", "1"))
    [waiting] = await log.claim(10)

    assert (await log.record(edited("Война и мир", "2"))).fresh
    await log.complete(turn(waiting, "не нашлось"))

    assert words(await log.claim(10)) == ["Война и мир"]


@pytest.mark.parametrize("answered", [True, False])
async def test_a_correction_delivered_twice_is_kept_once(log: Log, answered: bool) -> None:
    await log.record(said("Вайна и мир", "1"))
    await log.record(edited("Война и мир", "2"))
    if answered:
        [waiting] = await log.claim(10)
        await log.complete(turn(waiting, "есть"))

    assert not (await log.record(edited("Война и мир", "2"))).fresh

    assert words(await log.claim(10)) == ([] if answered else ["Война и мир"])


async def test_a_correction_of_what_never_came_is_a_message(log: Log) -> None:
    assert (await log.record(edited("Война и мир", "2"))).fresh
    assert words(await log.claim(10)) == ["Война и мир"]


async def test_nobody_corrects_the_words_of_another(log: Log) -> None:
    await log.record(said("Война и мир", "1"))

    await log.record(edited("чужое", "2", contact=BORIS))

    assert await told(log) == ["Война и мир"]
    assert await told(log, BORIS) == ["чужое"]


# --- what does not stay --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "left"),
    [
        (SharedPhone("+79990000001", verified=True), Unsupported("phone")),
        (Photo("file-17", "что это?"), Photo("", "что это?")),
    ],
    ids=["a phone number", "a picture"],
)
async def test_a_phone_number_and_a_picture_are_there_for_the_turn_alone(
    log: Log, staff: Staff, content: SharedPhone | Photo, left: Content
) -> None:
    recorded = await log.record(arrival(content, key="1"))
    [waiting] = await log.claim(10)
    assert waiting.inbound.content == content

    await log.complete(turn(waiting, "спасибо"))

    assert await staff.content_of(recorded.message_id) == left
    if isinstance(content, Photo):
        assert (await told(log))[0] == content.caption


async def test_a_phone_number_does_not_stay_with_a_message_set_aside(log: Log, staff: Staff) -> None:
    recorded = await log.record(arrival(SharedPhone("+79990000001"), key="1"))
    for _ in range(3):
        [waiting] = await log.claim(10)
        await log.put_back(waiting, "сломалось")

    assert (await staff.state_of(recorded.message_id))[0] == "aside"
    assert await staff.content_of(recorded.message_id) == Unsupported("phone")


# --- presence ------------------------------------------------------------------------------------


def presence(*, reachable: bool, at: datetime = LATER) -> Presence:
    return Presence(contact=ANNA, reachable=reachable, at=at)


async def test_a_reader_who_stopped_us_is_out_of_reach_until_they_are_back(log: Log, staff: Staff) -> None:
    await says(log, "привет")

    await log.note(presence(reachable=False))
    assert await staff.is_unreachable(ANNA)
    await log.note(presence(reachable=True))
    assert not await staff.is_unreachable(ANNA)


async def test_a_reader_who_stopped_us_and_writes_again_is_in_reach(log: Log, staff: Staff) -> None:
    await says(log, "привет")
    await log.note(presence(reachable=False))

    await says(log, "я снова тут")

    assert not await staff.is_unreachable(ANNA)


async def test_an_old_word_of_absence_is_not_believed_once_the_reader_wrote_later(log: Log, staff: Staff) -> None:
    await says(log, "привет")

    await log.note(presence(reachable=False, at=SAID_AT - timedelta(minutes=1)))

    assert not await staff.is_unreachable(ANNA)


async def test_the_presence_of_a_stranger_changes_nothing(log: Log) -> None:
    await log.note(presence(reachable=False))

    assert await log.said(ANNA) == []


async def test_a_failure_told_later_may_put_the_contact_out_of_reach(log: Log, staff: Staff) -> None:
    await says(log, "привет")
    [waiting] = await log.claim(10)
    await log.complete(turn(waiting, "ответ"))
    [outbound] = await log.claim_outbound("chat", 10)
    await log.attempted(Attempt(message_id=outbound.message_id, channel="chat", external_ids=("e1",)))

    failed = DeliveryReceipt(
        channel="chat", external_id="e1", delivery=Delivery.FAILED, at=LATER, reason="нет такого", unreachable=True
    )
    await log.note(failed)

    assert await staff.is_unreachable(ANNA)


async def test_a_failure_that_overtakes_its_own_mark_says_as_much(log: Log, staff: Staff) -> None:
    await says(log, "привет")
    [waiting] = await log.claim(10)
    await log.complete(turn(waiting, "ответ"))
    [outbound] = await log.claim_outbound("chat", 10)

    failed = DeliveryReceipt(
        channel="chat", external_id="e1", delivery=Delivery.FAILED, at=LATER, reason="нет такого", unreachable=True
    )
    await log.note(failed)
    assert not await staff.is_unreachable(ANNA)
    await log.attempted(Attempt(message_id=outbound.message_id, channel="chat", external_ids=("e1",)))

    assert await staff.is_unreachable(ANNA)


# --- removal -------------------------------------------------------------------------------------

REMOVED = Removed(channel="chat", external_id="m1", at=LATER)


async def test_a_message_taken_back_before_its_turn_is_forgotten_and_not_answered(log: Log) -> None:
    await log.record(said("ой, не то", "1"))

    await log.note(REMOVED)

    assert await log.claim(10) == []
    assert await told(log) == [""]
    figures = await log.figures()
    assert (figures.received, figures.handled, figures.waiting) == (1, 1, 0)


async def test_a_message_taken_back_after_its_turn_loses_its_words(log: Log) -> None:
    await log.record(said("ой, не то", "1"))
    [waiting] = await log.claim(10)
    await log.complete(turn(waiting, "ответ"))

    await log.note(REMOVED)
    await log.note(REMOVED)

    assert await told(log) == ["", "ответ"]
    assert (await log.figures()).handled == 1


async def test_a_message_taken_back_during_its_turn_is_not_answered_and_holds_up_nobody(log: Log) -> None:
    await log.record(said("ой, не то", "1"))
    [waiting] = await log.claim(10)
    await log.record(said("вот это", "2", external_id="m2"))

    await log.note(REMOVED)

    assert not await log.complete(turn(waiting, "ответ", dialogue=Dialogue(expects="card")))
    [left] = await log.claim(10)
    assert (words([left]), left.dialogue) == (["вот это"], waiting.dialogue)
    assert await log.claim_outbound("chat", 10) == []


async def test_removing_what_we_said_or_never_heard_changes_nothing(log: Log) -> None:
    await says(log, "привет")
    [waiting] = await log.claim(10)
    await log.complete(turn(waiting, "ответ"))
    [outbound] = await log.claim_outbound("chat", 10)
    await log.attempted(Attempt(message_id=outbound.message_id, channel="chat", external_ids=("m1",)))

    await log.note(REMOVED)

    assert await told(log) == ["привет", "ответ"]


# --- a person answers in the messenger -----------------------------------------------------------


def staff_reply(external_id: str = "s1", contact: Contact = ANNA) -> StaffReply:
    return StaffReply(contact=contact, text="Здравствуйте, это Ольга", staff="77", external_id=external_id, at=LATER)


async def test_a_reply_of_a_person_is_the_librarians_and_the_conversation_theirs(log: Log, staff: Staff) -> None:
    await says(log, "позовите человека")
    [waiting] = await log.claim(10)

    await log.note(staff_reply())

    assert not await log.complete(turn(waiting, "ответ бота"))
    assert await log.complete(silent(waiting))
    assert await staff.mode_of(ANNA) == (Mode.PERSON, "")
    assert [(logged.author, logged.reply.text) for logged in await log.said(ANNA)][1:] == [
        (Author.LIBRARIAN, "Здравствуйте, это Ольга")
    ]
    assert await log.claim_outbound("chat", 10) == []


async def test_a_reply_of_a_person_told_twice_is_kept_once_and_takes_over_once(log: Log, staff: Staff) -> None:
    await says(log, "привет")
    await log.note(staff_reply())
    await staff.sets_mode(ANNA, Mode.BOT)

    await log.note(staff_reply())

    assert await told(log) == ["привет", "Здравствуйте, это Ольга"]
    assert (await staff.mode_of(ANNA))[0] is Mode.BOT


async def test_a_person_may_begin_a_conversation(log: Log, staff: Staff) -> None:
    await log.note(staff_reply(contact=BORIS))

    assert await told(log, BORIS) == ["Здравствуйте, это Ольга"]
    await says(log, "кто это?", contact=BORIS)
    assert (await staff.mode_of(BORIS))[0] is Mode.PERSON


# --- a contact moves -----------------------------------------------------------------------------

MOVED = Moved(contact=ANNA, address=NEW.address, at=LATER)


async def test_a_contact_that_moved_goes_on_at_the_new_address(log: Log, staff: Staff) -> None:
    await says(log, "привет")
    await staff.queues(ANNA, "книга пришла", Lane.NOTICE)

    await log.note(MOVED)
    await log.note(MOVED)

    assert await told(log) == []
    assert await told(log, NEW) == ["привет", "книга пришла"]
    assert [outbound.contact for outbound in await log.claim_outbound("chat", 10)] == [NEW]


async def test_a_contact_that_wrote_from_the_new_address_already_becomes_one(log: Log, staff: Staff) -> None:
    await says(log, "привет")
    await staff.sets_mode(ANNA, Mode.WAITING)
    await log.record(arrival("это я с нового номера", key="9", contact=NEW))
    claimed = await log.claim(10)

    await log.note(MOVED)
    for waiting in claimed:
        assert await log.complete(silent(waiting))

    assert await told(log, NEW) == ["привет", "это я с нового номера"]
    assert (await staff.mode_of(NEW))[0] is Mode.WAITING
    assert (await staff.mode_of(ANNA))[0] is Mode.BOT
    assert await staff.is_unreachable(ANNA)


async def test_the_next_owner_of_an_old_address_is_not_moved(log: Log) -> None:
    await says(log, "я купил этот номер")

    await log.note(replace(MOVED, at=SAID_AT - timedelta(days=1)))

    assert await told(log) == ["я купил этот номер"]


# --- when the reader last wrote ------------------------------------------------------------------


async def test_what_goes_out_knows_when_the_reader_last_wrote(log: Log, staff: Staff) -> None:
    await log.note(staff_reply(contact=BORIS))
    await staff.queues(BORIS, "никогда не писал", Lane.NOTICE)
    await log.record(arrival("раз", key="1"))
    await log.record(replace(arrival("два", key="2"), sent_at=LATER))
    await staff.queues(ANNA, "ответ", Lane.NOTICE)

    due = {outbound.contact: outbound.heard_at for outbound in await log.claim_outbound("chat", 10)}

    assert due == {BORIS: None, ANNA: LATER}


@pytest.mark.parametrize(
    "event",
    [
        lambda: presence(reachable=True),
        lambda: replace(REMOVED, external_id="\x00x"),
        lambda: staff_reply(external_id="y" * 400),
    ],
)
async def test_any_event_is_kept_and_the_log_goes_on(
    log: Log, event: Callable[[], Event], clock: StandingClock
) -> None:
    await log.note(event())
    await log.record(Inbound(contact=ANNA, content=Text("да"), idempotency_key="k", sent_at=clock.now()))

    assert words(await log.claim(10)) == ["да"]
