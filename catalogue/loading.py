"""An import run: files into the store in small transactions, with counts of what became of every record.

The run may be killed at any moment and started again: a batch is kept whole or not at all, records are found
again by what they are, and what disappeared from the source is marked only after the last batch.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import field
from pathlib import Path

from bot.bibliography import CatalogueWriter
from bot.library.records import ItemData, Rejected, Rejection
from bot.quick import dataclass
from catalogue.batches import Batch, batches
from catalogue.importers.source import SourceFile

BATCH = 500
"""Records a transaction: long enough to be quick, short enough that readers' messages do not wait for it."""
SAMPLES = 5
MOST_PLACES = 1000
"""Names of branches that a run counts: a damaged column has as many as the file has rows."""
MAY_DISAPPEAR = 0.2
"""Share of a source's records that may be gone without asking."""
_DATED = re.compile(r"(?:[-_. ]*(?:\d{4}[-_.]?\d{2}[-_.]?\d{2}|\d{2}[-_.]\d{2}[-_.]\d{2,4}|\(\d+\)))+$")
_PACKED = frozenset({".gz", ".csv", ".tsv", ".txt", ".xlsx", ".ods", ".mrc", ".iso", ".xml", ".dat", ".marc", ".mrk"})

Progress = Callable[[SourceFile, int], None]
"""Told after every batch: the file, and how far of its ``size`` it is read."""
OnRejected = Callable[[SourceFile, Rejected], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How files are to be loaded.

    Attributes:
        source: Name of the system that the files came from; "" takes each file's own name.
        branch: Whose copies those are whose branch the file does not say: a code or a name.
        dry_run: Write nothing, count what would change.
        accept_disappeared: Mark what is gone even where that is more than a fifth.
        batch: Records a transaction, at least 1.
    """

    source: str = ""
    branch: str = ""
    dry_run: bool = False
    accept_disappeared: bool = False
    batch: int = BATCH


@dataclass(slots=True, kw_only=True)
class Summary:
    """What became of the records.

    Attributes:
        read: Records that could be read; the rejected ones are not among them.
        rejected: How many were left out, by reason.
        disappeared: Records that the sources had and the files no longer have.
        had: Records that the sources had in all, before.
        unconfirmed: Sources of which so much is gone that nothing was marked: run again with
            ``accept_disappeared`` if that is right.
        truncated: Files that end in the middle of a record: they are not whole.
        warnings: How often something had to be mended, by code (``bot.library.records``).
        samples: The first titles, «author. title», for a person to see whether the letters are right.
        copies: Copies that the records tell of, those that are written off included.
        places: How many of them are said to be where, by the file's own word for the branch; "" where it has none.
    """

    read: int = 0
    copies: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: Counter[Rejection] = field(default_factory=Counter)
    disappeared: int = 0
    had: int = 0
    unconfirmed: list[str] = field(default_factory=list)
    truncated: list[str] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    samples: list[str] = field(default_factory=list)
    places: Counter[str] = field(default_factory=Counter)

    @property
    def counts(self) -> dict[str, int]:
        """The figures that are kept with the run."""
        return {
            "read": self.read,
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected.total(),
            "disappeared": self.disappeared,
        }

    def add(self, other: "Summary") -> None:
        """Take in the figures of another source."""
        self.read += other.read
        self.copies += other.copies
        self.added += other.added
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.rejected += other.rejected
        self.disappeared += other.disappeared
        self.had += other.had
        self.unconfirmed += other.unconfirmed
        self.truncated += other.truncated
        self.warnings += other.warnings
        self.samples = (self.samples + other.samples)[:SAMPLES]
        self.places += other.places

    def place(self, copies: Sequence[ItemData]) -> None:
        """Count the copies of a record."""
        for copy in copies:
            self.copies += copy.copies
            if copy.branch in self.places or len(self.places) < MOST_PLACES:
                self.places[copy.branch] += copy.copies


async def load_files(
    writer: CatalogueWriter,
    files: Sequence[SourceFile],
    plan: Plan,
    progress: Progress | None = None,
    on_rejected: OnRejected | None = None,
) -> Summary:
    """Load files into the store; the same files again change nothing.

    Files of one source are one run: what none of them has is gone from the source. Reading is done beside the
    event loop, a batch ahead of writing; memory does not grow with the file.

    Args:
        writer: Where the records go.
        files: What ``recognise`` made of the paths.
        plan: How.
        progress: Told how far each file is.
        on_rejected: Given every record that was left out, in the order of the file.

    Raises:
        InputError: A file cannot be read any further; what was kept stays, run the import again.
        StoreUnavailable: The same, for the store.
    """
    sources: defaultdict[str, list[SourceFile]] = defaultdict(list)
    for file in files:
        sources[plan.source or source_name(file.path)].append(file)
    whole = Summary()
    for source, of_source in sources.items():
        run = _Run(writer, source, plan, progress, on_rejected)
        whole.add(await run.over(of_source))
    return whole


def source_name(path: Path) -> str:
    """The source of a file that names none: its name without endings and date, export_2026-11-25.mrc.gz is export."""
    name = path.name
    while Path(name).suffix.lower() in _PACKED:
        name = Path(name).stem
    return _DATED.sub("", name) or name


class _Run:
    """One source's files on their way into the store."""

    def __init__(
        self,
        writer: CatalogueWriter,
        source: str,
        plan: Plan,
        progress: Progress | None,
        on_rejected: OnRejected | None,
    ) -> None:
        self._writer, self._source, self._plan = writer, source, plan
        self._progress, self._on_rejected = progress, on_rejected
        self._run = 0
        self.summary = Summary()

    async def over(self, files: Sequence[SourceFile]) -> Summary:
        """All files, then what disappeared."""
        if not self._plan.dry_run:
            self._run = await self._writer.begin(self._source, [file.path.name for file in files])
        for file in files:
            async with aclosing(batches(file, self._plan.branch, max(self._plan.batch, 1))) as found:
                async for batch in found:
                    await self._take(file, batch)
        await self._end()
        return self.summary

    async def _take(self, file: SourceFile, batch: Batch) -> None:
        if batch.records:
            if self._plan.dry_run:
                kept = await self._writer.preview(self._source, batch.records)
            else:
                kept = await self._writer.keep(self._run, self._source, batch.records)
            self.summary.added += kept.added
            self.summary.updated += kept.updated
            self.summary.unchanged += kept.unchanged
        self._count(file, batch)
        if self._progress is not None:
            self._progress(file, min(batch.offset, file.size) if file.size else batch.offset)

    def _count(self, file: SourceFile, batch: Batch) -> None:
        summary = self.summary
        summary.read += len(batch.records)
        for record in batch.records:
            summary.warnings.update(record.record.warnings)
            summary.place(record.record.items)
        for record in batch.records[: SAMPLES - len(summary.samples)]:
            summary.samples.append(f"{record.author.rstrip('.')}. {record.title}" if record.author else record.title)
        for rejected in batch.rejected:
            summary.rejected[rejected.reason] += 1
            if rejected.reason is Rejection.TRUNCATED and file.path.name not in summary.truncated:
                summary.truncated.append(file.path.name)
            if self._on_rejected is not None:
                self._on_rejected(file, rejected)

    async def _end(self) -> None:
        summary = self.summary
        lost, had = await self._writer.disappeared(self._run, self._source)
        if self._plan.dry_run:
            lost = max(0, had - summary.updated - summary.unchanged)
        summary.disappeared, summary.had = lost, had
        is_whole = not summary.truncated and lost <= had * MAY_DISAPPEAR
        if lost and not is_whole and not self._plan.accept_disappeared:
            summary.unconfirmed.append(self._source)
        if not self._plan.dry_run:
            mark = bool(lost) and not summary.unconfirmed
            await self._writer.finish(self._run, self._source, summary.counts, mark_missing=mark)
