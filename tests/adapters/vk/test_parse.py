"""VK's events, as recorded, lead to what their index says; whatever else comes breaks nothing."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.vk import parse
from bot.channels import Accepted
from bot.errors import BadSignature
from bot.messages import (
    ButtonPress,
    Contact,
    Content,
    Delivery,
    DeliveryReceipt,
    Photo,
    Presence,
    StaffReply,
    Started,
    Text,
    Unsupported,
)
from tests.adapters.vk.support import CONFIRMATION, RECORDED, callback, recorded, webhook
from tests.support.clock import StandingClock
from tests.support.mutations import mutated

SAMPLES = {
    sample["file"]: sample["expect"]
    for sample in recorded("index.json")["samples"]
    if "malformed" not in sample["file"]
}
MALFORMED = {case["name"]: case for case in recorded("malformed_bodies.json")}
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def read(event: Any) -> Accepted:
    return parse.read(event, "vk", NOW)


def outcome(accepted: Accepted) -> str:
    """In the words of the index."""
    if accepted.answer == CONFIRMATION.encode():
        return "confirm"
    assert accepted.answer == b"ok"
    match accepted.messages, accepted.events:
        case (message,), ():
            return "edit" if message.corrects else "process"
        case (), (Presence(reachable=reachable),):
            return "subscribe" if reachable else "unsubscribe"
        case (), (StaffReply(),):
            return "operator"
        case (), ():
            return "ignore"
        case _:
            return "?"


@pytest.mark.parametrize("file", SAMPLES)
def test_a_recorded_event_leads_to_what_its_index_says(file: str, clock: StandingClock) -> None:
    accepted = callback(clock).accept(webhook((RECORDED / file).read_bytes()))

    assert outcome(accepted) == SAMPLES[file]


CONTENTS: dict[str, Content] = {
    "message_new_text_v5199.json": Text("test"),
    "message_new_carousel.json": Text("f"),
    "message_new_photo_and_forward.json": Photo(
        "https://sun9-34.userapi.com/c206620/v206620889/3dc7f/nmakgKHhLi8.jpg", caption="bruh"
    ),
    "message_new_voice.json": Unsupported("voice"),
    "message_new_sticker.json": Unsupported("sticker"),
    "message_new_geo.json": Unsupported("location"),
    "message_new_reply_to_bot.json": Text("да, эту"),
    "message_new_start_button_with_ref.json": Started("poster-hall-2"),
    "message_new_button_payload.json": Text("Video"),
    "message_edit_by_user.json": Text("test исправлено"),
}


@pytest.mark.parametrize("file", CONTENTS)
def test_what_a_reader_sent_is_read(file: str) -> None:
    (message,) = read(recorded(file)).messages

    assert message.content == CONTENTS[file]


def test_a_message_is_told_by_its_number_in_the_conversation_whichever_way_it_comes() -> None:
    event = recorded("message_new_text_v5199.json")
    (message,) = read(event).messages
    (again,) = read({**event, "event_id": "another"}).messages

    assert message.contact == Contact(channel="vk", address="100000016")
    assert (message.idempotency_key, message.external_id) == ("100000016:182", "185")
    assert message.sent_at == datetime(2024, 10, 30, 11, 3, 47, tzinfo=UTC)
    assert message.language == "en"
    assert again.idempotency_key == message.idempotency_key


def test_a_correction_names_the_message_that_it_replaces() -> None:
    (edit,) = read(recorded("message_edit_by_user.json")).messages

    assert (edit.corrects, edit.external_id) == ("185", "")
    assert edit.idempotency_key == "edit:185:1730286300:10000396"


def test_what_vk_itself_adds_to_a_message_is_no_correction() -> None:
    event = recorded("message_edit_by_user.json")
    del event["object"]["update_time"]

    assert read(event) == Accepted(set_aside=("message_edit",))


def our_button(payload: Any, kind: str = "message_event") -> dict[str, Any]:
    what = {"user_id": 5, "peer_id": 5, "event_id": "e1", "payload": payload, "conversation_message_id": 3}
    return {"type": kind, "object": what, "event_id": "outer", "group_id": 123456789}


def test_a_callback_button_is_a_press_and_waits_for_its_answer() -> None:
    accepted = read(our_button({"b": "work:12"}))

    (press,) = accepted.messages
    assert press.content == ButtonPress("work:12")
    assert press.idempotency_key == "press:5:e1"
    assert accepted.courtesies == (parse.PressAnswer("e1", 5, 5),)


def test_a_button_of_another_bot_is_answered_and_is_no_verb_of_ours() -> None:
    accepted = read(recorded("message_event_callback.json"))

    (press,) = accepted.messages
    assert isinstance(press.content, ButtonPress)
    assert press.content.payload.startswith("foreign:")
    assert len(accepted.courtesies) == 1


def test_a_text_button_of_ours_is_a_press_with_its_label() -> None:
    event = recorded("message_new_button_payload.json")
    event["object"]["message"]["payload"] = '{"b":"renew:3"}'

    (press,) = read(event).messages

    assert press.content == ButtonPress("renew:3", label="Video")


@pytest.mark.parametrize("payload", ["{broken", "[]", "7", '{"b":5}', "[" * 100_000, None, 5])
def test_a_payload_that_cannot_be_read_leaves_the_words(payload: object) -> None:
    event = recorded("message_new_button_payload.json")
    event["object"]["message"]["payload"] = payload

    (message,) = read(event).messages

    assert message.content == Text("Video")


def test_the_larger_layout_and_the_older_one_are_both_read() -> None:
    event = recorded("message_new_text_v5199.json")
    flat = {**event, "object": event["object"]["message"]}

    assert [message.content for message in read(flat).messages] == [Text("test")]


def test_a_person_of_the_library_who_answers_in_vk_is_told_apart_from_our_echo() -> None:
    (said,) = read(recorded("message_reply_by_admin.json")).events

    assert isinstance(said, StaffReply)
    assert (said.text, said.staff, said.external_id, said.contact.address) == ("test", "123", "830", "123")
    assert read(recorded("message_reply_by_bot.json")) == Accepted()


def test_reading_is_a_receipt() -> None:
    what = {"from_id": 100001, "peer_id": 100001, "read_message_id": 192, "conversation_message_id": 9}

    (receipt,) = read({"type": "message_read", "object": what}).events

    assert receipt == DeliveryReceipt(channel="vk", external_id="192", delivery=Delivery.READ, at=NOW, and_before=True)
    assert read({"type": "message_read", "object": {**what, "peer_id": 2_000_000_001}}).events == ()


@pytest.mark.parametrize("kind", ["doc", "video", "wall", "gift", "never_seen"])
def test_what_we_cannot_read_is_never_dropped(kind: str) -> None:
    event = recorded("message_new_sticker.json")
    event["object"]["message"]["attachments"] = [{"type": kind, kind: {"id": 1}}]

    (message,) = read(event).messages

    assert isinstance(message.content, Unsupported)
    assert message.content.kind in {"document", "video", "post", "gift", "attachment"}


def test_a_warning_in_place_of_an_event_is_set_aside_and_no_message_of_a_reader() -> None:
    found = read({**recorded("message_new_text_v5199.json"), "object": {"warning": "old version"}})

    assert (found.set_aside, found.unread, found.messages) == (("warning",), (), ())


def test_an_event_that_nobody_knows_is_set_aside_by_its_name() -> None:
    assert read(recorded("unknown_event_type.json")).set_aside == ("message_something_new_2027",)
    assert read({"type": "Тип <b>"}).set_aside == ("unknown",)
    assert read([]).set_aside == ("unknown",)


def test_a_message_that_should_have_been_read_is_kept_for_the_operator_without_the_secret(clock: StandingClock) -> None:
    event = recorded("message_new_text.json")
    event["object"]["message"] = {"text": "кто я?"}

    accepted = callback(clock).accept(webhook(event))

    (body,) = accepted.unread
    assert (accepted.answer, accepted.messages, accepted.set_aside) == (b"ok", (), ())
    assert "secret" not in json.loads(body)
    assert json.loads(body)["object"] == event["object"]


def test_another_community_is_no_reader() -> None:
    assert read(recorded("message_new_from_community.json")) == Accepted(set_aside=("community",))


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_body_is_refused_or_acknowledged_as_its_index_says(name: str, clock: StandingClock) -> None:
    case = MALFORMED[name]
    hook = webhook(case["raw"].encode())

    if case["expect"].startswith(("4xx, ", "4xx", "403")) and "ok" not in case["expect"]:
        with pytest.raises(BadSignature):
            callback(clock).accept(hook)
    else:
        accepted = callback(clock).accept(hook)
        assert accepted.answer == b"ok"
        assert len(accepted.messages) == (0 if "ignored" in case["expect"] else 1)


BODIES = [(RECORDED / file).read_bytes() for file in SAMPLES if file.startswith("message_")]


def test_no_mutated_body_raises_anything_but_a_refusal(clock: StandingClock) -> None:
    channel, read_well = callback(clock), 0
    for body in mutated(BODIES, 500, seed=4):
        try:
            accepted = channel.accept(webhook(body))
        except BadSignature:
            continue
        assert accepted.answer in (b"ok", CONFIRMATION.encode())
        for message in accepted.messages:
            assert len(message.idempotency_key) <= 200
            assert message.contact.address.isdecimal()
            assert message.sent_at.tzinfo is not None
            read_well += 1

    assert read_well > 50
