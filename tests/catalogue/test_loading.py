"""An import run: counted, repeatable, stopped before it believes that a library has lost its books."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from bot.bibliography import Kept, Keyed
from bot.errors import InputError, StoreUnavailable
from bot.library.records import ItemData, Read, RecordData, Rejected, Rejection
from catalogue import batches
from catalogue.importers import recognise
from catalogue.importers.source import SourceFile
from catalogue.loading import Plan, Summary, load_files, source_name
from tests.catalogue.odd_readers import dies, half_a_character
from tests.support.catalogues import CatalogueStore, opened_catalogue
from tests.support.clock import StandingClock
from tests.support.databases import Databases
from tests.support.fake_catalogue import FakeCatalogueStore
from tests.support.patience import SOON_S


@pytest.fixture(params=["fake", "sqlite"])
async def store(
    request: pytest.FixtureRequest, databases: Databases, clock: StandingClock
) -> AsyncIterator[CatalogueStore]:
    async with opened_catalogue(str(request.param), databases, clock) as opened:
        yield opened


@pytest.fixture
def fake(clock: StandingClock) -> FakeCatalogueStore:
    return FakeCatalogueStore(clock)


def table(path: Path, *titles: str) -> SourceFile:
    """An inventory of one copy of each title."""
    rows = [f"{title};Автор А. А.;{1000 + sum(title.encode())}" for title in titles]
    path.write_text("\n".join(["Заглавие;Автор;Инв. №", *rows]), encoding="utf-8")
    return recognise(path)


def given(path: Path, *reads: Read | Rejected) -> SourceFile:
    """A recognised file that reads as told."""
    path.touch()

    def reader(_: SourceFile) -> Iterator[Read | Rejected]:
        yield from reads

    return SourceFile(path=path, format="table", charset="utf-8", size=len(reads), reader=reader)


def titled(title: str, ordinal: int = 1, **more: object) -> Read:
    return Read(ordinal=ordinal, offset=ordinal, record=RecordData(title=title, **more))  # type: ignore[arg-type]


TEN = tuple(f"Книга {letter}" for letter in "абвгдежзик")


async def test_the_same_file_again_changes_nothing(store: CatalogueStore, tmp_path: Path) -> None:
    file = table(tmp_path / "inventory.csv", *TEN)

    first = await load_files(store.writer, [file], Plan())
    version = await store.source.version()
    second = await load_files(store.writer, [file], Plan())

    assert (first.read, first.added, first.updated, first.unchanged, first.disappeared) == (10, 10, 0, 0, 0)
    assert (second.read, second.added, second.updated, second.unchanged, second.disappeared) == (10, 0, 0, 10, 0)
    assert await store.source.version() == version


async def test_a_dry_run_counts_and_writes_nothing(store: CatalogueStore, tmp_path: Path) -> None:
    await load_files(store.writer, [table(tmp_path / "inventory.csv", *TEN)], Plan())
    version = await store.source.version()
    changed = table(tmp_path / "inventory.csv", *TEN[1:], "Новая книга")

    summary = await load_files(store.writer, [changed], Plan(dry_run=True))

    assert (summary.added, summary.unchanged, summary.disappeared, summary.had) == (1, 9, 1, 10)
    assert summary.samples == [f"Автор А. А. {title}" for title in TEN[1:6]]
    assert await store.source.version() == version


async def test_a_few_books_gone_are_marked_and_no_longer_offered(store: CatalogueStore, tmp_path: Path) -> None:
    await load_files(store.writer, [table(tmp_path / "inventory.csv", *TEN)], Plan())

    summary = await load_files(store.writer, [table(tmp_path / "inventory.csv", *TEN[:8])], Plan())

    assert (summary.disappeared, summary.unconfirmed) == (2, [])
    assert [card.title for card in await store.works()] == sorted(TEN[:8])


async def test_more_than_a_fifth_gone_is_marked_only_when_a_person_says_so(
    store: CatalogueStore, tmp_path: Path
) -> None:
    await load_files(store.writer, [table(tmp_path / "inventory.csv", *TEN)], Plan())
    fewer = table(tmp_path / "inventory.csv", *TEN[:7])

    doubtful = await load_files(store.writer, [fewer], Plan())

    assert (doubtful.disappeared, doubtful.had, doubtful.unconfirmed) == (3, 10, ["inventory"])
    assert len(await store.works()) == 10

    await load_files(store.writer, [fewer], Plan(accept_disappeared=True))

    assert len(await store.works()) == 7


async def test_what_comes_back_is_offered_again(store: CatalogueStore, tmp_path: Path) -> None:
    file = tmp_path / "inventory.csv"
    await load_files(store.writer, [table(file, *TEN)], Plan())
    await load_files(store.writer, [table(file, *TEN[:9])], Plan())

    summary = await load_files(store.writer, [table(file, *TEN)], Plan())

    assert (summary.updated, summary.unchanged) == (1, 9)
    assert len(await store.works()) == 10


async def test_a_file_cut_short_takes_no_book_from_the_readers(fake: FakeCatalogueStore, tmp_path: Path) -> None:
    whole = [titled(title, at) for at, title in enumerate(TEN, start=1)]
    await load_files(fake, [given(tmp_path / "a.mrc", *whole)], Plan())
    torn = Rejected(ordinal=10, offset=10, reason=Rejection.TRUNCATED)

    summary = await load_files(fake, [given(tmp_path / "a.mrc", *whole[:9], torn)], Plan())

    assert (summary.truncated, summary.unconfirmed, summary.disappeared) == (["a.mrc"], ["a"], 1)
    assert not [entry for entry in await fake.entries((0, 0), 100) if entry.gone]


async def test_files_of_one_source_are_one_run(store: CatalogueStore, tmp_path: Path) -> None:
    halves = [table(tmp_path / "one.csv", *TEN[:5]), table(tmp_path / "two.csv", *TEN[5:])]

    await load_files(store.writer, halves, Plan(source="ЦБС"))
    summary = await load_files(store.writer, halves, Plan(source="ЦБС"))

    assert (summary.unchanged, summary.disappeared) == (10, 0)


async def test_files_without_a_common_name_do_not_lose_each_others_books(store: CatalogueStore, tmp_path: Path) -> None:
    await load_files(store.writer, [table(tmp_path / "one.csv", *TEN[:5])], Plan())
    await load_files(store.writer, [table(tmp_path / "two.csv", *TEN[5:])], Plan())

    assert len(await store.works()) == 10


async def test_an_import_killed_half_way_is_healed_by_the_next(store: CatalogueStore, tmp_path: Path) -> None:
    class Dies(FakeCatalogueStore):
        def __init__(self) -> None:
            self.batches = 0

        async def begin(self, source: str, files: Sequence[str]) -> int:
            return await store.writer.begin(source, files)

        async def keep(self, run: int, source: str, batch: Sequence[Keyed]) -> Kept:
            self.batches += 1
            if self.batches > 2:
                raise StoreUnavailable("killed")
            return await store.writer.keep(run, source, batch)

    file = table(tmp_path / "inventory.csv", *TEN)
    await load_files(store.writer, [table(tmp_path / "inventory.csv", *TEN[2:])], Plan())
    table(tmp_path / "inventory.csv", *TEN)

    with pytest.raises(StoreUnavailable):
        await load_files(Dies(), [file], Plan(batch=2))
    assert len(await store.works()) == 10

    summary = await load_files(store.writer, [file], Plan(batch=2))

    assert (summary.added, summary.unchanged, summary.disappeared) == (0, 10, 0)


async def test_rejected_records_are_told_one_by_one(fake: FakeCatalogueStore, tmp_path: Path) -> None:
    bad = Rejected(ordinal=2, offset=7, reason=Rejection.BAD_DIRECTORY)
    nameless = titled("", 3, source_id="x3")
    told: list[Rejected] = []

    summary = await load_files(
        fake,
        [given(tmp_path / "a.mrc", titled("Мать"), bad, nameless)],
        Plan(),
        on_rejected=lambda _, rejected: told.append(rejected),
    )

    assert summary.rejected == {Rejection.BAD_DIRECTORY: 1, Rejection.NO_TITLE: 1}
    assert [(rejected.ordinal, rejected.source_id) for rejected in told] == [(2, ""), (3, "x3")]
    assert summary.read == 1


async def test_copies_whose_branch_nobody_names_go_to_the_branch_that_was_asked(
    fake: FakeCatalogueStore, tmp_path: Path
) -> None:
    items = (ItemData(inventory_number="1"), ItemData(inventory_number="2", branch="07"))

    await load_files(fake, [given(tmp_path / "a.mrc", titled("Мать", items=items))], Plan(branch="03"))

    cards = await fake.cards([entry.work_id for entry in await fake.entries((0, 0), 10)])
    assert sorted(holding.branch_name for card in cards.values() for holding in card.holdings) == ["03", "07"]


async def test_what_was_mended_is_counted(fake: FakeCatalogueStore, tmp_path: Path) -> None:
    one, two = titled("А", warnings=("charset_guess",)), titled("Б", 2, warnings=("charset_guess", "length_mismatch"))

    summary = await load_files(fake, [given(tmp_path / "a.mrc", one, two)], Plan())

    assert summary.warnings == {"charset_guess": 2, "length_mismatch": 1}


async def test_progress_goes_from_batch_to_batch(fake: FakeCatalogueStore, tmp_path: Path) -> None:
    seen: list[int] = []
    reads = [titled(title, at) for at, title in enumerate(TEN, start=1)]

    await load_files(fake, [given(tmp_path / "a.mrc", *reads)], Plan(batch=4), lambda _, done: seen.append(done))

    assert seen == [4, 8, 10]


async def test_reading_does_not_hold_the_loop(fake: FakeCatalogueStore, tmp_path: Path) -> None:
    """A reader's message is answered while a slow file is read."""
    answered = asyncio.Event()
    loop = asyncio.get_running_loop()

    def reader(_: SourceFile) -> Iterator[Read]:
        for at, title in enumerate(TEN, start=1):
            # Waits for the loop, as a slow disk would: on the loop's own thread it could wait for ever.
            asyncio.run_coroutine_threadsafe(answered.wait(), loop).result(SOON_S)
            yield titled(title, at)

    (tmp_path / "a.mrc").touch()
    file = SourceFile(path=tmp_path / "a.mrc", format="table", charset="utf-8", size=10, reader=reader)
    run = asyncio.create_task(load_files(fake, [file], Plan()))
    await asyncio.sleep(0)
    answered.set()

    assert (await run).read == 10


