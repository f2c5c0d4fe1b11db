"""Search: latency and recall by kind of question, build time, size and memory, against rapidfuzz over all titles.

``python -m bench search [--works 10000 --works 100000] [--questions 300] [--real LIST.csv]``

Works are synthetic unless a list of real ones is given (columns title, author, isbn, genre, series, grade);
with ``--works N`` the real ones are hidden among synthetic ones up to N. The index is built by one process and
asked by a fresh one, so that the memory shown is what a running service gains. Milliseconds are CPU of the one thread.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter, thread_time

from rapidfuzz.fuzz import token_sort_ratio
from rapidfuzz.process import extract

from bench._catalogue import MemoryStore, real_works, works
from bench._questions import KINDS, means, questions
from bot.bibliography import IndexEntry
from bot.language.folding import fold
from bot.ports import Found, Verdict, Wanted
from catalogue.finder import IndexedCatalogue

BARS_MS = {"exact": ("p50", 0.3), "1 edit": ("p99", 2.0), "2 edits": ("p99", 2.0)}
BASELINE_QUESTIONS = 20
_YES = (Verdict.FOUND, Verdict.CHOICE)


def main(argv: Sequence[str]) -> int:
    """Run the measurement; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench search", description=__doc__)
    parser.add_argument("--works", type=int, action="append", help="so many works; may be repeated")
    parser.add_argument("--questions", type=int, default=300, help="of each kind")
    parser.add_argument("--real", type=Path, help="a list of real works")
    parser.add_argument(
        "--compared", type=int, default=BASELINE_QUESTIONS, help="questions of each kind put to rapidfuzz"
    )
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    sizes = options.works or [10_000, 100_000]
    if options.ask is not None:
        asyncio.run(_ask(options.ask, _entries(sizes[0], options.real), options))
        return 0
    missed = False
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bb-search-") as folder:
            asyncio.run(_build(Path(folder), _entries(size, options.real)))
            command = [sys.executable, "-m", "bench.search", "--ask", folder, "--works", str(size)]
            command += ["--questions", str(options.questions), "--compared", str(options.compared)] + (
                ["--real", str(options.real)] if options.real else []
            )
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            *lines, verdict = done.stdout.rstrip().split("\n")
            print("\n".join(lines))
            missed = json.loads(verdict)["missed"] or missed
    return int(missed)


def _entries(size: int, real: Path | None) -> list[IndexEntry]:
    known = list(real_works(real)) if real else []
    made = [replace(entry, work_id=entry.work_id + len(known)) for entry in works(max(size - len(known), 0))]
    return known + made


async def _build(folder: Path, entries: list[IndexEntry]) -> None:
    store = MemoryStore(entries)
    catalogue = IndexedCatalogue(folder, store, store)
    start = perf_counter()
    await catalogue.start()
    took = perf_counter() - start
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(
        f"\n{len(entries):,} works: built in {took:.1f} s ({len(entries) / took:,.0f}/s), {size / 1e6:.1f} MB on disk"
    )
    await catalogue.aclose()


async def _ask(folder: Path, entries: list[IndexEntry], options: argparse.Namespace) -> None:
    store = MemoryStore(entries)
    asked = entries[: sum(1 for _ in real_works(options.real))] if options.real else entries
    by_kind = {kind: questions(asked, kind, options.questions) for kind in KINDS}
    before = _rss_mb()
    start = perf_counter()
    catalogue = IndexedCatalogue(folder, store, store)
    await catalogue.start()
    opened = perf_counter() - start
    print(
        f"{'':11}{'p50 ms':>8}{'p99 ms':>8}{'mean':>7}{'@1 %':>7}{'@5 %':>7}{'rapidfuzz ms':>14}{'times':>7}{'@1 %':>7}"
    )
    titles = [fold(f"{entry.variants[0][0]} {entry.variants[0][1]}") for entry in entries]
    missed = False
    lines: list[str] = []
    for kind, pairs in by_kind.items():
        if not pairs:
            continue
        spent, first, five = await _measure(catalogue, pairs)
        p50, p99 = spent[len(spent) // 2], spent[int(len(spent) * 0.99)]
        mean = sum(spent) / len(spent)
        slow_ms, slow_first = _baseline(titles, entries, pairs[: options.compared])
        which, bar = BARS_MS.get(kind, ("p99", 1e9))
        missed = missed or {"p50": p50, "p99": p99}[which] > bar
        lines.append(
            f"{kind:11}{p50:8.2f}{p99:8.2f}{mean:7.2f}{first:7.1f}{five:7.1f}{slow_ms:14.1f}"
            f"{slow_ms / mean:7.0f}{slow_first:7.0f}"
        )
    print("\n".join(lines))
    print(f"opened in {opened * 1e3:.0f} ms; memory +{_rss_mb() - before:.0f} MB with all questions asked")
    await catalogue.aclose()
    print(json.dumps({"missed": missed}))


async def _measure(
    catalogue: IndexedCatalogue, pairs: Sequence[tuple[str, IndexEntry]]
) -> tuple[list[float], float, float]:
    """CPU milliseconds of every question, ascending; how many were answered right first, and among five, in %."""
    spent: list[float] = []
    first = five = 0
    for question, entry in pairs:
        start = thread_time()
        found = await catalogue.find(Wanted(text=question))
        spent.append((thread_time() - start) * 1e3)
        hits = _hits(found, entry)
        first += hits[:1] == [True]
        five += any(hits)
    spent.sort()
    return spent, 100 * first / len(pairs), 100 * five / len(pairs)


def _hits(found: Found, entry: IndexEntry) -> list[bool]:
    return [means(entry, work.title) for work in found.works] if found.verdict in _YES else []


def _baseline(
    titles: Sequence[str], entries: Sequence[IndexEntry], pairs: Sequence[tuple[str, IndexEntry]]
) -> tuple[float, float]:
    """Every title compared with the question: milliseconds a question, and how many were right first, in %."""
    start = thread_time()
    first = 0
    for question, entry in pairs:
        best = extract(fold(question), titles, scorer=token_sort_ratio, limit=1)
        first += bool(best) and means(entry, entries[best[0][2]].variants[0][0])
    return (thread_time() - start) * 1e3 / len(pairs), 100 * first / len(pairs)


def _rss_mb() -> float:
    """Resident memory of this process, where the system tells it."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return 0.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
