"""The staff's chat hears of who waits too long; who was answered is asked whether it helped. On both databases."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.desk import Asked, Tab
from bot.desk_actions import Close, GiveBack, Release, Take
from bot.engine.aftercare import A_MOMENT, Aftercare
from bot.engine.alerts import Alerts
from bot.handover import ASKED_AGAIN
from bot.library.model import Branch
from bot.library.notices import NoticeRules
from bot.messages import Contact, Lane, Outbound
from bot.notice_settings import NoticeSettings
from bot.ports.library import Library
from bot.ports.log import Attempt, Mode
from bot.staff import StaffMember
from db.calls import SqlCalls
from db.connect import Database
from db.desk import SqlConsoleDesk
from db.messages import StoredLog, open_log
from db.models import ContactRow, ConversationRow
from db.models_handover import HandoverRow
from db.people import SqlPeople
from tests.db.test_desk import say, waits
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, HOLIDAYS, FakeBranches, FakeCatalogue, FakeFaq, sample_library
from tests.support.logs import ANNA, BORIS, arrival, turn
from tests.support.staff import hire
from tests.support.store_reader import StoreReader

MINUTE = timedelta(minutes=1)
CONSOLE = "https://b.example/console/"
CHAT = Contact(channel="tg", address="-100500")
RULES: NoticeRules = NoticeSettings().rules()


@pytest.fixture
async def log(database: Database, clock: StandingClock) -> AsyncIterator[StoredLog]:
    opened = await open_log(database, clock)
    yield opened
    await opened.aclose()


@pytest.fixture
async def masha(database: Database, clock: StandingClock) -> StaffMember:
    return await hire(database, clock)


@pytest.fixture
def calls(database: Database, clock: StandingClock) -> SqlCalls:
    return SqlCalls(database, clock)


def alerts_of(
    calls: SqlCalls, clock: StandingClock, *branches: Branch, console: str = "https://b.example/console/"
) -> Alerts:
    return Alerts(
        calls,
        clock,
        FakeBranches(*branches),
        HOLIDAYS,
        chats={CHAT.channel: CHAT.address},
        after=15 * MINUTE,
        again=60 * MINUTE,
        nights=RULES,
        zone=ZoneInfo("Europe/Moscow"),
        channels={"chat": "Чат на сайте"},
        sources={"branch-01": "01"},
        console=console,
    )


@pytest.fixture
def alerts(calls: SqlCalls, clock: StandingClock) -> Alerts:
    return alerts_of(calls, clock, CENTRAL)


async def leaving(log: StoredLog, channel: str = "tg") -> list[Outbound]:
    """What is on its way to the staff's chat."""
    return await log.claim_outbound(channel, 10)


async def all_sent(log: StoredLog, channel: str = "chat") -> list[Outbound]:
    """Let a channel send all that waits; what that was."""
    found: list[Outbound] = []
    while letters := await log.claim_outbound(channel, 10):
        found += letters
        for letter in letters:
            sent = (str(letter.message_id),)
            await log.attempted(Attempt(message_id=letter.message_id, channel=channel, external_ids=sent))
    return found


# --- who waits too long --------------------------------------------------------------------------


async def test_the_staff_are_told_of_a_long_wait_once_with_a_link_and_no_word_of_the_reader(
    log: StoredLog, alerts: Alerts, clock: StandingClock
) -> None:
    one = await waits(log, "Мой билет 123456, помогите")
    clock.turn(14 * MINUTE)
    assert await alerts.look() == 0
    clock.turn(2 * MINUTE)

    assert await alerts.look() == 1
    assert await alerts.look() == 0, "told already"
    (letter,) = await leaving(log)
    assert letter.contact == CHAT
    assert letter.reply.text == (
        f"Читатель ждёт библиотекаря 16 минут (Чат на сайте).\nhttps://b.example/console/c/{one}"
    )
    assert letter.lane is Lane.NOTICE
    assert await alerts.still_true(letter) == ""


