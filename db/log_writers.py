"""Who writes the message log on SQLite: a thread of this process, or a process of its own.

What the writer does between two statements needs the interpreter, of which a process has one: with a thread, the event
loop stands still meanwhile. So the service has the writer in a process (measured: docs/decisions.md). A command that
ends after a moment has it in a thread.
"""

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from socket import socket, socketpair
from typing import Protocol, cast

import structlog

from bot.errors import StoreUnavailable
from db.log_sheets import Failed, Kept, ToKeep, answer_of, encoded, error_of
from db.log_sqlite_writing import SqliteWriter
from db.reading import end_thread
from db.writer_process import framed, whole

log = structlog.get_logger(__name__)

ENDS_IN_S = 10.0
"""So long the end waits for the writer's process to finish what it has in hand."""
ENDED = "the process that writes to the store has ended; the next message starts another one"


class Writer(Protocol):
    """Keeps one sheet at a time."""

    def begin(self) -> None:
        """Let it get ready; nobody waits for it here."""
        ...

    async def keep(self, asked: ToKeep) -> Kept:
        """Keep it. Raises StoreUnavailable, or what the store has against the sheet; nothing was kept then."""
        ...

    async def aclose(self) -> None:
        """Close the file and end."""
        ...


class WriterThread:
    """The writer in a thread."""

    def __init__(self, path: Path) -> None:
        self._writer = SqliteWriter(path)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="log-writer")

    def begin(self) -> None:
        """Nothing need be made ready."""

    async def keep(self, asked: ToKeep) -> Kept:
        """Keep it."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._writer.keep, asked)

    async def aclose(self) -> None:
        """Close the file and end."""
        await end_thread(self._thread, lambda: self._writer)


class WriterProcess:
    """The writer in a process of its own, which ends with ours: it hears that the line between them is closed.

    Should it end before, what it had in hand was kept or was not: nobody has been told, so it comes again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket: socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._line: _Line | None = None

    def begin(self) -> None:
        """Start it. Raises StoreUnavailable."""
        ours, its = socketpair()
        with its:
            try:
                self._process = self._started(its)
            except OSError as error:
                ours.close()
                raise StoreUnavailable(f"the process that writes to the store cannot be started: {error}") from error
        ours.setblocking(False)
        self._socket = ours

    def _started(self, its: socket) -> "subprocess.Popen[bytes] | None":
        """The process at the other end of the line. Raises OSError."""
        home = str(Path(__file__).parents[1])
        known = {"PYTHONPATH": os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))}
        # -P and the path: the same program as ours, whatever lies in the folder in which we were started.
        command = [sys.executable, "-P", "-m", "db.writer_process", str(self._path)]
        return subprocess.Popen(  # noqa: S603 - our own words
            command, stdin=its.fileno(), stdout=subprocess.DEVNULL, env=os.environ | known
        )

    async def keep(self, asked: ToKeep) -> Kept:
        """Keep it."""
        body = framed(encoded(asked))
        line = self._line if self._line is not None and not self._line.is_over else await self._connected()
        try:
            answer = answer_of(await line.ask(body))
        except asyncio.CancelledError:
            line.close()  # or the answer would be taken for the next one's
            raise
        if isinstance(answer, Failed):
            raise error_of(answer.error)
        return answer

    async def _connected(self) -> "_Line":
        """A line to a process that writes, to another one where the last has ended. Raises StoreUnavailable."""
        if self._line is not None:
            await self._ended()
        if self._socket is None:
            self.begin()
        _, self._line = await asyncio.get_running_loop().create_unix_connection(_Line, sock=self._socket)
        self._socket = None  # it is the line's now
        return self._line

    async def _ended(self) -> None:
        """Wait for the end of a process to which our line is closed."""
        process, self._process, self._line = self._process, None, None
        if process is None:
            return
        try:
            how = await asyncio.to_thread(process.wait, ENDS_IN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            how = await asyncio.to_thread(process.wait)
        if how:
            log.warning("the process that writes to the store has ended by itself", code=how)

    async def aclose(self) -> None:
        """Close the file and end."""
        if self._line is not None:
            self._line.close()
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        await asyncio.shield(self._ended())


class _Line(asyncio.Protocol):
    """Our end of the line to a writer's process: one question, then its answer."""

    def __init__(self) -> None:
        self.is_over = False
        self._transport: asyncio.WriteTransport | None = None
        self._came = bytearray()
        self._answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is no subclass

    def ask(self, body: bytes) -> "asyncio.Future[bytes]":
        """The answer to come. Raises StoreUnavailable where the process ends before."""
        self._answer = asyncio.get_running_loop().create_future()
        if self._transport is None or self.is_over:
            self._answer.set_exception(StoreUnavailable(ENDED))
        else:
            self._transport.write(body)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._came += data
        body = whole(self._came)
        if body is None:
            return
        self._came.clear()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(body)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_over = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(StoreUnavailable(ENDED))

    def close(self) -> None:
        """Let the process end."""
        self.is_over = True
        if self._transport is not None:
            self._transport.close()
