"""Search: latency and recall by kind of question, build time, size and memory, against rapidfuzz over all titles.

``python -m bench search [--works 10000 --works 100000] [--questions 300] [--real LIST.csv]``

Works are synthetic unless a list of real ones is given (columns title, author, isbn, genre, series, grade);
with ``--works N`` the real ones are hidden among synthetic ones up to N. The index is built by one process and
asked by a fresh one, so that the memory shown is what a running service gains. Milliseconds are CPU of the one thread,
on the wall clock beside them; ``whole`` is understanding and all readings of a message that are looked up. Words are
met for the first time, everything else is warm.
"""

import argparse
import asyncio
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time, thread_time

from rapidfuzz.fuzz import token_sort_ratio
from rapidfuzz.process import extract

from bench._catalogue import MemoryStore, real_works, works
from bench._questions import KINDS, means, questions
from bot.asking import look_up
from bot.bibliography import IndexEntry
from bot.language.folding import fold
from bot.ports.catalogue import Found, Verdict, Wanted
from bot.quick import replace
from catalogue.finder import IndexedCatalogue
from understanding.understander import PhraseUnderstanding

BARS_MS = {100_000: (2.0, 8.0), 1_000_000: (20.0, 20.0)}
"""Up to so many works: p50 and p99 of the whole path, over all kinds."""
BUILD_S, BUILD_MB, OPEN_S, WORST_MS = 180.0, 1_000.0, 1.0, 100.0
FREQUENT = ("история", "россия", "анна", "война", "дом", "а", "2020", "книга", "история россии анна")
BAD = (
    "слово " * 700,
    "ы" * 4000,
    "x" * 4000,
    "война и мир, " * 100,
    "a\u0301\u0302\u0303" * 300,
    "1 " * 2000,
    "ghbdtn " * 500,
)
BASELINE_QUESTIONS = 20
_WIDTHS = (9, 7, 9, 7, 10, 7, 9, 7, 7, 7, 11, 7)
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
    before = _rss_mb()
    start, spent = perf_counter(), process_time()
    await catalogue.start()
    took, spent = perf_counter() - start, process_time() - spent
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(
        f"\n{len(entries):,} works: built in {took:.1f} s (CPU {spent:.1f}), {size / 1e6:.1f} MB on disk; at most "
        f"{_peak_mb() - before:.0f} MB more memory than the list of works itself ({before:.0f} MB)"
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
    understanding = PhraseUnderstanding()
    await _warm(catalogue, understanding, asked)
    titles = [fold(f"{entry.variants[0][0]} {entry.variants[0][1]}") for entry in entries]
    lines: list[str] = []
    alone, whole, worst = Spent(), Spent(), 0.0
    for kind, pairs in by_kind.items():
        if not pairs:
            continue
        spent, first, five = await _measure(catalogue, pairs)
        others = questions(asked, kind, options.questions, seed=6)
        path = await _measure_whole(catalogue, understanding, [question for question, _ in others])
        slow_ms, slow_first = _baseline(titles, entries, pairs[: options.compared])
        lines.append(f"{kind:11}{spent} {path}{first:7.1f}{five:7.1f}{slow_ms:11.1f}{slow_first:7.0f}")
        alone.join(spent)
        whole.join(path)
    lines.append(f"{'all':11}{alone} {whole}")
    for kind, texts in (("frequent", FREQUENT), ("bad input", BAD)):
        path = await _measure_whole(catalogue, understanding, texts)
        lines.append(f"{kind:11}{'':30} {path}   worst {path.cpu[-1]:.1f} ms")
        worst = max(worst, path.cpu[-1])
    heads = ("p50", "p99", "wall p50", "p99", "whole p50", "p99", "wall p50", "p99", "@1 %", "@5 %", "fuzz", "@1 %")
    print(f"{'CPU ms':9}" + "".join(f"{head:>{width}}" for head, width in zip(heads, _WIDTHS, strict=True)))
    print("\n".join(lines))
    print(f"opened in {opened * 1e3:.0f} ms; memory +{_rss_mb() - before:.0f} MB with all questions asked")
    await catalogue.aclose()
    bars = next((bars for most, bars in BARS_MS.items() if len(entries) <= most), (1e9, 1e9))
    missed = whole.at(0.5) > bars[0] or whole.at(0.99) > bars[1] or opened > OPEN_S or worst > WORST_MS
    print(json.dumps({"missed": missed}))


@dataclass(slots=True)
class Spent:
    """Milliseconds of many questions: of one processor and on the wall clock."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def at(self, share: float) -> float:
        """CPU milliseconds that so great a share of the questions stays below."""
        return _at(self.cpu, share)

    def join(self, other: "Spent") -> None:
        """Take over what another kind of question took."""
        self.cpu, self.wall = sorted(self.cpu + other.cpu), sorted(self.wall + other.wall)

    def __str__(self) -> str:
        return "  ".join(f"{_at(some, 0.5):7.2f}{_at(some, 0.99):7.2f}" for some in (self.cpu, self.wall))


def _at(ascending: Sequence[float], share: float) -> float:
    return ascending[min(int(len(ascending) * share), len(ascending) - 1)]


async def _warm(catalogue: IndexedCatalogue, understanding: PhraseUnderstanding, asked: Sequence[IndexEntry]) -> None:
    """Other questions first; then what is long-lived leaves the collector's sight, as in a service."""
    for kind in KINDS:
        await _measure_whole(catalogue, understanding, [text for text, _ in questions(asked, kind, 20, seed=77)])
    gc.collect()
    gc.freeze()


async def _measure(catalogue: IndexedCatalogue, pairs: Sequence[tuple[str, IndexEntry]]) -> tuple[Spent, float, float]:
    """The search alone; how many were answered right first, and among five, in %."""
    spent = Spent()
    first = five = 0
    for question, entry in pairs:
        start, wall = thread_time(), perf_counter()
        found = await catalogue.find(Wanted(text=question))
        spent.cpu.append((thread_time() - start) * 1e3)
        spent.wall.append((perf_counter() - wall) * 1e3)
        hits = _hits(found, entry)
        first += hits[:1] == [True]
        five += any(hits)
    spent.join(Spent())
    return spent, 100 * first / len(pairs), 100 * five / len(pairs)


async def _measure_whole(
    catalogue: IndexedCatalogue, understanding: PhraseUnderstanding, texts: Sequence[str]
) -> Spent:
    """Understanding a message and looking up what it names."""
    spent = Spent()
    for text in texts:
        start, wall = thread_time(), perf_counter()
        for request in understanding.understand(text):
            await look_up(catalogue, request)
        spent.cpu.append((thread_time() - start) * 1e3)
        spent.wall.append((perf_counter() - wall) * 1e3)
    spent.join(Spent())
    return spent


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


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def _rss_mb() -> float:
    """Resident memory of this process, where the system tells it."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return 0.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
