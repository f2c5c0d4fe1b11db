"""How a conversation's way to a person and back is written down, in the transactions that take it there.

Statements are PostgreSQL's, as in ``db.desk_acts``: SQLite gets them through ``for_sqlite``.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from bot.ports.log import Mode

Statement = tuple[str, tuple[object, ...]]
_CAST = re.compile(r"::\w+")


@lru_cache(maxsize=128)
def for_sqlite(statement: str) -> str:
    """The statement in SQLite's words: numbered places, no casts; its one writer needs no row locks."""
    return _CAST.sub("", statement).replace("$", "?").replace("FOR NO KEY UPDATE", "")


_OF = """
SELECT c.id, ct.channel, c.branch, {reason}, {called}::timestamptz
FROM conversations c JOIN contacts ct ON ct.id = c.contact_id WHERE c.id = $1 {where} ON CONFLICT DO NOTHING"""
CALLED = "INSERT INTO handovers (conversation_id, channel, branch, reason, called_at)" + _OF.format(
    reason="c.handover_reason", called="coalesce(c.waiting_since, $2)", where="AND c.mode = 'waiting'"
)
"""A reader waits from now on; one who waits already, or is answered, is not written down anew."""
CAME = "INSERT INTO handovers (conversation_id, channel, branch, reason, called_at)" + _OF.format(
    reason="'taken'", called="$2", where=""
)
TAKEN = """
UPDATE handovers SET taken_at = coalesce(taken_at, $2), staff_id = $3
WHERE conversation_id = $1 AND ended_at IS NULL"""
ANSWERED = """
UPDATE handovers SET answered_at = $2
WHERE id = (SELECT max(h.id) FROM handovers h WHERE h.conversation_id = $1) AND answered_at IS NULL"""
"""An answer leaves some seconds after it was given: the conversation may be closed by then."""
ENDED = "UPDATE handovers SET ended_at = $2, ended = $3 WHERE conversation_id = $1 AND ended_at IS NULL"
MOVED = (
    """
UPDATE handovers SET conversation_id = $1 WHERE conversation_id = $2 AND (ended_at IS NOT NULL
OR NOT EXISTS (SELECT 1 FROM handovers o WHERE o.conversation_id = $1 AND o.ended_at IS NULL))""",
    """
UPDATE handovers SET conversation_id = $1, ended_at = called_at, ended = 'moved' WHERE conversation_id = $2""",
)
"""What goes over to another conversation ($1) of the same person ($2)."""


def of_turn(conversation_id: int, mode: Mode | None, now: datetime) -> Sequence[Statement]:
    """What a turn that is kept changes; nothing in nearly all turns, which leave the mode as it is."""
    if mode is None:
        return ()
    if mode is Mode.WAITING:
        return ((CALLED, (conversation_id, now)),)
    return ((ENDED, (conversation_id, now, "cancelled")),)


def taken(conversation_id: int, staff_id: int | None, now: datetime) -> Sequence[Statement]:
    """A person has it from now on, called or not."""
    return ((CAME, (conversation_id, now)), (TAKEN, (conversation_id, now, staff_id)))


def answered(conversation_id: int, now: datetime) -> Statement:
    """The first answer of a person has left."""
    return ANSWERED, (conversation_id, now)


def ended(conversation_id: int, now: datetime, how: str) -> Statement:
    """No person is wanted any more."""
    return ENDED, (conversation_id, now, how)


def called(conversation_id: int, now: datetime) -> Statement:
    """A reader waits."""
    return CALLED, (conversation_id, now)


def answered_there(conversation_id: int, now: datetime) -> Sequence[Statement]:
    """A person answered in the messenger's own interface."""
    return (*taken(conversation_id, None, now), answered(conversation_id, now))
