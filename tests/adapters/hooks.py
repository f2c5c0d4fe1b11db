"""Every messenger that calls us, alike: how its channel is built, what it posts, and how it proves who it is."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from adapters.max.channel import SECRET_HEADER as MAX_HEADER
from adapters.telegram.channel import SECRET_HEADER as TELEGRAM_HEADER
from bot.app.channels import channel_spec
from bot.channels import Channel, Pushed, Setting
from bot.clock import Clock
from tests.adapters.sms.support import ACCOUNTS, CALLBACK
from tests.adapters.whatsapp.support import NUMBER, WORD, said, signature, update
from tests.adapters.whatsapp.support import SECRET as META_SECRET
from tests.emulators.max import MaxServer
from tests.emulators.ok import OkServer
from tests.emulators.telegram import TelegramServer
from tests.emulators.vk import GROUP, VkEmulator
from tests.emulators.vk import SECRET as VK_SECRET
from tests.emulators.vk import TOKEN as VK_TOKEN

RECORDED = Path(__file__).parent
SECRET = "test-secret-0123456789"
WRONG = "wrong-secret-9876543210"
NOWHERE = "http://127.0.0.1:9"
READER = 100001
NO_BODIES = ("index.json", "api-responses.json", "malformed_bodies.json", "verification_requests.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One webhook: ``query`` follows the address, ``key`` is a last part of its path."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    key: str = ""

    @property
    def below(self) -> str:
        """What follows ``/hooks/<channel>``."""
        return (f"/{self.key}" if self.key else "") + (f"?{urlencode(self.query)}" if self.query else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One messenger.

    Attributes:
        options: Of its channel; ``api_url`` is added.
        event: A reader's words as the messenger tells of them.
        posted: An event or raw bytes with the proof made of a secret.
        renewed: A bent event made to look genuine and new: its own number, and the proof where that stands inside.
        answer: What the messenger wants to hear.
        unread: How a body that is no event at all is answered, though its proof (where it stands outside) is right.
    """

    options: Mapping[str, Any]
    event: Callable[[str], Any]
    posted: Callable[[Any, str], Post]
    secret: str = SECRET
    renewed: Callable[[Any, int], Any] = lambda event, number: event
    answer: bytes = b""
    unread: int = 200
    is_json: bool = True


def built(kind: str, clock: Clock, api_url: str = NOWHERE, **more: Any) -> Channel:
    """The channel of a messenger, called as its kind."""
    spec, hook = channel_spec(kind), HOOKS[kind]
    setting = Setting(
        name=kind, library_name="Библиотека", language="ru", public_url="https://bot.library.example", clock=clock
    )
    return spec.build(spec.settings.model_validate({**hook.options, "api_url": api_url, **more}), setting)


def pushed(kind: str, clock: Clock) -> Pushed:
    """The same, for a messenger that calls us."""
    channel = built(kind, clock)
    assert isinstance(channel, Pushed)
    return channel


def recorded(kind: str) -> list[bytes]:
    """Recorded webhooks of a messenger, as JSON; SMS gateways post forms, which are written as JSON here."""
    if kind == "sms":
        return [json.dumps(form, ensure_ascii=False).encode() for form in FORMS]
    files = sorted((RECORDED / kind / "recorded").glob("*.json"))
    return [file.read_bytes() for file in files if file.name not in NO_BODIES]


def raw(event: Any) -> bytes:
    """An event as JSON; bytes as they are."""
    return event if isinstance(event, bytes) else json.dumps(event).encode()


# --- messenger by messenger ----------------------------------------------------------------------

FORMS: tuple[dict[str, str], ...] = (
    {"data[0]": "sms_status\n000000-000001\n103"},
    {"data[0]": "sms_status\n000000-000001\n103", "data[1]": "sms_status\n000000-000002\n104"},
    {"phone": "79990000001", "mes": "Есть ли Обломов?", "to": "79990000000", "sms_id": "7", "ts": "1741200000"},
    {"id": "7", "phone": "79990000001", "status": "1", "time": "02.03.2026 10:00:00", "ts": "1741200000"},
)


