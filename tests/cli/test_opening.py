"""What is opened of a store is closed again, however far the opening came."""

from pathlib import Path

import pytest

from bot.app import store
from bot.engine.pictures import PictureDesk
from bot.errors import StoreUnavailable
from bot.settings import Settings
from catalogue.finder import IndexedCatalogue
from db.cards import SqlCards
from db.connect import Database
from db.index_source import SqlIndexSource
from db.own_words import SqlOwnWords


async def test_a_store_that_goes_away_while_it_is_opened_is_closed_with_all_that_was_begun(
    sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []

    async def goes_away(words: SqlOwnWords) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(SqlOwnWords, "refresh", goes_away)
    for kind in (SqlIndexSource, SqlCards, IndexedCatalogue, PictureDesk, Database):

        async def closes(one: object, ends: object = kind.aclose, name: str = kind.__name__) -> None:
            closed.append(name)
            await ends(one)  # type: ignore[operator]

        monkeypatch.setattr(kind, "aclose", closes)

    with pytest.raises(StoreUnavailable, match="away"):
        async with store.opened(Settings(database={"url": f"sqlite:///{sqlite.path}"}), tmp_path):
            pytest.fail("it is open")

    assert closed == ["PictureDesk", "IndexedCatalogue", "SqlCards", "SqlIndexSource", "Database"]
