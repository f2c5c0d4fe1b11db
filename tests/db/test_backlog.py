"""What a process remembers of its queues: never more, never in another order than the store would tell."""

from collections.abc import Collection
from datetime import UTC, datetime

import pytest

from bot.messages import Contact, Lane, Outbound, Reply
from bot.ports.log import Dialogue, Mode, Waiting
from db import backlog as remembering
from db import log_sqlite
from db.backlog import Arrived, Backlog, Departures, Stand
from db.connect import Database
from db.log_sheets import Kept, ToKeep
from db.log_sqlite import SqliteLog
from tests.support.clock import StandingClock
from tests.support.logs import BORIS, arrival, opened_log, says, turn

AT = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


def whole() -> Backlog:
    """A backlog of a store in which nothing waits."""
    backlog = Backlog()
    looks(backlog)
    return backlog


def arrived(conversation: int, message: int) -> Arrived:
    return Arrived(message, conversation, arrival("привет", key=str(message)), AT)


def comes(backlog: Backlog, conversation: int, *messages: int, in_hand: bool = False) -> None:
    for message in messages:
        backlog.came(arrived(conversation, message), in_hand=in_hand)


def looks(backlog: Backlog, *page: tuple[int, int], everything: bool = True, in_hand: Collection[int] = ()) -> None:
    """A look that finds messages as (conversation, message)."""
    backlog.looking()
    seen(backlog, *page, everything=everything, in_hand=in_hand)


def seen(backlog: Backlog, *page: tuple[int, int], everything: bool = True, in_hand: Collection[int] = ()) -> None:
    to = page[-1][1] if page else 0
    backlog.looked([arrived(*one) for one in page], in_hand.__contains__, to=to, everything=everything)


def taken(backlog: Backlog, limit: int = 10, most: int = 20) -> list[tuple[int, list[int]]]:
    return [(key, [each.message_id for each in some]) for key, some in backlog.take(limit, most)]


def test_nothing_is_believed_before_a_look() -> None:
    backlog = Backlog()
    comes(backlog, 1, 11)

    assert not backlog.is_whole
    assert taken(backlog) == []


def test_messages_are_taken_in_their_order_a_conversation_at_a_time_up_to_the_limit() -> None:
    backlog = whole()
    comes(backlog, 1, 11)
    comes(backlog, 2, 12, 13, 14)

    assert taken(backlog, limit=3) == [(1, [11]), (2, [12, 13])]
    assert taken(backlog) == []
    backlog.let_go(2)
    assert taken(backlog) == [(2, [14])]


def test_a_flood_of_one_conversation_goes_to_the_end_of_the_line() -> None:
    backlog = whole()
    comes(backlog, 1, *range(11, 16))
    comes(backlog, 2, 20)

    assert taken(backlog, most=2) == [(1, [11, 12]), (2, [20])]


def test_where_many_conversations_wait_each_gives_few() -> None:
    """Turns of one conversation are kept one after another, those of many together."""
    backlog = whole()
    for number in range(9):
        for conversation in (1, 2, 3):
            comes(backlog, conversation, number * 3 + conversation)

    assert taken(backlog, limit=5) == [(1, [1, 4]), (2, [2, 5]), (3, [3])]


def test_what_a_look_finds_is_taken_in_its_order() -> None:
    backlog = Backlog()
    looks(backlog, (1, 11), (2, 12), (1, 13))

    assert backlog.is_whole
    assert taken(backlog) == [(1, [11, 13]), (2, [12])]


def test_of_a_conversation_in_hand_a_look_gives_nothing_until_it_is_let_go() -> None:
    backlog = Backlog()
    looks(backlog, (1, 12), in_hand=[1])

    assert taken(backlog) == []
    backlog.let_go(1)
    assert taken(backlog) == [(1, [12])]


def test_a_page_that_is_not_the_last_lets_nothing_be_remembered_past_it() -> None:
    backlog = Backlog()
    looks(backlog, (1, 11), (2, 12), everything=False)
    comes(backlog, 2, 20)
    assert (backlog.is_whole, backlog.horizon) == (False, 12)
    assert taken(backlog) == [(1, [11]), (2, [12])]

    looks(backlog, (1, 13), (2, 20))

    assert backlog.is_whole
    assert taken(backlog) == [(1, [13]), (2, [20])]


