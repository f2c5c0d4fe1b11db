"""The statements of the message log on SQLite; a batch goes as one statement (``db.many_rows``)."""

from db.many_rows import ManyRows

FIND_CONTACT = """
SELECT ct.id, c.id, ct.name, ct.language, ct.unreachable_since
FROM contacts ct JOIN conversations c ON c.contact_id = ct.id WHERE ct.channel = ? AND ct.address = ?"""
NEW_CONTACT = """
INSERT INTO contacts (channel, address, name, language, created_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (channel, address) DO UPDATE SET name = excluded.name, language = excluded.language,
unreachable_since = NULL RETURNING id"""
RENAME_CONTACT = "UPDATE contacts SET name = ?, language = ?, unreachable_since = NULL WHERE id = ?"
BROUGHT = "UPDATE contacts SET source = ? WHERE channel = ? AND address = ? AND source = ''"
NEW_CONVERSATION = """
INSERT INTO conversations (contact_id, dialogue) VALUES (?, '{}')
ON CONFLICT (contact_id) DO UPDATE SET contact_id = excluded.contact_id RETURNING id"""
NEXT_ID = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'messages'), 0) + 1"
NEW_ARRIVALS = ManyRows(
    "id, conversation_id, channel, text, content?, key, said_at, external_id?",
    """
INSERT INTO messages (id, conversation_id, channel, author, state, text, content, idempotency_key, created_at, said_at,
external_id)
SELECT id, conversation_id, channel, 'reader', 'waiting', text, content, key, ?1, said_at, external_id FROM {rows}
WHERE true ON CONFLICT (channel, idempotency_key) DO NOTHING""",
)
KEPT_ARRIVALS = """
SELECT json_group_array(m.id) FROM json_each(?) j JOIN messages m ON m.id = j.value ->> 0
AND m.channel = j.value ->> 2 AND m.idempotency_key = j.value ->> 5"""
FIND_ARRIVAL = "SELECT id, conversation_id FROM messages WHERE channel = ? AND idempotency_key = ?"
OPEN_TURNS = """
SELECT json_group_array(id) FILTER (WHERE NOT taken_over), json_group_array(id) FILTER (WHERE taken_over) FROM (
  SELECT m.id AS id, t.value ->> 1 AND c.mode = 'person' AS taken_over FROM json_each(?) t
  JOIN messages m ON m.id = t.value ->> 0 AND +m.state = 'waiting' JOIN conversations c ON c.id = m.conversation_id)"""
