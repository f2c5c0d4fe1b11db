"""What one transaction of the log on SQLite is to keep, and what became of it: numbers and texts, ready for the tables.

Whoever writes may be a process of its own (``db.writer_process``), to which and back it goes as msgpack. What comes
seldom goes along as the objects that it is, pickled: both ends are one program.
"""

import pickle
from collections.abc import Iterable, Sequence

import msgspec

from db.log_common import Operation

HandledRow = tuple[int, str, str, float, str, int]
"""A turn at its message: id, outcome, intent, confidence, error, whether its words were secret."""
LeftRow = tuple[int, str, str, str, int]
"""Where a turn leaves its conversation: id, dialogue, mode, reason, whether it speaks."""
ReplyRow = tuple[int, str, str, str]
"""What a turn says: its place among the turns, channel, text, extra."""
SentRow = tuple[int, str, str]
"""A message that a messenger took: id, channel, the messenger's own id."""


class Came(msgspec.Struct, array_like=True, frozen=True):
    """A message of a reader; ``corrects`` and ``external_id`` are "" where there is none."""

    channel: str
    address: str
    name: str
    language: str
    text: str
    extra: str
    key: str
    said_at: str
    external_id: str
    corrects: str


class ToKeep(msgspec.Struct, array_like=True, frozen=True):
    """What one transaction is to keep.

    Attributes:
        now: The moment, as SQLite keeps it.
        came: Messages, in the order in which they came.
        brought: Start parameters of links, with the channel and address of whoever came by them.
        handled / left: Turns, each with one row in both.
        replies: What the turns say, in their order.
        sent: What messengers took.
        seldom: Other operations (:func:`packed`).
        in_hand: Messages whose turns are under way, where one of those that came corrects another.
    """

    now: str
    came: list[Came]
    brought: list[tuple[str, str, str]]
    handled: list[HandledRow]
    left: list[LeftRow]
    replies: list[ReplyRow]
    sent: list[SentRow]
    seldom: bytes
    in_hand: list[int]


class Met(msgspec.Struct, array_like=True, frozen=True):
    """What became of a message that came, and who wrote it as far as is known now."""

    message_id: int
    conversation_id: int
    fresh: bool
    name: str
    language: str
    is_new: bool


class Kept(msgspec.Struct, array_like=True, frozen=True, tag="kept"):
    """What one transaction kept.

    Attributes:
        met: An entry for each that came.
        fates: ``Fate`` values, one for each turn.
        first_reply: The id of the first reply; those of all turns that were kept follow it without a gap.
        seldom: Results of the other operations, and who wants to hear of them (:func:`packed_results`).
        is_foreign: Whether somebody else has written to the store since the last transaction.
    """

    met: list[Met]
    fates: list[int]
    first_reply: int
    seldom: bytes
    is_foreign: bool


class Failed(msgspec.Struct, array_like=True, frozen=True, tag="failed"):
    """Nothing was kept; ``error`` is the exception, pickled."""

    error: bytes


encoded = msgspec.msgpack.Encoder().encode
to_keep_of = msgspec.msgpack.Decoder(ToKeep).decode
_decode_answer = msgspec.msgpack.Decoder(Kept | Failed).decode


def answer_of(body: bytes) -> Kept | Failed:
    """What a writer's process says."""
    answer: Kept | Failed = _decode_answer(body)
    return answer


def packed(operations: Sequence[Operation]) -> bytes:
    """Operations for a sheet; nothing at all for none."""
    return pickle.dumps(operations) if operations else b""


def operations_of(seldom: bytes) -> Sequence[Operation]:
    """The operations of a sheet."""
    return pickle.loads(seldom) if seldom else ()  # noqa: S301 - from our own process


def packed_results(results: Sequence[object], topics: Iterable[object]) -> bytes:
    """What became of a sheet's operations; nothing at all for none."""
    return pickle.dumps((results, set(topics))) if results else b""


def results_of(seldom: bytes) -> tuple[Sequence[object], set[object]]:
    """Results of a sheet's operations, and the topics that changed."""
    return pickle.loads(seldom) if seldom else ((), set())  # noqa: S301 - as above


def packed_error(error: BaseException) -> bytes:
    """An exception for another process; its kind and words where it cannot go there itself."""
    try:
        packed = pickle.dumps(error)
        pickle.loads(packed)  # noqa: S301 - as above; some can be packed and not unpacked
    except Exception:  # noqa: BLE001 - whatever it is, it must not hide the fault
        return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))
    return packed


def error_of(error: bytes) -> BaseException:
    """The exception."""
    raised: BaseException = pickle.loads(error)  # noqa: S301 - as above
    return raised
