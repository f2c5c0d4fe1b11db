"""The librarians' desk on both databases: who has a conversation, what leaves and when, what is seen."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, select, update

from bot.desk import Asked, Tab
from bot.desk_actions import Acted, Close, DeskState, GiveBack, HandOn, Release, Say, Take, TakeBack
from bot.messages import Reply
from bot.ports.log import Mode, Outcome
from bot.staff import StaffMember
from db.connect import Database
from db.desk import MESSAGES_A_PAGE, SqlConsoleDesk
from db.messages import StoredLog, open_log
from db.models import ContactRow, ConversationRow, MessageRow
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS, arrival, turn
from tests.support.patience import SOON_S
from tests.support.staff import hire


@pytest.fixture
async def log(database: Database, clock: StandingClock) -> AsyncIterator[StoredLog]:
    opened = await open_log(database, clock)
    yield opened
    await opened.aclose()


@pytest.fixture
async def desk(database: Database, log: StoredLog, clock: StandingClock) -> AsyncIterator[SqlConsoleDesk]:
    made = SqlConsoleDesk(database, log, clock, silence=timedelta(hours=1))
    yield made
    await made.aclose()


@pytest.fixture
async def masha(database: Database, clock: StandingClock) -> StaffMember:
    return await hire(database, clock)


@pytest.fixture
async def vera(database: Database, clock: StandingClock) -> StaffMember:
    return await hire(database, clock, "vera", "Вера")


async def waits(log: StoredLog, text: str = "Позовите человека", contact: object = ANNA, key: str = "1") -> int:
    """A reader called a person; returns the conversation."""
    recorded = await log.record(arrival(text, key=key, contact=contact))  # type: ignore[arg-type]
    (waiting,) = await log.claim(1, recorded.conversation_id)
    await log.complete(replace(turn(waiting, "Записал"), mode=Mode.WAITING, handover_reason="asked"))
    return recorded.conversation_id


def say(conversation: int, who: StaffMember, clock: StandingClock, text: str = "Да, есть", key: str = "k1") -> Say:
    leaves_at = clock.now() + timedelta(seconds=5)
    return Say(
        conversation_id=conversation, staff_id=who.staff_id, key=key, reply=Reply(text=text), leaves_at=leaves_at
    )


async def mode_of(database: Database, conversation: int) -> Mode:
    async with database.engine.connect() as connection:
        return Mode(
            await connection.scalar(select(ConversationRow.mode).where(ConversationRow.id == conversation)) or ""
        )


async def queued(log: StoredLog) -> list[str]:
    """What is on its way to readers by now."""
    return [one.reply.text for one in await log.claim_outbound("chat", 10)]


async def test_the_first_who_takes_it_has_it(
    desk: SqlConsoleDesk, log: StoredLog, masha: StaffMember, vera: StaffMember
) -> None:
    one = await waits(log)

    outcomes = await asyncio.gather(
        *(desk.act(Take(conversation_id=one, staff_id=who.staff_id)) for who in (masha, vera, masha))
    )

    assert [outcome.state for outcome in outcomes] == [DeskState.DONE, DeskState.TAKEN, DeskState.DONE]
    assert outcomes[1].holder_id == masha.staff_id
    taken = await desk.act(Take(conversation_id=one, staff_id=vera.staff_id, even_from=masha.staff_id))
    assert taken.state is DeskState.DONE


async def test_the_bot_is_silent_from_the_moment_it_is_taken(
    desk: SqlConsoleDesk, log: StoredLog, database: Database, masha: StaffMember
) -> None:
    one = await waits(log)
    await log.record(arrival("Есть ли «Идиот»?", key="2"))
    (waiting,) = await log.claim(5)

    await desk.act(Take(conversation_id=one, staff_id=masha.staff_id))

    assert not await log.complete(turn(waiting, "Есть!")), "the answer was worded before, and must not slip through"
    assert await log.complete(replace(turn(waiting), outcome=Outcome.SILENT))
    await log.record(arrival("Ау?", key="3"))
    (later,) = await log.claim(5)
    assert later.mode is Mode.PERSON


async def test_an_answer_may_be_taken_back_until_it_leaves(
    desk: SqlConsoleDesk, log: StoredLog, masha: StaffMember, clock: StandingClock
) -> None:
    one = await waits(log)
    for _ in await log.claim_outbound("chat", 10):
        pass
    answer = say(one, masha, clock)
    back = TakeBack(conversation_id=one, staff_id=masha.staff_id, key="k1")
    await log.act(answer)
    assert (await log.act(back)).state is DeskState.DONE
    await log.act(answer)  # the press comes once more over a bad line
    clock.turn(timedelta(seconds=6))
    assert (await log.act(Release())).count == 0

    await log.act(say(one, masha, clock, "Нашлась", key="k2"))
    clock.turn(timedelta(seconds=6))
    assert (await log.act(Release())).count == 1
    late = await log.act(TakeBack(conversation_id=one, staff_id=masha.staff_id, key="k2"))
    assert late.state is DeskState.LATE


async def test_one_press_is_one_message_however_often_it_arrives(
    desk: SqlConsoleDesk, log: StoredLog, database: Database, masha: StaffMember, clock: StandingClock
) -> None:
    one = await waits(log)
    await asyncio.gather(*(log.act(say(one, masha, clock)) for _ in range(4)))
    clock.turn(timedelta(seconds=6))
    await asyncio.gather(*(log.act(Release()) for _ in range(3)))
    await log.act(say(one, masha, clock))
    clock.turn(timedelta(seconds=6))
    await log.act(Release())

    async with database.engine.connect() as connection:
        kept = await connection.scalars(select(MessageRow.text).where(MessageRow.author == "librarian"))
        assert list(kept) == ["Да, есть"]


async def test_an_answer_stands_in_the_order_in_which_it_left(
    desk: SqlConsoleDesk, log: StoredLog, masha: StaffMember, clock: StandingClock
) -> None:
    one = await waits(log)
    await log.act(say(one, masha, clock))
    before = await log.record(arrival("И ещё вопрос", key="2"))
    clock.turn(timedelta(seconds=6))
    await log.act(Release())

    said = await log.said(ANNA)
    assert said[-1].reply.text == "Да, есть"
    assert said[-1].message_id > before.message_id, "whoever reads on from the last number must see it"


async def test_an_answer_takes_what_nobody_has_and_never_a_colleagues(
    desk: SqlConsoleDesk, log: StoredLog, masha: StaffMember, vera: StaffMember, clock: StandingClock
) -> None:
    one = await waits(log)
    assert (await desk.act(say(one, masha, clock))).state is DeskState.DONE

    refused = await desk.act(say(one, vera, clock, key="k2"))

    assert refused == Acted(state=DeskState.TAKEN, holder_id=masha.staff_id)
    assert (await desk.act(say(10_000, vera, clock, key="k3"))).state is DeskState.GONE


async def test_an_answer_leaves_although_the_process_died(
    desk: SqlConsoleDesk, log: StoredLog, masha: StaffMember, clock: StandingClock
) -> None:
    one = await waits(log)
    (told,) = await log.claim_outbound("chat", 10)
    await log.act(say(one, masha, clock))  # nobody is there to release it
    clock.turn(timedelta(minutes=1))

    await desk.tidy()

    assert [said.reply.text for said in await log.said(ANNA)][-1] == "Да, есть"
    assert told.reply.text == "Записал"


async def test_it_goes_to_a_colleague_to_a_branch_and_back_to_the_bot(
    desk: SqlConsoleDesk, log: StoredLog, database: Database, masha: StaffMember, vera: StaffMember
) -> None:
    one, me = await waits(log), masha.staff_id
    await desk.act(Take(conversation_id=one, staff_id=me))
    await desk.act(HandOn(conversation_id=one, staff_id=me, colleague=vera.staff_id))
    hers = await desk.inbox(Asked(staff_id=vera.staff_id, tab=Tab.MINE))
    assert [entry.holder for entry in hers.entries] == ["Вера"]
    assert (await desk.act(GiveBack(conversation_id=one, staff_id=me))).state is DeskState.TAKEN

    await desk.act(HandOn(conversation_id=one, staff_id=vera.staff_id, branch="02"))
    for branches, seen in ((frozenset({"02"}), 1), (frozenset({"01"}), 0), (frozenset(), 1)):
        asked = Asked(staff_id=me, branches=branches, sources={"branch-01": "01"})
        assert len((await desk.inbox(asked)).entries) == seen
        assert (await desk.counts(asked)).waiting == seen
    await desk.act(GiveBack(conversation_id=one, staff_id=me))
    assert await mode_of(database, one) is Mode.BOT


async def test_a_closed_one_is_opened_by_the_readers_next_words(
    desk: SqlConsoleDesk, log: StoredLog, database: Database, masha: StaffMember
) -> None:
    one = await waits(log)
    await desk.act(Take(conversation_id=one, staff_id=masha.staff_id))
    await desk.act(Close(conversation_id=one, staff_id=masha.staff_id))
    assert (await desk.counts(Asked(staff_id=masha.staff_id))).closed == 1

    await log.record(arrival("Спасибо!", key="2"))
    (waiting,) = await log.claim(5)
    assert waiting.mode is Mode.CLOSED
    assert await log.complete(turn(waiting, "Пожалуйста"))

    assert await mode_of(database, one) is Mode.BOT


async def test_a_silent_librarians_conversations_go_back(
    desk: SqlConsoleDesk, log: StoredLog, database: Database, masha: StaffMember, clock: StandingClock
) -> None:
    answered, unanswered = await waits(log), await waits(log, contact=BORIS, key="2")
    for one in (answered, unanswered):
        await desk.act(Take(conversation_id=one, staff_id=masha.staff_id))
        await log.act(replace(say(one, masha, clock, key=f"k{one}"), leaves_at=clock.now()))
    await log.record(arrival("А ещё?", key="3", contact=BORIS))
    (waiting,) = await log.claim(5)
    await log.complete(replace(turn(waiting), outcome=Outcome.SILENT))
    clock.turn(timedelta(minutes=59))
    assert await desk.tidy() == 0

    clock.turn(timedelta(minutes=2))

    assert await desk.tidy() == 2
    assert await mode_of(database, answered) is Mode.BOT
    assert await mode_of(database, unanswered) is Mode.WAITING, "the last words are the reader's: nobody forgets them"


async def test_the_whole_conversation_is_seen_with_what_became_of_each_message(
    desk: SqlConsoleDesk, log: StoredLog, masha: StaffMember, vera: StaffMember, clock: StandingClock
) -> None:
    one = await waits(log)
    await desk.add_note(one, vera.staff_id, "n1", "Звонила вчера")
    await desk.add_note(one, vera.staff_id, "n1", "Звонила вчера")
    await desk.keep_draft(one, masha.staff_id, "Здравств")
    await desk.keep_draft(one, masha.staff_id, "Здравствуйте")
    clock.turn(timedelta(seconds=1))
    await log.act(say(one, vera, clock))

    talk = await desk.talk(one, Asked(staff_id=masha.staff_id))

    assert talk is not None
    assert [(said.author.value, said.reply.text, said.state) for said in talk.said] == [
        ("reader", "Позовите человека", "handled"),
        ("bot", "Записал", "queued"),
        ("librarian", "Да, есть", "held"),
    ]
    assert [note.text for note in talk.notes] == ["Звонила вчера"]
    assert (talk.draft, talk.holder, talk.mode) == ("Здравствуйте", "Вера", Mode.PERSON)
    assert talk.mark == await desk.mark(one)
    await desk.keep_draft(one, masha.staff_id, " ")
    await desk.act(TakeBack(conversation_id=one, staff_id=vera.staff_id, key="k1"))
    later = await desk.talk(one, Asked(staff_id=masha.staff_id))
    assert later is not None
    assert (later.draft, len(later.said)) == ("", 2)
    assert later.mark != talk.mark
    assert await desk.talk(77_777, Asked(staff_id=masha.staff_id)) is None
    assert await desk.mark(77_777) == ""


async def test_a_note_stands_among_the_messages_of_its_time_and_nowhere_else(
    database: Database, desk: SqlConsoleDesk, log: StoredLog, vera: StaffMember, clock: StandingClock
) -> None:
    one, asked = await waits(log), Asked(staff_id=vera.staff_id)
    await desk.add_note(one, vera.staff_id, "n1", "Ранняя")
    of = {"conversation_id": one, "channel": "chat", "author": "reader", "state": "handled"}
    clock.turn(timedelta(minutes=1))
    async with database.writer.begin() as connection:
        await connection.execute(insert(MessageRow), [of | {"created_at": clock.now()} for _ in range(MESSAGES_A_PAGE)])
    await desk.add_note(one, vera.staff_id, "n2", "Поздняя")

    newest = await desk.talk(one, asked)
    assert newest is not None
    older = await desk.talk(one, asked, newest.said[0].message_id)

    assert older is not None
    assert (newest.earlier, older.earlier) == (True, False)
    assert [[note.text for note in talk.notes] for talk in (older, newest)] == [["Ранняя"], ["Поздняя"]]


async def test_notes_never_come_near_a_reader(
    desk: SqlConsoleDesk, log: StoredLog, masha: StaffMember, database: Database
) -> None:
    one = await waits(log)
    await desk.add_note(one, masha.staff_id, "n1", "СЕКРЕТ")
    await desk.keep_draft(one, masha.staff_id, "СЕКРЕТ")

    assert not any("СЕКРЕТ" in said.reply.text for said in await log.said(ANNA))
    assert not any("СЕКРЕТ" in text for text in await queued(log))


async def test_lists_are_in_order_and_in_pages(
    desk: SqlConsoleDesk, log: StoredLog, database: Database, masha: StaffMember, clock: StandingClock
) -> None:
    people = [replace(ANNA, address=f"reader-{number}") for number in range(7)]
    for number, person in enumerate(people):
        await waits(log, f"Вопрос {number}", person, key=f"q{number}")
        clock.turn(timedelta(minutes=1))
    asked = Asked(staff_id=masha.staff_id, limit=3)

    first = await desk.inbox(asked)
    second = await desk.inbox(replace(asked, before=first.older))
    third = await desk.inbox(replace(asked, before=second.older))
    told = [entry.contact.address for page in (first, second, third) for entry in page.entries]
    assert told == [person.address for person in people], "who waits longest comes first"
    assert (first.counts.waiting, third.older) == (7, 0)
    assert first.counts.oldest == clock.now() - timedelta(minutes=7)

    latest = await desk.inbox(replace(asked, tab=Tab.ALL))
    older = await desk.inbox(replace(asked, tab=Tab.ALL, before=latest.older))
    told = [entry.contact.address for page in (latest, older) for entry in page.entries]
    assert told == [person.address for person in reversed(people)][:6]


async def test_who_waits_is_shown_with_their_own_words(
    desk: SqlConsoleDesk, log: StoredLog, masha: StaffMember
) -> None:
    await waits(log, "Нужна справка о прочитанном")

    (entry,) = (await desk.inbox(Asked(staff_id=masha.staff_id))).entries

    assert entry.said == "Нужна справка о прочитанном"


@pytest.mark.parametrize("words", ["мария", "Мария", "идиот", "«ИДИОТ»", "100%"])
async def test_conversations_are_found_by_name_and_by_words(
    desk: SqlConsoleDesk, log: StoredLog, database: Database, masha: StaffMember, words: str
) -> None:
    one = await waits(log, "Есть ли «идиот»? Скидка 100%")
    await waits(log, "Другое", BORIS, key="2")
    async with database.writer.begin() as connection:
        await connection.execute(update(ContactRow).where(ContactRow.address == "anna").values(name="Мария Иванова"))

    found = await desk.inbox(Asked(staff_id=masha.staff_id, tab=Tab.ALL, words=words))

    assert [entry.conversation_id for entry in found.entries] == [one]


async def test_a_page_asks_a_fixed_number_of_questions(
    desk: SqlConsoleDesk, log: StoredLog, database: Database, masha: StaffMember
) -> None:
    asked: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    counts = []
    for number in range(6):
        one = await waits(log, contact=replace(ANNA, address=f"r{number}"), key=f"k{number}")
        asked.clear()
        await desk.inbox(Asked(staff_id=masha.staff_id))
        await desk.inbox(Asked(staff_id=masha.staff_id, tab=Tab.ALL))
        await desk.talk(one, Asked(staff_id=masha.staff_id))
        counts.append(len([statement for statement in asked if "SELECT" in statement]))
    assert set(counts) == {9}


@pytest.mark.usefixtures("only_woken")
async def test_whoever_looks_at_a_list_or_a_conversation_is_woken(
    desk: SqlConsoleDesk, log: StoredLog, masha: StaffMember
) -> None:
    one = await waits(log)
    lists, conversation = desk.desk_changes(), desk.desk_changes(ANNA)
    await anext(lists)
    await anext(conversation)

    await desk.act(Take(conversation_id=one, staff_id=masha.staff_id))

    async with asyncio.timeout(SOON_S):
        await anext(lists)
        await anext(conversation)
    await log.record(arrival("Ау?", key="2"))
    async with asyncio.timeout(SOON_S):
        await anext(conversation)


async def test_open_lists_that_ask_at_once_are_counted_for_once(
    desk: SqlConsoleDesk, log: StoredLog, database: Database, masha: StaffMember, vera: StaffMember
) -> None:
    one = await waits(log)
    await waits(log, contact=BORIS, key="2")
    await desk.act(Take(conversation_id=one, staff_id=masha.staff_id))
    asked: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    told = await asyncio.gather(*(desk.counts(Asked(staff_id=who.staff_id)) for who in (masha, vera) * 10))

    assert {(counts.waiting, counts.mine, counts.all) for counts in told} == {(1, 1, 2), (1, 0, 2)}
    assert len([statement for statement in asked if "min(c.waiting_since)" in statement]) == 1
    await desk.act(Take(conversation_id=one + 1, staff_id=vera.staff_id))
    assert (await desk.counts(Asked(staff_id=vera.staff_id))).mine == 1, "what has happened since is counted"
    assert (await desk.counts(Asked(staff_id=vera.staff_id))).waiting == 0
