"""The emulator is held to what Meta publishes, so that adapter and emulator cannot agree on a mistake."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.emulators.whatsapp import emulator
from tests.emulators.whatsapp.emulator import WhatsAppEmulator, faults_of
from tests.support.clock import StandingClock

ANNA = "79991230001"
_FILE = Path(emulator.__file__).parent / "requests.json"
EXAMPLES: dict[str, dict[str, Any]] = json.loads(_FILE.read_text("utf-8"))["examples"]
OURS = {
    name: body
    for name, body in EXAMPLES.items()
    if body.get("type", "") in ("text", "image", "document", "location", "template")
    or body.get("status") == "read"
    or ("type" in body and body.get("interactive", {}).get("type") in ("list", "button"))
}
DISAGREEMENTS = re.compile(
    r"'(?:policy|recipient_type)' is a required property"
    r"|-?\d+\.\d+ is not of type 'string'"  # a location's degrees
    r"|'(?:CATALOG|flow)' is not one of .*|'?[01]'? (?:does not match|is not of type) .*"  # buttons of templates
)
"""Where Meta's examples are not what Meta's schema wants; we send what both allow, and no buttons of templates."""


def said(**body: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "recipient_type": "individual", "to": ANNA, **body}


def test_metas_own_examples_of_what_we_send_are_taken() -> None:
    assert len(OURS) >= 15
    faults = {
        name: [fault for fault in faults_of(body) if not DISAGREEMENTS.fullmatch(fault)] for name, body in OURS.items()
    }
    assert {name: found for name, found in faults.items() if found} == {}


BUTTONS = [{"type": "reply", "reply": {"id": str(n), "title": f"Книга {n}"}} for n in range(4)]
ROWS = [{"id": str(n), "title": f"Книга {n}"} for n in range(11)]


@pytest.mark.parametrize(
    "body",
    [
        said(type="text", text={"body": ""}),
        said(type="text", text={"body": "ы" * 4097}),
        said(type="text", text={"body": "да"}, parse_mode="HTML"),
        said(type="location", location={"latitude": 45.0, "longitude": "41"}),
        said(type="location", location={"latitude": "91", "longitude": "41"}),
        said(type="image", image={"id": "unknown"}),
        said(type="interactive", interactive={"type": "button", "body": {"text": "?"}, "action": {"buttons": BUTTONS}}),
        said(
            type="interactive",
            interactive={"type": "button", "body": {"text": "ы" * 1025}, "action": {"buttons": BUTTONS[:1]}},
        ),
        said(
            type="interactive",
            interactive={"type": "button", "body": {"text": "?"}, "action": {"buttons": BUTTONS[:1] * 2}},
        ),
        said(
            type="interactive",
            interactive={
                "type": "list",
                "body": {"text": "?"},
                "action": {"button": "…", "sections": [{"rows": ROWS}]},
            },
        ),
        said(type="template", template={"name": "due", "language": {"code": "ru"}}),
        {"messaging_product": "whatsapp", "recipient_type": "individual", "type": "text", "text": {"body": "да"}},
        {"type": "text", "to": ANNA, "recipient_type": "individual", "text": {"body": "да"}},
        said(type="sticker", sticker={"id": "1"}),
        {"messaging_product": "whatsapp", "status": "read"},
    ],
)
async def test_what_meta_refuses_is_refused_with_its_words(body: dict[str, Any], clock: StandingClock) -> None:
    async with WhatsAppEmulator(clock) as meta:
        meta.hears(ANNA, "да")
        status, answer = await call(meta, body)

        assert (status, answer["error"]["code"], answer["error"]["type"]) == (400, 131009, "OAuthException")
        assert (len(meta.wrong), meta.taken) == (1, [])


async def test_limits_of_number_pair_and_window(clock: StandingClock) -> None:
    now = 0.0
    async with WhatsAppEmulator(clock, tick=lambda: now) as meta:
        text = said(type="text", text={"body": "да"})
        assert (await call(meta, text))[1]["error"]["code"] == 131047
        meta.hears(ANNA, "да")
        codes = [(await call(meta, text))[1].get("error", {}).get("code") for _ in range(80)]
        assert codes[44:47] == [131056] * 3 or codes[43:46] == [None, 131056, 131056]
        assert codes[-1] == 130429
        now = 7.0
        assert (await call(meta, text))[0] == 200
        clock.turn(timedelta(hours=24, seconds=1))
        now = 20.0
        assert (await call(meta, text))[1]["error"]["code"] == 131047
        assert meta.wrong == []


async def call(meta: WhatsAppEmulator, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """One call, written by hand."""
    url = f"{meta.api_url}/{meta.number}/messages"
    proof = {"Authorization": f"Bearer {meta.token}"}
    async with aiohttp.ClientSession() as session, session.post(url, json=body, headers=proof) as answer:
        return answer.status, await answer.json()
