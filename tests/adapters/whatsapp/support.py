"""A WhatsApp number as the tests have it."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

from adapters.whatsapp import CHANNEL
from adapters.whatsapp.channel import WhatsApp
from bot.channels import Setting, Webhook
from bot.clock import Clock
from bot.ports.files import Files

RECORDED = Path(__file__).parent / "recorded"
INDEX: list[dict[str, Any]] = json.loads((RECORDED / "index.json").read_text("utf-8"))["samples"]
ONE_BODY = [sample for sample in INDEX if sample["file"] not in ("malformed_bodies.json", "verification_requests.json")]
NUMBER = "106540352242922"
SECRET = "test-app-secret"
WORD = "test-verify-token"
NAME = "wa"


def whatsapp(clock: Clock, api_url: str = "http://127.0.0.1:9", files: Files | None = None, **options: Any) -> WhatsApp:
    """The channel with the options of the recorded webhooks."""
    setting = Setting(
        name=NAME, library_name="Библиотека", language="ru", public_url="https://bot.example", clock=clock, files=files
    )
    asked = {"token": "test-token", "phone_number_id": NUMBER, "app_secret": SECRET, "verify_token": WORD}
    built = CHANNEL.build(CHANNEL.settings(**asked, api_url=api_url, **options), setting)
    assert isinstance(built, WhatsApp)
    return built


def signature(body: bytes, secret: str = SECRET) -> str:
    """What Meta puts into ``X-Hub-Signature-256``."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def posted(body: bytes, signed: str | None = None, header: str = "X-Hub-Signature-256") -> Webhook:
    """A webhook as it arrives."""
    return Webhook(
        method="POST", path="/hooks/wa", headers={header: signed or signature(body)}, query={}, body=body, remote="::1"
    )


def recorded(name: str) -> bytes:
    """A recorded body, byte for byte."""
    return (RECORDED / name).read_bytes()


def update(*messages: dict[str, Any], number: str = NUMBER, **more: Any) -> bytes:
    r"""A body as Meta writes it: other letters as ``\uXXXX``, slashes escaped."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": number},
        "messages": list(messages),
        **more,
    }
    change = {"value": value, "field": "messages"}
    body = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    return json.dumps(body).replace("/", "\\/").encode()


def said(text: str, message_id: str, phone: str = "79991230001", at: int = 1741200000) -> dict[str, Any]:
    """One text of a reader."""
    return {"from": phone, "id": message_id, "timestamp": str(at), "type": "text", "text": {"body": text}}
