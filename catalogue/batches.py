"""A file's records in batches, read beside the event loop: in a thread, or in a process where it pays.

Reading and keying take as long as writing, and Python runs one thread at a time: for a long file they get a
process (and so a processor) of their own, and the import takes half the time.
"""

import asyncio
import multiprocessing
import os
import signal
import traceback
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, suppress
from dataclasses import field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

import msgspec

from bot.bibliography import Keyed
from bot.errors import BibliobotError, InputError
from bot.library.records import Read, RecordData, Rejected, Rejection
from bot.memory import settle_memory
from bot.quick import dataclass, replace
from catalogue.importers.source import SourceFile
from catalogue.works import keyed

APART_FROM = 4_000_000
"""Bytes of a file from which a process of its own is worth its start of half a second."""
_END, _BATCH, _REFUSED, _BROKEN = b"\0", b"\1", b"\2", b"\3"


@dataclass(slots=True)
class Batch:
    """What one stretch of a file gave; ``offset`` is where its last record stands."""

    records: list[Keyed] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    offset: int = 0

    def __len__(self) -> int:
        return len(self.records) + len(self.rejected)


def read_batches(file: SourceFile, branch: str, size: int) -> Iterator[Batch]:
    """The records of a file, keyed, ``size`` together.

    Args:
        file: What ``recognise`` made of it.
        branch: Whose copies those are whose branch the file does not say.
        size: Records a batch, at least 1.

    Raises:
        InputError: The file cannot be read any further.
    """
    batch = Batch()
    for read in file.records():
        batch.offset = read.offset
        if isinstance(read, Rejected):
            batch.rejected.append(read)
        else:
            record = keyed(_at_branch(read.record, branch), file.path.name, read.ordinal)
            if record.title:
                batch.records.append(record)
            else:
                batch.rejected.append(_untitled(read))
        if len(batch) >= size:
            yield batch
            batch = Batch()
    if len(batch):
        yield batch


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Batch).decode
"""Five times as quick as pickle on these values."""


def batches(file: SourceFile, branch: str, size: int) -> AsyncGenerator[Batch]:
    """``read_batches`` off the event loop, one batch ahead of who takes them; close it when you stop early."""
    if (os.cpu_count() or 1) > 1 and file.path.stat().st_size >= APART_FROM:
        return batches_apart(file, branch, size)
    return batches_here(file, branch, size)


async def batches_here(file: SourceFile, branch: str, size: int) -> AsyncGenerator[Batch]:
    """Read in a thread of this process."""
    found = read_batches(file, branch, size)
    async with aclosing(_ahead(lambda: next(found, None))) as ahead:
        async for batch in ahead:
            yield batch


async def batches_apart(file: SourceFile, branch: str, size: int) -> AsyncGenerator[Batch]:
    """Read in a process of its own, which goes when this one does."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_feed, args=(sending, file, branch, size), daemon=True)
    await asyncio.to_thread(process.start)
    sending.close()  # so that the end of the process is the end of the pipe
    try:
        async with aclosing(_ahead(lambda: _received(receiving, process))) as ahead:
            try:
                async for batch in ahead:
                    yield batch
            finally:
                process.kill()  # so that nobody waits for its next batch
    finally:
        await asyncio.to_thread(process.join)
        receiving.close()


async def _ahead(take: Callable[[], Batch | None]) -> AsyncGenerator[Batch]:
    """What ``take`` gives until it gives None; the next one is taken in a thread while this one is used."""
    coming = asyncio.ensure_future(asyncio.to_thread(take))
    try:
        while (batch := await coming) is not None:
            coming = asyncio.ensure_future(asyncio.to_thread(take))
            yield batch
    finally:
        await asyncio.gather(coming, return_exceptions=True)


# --- the other process ---------------------------------------------------------------------------


def _feed(sending: Connection, file: SourceFile, branch: str, size: int) -> None:
    """The life of the reading process: a full pipe makes it wait, a broken one ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the importing process, which then ends this one
    settle_memory()
    with suppress(BrokenPipeError, ConnectionResetError), sending:
        try:
            for batch in read_batches(file, branch, size):
                try:
                    packed = _pack(batch)
                except UnicodeEncodeError:
                    packed = _pack(_mended(msgspec.to_builtins(batch)))
                sending.send_bytes(_BATCH + packed)
            sending.send_bytes(_END)
        except BibliobotError as error:
            sending.send_bytes(_REFUSED + str(error).encode("utf-8", "replace"))
        except OSError:
            raise
        except Exception:  # noqa: BLE001 - told where somebody sees it
            sending.send_bytes(_BROKEN + traceback.format_exc().encode("utf-8", "replace"))


def _received(receiving: Connection, process: BaseProcess) -> Batch | None:
    try:
        message = receiving.recv_bytes()
    except EOFError:
        process.join(1)
        raise InputError(
            f"the process that read the file was stopped (exit code {process.exitcode}), perhaps for want of memory; "
            "what was kept stays: run the import again"
        ) from None
    kind, body = message[:1], memoryview(message)[1:]
    if kind == _BATCH:
        return _unpack(body)
    if kind == _REFUSED:
        raise InputError(bytes(body).decode())
    if kind == _BROKEN:
        raise RuntimeError(bytes(body).decode())
    return None


def _mended(value: Any) -> Any:
    """The same with a question mark for half a character, which no database keeps."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _mended(inner) for key, inner in value.items()}
    return [_mended(inner) for inner in value] if isinstance(value, list | tuple) else value


# --- records -------------------------------------------------------------------------------------


def _at_branch(record: RecordData, branch: str) -> RecordData:
    """The record with its copies at ``branch`` where the file names none."""
    if not branch or all(item.branch for item in record.items):
        return record
    items = tuple(item if item.branch else replace(item, branch=branch) for item in record.items)
    return replace(record, items=items)


def _untitled(read: Read) -> Rejected:
    return Rejected(
        ordinal=read.ordinal, offset=read.offset, reason=Rejection.NO_TITLE, source_id=read.record.source_id
    )
