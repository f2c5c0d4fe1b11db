"""A person has the conversation: the bot is silent, and the same is tried in every messenger that calls us."""

from collections.abc import AsyncIterator, Awaitable, Callable
from io import BytesIO

import aiohttp
import pytest
from sqlalchemy import select

from bot.desk_actions import GiveBack, Take
from db.connect import Database
from db.models import ContactRow, ConversationRow
from tests.adapters.hooks import HOOKS, pushed
from tests.adapters.service import MessengerService
from tests.support.clock import StandingClock
from tests.support.staff import hire

pytestmark = pytest.mark.parametrize("kind", sorted(HOOKS))


@pytest.fixture
async def service(kind: str, sqlite: Database, clock: StandingClock) -> AsyncIterator[MessengerService]:
    async with MessengerService(sqlite, clock, pushed(kind, clock), kind) as service:
        yield service


async def posts(service: MessengerService, kind: str, number: int, text: str) -> None:
    """The messenger tells of a reader's words, and they are dealt with."""
    hook = HOOKS[kind]
    post = hook.posted(hook.renewed(hook.event(text), number), hook.secret)
    async with (
        aiohttp.ClientSession() as client,
        client.post(service.hook + post.below, data=BytesIO(post.body), headers=dict(post.headers)) as answer,
    ):
        assert answer.status == 200
    await service.until(dealt_with(service, number))


def dealt_with(service: MessengerService, messages: int) -> Callable[[], Awaitable[bool]]:
    async def seen() -> bool:
        return (await service.log.figures()).handled == messages

    return seen


async def test_the_bot_is_silent_while_a_person_has_the_conversation(
    kind: str, service: MessengerService, sqlite: Database, clock: StandingClock
) -> None:
    await posts(service, kind, 1, "Позовите человека")
    async with sqlite.engine.connect() as connection:
        joined = select(ConversationRow.id, ContactRow.address).join(ContactRow)
        conversation, address = (await connection.execute(joined)).one()
    masha = await hire(sqlite, clock)

    await service.log.act(Take(conversation_id=conversation, staff_id=masha.staff_id))
    await posts(service, kind, 2, "Есть ли Обломов?")
    await posts(service, kind, 3, "стоп")
    held = await service.heard(address)
    await service.log.act(GiveBack(conversation_id=conversation, staff_id=masha.staff_id))
    await posts(service, kind, 4, "Есть ли Обломов?")

    assert held == [
        "reader: Позовите человека",
        "bot: Записал, библиотекарь ответит.",
        "reader: Есть ли Обломов?",
        "reader: стоп",
    ]
    (said,) = (await service.heard(address))[len(held) + 1 :]
    assert said.startswith("bot: Обломов")
