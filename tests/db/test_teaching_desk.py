"""Answers and their history, proposals, and groups of missed questions, as the console keeps them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, insert

from bot.lessons import MissesAsked, Saving
from bot.ports.library import FaqEntry
from bot.teaching import Lack
from db.connect import Database
from db.faq import SqlFaq
from db.faq_desk import SqlAnswerBook
from db.miss_desk import RECALLED_WITHIN, SqlMissDesk
from db.misses import SqlMisses
from db.models import MissRow
from db.models_teaching import FaqRevisionRow
from tests.support.clock import StandingClock


def entry(answer: str, topic: str = "join", *questions: str) -> FaqEntry:
    return FaqEntry(topic=topic, language="ru", answer=answer, questions=questions)


@pytest.fixture
def faq(database: Database, clock: StandingClock) -> SqlFaq:
    return SqlFaq(database, clock)


@pytest.fixture
def book(database: Database, clock: StandingClock, faq: SqlFaq) -> SqlAnswerBook:
    return SqlAnswerBook(database, clock, faq)


async def told(faq: SqlFaq, topic: str = "join") -> str | None:
    found = await faq.about(topic, "ru")
    return found.answer if found else None


# --- answers -------------------------------------------------------------------------------------


async def test_a_new_answer_is_told_at_once_here_and_soon_elsewhere(
    database: Database, clock: StandingClock, faq: SqlFaq, book: SqlAnswerBook
) -> None:
    elsewhere = SqlFaq(database, clock)
    assert await told(faq) is await told(elsewhere) is None

    saved = await book.add(entry("С паспортом"), "masha")

    assert saved.how is Saving.SAVED
    assert (saved.kept.version, saved.kept.source, saved.kept.updated_by) == (1, "console", "masha")
    assert await told(faq) == "С паспортом"
    clock.turn(timedelta(seconds=6))
    assert await told(elsewhere) == "С паспортом"


async def test_a_change_in_the_same_instant_is_noticed_elsewhere(
    database: Database, clock: StandingClock, book: SqlAnswerBook
) -> None:
    elsewhere = SqlFaq(database, clock)
    kept = (await book.add(entry("Раз"), "masha")).kept
    assert await told(elsewhere) == "Раз"
    await book.change(kept.entry_id, entry("Два"), version=1, enabled=True, by="masha")

    clock.turn(timedelta(seconds=6))

    assert await told(elsewhere) == "Два"


async def test_a_topic_has_one_answer_in_a_language(book: SqlAnswerBook) -> None:
    first = (await book.add(entry("Раз"), "masha")).kept

    second = await book.add(entry("Два"), "vera")

    assert (second.how, second.kept) == (Saving.TAKEN, first)
    english = FaqEntry(topic="join", language="en", answer="Passport")
    assert (await book.add(english, "vera")).how is Saving.SAVED


async def test_the_second_of_two_editors_changes_nothing_and_is_told(book: SqlAnswerBook, faq: SqlFaq) -> None:
    kept = (await book.add(entry("Раз"), "masha")).kept
    await book.change(kept.entry_id, entry("От Веры"), version=1, enabled=True, by="vera")

    late = await book.change(kept.entry_id, entry("От Маши"), version=1, enabled=True, by="masha")

    assert late is not None
    assert (late.how, late.kept.entry.answer, late.kept.updated_by) == (Saving.NEWER, "От Веры", "vera")
    assert await told(faq) == "От Веры"
    again = await book.change(kept.entry_id, entry("От Маши"), version=late.kept.version, enabled=True, by="masha")
    assert again is not None
    assert again.how is Saving.SAVED
    assert await book.change(999, entry("Нет"), version=1, enabled=True, by="masha") is None


async def test_history_tells_what_was_and_who_wrote_it(book: SqlAnswerBook, faq: SqlFaq, clock: StandingClock) -> None:
    await faq.put([entry("Из файла"), entry("Правила", "rules")])
    kept, other = sorted(await book.all(), key=lambda one: one.entry.topic)
    clock.turn(timedelta(hours=1))
    await book.change(other.entry_id, entry("Другие правила", "rules"), version=1, enabled=True, by="olga")
    await book.change(kept.entry_id, entry("Раз", "join", "как?"), version=1, enabled=True, by="masha")
    await book.change(kept.entry_id, entry("Раз", "join", "как?"), version=2, enabled=False, by="vera")

    found = await book.history(kept.entry_id)

    assert [(one.version, one.by, one.source, one.enabled) for one in found] == [
        (3, "vera", "console", False),
        (2, "masha", "console", True),
        (1, "", "config", True),
    ]
    assert found[2].entry == entry("Из файла")
    assert found[1].entry.questions == ("как?",)


async def test_an_answer_older_than_histories_is_remembered_before_it_changes(
    database: Database, book: SqlAnswerBook, faq: SqlFaq
) -> None:
    await faq.put([entry("Из файла")])
    async with database.writer.begin() as connection:
        await connection.execute(delete(FaqRevisionRow))
    (kept,) = await book.all()

    await book.change(kept.entry_id, entry("Новое"), version=1, enabled=True, by="masha")

    assert [one.entry.answer for one in await book.history(kept.entry_id)] == ["Новое", "Из файла"]


async def test_what_is_switched_off_is_not_told_and_no_start_brings_it_back(book: SqlAnswerBook, faq: SqlFaq) -> None:
    await faq.put([entry("Из файла"), entry("Правила", "rules")])
    kept = next(one for one in await book.all() if one.entry.topic == "join")

    await book.change(kept.entry_id, kept.entry, version=kept.version, enabled=False, by="masha")
    await faq.put([entry("Из файла"), entry("Правила", "rules")])

    assert await told(faq) is None
    assert await faq.topics() == ["rules"]
    assert [one.topic for one in await book.spoken()] == ["rules"]


async def test_a_start_with_the_same_configuration_writes_nothing(book: SqlAnswerBook, faq: SqlFaq) -> None:
    await faq.put([entry("Из файла")])
    before = await book.all()

    await faq.put([entry("Из файла")])
    assert await book.all() == before
    await faq.put([entry("Иначе")])
    (kept,) = await book.all()
    assert (kept.version, len(await book.history(kept.entry_id))) == (2, 2)
    await faq.put([])
    assert await book.all() == []


async def test_a_proposal_changes_nothing_until_it_is_taken(book: SqlAnswerBook, faq: SqlFaq) -> None:
    proposal_id = await book.propose(entry("Так лучше"), "olya", miss_id=7)

    assert await told(faq) is None
    (one,) = await book.proposals()
    assert (one.proposal_id, one.by, one.entry.answer, one.miss_id) == (proposal_id, "olya", "Так лучше", 7)
    other = await book.propose(entry("Иначе", "rules"), "olya")
    assert await book.settle(proposal_id, taken=False)
    assert [one.proposal_id for one in await book.proposals()] == [other]
    assert await book.settle(other, taken=True)
    assert not await book.settle(proposal_id, taken=True), "somebody was quicker"
    assert await book.proposals() == []


# --- missed questions ----------------------------------------------------------------------------


class Missed:
    """Rows of misses, as the gatherer writes them."""

    def __init__(self, database: Database, now: datetime) -> None:
        self._database, self._now = database, now

    async def add(self, text: str, alike: str, times: int, lack: str = "not_found", *, minutes: int = 0) -> int:
        at = self._now + timedelta(minutes=minutes)
        row = {"key": f"{text}{lack}", "alike": alike, "text": text, "lack": lack, "intent": "search"}
        seen = {"language": "ru", "kind": "vk", "times": times, "first_at": at, "last_at": at}
        async with self._database.writer.begin() as connection:
            found = await connection.scalar(insert(MissRow).values(row | seen).returning(MissRow.id))
        assert found is not None
        return int(found)


@pytest.fixture
def missed(database: Database, clock: StandingClock) -> Missed:
    return Missed(database, clock.now())


@pytest.fixture
def desk(database: Database, clock: StandingClock) -> SqlMissDesk:
    return SqlMissDesk(database, clock)


async def texts(desk: SqlMissDesk, **asked: object) -> list[str]:
    page = await desk.page(MissesAsked(**asked))  # type: ignore[arg-type]
    return [miss.text for miss in page.misses]


async def test_groups_come_by_the_page_the_most_frequent_first(desk: SqlMissDesk, missed: Missed) -> None:
    await missed.add("гп", "a", 2)
    await missed.add("есть гп", "a", 3)
    await missed.add("с собакой", "b", 4, "no_answer")
    await missed.add("абырвалг", "c", 1, "not_understood")

    page = await desk.page(MissesAsked(limit=2))

    assert page.total == 3
    assert [(miss.text, miss.count, miss.variants) for miss in page.misses] == [
        ("есть гп", 5, ("гп",)),
        ("с собакой", 4, ()),
    ]
    assert await texts(desk, skip=2, limit=2) == ["абырвалг"]
    assert await texts(desk, lack=Lack.NO_ANSWER) == ["с собакой"]
    assert await texts(desk, words="ГП") == ["есть гп"], "the whole group, whichever wording fits"
    assert await texts(desk, words="100%") == []
    assert await desk.frequent(2) == [("с собакой", "ru"), ("есть гп", "ru")]


async def test_a_group_that_is_forgotten_is_gone_and_can_be_brought_back(
    database: Database, clock: StandingClock, desk: SqlMissDesk, missed: Missed
) -> None:
    first = await missed.add("гп", "a", 2)
    await missed.add("есть гп", "a", 3)

    assert await desk.forget(first) == 2
    assert await desk.forget(first) == 0
    assert (await texts(desk), await desk.one(first), await desk.frequent(9)) == ([], None, [])
    assert await SqlMisses(database, clock, keep=9, kinds={}).all() == [], "nor does the command line tell of it"
    assert await desk.recall(first) == 2
    assert await texts(desk) == ["есть гп"]
    assert await desk.recall(first) == 0


async def test_what_is_asked_again_after_that_counts_anew(
    database: Database, clock: StandingClock, desk: SqlMissDesk, missed: Missed
) -> None:
    first = await missed.add("гп", "a", 20)
    await desk.forget(first)
    clock.turn(timedelta(days=1))
    gatherer = SqlMisses(database, clock, keep=100, kinds={})
    seen = {"first_at": clock.now(), "last_at": clock.now(), "times": 1, "key": "гпnot_found", "alike": "a"}
    row = {"text": "гп", "lack": "not_found", "intent": "search", "language": "ru", "kind": "vk"}

    async with database.writer.begin() as connection:
        await connection.execute(gatherer._upsert(), [seen | row])

    (miss,) = (await desk.page(MissesAsked())).misses
    assert (miss.count, miss.first_at) == (1, clock.now())


async def test_what_was_forgotten_long_ago_is_really_gone(
    desk: SqlMissDesk, missed: Missed, clock: StandingClock
) -> None:
    old = await missed.add("гп", "a", 2)
    await desk.forget(old)
    clock.turn(RECALLED_WITHIN + timedelta(days=1))
    await desk.forget(await missed.add("другое", "b", 2))

    assert await desk.recall(old) == 0