def test_what_came_while_a_look_read_is_remembered_once_and_behind_what_it_read() -> None:
    """The look may have seen it or not: 12 was stored before it read, 13 after."""
    backlog = Backlog()
    backlog.looking()
    comes(backlog, 1, 12, 13)
    seen(backlog, (1, 11), (1, 12))

    assert taken(backlog) == [(1, [11, 12, 13])]


def test_what_came_while_a_look_read_one_page_of_several_is_left_to_the_next() -> None:
    backlog = Backlog()
    backlog.looking()
    comes(backlog, 1, 13)
    seen(backlog, (1, 11), (1, 12), everything=False)

    assert (taken(backlog), backlog.is_whole) == ([(1, [11, 12])], False)


def test_what_a_look_saw_before_the_news_of_its_commit_is_not_remembered_twice() -> None:
    backlog = Backlog()
    looks(backlog, (1, 11))
    comes(backlog, 1, 11, 12)

    assert taken(backlog) == [(1, [11, 12])]


def test_a_look_that_failed_leaves_nothing_behind() -> None:
    backlog = Backlog()
    backlog.looking()
    comes(backlog, 1, 11)
    backlog.look_over()

    looks(backlog, (1, 11))

    assert taken(backlog) == [(1, [11])]


def test_a_look_at_a_store_that_is_known_reads_it_from_its_beginning() -> None:
    backlog = whole()
    comes(backlog, 1, 11)
    taken(backlog)

    backlog.looking()

    assert (backlog.is_whole, backlog.horizon) == (False, 0)


def test_more_than_can_be_remembered_is_left_to_the_store() -> None:
    backlog, most = whole(), remembering.MOST_WAITING
    comes(backlog, 1, *range(1, most + 1))
    assert (backlog.is_whole, backlog.is_full) == (True, True)
    comes(backlog, 2, most + 1)
    comes(backlog, 1, most + 2)
    assert (backlog.is_whole, backlog.horizon) == (False, most)

    backlog.take(remembering.PAGE, most)
    assert not backlog.is_full
    looks(backlog, (2, most + 1), (1, most + 2), in_hand=[1])

    assert backlog.is_whole
    assert taken(backlog) == [(2, [most + 1])]


def test_what_was_taken_past_it_is_not_taken_again() -> None:
    backlog = whole()
    comes(backlog, 1, 11, 12)
    comes(backlog, 2, 13)
    backlog.drop(1, {11})
    backlog.drop(2, {13})
    backlog.let_go(2)

    assert taken(backlog) == []
    backlog.let_go(1)
    assert taken(backlog) == [(1, [12])]
    assert backlog.is_empty


def test_a_doubt_forgets_everything() -> None:
    backlog = whole()
    comes(backlog, 1, 11)
    backlog.stands(1, Stand(Mode.BOT, Dialogue(), met=True, heard_at=AT))
    before = backlog.doubts

    backlog.doubt()

    assert (backlog.is_whole, backlog.horizon, backlog.is_empty) == (False, 0, True)
    assert (backlog.stand(1), backlog.doubts) == (None, before + 1)
    assert taken(backlog) == []


def test_where_conversations_stand_is_remembered_of_the_latest_only() -> None:
    backlog = Backlog()
    for number in range(remembering.MOST_CONVERSATIONS + 1):
        backlog.stands(number, Stand(Mode.BOT, Dialogue(), met=True, heard_at=AT))

    assert (backlog.stand(0), backlog.stand(1) is not None) == (None, True)


# --- replies that leave --------------------------------------------------------------------------


def sure() -> Departures:
    """The departures of a store in which nothing is queued."""
    departures = Departures()
    departures.looked((), (), everything=True)
    return departures


def leaves(departures: Departures, conversation: int, *messages: int, busy: bool = False) -> None:
    for message in messages:
        said = Outbound(
            message_id=message,
            contact=Contact(channel="chat", address=str(conversation)),
            reply=Reply(text="ответ"),
            lane=Lane.REPLY,
            attempt=1,
        )
        departures.came(conversation, said, busy=busy)


