"""A list of titles to hide at the console: tried, loaded and taken back by an editor."""

from sqlalchemy import select

from bot.staff import StaffRole
from db.catalogue import SqlCatalogueWriter
from db.connect import Database
from db.models import RecordRow
from db.models_accounts import AuditRow
from tests.console.test_list_loading import Come, come, sends, settled
from tests.support.books import book, copy
from tests.support.clock import StandingClock

__all__ = ["come"]
TITLES = "Автор;Название\nЧехов;Каштанка\nТолстой;Муму\n"


async def hidden(database: Database) -> list[str]:
    async with database.engine.connect() as connection:
        return list(await connection.scalars(select(RecordRow.title).where(RecordRow.suppressed)))


async def test_an_editor_hides_what_a_list_names_and_shows_it_again(
    sqlite: Database, clock: StandingClock, come: Come
) -> None:
    writer = SqlCatalogueWriter(sqlite, clock)
    run = await writer.begin("s", ["books.mrc"])
    await writer.keep(run, "s", [book("Каштанка", "Чехов А. П.", copy("01", "1"), source_id="1")])
    editor = await come("vera", StaffRole.EDITOR)
    page = await (await editor.get("imports")).text()
    assert 'value="hidden"' in page
    assert 'value="patrons"' not in page

    _, job = await sends(editor, TITLES, "hidden", "список.csv")
    page = await settled(editor, job)
    for words in ("<dt>Скроется</dt><dd>1</dd>", "<li>2: Чехов А. П. Каштанка</li>", "строка 3: в каталоге не нашлось"):
        assert words in page, words
    assert await hidden(sqlite) == []
    assert (await editor.post(f"{job}/undo", {})).status == 409, "nothing is hidden yet"

    await editor.post(f"{job}/load", {})
    assert "<dt>Скрыто</dt><dd>1</dd>" in await settled(editor, job)
    assert await hidden(sqlite) == ["Каштанка"]
    assert "скрыто 1" in await (await editor.get("imports")).text()

    assert (await editor.post(f"{job}/undo", {})).status == 303
    assert await hidden(sqlite) == []
    async with sqlite.engine.connect() as connection:
        acts = await connection.scalars(select(AuditRow.action).order_by(AuditRow.id))
        assert [act for act in acts if act.startswith("titles.")] == [
            "titles.uploaded",
            "titles.loaded",
            "titles.undone",
        ]


async def test_what_names_no_book_is_told_with_the_columns_that_are_needed(come: Come) -> None:
    editor = await come("vera", StaffRole.EDITOR)

    _, job = await sends(editor, "№;Автор\n1;Чехов\n", "hidden", "список.csv")

    assert "Не понять, какие книги скрыть." in await settled(editor, job)
