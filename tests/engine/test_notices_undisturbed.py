"""What goes wrong with one letter, one page or for some days stands in nobody else's way."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.library.notices import NoticeKind
from bot.messages import Contact, Presence, Reply
from bot.notice_words import Setting, Told, worded
from bot.notices import NoticeLetter
from bot.ports.log import Mode
from db import notice_rest
from db.connect import Database
from tests.support.clock import StandingClock
from tests.support.logs import SqlStaff
from tests.support.notified import Notified, notified


@pytest.fixture
async def desk(database: Database, clock: StandingClock) -> AsyncIterator[Notified]:
    """It is Monday, 2 March, ten in the morning."""
    async with notified(database, clock) as opened:
        yield opened


async def test_a_restored_copy_writes_to_nobody_until_it_is_the_librarys_own_again(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    await desk.borrows(anna, "Идиот")
    async with desk.database.writer.begin() as connection:
        await notice_rest.rest(connection)

    for _ in range(3):
        await desk.started().tick()
        assert await desk.texts("max") == []
        desk.clock.turn(timedelta(hours=1))
    assert await desk.states() == []

    assert await notice_rest.resume(desk.database)
    assert not await notice_rest.resume(desk.database)
    await desk.engine.tick()
    assert "«Идиот», Автор" in (await desk.texts("max"))[0]


async def test_a_letter_that_cannot_be_worded_stops_nobody_elses(
    desk: Notified, monkeypatch: pytest.MonkeyPatch
) -> None:
    for card, title in (("1", "Идиот"), ("2", "Бесы"), ("3", "Игрок")):
        await desk.borrows(await desk.reader(card, "max"), title)

    def broken(cards: Sequence[Told], setting: Setting) -> Reply:
        if any(loan.title == "Бесы" for told in cards for loan in told.due):
            raise ValueError("a title that nobody thought of")
        return worded(cards, setting)

    monkeypatch.setattr("bot.engine.notices.worded", broken)

    with capture_logs() as lines:
        await desk.engine.tick()

    assert [line["error"] for line in lines] == ["ValueError"]
    assert "nobody thought of" not in repr(lines), "a fault's own words may quote a reader's book"
    texts = await desk.texts("max")
    assert [("Идиот" in text, "Игрок" in text) for text in texts] == [(True, False), (False, True)]
    assert sorted(await desk.states()) == ["sent", "sent", "unreached"]
    await desk.started().tick()
    assert await desk.texts("max") == []


async def test_words_for_a_page_that_cannot_be_found_stop_nobody_elses(
    desk: Notified, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await desk.reader("1", "site")
    work, _ = await desk.library.book("Идиот")
    await desk.library.desk.make_ready((await desk.library.hold(anna, work)).hold_id)
    await desk.borrows(await desk.reader("2", "max"), "Бесы")

    def broken(cards: Sequence[Told], setting: Setting) -> Reply:
        if any(told.ready for told in cards):
            raise ValueError("a title that nobody thought of")
        return worded(cards, setting)

    monkeypatch.setattr("bot.engine.notices.worded", broken)
    await desk.engine.tick()

    assert len(await desk.texts("max")) == 1
    assert [reader.patron_id for reader in await desk.readers.unreached()] == [anna], "the desk calls"


async def test_days_on_which_the_service_stood_still_are_made_up_for_once(desk: Notified) -> None:
    anna = await desk.reader("1", "max")
    await desk.borrows(anna, "Идиот", due_in=4)
    await desk.borrows(anna, "Бесы", due_in=-3)
    desk.clock.turn(timedelta(days=2))  # nothing ran on the day of «3 days before», nor on the first day of being late

    await desk.started().tick()
    await desk.started().tick()

    (text,) = await desk.texts("max")
    assert ("в пятницу, 6 марта: «Идиот»" in text, "Срок возврата уже прошёл:\n27 февраля: «Бесы»" in text) == (
        True,
        True,
    )


async def speaks_with_anna(desk: Notified) -> Contact:
    """A librarian has Anna's conversation while a letter is due: a book waits for her."""
    anna = await desk.reader("1", name="Анна")
    contact = await desk.links(anna, "max", "anna")
    work, _ = await desk.library.book("Идиот")
    await desk.library.desk.make_ready((await desk.library.hold(anna, work)).hold_id)
    await SqlStaff(desk.database, desk.clock).sets_mode(contact, Mode.PERSON)
    return contact


async def test_a_letter_that_was_put_off_until_the_evening_waits_for_the_morning(desk: Notified) -> None:
    contact = await speaks_with_anna(desk)
    await desk.engine.tick()  # put off for an hour
    await SqlStaff(desk.database, desk.clock).sets_mode(contact, Mode.BOT)
    desk.clock.turn(timedelta(hours=12, minutes=30))  # the service stood still until half past ten in the evening

    await desk.engine.tick()
    assert await desk.log.claim_outbound("max", 10) == [], "nothing is written at night, to be stopped at the door"

    desk.clock.turn(timedelta(hours=12))
    await desk.engine.tick()
    assert len(await desk.texts("max")) == 1


async def test_whom_a_librarian_speaks_with_for_days_is_called_by_the_desk(desk: Notified) -> None:
    await speaks_with_anna(desk)
    for _ in range(4):
        await desk.engine.tick()
        assert await desk.readers.unreached() == []
        desk.clock.turn(timedelta(days=1))

    await desk.engine.tick()

    (reader,) = await desk.readers.unreached()
    assert [subject.kind for subject in reader.items] == [NoticeKind.HOLD_READY]
    assert await desk.texts("max") == []


async def test_whoever_goes_out_of_reach_while_a_letter_is_written_is_told_when_they_are_back(
    desk: Notified, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await desk.reader("1")
    contact = await desk.links(anna, "max", "anna")
    await desk.borrows(anna, "Идиот")
    written = desk.store.post

    async def reached(reachable: bool) -> None:
        desk.clock.turn(timedelta(seconds=1))
        await desk.log.note(Presence(contact=contact, reachable=reachable, at=desk.clock.now()))

    async def stops_the_bot(letters: Sequence[NoticeLetter]) -> int:
        await reached(False)
        return await written(letters)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(desk.store, "post", stops_the_bot)
        await desk.engine.tick()
    assert await desk.texts("max") == []
    assert await desk.states() == ["planned"]

    await reached(True)
    desk.clock.turn(timedelta(minutes=2))
    await desk.engine.tick()
    assert len(await desk.texts("max")) == 1
