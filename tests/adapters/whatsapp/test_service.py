"""Conversations from Meta's webhook to Meta's API and back, through the real engine and store."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.connect import Database
from db.models import ContactRow, ConversationRow, MessageRow
from tests.adapters.service import MessengerService
from tests.adapters.whatsapp.support import NAME, ONE_BODY, recorded, whatsapp
from tests.emulators.base import Fault
from tests.emulators.whatsapp.emulator import WhatsAppEmulator
from tests.support.clock import StandingClock
from tests.support.mutations import mutated

ANNA, BORIS = "79991230001", "79991230002"
BROKEN = {"error": {"code": 131000, "message": "Something went wrong"}}


@pytest.fixture
async def meta(clock: StandingClock) -> AsyncIterator[WhatsAppEmulator]:
    async with WhatsAppEmulator(clock) as meta:
        yield meta
        assert meta.wrong == []


@pytest.fixture
async def service(sqlite: Database, clock: StandingClock, meta: WhatsAppEmulator) -> AsyncIterator[MessengerService]:
    async with MessengerService(sqlite, clock, whatsapp(clock, meta.api_url), NAME) as service:
        yield service


async def test_a_reader_asks_chooses_and_is_answered(service: MessengerService, meta: WhatsAppEmulator) -> None:
    assert await meta.verify(service.hook) == (200, "echoed")
    assert (await meta.verify(service.hook, "another-word"))[0] == 403

    assert await meta.deliver(service.hook, meta.body([meta.hears(ANNA, "Что есть из классики?")])) == 200
    await service.until(lambda: len(meta.taken) == 1)
    rows = meta.taken[0].body["interactive"]["action"]["sections"][0]["rows"]
    await service.until(lambda: len(meta.read) == 1)  # the reader sees the marks, and that we are typing
    assert [row["title"] for row in rows] == ["Война и мир. Том 1", "Война и мир. Том 2", "Война миров, или Очень…"]

    chosen = {"type": "list_reply", "list_reply": {"id": rows[1]["id"], "title": rows[1]["title"]}}
    await meta.deliver(service.hook, meta.body([meta.hears(ANNA, "", type="interactive", interactive=chosen)]))
    await service.until(lambda: len(meta.taken) == 2)
    assert meta.taken[1].text == "Нажато: 1."
    assert len(await service.heard("+" + ANNA)) == 4


async def test_a_map_point_and_words_with_marks_arrive(service: MessengerService, meta: WhatsAppEmulator) -> None:
    await meta.deliver(
        service.hook, meta.body([meta.hears(ANNA, "Где вы?"), meta.hears(BORIS, "Есть ли Обломов?")], entries=2)
    )
    await service.until(lambda: len(meta.taken) == 3)

    assert {taken.body["type"] for taken in meta.taken if taken.to == ANNA} == {"text", "location"}
    (book,) = [taken for taken in meta.taken if taken.to == BORIS]
    assert book.text.startswith("*Обломов*\nИ. А. Гончаров")
    assert "запись в каталоге (https://library.example/works/1)" in book.text


async def test_a_batch_delivered_again_and_again_is_answered_once_and_in_order(
    service: MessengerService, meta: WhatsAppEmulator
) -> None:
    batch = [meta.hears(ANNA if number % 2 else BORIS, f"слово {number}") for number in range(40)]
    body = meta.body(batch, entries=7)

    assert await meta.deliver(service.hook, body, times=3) == 200
    await service.until(lambda: len(meta.taken) == 40)
    await meta.deliver(service.hook, body)

    for phone, first in ((ANNA, 1), (BORIS, 0)):
        said = [taken.text for taken in meta.taken if taken.to == phone]
        assert said == [f"Вы написали: слово {number}" for number in range(first, 40, 2)]
    assert meta.floods == 0


async def test_nothing_is_lost_when_meta_stumbles(
    service: MessengerService, meta: WhatsAppEmulator, clock: StandingClock
) -> None:
    meta.faults.extend(
        [
            Fault(status=500, body=BROKEN),
            Fault(drop="before"),
            Fault(status=400, body={"error": {"code": 131056, "message": "pair rate limit hit"}}),
            Fault(drop="after"),
        ]
    )
    await meta.deliver(service.hook, meta.body([meta.hears(ANNA, "раз"), meta.hears(ANNA, "два")]))
    await service.until(
        lambda: bool(meta.taken) and meta.taken[-1].text == "Вы написали: два", turning=timedelta(seconds=1)
    )

    said = [taken.text for taken in meta.taken]
    assert said == ["Вы написали: раз"] * (len(said) - 1) + ["Вы написали: два"]
    assert len(said) <= 3  # one connection broke after a sending (or a read mark): at most one word twice, none lost


async def test_an_answer_that_was_lost_on_the_way_is_made_up_for_by_a_status(
    service: MessengerService, meta: WhatsAppEmulator, sqlite: Database
) -> None:
    meta.standing = lambda _: Fault(drop="after" if meta.calls[-1].json.get("type") == "text" else "")
    await meta.deliver(service.hook, meta.body([meta.hears(BORIS, "раз")]))
    await service.until(lambda: len(meta.taken) == 1)
    meta.standing = None
    await meta.deliver(service.hook, meta.body(statuses=[meta.status(meta.taken[0], "delivered")]))

    await meta.deliver(service.hook, meta.body([meta.hears(BORIS, "два")]))
    await service.until(lambda: meta.taken[-1].text == "Вы написали: два", turning=timedelta(seconds=1))

    assert [taken.text for taken in meta.taken] == ["Вы написали: раз", "Вы написали: два"]
    async with sqlite.engine.connect() as connection:
        first = select(MessageRow.state).where(MessageRow.external_id == meta.taken[0].message_id)
        assert await connection.scalar(first) == "delivered"


async def test_statuses_in_any_order_end_with_the_farthest(
    service: MessengerService, meta: WhatsAppEmulator, sqlite: Database
) -> None:
    await meta.deliver(service.hook, meta.body([meta.hears(ANNA, "раз"), meta.hears(BORIS, "два")]))
    await service.until(lambda: len(meta.taken) == 2)
    for_anna, for_boris = sorted(meta.taken, key=lambda taken: taken.to)

    shuffled = [meta.status(for_anna, word) for word in ("read", "sent", "delivered")]
    failed = meta.status(for_boris, "failed", 131026)
    for _ in range(2):
        assert await meta.deliver(service.hook, meta.body((), [*shuffled, failed], entries=3)) == 200

    kept = await states(sqlite)
    assert kept == {for_anna.message_id: ("read", None), for_boris.message_id: ("failed", "+" + BORIS)}


async def test_an_edited_and_a_removed_message(service: MessengerService, meta: WhatsAppEmulator) -> None:
    first = meta.hears(ANNA, "Обломв")
    await meta.deliver(service.hook, meta.body([first]))
    await service.until(lambda: len(meta.taken) == 1)
    edit = {"original_message_id": first["id"], "message": {"type": "text", "text": {"body": "Обломов"}}}
    await meta.deliver(service.hook, meta.body([meta.hears(ANNA, "", type="edit", edit=edit)]))
    await service.until(lambda: len(meta.taken) == 2)
    assert meta.taken[1].text == "Вы написали: Обломов"

    taken_back = meta.hears(ANNA, "", type="revoke", revoke={"original_message_id": first["id"]})
    assert await meta.deliver(service.hook, meta.body([taken_back])) == 200
    assert not [line for line in await service.heard("+" + ANNA) if "Обломв" in line and line.startswith("reader")]


async def test_a_changed_number_keeps_its_conversation(service: MessengerService, meta: WhatsAppEmulator) -> None:
    await meta.deliver(service.hook, meta.body([meta.hears(ANNA, "раз")]))
    await service.until(lambda: len(meta.taken) == 1)
    system = {"type": "user_changed_number", "wa_id": BORIS, "body": "changed"}
    assert await meta.deliver(service.hook, meta.body([meta.hears(ANNA, "", type="system", system=system)])) == 200

    assert await service.heard("+" + BORIS) == ["reader: раз", "bot: Вы написали: раз"]


async def test_a_wrong_signature_stores_nothing_and_a_huge_body_is_refused(
    service: MessengerService, meta: WhatsAppEmulator
) -> None:
    body = meta.body([meta.hears(ANNA, "раз")])
    meta.secret = "another"
    assert await meta.deliver(service.hook, body) == 403
    assert await service.heard("+" + ANNA) == []
    assert await meta.deliver(service.hook, b" " * 5 * 1024**2) == 413


async def test_bent_webhooks_are_acknowledged_and_the_next_reader_is_answered(
    service: MessengerService, meta: WhatsAppEmulator
) -> None:
    bodies = [recorded(sample["file"]) for sample in ONE_BODY]
    random.Random(4).shuffle(bodies)
    for body in mutated(bodies, 150, seed=7):
        assert await meta.deliver(service.hook, body) == 200

    await meta.deliver(service.hook, meta.body([meta.hears(ANNA, "жив?")]))
    await service.until(lambda: any(taken.text == "Вы написали: жив?" for taken in meta.taken))


async def states(database: Database) -> dict[str, tuple[str, str | None]]:
    """Our messages by Meta's id: how far they came, and the contact's address where it is out of reach."""
    async with database.engine.connect() as connection:
        found = await connection.execute(
            select(MessageRow.external_id, MessageRow.state, ContactRow.address, ContactRow.unreachable_since)
            .join(ConversationRow, MessageRow.conversation_id == ConversationRow.id)
            .join(ContactRow, ConversationRow.contact_id == ContactRow.id)
            .where(MessageRow.author == "bot")
        )
        return {str(row[0]): (row[1], row[2] if row[3] else None) for row in found}