async def test_after_a_while_the_staff_are_told_again_and_of_all_who_wait_in_one_word(
    log: StoredLog, alerts: Alerts, clock: StandingClock
) -> None:
    await waits(log)
    clock.turn(16 * MINUTE)
    await alerts.look()
    await waits(log, contact=BORIS, key="2")
    clock.turn(59 * MINUTE)
    assert await alerts.look() == 1, "the second reader alone: of the first they were told"
    clock.turn(60 * MINUTE)
    assert await alerts.look() == 2

    said = [letter.reply.text for letter in await all_sent(log, CHAT.channel)]
    assert said[-1] == "Библиотекаря ждут: 2 читателя. Дольше всех 2 часа.\nhttps://b.example/console/"


async def test_nobody_is_told_out_of_hours_and_the_night_is_no_waiting(
    log: StoredLog, alerts: Alerts, clock: StandingClock
) -> None:
    clock.moment = clock.moment.replace(hour=15, minute=55)  # 18:55, five minutes before closing
    await waits(log)
    clock.turn(timedelta(hours=3))
    assert await alerts.look() == 0
    clock.turn(timedelta(hours=11, minutes=9))  # 9:04 the next morning
    assert await alerts.look() == 0, "nine minutes of opening time"
    clock.turn(7 * MINUTE)
    assert await alerts.look() == 1


async def test_where_no_hours_are_known_nights_are_quiet(log: StoredLog, calls: SqlCalls, clock: StandingClock) -> None:
    alerts = alerts_of(calls, clock, console="")
    clock.moment = clock.moment.replace(hour=20)  # 23:00
    await waits(log)
    clock.turn(30 * MINUTE)
    assert await alerts.look() == 0
    clock.turn(timedelta(hours=10))
    assert await alerts.look() == 1
    (letter,) = await leaving(log)
    assert letter.reply.text.endswith("Откройте рабочее место, список «Ждут».")


async def test_a_letter_that_is_late_does_not_leave_once_nobody_waits(
    log: StoredLog, alerts: Alerts, masha: StaffMember, clock: StandingClock
) -> None:
    one = await waits(log)
    clock.turn(20 * MINUTE)
    await alerts.look()
    (letter,) = await leaving(log)
    await log.act(Take(conversation_id=one, staff_id=masha.staff_id))

    assert await alerts.still_true(letter) == "nobody waits any more"
    assert await alerts.still_true(replace(letter, contact=ANNA)) == "", "no letter to the staff"
    assert await alerts.look() == 0


async def test_two_processes_tell_once(log: StoredLog, calls: SqlCalls, clock: StandingClock) -> None:
    await waits(log)
    clock.turn(20 * MINUTE)

    told = await asyncio.gather(*(alerts_of(calls, clock, CENTRAL).look() for _ in range(4)))

    assert sorted(told) == [0, 0, 0, 1]


async def test_a_chat_that_could_not_be_reached_is_tried_again_and_no_librarian_sees_it_as_a_reader(
    database: Database, log: StoredLog, alerts: Alerts, clock: StandingClock, masha: StaffMember
) -> None:
    await waits(log)
    clock.turn(20 * MINUTE)
    await alerts.look()
    async with database.writer.begin() as connection:
        lost = update(ContactRow).where(ContactRow.channel == "tg").values(unreachable_since=clock.now())
        await connection.execute(lost)
    clock.turn(60 * MINUTE)
    assert await alerts.look() == 1

    async with database.engine.connect() as connection:
        reach = select(ContactRow.unreachable_since).where(ContactRow.channel == "tg")
        assert await connection.scalar(reach) is None
    desk = SqlConsoleDesk(database, log, clock)
    inbox = await desk.inbox(Asked(staff_id=masha.staff_id, tab=Tab.ALL))
    assert [entry.contact for entry in inbox.entries] == [ANNA]
    assert inbox.counts.all == 1
    await desk.aclose()


# --- whether it helped ---------------------------------------------------------------------------

WINDOWS = {"chat": 0.0}


