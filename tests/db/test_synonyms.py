"""The librarians' synonyms in the store: in force everywhere within a second, never a loop."""

import asyncio

import pytest

from bot.errors import InputError
from bot.teaching import Synonym, SynonymKind
from db.connect import Database
from db.synonyms import Kept, SqlSynonyms
from tests.support.clock import StandingClock
from tests.support.patience import SOON_S, LoopTime

TARGETS = ("hours", "rules.print")


def title(said: str, meant: str) -> Synonym:
    return Synonym(kind=SynonymKind.TITLE, said=said, meant=meant)


POTTER = title("гп", "Гарри Поттер")
KING = Synonym(kind=SynonymKind.AUTHOR, said="кинг стивен", meant="Стивен Кинг")
OPEN = Synonym(kind=SynonymKind.PHRASE, said="вы там живы", meant="hours")


@pytest.fixture
def synonyms(database: Database, clock: StandingClock) -> SqlSynonyms:
    return SqlSynonyms(database, clock)


async def test_what_is_kept_is_in_force_and_can_be_read_back(synonyms: SqlSynonyms) -> None:
    assert await synonyms.put([POTTER, KING, OPEN], TARGETS) == Kept(3, 0, 0)

    assert await synonyms.all() == [KING, OPEN, POTTER]
    assert synonyms.book.phrase("вы там живы?") == OPEN
    found = synonyms.book.rewritten("гп")
    assert found is not None
    assert found.text == "Гарри Поттер"


async def test_the_same_words_get_a_new_meaning(synonyms: SqlSynonyms) -> None:
    await synonyms.put([POTTER, KING], TARGETS)

    assert await synonyms.put([title("ГП", "Горе от ума"), KING], TARGETS) == Kept(0, 1, 1)

    assert title("ГП", "Горе от ума") in await synonyms.all()
    assert POTTER not in await synonyms.all()


async def test_a_removed_synonym_is_gone_in_whatever_form_it_is_named(synonyms: SqlSynonyms) -> None:
    await synonyms.put([title("зимняя сказка", "Снежная королева")], TARGETS)

    assert await synonyms.remove(SynonymKind.TITLE, "Зимнюю сказку")
    assert not await synonyms.remove(SynonymKind.TITLE, "Зимнюю сказку")

    assert synonyms.book.rewritten("зимняя сказка") is None


async def test_with_one_fault_nothing_is_kept(synonyms: SqlSynonyms) -> None:
    with pytest.raises(InputError, match="no intent and no FAQ topic «chess»"):
        await synonyms.put([POTTER, Synonym(kind=SynonymKind.PHRASE, said="шахматы", meant="chess")], TARGETS)

    assert await synonyms.all() == []


async def test_a_chain_with_what_is_stored_is_refused(synonyms: SqlSynonyms) -> None:
    await synonyms.put([POTTER], TARGETS)

    with pytest.raises(InputError, match="a chain with title: «гп»"):
        await synonyms.put([title("мальчик со шрамом", "гп")], TARGETS)
    with pytest.raises(InputError, match="a loop"):
        await synonyms.put([title("Гарри Поттер", "гп")], TARGETS)


async def test_a_phrase_whose_topic_has_gone_stops_no_other_change(synonyms: SqlSynonyms) -> None:
    await synonyms.put([Synonym(kind=SynonymKind.PHRASE, said="шахматы", meant="chess")], [*TARGETS, "chess"])

    assert await synonyms.put([POTTER], TARGETS) == Kept(1, 0, 0)


async def test_another_process_has_a_change_within_a_second(
    database: Database, clock: StandingClock, synonyms: SqlSynonyms
) -> None:
    other = SqlSynonyms(database, clock)
    following = asyncio.create_task(synonyms.follow())
    try:
        await other.put([POTTER], TARGETS)
        async with asyncio.timeout(SOON_S), LoopTime() as passed:
            while synonyms.book.rewritten("гп") is None:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)
        assert passed.seconds < 1.0
        await other.remove(SynonymKind.TITLE, "гп")
        async with asyncio.timeout(SOON_S):
            while synonyms.book.rewritten("гп") is not None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def test_the_synonyms_are_not_read_again_while_nothing_changed(synonyms: SqlSynonyms) -> None:
    await synonyms.put([POTTER], TARGETS)

    assert not await synonyms.refresh()
