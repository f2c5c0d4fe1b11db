"""Every recorded update leads to what its index says; nothing that MAX may send breaks the parser."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.max.parse import Pressed, read
from bot.channels import Accepted
from bot.messages import (
    ButtonPress,
    Contact,
    Inbound,
    Photo,
    Presence,
    Removed,
    SharedPhone,
    Started,
    Text,
    Unsupported,
)
from tests.emulators.max import Updates
from tests.support.mutations import mutated

RECORDED = Path(__file__).parent / "recorded"
SAMPLES = json.loads((RECORDED / "index.json").read_text("utf-8"))["samples"]
WHOLE = [sample for sample in SAMPLES if sample["expect"] != "see each"]
TOKEN = "test-max-token"
updates = Updates(TOKEN)


def accepted(update: Any) -> Accepted:
    raw = update if isinstance(update, bytes) else json.dumps(update).encode()
    return read(raw, "max", TOKEN)


def one(update: Any) -> Inbound:
    (message,) = accepted(update).messages
    return message


def recorded(name: str) -> Accepted:
    return accepted((RECORDED / name).read_bytes())


def led_to(got: Accepted) -> set[str]:
    """What the index's words mean to us."""
    if not got.messages:
        kinds = {Presence: "unsubscribe", Removed: "ignore"}
        return {kinds[type(event)] for event in got.events} or {"ignore"}
    (message,) = got.messages
    if message.corrects:
        return {"edit"}
    return {"reject-phone"} if message.content == SharedPhone("+70000000000", verified=False) else {"process"}


@pytest.mark.parametrize("sample", WHOLE, ids=[sample["file"] for sample in WHOLE])
def test_a_recorded_update_leads_to_what_its_index_says(sample: dict[str, str]) -> None:
    assert led_to(recorded(sample["file"])) == {sample["expect"]}


def test_all_recorded_updates_are_there() -> None:
    files = {file.name for file in RECORDED.glob("*.json")} - {"index.json"}
    assert files == {sample["file"] for sample in SAMPLES}
    assert len(SAMPLES) == 26


@pytest.mark.parametrize("case", json.loads((RECORDED / "malformed_bodies.json").read_text("utf-8")), ids=str)
def test_a_malformed_body_is_set_aside_or_read_as_far_as_it_goes(case: dict[str, str]) -> None:
    if "raw" not in case:
        return  # the secret: tests of the channel
    got = accepted(case["raw"].encode())
    if case["name"] == "callback with message null":
        assert [message.content for message in got.messages] == [ButtonPress("p")]
        assert got.courtesies == (Pressed("cb-null"),)
    else:
        assert not got.messages
        assert got.set_aside


def test_a_live_dialogue_has_a_negative_chat_and_is_answered_by_person() -> None:
    (message,) = recorded("real_dialog_text.json").messages
    assert message == Inbound(
        contact=Contact(channel="max", address="54321"),
        content=Text("Привет"),
        idempotency_key="mid.real0001",
        sent_at=datetime.fromtimestamp(1739184000, UTC),
        name="User_Name",
        language="ru",
        external_id="mid.real0001",
    )


def test_a_press_brings_its_label_and_is_answered() -> None:
    got = recorded("real_callback_1.json")
    assert got.messages[0].content == ButtonPress("new_campaign", "➕ Создать новую проверку")
    assert got.messages[0].idempotency_key == "real-callback-1"
    assert got.courtesies == (Pressed("real-callback-1"),)


def test_a_link_starts_with_its_parameter() -> None:
    assert one(updates.started(7, "branch_03")).content == Started("branch_03")
    assert one(updates.started(7)).content == Started("")


def test_two_starts_at_different_moments_are_two_and_a_repeat_is_the_same() -> None:
    first, second = updates.started(7), updates.started(7)
    assert one(first).idempotency_key == one(first).idempotency_key
    assert one(first).idempotency_key != one(second).idempotency_key


def test_an_edited_message_corrects_the_first() -> None:
    message = one(updates.edited(7, "mid.1", "Обломов"))
    assert (message.content, message.corrects, message.external_id) == (Text("Обломов"), "mid.1", "mid.1")
    assert message.idempotency_key != "mid.1"


def test_a_removed_message_is_told() -> None:
    assert [
        event.external_id for event in accepted(updates.removed(7, "mid.1")).events if isinstance(event, Removed)
    ] == ["mid.1"]


def test_a_stopped_bot_is_told() -> None:
    (event,) = accepted(updates.stopped(7)).events
    assert isinstance(event, Presence)
    assert (event.contact.address, event.reachable) == ("7", False)


@pytest.mark.parametrize(
    ("owner", "signed", "verified"), [(7, True, True), (8, True, False), (7, False, False)], ids=str
)
def test_a_number_is_believed_only_if_signed_and_ones_own(owner: int, signed: bool, verified: bool) -> None:
    card = updates.contact("79001234567", owner, signed=signed)
    assert one(updates.said(7, "", card)).content == SharedPhone("+79001234567", verified=verified)


def test_a_number_of_another_bot_is_not_believed() -> None:
    card = Updates("another-token").contact("79001234567", 7)
    assert one(updates.said(7, "", card)).content == SharedPhone("+79001234567", verified=False)


@pytest.mark.parametrize(
    ("written", "number"), [("8 (900) 123-45-67", "+79001234567"), ("+375291234567", "+375291234567")]
)
def test_a_number_is_written_one_way(written: str, number: str) -> None:
    content = one(updates.said(7, "", updates.contact(written, 7))).content
    assert isinstance(content, SharedPhone)
    assert content.number == number


def test_a_card_without_a_number_is_no_number() -> None:
    assert one(updates.said(7, "", updates.contact("12", 7))).content == Unsupported("contact")


@pytest.mark.parametrize(
    ("attachment", "kind"),
    [("audio", "voice"), ("file", "document"), ("sticker", "sticker"), ("video", "video"), ("Weird-1", "other")],
)
def test_what_cannot_be_read_is_named(attachment: str, kind: str) -> None:
    assert one(updates.said(7, "", {"type": attachment, "payload": {}})).content == Unsupported(kind)


def test_a_picture_keeps_its_words_and_words_beside_a_file_are_read() -> None:
    image = {"type": "image", "payload": {"url": "https://i.oneme.ru/i?r=1", "token": "t", "photo_id": 1}}
    assert one(updates.said(7, "обложка", image)).content == Photo("https://i.oneme.ru/i?r=1", "обложка")
    assert one(updates.said(7, "правила", {"type": "file", "payload": {}})).content == Text("правила")


def test_a_forwarded_message_is_read_as_words() -> None:
    update = updates.said(7, "")
    update["message"]["link"] = {"type": "forward", "message": {"text": "Вий"}}
    assert one(update).content == Text("Вий")


def test_a_message_of_nothing_is_set_aside() -> None:
    assert accepted(updates.said(7, "")).set_aside == ("message without content",)


def test_groups_are_not_answered() -> None:
    assert accepted(updates.said(7, "Привет", chat_type="chat")).set_aside == ("message outside a dialogue",)


def test_an_endless_id_becomes_a_key_that_fits() -> None:
    message = one(updates.said(7, "Привет", mid="м" * 5_000))
    assert len(message.idempotency_key) <= 200
    assert message.idempotency_key == message.external_id


def test_mutated_updates_never_raise() -> None:
    bodies = [(RECORDED / sample["file"]).read_bytes() for sample in SAMPLES]
    understood = sum(bool(accepted(raw).messages or accepted(raw).events) for raw in mutated(bodies, 500, seed=4))
    assert understood > 50