async def test_a_file_that_goes_away_says_so_and_marks_nothing(fake: FakeCatalogueStore, tmp_path: Path) -> None:
    file = table(tmp_path / "inventory.csv", *TEN)
    await load_files(fake, [file], Plan())
    file.path.unlink()
    file.path.symlink_to(tmp_path / "nowhere")

    with pytest.raises((InputError, OSError)):
        await load_files(fake, [file], Plan())

    assert not [entry for entry in await fake.entries((0, 0), 100) if entry.gone]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("catalogue.mrc", "catalogue"),
        ("export_2026-11-25.mrc.gz", "export"),
        ("export 25.11.2026.csv", "export"),
        ("книги (2).xlsx", "книги"),
        ("part1.csv", "part1"),
        ("2026-11-25.csv", "2026-11-25"),
    ],
)
def test_next_weeks_export_is_the_same_source(name: str, source: str) -> None:
    assert source_name(Path(name)) == source


def test_summaries_of_several_sources_add_up() -> None:
    whole = Summary(read=1, copies=1, samples=["А"], had=3, places=Counter({"01": 1}))

    whole.add(Summary(read=2, copies=5, samples=["Б"] * 9, had=4, unconfirmed=["b"], places=Counter({"01": 2, "": 3})))

    assert (whole.read, whole.had, whole.unconfirmed, len(whole.samples)) == (3, 7, ["b"], 5)
    assert (whole.copies, whole.places) == (6, {"01": 3, "": 3})
    assert whole.counts["read"] == 3