async def answered_and_closed(log: StoredLog, masha: StaffMember, clock: StandingClock, key: str = "1") -> int:
    one = await waits(log, key=key)
    await log.act(say(one, masha, clock, key=f"answer-{key}"))
    clock.turn(timedelta(seconds=6))
    await log.act(Release())
    await log.act(Close(conversation_id=one, staff_id=masha.staff_id))
    return one


async def asked_of(log: StoredLog) -> list[Outbound]:
    """The questions that have left for readers."""
    return [letter for letter in await all_sent(log) if "Вам помогли?" in letter.reply.text]


async def test_a_reader_is_asked_once_a_moment_after_the_close(
    log: StoredLog, calls: SqlCalls, masha: StaffMember, clock: StandingClock
) -> None:
    aftercare = Aftercare(calls, clock, WINDOWS)
    await answered_and_closed(log, masha, clock)
    assert await aftercare.look() == 0, "the last answer may still be on its way"
    clock.turn(A_MOMENT)

    assert await aftercare.look() == 1
    assert await aftercare.look() == 0
    (question,) = await asked_of(log)
    assert [button.label for button in question.reply.buttons[0]] == ["Да", "Нет"]
    assert await aftercare.still_true(question) == ""


async def test_each_of_two_readers_is_asked(
    log: StoredLog, calls: SqlCalls, masha: StaffMember, clock: StandingClock
) -> None:
    for contact, key in ((ANNA, "a"), (BORIS, "b")):
        talk = await waits(log, contact=contact, key=key)
        await log.act(say(talk, masha, clock, key=f"answer-{key}"))
        clock.turn(timedelta(seconds=6))
        await log.act(Release())
        await log.act(Close(conversation_id=talk, staff_id=masha.staff_id))
    clock.turn(A_MOMENT)

    assert await Aftercare(calls, clock, WINDOWS).look() == 2
    assert {question.contact for question in await asked_of(log)} == {ANNA, BORIS}


async def test_nobody_is_asked_twice_in_thirty_days(
    log: StoredLog, calls: SqlCalls, masha: StaffMember, clock: StandingClock
) -> None:
    aftercare = Aftercare(calls, clock, WINDOWS)
    for days, asked in ((0, 1), (29, 0), (2, 1)):
        clock.turn(timedelta(days=days))
        await answered_and_closed(log, masha, clock, key=f"d{days}")
        clock.turn(A_MOMENT)
        assert await aftercare.look() == asked, days
    assert timedelta(days=30) == ASKED_AGAIN


async def test_who_goes_on_writing_was_given_back_or_never_answered_is_not_asked(
    log: StoredLog, calls: SqlCalls, masha: StaffMember, clock: StandingClock
) -> None:
    aftercare = Aftercare(calls, clock, WINDOWS)
    one = await answered_and_closed(log, masha, clock)
    await log.record(arrival("И ещё вопрос", key="more"))
    (waiting,) = await log.claim(1, one)
    await log.complete(turn(waiting, "Отвечаю"))
    two = await waits(log, contact=BORIS, key="b")
    await log.act(Close(conversation_id=two, staff_id=masha.staff_id))
    carl = Contact(channel="chat", address="carl")
    three = await waits(log, contact=carl, key="c")
    await log.act(say(three, masha, clock, key="for-carl"))
    clock.turn(timedelta(seconds=6))
    await log.act(Release())
    await log.act(GiveBack(conversation_id=three, staff_id=masha.staff_id))
    clock.turn(A_MOMENT)

    assert await aftercare.look() == 0


async def test_a_question_that_is_late_does_not_leave_into_a_talk_that_goes_on(
    log: StoredLog, calls: SqlCalls, masha: StaffMember, clock: StandingClock
) -> None:
    aftercare = Aftercare(calls, clock, WINDOWS)
    one = await answered_and_closed(log, masha, clock)
    clock.turn(A_MOMENT)
    await aftercare.look()
    (question,) = await asked_of(log)

    await waits(log, "человек!", key="again")

    assert await aftercare.still_true(question) == "the conversation goes on"
    assert await aftercare.still_true(replace(question, lane=Lane.REPLY)) == "", "no question of ours"
    plain = replace(question, reply=replace(question.reply, buttons=()))
    assert await aftercare.still_true(plain) == "", "a notice without buttons is none either"
    assert one


