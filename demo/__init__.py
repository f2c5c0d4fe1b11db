"""The demonstration: a plausible district library with a real catalogue."""

import gzip
import hashlib
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
BOOKS, DISTRICT = "books.csv", "district.mrc"
LOADED = ".loaded"
_DAYS_AHEAD = re.compile(r"(?<=;)\+(\d{1,2})$", re.MULTILINE)
"""Due dates stand in the last column as days from the first start: «;+9»."""


def unpack(folder: Path) -> Path:
    """Put the demonstration's files into ``folder``; returns its configuration. What is there stays.

    Raises:
        OSError: The folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.yaml"
    if not config.exists():
        new = folder / "config.yaml.new"  # half a configuration would be read as a whole one the next time
        shutil.copyfile(HERE / "config.yaml", new)
        new.replace(config)
    if not is_loaded(folder):
        books = gzip.decompress((HERE / f"{BOOKS}.gz").read_bytes()).decode()
        (folder / BOOKS).write_text(with_due_dates(books, datetime.now(UTC).date()), "utf-8", newline="")
        (folder / DISTRICT).write_bytes(gzip.decompress((HERE / f"{DISTRICT}.gz").read_bytes()))
    return config


def catalogue_files(folder: Path) -> Sequence[Path]:
    """The files to import."""
    return [folder / DISTRICT, folder / BOOKS]


def is_loaded(folder: Path) -> bool:
    """Whether this version of the catalogue has been imported here."""
    try:
        return (folder / LOADED).read_text("ascii") == _version()
    except OSError:
        return False


def mark_loaded(folder: Path) -> None:
    """The catalogue is in the store: the files are not needed any more."""
    (folder / LOADED).write_text(_version(), "ascii")
    for file in catalogue_files(folder):
        file.unlink(missing_ok=True)


def with_due_dates(books: str, today: date) -> str:
    """The inventory with days ahead turned into dates."""
    return _DAYS_AHEAD.sub(lambda match: f"{today + timedelta(days=int(match[1])):%d.%m.%Y}", books)


def _version() -> str:
    digest = hashlib.sha256()
    for name in (BOOKS, DISTRICT):
        digest.update((HERE / f"{name}.gz").read_bytes())
    return digest.hexdigest()