# --- a process of its own ------------------------------------------------------------------------


async def _through_a_process(file: SourceFile) -> list[batches.Batch]:
    return [batch async for batch in batches.batches_apart(file, "03", 4)]


async def test_a_process_of_its_own_reads_the_same(tmp_path: Path) -> None:
    file = table(tmp_path / "inventory.csv", *TEN, "")

    assert await _through_a_process(file) == list(batches.read_batches(file, "03", 4))


async def test_a_long_file_is_read_by_a_process_of_its_own(
    fake: FakeCatalogueStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "APART_FROM", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)

    assert (await load_files(fake, [table(tmp_path / "inventory.csv", *TEN)], Plan(batch=3))).added == 10


async def test_what_the_process_cannot_read_is_said_here(tmp_path: Path) -> None:
    file = table(tmp_path / "inventory.csv", *TEN)
    file.path.write_text("nothing")

    with pytest.raises(InputError, match="no heading of a column of titles"):
        await _through_a_process(file)


async def test_a_killed_reading_process_is_told_and_marks_nothing(fake: FakeCatalogueStore, tmp_path: Path) -> None:
    (tmp_path / "a.mrc").touch()
    file = SourceFile(path=tmp_path / "a.mrc", format="table", charset="utf-8", size=1, reader=dies)

    with pytest.raises(InputError, match="run the import again"):
        await _through_a_process(file)


async def test_who_stops_early_leaves_no_process_behind(tmp_path: Path) -> None:
    import multiprocessing

    file = table(tmp_path / "inventory.csv", *TEN)
    found = batches.batches_apart(file, "", 1)
    await anext(found)
    await found.aclose()

    assert multiprocessing.active_children() == []


async def test_half_a_character_does_not_stop_the_import(tmp_path: Path) -> None:
    (tmp_path / "a.mrc").touch()
    file = SourceFile(path=tmp_path / "a.mrc", format="table", charset="utf-8", size=1, reader=half_a_character)

    assert [record.title for batch in await _through_a_process(file) for record in batch.records] == ["Ма?ть"]
