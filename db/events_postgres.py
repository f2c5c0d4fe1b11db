"""What messengers tell beside messages, kept on PostgreSQL: in the batch's transaction."""

from datetime import datetime

from bot.messages import Contact, Inbound, Moved, Presence, Removed, StaffReply
from bot.ports.log import Recorded
from db import desk_postgres as desk
from db import handover_acts as handovers
from db import rows
from db.desk_acts import MOVED
from db.log_common import DESK, FORGET, STAFF_KEY, outgoing, stored_key
from db.postgres import Session

OUT_OF_REACH = """
UPDATE contacts SET unreachable_since = coalesce(unreachable_since, $3) WHERE channel = $1 AND address = $2
AND NOT EXISTS (SELECT 1 FROM conversations c JOIN messages m ON m.conversation_id = c.id
  WHERE c.contact_id = contacts.id AND m.author = 'reader' AND m.said_at > $3)"""
IN_REACH = "UPDATE contacts SET unreachable_since = NULL WHERE channel = $1 AND address = $2"
WIPE = """
WITH wiped AS (
  SELECT id, state FROM messages WHERE channel = $1 AND external_id = $2 AND author = 'reader' ORDER BY id FOR UPDATE)
UPDATE messages m SET text = '', content = '{"unsupported":"removed"}'::jsonb, error = NULL,
outcome = CASE WHEN w.state = 'waiting' THEN 'silent' ELSE m.outcome END,
done_at = CASE WHEN w.state = 'waiting' THEN $3::timestamptz ELSE m.done_at END,
state = CASE WHEN w.state = 'waiting' THEN 'handled' ELSE m.state END
FROM wiped w WHERE m.id = w.id RETURNING w.state"""
MEET = """
INSERT INTO contacts (channel, address, name, language, created_at) VALUES ($1, $2, '', '', $3)
ON CONFLICT DO NOTHING"""
TALK = """
INSERT INTO conversations (contact_id, dialogue) SELECT id, '{}' FROM contacts WHERE channel = $1 AND address = $2
ON CONFLICT DO NOTHING"""
STAFF_SAID = """
INSERT INTO messages (conversation_id, channel, author, state, text, idempotency_key, external_id,
created_at, said_at, done_at)
SELECT $1, $2::text, 'librarian', 'sent', $3, $4, $5::text, $6, $7, $6
WHERE NOT EXISTS (SELECT 1 FROM messages o WHERE o.channel = $2 AND o.external_id = $5 AND o.author <> 'reader')
ON CONFLICT (channel, idempotency_key) DO NOTHING RETURNING id"""
TAKE_OVER = """
UPDATE conversations SET mode = 'person', waiting_since = NULL, handover_reason = '', closed_at = NULL, held_at = $2,
staff_id = CASE WHEN mode = 'person' THEN staff_id END WHERE id = $1"""
WHO = """
SELECT ct.id, c.id AS conversation_id, c.mode, c.waiting_since, c.handover_reason, ct.name,
EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.author = 'reader' AND m.said_at > $3) AS back
FROM contacts ct JOIN conversations c ON c.contact_id = ct.id WHERE ct.channel = $1 AND ct.address = $2
FOR NO KEY UPDATE"""
NEW_ADDRESS = "UPDATE contacts SET address = $1, unreachable_since = NULL WHERE id = $2"
BRING_MESSAGES = "UPDATE messages SET conversation_id = $1 WHERE conversation_id = $2"
BRING_NAME = "UPDATE contacts SET name = CASE WHEN name = '' THEN $1 ELSE name END WHERE id = $2"
BRING_ACCOUNT = (
    """
UPDATE contact_cards SET contact_id = $1 WHERE contact_id = $2
AND patron_id NOT IN (SELECT patron_id FROM contact_cards WHERE contact_id = $1)""",
    "DELETE FROM contact_cards WHERE contact_id = $2 AND contact_id <> $1",
    """
UPDATE consents SET contact_id = $1 WHERE contact_id = $2
AND key NOT IN (SELECT key FROM consents WHERE contact_id = $1)""",
    """
UPDATE notice_wishes SET contact_id = $1 WHERE contact_id = $2
AND NOT EXISTS (SELECT 1 FROM notice_wishes WHERE contact_id = $1)""",
)
"""Cards, consents and wishes go over to the contact that the reader goes on with."""
BRING_MODE = """
UPDATE conversations SET mode = $1, waiting_since = $2, handover_reason = $3 WHERE id = $4 AND mode = 'bot'"""
LEAVE_CONTACT = "UPDATE contacts SET unreachable_since = coalesce(unreachable_since, $1) WHERE id = $2"
LEAVE_CONVERSATION = "UPDATE conversations SET mode = 'bot', waiting_since = NULL, handover_reason = '' WHERE id = $1"
CORRECTED = """
SELECT m.id, m.conversation_id, m.text, ct.address FROM messages m
JOIN conversations c ON c.id = m.conversation_id JOIN contacts ct ON ct.id = c.contact_id
WHERE m.channel = $1 AND m.external_id = $2 AND m.author = 'reader' ORDER BY m.id DESC LIMIT 1"""
FREE = "SELECT 1 FROM conversations WHERE id = $1 AND (leased_until IS NULL OR leased_until < $2) FOR NO KEY UPDATE"
CORRECT = """
UPDATE messages SET text = $2, content = $3::jsonb WHERE id = $1 AND state = 'waiting' RETURNING id"""


