"""The index follows the store, survives damage, and is shared by processes."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.app.answering import understanding
from bot.bibliography import IndexEntry
from bot.errors import StoreUnavailable
from bot.ports.catalogue import Verdict, Wanted
from bot.teaching import SynonymBook
from catalogue.finder import MOST_FAILURES, IndexedCatalogue
from catalogue.index import folder as on_disk
from catalogue.index.searching import Search
from tests.catalogue.index.shelf import Shelf, book
from tests.support.patience import SOON_S

Open = Callable[..., Awaitable[IndexedCatalogue]]


class NothingTaught:
    """Fills ``Synonyms``."""

    book = SynonymBook()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(book("Война и мир", "Толстой Л. Н."), book("Идиот", "Федор Достоевский"))


@pytest.fixture
async def open_index(tmp_path: Path, shelf: Shelf) -> AsyncIterator[Open]:
    """Opens catalogues over one folder; closes them all in the end."""
    opened: list[IndexedCatalogue] = []

    async def open_one(source: Shelf | None = None) -> IndexedCatalogue:
        store = source or shelf
        catalogue = IndexedCatalogue(tmp_path / "index", store, store)
        opened.append(catalogue)
        await catalogue.start()
        return catalogue

    yield open_one
    for catalogue in opened:
        await catalogue.aclose()


async def _first(catalogue: IndexedCatalogue, text: str) -> str:
    found = await catalogue.find(Wanted(text=text))
    return found.works[0].title if found.verdict in (Verdict.FOUND, Verdict.CHOICE) else ""


async def _until(holds: Callable[[], Awaitable[object]]) -> None:
    """Let the index work on its own until something holds."""
    async with asyncio.timeout(SOON_S):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_documents_are_packed_in_small_blocks(open_index: Open, tmp_path: Path) -> None:
    """A candidate is one short line, and to read it a whole block is unpacked."""
    await open_index()

    (written,) = (tmp_path / "index").glob("build-*/tantivy/meta.json")
    assert json.loads(written.read_text("utf-8"))["index_settings"]["docstore_blocksize"] < 4_096


async def test_a_title_is_known_word_for_word(open_index: Open) -> None:
    catalogue = await open_index()
    assert [catalogue.is_title(text) for text in ("«Война и мир»!", "ВОЙНА И МИР", "война", "мир и война", "")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    await catalogue.aclose()
    assert not catalogue.is_title("война и мир")


async def test_the_index_is_built_where_there_is_none(open_index: Open) -> None:
    catalogue = await open_index()
    assert await _first(catalogue, "война и мир") == "Война и мир"
    assert await catalogue.fault() == ""


async def test_an_index_on_disk_is_opened_without_reading_the_store(open_index: Open, shelf: Shelf) -> None:
    await (await open_index()).aclose()
    read = shelf.read
    again = await open_index()
    assert await _first(again, "идиот") == "Идиот"
    assert shelf.read == read


async def test_starting_and_following_at_once_build_one_index(tmp_path: Path, shelf: Shelf) -> None:
    catalogue = IndexedCatalogue(tmp_path / "index", shelf, shelf)
    following = asyncio.create_task(catalogue.follow())
    await asyncio.gather(catalogue.start(), catalogue.start())

    assert await _first(catalogue, "идиот") == "Идиот"
    assert await catalogue.fault() == ""

    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await catalogue.aclose()


async def test_the_index_of_another_store_is_not_trusted(open_index: Open) -> None:
    await (await open_index()).aclose()
    other = await open_index(Shelf(book("Чайка", "Чехов А. П."), identity="another"))
    assert await _first(other, "чайка") == "Чайка"
    assert await _first(other, "идиот") == ""


async def test_the_index_of_another_version_is_built_anew(open_index: Open, tmp_path: Path, shelf: Shelf) -> None:
    await (await open_index()).aclose()
    stamp = tmp_path / "index" / "current.json"
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"made_by": -1}))
    read = shelf.read
    assert await _first(await open_index(), "идиот") == "Идиот"
    assert shelf.read > read


@pytest.mark.parametrize("broken", ["current.json", "state.json", "meta.json", "words.txt", "hashes.npy"])
async def test_a_damaged_folder_is_built_anew(open_index: Open, tmp_path: Path, broken: str) -> None:
    await (await open_index()).aclose()
    for file in (tmp_path / "index").rglob(broken):
        file.write_bytes(b"")
    assert await _first(await open_index(), "идиот") == "Идиот"


async def test_a_folder_of_something_else_is_left_in_peace(open_index: Open, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "notes.txt").write_text("мои заметки")
    assert await _first(await open_index(), "идиот") == "Идиот"
    assert (tmp_path / "index" / "notes.txt").read_text() == "мои заметки"


async def test_an_interrupted_build_is_cleared_away(open_index: Open, tmp_path: Path) -> None:
    (tmp_path / "index" / "build-half" / "tantivy").mkdir(parents=True)
    await open_index()
    assert not (tmp_path / "index" / "build-half").exists()


async def test_an_empty_library_has_an_index_too(open_index: Open) -> None:
    empty = Shelf()
    catalogue = await open_index(empty)
    assert (await catalogue.find(Wanted(text="идиот"))).verdict is Verdict.NOTHING
    empty.put(book("Идиот", "Федор Достоевский"))
    await catalogue.catch_up()
    assert await _first(catalogue, "идеот") == "Идиот"


async def test_a_new_a_changed_and_a_removed_work_are_followed(open_index: Open, shelf: Shelf) -> None:
    catalogue = await open_index()
    shelf.put(book("Гиперболоид инженера Гарина", "Толстой А. Н."))
    await catalogue.catch_up()
    assert await _first(catalogue, "гипербалоид инжинера гарина") == "Гиперболоид инженера Гарина"
    assert await _first(catalogue, "война и мир") == "Война и мир"
    shelf.remove(2)
    await catalogue.catch_up()
    assert await _first(catalogue, "идиот") == ""


async def test_a_message_that_became_a_title_is_understood_anew(open_index: Open, shelf: Shelf) -> None:
    catalogue = await open_index()
    heard = understanding(NothingTaught(), ("search", "recommend"), catalogue)
    text = "Во сколько открывается библиотека на краю света"
    assert "word for word" not in heard.understand(text)[0].because[0]

    shelf.put(book(text, "Петрова А."))
    await catalogue.catch_up()
    assert "word for word" in heard.understand(text)[0].because[0]

    shelf.remove(3)
    await catalogue.catch_up()
    assert "word for word" not in heard.understand(text)[0].because[0]


async def test_following_needs_no_asking(open_index: Open, shelf: Shelf) -> None:
    catalogue = await open_index()
    following = asyncio.create_task(catalogue.follow())
    shelf.put(book("Чайка", "Чехов А. П."))
    await _until(lambda: _first(catalogue, "чайка чехова"))
    following.cancel()
    assert await catalogue.fault() == ""


async def test_a_restored_older_store_is_indexed_anew(open_index: Open, shelf: Shelf) -> None:
    catalogue = await open_index()
    shelf.put(book("Чайка", "Чехов А. П."))
    await catalogue.catch_up()
    shelf.forget(1)
    await catalogue.catch_up()
    assert await _first(catalogue, "чайка чехова") == ""
    assert await _first(catalogue, "война и мир") == "Война и мир"


async def test_a_second_process_reads_what_the_first_one_writes(open_index: Open, shelf: Shelf) -> None:
    writer, reader = await open_index(), await open_index()
    shelf.put(book("Чайка", "Чехов А. П."))
    await writer.catch_up()
    await reader.catch_up()
    assert await _first(reader, "чайка чехова") == "Чайка"
    assert await _first(reader, "чаика чехова") == "Чайка"


async def test_another_process_takes_over_when_the_writer_ends(open_index: Open, shelf: Shelf) -> None:
    writer, reader = await open_index(), await open_index()
    await writer.aclose()
    shelf.put(book("Чайка", "Чехов А. П."))
    await reader.catch_up()
    assert await _first(reader, "чайка чехова") == "Чайка"


async def test_many_changes_leave_few_parts_and_every_word(open_index: Open, shelf: Shelf, tmp_path: Path) -> None:
    catalogue = await open_index()
    for word in [
        "абрикос",
        "бегемот",
        "виноград",
        "гвоздика",
        "дельфин",
        "ежевика",
        "жираф",
        "земляника",
        "индюк",
        "колибри",
        "лаванда",
    ]:
        shelf.put(book(f"Про {word}", "Пришвин М. М."))
        await catalogue.catch_up()
    assert len(list((tmp_path / "index").rglob("words-*"))) <= 10
    for slip, title in (("про обрикос", "Про абрикос"), ("про лованда", "Про лаванда"), ("вайна и мир", "Война и мир")):
        assert await _first(catalogue, slip) == title


async def test_a_work_gone_from_the_store_is_not_shown(open_index: Open, shelf: Shelf) -> None:
    catalogue = await open_index()
    shelf.hide_card(2)
    found = await catalogue.find(Wanted(text="идиот"))
    assert found.verdict is Verdict.NOTHING
    assert found.works == ()
    assert await catalogue.card(2) is None
    card = await catalogue.card(1)
    assert card is not None
    assert card.title == "Война и мир"


async def test_a_full_disk_leaves_the_old_index_answering_and_says_so(
    open_index: Open, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = await open_index()
    shelf.put(book("Чайка", "Чехов А. П."))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(on_disk, "_replace", full)
        with pytest.raises(StoreUnavailable, match="No space left"):
            await catalogue.catch_up()
        following = asyncio.create_task(catalogue.follow())
        await _until(catalogue.fault)
        following.cancel()
        assert "No space left" in await catalogue.fault()
        assert await _first(catalogue, "война и мир") == "Война и мир"
    await catalogue.catch_up()
    assert await _first(catalogue, "чайка чехова") == "Чайка"


async def test_an_index_that_breaks_under_way_is_built_anew(
    open_index: Open, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = await open_index()

    def damaged(*_: object) -> None:
        raise ValueError("corrupt block")

    with monkeypatch.context() as patched:
        patched.setattr(Search, "find", damaged)
        for _ in range(MOST_FAILURES):
            with pytest.raises(StoreUnavailable, match="corrupt block"):
                await catalogue.find(Wanted(text="идиот"))
    assert "damaged" in await catalogue.fault()
    read = shelf.read
    await catalogue.catch_up()
    assert shelf.read > read
    assert await _first(catalogue, "идиот") == "Идиот"
    assert await catalogue.fault() == ""


async def test_one_search_that_fails_does_not_cost_the_index(
    open_index: Open, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = await open_index()

    def odd(*_: object) -> None:
        raise ValueError("an odd question")

    with monkeypatch.context() as patched:
        patched.setattr(Search, "find", odd)
        with pytest.raises(StoreUnavailable):
            await catalogue.find(Wanted(text="идиот"))
    read = shelf.read
    await catalogue.catch_up()
    assert shelf.read == read
    assert await _first(catalogue, "идиот") == "Идиот"


async def test_before_the_start_nothing_is_claimed(tmp_path: Path, shelf: Shelf) -> None:
    catalogue = IndexedCatalogue(tmp_path / "index", shelf, shelf)
    assert await catalogue.fault()
    with pytest.raises(StoreUnavailable):
        await catalogue.find(Wanted(text="идиот"))
    await catalogue.aclose()


async def test_a_folder_that_cannot_be_written_is_said_at_the_start(tmp_path: Path, shelf: Shelf) -> None:
    (tmp_path / "index").write_text("a file stands where the folder should be")
    catalogue = IndexedCatalogue(tmp_path / "index", shelf, shelf)
    with pytest.raises(StoreUnavailable, match=r"cannot be built .*: see that .*/index may be written and has room"):
        await catalogue.start()
    await catalogue.aclose()


async def test_a_deleted_folder_is_built_anew_under_way(open_index: Open, tmp_path: Path, shelf: Shelf) -> None:
    catalogue = await open_index()
    shutil.rmtree(tmp_path / "index")
    shelf.put(book("Чайка", "Чехов А. П."))
    await catalogue.catch_up()
    assert await _first(catalogue, "чайка чехова") == "Чайка"


async def test_a_store_that_does_not_answer_is_a_fault_not_an_end(open_index: Open, shelf: Shelf) -> None:
    catalogue = await open_index()
    asked = asyncio.Event()

    async def silent() -> int:
        asked.set()
        raise StoreUnavailable("the database does not answer")

    shelf.version = silent  # type: ignore[method-assign]
    following = asyncio.create_task(catalogue.follow())
    await asked.wait()
    await _until(catalogue.fault)
    assert not following.done()
    following.cancel()
    assert await _first(catalogue, "идиот") == "Идиот"


async def test_batches_end_where_the_store_ends(open_index: Open) -> None:
    many: list[IndexEntry] = [book(f"Рассказ о числе {number}", "Перельман Я. И.") for number in range(1, 1203)]
    catalogue = await open_index(Shelf(*many))
    assert await _first(catalogue, "рассказ о числе 1202") == "Рассказ о числе 1202"


async def test_a_whole_title_is_the_book_itself_and_not_what_is_written_about_it(open_index: Open) -> None:
    shelf = Shelf(
        book("Мастер и Маргарита", "Булгаков М. А."),
        book("Мастер и Маргарита: за что мы любим роман", "Митрофанова М."),
        book("Мастер и Маргарита. Коллекционное издание", "Булгаков М. А."),
    )
    found = await (await open_index(shelf)).find(Wanted(text="мастер и маргарита"))

    assert found.verdict is Verdict.FOUND
    assert found.works[0].title == "Мастер и Маргарита"
    assert len(found.works) == 3


async def test_two_common_words_in_a_long_title_are_a_question(open_index: Open) -> None:
    shelf = Shelf(
        book("Пёс, который изменил мой взгляд на мир. Приключения и счастье пса Наузада", "Фартинг П."),
        *[book(f"Мир {number}-го дня", "Иванов И. И.") for number in range(40, 70)],
        *[book(f"Приключения {number}-го дня", "Петров П. П.") for number in range(40, 70)],
    )
    catalogue = await open_index(shelf)

    assert (await catalogue.find(Wanted(text="мир приключений"))).verdict is Verdict.NEAR
    assert (await catalogue.find(Wanted(text="пёс наузад"))).verdict is Verdict.FOUND
