"""What has had its time goes, what is younger stays: words, files, attempts, codes, lines of the audit, contacts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import LinkState
from bot.messages import Contact, Document, Reply
from db.connect import Database
from db.files import SqlFiles
from db.models import ContactRow, ConversationRow, MessageRow
from db.models_accounts import LinkAttemptRow, LinkCodeRow
from db.models_handover import HandoverRow
from db.retention import KeepDays
from tests.support.accounts import CARD, Desk, everything, opened_desk
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS, says, turn
from tests.support.patience import SOON_S

DAY = timedelta(days=1)
ONLY_CONTACTS = KeepDays(messages=0, files=0, attempts=0, audit=0, contacts=365)


@pytest.fixture
async def desk(database: Database, clock: StandingClock) -> AsyncIterator[Desk]:
    """A library with two readers whose last words are answered and sent."""
    async with opened_desk(database, clock) as opened:
        await opened.comes(ANNA, "меня зовут Анна Каренина")
        await opened.comes(BORIS)
        await opened.sends()
        yield opened


async def test_old_words_are_forgotten_and_what_is_younger_stays(desk: Desk) -> None:
    desk.clock.turn(89 * DAY)
    await says(desk.log, "позднее слово")
    (waiting,) = await desk.log.claim(5)
    await desk.log.complete(turn(waiting, "поздний ответ"))

    await desk.store.retention.tidy()
    assert "меня зовут" in await everything(desk.database)
    desk.clock.turn(2 * DAY)
    await desk.store.retention.tidy()
    await desk.store.retention.tidy()

    left = await everything(desk.database)
    assert "меня зовут" not in left
    assert "позднее слово" in left
    said = await desk.log.said(ANNA)
    assert [one.reply.text for one in said] == ["позднее слово", "поздний ответ"]
    figures = await desk.log.figures()
    assert figures.received == figures.handled == 3


async def test_a_code_that_was_just_given_out_outlives_the_tidying(desk: Desk) -> None:
    vera = Contact(channel="chat", address="vera")
    await desk.comes(vera)
    code = await desk.code_for(CARD)

    await desk.store.retention.tidy()

    assert (await desk.accounts.link_by_code(vera, code, desk.key())).state is LinkState.LINKED


async def test_many_old_words_are_forgotten_in_batches(
    database: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.retention.BATCH", 3)
    monkeypatch.setattr("db.retention.PAUSE_S", 0)
    async with opened_desk(database, clock) as desk:
        await says(desk.log, *[f"слово {number}" for number in range(20)])
        for waiting in await desk.log.claim(50):
            await desk.log.complete(turn(waiting))
        clock.turn(91 * DAY)

        await desk.store.retention.tidy()

        async with database.engine.connect() as connection:
            assert set(await connection.scalars(select(MessageRow.text))) == {""}


async def test_what_still_waits_is_not_touched(desk: Desk) -> None:
    await says(desk.log, "ещё не отвечено")
    desk.clock.turn(100 * DAY)

    await desk.store.retention.tidy()

    (waiting,) = await desk.log.claim(5)
    assert waiting.inbound.content.text == "ещё не отвечено"  # type: ignore[union-attr]


async def test_personal_files_go_after_a_week_and_the_words_beside_them_stay(desk: Desk) -> None:
    files = SqlFiles(desk.database, desk.clock)
    card = await files.keep("билет.png", "image/png", b"card", ANNA)
    plan = await files.keep("план.png", "image/png", b"plan")
    await says(desk.log, "билет")
    (waiting,) = await desk.log.claim(5)
    await desk.log.complete(
        turn(
            waiting,
            Reply(text="Ваш билет", attachments=(Document(file=card),), personal=True),
            Reply(text="План зала", attachments=(Document(file=plan),)),
        )
    )
    await desk.sends()
    desk.clock.turn(8 * DAY)

    await desk.store.retention.tidy()

    assert await files.read(card.file_id) is None
    assert await files.read(plan.file_id) == b"plan"
    said = [one.reply for one in await desk.log.said(ANNA)][-2:]
    assert [(one.text, len(one.attachments)) for one in said] == [("Ваш билет", 0), ("План зала", 1)]


async def test_words_about_a_librarians_help_go_and_who_was_asked_is_known_a_month(
    database: Database, clock: StandingClock
) -> None:
    async with opened_desk(database, clock, keep=KeepDays(messages=7)) as desk:
        await desk.comes(ANNA)
        async with database.writer.begin() as connection:
            talk = await connection.scalar(select(ConversationRow.id))
            help_given = {"conversation_id": talk, "channel": "chat", "called_at": clock.now(), "ended_at": clock.now()}
            await connection.execute(insert(HandoverRow).values(help_given | {"words": "Спасибо Ольге"}))

        for days, known in ((8, talk), (21, talk), (2, None)):
            clock.turn(days * DAY)
            await desk.store.retention.tidy()
            async with database.engine.connect() as connection:
                kept = (await connection.execute(select(HandoverRow.words, HandoverRow.conversation_id))).one()
            assert tuple(kept) == ("", known)


async def test_attempts_codes_and_the_audit_log_have_their_time(desk: Desk) -> None:
    await desk.linked(ANNA)
    desk.clock.turn(31 * DAY)
    await desk.store.retention.tidy()
    async with desk.database.engine.connect() as connection:
        assert (await connection.execute(select(LinkAttemptRow))).all() == []
        assert (await connection.execute(select(LinkCodeRow))).all() == []
    assert len(await desk.acts()) == 4

    desk.clock.turn(1100 * DAY)
    await desk.store.retention.tidy()
    assert await desk.acts() == []
    assert len((await desk.accounts.behind(ANNA)).holders) == 1  # the link itself stays until it is cut


async def test_who_is_silent_for_a_year_without_a_card_is_forgotten(desk: Desk) -> None:
    carl = Contact(channel="chat", address="carl")
    await desk.comes(carl, agrees=False)
    await desk.linked(ANNA)
    await desk.sends()
    desk.clock.turn(366 * DAY)

    await desk.store.retention.tidy()
    desk.clock.turn(timedelta(minutes=11))
    assert await desk.store.retention.finish_erasures() == 1

    async with desk.database.engine.connect() as connection:
        addresses = set(await connection.scalars(select(ContactRow.address)))
    assert {ANNA.address, BORIS.address} < addresses  # a card, a consent in force
    assert carl.address not in addresses


async def test_nobody_waits_while_it_is_looked_for_who_has_been_silent(sqlite: Database, clock: StandingClock) -> None:
    async with opened_desk(sqlite, clock, keep=ONLY_CONTACTS) as desk:
        await desk.comes(ANNA)
        async with sqlite.writing(), asyncio.timeout(SOON_S):
            await desk.store.retention.tidy()


async def test_who_writes_while_it_is_looked_for_who_has_been_silent_is_not_forgotten(
    sqlite: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    carl = Contact(channel="chat", address="carl")
    async with opened_desk(sqlite, clock, keep=ONLY_CONTACTS) as desk:
        await desk.comes(carl, agrees=False)
        clock.turn(366 * DAY)
        writes = Database.writing

        @asynccontextmanager
        async def writing(database: Database) -> AsyncIterator[AsyncConnection]:
            await says(desk.log, "Я снова здесь", contact=carl)
            async with writes(database) as connection:
                yield connection

        monkeypatch.setattr(Database, "writing", writing)
        await desk.store.retention.tidy()

        async with sqlite.engine.connect() as connection:
            asked = select(ContactRow.erased_at).where(ContactRow.address == "carl")
            assert await connection.scalar(asked) is None


async def test_nothing_goes_where_the_library_keeps_for_ever(database: Database, clock: StandingClock) -> None:
    keep = KeepDays(messages=0, files=0, attempts=0, audit=0, contacts=0)
    async with opened_desk(database, clock, keep=keep) as desk:
        await desk.comes(ANNA)
        await desk.linked(ANNA)
        before = await everything(database)
        clock.turn(5000 * DAY)

        await desk.store.retention.tidy()

        assert await everything(database) == before
