"""Whatever is posted to us, by anybody, in the name of each messenger: one table for all of them."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from pydantic import ValidationError
from sqlalchemy import Select, func, select

from bot.app.channels import channel_spec
from bot.engine.intake import Arrivals, Webhooks
from bot.engine.metrics import Metrics
from bot.engine.server import application
from bot.errors import ChannelAuthError
from bot.messages import Contact, Lane, Outbound, reply
from db.connect import Database
from db.files import SqlUnread
from db.messages import Log, open_log
from db.models import MessageRow, UnreadRow
from tests.adapters.hooks import HOOKS, WRONG, Post, built, pushed
from tests.emulators.base import Emulator, Fault
from tests.support.clock import StandingClock

Client = TestClient[Request, Application]
REFUSED_TOKENS = {
    "max": (401, {"code": "verify.token", "message": "Invalid access_token"}),
    "ok": (200, {"error_code": 102, "error_msg": "PARAM_SESSION_EXPIRED"}),
    "sms": (200, {"error": "invalid login", "error_code": 2}),
    "telegram": (401, {"ok": False, "error_code": 401, "description": "Unauthorized"}),
    "vk": (200, {"error": {"error_code": 5, "error_msg": "User authorization failed", "request_params": []}}),
    "whatsapp": (401, {"error": {"code": 190, "type": "OAuthException", "message": "Invalid OAuth access token"}}),
}
SECRETS = ("token", "secret", "password", "app_secret", "verify_token", "confirmation")
ADDRESSES = {"ok": "user:100001", "sms": "+79990000001", "whatsapp": "+79990000001"}
NEEDED = {
    "max": ("token", "secret"),
    "ok": ("token", "secret"),
    "sms": ("provider", "login", "password", "secret"),
    "telegram": ("token", "secret"),
    "vk": ("token", "group_id", "secret", "confirmation"),
    "whatsapp": ("token", "phone_number_id", "app_secret", "verify_token"),
}

pytestmark = pytest.mark.parametrize("kind", sorted(HOOKS))


class Door:
    """The way in of one messenger, with the real log behind."""

    def __init__(self, kind: str, client: Client, log: Log, metrics: Metrics, database: Database) -> None:
        self.kind, self.log, self.metrics = kind, log, metrics
        self._client, self._database = client, database

    async def post(self, post: Post) -> tuple[int, bytes]:
        """Status and words of the answer."""
        path = f"/hooks/{self.kind}{post.below}"
        async with self._client.post(path, data=BytesIO(post.body), headers=dict(post.headers)) as answer:
            return answer.status, await answer.read()

    async def kept(self) -> int:
        """Messages in the log."""
        return await self._count(select(func.count()).select_from(MessageRow))

    async def aside(self) -> int:
        """Bodies that nobody could read."""
        return await self._count(select(func.count()).select_from(UnreadRow))

    async def refused(self) -> str:
        """The count that the operator sees."""
        page = self.metrics.page(await self.log.figures()).decode()
        return next((line for line in page.splitlines() if line.startswith("bibliobot_webhooks_total")), "")

    async def _count(self, query: Select[Any]) -> int:
        async with self._database.engine.connect() as connection:
            return int((await connection.execute(query)).scalar_one())


@pytest.fixture
async def door(kind: str, sqlite: Database, clock: StandingClock) -> AsyncIterator[Door]:
    log, metrics, channel = await open_log(sqlite, clock), Metrics(), pushed(kind, clock)
    arrivals = Arrivals(log, metrics, unread=SqlUnread(sqlite, clock))
    hooks = Webhooks({kind: channel}, log, metrics, arrivals)
    async with TestClient(TestServer(application(hooks.routes()))) as client:
        yield Door(kind, client, log, metrics, sqlite)
    await channel.aclose()
    await log.aclose()


async def test_what_a_reader_says_is_kept_and_answered_as_the_messenger_wants(kind: str, door: Door) -> None:
    hook = HOOKS[kind]

    assert await door.post(hook.posted(hook.event("Есть ли Обломов?"), hook.secret)) == (200, hook.answer)

    assert await door.kept() == 1


async def test_who_does_not_know_the_secret_is_refused_counted_and_nothing_is_kept(kind: str, door: Door) -> None:
    hook = HOOKS[kind]

    for secret in (WRONG, "", hook.secret + "x"):
        assert (await door.post(hook.posted(hook.event("впустите"), secret)))[0] == 403

    assert await door.kept() == 0
    assert await door.refused() == f'bibliobot_webhooks_total{{channel="{kind}",result="refused"}} 3.0'


async def test_a_body_that_is_no_event_is_acknowledged_and_kept_aside(kind: str, door: Door) -> None:
    hook = HOOKS[kind]

    broken = (b'{"type": "mess', b"\xff\xfe\x00", b"[" * 50_000)
    for body in broken:
        assert (await door.post(hook.posted(body, hook.secret)))[0] == hook.unread

    assert await door.kept() == 0
    assert await door.aside() == (len(broken) if hook.is_json and hook.unread == 200 else 0)


async def test_five_megabytes_are_refused_unread(kind: str, door: Door) -> None:
    hook = HOOKS[kind]

    assert (await door.post(hook.posted(b" " * 5 * 1024 * 1024, hook.secret)))[0] == 413


async def test_an_old_body_that_comes_again_is_acknowledged_and_is_no_second_message(kind: str, door: Door) -> None:
    hook = HOOKS[kind]
    post = hook.posted(hook.event("Есть ли Обломов?"), hook.secret)

    answers = [await door.post(post) for _ in range(3)]
    answers += await asyncio.gather(*[door.post(post) for _ in range(3)])

    assert set(answers) == {(200, hook.answer)}
    assert await door.kept() == 1


async def test_a_refused_token_stops_the_channel_and_says_what_to_do(kind: str, clock: StandingClock) -> None:
    status, body = REFUSED_TOKENS[kind]
    async with Emulator() as messenger:
        messenger.standing = lambda _: Fault(status=status, body=body)
        channel = built(kind, clock, messenger.url)
        contact = Contact(channel=kind, address=ADDRESSES.get(kind, "100001"))
        with pytest.raises(ChannelAuthError) as refused:
            await channel.send(Outbound(message_id=7, contact=contact, reply=reply("Да."), lane=Lane.REPLY, attempt=1))
        await channel.aclose()

    assert str(refused.value)
    secrets = [str(value) for key, value in HOOKS[kind].options.items() if key in SECRETS]
    assert [secret for secret in secrets if secret in str(refused.value)] == []


async def test_an_option_that_is_missing_is_named(kind: str) -> None:
    spec, options = channel_spec(kind), dict(HOOKS[kind].options)

    for name in NEEDED[kind]:
        with pytest.raises(ValidationError) as refused:
            spec.settings.model_validate({key: value for key, value in options.items() if key != name})
        assert name in str(refused.value)
        secrets = [str(value) for key, value in options.items() if key in SECRETS]
        assert [secret for secret in secrets if secret in str(refused.value)] == []
