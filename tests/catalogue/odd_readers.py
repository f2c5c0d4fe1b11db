"""Readers of files for a process of its own, which has to load the module of its reader and all that this imports."""

import os
import signal
from collections.abc import Iterator

from bot.library.records import Read, RecordData
from catalogue.importers.source import SourceFile


def dies(_: SourceFile) -> Iterator[Read]:
    """A reader whose process is killed, as for want of memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    yield Read(ordinal=1, offset=1, record=RecordData(title="never"))


def half_a_character(_: SourceFile) -> Iterator[Read]:
    """A record with half of a surrogate pair."""
    yield Read(ordinal=1, offset=1, record=RecordData(title="Ма\ud800ть"))