HANDLED = ManyRows(
    "id, outcome, intent?, confidence, error?, secret",
    """
UPDATE messages SET state = 'handled', outcome = t.outcome, intent = t.intent, confidence = t.confidence,
error = t.error, done_at = ?1, content = json_remove(messages.content, '$.phone', '$.photo'),
text = CASE WHEN t.secret THEN '•••' ELSE messages.text END
FROM {rows} AS t WHERE messages.id = t.id AND +messages.state = 'waiting'""",
)
"""The plus keeps SQLite from walking through all that waits for each turn of the batch."""
DIALOGUES = ManyRows(
    "id, dialogue, mode?, reason, speaks",
    """
UPDATE conversations SET dialogue = t.dialogue,
mode = coalesce(t.mode, iif(conversations.mode = 'closed', 'bot', conversations.mode)),
handover_reason = CASE WHEN t.mode IS NULL THEN handover_reason ELSE t.reason END,
waiting_since = CASE WHEN t.mode IS NULL THEN waiting_since WHEN t.mode = 'waiting' THEN coalesce(waiting_since, ?1) END
FROM {rows} AS t WHERE conversations.id = t.id AND NOT (t.speaks AND conversations.mode = 'person')""",
)
NEW_REPLIES = ManyRows(
    "id, conversation_id, channel, text, content?, in_reply_to",
    """
INSERT INTO messages (id, conversation_id, channel, author, state, text, content, in_reply_to, lane, created_at)
SELECT id, conversation_id, channel, 'bot', 'queued', text, content, in_reply_to, ?1, ?2
FROM {rows}""",
)
PUT_BACK = """
UPDATE messages SET attempts = attempts + 1, error = ?1,
content = CASE WHEN attempts + 1 >= ?2 THEN json_remove(content, '$.phone', '$.photo') ELSE content END,
state = CASE WHEN attempts + 1 >= ?2 THEN 'aside' ELSE state END,
done_at = CASE WHEN attempts + 1 >= ?2 THEN ?3 END WHERE id = ?4 AND state = 'waiting' RETURNING state"""
FAREWELL = """
INSERT INTO messages (conversation_id, channel, author, state, text, content, in_reply_to, lane, created_at)
SELECT id, ?, 'bot', 'queued', ?, ?, ?, ?, ? FROM conversations WHERE id = ? AND mode <> 'person'"""
TOTALS = """
INSERT INTO message_totals (slot, received, handled, aside) VALUES (0, ?, ?, ?) ON CONFLICT (slot) DO UPDATE SET
received = received + excluded.received, handled = handled + excluded.handled, aside = aside + excluded.aside"""
SENT = ManyRows(
    "id, state, external_id?",
    """
UPDATE messages SET state = t.state, external_id = t.external_id, attempts = attempts + 1, error = NULL, done_at = ?1
FROM {rows} AS t WHERE messages.id = t.id AND +messages.state = 'queued'""",
)
RETRY = "UPDATE messages SET attempts = attempts + 1, due_at = ? WHERE id = ? AND state = 'queued'"
GIVEN_UP = """
UPDATE messages SET state = 'failed', attempts = attempts + 1, error = ?, done_at = ?
WHERE id = ? AND state = 'queued' RETURNING conversation_id"""
UNREACHABLE = """
UPDATE contacts SET unreachable_since = coalesce(unreachable_since, ?)
WHERE id = (SELECT contact_id FROM conversations WHERE id = ?)"""
FIND_SENT = """
SELECT id, state, conversation_id FROM messages WHERE channel = ? AND external_id = ? AND author <> 'reader'"""
UNSENT = """
SELECT m.id, m.state, m.conversation_id, ct.address, m.text FROM messages m
JOIN conversations c ON c.id = m.conversation_id JOIN contacts ct ON ct.id = c.contact_id
WHERE m.id = ? AND m.channel = ? AND m.state = 'queued' AND m.author <> 'reader'"""
RECEIPT = "UPDATE messages SET state = ?, error = ? WHERE id = ?"
READ_BEFORE = """
UPDATE messages SET state = 'read' WHERE conversation_id = ? AND id < ? AND author <> 'reader'
AND state IN ('sent', 'delivered')"""
PAGE = """
SELECT m.id, m.conversation_id, m.channel, ct.address, m.idempotency_key, m.text, m.content, m.said_at, ct.name,
ct.language, m.attempts, m.created_at
FROM (SELECT id FROM messages WHERE state = 'waiting' AND id > ?1
  AND conversation_id NOT IN (SELECT value FROM json_each(?2)) AND (?4 IS NULL OR conversation_id = ?4)
  ORDER BY id LIMIT ?3) w
JOIN messages m ON m.id = w.id JOIN conversations c ON c.id = m.conversation_id
JOIN contacts ct ON ct.id = c.contact_id ORDER BY m.id"""
CLAIM_OUTBOUND = """
SELECT m.id, m.conversation_id, ct.address, m.text, m.content, m.lane, m.attempts,
(SELECT h.said_at FROM messages h WHERE h.conversation_id = m.conversation_id AND h.author = 'reader'
  ORDER BY h.id DESC LIMIT 1)
FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN contacts ct ON ct.id = c.contact_id
WHERE m.state = 'queued' AND m.channel = ? AND (m.due_at IS NULL OR m.due_at <= ?)
AND NOT EXISTS (SELECT 1 FROM messages e WHERE e.conversation_id = m.conversation_id AND e.state = 'queued'
  AND (e.lane < m.lane OR (e.lane = m.lane AND e.id < m.id)))
ORDER BY m.lane, m.id LIMIT ?"""
STANDS = """
SELECT json_group_array(json_array(c.id, c.mode, c.dialogue,
  EXISTS (SELECT 1 FROM messages p WHERE p.conversation_id = c.id AND p.id < j.value ->> 1)))
FROM json_each(?) j JOIN conversations c ON c.id = j.value ->> 0"""
QUEUED_REPLIES = """
SELECT (SELECT json_group_array(json_array(id, conversation_id)) FROM (
  SELECT id, conversation_id FROM messages WHERE state = 'queued' AND channel = ?1 AND lane = ?2 LIMIT ?3)),
EXISTS (SELECT 1 FROM messages WHERE state = 'queued' AND channel = ?1 AND lane > ?2)"""
FOREIGN = "PRAGMA data_version"
"""Another number after every commit of somebody else, in this process or another."""
SAID = """
SELECT m.id, m.author, m.text, m.content, m.created_at, m.in_reply_to FROM contacts ct
JOIN conversations c ON c.contact_id = ct.id JOIN messages m ON m.conversation_id = c.id
WHERE ct.channel = ? AND ct.address = ? AND m.id > ?
AND (m.text <> '' OR m.content IS NOT NULL) ORDER BY m.id LIMIT ?"""
ONE = """
SELECT ct.address, m.id, m.author, m.text, m.content, m.created_at, m.in_reply_to FROM messages m
JOIN conversations c ON c.id = m.conversation_id JOIN contacts ct ON ct.id = c.contact_id
WHERE m.id = ? AND ct.channel = ?"""
FIGURES = """
SELECT coalesce(sum(received), 0), coalesce(sum(handled), 0), coalesce(sum(aside), 0),
(SELECT count(*) FROM messages WHERE state = 'waiting'), (SELECT min(created_at) FROM messages WHERE state = 'waiting')
FROM message_totals"""
QUEUED = "SELECT lane, count(*) FROM messages WHERE state = 'queued' GROUP BY lane"
