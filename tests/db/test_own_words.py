"""The library's own words in the store: a history that nothing leaves, in force everywhere within a second."""

import asyncio

import pytest
from sqlalchemy import insert

from bot.own_words import Changed
from bot.wording import in_language
from bot.wording.own import Own
from db.connect import Database
from db.models_teaching import OwnWordsRow
from db.own_words import SqlOwnWords
from tests.support.clock import StandingClock
from tests.support.patience import SOON_S, LoopTime

BUILT_IN = "Рад помочь! Если что-то понадобится, пишите."


@pytest.fixture
def words(database: Database, clock: StandingClock) -> SqlOwnWords:
    return SqlOwnWords(database, clock)


async def thank(words: SqlOwnWords, text: str, version: int = 0, language: str = "ru") -> Changed:
    return await words.change(Own.THANKS, language, text, version=version, by="masha")


async def test_a_text_is_said_at_once_and_its_history_stays(words: SqlOwnWords) -> None:
    assert words.say(Own.THANKS) == BUILT_IN
    before = words.edition
    first = await thank(words, "Всегда рады!")
    assert first.done
    assert first.kept is not None
    assert words.say(Own.THANKS) == "Всегда рады!"
    assert words.edition != before, "what was answered before is thought about anew"

    again = await thank(words, "", first.kept.version)

    assert again.done
    assert words.say(Own.THANKS) == BUILT_IN
    assert [(one.text, one.by) for one in await words.history(Own.THANKS, "ru")] == [
        ("", "masha"),
        ("Всегда рады!", "masha"),
    ]
    assert [one.text for one in (await words.all()).values()] == [""]


async def test_each_language_and_each_text_stands_for_itself(words: SqlOwnWords) -> None:
    await thank(words, "Всегда рады!")
    await thank(words, "Any time!", language="en")
    await words.change(Own.NOT_OURS, "ru", "Это не к нам.", version=0, by="masha")

    with in_language("en"):
        assert words.say(Own.THANKS) == "Any time!"
        assert words.say(Own.NOT_OURS).startswith("I am the library's bot")
    assert words.say(Own.THANKS) == "Всегда рады!"
    assert set(await words.all()) == {(Own.THANKS, "ru"), (Own.THANKS, "en"), (Own.NOT_OURS, "ru")}


async def test_the_second_of_two_who_write_at_once_is_told(words: SqlOwnWords) -> None:
    first = await thank(words, "Всегда рады!")

    second = await thank(words, "Не за что!")

    assert second == Changed(first.kept, done=False)
    assert words.say(Own.THANKS) == "Всегда рады!"


async def test_saving_the_same_again_makes_no_history(words: SqlOwnWords) -> None:
    first = await thank(words, "Всегда рады!")
    assert first.kept is not None

    assert await thank(words, "Всегда рады!", first.kept.version) == first
    assert await words.change(Own.HELP, "ru", "", version=0, by="masha") == Changed(None, done=True)
    assert len(await words.history(Own.THANKS, "ru")) == 1
    assert await words.history(Own.HELP, "ru") == []


async def test_a_row_that_this_version_cannot_say_harms_nothing(database: Database, words: SqlOwnWords) -> None:
    rows = [("farewell", "Пока"), ("hello", "{gone}")]
    async with database.writer.begin() as connection:
        await connection.execute(
            insert(OwnWordsRow),
            [
                {"name": name, "language": "ru", "text": text, "by": "m", "at": words._clock.now()}
                for name, text in rows
            ],
        )
    await words.refresh()

    assert words.say(Own.HELLO, library="Мы").startswith("Здравствуйте! Это Мы.")
    assert set(await words.all()) == {(Own.HELLO, "ru")}


async def test_another_process_says_it_within_a_second(
    database: Database, clock: StandingClock, words: SqlOwnWords
) -> None:
    other = SqlOwnWords(database, clock)
    following = asyncio.create_task(words.follow())
    try:
        await thank(other, "Всегда рады!")
        async with asyncio.timeout(SOON_S), LoopTime() as passed:
            while words.say(Own.THANKS) != "Всегда рады!":  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)
        assert passed.seconds < 1.0
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def test_the_texts_are_not_read_again_while_nothing_changed(words: SqlOwnWords) -> None:
    await thank(words, "Всегда рады!")

    assert not await words.refresh()