def sent(departures: Departures, limit: int = 10) -> list[tuple[int, int]]:
    return [(key, reply.message_id) for key, reply in departures.take(limit)]


def test_replies_leave_one_a_conversation_in_their_order() -> None:
    departures = sure()
    leaves(departures, 1, 11, 12)
    leaves(departures, 2, 13)

    assert sent(departures) == [(1, 11), (2, 13)]
    assert sent(departures) == []
    departures.let_go(1)
    assert sent(departures) == [(1, 12)]


def test_what_follows_a_reply_under_way_waits() -> None:
    departures = sure()
    leaves(departures, 1, 11, busy=True)

    assert sent(departures) == []
    departures.let_go(1)
    assert sent(departures) == [(1, 11)]


def test_what_follows_a_reply_that_waits_for_another_try_is_left_to_the_store() -> None:
    departures = sure()
    leaves(departures, 1, 11, 12)
    sent(departures)
    departures.leave_to_the_store(1)
    leaves(departures, 1, 13)

    assert sent(departures) == []


def test_a_conversation_with_an_unknown_reply_is_left_to_the_store() -> None:
    departures = Departures()
    departures.looked([(11, 1)], (), everything=True)
    leaves(departures, 1, 12)
    leaves(departures, 2, 13)

    assert sent(departures) == [(2, 13)]


def test_a_reply_that_was_queued_unremembered_during_a_look_lets_none_pass_it() -> None:
    departures = Departures()
    departures.looking()
    leaves(departures, 1, 12)
    departures.looked((), (), everything=True)
    leaves(departures, 1, 13)

    assert not departures.is_whole
    assert sent(departures) == []

    departures.looking()
    departures.looked([(12, 1), (13, 1)], (12, 13), everything=True)
    assert departures.is_whole


def test_what_the_store_itself_gave_out_does_not_leave_twice() -> None:
    departures = sure()
    leaves(departures, 1, 11, 12)
    departures.claimed(1, 11)
    departures.looked([(11, 1), (12, 1)], {11: 1}, everything=True)

    assert sent(departures) == []
    departures.let_go(1)
    assert sent(departures) == [(1, 12)]


def test_the_store_need_not_be_asked_where_only_known_replies_are_queued() -> None:
    departures = sure()
    leaves(departures, 1, 11)

    assert departures.is_whole


def test_the_store_is_asked_while_a_notice_a_retry_or_an_unknown_reply_may_leave() -> None:
    notice, retry, unknown = sure(), sure(), sure()
    notice.looked((), (), everything=True, others=True)
    retry.leave_to_the_store(1)
    unknown.looked([(11, 1)], (), everything=True)

    assert [one.is_whole for one in (notice, retry, unknown, Departures())] == [False] * 4


def test_nothing_is_believed_of_departures_after_a_doubt() -> None:
    departures = sure()
    leaves(departures, 1, 11)
    departures.doubt()
    leaves(departures, 1, 12)

    assert (sent(departures), departures.is_sure) == ([], False)


async def test_a_message_that_a_look_found_before_its_commit_was_heard_of_is_not_taken_again(
    sqlite: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writing and looking have a thread each: which of them the event loop hears of first is left to chance."""
    async with opened_log(sqlite, clock) as log:
        assert isinstance(log, SqliteLog)
        keep, found = log._writer.keep, list[Waiting]()
        await says(log, "Есть кто?", contact=BORIS)
        (first,) = await log.claim(10)
        await log.complete(turn(first, "Да"))  # from here on nothing is new to the log

        async def looked_at_before_it_is_told(asked: ToKeep) -> Kept:
            kept = await keep(asked)
            found.extend(await log.claim(10))
            return kept

        with monkeypatch.context() as patch:
            patch.setattr(log_sqlite, "LOOK_AGAIN_S", 0)
            patch.setattr(log._writer, "keep", looked_at_before_it_is_told)
            await says(log, "Здравствуйте")

        assert await log.complete(turn(found[0], "Добрый день"))
        assert await log.claim(10) == []
