"""Files loaded at the console: kept on disk, checked, then loaded, by the code of ``bibliobot import``.

A job is a task of this process that says once a second that it is at work; whoever asks, in whatever process, reads
it from the store. Closing the page stops nothing. A process that dies leaves what it had kept and a job that is told
as interrupted. A list of people does not stay on the disk: it goes when it is loaded, when it cannot be read, and when
nobody has loaded it within the hour, whether or not anybody opens the page again (:func:`tidy`).
"""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from bot.bibliography import CatalogueWriter
from bot.clock import Clock
from bot.errors import InputError, StoreUnavailable
from bot.library.model import Branch
from bot.shelving import BUSY, Fault, ImportJob, ImportJobs, ImportKind, JobState, Outcome

if TYPE_CHECKING:
    from catalogue.importers.source import SourceFile
    from catalogue.list_desk import Lists
    from catalogue.loading import Summary

log = structlog.get_logger(__name__)

BEAT_S = 1.0
LISTS_REST = timedelta(hours=1)
"""So long a list that was checked waits to be loaded, and what broke off for the rest of it."""
PRIVATE = 0o700
LONGEST_NAME, LONGEST_ENDING = 200, 20
"""Bytes; a disk takes 255."""
REJECTED = "rejected.csv"
_NOT_IN_NAMES = re.compile(r"[^\w.()+ -]+")
PLACES_SHOWN = 100
"""A damaged column has as many places as the file has rows."""
Prepare = Callable[[], Awaitable[None]]
Known = Callable[[], Awaitable[Sequence[Branch]]]


