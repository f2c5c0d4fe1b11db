"""The console of a librarian who reads English: no word of it is Russian but what readers wrote."""

import re

import pytest

from bot.wording.own import Own
from console.own_texts import heard_by
from tests.console.conftest import Browser
from tests.console.test_teaching import bot, editor, page_of, reader
from tests.support.lessons import School

__all__ = ["bot", "editor", "reader"]  # fixtures of teaching

CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_NO_WORDS = re.compile(r"<script.*?</script>|<style.*?</style>|<[^>]*>", re.DOTALL)


@pytest.fixture
async def english(editor: Browser) -> Browser:
    answer = await editor.post("language", {"language": "en"})
    assert answer.status == 303
    return editor


def words(page: str) -> str:
    """What stands on a page inside its main part."""
    return _NO_WORDS.sub(" ", page.partition("<main")[2].partition("</main>")[0])


async def test_topics_of_answers_are_told_in_english(english: Browser) -> None:
    page = words(await page_of(english, "answers/new"))

    assert "How to join: what to bring" in page
    assert not CYRILLIC.search(page)


async def test_places_of_ready_answers_are_named_in_english_and_filled_in(english: Browser) -> None:
    assert "{name}, {librarian} and {library}" in await page_of(english, "canned")

    strange = await english.post("canned", {"title": "Hello", "text": "Dear {surname}!"})
    assert "{name}, {librarian} and {library}" in await strange.text()
    known = await english.post("canned", {"title": "Hello", "text": "Dear {name}, this is {librarian} of {library}."})
    assert known.status == 303


@pytest.mark.parametrize("which", [Own.HELLO_AGAIN, Own.THANKS, Own.NOT_FOUND, Own.NOT_OURS])
async def test_an_english_text_is_shown_as_readers_of_english_see_it(bot: School, which: Own) -> None:
    said = heard_by(which, "en")
    assert said is not None
    replies = await bot.lessons.rehearsal.says(said, "en", bot.words)
    text = " ".join(reply.text for reply in replies)

    assert text
    assert not CYRILLIC.search(text), text