def _in_body(event: Any, secret: str) -> Post:
    return Post(body=raw(event | {"secret": secret} if isinstance(event, dict) else event))


def _vk_renewed(event: Any, number: int) -> Any:
    if not isinstance(event, dict):
        return event
    what = event.get("object")
    for place in (what, what.get("message") if isinstance(what, dict) else None):
        if isinstance(place, dict) and "conversation_message_id" in place:
            place["conversation_message_id"] = number + 1
    return event | {"group_id": GROUP}


def _telegram_renewed(event: Any, number: int) -> Any:
    if isinstance(event, dict):
        event["update_id"] = number
        if isinstance(message := event.get("message"), dict) and "message_id" in message:
            message["message_id"] = number + 1
    return event


def _named_anew(event: Any, number: int, *names: str) -> Any:
    """Every id of a message in it, wherever it stands, with the number behind."""
    if isinstance(event, dict):
        return {
            key: f"{inner}.{number}" if key in names and isinstance(inner, str) else _named_anew(inner, number, *names)
            for key, inner in event.items()
        }
    return [_named_anew(inner, number, *names) for inner in event] if isinstance(event, list) else event


def _form(event: Any) -> bytes:
    if isinstance(event, bytes):
        return event
    pairs = event.items() if isinstance(event, dict) else [("", event)]
    return urlencode([(key, str(value)) for key, value in pairs], errors="replace").encode()


def _numbers() -> Iterator[int]:
    number = 0
    while True:
        yield (number := number + 1)


_COUNT = _numbers()

HOOKS: Mapping[str, Hook] = {
    "max": Hook(
        options={"token": "test-token", "secret": SECRET},
        event=lambda text: MaxServer("test-token").updates.said(READER, text),
        posted=lambda event, secret: Post(body=raw(event), headers={MAX_HEADER: secret}),
        renewed=lambda event, number: _named_anew(event, number, "mid", "callback_id"),
    ),
    "ok": Hook(
        options={"token": "test-token", "secret": SECRET, "addresses": ["127.0.0.1", "::1"]},
        event=lambda text: OkServer("test-token").wrote(f"user:{READER}", text),
        posted=lambda event, secret: Post(body=raw(event), query={"key": secret}),
        renewed=lambda event, number: _named_anew(event, number, "mid", "callbackId"),
    ),
    "sms": Hook(
        options={**ACCOUNTS["smsc"], **CALLBACK, "two_way": True, "secret": SECRET},
        event=lambda text: FORMS[2] | {"mes": text},
        posted=lambda event, secret: Post(
            body=_form(event), headers={"Content-Type": "application/x-www-form-urlencoded"}, key=secret
        ),
        renewed=lambda event, number: event | {"ts": str(number)} if isinstance(event, dict) else event,
        answer=b"OK",
        is_json=False,
    ),
    "telegram": Hook(
        options={"token": "123456:test-token", "secret": SECRET, "mode": "webhook"},
        event=lambda text: TelegramServer("123456:test-token").says(READER, text),
        posted=lambda event, secret: Post(body=raw(event), headers={TELEGRAM_HEADER: secret}),
        renewed=_telegram_renewed,
    ),
    "vk": Hook(
        options={
            "token": VK_TOKEN,
            "group_id": GROUP,
            "mode": "callback",
            "secret": VK_SECRET,
            "confirmation": "a1b2c3d4",
        },
        event=lambda text: VkEmulator().says(text, READER),
        posted=_in_body,
        secret=VK_SECRET,
        renewed=_vk_renewed,
        answer=b"ok",
        unread=403,  # the proof is a part of the body: what cannot be read proves nothing
    ),
    "whatsapp": Hook(
        options={"token": "test-token", "phone_number_id": NUMBER, "app_secret": META_SECRET, "verify_token": WORD},
        event=lambda text: json.loads(update(said(text, f"wamid.{next(_COUNT)}"))),
        posted=lambda event, secret: Post(
            body=raw(event), headers={"X-Hub-Signature-256": signature(raw(event), secret)}
        ),
        secret=META_SECRET,
        renewed=lambda event, number: _named_anew(event, number, "id"),
    ),
}
