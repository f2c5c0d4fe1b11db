"""A file of bibliographic records that was recognised, and how its bytes are reached."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import field
from pathlib import Path
from typing import Literal

from bot.library.records import Read, Rejected
from bot.quick import dataclass

Format = Literal["marc21", "unimarc", "irbis_iso", "irbis_text", "marcxml", "table"]
Reader = Callable[["SourceFile"], Iterator[Read | Rejected]]

_MOST_PACKED = 1032  # what deflate can reach
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A recognised file: what it is, and its records one by one in constant memory.

    Attributes:
        format: What the records are written in.
        charset: Python's name of the encoding, or ``marc8`` and ``iso5426``, which Python does not know.
        size: How far ``offset`` of the records will go: unpacked bytes, rows for spreadsheets. A guide
            for a progress bar, not a promise: a packed file of 4 GiB and more tells less than it holds.
        evidence: Why this format and charset, in words for the operator.
        branch_in: The subfield of MARC21's 852 that names the branch.
        branches_otherwise: What the other subfield names, where no name of a branch told which of the two it is.
        holdings_apart: Whether records of holdings stand among MARC21's books, or may, as far as is known beforehand.
        one_house: Whether the library has one branch only: what a table says of places is of rooms and shelves.
        month_first: Whether a table's «3/5/2026» is the fifth of March.
        reader: Reads the records; a function of a module, so that the whole value can be pickled.
    """

    path: Path
    format: Format
    charset: str
    size: int
    evidence: str = ""
    branch_in: str = "a"
    branches_otherwise: tuple[str, ...] = ()
    holdings_apart: bool = False
    month_first: bool = False
    one_house: bool = False
    reader: Reader = field(repr=False, compare=False)

    def records(self) -> Iterator[Read | Rejected]:
        """Every record in order, good or rejected; one broken record never costs another.

        Raises:
            InputError: The file went away or cannot be read any more.
        """
        return self.reader(self)


class Stream:
    """The bytes of a file, unpacked if it is gzip; closes with its ``with`` block.

    Args:
        path: The file.
        last: Begin so many bytes before its end; 0, and every packed file, begins at the beginning.

    Attributes:
        damaged: The packed file ended early or went wrong: what was unpacked before has been given out.
    """

    def __init__(self, path: Path, last: int = 0) -> None:
        self._packed = gzip.open(path, "rb") if is_gzip(path) else None  # noqa: SIM115
        self._plain = None if self._packed else path.open("rb")
        if self._plain and last:
            self._plain.seek(max(0, path.stat().st_size - last))
        self.damaged = False

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes, b"" at the end and where a packed file is damaged. Raises OSError."""
        if self._plain:
            return self._plain.read(size)
        assert self._packed
        try:
            return self._packed.read1(size)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self.damaged = True
            return b""

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        for opened in (self._plain, self._packed):
            if opened:
                opened.close()


def is_gzip(path: Path) -> bool:
    """Whether a file is packed, by its first bytes and not by its name."""
    with path.open("rb") as file:
        return file.read(2) == _GZIP_MAGIC


def unpacked_size(path: Path) -> int:
    """Bytes of the unpacked file; of a gzip file what its last four bytes say (modulo 4 GiB)."""
    size = path.stat().st_size
    if not is_gzip(path) or size < 18:
        return size
    with path.open("rb") as file:
        file.seek(-4, 2)
        unpacked = int.from_bytes(file.read(4), "little")
    return unpacked if size // 2 <= unpacked <= size * _MOST_PACKED else size  # a cut file ends in anything
