"""What pages and programs post, and how they are told what is wrong."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.webchat.parse import (
    LARGEST_BODY,
    LONGEST_TEXT,
    Posted,
    Refused,
    contact_of,
    inbound,
    message_number,
    posted,
)
from bot.messages import ButtonPress, Contact, Started, Text

SESSION = "k3Jx9_pQ-7Rt2Lm5Vn8Wb4Zc"
NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


def body(**fields: Any) -> bytes:
    return json.dumps({"session": SESSION, **fields}).encode()


def test_words_are_kept_as_they_came() -> None:
    assert posted(body(text="  Есть ли\n«Обломов»? ")).content == Text("  Есть ли\n«Обломов»? ")


def test_an_empty_text_is_a_message_and_gets_a_kind_answer() -> None:
    assert posted(body(text="")).content == Text("")


def test_a_pressed_button_comes_with_its_label() -> None:
    assert posted(body(text="Другие издания", payload="editions:1")).content == ButtonPress(
        "editions:1", "Другие издания"
    )
    assert posted(body(payload="editions:1")).content == ButtonPress("editions:1")


@pytest.mark.parametrize(("payload", "parameter"), [("start", ""), ("start:poster-12", "poster-12")])
def test_an_opened_page_asks_for_the_greeting(payload: str, parameter: str) -> None:
    assert posted(body(text="", payload=payload)).content == Started(parameter)


def test_unknown_fields_are_left_alone() -> None:
    assert posted(body(text="да", colour="red")).content == Text("да")


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        (b"", 400, ""),
        (b"{", 400, ""),
        (b"[]", 400, ""),
        (b'"text"', 400, ""),
        (b'{"session":"\xff"}', 400, ""),
        (body(), 400, "text"),
        (body(text=None), 400, "text"),
        (body(text=5), 400, "text"),
        (body(text=["a"]), 400, "text"),
        (body(text="a", payload=5), 400, "payload"),
        (body(text="a", payload=""), 400, "payload"),
        (body(text="a", payload="я" * 33), 400, "payload"),
        (body(text=5, payload="help"), 400, "text"),
        (body(text="a", id=""), 400, "id"),
        (body(text="a", id="x" * 101), 400, "id"),
        (body(text="a", id=1.5), 400, "id"),
        (body(text="a", id=True), 400, "id"),
        (body(text="a", id={}), 400, "id"),
        (body(text="a", language="Русский"), 400, "language"),
        (b'{"text":"a"}', 400, "session"),
        (b'{"text":"a","session":5}', 400, "session"),
        (body(text="ы" * (LONGEST_TEXT + 1)), 413, "text"),
        (b" " * (LARGEST_BODY + 1), 413, ""),
        (b"[" * 20_000, 400, ""),
        (b'{"text":"\\ud800","session":"' + SESSION.encode() + b'"}', 400, ""),
    ],
)
def test_a_malformed_message_is_refused_with_what_to_do(sent: bytes, status: int, field: str) -> None:
    with pytest.raises(Refused) as refused:
        posted(sent)
    assert refused.value.status == status
    assert refused.value.field == field
    assert len(str(refused.value)) > 15
    assert refused.value.body()["error"]["message"] == str(refused.value)


@pytest.mark.parametrize(
    "session", ["", "a" * 21, "a" * 65, "a" * 22 + "!", "a" * 22 + "\n", "ы" * 22, None, 5, [SESSION]]
)
def test_a_session_is_a_long_random_word(session: object) -> None:
    with pytest.raises(Refused, match="22 to 64 characters"):
        contact_of("webchat", session)


def test_the_store_never_sees_the_session() -> None:
    contact = contact_of("webchat", SESSION)
    assert SESSION not in contact.address
    assert contact == contact_of("webchat", SESSION)
    assert contact != contact_of("webchat", SESSION + "x")


def key(own_id: object, contact: Contact | None = None) -> str:
    message = posted(body(text="a", id=own_id) if own_id is not None else body(text="a"))
    return inbound(message, contact or contact_of("webchat", SESSION), NOW).idempotency_key


def test_the_same_id_of_one_session_is_the_same_message() -> None:
    assert key("m-1") == key("m-1")
    assert key(7) == key("7")
    assert key("m-1") != key("m-2")


def test_the_same_id_of_another_session_is_another_message() -> None:
    assert key("m-1") != key("m-1", contact_of("webchat", SESSION + "x"))


def test_a_message_without_an_id_is_always_new() -> None:
    assert key(None) != key(None)


def test_a_key_fits_its_column_whatever_the_id() -> None:
    assert len(key("🙂" * 100)) <= 200


def test_the_language_of_the_page_goes_along() -> None:
    message = posted(body(text="hours", language="en"))
    assert message == Posted(session=SESSION, content=Text("hours"), own_id="", language="en")
    assert inbound(message, contact_of("webchat", SESSION), NOW).language == "en"


@pytest.mark.parametrize(("value", "number"), [(None, 0), ("", 0), ("0", 0), ("17", 17)])
def test_a_page_says_what_it_has_seen(value: str | None, number: int) -> None:
    assert message_number(value, "after") == number


@pytest.mark.parametrize("value", ["-1", "1.0", "x", "٣", "9" * 19, "1" * 30, " 1"])
def test_what_was_seen_is_a_message_id(value: str) -> None:
    with pytest.raises(Refused, match="whole number"):
        message_number(value, "after")
