"""What messengers tell beside messages, kept on SQLite: by the writer, in the transaction of the batch."""

import sqlite3
from collections.abc import Container
from typing import Any

from bot.messages import Contact, Moved, Presence, Removed, StaffReply
from db import desk_sqlite as desk
from db import handover_acts as handovers
from db import rows
from db.desk_acts import MOVED
from db.handover_acts import for_sqlite
from db.log_common import DESK, FORGET, STAFF_KEY, outgoing, stored_key
from db.log_sheets import Came, Met

OUT_OF_REACH = """
UPDATE contacts SET unreachable_since = coalesce(unreachable_since, ?3) WHERE channel = ?1 AND address = ?2
AND NOT EXISTS (SELECT 1 FROM conversations c JOIN messages m ON m.conversation_id = c.id
  WHERE c.contact_id = contacts.id AND m.author = 'reader' AND m.said_at > ?3)"""
IN_REACH = "UPDATE contacts SET unreachable_since = NULL WHERE channel = ? AND address = ?"
STILL_WAITING = """
SELECT count(*) FROM messages WHERE channel = ? AND external_id = ? AND author = 'reader' AND state = 'waiting'"""
WIPE = """
UPDATE messages SET text = '', content = '{"unsupported":"removed"}', error = NULL,
outcome = CASE WHEN state = 'waiting' THEN 'silent' ELSE outcome END,
done_at = CASE WHEN state = 'waiting' THEN ?3 ELSE done_at END,
state = CASE WHEN state = 'waiting' THEN 'handled' ELSE state END
WHERE channel = ?1 AND external_id = ?2 AND author = 'reader'"""
MEET = """
INSERT INTO contacts (channel, address, name, language, created_at) VALUES (?, ?, '', '', ?)
ON CONFLICT DO NOTHING"""
TALK = """
INSERT INTO conversations (contact_id, dialogue) SELECT id, '{}' FROM contacts WHERE channel = ? AND address = ?
ON CONFLICT DO NOTHING"""
STAFF_SAID = """
INSERT INTO messages (conversation_id, channel, author, state, text, idempotency_key, external_id,
created_at, said_at, done_at)
SELECT ?1, ?2, 'librarian', 'sent', ?3, ?4, ?5, ?6, ?7, ?6
WHERE NOT EXISTS (SELECT 1 FROM messages o WHERE o.channel = ?2 AND o.external_id = ?5 AND o.author <> 'reader')
ON CONFLICT (channel, idempotency_key) DO NOTHING"""
TAKE_OVER = """
UPDATE conversations SET mode = 'person', waiting_since = NULL, handover_reason = '', closed_at = NULL, held_at = ?2,
staff_id = CASE WHEN mode = 'person' THEN staff_id END WHERE id = ?1"""
WHO = """
SELECT ct.id, c.id, c.mode, c.waiting_since, c.handover_reason, ct.name,
EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.author = 'reader' AND m.said_at > ?3)
FROM contacts ct JOIN conversations c ON c.contact_id = ct.id WHERE ct.channel = ?1 AND ct.address = ?2"""
NEW_ADDRESS = "UPDATE contacts SET address = ?, unreachable_since = NULL WHERE id = ?"
BRING_MESSAGES = "UPDATE messages SET conversation_id = ? WHERE conversation_id = ?"
BRING_NAME = "UPDATE contacts SET name = iif(name = '', ?, name) WHERE id = ?"
BRING_ACCOUNT = (
    """
UPDATE contact_cards SET contact_id = ?1 WHERE contact_id = ?2
AND patron_id NOT IN (SELECT patron_id FROM contact_cards WHERE contact_id = ?1)""",
    "DELETE FROM contact_cards WHERE contact_id = ?2 AND contact_id <> ?1",
    """
UPDATE consents SET contact_id = ?1 WHERE contact_id = ?2
AND key NOT IN (SELECT key FROM consents WHERE contact_id = ?1)""",
    """
UPDATE notice_wishes SET contact_id = ?1 WHERE contact_id = ?2
AND NOT EXISTS (SELECT 1 FROM notice_wishes WHERE contact_id = ?1)""",
)
"""Cards, consents and wishes go over to the contact that the reader goes on with."""
BRING_MODE = "UPDATE conversations SET mode = ?, waiting_since = ?, handover_reason = ? WHERE id = ? AND mode = 'bot'"
LEAVE_CONTACT = "UPDATE contacts SET unreachable_since = coalesce(unreachable_since, ?) WHERE id = ?"
LEAVE_CONVERSATION = "UPDATE conversations SET mode = 'bot', waiting_since = NULL, handover_reason = '' WHERE id = ?"
CORRECTED = """
SELECT m.id, m.conversation_id, m.state, m.text, ct.address FROM messages m
JOIN conversations c ON c.id = m.conversation_id JOIN contacts ct ON ct.id = c.contact_id
WHERE m.channel = ? AND m.external_id = ? AND m.author = 'reader' ORDER BY m.id DESC LIMIT 1"""
CORRECT = "UPDATE messages SET text = ?, content = ? WHERE id = ?"


