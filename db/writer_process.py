"""The writer of the message log on SQLite in a process of its own: ``python -m db.writer_process PATH``.

Its standard input is a socket on which sheets come, one at a time, and answers go. It ends when the other side of
that closes, and not before: whoever asked it to keep something is to hear what became of it, so a signal for all
processes of a service (Ctrl-C, a stop by systemd) is not for it.
"""

import signal
import socket
import sys
from pathlib import Path

from db.log_sheets import Failed, Kept, encoded, packed_error, to_keep_of
from db.log_sqlite_writing import SqliteWriter

LENGTH = 4
"""Bytes that tell how long a sheet or an answer is."""
AT_ONCE = 1 << 18


def framed(body: bytes) -> bytes:
    """A sheet or an answer as it goes over the line."""
    return len(body).to_bytes(LENGTH, "big") + body


def whole(came: bytearray) -> bytes | None:
    """The sheet or answer that has come, None while some of it is missing; nothing comes behind it yet."""
    if len(came) < LENGTH or len(came) < LENGTH + int.from_bytes(came[:LENGTH], "big"):
        return None
    return bytes(came[LENGTH:])


def serve(line: socket.socket, writer: SqliteWriter) -> None:
    """Keep what comes until the other side closes."""
    while (asked := _received(line)) is not None:
        line.sendall(framed(encoded(_answer(writer, asked))))


def _answer(writer: SqliteWriter, asked: bytes) -> Kept | Failed:
    try:
        return writer.keep(to_keep_of(asked))
    except Exception as error:  # noqa: BLE001 - whoever asked must hear of it, whatever it is
        return Failed(packed_error(error))


def _received(line: socket.socket) -> bytes | None:
    """One sheet; None at the end, in the middle of a sheet as well: who sent it has died."""
    came = bytearray()
    while (body := whole(came)) is None:
        some = line.recv(AT_ONCE)
        if not some:
            return None
        came += some
    return body


def main(path: str) -> None:
    """Write to this file for whoever is at the other end of the standard input."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    writer = SqliteWriter(Path(path))
    with socket.socket(fileno=sys.stdin.fileno()) as line:
        try:
            serve(line, writer)
        except OSError:
            pass  # the other side died while it was being told
        finally:
            writer.close()


if __name__ == "__main__":
    main(sys.argv[1])
