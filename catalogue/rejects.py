"""The list of records that an import left out: a table for people, the first few lines at hand."""

import csv
from dataclasses import field
from pathlib import Path
from typing import IO, Any, Protocol

from bot.errors import InputError
from bot.library.records import Rejected
from bot.quick import dataclass
from bot.spreadsheet import harmless

COLUMNS = ("file", "ordinal", "offset", "reason", "detail", "source_id", "head_hex")
SHOWN = 5


class OnDisk(Protocol):
    """A file that is read: which, and how far ``offset`` in it will go."""

    @property
    def path(self) -> Path:
        """Where it is."""
        ...

    @property
    def size(self) -> int:
        """Unpacked bytes, or rows."""
        ...


@dataclass(slots=True)
class Report:
    """Rejected records: into a file that appears with the first of them; the first few are remembered.

    Attributes:
        path: Where to; None writes none.
        asked: The operator named it: then it must be written. Otherwise the import is worth more than its report.
    """

    path: Path | None
    asked: bool = True
    shown: list[str] = field(default_factory=list)
    _file: IO[str] | None = None
    _rows: Any = None

    def note(self, source: "OnDisk", rejected: Rejected) -> None:
        """Take down one rejected record. Raises InputError where the report cannot be written."""
        if len(self.shown) < SHOWN:
            place = f"record {rejected.ordinal} at {rejected.offset}"
            self.shown.append(f"{source.path.name}: {place}: {rejected.reason.value} {rejected.detail}".rstrip())
        if self.path is None:
            return
        cells = (source.path.name, rejected.ordinal, rejected.offset, rejected.reason.value)
        texts = (rejected.detail, rejected.source_id, rejected.head)
        try:
            if self._rows is None:
                # With a byte order mark and semicolons, as the Excel of a Russian library opens it.
                self._file = self.path.open("w", encoding="utf-8-sig", newline="")
                self._rows = csv.writer(self._file, delimiter=";")
                self._rows.writerow(COLUMNS)
            self._rows.writerow([*cells, *map(harmless, texts)])
        except OSError as error:
            if self.asked:
                raise _unwritable(self.path, error) from None
            self.path = self._rows = None

    def close(self) -> None:
        """Finish the file. Raises InputError where it was asked for and the disk is full."""
        if self._file is not None:
            try:
                self._file.close()
            except OSError as error:
                if self.asked and self.path is not None:
                    raise _unwritable(self.path, error) from None
                self.path = self._rows = None

    @property
    def written(self) -> bool:
        """Whether there is a file to look into."""
        return self._rows is not None


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path}: the report cannot be written ({error.strerror}); name another file with --report")
