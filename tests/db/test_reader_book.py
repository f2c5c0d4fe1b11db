"""The register as the staff look into it: who is found, by whom, and in how many queries."""

from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.audit import Which
from bot.reader_desk import SoughtBy
from db.connect import Database
from db.desk_audit import SqlStaffAudit
from db.reader_book import SqlReaderBook
from tests.support.accounts import CARD, CHILD_CARD
from tests.support.clock import StandingClock
from tests.support.desk_readers import DeskReaders, desk_readers
from tests.support.lending import Statements
from tests.support.logs import ANNA, BORIS


@pytest.fixture
async def house(database: Database, clock: StandingClock) -> AsyncIterator[DeskReaders]:
    """Анна with two books and a chat, on each database."""
    async with desk_readers(database, clock) as opened:
        yield opened


async def names(house: DeskReaders, words: str, *branches: str) -> list[str]:
    """Who is found."""
    return [entry.name for entry in (await SqlReaderBook(house.database).find(words, branches)).entries]


async def test_readers_are_found_however_it_is_written(house: DeskReaders) -> None:
    await house.set(CHILD_CARD, card_number="АБ-0042", surname="Римская-Королёва", patronymic="Алексеевна")
    for words in ("каренина", "КАРЕНИНА", "Анна Каренина", "каренина а", CARD):
        assert await names(house, words) == ["Каренина Анна"], words
    for words in ("римская", "РИМСКАЯ-КОРОЛЕВА", "римская-королёва таня", "таня алексеевна римская", " аб-0042 "):
        assert await names(house, words) == ["Римская-Королёва Таня Алексеевна"], words
    for words in ("8-912-345-67-89", "+79123456789"):
        assert await names(house, words) == ["Борис"], words
    for words in ("", "  ", "к", "%%", "__", "анна борис", "999", "\x00"):
        assert await names(house, words) == [], words


async def test_a_branch_finds_its_own_those_who_have_to_do_with_it_and_nobodys(house: DeskReaders) -> None:
    await house.set(CHILD_CARD, surname="Каренина")
    assert await names(house, "каренина", "02") == ["Каренина Таня"]
    work, _ = await house.lending.book("Книга детской", branch="02")
    await house.lending.hold(house.anna, work, "02")
    assert await names(house, "каренина", "02") == ["Каренина Анна", "Каренина Таня"]
    assert await names(house, "каренина", "07") == ["Каренина Таня"]


async def test_a_long_list_says_that_there_are_more(house: DeskReaders) -> None:
    for number in range(3):
        await house.lending.patron(f"77{number}", surname="Петров", given_name=f"Пётр{number}")
    found = await SqlReaderBook(house.database).find("петров", limit=2)
    assert (found.by, [entry.card_number for entry in found.entries], found.more) == (
        SoughtBy.NAME,
        ["770", "771"],
        True,
    )


async def test_a_reader_is_told_whole_in_a_fixed_number_of_queries(house: DeskReaders) -> None:
    await house.desk.linked(ANNA, CHILD_CARD, child=True)
    book = SqlReaderBook(house.database)
    with Statements(house.database) as few:
        await book.reader(house.boris)
    with Statements(house.database) as asked:
        reader = await book.reader(house.anna)

    assert reader is not None
    assert len([one for one in asked.asked if "SELECT" in one]) <= 5
    assert len(few.asked) <= len(asked.asked)
    assert (reader.name, reader.branch_code, reader.places) == ("Каренина Анна", "01", frozenset({"01"}))
    (chat,) = reader.contacts
    assert (chat.channel, chat.proof, chat.child, chat.wishes) == ("chat", "code", False, None)
    assert chat.heard_at is not None
    (consent,) = chat.consents
    assert (consent.text, consent.withdrawn_at) == ("Согласен на всё", None)
    assert [(one.patron_id, one.child) for one in reader.family] == [(house.tanya, True)]
    assert await book.reader(2**62) is None


async def test_the_chats_of_several_readers_are_one_query_and_the_readers_own(house: DeskReaders) -> None:
    await house.desk.linked(ANNA, CHILD_CARD, child=True)
    book = SqlReaderBook(house.database)

    with Statements(house.database) as asked:
        chats = await book.chats([house.anna, house.tanya])

    assert len([one for one in asked.asked if "SELECT" in one]) == 1
    for patron_id in (house.anna, house.tanya):
        reader = await book.reader(patron_id)
        assert reader is not None
        assert [replace(chat, consents=()) for chat in reader.contacts] == chats[patron_id] != []
    assert await book.chats([]) == {}


