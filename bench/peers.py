"""Search side by side: ours, PostgreSQL (full text, then pg_trgm), SQLite FTS5 trigram, rapidfuzz over all titles.

``python -m bench peers [--works 100000] [--questions 60] [--real LIST.csv]``

The same works and the same questions in one run, wall-clock milliseconds of one question after another, all warm. Each
peer gets folded text and its usual best: full text ranks at most 500 matches and falls back to trigrams; FTS5 takes the
30 best by shared trigrams, ordered by likeness; rapidfuzz compares every title. Half of the questions with slips name
the author too; ``all of it`` is two slips in a title with inflected words and the author in the genitive beside it.
"""

import argparse
import asyncio
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from time import perf_counter

import asyncpg
from rapidfuzz.fuzz import token_sort_ratio
from rapidfuzz.process import extract

from bench._catalogue import MemoryStore, real_works, works
from bench._questions import means, questions
from bot.bibliography import IndexEntry
from bot.language.folding import fold
from bot.ports.catalogue import Verdict, Wanted
from catalogue.finder import IndexedCatalogue
from tests.support.databases import PostgresServer

ASKED = ("exact", "by author", "1 edit", "2 edits", "edit+infl.", "all of it", "one word")
_MISSPELT = ("1 edit", "2 edits", "edit+infl.", "all of it")
RERANKED = 30
_FULL_TEXT = """
SELECT id FROM (SELECT id, t FROM works WHERE t @@ plainto_tsquery('russian', $1) LIMIT 500) m
ORDER BY ts_rank(m.t, plainto_tsquery('russian', $1)) DESC, id LIMIT 1"""
_TRIGRAMS = "SELECT id FROM works WHERE said % $1 ORDER BY similarity(said, $1) DESC, id LIMIT 1"
Find = Callable[[str], Awaitable[int | None]]


def main(argv: Sequence[str]) -> int:
    """Run the measurement; 1 where a peer is ahead on misspelt questions in recall or in p99."""
    parser = argparse.ArgumentParser(prog="python -m bench peers", description=__doc__)
    parser.add_argument("--works", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=60, help="of each kind")
    parser.add_argument("--real", type=Path, help="a list of real works, hidden among the synthetic ones and asked for")
    options = parser.parse_args(argv)
    known = list(real_works(options.real)) if options.real else []
    made = list(works(options.works))[len(known) :]
    entries = [*known, *made]
    return asyncio.run(_run(entries, known or entries, options.questions))


