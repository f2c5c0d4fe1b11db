"""Files that take the place of others: after a power failure the old one is there or the new one, never half of one."""

import os
from pathlib import Path


def put(new: Path, place: Path) -> None:
    """Let ``new``, written to its end, become ``place``, in the same folder. Raises OSError where the disk refuses.

    A rename may reach the disk before what it names: it would then name an empty file.
    """
    to_disk(new)
    new.replace(place)
    if os.name == "posix":  # elsewhere a folder cannot be opened
        to_disk(place.parent)


def to_disk(path: Path) -> None:
    """Return when a file, or the names in a folder, have reached the disk."""
    held = os.open(path, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
