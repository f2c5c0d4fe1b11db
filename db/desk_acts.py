"""What librarians do with conversations: one script for both databases, run in the log's own transactions.

A script yields statements and is sent their rows, so that SQLite's writer and PostgreSQL's connection run the
very same rules. Statements are PostgreSQL's; for SQLite ``handover_acts.for_sqlite`` rewrites places and drops casts.
"""

from collections.abc import Generator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.desk_actions import (
    Acted,
    Close,
    DeskAction,
    DeskState,
    GiveBack,
    HandOn,
    Release,
    Relieve,
    Say,
    Take,
    TakeBack,
)
from bot.messages import Contact, Lane
from bot.ports.log import Mode
from db import handover_acts as handovers
from db import rows
from db.log_common import DESK, outgoing

KEY = "desk:"
"""Before the page's own id of an answer; no messenger's ids begin so."""
REMEMBER_TAKEN_BACK = timedelta(days=1)
"""A repeat of a press that came after its answer was taken back is not later."""

HEAD = """
SELECT c.mode, c.staff_id, ct.channel, ct.address FROM conversations c JOIN contacts ct ON ct.id = c.contact_id
WHERE c.id = $1"""
LOCK = "SELECT id FROM conversations WHERE id = $1 FOR NO KEY UPDATE"
TAKE = """
UPDATE conversations SET mode = 'person', staff_id = $2, held_at = $3, waiting_since = NULL, closed_at = NULL
WHERE id = $1"""
TO_BRANCH = """
UPDATE conversations SET mode = 'waiting', staff_id = NULL, held_at = NULL, closed_at = NULL, branch = $2,
waiting_since = coalesce(waiting_since, $3) WHERE id = $1"""
BACK = """
UPDATE conversations SET mode = 'bot', staff_id = NULL, held_at = NULL, waiting_since = NULL, closed_at = NULL,
handover_reason = '', dialogue = '{}' WHERE id = $1"""
CLOSE = """
UPDATE conversations SET mode = 'closed', staff_id = $2, held_at = NULL, waiting_since = NULL, closed_at = $3,
handover_reason = '', dialogue = '{}' WHERE id = $1"""
SAID_ALREADY = """
SELECT 1 FROM staff_answers WHERE key = $1
UNION ALL SELECT 1 FROM messages WHERE channel = $2 AND idempotency_key = $3"""
SAY = """
INSERT INTO staff_answers (conversation_id, staff_id, key, text, content, created_at, due_at)
VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7)"""
NO_DRAFT = "DELETE FROM staff_drafts WHERE staff_id = $1 AND conversation_id = $2"
TAKE_BACK = """
UPDATE staff_answers SET due_at = NULL, text = '', content = NULL
WHERE key = $1 AND staff_id = $2 AND conversation_id = $3 AND due_at > $4 RETURNING id"""
DUE = """
SELECT a.id, ct.channel, ct.address, a.conversation_id FROM staff_answers a
JOIN conversations c ON c.id = a.conversation_id JOIN contacts ct ON ct.id = c.contact_id
WHERE a.due_at <= $1 ORDER BY a.id LIMIT 500"""
LEAVE = """
INSERT INTO messages (conversation_id, channel, author, state, text, content, idempotency_key, lane, created_at,
staff_id)
SELECT a.conversation_id, ct.channel, 'librarian', 'queued', a.text, a.content, 'desk:' || a.key,
 $2::integer, $3::timestamptz, a.staff_id
FROM staff_answers a JOIN conversations c ON c.id = a.conversation_id JOIN contacts ct ON ct.id = c.contact_id
WHERE a.id = $1 ON CONFLICT (channel, idempotency_key) DO NOTHING"""
LEFT = "DELETE FROM staff_answers WHERE id = $1"
TIDY = "DELETE FROM staff_answers WHERE due_at IS NULL AND created_at < $1"
RELIEVE = """
UPDATE conversations SET
mode = CASE WHEN l.author = 'reader' THEN 'waiting' ELSE 'bot' END,
waiting_since = CASE WHEN l.author = 'reader' THEN l.created_at END,
handover_reason = CASE WHEN l.author = 'reader' THEN 'silence' ELSE '' END,
staff_id = NULL, held_at = NULL, dialogue = '{}'
FROM (
  SELECT h.id AS conversation_id, m.author, m.created_at FROM conversations h LEFT JOIN messages m
  ON m.id = (SELECT max(n.id) FROM messages n WHERE n.conversation_id = h.id)
  WHERE h.mode = 'person' AND h.held_at < $1) AS l
WHERE conversations.id = l.conversation_id RETURNING conversations.id, conversations.mode"""

MOVED = (
    """
UPDATE conversations SET staff_id = o.staff_id, held_at = o.held_at, closed_at = o.closed_at, branch = o.branch
FROM (SELECT id, staff_id, held_at, closed_at, branch, mode FROM conversations) AS o
WHERE conversations.id = $1 AND o.id = $2 AND conversations.mode = o.mode""",
    "UPDATE staff_notes SET conversation_id = $1 WHERE conversation_id = $2",
    "UPDATE staff_answers SET conversation_id = $1 WHERE conversation_id = $2",
    *handovers.MOVED,
)
"""What of the desk goes over to another conversation ($1) of the same person ($2)."""

Script = Generator[tuple[str, tuple[object, ...]], Sequence[Any], Acted]


