"""Every known event leads to what its index says; nothing that may come breaks the parser."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.ok.parse import Pressed, read
from bot.channels import Accepted
from bot.messages import ButtonPress, Contact, Inbound, Photo, SharedPhone, Text, Unsupported
from tests.support.mutations import mutated

RECORDED = Path(__file__).parent / "recorded"
SAMPLES = json.loads((RECORDED / "index.json").read_text("utf-8"))["samples"]
WHOLE = [sample for sample in SAMPLES if sample["expect"] != "see each"]
NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


def accepted(event: Any) -> Accepted:
    raw = event if isinstance(event, bytes) else json.dumps(event).encode()
    return read(raw, "ok", NOW)


def recorded(name: str) -> Accepted:
    return accepted((RECORDED / name).read_bytes())


def event(text: str = "", *attachments: dict[str, Any], **more: Any) -> dict[str, Any]:
    message = {"mid": "mid:C1.1", "seq": 1, "text": text, "attachments": list(attachments)}
    return {
        "webhookType": "MESSAGE_CREATED",
        "sender": {"user_id": "user:7", "name": "Мария"},
        "recipient": {"chat_id": "chat:C1"},
        "message": message,
        "timestamp": 1_700_000_000_000,
    } | more


def one(body: Any) -> Inbound:
    (message,) = accepted(body).messages
    return message


@pytest.mark.parametrize("sample", WHOLE, ids=[sample["file"] for sample in WHOLE])
def test_a_known_event_leads_to_what_its_index_says(sample: dict[str, str]) -> None:
    messages = recorded(sample["file"]).messages
    led_to = "ignore" if not messages else "edit" if messages[0].corrects else "process"
    assert led_to == sample["expect"]


def test_all_known_events_are_there() -> None:
    files = {file.name for file in RECORDED.glob("*.json")} - {"index.json"}
    assert files == {sample["file"] for sample in SAMPLES}
    assert len(SAMPLES) == 12


@pytest.mark.parametrize("case", json.loads((RECORDED / "malformed_bodies.json").read_text("utf-8")), ids=str)
def test_a_malformed_body_is_set_aside(case: dict[str, str]) -> None:
    if "raw" in case:  # the address: tests of the channel
        got = accepted(case["raw"].encode())
        assert not got.messages
        assert got.set_aside


def test_a_message_is_answered_to_its_writer_never_to_the_chat() -> None:
    assert one(event("Привет")) == Inbound(
        contact=Contact(channel="ok", address="user:7"),
        content=Text("Привет"),
        idempotency_key="mid:C1.1",
        sent_at=datetime.fromtimestamp(1_700_000_000, UTC),
        name="Мария",
        external_id="mid:C1.1",
    )


def test_what_the_messenger_says_of_itself_is_never_shown_and_what_looks_so_is() -> None:
    assert accepted(event('{"ui":1,"ty":"JOIN_BY_LINK"}')).set_aside == ("system",)
    assert one(event('{"ty": не JSON')).content == Text('{"ty": не JSON')
    assert one(event('{"книга": 1}')).content == Text('{"книга": 1}')


@pytest.mark.parametrize(
    "more",
    [
        {"callbackId": "cb", "payload": "renew:42"},
        {"callback": {"callbackId": "cb", "payload": "renew:42"}},
        {"message": {"callbackId": "cb", "payload": "renew:42", "mid": "mid:C1.1"}},
        {"callbackId": "cb", "message": {"payload": "renew:42", "mid": "mid:C1.1"}},
    ],
    ids=["beside", "in callback", "in message", "in both"],
)
def test_a_press_is_found_wherever_it_stands(more: dict[str, Any]) -> None:
    got = accepted(event(webhookType="MESSAGE_CALLBACK", **more))
    assert [(message.content, message.idempotency_key) for message in got.messages] == [(ButtonPress("renew:42"), "cb")]
    assert got.courtesies == (Pressed("user:7", "cb", "chat:C1"),)


def test_a_press_without_a_name_is_still_heard_once() -> None:
    first, again, later = (one(event(webhookType="MESSAGE_CALLBACK", payload="p", timestamp=at)) for at in (1, 1, 2))
    assert first.idempotency_key == again.idempotency_key != later.idempotency_key


def test_two_edits_of_a_message_are_two() -> None:
    first, second = one(event("Обломов", edited=True)), one(event("Обрыв", edited=True))
    assert first.corrects == second.corrects == "mid:C1.1"
    assert len({first.idempotency_key, second.idempotency_key, "mid:C1.1"}) == 3


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("STICKER", Unsupported("sticker")),
        ("AUDIO", Unsupported("voice")),
        ("FILE", Unsupported("document")),
        ("PRESENT", Unsupported("other")),
        ("CONTACT", Unsupported("contact")),
    ],
)
def test_what_cannot_be_read_is_named(kind: str, content: Unsupported) -> None:
    assert one(event("", {"type": kind, "payload": {}})).content == content


def test_a_picture_and_a_number_are_heard_and_the_number_is_not_believed() -> None:
    picture = {"type": "IMAGE", "payload": {"url": "https://i.mycdn.me/1"}}
    assert one(event("обложка", picture)).content == Photo("https://i.mycdn.me/1", "обложка")
    card = {"type": "CONTACT", "payload": {"phone": "8 (900) 123-45-67"}}
    assert one(event("", card)).content == SharedPhone("+79001234567", verified=False)


@pytest.mark.parametrize("at", [None, "вчера", -1, 0, 2**63, 1e308, True])
def test_an_impossible_moment_is_now(at: Any) -> None:
    assert one(event("Привет", timestamp=at)).sent_at == NOW


def test_mutated_events_never_raise() -> None:
    bodies = [(RECORDED / sample["file"]).read_bytes() for sample in SAMPLES]
    assert sum(bool(accepted(raw).messages) for raw in mutated(bodies, 500, seed=5)) > 50