def keep(db: sqlite3.Connection, event: Presence | Removed | StaffReply | Moved, now: str, topics: set[object]) -> int:
    """Keep one event; returns how many messages do not wait any more."""
    match event:
        case Presence():
            _presence(db, event, topics)
        case Removed():
            return _removed(db, event, now)
        case StaffReply():
            _staff_reply(db, event, now, topics)
        case Moved():
            _moved(db, event, now, topics)
    return 0


def _presence(db: sqlite3.Connection, event: Presence, topics: set[object]) -> None:
    """The contact is out of reach, or in reach again."""
    contact = event.contact
    if event.reachable:
        db.execute(IN_REACH, (contact.channel, rows.clean(contact.address)))
    else:
        db.execute(OUT_OF_REACH, (contact.channel, rows.clean(contact.address), rows.to_sqlite(event.at)))
    topics.add(FORGET)


def _removed(db: sqlite3.Connection, event: Removed, now: str) -> int:
    """Wipe the words; returns how many messages do not wait any more."""
    key = (event.channel, stored_key(rows.clean(event.external_id)))
    waited: int = db.execute(STILL_WAITING, key).fetchone()[0]
    db.execute(WIPE, (*key, now))
    return waited


def _staff_reply(db: sqlite3.Connection, event: StaffReply, now: str, topics: set[object]) -> None:
    """A librarian wrote in the messenger: the conversation is theirs."""
    channel, address = event.contact.channel, rows.clean(event.contact.address)
    said_at = rows.to_sqlite(event.at)
    db.execute(MEET, (channel, address, now))
    db.execute(TALK, (channel, address))
    conversation_id = db.execute(WHO, (channel, address, said_at)).fetchone()[1]
    external = rows.clean(event.external_id)
    values = (rows.clean(event.text), stored_key(STAFF_KEY + external), stored_key(external), now, said_at)
    if db.execute(STAFF_SAID, (conversation_id, channel, *values)).rowcount > 0:
        db.execute(TAKE_OVER, (conversation_id, now))
        desk.keep(db, handovers.answered_there(conversation_id, rows.from_sqlite(now)))
        topics.update((event.contact, DESK))


def _moved(db: sqlite3.Connection, event: Moved, now: str, topics: set[object]) -> None:
    """The contact goes on at the new address; an old conversation goes over to one that is there already."""
    channel, address = event.contact.channel, rows.clean(event.address)
    at = rows.to_sqlite(event.at)
    old: Any = db.execute(WHO, (channel, rows.clean(event.contact.address), at)).fetchone()
    if old is None or old[6] or address == event.contact.address:
        return  # unknown, or somebody else has the old address by now
    new: Any = db.execute(WHO, (channel, address, at)).fetchone()
    if new is None:
        db.execute(NEW_ADDRESS, (address, old[0]))
    else:
        db.execute(BRING_MESSAGES, (new[1], old[1]))
        db.execute(LEAVE_CONTACT, (now, old[0]))
        db.execute(BRING_NAME, (old[5], new[0]))
        for bring in BRING_ACCOUNT:
            db.execute(bring, (new[0], old[0]))
        db.execute(BRING_MODE, (old[2], old[3], old[4], new[1]))
        for statement in MOVED:
            db.execute(for_sqlite(statement), (new[1], old[1]))
        db.execute(LEAVE_CONVERSATION, (old[1],))
    topics.update((FORGET, outgoing(channel), event.contact, Contact(channel=channel, address=address)))


def corrected(db: sqlite3.Connection, came: Came, in_hand: Container[int]) -> Met | None:
    """Replace the words of a message that waits; None where the correction is a message of its own.

    Args:
        db: The writer's connection.
        came: The correction.
        in_hand: Messages whose turns are under way: their words are read already.
    """
    row = db.execute(CORRECTED, (came.channel, came.corrects)).fetchone()
    if row is None or row[4] != came.address:
        return None
    message_id, conversation_id, state, text, _ = row
    if text != came.text:
        if state != "waiting" or message_id in in_hand:
            return None
        db.execute(CORRECT, (came.text, came.extra or None, message_id))
    return Met(message_id, conversation_id, fresh=False, name=came.name, language=came.language, is_new=False)