async def keep(db: Session, event: Presence | Removed | StaffReply | Moved, now: datetime, topics: set[object]) -> int:
    """Keep one event; returns how many messages do not wait any more."""
    match event:
        case Presence():
            await _presence(db, event, topics)
        case Removed():
            return await _removed(db, event, now)
        case StaffReply():
            await _staff_reply(db, event, now, topics)
        case Moved():
            await _moved(db, event, now, topics)
    return 0


async def _presence(db: Session, event: Presence, topics: set[object]) -> None:
    """The contact is out of reach, or in reach again."""
    contact = event.contact
    if event.reachable:
        await db.execute(IN_REACH, contact.channel, rows.clean(contact.address))
    else:
        await db.execute(OUT_OF_REACH, contact.channel, rows.clean(contact.address), event.at)
    topics.add(FORGET)


async def _removed(db: Session, event: Removed, now: datetime) -> int:
    """Wipe the words; returns how many messages do not wait any more."""
    wiped = await db.fetch(WIPE, event.channel, stored_key(rows.clean(event.external_id)), now)
    return sum(row["state"] == "waiting" for row in wiped)


async def _staff_reply(db: Session, event: StaffReply, now: datetime, topics: set[object]) -> None:
    """A librarian wrote in the messenger: the conversation is theirs."""
    channel, address = event.contact.channel, rows.clean(event.contact.address)
    await db.execute(MEET, channel, address, now)
    await db.execute(TALK, channel, address)
    who = await db.fetchrow(WHO, channel, address, event.at)
    assert who is not None
    external = rows.clean(event.external_id)
    values = (rows.clean(event.text), stored_key(STAFF_KEY + external), stored_key(external), now, event.at)
    if await db.fetchval(STAFF_SAID, who["conversation_id"], channel, *values) is not None:
        await db.execute(TAKE_OVER, who["conversation_id"], now)
        await desk.keep(db, handovers.answered_there(who["conversation_id"], now))
        topics.update((event.contact, DESK))


async def _moved(db: Session, event: Moved, now: datetime, topics: set[object]) -> None:
    """The contact goes on at the new address; an old conversation goes over to one that is there already."""
    channel, address = event.contact.channel, rows.clean(event.address)
    old = await db.fetchrow(WHO, channel, rows.clean(event.contact.address), event.at)
    if old is None or old["back"] or address == event.contact.address:
        return  # unknown, or somebody else has the old address by now
    new = await db.fetchrow(WHO, channel, address, event.at)
    if new is None:
        await db.execute(NEW_ADDRESS, address, old["id"])
    else:
        await db.execute(BRING_MESSAGES, new["conversation_id"], old["conversation_id"])
        await db.execute(LEAVE_CONTACT, now, old["id"])
        await db.execute(BRING_NAME, old["name"], new["id"])
        for bring in BRING_ACCOUNT:
            await db.execute(bring, new["id"], old["id"])
        mode = (old["mode"], old["waiting_since"], old["handover_reason"])
        await db.execute(BRING_MODE, *mode, new["conversation_id"])
        for statement in MOVED:
            await db.execute(statement, new["conversation_id"], old["conversation_id"])
        await db.execute(LEAVE_CONVERSATION, old["conversation_id"])
    topics.update((FORGET, outgoing(channel), event.contact, Contact(channel=channel, address=address)))


async def corrected(db: Session, inbound: Inbound, now: datetime) -> Recorded | None:
    """Replace the words of a message that waits in nobody's hand; None where the correction is a message of its own."""
    row = await db.fetchrow(CORRECTED, inbound.contact.channel, stored_key(rows.clean(inbound.corrects)))
    if row is None or row["address"] != rows.clean(inbound.contact.address):
        return None
    text = rows.text_of(inbound.content)
    if row["text"] != text:
        if await db.fetchval(FREE, row["conversation_id"], now) is None:
            return None
        if await db.fetchval(CORRECT, row["id"], text, rows.extra_of(inbound)) is None:
            return None
    return Recorded(message_id=row["id"], conversation_id=row["conversation_id"], fresh=False)
