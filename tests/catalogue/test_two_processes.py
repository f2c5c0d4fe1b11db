"""Two processes of one host on one folder: one writes the index, both find what changed within a second."""

import asyncio
import json
import os
import sys
from pathlib import Path
from time import monotonic

import pytest

from bot.ports.catalogue import Verdict, Wanted
from catalogue.finder import IndexedCatalogue
from db.cards import SqlCards
from db.catalogue import SqlCatalogueWriter
from db.connect import connect
from db.index_source import SqlIndexSource
from tests.support.books import book
from tests.support.clock import StandingClock
from tests.support.databases import Databases
from tests.support.fake_library import CENTRAL
from tests.support.patience import SOON_S, TICK_S

ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 1.0
SLACK_S = 4.0
"""What a busy machine may add to the second: the promise itself is measured, not the scheduler. A machine on which the
other process takes longer to start may take as long here."""

READER = """
import asyncio, json, sys
from datetime import UTC
from pathlib import Path
from bot.clock import SystemClock
from bot.ports.catalogue import Wanted
from catalogue.finder import IndexedCatalogue
from db.cards import SqlCards
from db.connect import connect
from db.index_source import SqlIndexSource

async def main(url, folder):
    database = await connect(url)
    cards = SqlCards(database, SystemClock(), UTC)
    catalogue = IndexedCatalogue(Path(folder), SqlIndexSource(database), cards)
    await catalogue.start()
    following = asyncio.create_task(catalogue.follow())
    print("ready", flush=True)
    for line in iter(sys.stdin.readline, ""):
        sought = line.strip()
        for _ in range(2_000):
            found = await catalogue.find(Wanted(text=sought))
            if found.works and found.works[0].title == sought:
                break
            await asyncio.sleep(0.02)
        print(json.dumps([work.title for work in found.works]), flush=True)
    following.cancel()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_change_is_found_by_both_processes_within_a_second(
    kind: str, databases: Databases, clock: StandingClock, tmp_path: Path
) -> None:
    url = await databases.url(kind)
    database = await connect(url)
    writer = SqlCatalogueWriter(database, clock)
    run = await writer.begin("file", ["file.mrc"])
    await writer.keep(run, "file", [book("Каштанка", "Чехов А. П.", source_id="1")])
    source, cards = SqlIndexSource(database), SqlCards(database, clock, CENTRAL.zone)
    catalogue = IndexedCatalogue(tmp_path / "index", source, cards)
    await catalogue.start()
    following = asyncio.create_task(catalogue.follow())
    begun = monotonic()
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", READER, url, str(tmp_path / "index"),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert other.stdin is not None
    assert other.stdout is not None
    assert await other.stdout.readline() == b"ready\n"
    starting = monotonic() - begun

    await writer.keep(run, "file", [book("Ионыч", "Чехов А. П.", source_id="2")])
    committed = monotonic()
    other.stdin.write("Ионыч\n".encode())
    told = json.loads(await other.stdout.readline())
    async with asyncio.timeout(SOON_S):
        while (mine := await catalogue.find(Wanted(text="Ионыч"))).verdict is not Verdict.FOUND:  # noqa: ASYNC110
            await asyncio.sleep(TICK_S)
    took = monotonic() - committed
    other.stdin.close()
    await other.wait()
    following.cancel()
    await catalogue.aclose()
    await cards.aclose()
    await source.aclose()
    await databases.drop(database)

    assert told[:1] == ["Ионыч"]
    assert mine.verdict is Verdict.FOUND
    assert took < WITHIN_S + max(SLACK_S, starting)