class CatalogueImports:
    """Fills the port ``ImportDesk``.

    Args:
        folder: Where uploaded files lie until they are loaded or forgotten.
        jobs: What is known of them.
        writer: Where records go.
        clock: The time.
        largest: Bytes of a file.
        only_branch: Code of the one branch of a library that has no other, else "".
        after: Done when something was loaded: whoever keeps branches in memory looks again.
        lists: What reads lists of readers and of loans; None: they are not taken.
        branches: The branches of which readers are told more than the name; None: there are none.
        month_first: Whether «3/5/2026» is the fifth of March, where no date of a table tells.
    """

    def __init__(
        self,
        folder: Path,
        jobs: ImportJobs,
        writer: CatalogueWriter,
        *,
        clock: Clock,
        largest: int,
        only_branch: str = "",
        after: Prepare | None = None,
        lists: "Lists | None" = None,
        branches: Known | None = None,
        month_first: bool = False,
    ) -> None:
        self._folder, self._jobs, self._writer = folder, jobs, writer
        self._largest, self._only_branch, self._after = largest, only_branch, after
        self._clock, self._lists, self._branches = clock, lists, branches
        self._month_first = month_first
        self._tasks: set[asyncio.Task[None]] = set()

    # --- the port --------------------------------------------------------------------------------

    async def take(
        self,
        name: str,
        pieces: AsyncIterator[bytes],
        *,
        login: str,
        branch: str = "",
        source: str = "",
        kind: ImportKind = ImportKind.CATALOGUE,
    ) -> ImportJob:
        from catalogue.loading import source_name  # a start without a file has no use for the importers

        name = harmless_name(name)
        await tidy(self._folder, self._jobs, self._clock)
        kept = self._folder / f"{uuid4().hex}.part"
        try:
            size = await self._keep(kept, pieces)
            source = source.strip() or source_name(Path(name))
            job = await self._jobs.add(login, name, size, source, branch or self._only_branch, kind)
            if job is None:
                raise InputError(Fault.BUSY)
            await self._put(kept, job)
        finally:
            await asyncio.to_thread(kept.unlink, missing_ok=True)
        self._start(job, JobState.CHECKED, accept_disappeared=False)
        return job

    async def load(self, job_id: int, *, login: str, accept_disappeared: bool = False) -> ImportJob:
        job = await self._jobs.job(job_id)
        if job is None or job.state is not JobState.CHECKED:
            raise InputError(Fault.NOT_CHECKED)
        if not await asyncio.to_thread(self._file(job).is_file):
            await self._jobs.end(job_id, JobState.DROPPED, job.outcome)
            raise InputError(Fault.FILE_GONE)
        if not await self._jobs.begin(job_id):
            raise InputError(Fault.BUSY)
        log.info("import begins", job=job_id, by=login)
        self._start(job, JobState.DONE, accept_disappeared=accept_disappeared)
        return await self._jobs.job(job_id) or job

    async def drop(self, job_id: int) -> None:
        job = await self._jobs.job(job_id)
        if job is None or job.state in BUSY:
            raise InputError(Fault.BUSY)
        if job.state is JobState.CHECKED:
            await self._jobs.end(job_id, JobState.DROPPED, job.outcome)
        await asyncio.to_thread(shutil.rmtree, self._own(job_id), ignore_errors=True)

    async def job(self, job_id: int) -> ImportJob | None:
        return await self._jobs.job(job_id)

    async def latest(self) -> Sequence[ImportJob]:
        await tidy(self._folder, self._jobs, self._clock)
        return await self._jobs.latest()

    async def show_again(self, job_id: int, *, login: str) -> int:
        job = await self._jobs.job(job_id)
        if self._lists is None or job is None or (job.kind, job.state) != (ImportKind.HIDDEN, JobState.DONE):
            raise InputError(Fault.NOT_CHECKED)
        return await self._lists.show_again(job.source, login=login)

    def rejected(self, job_id: int) -> Path | None:
        path = self._own(job_id) / REJECTED
        return path if path.is_file() else None

    async def aclose(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- files -----------------------------------------------------------------------------------

    def _own(self, job_id: int) -> Path:
        return self._folder / str(job_id)

    def _file(self, job: ImportJob) -> Path:
        return self._own(job.job_id) / job.name

    async def _keep(self, path: Path, pieces: AsyncIterator[bytes]) -> int:
        """Write what comes to the disk, never more than a piece in memory; its size."""
        size = 0
        try:
            await asyncio.to_thread(path.parent.mkdir, mode=PRIVATE, parents=True, exist_ok=True)
            file = await asyncio.to_thread(path.open, "wb")
            try:
                async for piece in pieces:
                    size += len(piece)
                    if size > self._largest:
                        raise InputError(Fault.TOO_LARGE)
                    await asyncio.to_thread(file.write, piece)
            finally:
                await asyncio.to_thread(file.close)
        except OSError as error:
            log.error("upload not kept", error=error.strerror)
            raise InputError(Fault.DISK) from None
        if not size:
            raise InputError(Fault.EMPTY)
        return size

    async def _put(self, kept: Path, job: ImportJob) -> None:
        """A file that came whole gets its place; where it has none the next file need not wait for this one."""
        try:
            await asyncio.to_thread(self._own(job.job_id).mkdir, mode=PRIVATE, parents=True, exist_ok=True)
            await asyncio.to_thread(kept.rename, self._file(job))
        except OSError as error:
            log.error("upload not kept", error=error.strerror)
            await self._jobs.end(job.job_id, JobState.FAILED, Outcome(fault=Fault.DISK))
            raise InputError(Fault.DISK) from None

    # --- work ------------------------------------------------------------------------------------

    def _start(self, job: ImportJob, then: JobState, *, accept_disappeared: bool) -> None:
        work = self._work(job, then, accept_disappeared=accept_disappeared)
        task = asyncio.create_task(work, name=f"import {job.job_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, job: ImportJob, then: JobState, *, accept_disappeared: bool) -> None:
        done = _Done()
        beats = asyncio.create_task(self._beat(job.job_id, done))
        state, outcome = JobState.FAILED, Outcome(interrupted=True)
        try:
            outcome = await self._read(job, then, done, accept_disappeared=accept_disappeared)
            state = JobState.FAILED if outcome.fault else then
        except StoreUnavailable:
            outcome = Outcome(fault=Fault.STORE)
        except Exception as error:  # noqa: BLE001 - the edge around one file; what it was is written down there
            outcome = Outcome(fault=Fault.BROKEN, detail=_told(error, job))
        finally:
            beats.cancel()
            # Also where we are cancelled: what is told of the job must not be that it is at work.
            with suppress(StoreUnavailable):
                await asyncio.shield(self._jobs.end(job.job_id, state, outcome))
        if job.kind.personal and state is JobState.CHECKED:
            self._forget_later(job)
        elif job.kind.personal:
            await asyncio.to_thread(shutil.rmtree, self._own(job.job_id), ignore_errors=True)
        if state is JobState.DONE:
            await asyncio.to_thread(self._file(job).unlink, missing_ok=True)
            if self._after is not None:
                await self._after()

    def _forget_later(self, job: ImportJob) -> None:
        """A list that nobody loads goes by itself."""

        async def forget() -> None:
            try:
                await asyncio.sleep(LISTS_REST.total_seconds())
            except asyncio.CancelledError:  # the process ends
                shutil.rmtree(self._own(job.job_id), ignore_errors=True)
                raise
            with suppress(InputError, StoreUnavailable):  # it is being loaded, or goes at the next look
                await self.drop(job.job_id)

        task = asyncio.create_task(forget(), name=f"list {job.job_id} rests")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self, job: ImportJob, then: JobState, done: "_Done", *, accept_disappeared: bool) -> Outcome:
        """The file from its first byte to its last."""
        if self._lists is not None and job.kind.listed:
            dry_run = then is JobState.CHECKED
            options = {"dry_run": dry_run, "accept_disappeared": accept_disappeared}
            return await self._lists.read(self._file(job), job, done.reach, **options)
        from catalogue.importers import ForeignFile, recognise
        from catalogue.loading import Plan, load_files
        from catalogue.rejects import Report

        branches = await self._branches() if self._branches is not None else ()
        try:
            source = await asyncio.to_thread(recognise, self._file(job), "", branches, month_first=self._month_first)
        except InputError as error:
            fault = error.fault if isinstance(error, ForeignFile) else Fault.UNKNOWN_KIND
            return Outcome(fault=fault, detail=_without_path(error, self._file(job)))
        done.size = source.size
        report = Report(self._own(job.job_id) / REJECTED, asked=False)
        plan = Plan(
            source=job.source,
            branch=job.branch,
            dry_run=then is JobState.CHECKED,
            accept_disappeared=accept_disappeared,
        )
        try:
            summary = await load_files(self._writer, [source], plan, done.tick, report.note)
        except InputError as error:
            return Outcome(fault=Fault.UNREADABLE, detail=_without_path(error, self._file(job)))
        finally:
            report.close()
        found = _outcome(source, summary, await self._branches() if self._branches is not None else ())
        return (
            found if summary.read else Outcome(fault=Fault.NOTHING_READ, rejected=found.rejected, unread=found.unread)
        )

    async def _beat(self, job_id: int, done: "_Done") -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            with suppress(StoreUnavailable):
                await self._jobs.beat(job_id, done.hundredths)


class _Done:
    """How far a file is read."""

    def __init__(self) -> None:
        self.size = self.offset = 0

    def tick(self, _: "SourceFile", offset: int) -> None:
        self.offset = offset

    def reach(self, size: int, offset: int) -> None:
        """So far of so much."""
        self.size, self.offset = size, offset

    @property
    def hundredths(self) -> int:
        return min(100, self.offset * 100 // self.size) if self.size else 0


def harmless_name(name: str) -> str:
    """A file's name that is one everywhere, its ending kept: what the browser says is what anybody may say."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = " ".join(_NOT_IN_NAMES.sub(" ", last).split()).strip(". ")
    stem, dot, ending = shown.rpartition(".")
    if dot and stem:
        return f"{_cut(stem, LONGEST_NAME)}.{_cut(ending, LONGEST_ENDING)}"
    return _cut(shown, LONGEST_NAME) or "catalogue"


def _cut(text: str, most: int) -> str:
    """What of a text fits into so many bytes: disks count letters by them, and most alphabets need two or three."""
    return text.encode()[:most].decode(errors="ignore")


async def tidy(folder: Path, jobs: ImportJobs, clock: Clock) -> None:
    """Files of what is over go, and what an upload left that broke off; lists of rejected records stay."""
    await jobs.end_dead()
    known = {str(job.job_id): job for job in await jobs.latest(200)}
    await asyncio.to_thread(_tidied, folder, known, clock.now() - LISTS_REST)


def _told(error: Exception, job: ImportJob) -> str:
    """What broke, written down; of a list no more than the kind of fault, for its text may quote a person."""
    if job.kind.personal:
        log.error("import failed", job=job.job_id, error=type(error).__name__)
        return type(error).__name__
    log.exception("import failed", job=job.job_id)
    return f"{type(error).__name__}: {error}"


def _tidied(folder: Path, jobs: dict[str, ImportJob], lists_since: datetime) -> None:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        job = jobs.get(path.name)
        if job is None:  # what is on its way, or began after we looked at the jobs, is young
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < lists_since.timestamp():
                    _removed(path)
            continue
        forgotten = job.kind.personal and job.state not in BUSY and job.created_at < lists_since
        if forgotten or job.state in (JobState.DROPPED, JobState.FAILED):
            shutil.rmtree(path, ignore_errors=True)
        elif job.state is JobState.DONE:
            (path / job.name).unlink(missing_ok=True)


def _removed(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _outcome(source: "SourceFile", summary: "Summary", branches: Sequence[Branch]) -> Outcome:
    from catalogue.places import WORTH_A_WORD, placed

    places = placed(summary.places, branches) if branches else []
    nowhere = summary.places[""] if branches else 0
    return Outcome(
        format=source.format,
        charset=source.charset,
        evidence=source.evidence,
        read=summary.read,
        added=summary.added,
        updated=summary.updated,
        unchanged=summary.unchanged,
        samples=tuple(summary.samples),
        rejected={reason.value: count for reason, count in summary.rejected.most_common()},
        unread=summary.rejected.total(),
        warnings=dict(summary.warnings.most_common()),
        gone=summary.disappeared,
        had=summary.had,
        unconfirmed=bool(summary.unconfirmed),
        truncated=bool(summary.truncated),
        copies=summary.copies,
        places=tuple((one.code, one.word, one.copies) for one in places[:PLACES_SHOWN]),
        nowhere=nowhere if nowhere * WORTH_A_WORD > summary.copies else 0,
        otherwise=source.branches_otherwise if branches else (),
    )


def _without_path(error: InputError, path: Path) -> str:
    return str(error).removeprefix(f"{path}: ")