async def test_the_cards_behind_a_conversation_own_first(house: DeskReaders) -> None:
    await house.desk.linked(ANNA, CHILD_CARD, child=True)
    await house.set(CHILD_CARD, missing_since=house.clock.now())
    cards = await SqlReaderBook(house.database).behind(await house.conversation())
    assert [(card.card_number, card.child, card.gone, card.places) for card in cards] == [
        (CARD, False, False, frozenset({"01"})),
        (CHILD_CARD, True, True, frozenset()),
    ]
    assert await SqlReaderBook(house.database).behind(999) == []


async def test_what_waits_is_counted_by_branch(house: DeskReaders) -> None:
    book = SqlReaderBook(house.database)
    to_do = await book.to_do()
    assert (to_do.requests, to_do.unreached) == (0, 0)
    assert (await book.to_do(["01", "02"])).requests == 0


async def test_the_journal_is_filtered_on_both_databases(house: DeskReaders) -> None:
    audit, journal, clock = SqlStaffAudit(house.database, house.clock), house.desk.store.audit, house.clock
    await audit.note("masha", "view.reader", f"patron:{house.anna}")
    clock.turn(timedelta(hours=1))
    later = clock.now()
    await audit.note("vera", "view.reader", f"patron:{house.boris}")
    await audit.note("vera", "take", "conversation:7")

    async def told(which: Which) -> list[tuple[str, str]]:
        lines = await journal.last(50, which)
        saved = [line async for line in journal.entries(which)]
        assert [line.entry_id for line in saved] == [line.entry_id for line in reversed(lines)]
        return [(line.actor, line.subject) for line in lines]

    view = Which(actions=["view.reader"])
    masha, vera = ("staff:masha", f"patron:{house.anna}"), ("staff:vera", f"patron:{house.boris}")
    assert await told(view) == [vera, masha]
    assert await told(replace(view, patron_id=house.anna)) == [masha]
    assert await told(replace(view, since=later)) == [vera]
    assert await told(replace(view, until=later)) == [masha]
    assert await told(Which(actor="staff:vera", subject="conversation:7")) == [("staff:vera", "conversation:7")]


async def test_the_owner_of_a_conversation_is_who_linked_a_card_of_their_own(house: DeskReaders) -> None:
    book, talk = SqlReaderBook(house.database), await house.conversation()
    await house.desk.linked(ANNA, CHILD_CARD, child=True)
    await house.desk.comes(BORIS)
    await house.desk.linked(BORIS, CHILD_CARD, child=True)
    with Statements(house.database) as asked:
        owners = await book.owners([talk, talk + 1, 999])
    assert len([one for one in asked.asked if "SELECT" in one]) == 2
    assert {number: (card.name, card.places) for number, card in owners.items()} == {
        talk: ("Каренина Анна", frozenset({"01"}))
    }
    await house.set(CARD, missing_since=house.clock.now())
    assert await book.owners([talk]) == {}
    assert await book.owners([]) == {}


async def test_conversations_are_found_by_the_name_and_the_number_on_a_linked_card(house: DeskReaders) -> None:
    book, talk = SqlReaderBook(house.database), await house.conversation()
    await house.set(CARD, patronymic="Аркадьевна")
    await house.desk.linked(ANNA, CHILD_CARD, child=True)

    async def found(words: str, branches: Collection[str] = (), hidden: Collection[str] = ()) -> dict[int, str]:
        return {number: card.name for number, card in (await book.talks(words, branches, hidden)).items()}

    hers = {talk: "Каренина Анна Аркадьевна"}
    for words in ("каренина", "Анна Аркадьевна", f" {CARD} "):
        assert await found(words) == hers, words
    assert await found(CHILD_CARD) == {talk: "Таня"}, "a mother's chat is found by her child"
    for words in ("борис", "Аркадьевна", "человек", ""):
        assert await found(words) == {}, words
    assert await found("каренина", branches=["01", "07"]) == hers
    assert await found("каренина", branches=["02"]) == {}
    assert await found("каренина", hidden=["vk", ANNA.channel]) == {}
    await house.set(CARD, missing_since=house.clock.now())
    assert await found("каренина") == {}
