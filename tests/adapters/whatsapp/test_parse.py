"""Every recorded webhook leads to what its index says; nothing that Meta may post makes us fall."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.whatsapp.parse import ReadMark, read, warnings
from bot.errors import BadSignature, BadWebhook
from bot.messages import (
    ButtonPress,
    Contact,
    Delivery,
    DeliveryReceipt,
    Moved,
    Photo,
    Removed,
    SharedPhone,
    StaffReply,
    Started,
    Text,
    Unsupported,
)
from tests.adapters.whatsapp.support import (
    INDEX,
    NAME,
    NUMBER,
    ONE_BODY,
    RECORDED,
    posted,
    recorded,
    said,
    signature,
    update,
    whatsapp,
)
from tests.support.clock import StandingClock
from tests.support.mutations import mutated

NOW = datetime(2025, 3, 5, 12, 0, tzinfo=UTC)
READER = Contact(channel=NAME, address="+972987654321")


def accepted(body: bytes) -> Any:
    return read(body, channel=NAME, phone_number_id=NUMBER, now=NOW)


def content_of(name: str) -> Any:
    (message,) = accepted(recorded(name)).messages
    return message.content


def test_the_index_is_whole() -> None:
    assert len(INDEX) == 72
    assert {sample["file"] for sample in INDEX} == {file.name for file in RECORDED.glob("*.json")} - {"index.json"}


@pytest.mark.parametrize("sample", ONE_BODY, ids=lambda sample: str(sample["file"]))
def test_a_recorded_webhook_leads_to_what_its_index_says(sample: dict[str, Any], clock: StandingClock) -> None:
    got = whatsapp(clock).accept(posted(recorded(sample["file"])))

    messages, receipts = len(got.messages), [event for event in got.events if isinstance(event, DeliveryReceipt)]
    moved = [event for event in got.events if isinstance(event, Moved)]
    match sample["expect"]:
        case "process":
            assert (messages, receipts, moved) == (1, [], [])
        case "process all":
            assert (messages, len(receipts)) == (3, 1)
        case "ignore":
            assert (messages, receipts, moved) == (0, [], [])
            assert got.courtesies == ()
        case "status":
            assert (messages, len(receipts)) == (0, 1)
        case "edit":
            assert messages == 1
            assert got.messages[0].corrects
        case "identity":
            assert (messages, len(moved)) == (0, 1)
        case unknown:
            pytest.fail(f"the index says {unknown}")
    assert (got.answer, got.content_type) == (b"", "text/plain")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("message_text.json", Text("Body Text")),
        ("button_button.json", ButtonPress("callback_data", "title")),
        ("list_selection_description.json", ButtonPress("callback_data", "title")),
        ("button_quick_reply.json", ButtonPress("callback_data", "title")),
        ("message_image.json", Photo("65463453")),
        ("meta_image_message.json", Photo("1003383421387256", "Taj Mahal")),
        ("message_voice.json", Unsupported("voice")),
        ("message_audio.json", Unsupported("audio")),
        ("message_video.json", Unsupported("video")),
        ("message_document.json", Unsupported("document")),
        ("message_static_sticker.json", Unsupported("sticker")),
        ("message_chosen_location.json", Unsupported("location")),
        ("message_contacts.json", Unsupported("contact")),
        ("message_unsupported_with_type.json", Unsupported("unknown")),
        ("edited_image.json", Photo("1234567890", "Updated image caption")),
    ],
)
def test_what_a_reader_sent(name: str, content: Any) -> None:
    assert content_of(name) == content


def test_a_message_keeps_who_when_and_its_id() -> None:
    got = accepted(recorded("message_text.json"))

    (message,) = got.messages
    assert message.contact == READER
    assert (message.name, message.idempotency_key) == ("Test Name", "wamid.B9AA17A7F0CEB7AB3252EBB9=")
    assert message.external_id == message.idempotency_key
    assert message.sent_at == datetime(2023, 10, 11, 16, 53, 43, tzinfo=UTC)
    assert got.courtesies == (ReadMark("wamid.B9AA17A7F0CEB7AB3252EBB9="),)


def test_a_reader_without_a_number_is_known_by_the_id_for_this_business() -> None:
    (message,) = accepted(recorded("message_text_bsuid_only_no_phone.json")).messages

    assert message.contact.address == "bsuid:US.13491208655302741918"
    assert message.name == "Test Name"


def test_a_batch_is_read_whole_in_its_order() -> None:
    got = accepted(recorded("batch_two_entries_three_messages_one_status.json"))

    assert [message.content for message in got.messages] == [Text("первое"), Text("второе"), Text("третье")]
    assert got.courtesies == (ReadMark("wamid.BATCH3"),)  # one mark covers what came before it


def test_one_broken_item_loses_only_itself() -> None:
    wrong: list[Any] = [7, None, {}, {"id": "wamid.A"}, {"id": "wamid.B", "from": "abc", "type": "text"}]
    got = accepted(update(*wrong, said("цел", "wamid.C"), statuses=[[], {"id": "x"}, {"id": "x", "status": "read"}]))

    assert [message.content for message in got.messages] == [Text("цел")]
    assert len(got.events) == 1
    assert len(got.set_aside) == 7
    assert got.set_aside.count("broken_message") == 5
    assert b'{"id": "wamid.A"}' in got.unread


def test_our_own_message_delivered_read_and_failed() -> None:
    assert [
        (event.external_id, event.delivery)
        for name in ("status_sent", "status_delivered", "status_read", "status_played", "status_failed")
        for event in accepted(recorded(f"{name}.json")).events
    ] == [("wamid.xyzxyz", Delivery(word)) for word in ("sent", "delivered", "read", "read", "failed")]


def test_a_failure_says_why_and_an_unreachable_reader_is_told_to_the_core() -> None:
    (receipt,) = accepted(recorded("status_failed_131026.json")).events
    assert receipt.reason == "131026 Message Undeliverable."
    assert receipt.unreachable
    forbidden = {"id": "wamid.X", "status": "failed", "errors": [{"code": 130497, "title": "Country"}]}
    (abroad,) = accepted(update(statuses=[forbidden])).events
    assert abroad.unreachable

    for name in ("status_failed_131047.json", "status_failed_131049.json", "status_failed_131056.json"):
        (event,) = accepted(recorded(name)).events  # the reader can be reached all the same
        assert (event.delivery, event.unreachable) == (Delivery.FAILED, False)


def test_a_changed_number_and_a_message_taken_back() -> None:
    (moved,) = accepted(recorded("system_phone_number_change.json")).events
    assert (moved.contact, moved.address) == (READER, "+972912345678")

    (removed,) = accepted(recorded("deleted_revoke.json")).events
    assert removed == Removed(channel=NAME, external_id="<ORIGINAL_WHATSAPP_MESSAGE_ID>", at=removed.at)


def test_ones_own_card_is_a_number_and_somebody_elses_is_not() -> None:
    def card(wa_id: str) -> dict[str, Any]:
        phones = [{"phone": "+7 999 123-00-01", "wa_id": wa_id}]
        return {"from": "79991230001", "id": "wamid.K", "type": "contacts", "contacts": [{"phones": phones}]}

    assert accepted(update(card("79991230001"))).messages[0].content == SharedPhone("+79991230001", verified=True)
    assert accepted(update(card("79991230002"))).messages[0].content == Unsupported("contact")


def test_a_barcode_sent_as_a_file_is_a_picture() -> None:
    document = {"id": "77", "mime_type": "image/jpeg", "filename": "штрихкод.jpg"}
    message = {"from": "79991230001", "id": "wamid.D", "type": "document", "document": document}

    assert accepted(update(message)).messages[0].content == Photo("77")


def test_the_words_of_a_join_link_start_the_dialogue() -> None:
    assert accepted(update(said("Здравствуйте! #start-branch-03", "wamid.S"))).messages[0].content == Started(
        "branch-03"
    )
    assert accepted(update(said("Здравствуйте!", "wamid.T"))).messages[0].content == Text("Здравствуйте!")


def test_a_librarians_answer_from_the_phone_is_told_to_the_core() -> None:
    echo = {"from": "15550783881", "to": "79991230001", "id": "wamid.E", "timestamp": "1741200000", "type": "text"}
    body = json.loads(update())
    change = body["entry"][0]["changes"][0]
    change["field"] = "smb_message_echoes"
    change["value"]["message_echoes"] = [echo | {"text": {"body": "Приходите завтра"}}]

    (event,) = accepted(json.dumps(body).encode()).events

    assert isinstance(event, StaffReply)
    assert (event.text, event.contact.address) == ("Приходите завтра", "+79991230001")


# --- proof ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", json.loads(recorded("malformed_bodies.json")), ids=lambda case: str(case["name"]))
def test_what_cannot_be_read_is_acknowledged_and_counted(case: dict[str, Any], clock: StandingClock) -> None:
    raw = case.get("raw", "").encode()
    if not raw:
        raw = update(said("\u0436\u0451", "wamid.U"))
        assert b"\\u0436\\u0451" in raw
        (message,) = whatsapp(clock).accept(posted(raw)).messages
        assert message.content == Text("жё")
        return

    if case["name"] == "not json":
        with pytest.raises(BadWebhook) as unread:  # answered 200 all the same, and kept aside
            whatsapp(clock).accept(posted(raw))
        assert not isinstance(unread.value, BadSignature)
        return
    got = whatsapp(clock).accept(posted(raw))

    assert (got.messages, got.events, got.answer) == ((), (), b"")
    assert bool(got.set_aside) == (case["name"] not in ("no entry", "empty changes"))


@pytest.mark.parametrize("case", json.loads(recorded("verification_requests.json")), ids=lambda case: case["expect"])
def test_who_asks_is_proved_first(case: dict[str, Any], clock: StandingClock) -> None:
    channel = whatsapp(clock)
    if case["method"] == "GET":
        webhook = replace(posted(b""), method="GET", query=case["query"])
    else:
        webhook = posted(case["body"].encode(), case["signature"] or "none")
    if case["expect"].startswith("200"):
        assert channel.accept(webhook).answer == case.get("query", {}).get("hub.challenge", "").encode()
    else:
        with pytest.raises(BadSignature):
            channel.accept(webhook)


def test_another_number_of_the_same_app_is_not_ours() -> None:
    got = accepted(update(said("раз", "wamid.N"), number="999999999999999", statuses=[{"id": "x", "status": "read"}]))

    assert (got.messages, got.events, got.set_aside) == ((), (), ("another_number",))


def test_the_signature_is_over_the_bytes_as_they_came(clock: StandingClock) -> None:
    body = update(said("ё", "wamid.V"))
    again = json.dumps(json.loads(body), ensure_ascii=False).encode()

    assert len(whatsapp(clock).accept(posted(body, header="x-hub-signature-256")).messages) == 1
    with pytest.raises(BadSignature):
        whatsapp(clock).accept(posted(again, signature(body)))
    with pytest.raises(BadSignature):
        whatsapp(clock).accept(posted(body, signature(body, "another-secret")))


@pytest.mark.parametrize(
    ("kind", "counted"),
    [("interactive", ("interactive",)), ("order", ("order",)), ("hologram", ("unknown_message",)), ("reaction", ())],
)
def test_a_message_that_says_nothing_we_know_is_counted_by_its_kind(kind: str, counted: tuple[str, ...]) -> None:
    got = accepted(update({"from": "79991230001", "id": "wamid.1", "timestamp": "1741200000", "type": kind, kind: {}}))

    assert (got.set_aside, got.messages) == (counted, ())


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("account_update", {"event": "ACCOUNT_RESTRICTION"}, ("account_update: ACCOUNT_RESTRICTION",)),
        ("phone_number_quality_update", {}, ("phone_number_quality_update: see WhatsApp Manager",)),
        ("messages", {"event": "of no interest"}, ()),
    ],
)
def test_the_operator_hears_what_meta_says_of_the_account(
    field: str, value: dict[str, str], told: tuple[str, ...]
) -> None:
    body = {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": field, "value": value}]}]}

    assert warnings(json.dumps(body).encode()) == told


# --- anything at all -----------------------------------------------------------------------------


def test_mutated_webhooks_never_make_us_fall(clock: StandingClock) -> None:
    channel = whatsapp(clock)
    for body in mutated([recorded(sample["file"]) for sample in ONE_BODY], 500, seed=4):
        try:
            got = channel.accept(posted(body))
        except BadSignature:
            raise
        except BadWebhook:
            continue
        for message in got.messages:
            assert 0 < len(message.idempotency_key) <= 200
            assert message.contact.address.startswith(("+", "bsuid:"))
            assert message.sent_at.tzinfo is UTC
            message.name.encode()
            repr(message.content).encode()
