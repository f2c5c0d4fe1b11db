"""Conversations through the real engine and store, by webhook and by polling."""

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from adapters.telegram.channel import SECRET_HEADER, Telegram
from bot.messages import Contact
from db.connect import Database, connect
from tests.adapters.service import MessengerService
from tests.adapters.telegram.conftest import SECRET, Make
from tests.emulators.telegram import TelegramServer
from tests.support.clock import StandingClock
from tests.support.databases import Databases
from tests.support.logs import SqlStaff
from tests.support.mutations import mutated

READER, OTHER = 100001, 100002
HOOK = {"url": "https://bot.library.example/hooks/telegram", "secret_token": SECRET}


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, databases: Databases) -> AsyncIterator[Database]:
    """A store of each kind."""
    opened = await connect(await databases.url(request.param))
    yield opened
    await databases.drop(opened)


def served(database: Database, clock: StandingClock, channel: Telegram) -> MessengerService:
    return MessengerService(database, clock, channel, "telegram")


async def test_a_conversation_by_webhook(
    server: TelegramServer, make: Make, database: Database, clock: StandingClock
) -> None:
    server.flood.per_chat_per_s = 0
    async with served(database, clock, make()) as service:
        base = service.hook.removesuffix("/hooks/telegram")
        server.webhook = dict(HOOK)
        server.says(READER, "Есть ли Обломов?")
        assert await server.deliver(base, again=True) == [200]
        assert await server.deliver(base) == [200]  # the same once more: answered once
        await service.until(lambda: len(server.said[READER]) == 1)
        assert "Да, есть: 2 из 3" in server.texts(READER)[0]

        server.presses(READER, "Другие издания")
        await server.deliver(base)
        await service.until(lambda: len(server.said[READER]) == 2 and len(server.answered) == 1)
        assert server.texts(READER)[1] == "Нажато: 1."

        said = await service.heard(str(READER))
    assert [line.split(":")[0] for line in said] == ["reader", "bot", "reader", "bot"]


async def test_a_conversation_by_polling(
    server: TelegramServer, make: Make, database: Database, clock: StandingClock
) -> None:
    server.flood.per_chat_per_s = 0
    async with served(database, clock, make(mode="polling")) as service:
        for reader in (READER, OTHER):
            server.says(reader, "/start")
            server.says(reader, "где вы?")
        await service.until(lambda: all(len(server.said[reader]) == 3 for reader in (READER, OTHER)))

    assert server.texts(OTHER) == server.texts(READER)
    assert server.said[READER][2]["venue"]["address"] == "ул. Ленина, 12"


async def test_who_stopped_us_is_not_written_to_and_an_edit_in_time_is_what_is_answered(
    server: TelegramServer, make: Make, database: Database, clock: StandingClock
) -> None:
    channel = make()
    message = server.message(READER, text="Вайна и мир")
    async with served(database, clock, channel) as service:
        for what in ({"message": message}, {"edited_message": message | {"text": "Война и мир", "edit_date": 1}}):
            assert await posted(service, {"update_id": 1} | what) == 200
        await service.until(lambda: any("Война и мир" in text for text in server.texts(READER)))

        change = {"chat": message["chat"], "date": 1_900_000_000}
        change |= {"old_chat_member": {"status": "member"}, "new_chat_member": {"status": "kicked"}}
        assert await posted(service, {"update_id": 2, "my_chat_member": change}) == 200
        assert await SqlStaff(database, clock).is_unreachable(Contact(channel="telegram", address=str(READER)))


async def posted(service: MessengerService, body: Any, secret: str = SECRET) -> int:
    async with aiohttp.ClientSession() as session:
        data: Any = {"data": BytesIO(body)} if isinstance(body, bytes) else {"json": body}
        async with session.post(service.hook, headers={SECRET_HEADER: secret}, **data) as answer:
            return answer.status


async def test_bad_input_is_refused_acknowledged_or_set_aside_and_never_a_fault(
    server: TelegramServer, make: Make, databases: Databases, clock: StandingClock
) -> None:
    database = await connect(await databases.url("sqlite"))
    update = {"update_id": 1, "message": server.message(READER, text="да")}
    async with served(database, clock, make()) as service:
        assert await posted(service, update, secret="wrong") == 403
        assert await service.heard(str(READER)) == []
        assert await posted(service, b'{"update_id":1,') == 200
        assert await posted(service, b"x" * (5 * 1024 * 1024)) == 413
        bodies = [b'{"update_id": 2, "message": {"message_id": 1, "chat": {"id": 7, "type": "private"}, "text": "x"}}']
        statuses = {await posted(service, body) for body in mutated(bodies, 60, seed=3)}
        page = service.metrics.page(None)
    assert statuses == {200}
    assert b'bibliobot_webhooks_total{channel="telegram",result="refused"} 1.0' in page
    await databases.drop(database)