def script(action: DeskAction, now: datetime, topics: set[object]) -> Script:
    """The statements of an action, in their order; ``topics`` is filled with who wants to hear of it."""
    match action:
        case Take():
            return _take(action, now, topics)
        case HandOn():
            return _hand_on(action, now, topics)
        case GiveBack():
            number = action.conversation_id
            return _leave(action, topics, (BACK, (number,)), handovers.ended(number, now, "given_back"))
        case Close():
            number = action.conversation_id
            closing = CLOSE, (number, action.staff_id, now)
            return _leave(action, topics, closing, handovers.ended(number, now, "closed"))
        case _:
            return _other(action, now, topics)


def _other(action: Say | TakeBack | Release | Relieve, now: datetime, topics: set[object]) -> Script:
    match action:
        case Say():
            return _say(action, now, topics)
        case TakeBack():
            return _take_back(action, now, topics)
        case Release():
            return _release(now, topics)
        case Relieve():
            return _relieve(action, now, topics)


def _relieve(action: Relieve, now: datetime, topics: set[object]) -> Script:
    yield TIDY, (now - REMEMBER_TAKEN_BACK,)
    relieved = yield RELIEVE, (action.since,)
    for conversation_id, mode in relieved:
        yield handovers.ended(conversation_id, now, "silence")
        if mode == Mode.WAITING:
            yield handovers.called(conversation_id, now)
    if relieved:
        topics.add(DESK)
    return Acted(state=DeskState.DONE, count=len(relieved))


def _head(conversation_id: int) -> Generator[tuple[str, tuple[object, ...]], Sequence[Any], Any]:
    """Where the conversation stands, locked against the turns of the bot; None where it is gone."""
    yield LOCK, (conversation_id,)
    found = yield HEAD, (conversation_id,)
    return found[0] if found else None


def _has_colleague(head: Any, staff_id: int) -> int | None:
    """The colleague who has it, None where nobody else has."""
    return head[1] if head[0] == Mode.PERSON and head[1] not in (None, staff_id) else None


def _take(action: Take, now: datetime, topics: set[object]) -> Script:
    head = yield from _head(action.conversation_id)
    if head is None:
        return Acted(state=DeskState.GONE)
    holder = _has_colleague(head, action.staff_id)
    if holder is not None and holder != action.even_from:
        return Acted(state=DeskState.TAKEN, holder_id=holder)
    yield TAKE, (action.conversation_id, action.staff_id, now)
    yield from _steps(handovers.taken(action.conversation_id, action.staff_id, now))
    topics.update((DESK, _contact(head)))
    return Acted(state=DeskState.DONE)


def _steps(statements: Iterable[handovers.Statement]) -> Generator[handovers.Statement, Sequence[Any], None]:
    """Statements whose rows nobody needs."""
    for statement in statements:  # noqa: UP028 - a script is sent rows, and a list takes none
        yield statement


def _hand_on(action: HandOn, now: datetime, topics: set[object]) -> Script:
    number, to = action.conversation_id, action.colleague
    if to is not None:
        return _leave(action, topics, (TAKE, (number, to, now)), *handovers.taken(number, to, now))
    return _leave(action, topics, (TO_BRANCH, (number, action.branch, now)), handovers.called(number, now))


def _leave(action: HandOn | GiveBack | Close, topics: set[object], *statements: handovers.Statement) -> Script:
    """It is not this librarian's any more; nobody takes it from a colleague so."""
    head = yield from _head(action.conversation_id)
    if head is None:
        return Acted(state=DeskState.GONE)
    holder = _has_colleague(head, action.staff_id)
    if holder is not None:
        return Acted(state=DeskState.TAKEN, holder_id=holder)
    yield from _steps(statements)
    topics.update((DESK, _contact(head)))
    return Acted(state=DeskState.DONE)


def _say(action: Say, now: datetime, topics: set[object]) -> Script:
    head = yield from _head(action.conversation_id)
    if head is None:
        return Acted(state=DeskState.GONE)
    if (yield SAID_ALREADY, (action.key, head[2], KEY + action.key)):
        return Acted(state=DeskState.DONE)
    holder = _has_colleague(head, action.staff_id)
    if holder is not None:
        return Acted(state=DeskState.TAKEN, holder_id=holder)
    yield TAKE, (action.conversation_id, action.staff_id, now)
    yield from _steps(handovers.taken(action.conversation_id, action.staff_id, now))
    said = (rows.clean(action.reply.text), rows.reply_extra(action.reply), now, action.leaves_at)
    yield SAY, (action.conversation_id, action.staff_id, action.key, *said)
    yield NO_DRAFT, (action.staff_id, action.conversation_id)
    topics.update((DESK, _contact(head)))
    if action.leaves_at <= now:
        yield from _release(now, topics)
    return Acted(state=DeskState.DONE)


def _take_back(action: TakeBack, now: datetime, topics: set[object]) -> Script:
    head = yield from _head(action.conversation_id)
    if head is None:
        return Acted(state=DeskState.GONE)
    done = yield TAKE_BACK, (action.key, action.staff_id, action.conversation_id, now)
    topics.update((DESK, _contact(head)))
    return Acted(state=DeskState.DONE if done else DeskState.LATE, count=len(done))


def _release(now: datetime, topics: set[object]) -> Script:
    due = yield DUE, (now,)
    for number, channel, address, conversation_id in due:
        yield LEAVE, (number, Lane.REPLY.value, now)
        yield LEFT, (number,)
        yield handovers.answered(conversation_id, now)
        topics.update((DESK, outgoing(channel), Contact(channel=channel, address=address)))
    return Acted(state=DeskState.DONE, count=len(due))


def _contact(head: Any) -> Contact:
    return Contact(channel=head[2], address=head[3])
