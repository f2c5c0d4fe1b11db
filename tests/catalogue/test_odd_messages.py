"""Whatever is written, understanding and search together answer, soon; the long form is ``python -m bench fuzz``."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench._catalogue import MemoryStore, works
from bench.fuzz import KINDS, messages
from bot.asking import look_up
from bot.engine.titles import Titled
from catalogue.finder import IndexedCatalogue
from tests.support.patience import Spent
from understanding.understander import PhraseUnderstanding

LONGEST_S = 1.0
"""Seconds of the processor, ten times the aim: a busy machine makes a message take several times as long."""


@pytest.fixture
async def bookish(tmp_path: Path) -> AsyncIterator[IndexedCatalogue]:
    """A catalogue of synthetic works."""
    store = MemoryStore(list(works(400)))
    catalogue = IndexedCatalogue(tmp_path, store, store)
    await catalogue.start()
    yield catalogue
    await catalogue.aclose()


async def test_odd_messages_of_all_kinds_are_answered_soon(bookish: IndexedCatalogue) -> None:
    understanding = Titled(PhraseUnderstanding(), bookish)
    slow: list[str] = []
    named = [work.variants[0][0] for work in works(400)]
    for kind, text in messages(named, 4 * len(KINDS), seed=3):
        with Spent() as spent:
            requests = understanding.understand(text)
            found = [answer for request in requests for answer in await look_up(bookish, request)]
        if spent.seconds > LONGEST_S:
            slow.append(f"{kind}: {text[:100]!a}")
        assert requests, ascii(text[:100])
        assert found, ascii(text[:100])
    assert slow == []
