"""A reader's export and card picture: forgotten with them or by age, sent or not, and nobody else's."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from bot.messages import Contact, Document, Reply, StoredFile
from db.connect import Database
from db.files import SqlFiles
from db.migrate import downgrade, upgrade
from db.models import FileRow, MessageRow
from tests.support.accounts import Desk, opened_desk
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS, says, turn

DAY = timedelta(days=1)
CARD = b"\x89PNG the same card for both"


@pytest.fixture
async def desk(database: Database, clock: StandingClock) -> AsyncIterator[Desk]:
    """Two readers have written and agreed."""
    async with opened_desk(database, clock) as opened:
        await opened.comes(ANNA)
        await opened.comes(BORIS)
        await opened.sends()
        yield opened


@pytest.fixture
def files(desk: Desk) -> SqlFiles:
    """Where files are kept."""
    return SqlFiles(desk.database, desk.clock)


async def gets(desk: Desk, contact: Contact, file: StoredFile, *, sent: bool = True, personal: bool = True) -> None:
    """A reader asks and is answered with a file."""
    await says(desk.log, f"мой билет {desk.key()}", contact=contact)
    (waiting,) = await desk.log.claim(5)
    answer = Reply(text="Ваш билет", attachments=(Document(file=file),), personal=personal)
    await desk.log.complete(turn(waiting, answer))
    if sent:
        await desk.sends()


async def test_a_file_whose_turn_failed_is_forgotten_with_its_reader(desk: Desk, files: SqlFiles) -> None:
    orphan = await files.keep("мои данные.json", "application/json", b"{1}", ANNA)

    await desk.accounts.erase(ANNA, desk.key())

    assert await files.read(orphan.file_id) is None


async def test_a_file_whose_turn_failed_ages(desk: Desk, files: SqlFiles) -> None:
    orphan = await files.keep("мои данные.json", "application/json", b"{1}", ANNA)
    stranger = await files.keep("билет.png", "image/png", b"2", Contact(channel="chat", address="nobody yet"))
    poster = await files.keep("афиша.png", "image/png", b"3")
    desk.clock.turn(6 * DAY)
    await desk.store.retention.tidy()
    assert await files.read(orphan.file_id) == b"{1}"
    desk.clock.turn(2 * DAY)

    await desk.store.retention.tidy()

    assert [await files.read(one.file_id) for one in (orphan, stranger, poster)] == [None, None, b"3"]


async def test_the_same_picture_in_two_chats_outlives_the_first(desk: Desk, files: SqlFiles) -> None:
    hers = await files.keep("bilet.png", "image/png", CARD, ANNA)
    his = await files.keep("bilet.png", "image/png", CARD, BORIS)
    assert hers.file_id != his.file_id
    await gets(desk, ANNA, hers)
    await gets(desk, BORIS, his, sent=False)

    await desk.accounts.erase(ANNA, desk.key())

    assert await files.read(hers.file_id) is None
    assert await files.read(his.file_id) == CARD
    (leaving,) = await desk.log.claim_outbound("chat", 5)
    assert (leaving.contact, leaving.reply.attachments) == (BORIS, (Document(file=his),))


async def test_what_the_library_shows_is_not_the_same_bytes_that_a_reader_has(desk: Desk, files: SqlFiles) -> None:
    hers = await files.keep("plan.png", "image/png", CARD, ANNA)
    everybodys = await files.keep("plan.png", "image/png", CARD)

    await desk.accounts.erase(ANNA, desk.key())

    assert [await files.read(one.file_id) for one in (hers, everybodys)] == [None, CARD]


async def test_a_picture_that_is_asked_for_again_is_as_young_as_the_last_time(desk: Desk, files: SqlFiles) -> None:
    await gets(desk, ANNA, await files.keep("bilet.png", "image/png", CARD, ANNA))
    desk.clock.turn(6 * DAY)
    again = await files.keep("bilet.png", "image/png", CARD, ANNA)
    await gets(desk, ANNA, again)
    desk.clock.turn(2 * DAY)

    await desk.store.retention.tidy()

    assert await files.read(again.file_id) == CARD
    said = [one.reply for one in await desk.log.said(ANNA) if one.reply.text == "Ваш билет"]
    assert [len(reply.attachments) for reply in said] == [0, 1]


async def test_a_file_that_is_still_to_be_sent_waits_for_that(desk: Desk, files: SqlFiles) -> None:
    file = await files.keep("мои данные.json", "application/json", b"{1}", ANNA)
    await gets(desk, ANNA, file, sent=False)
    desk.clock.turn(10 * DAY)

    await desk.store.retention.tidy()
    await desk.accounts.erase(ANNA, desk.key())
    assert await files.read(file.file_id) == b"{1}"
    await desk.sends()
    desk.clock.turn(DAY)
    await desk.store.retention.finish_erasures()

    assert await files.read(file.file_id) is None


async def test_what_a_librarian_sent_is_forgotten_with_its_reader_but_for_what_still_leaves(
    desk: Desk, files: SqlFiles
) -> None:
    sent = await files.keep("скан.pdf", "application/pdf", b"%PDF-1", ANNA, of_talk=True)
    leaving = await files.keep("план.pdf", "application/pdf", b"%PDF-2", ANNA, of_talk=True)
    his = await files.keep("скан.pdf", "application/pdf", b"%PDF-1", BORIS, of_talk=True)
    await gets(desk, ANNA, sent, personal=False)
    await gets(desk, ANNA, leaving, sent=False, personal=False)

    await desk.accounts.erase(ANNA, desk.key())

    assert [await files.read(one.file_id) for one in (sent, leaving, his)] == [None, b"%PDF-2", b"%PDF-1"]
    await desk.sends()
    desk.clock.turn(DAY)
    await desk.store.retention.finish_erasures()
    assert [await files.read(one.file_id) for one in (leaving, his)] == [None, b"%PDF-1"]


async def test_what_a_librarian_sent_stays_as_long_as_the_words_around_it(desk: Desk, files: SqlFiles) -> None:
    scan = await files.keep("скан.pdf", "application/pdf", b"%PDF-1", ANNA, of_talk=True)
    await gets(desk, ANNA, scan, personal=False)
    desk.clock.turn(89 * DAY)
    await desk.store.retention.tidy()
    assert await files.read(scan.file_id) == b"%PDF-1"
    assert (await desk.log.said(ANNA))[-1].reply.attachments == (Document(file=scan),)
    desk.clock.turn(2 * DAY)

    await desk.store.retention.tidy()

    assert await files.read(scan.file_id) is None
    assert not await desk.log.said(ANNA)


async def test_many_old_files_go_in_batches(desk: Desk, files: SqlFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.retention.BATCH", 3)
    monkeypatch.setattr("db.forgetting.BATCH", 3)
    monkeypatch.setattr("db.retention.PAUSE_S", 0)
    for number in range(7):
        await files.keep("bilet.png", "image/png", b"%d" % number, ANNA)
    desk.clock.turn(8 * DAY)

    await desk.store.retention.tidy()

    async with desk.database.engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(FileRow)) == 0


async def test_files_that_were_sent_before_the_update_find_their_owners(desk: Desk, files: SqlFiles) -> None:
    hers, shared = [await files.keep("bilet.png", "image/png", data, ANNA) for data in (CARD, b"both")]
    poster = await files.keep("афиша.png", "image/png", b"3")
    for contact, file in ((ANNA, hers), (ANNA, shared), (BORIS, shared)):
        await gets(desk, contact, file)
    async with desk.database.writer.begin() as connection:
        await connection.execute(update(FileRow).values(owner=0))  # as they were kept before
    await downgrade(desk.database, "0009")

    await upgrade(desk.database)

    async with desk.database.engine.connect() as connection:
        owners = {row.id: row.owner for row in await connection.execute(select(FileRow.id, FileRow.owner))}
        anna = await connection.scalar(text("SELECT id FROM contacts WHERE address = 'anna'"))
        assert await connection.scalar(select(func.count()).select_from(MessageRow)) == 10
    assert owners == {hers.file_id: anna, shared.file_id: -1, poster.file_id: 0}
