"""Rows of the desk as the values that the console is given."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bot.desk import Asked, InboxEntry, Note, Said, Tab, Talk
from bot.messages import ButtonPress, Contact, Photo, Reply, SharedPhone, Started, Text, Unsupported
from bot.ports.letters import Author
from bot.ports.log import Mode
from db import rows
from db.forgetting import GONE

SNIPPET = 160


def moment(stored: Any) -> datetime:
    """A moment as either driver brings it."""
    return rows.from_sqlite(stored) if isinstance(stored, str) else stored.astimezone(UTC)


def json_text(stored: Any) -> str | None:
    """A JSON column as text, as either driver brings it."""
    return stored if stored is None or isinstance(stored, str) else json.dumps(stored, ensure_ascii=False)


def entry(row: Any, asked: Asked) -> InboxEntry:
    """One line of a list."""
    said, kind = _words(row.author, row.text or "", row.content) if row.author else ("", "")
    said_at = moment(row.said_at) if row.said_at else datetime.min.replace(tzinfo=UTC)
    since = {Tab.WAITING: row.waiting_since, Tab.CLOSED: row.closed_at}.get(asked.tab)
    return InboxEntry(
        conversation_id=row.id,
        contact=Contact(channel=row.channel, address=row.address),
        name=row.name,
        mode=Mode(row.mode),
        holder_id=row.staff_id,
        holder=row.holder or "",
        branch=row.branch or asked.sources.get(row.source, ""),
        reason=row.handover_reason,
        since=moment(since) if since else said_at,
        said=" ".join(said.split())[:SNIPPET],
        kind=kind,
        author=Author(row.author) if row.author else None,
        unanswered=row.author == Author.READER and getattr(row, "shown_id", row.last_id) == row.last_id,
    )


def _words(author: str, text: str, content: Any) -> tuple[str, str]:
    """What was said, and what it was where it had no words."""
    extra = json_text(content)
    if author != Author.READER:
        return text, "" if text else "file"
    arrived, _ = rows.content_of(text, extra)
    said: tuple[str, str]
    match arrived:
        case ButtonPress(payload, label):
            said = (label or payload, "press")
        case Started():
            said = ("", "start")
        case Photo(caption=caption):
            said = (caption, "photo")
        case SharedPhone():
            said = ("", "phone")
        case Unsupported(kind):
            said = ("", kind)
        case Text():
            said = (text, "")
    return said


def talk(
    head: Any, said: Sequence[Any], held: Sequence[Any], notes: Sequence[Any], marked: Any, asked: Asked, page: int
) -> Talk:
    """The whole conversation, the oldest words first."""
    shown = [_said(row) for row in reversed(said[:page])]
    shown += [_held(row) for row in held]
    first = shown[0].at if shown and len(said) > page else datetime.min.replace(tzinfo=UTC)
    written = [
        Note(note_id=row.id, staff=row.staff, text=row.text, at=moment(row.created_at)) for row in reversed(notes)
    ]
    return Talk(
        conversation_id=head.id,
        contact=Contact(channel=head.channel, address=head.address),
        name=head.name,
        language=head.language,
        mode=Mode(head.mode),
        holder_id=head.staff_id,
        holder=head.holder or "",
        branch=head.branch or asked.sources.get(head.source, ""),
        reason=head.handover_reason,
        waiting_since=moment(head.waiting_since) if head.waiting_since else None,
        heard_at=moment(head.heard_at) if head.heard_at else None,
        unreachable=head.unreachable_since is not None,
        erased=_erased(head),
        said=tuple(shown),
        notes=tuple(note for note in written if note.at >= first),
        earlier=len(said) > page,
        draft=head.draft or "",
        mark=mark(marked),
    )


def written_before(notes: Sequence[Any], found: Sequence[Any]) -> Sequence[Any]:
    """Those of the notes that are older than a message; none where there is no such message."""
    return [row for row in notes for message in found if moment(row.created_at) < moment(message.created_at)]


def _erased(head: Any) -> bool:
    """Nobody is there any more; who has written again since is a stranger, and is answered."""
    if head.address.startswith(GONE):
        return True
    return bool(head.erased_at) and (not head.arrived_at or moment(head.arrived_at) <= moment(head.erased_at))


def _said(row: Any) -> Said:
    kind = ""
    if row.author == Author.READER:
        words, kind = _words(row.author, row.text, row.content)
        reply = Reply(text=words)
    else:
        reply = rows.reply_of(row.text, json_text(row.content))
    return Said(
        message_id=row.id,
        author=Author(row.author),
        reply=reply,
        at=moment(row.created_at),
        staff=row.staff or "",
        kind=kind,
        state=row.state,
        reason=(row.error or "") if row.state in ("failed", "aside") else "",
        outcome=row.outcome or "",
        intent=row.intent or "",
    )


def _held(row: Any) -> Said:
    return Said(
        message_id=0,
        author=Author.LIBRARIAN,
        reply=rows.reply_of(row.text, json_text(row.content)),
        at=moment(row.created_at),
        staff=row.staff,
        state="held",
        key=row.key,
        until=moment(row.due_at),
    )


def mark(row: Any) -> str:
    """What differs after every change; "" where there is no such conversation."""
    if row.mode is None:
        return ""
    waiting = moment(row.waiting_since).timestamp() if row.waiting_since else 0
    seen = (row.staff_id, row.branch, row.newest, row.states, row.note, row.held, waiting)
    return ":".join(map(str, (row.mode, *seen)))