@pytest.mark.parametrize(
    ("windows", "asked"),
    [({"chat": 24.0}, 1), ({"chat": 0.5}, 1), ({"chat": 0.1}, 0), ({"tg": 0.0}, 0)],
)
async def test_nobody_is_asked_outside_a_messengers_window_or_through_a_channel_that_is_off(
    log: StoredLog,
    calls: SqlCalls,
    masha: StaffMember,
    clock: StandingClock,
    windows: dict[str, float],
    asked: int,
) -> None:
    await answered_and_closed(log, masha, clock)
    clock.turn(A_MOMENT)

    assert await Aftercare(calls, clock, windows).look() == asked


async def test_an_english_reader_is_asked_in_english(
    database: Database, log: StoredLog, calls: SqlCalls, masha: StaffMember, clock: StandingClock
) -> None:
    await answered_and_closed(log, masha, clock)
    async with database.writer.begin() as connection:
        await connection.execute(update(ContactRow).values(language="en-GB"))
    clock.turn(A_MOMENT)
    await Aftercare(calls, clock, WINDOWS).look()

    (question,) = [letter for letter in await all_sent(log) if letter.lane is Lane.NOTICE]
    assert question.reply.text == "The librarian has finished the conversation. Did it help?"


@pytest.fixture
def library(database: Database, clock: StandingClock) -> Library:
    branches = FakeBranches(CENTRAL)
    people = SqlPeople(database, clock, branches, HOLIDAYS)
    return replace(sample_library(FakeCatalogue(), FakeFaq(), branches), people=people)


@pytest.mark.parametrize(("said", "helped"), [("да", True), ("Нет", False), ("2", False)])
async def test_the_whole_way_a_reader_answers_by_a_word_or_a_number_or_just_goes_on(
    database: Database,
    log: StoredLog,
    calls: SqlCalls,
    masha: StaffMember,
    clock: StandingClock,
    library: Library,
    said: str,
    helped: bool,
) -> None:
    reader = StoreReader(library, clock, log)
    await reader.says("позовите библиотекаря")
    async with database.engine.connect() as connection:
        one = await connection.scalar(select(ConversationRow.id))
    assert one is not None
    await log.act(say(one, masha, clock))
    clock.turn(timedelta(seconds=6))
    await log.act(Release())
    await log.act(Close(conversation_id=one, staff_id=masha.staff_id))
    clock.turn(A_MOMENT)
    await Aftercare(calls, clock, WINDOWS).look()
    assert len(await asked_of(log)) == 1

    await reader.says(said)
    reader.hears("Спасибо, передам!" if helped else "Жаль, что не помогли.")
    await reader.says("до скольки вы сегодня?")

    reader.hears("Сегодня: с 9:00 до 19:00")
    async with database.engine.connect() as connection:
        kept = (await connection.execute(select(HandoverRow.helped, HandoverRow.words))).one()
        mode = await connection.scalar(select(ConversationRow.mode))
    assert tuple(kept) == (helped, "")
    assert mode == Mode.BOT


async def test_a_press_of_somebody_elses_button_rates_nothing(
    database: Database, log: StoredLog, calls: SqlCalls, masha: StaffMember, clock: StandingClock, library: Library
) -> None:
    await answered_and_closed(log, masha, clock)
    clock.turn(A_MOMENT)
    await Aftercare(calls, clock, WINDOWS).look()
    (question,) = await asked_of(log)
    stranger = StoreReader(library, clock, log, address="boris")
    await stranger.says("привет")

    await stranger.presses_payload(question.reply.buttons[0][1].payload)

    async with database.engine.connect() as connection:
        assert await connection.scalar(select(HandoverRow.rated_at)) is None
