"""Updates → what the core understands: every recorded one leads to what its index says."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.telegram.parse import Pressed, Reading, read
from bot.channels import Accepted
from bot.errors import BadWebhook
from bot.messages import (
    ButtonPress,
    Contact,
    Content,
    Moved,
    Photo,
    Presence,
    SharedPhone,
    Started,
    Text,
    Unsupported,
)
from tests.support.mutations import mutated

RECORDED = Path(__file__).parent / "recorded"
INDEX = json.loads((RECORDED / "index.json").read_text("utf-8"))["samples"]
SAMPLES = [entry for entry in INDEX if entry["kind"] != "malformed"]
MALFORMED = json.loads((RECORDED / "malformed_bodies.json").read_text("utf-8"))
NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
READING = Reading(channel="telegram", now=NOW, username="example_library_bot")
ANNA = {"id": 100001, "is_bot": False, "first_name": "Анна", "last_name": "К", "language_code": "ru"}
PRIVATE = {"id": 100001, "type": "private"}


def sample(file: str) -> Accepted:
    reading = replace(READING, username="foo_bot") if file.startswith("command_tag") else READING
    return read((RECORDED / file).read_bytes(), reading)


def update(reading: Reading = READING, **what: Any) -> Accepted:
    return read(json.dumps({"update_id": 1} | what).encode(), reading)


def message(**what: Any) -> dict[str, Any]:
    return {"message_id": 5, "from": ANNA, "chat": PRIVATE, "date": 1_772_434_800} | what


def content(**what: Any) -> Content:
    [inbound] = update(message=message(**what)).messages
    return inbound.content


@pytest.mark.parametrize("entry", SAMPLES, ids=[entry["file"] for entry in SAMPLES])
def test_a_recorded_update_leads_to_what_its_index_says(entry: dict[str, Any]) -> None:
    found = sample(entry["file"])

    assert found.unread == ()
    match entry["expect"]:
        case "process":
            raw = json.loads((RECORDED / entry["file"]).read_text("utf-8"))
            what = raw.get("message") or raw["callback_query"]["message"]
            private = what["chat"]["type"] == "private"
            assert len(found.messages) == (1 if private else 0), found
            assert bool(found.set_aside) is not private
        case "edit":
            assert [bool(one.corrects) for one in found.messages] == [True]
        case "unsubscribe" | "subscribe":
            [event] = found.events
            assert isinstance(event, Presence)
            assert event.reachable is (entry["expect"] == "subscribe")
        case "migrate":
            assert [type(event) for event in found.events] == [Moved]
        case "reject-phone":
            [inbound] = found.messages
            assert isinstance(inbound.content, SharedPhone)
            assert not inbound.content.verified
        case _:
            assert (found.messages, found.events) == ((), ())
            assert found.set_aside


def test_nearly_all_recorded_updates_that_are_to_be_processed_are_in_private_chats() -> None:
    taken = [entry for entry in SAMPLES if entry["expect"] == "process" and sample(entry["file"]).messages]
    assert len(taken) > 20


@pytest.mark.parametrize("case", [case for case in MALFORMED if "raw" in case], ids=lambda case: case["name"])
def test_a_malformed_body_is_no_crash(case: dict[str, Any]) -> None:
    try:
        found = read(case["raw"].encode(), READING)
    except BadWebhook:
        assert case["name"] in {"not json", "no update_id", "update_id as string"}
    else:
        assert len(found.messages) == (1 if "processed" in case["expect"] else 0)


def test_a_text_of_4096_signs_beyond_the_first_plane_is_read_whole() -> None:
    assert content(text="📚" * 4096) == Text("📚" * 4096)


@pytest.mark.parametrize(
    ("what", "means"),
    [
        ({"text": "Есть ли «Идиот»?"}, Text("Есть ли «Идиот»?")),
        ({"text": "/start"}, Started()),
        ({"text": "/start branch-03"}, Started("branch-03")),
        ({"text": "/start@example_library_bot x"}, Started("x")),
        ({"text": "/help"}, ButtonPress("help")),
        ({"text": "/stop"}, Text("стоп")),
        ({"text": "/idiot Достоевский"}, Text("idiot Достоевский")),
        ({"text": "/ не команда"}, Text("/ не команда")),
        ({"photo": [{"file_id": "s", "width": 1, "height": 1}, {"file_id": "l", "width": 9, "height": 9}]}, Photo("l")),
        ({"photo": [{"file_id": "s"}], "caption": "эта?"}, Photo("s", "эта?")),
        ({"voice": {"file_id": "v"}}, Unsupported("voice")),
        ({"animation": {"file_id": "a"}, "document": {"file_id": "a"}}, Unsupported("animation")),
        ({"document": {"file_id": "d"}, "caption": "что это?"}, Text("что это?")),
        ({"venue": {}, "location": {}}, Unsupported("location")),
        ({"contact": {"phone_number": "79990000001", "user_id": 100001}}, SharedPhone("+79990000001", verified=True)),
        ({"contact": {"phone_number": "+7 999 000-00-01", "user_id": 7}}, SharedPhone("+79990000001")),
        ({"contact": {"phone_number": "+79990000001"}}, SharedPhone("+79990000001")),
        ({"contact": {"phone_number": "112", "user_id": 100001}}, Unsupported("contact")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_message_means_what_it_holds(what: dict[str, Any], means: Content) -> None:
    assert content(**what) == means


def test_a_message_bears_who_when_and_its_name() -> None:
    [inbound] = update(message=message(text="да")).messages

    assert inbound.contact == Contact(channel="telegram", address="100001")
    assert (inbound.name, inbound.language) == ("Анна К", "ru")
    assert inbound.sent_at == datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
    assert (inbound.external_id, inbound.corrects) == ("100001:5", "")


def test_the_same_message_is_known_again_whatever_number_its_update_has() -> None:
    keys = {
        read(json.dumps({"update_id": n, "message": message(text="да")}).encode(), READING).messages[0].idempotency_key
        for n in (1, 2)
    }
    assert len(keys) == 1


def test_each_edit_is_known_apart_and_corrects_its_message() -> None:
    edits = [update(edited_message=message(text="нет", edit_date=moment)).messages[0] for moment in (10, 20)]
    assert {edit.corrects for edit in edits} == {"100001:5"}
    assert len({edit.idempotency_key for edit in edits} | {"100001:5"}) == 3


def test_an_edit_without_words_is_set_aside() -> None:
    assert update(edited_message=message(location={}, edit_date=10)).set_aside == ("edited_message",)


def test_a_press_is_answered_in_any_case() -> None:
    keys = [[{"text": "Да", "callback_data": "yes"}]]
    shown = {"message_id": 5, "chat": PRIVATE, "date": 0, "reply_markup": {"inline_keyboard": keys}}
    query = {"id": "q1", "from": ANNA, "data": "yes", "message": shown}

    found = update(callback_query=query)
    assert (found.messages[0].content, found.messages[0].sent_at) == (ButtonPress("yes", "Да"), NOW)
    assert found.courtesies == (Pressed("q1"),)

    of_old = {**query, "message": {**shown, "reply_markup": {"inline_keyboard": []}}}
    assert update(callback_query=of_old).messages[0].content == ButtonPress("yes", "")

    for lost in ("data", "message"):
        found = update(callback_query={key: value for key, value in query.items() if key != lost})
        assert (found.messages, found.courtesies) == ((), (Pressed("q1"),))


@pytest.mark.parametrize(
    ("text", "heard"),
    [("/help", True), ("/help@example_library_bot", True), ("/help@other_bot", False), ("привет", False)],
)
def test_of_groups_only_commands_of_the_staffs_own_are_heard(text: str, heard: bool) -> None:
    staff = Reading(channel="telegram", now=NOW, staff_chat=-100, username="example_library_bot")
    group = message(text=text, chat={"id": -100, "type": "supergroup"})

    assert bool(update(staff, message=group).messages) is heard
    assert update(message=group).set_aside == ("supergroup",)
    assert not update(staff, message=group | {"chat": {"id": -200, "type": "group"}}).messages


def test_while_telegram_has_not_said_our_name_every_command_of_the_staff_is_heard() -> None:
    staff = Reading(channel="telegram", now=NOW, staff_chat=-100)

    assert update(staff, message=message(text="/help@a_bot", chat={"id": -100, "type": "supergroup"})).messages


def test_a_moment_that_cannot_be_is_now() -> None:
    for date in (0, -1, 10**15):
        assert update(message=message(text="да", date=date)).messages[0].sent_at == NOW


def test_an_update_that_lacks_what_it_should_hold_is_kept_aside_as_it_came() -> None:
    body = json.dumps({"update_id": 1, "message": {"text": 7}}).encode()

    found = read(body, READING)

    assert (found.set_aside, found.unread, found.messages) == (("message",), (body,), ())


def test_no_mutated_update_breaks_the_reading() -> None:
    bodies = [(RECORDED / entry["file"]).read_bytes() for entry in SAMPLES]
    outcomes = set()
    for body in mutated(bodies, 500, seed=7):
        try:
            found = read(body, READING)
        except BadWebhook:
            outcomes.add("refused")
        else:
            outcomes.add("taken" if found.messages or found.events else "aside")
    assert outcomes == {"refused", "taken", "aside"}
