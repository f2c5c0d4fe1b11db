"""The tables of accounts: what a migration keeps, and what the database itself refuses."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.clock import Clock
from bot.messages import Moved
from db.connect import Database, connect
from db.migrate import differences, upgrade
from db.models import ContactRow, ConversationRow, MessageRow, PatronRow
from db.models_accounts import AuditRow, ConsentRow, ConsentTextRow, ContactCardRow, NoticeWishRow
from tests.support.databases import Databases
from tests.support.logs import ANNA, BORIS, opened_log, says

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def test_contacts_and_conversations_survive_the_loss_of_a_column(databases: Databases, dialect: str) -> None:
    store = await connect(await databases.url(dialect, empty=True))
    await upgrade(store, "0005")
    async with store.writer.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO contacts (id, channel, address, name, language, created_at, source) "
                "VALUES (7, 'vk', '42', 'Анна', 'ru', '2026-03-02 09:00:00.000000', 'branch-03')"
            )
        )
        await connection.execute(
            text("INSERT INTO conversations (id, contact_id, dialogue, mode, lease) VALUES (3, 7, '{}', 'bot', 0)")
        )

    await upgrade(store)

    async with store.writer.connect() as connection:
        anna = (await connection.execute(select(ContactRow))).one()
        assert (anna.id, anna.address, anna.name, anna.source) == (7, "42", "Анна", "branch-03")
        assert anna.created_at == NOON
        with pytest.raises(DBAPIError):  # the conversation still holds on to its contact
            await connection.execute(delete(ContactRow))
    assert await differences(store) == []
    await databases.drop(store)


async def test_what_stands_in_the_audit_log_cannot_be_changed(database: Database) -> None:
    async with database.writer.begin() as connection:
        await connection.execute(insert(AuditRow).values(at=NOON, actor="desk", action="link", details={}))

    with pytest.raises(DBAPIError, match="only added to"):
        async with database.writer.begin() as connection:
            await connection.execute(update(AuditRow).values(actor="nobody"))

    async with database.engine.connect() as connection:
        assert await connection.scalar(select(AuditRow.actor)) == "desk"


async def test_cards_consent_and_wishes_go_with_a_reader_to_a_new_address(database: Database, clock: Clock) -> None:
    async with opened_log(database, clock) as log:
        await says(log, "привет")
        await says(log, "здравствуйте", contact=BORIS)
        async with database.writer.begin() as connection:
            ids = dict((await connection.execute(select(ContactRow.address, ContactRow.id))).all())
            for number in (1, 2):
                await connection.execute(insert(PatronRow).values(id=number, card_number=str(number)))
            for who, card in (("anna", 1), ("anna", 2), ("boris", 2)):
                row = {"contact_id": ids[who], "patron_id": card, "way": "code", "child": False, "linked_at": NOON}
                await connection.execute(insert(ContactCardRow).values(row))
            await connection.execute(
                insert(ConsentTextRow).values(
                    version="v", purpose="service", language="ru", text="Согласен", first_shown_at=NOON
                )
            )
            consent = {"subject": "s", "purpose": "service", "version": "v", "channel": "chat", "key": "k"}
            await connection.execute(insert(ConsentRow).values(contact_id=ids["anna"], given_at=NOON, **consent))
            wish = {"due_days": [5], "overdue": True, "hide_titles": False, "muted": False, "updated_at": NOON}
            await connection.execute(insert(NoticeWishRow).values(contact_id=ids["anna"], **wish))

        await log.note(Moved(contact=ANNA, address=BORIS.address, at=clock.now()))

    async with database.engine.connect() as connection:
        cards = (await connection.execute(select(ContactCardRow.contact_id, ContactCardRow.patron_id))).all()
        assert sorted(map(tuple, cards)) == [(ids["boris"], 1), (ids["boris"], 2)]
        assert await connection.scalar(select(ConsentRow.contact_id)) == ids["boris"]
        assert await connection.scalar(select(NoticeWishRow.contact_id)) == ids["boris"]
        talks = select(MessageRow.conversation_id).distinct()
        owner = select(ConversationRow.contact_id).where(ConversationRow.id.in_(talks))
        assert (await connection.scalars(owner)).all() == [ids["boris"]]