async def _run(entries: list[IndexEntry], asked: Sequence[IndexEntry], count: int) -> int:
    by_kind = {kind: questions(asked, kind, count) for kind in ASKED}
    said = {entry.work_id: fold(f"{entry.variants[0][0]} {entry.variants[0][1]}") for entry in entries}
    titles = {entry.work_id: entry.variants[0][0] for entry in entries}
    print(f"{len(entries):,} works, {count} questions of each kind; p50 / p99 ms, right first %")
    print(f"{'':22}" + "".join(f"{kind:>22}" for kind in ASKED))
    rows: dict[str, dict[str, tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="bb-peers-") as folder:
        store = MemoryStore(entries)
        catalogue = IndexedCatalogue(Path(folder), store, store)
        await catalogue.start()
        rows["ours"] = await _measure("ours", _ours(catalogue), by_kind, titles)
        await catalogue.aclose()
    rows["fts5"] = await _measure("SQLite FTS5 trigram", _fts5(said), by_kind, titles)
    rows["rapidfuzz"] = await _measure("rapidfuzz, all titles", _rapidfuzz(said), by_kind, titles)
    server = PostgresServer(durable=True)
    try:
        connection = await _postgres(server, said)
        rows["postgresql"] = await _measure("PostgreSQL + pg_trgm", _sql(connection), by_kind, titles)
        await connection.close()
    finally:
        server.stop()
    ours = rows.pop("ours")
    behind = [
        f"{name}, {kind}" for name, row in rows.items() for kind in _MISSPELT
        if row[kind][0] < ours[kind][0] or row[kind][1] > ours[kind][1]
    ]  # fmt: skip
    print("ahead of all on misspelt questions" if not behind else f"behind: {'; '.join(behind)}")
    return int(bool(behind))


async def _measure(
    name: str, find: Find, by_kind: dict[str, list[tuple[str, IndexEntry]]], titles: dict[int, str]
) -> dict[str, tuple[float, float]]:
    """p99 in milliseconds and the share right first, by kind; prints a line."""
    row: dict[str, tuple[float, float]] = {}
    line = f"{name:22}"
    for kind, pairs in by_kind.items():
        await find(pairs[0][0])
        spent, right = list[float](), 0
        for question, entry in pairs:
            start = perf_counter()
            number = await find(question)
            spent.append((perf_counter() - start) * 1e3)
            if kind == "one word":
                right += number is not None
            else:
                right += number is not None and means(entry, titles[number])
        spent.sort()
        p50, p99 = spent[len(spent) // 2], spent[min(int(len(spent) * 0.99), len(spent) - 1)]
        row[kind] = (p99, right / len(pairs))
        line += f"{p50:8.2f}{p99:8.1f}{100 * right / len(pairs):6.0f}"
    print(line, flush=True)
    return row


def _ours(catalogue: IndexedCatalogue) -> Find:
    async def find(text: str) -> int | None:
        found = await catalogue.find(Wanted(text=text), 1)
        return found.works[0].work_id if found.works and found.verdict is not Verdict.NOTHING else None

    return find


def _fts5(said: dict[int, str]) -> Find:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE works USING fts5(said, tokenize='trigram', detail='none')")
    base.executemany("INSERT INTO works (rowid, said) VALUES (?, ?)", said.items())

    async def find(text: str) -> int | None:
        asked = fold(text)
        trigrams = dict.fromkeys(asked[at : at + 3] for at in range(len(asked) - 2))
        wanted = " OR ".join(f'"{one}"' for one in trigrams)
        query = f"SELECT rowid FROM works WHERE works MATCH ? ORDER BY rank LIMIT {RERANKED}"
        rows = base.execute(query, (wanted,)).fetchall() if trigrams else []
        return max((row[0] for row in rows), key=lambda number: token_sort_ratio(asked, said[number]), default=None)

    return find


def _rapidfuzz(said: dict[int, str]) -> Find:
    async def find(text: str) -> int | None:
        best = extract(fold(text), said, scorer=token_sort_ratio, limit=1)
        return best[0][2] if best else None

    return find


async def _postgres(server: PostgresServer, said: dict[int, str]) -> "asyncpg.Connection[asyncpg.Record]":
    first = await asyncpg.connect(server.url())
    # The C locale takes no Cyrillic character for a letter, and pg_trgm would see none.
    await first.execute("CREATE DATABASE peers TEMPLATE template0 LC_CTYPE 'C.UTF-8' LC_COLLATE 'C'")
    await first.close()
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(server.url("peers"))
    await connection.execute("CREATE EXTENSION pg_trgm")
    await connection.execute("CREATE TABLE works (id bigint PRIMARY KEY, said text, t tsvector)")
    rows = list(said.items())
    await connection.copy_records_to_table("works", records=rows, columns=["id", "said"])
    await connection.execute("UPDATE works SET t = to_tsvector('russian', said)")
    await connection.execute("CREATE INDEX ON works USING gin (t)")
    await connection.execute("CREATE INDEX ON works USING gin (said gin_trgm_ops)")
    await connection.execute("VACUUM ANALYZE works")
    await connection.execute("SET pg_trgm.similarity_threshold = 0.35")
    return connection


def _sql(connection: "asyncpg.Connection[asyncpg.Record]") -> Find:
    async def find(text: str) -> int | None:
        asked = fold(text)
        number: int | None = await connection.fetchval(_FULL_TEXT, asked)
        return number if number is not None else await connection.fetchval(_TRIGRAMS, asked)

    return find
