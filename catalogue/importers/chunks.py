"""The bytes of one record, before it is understood, and why it may not be."""

from bot.library.records import Rejection
from bot.quick import dataclass

LIMIT = 1 << 20
"""Longest record in bytes: ten times what ISO 2709 can say; also how much is read at a time."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What stands between two record terminators.

    Attributes:
        data: Without the terminator; the first 80 bytes where ``fault`` says why it cannot be used.
    """

    offset: int
    data: bytes
    fault: Rejection | None = None


class BadRecord(Exception):
    """A record that cannot be read; becomes a row of the report.

    Attributes:
        source_id: Its own id, where that much could be read.
    """

    def __init__(self, reason: Rejection, detail: str, source_id: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.source_id = source_id
