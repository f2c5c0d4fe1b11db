"""The statements of the message log on PostgreSQL.

What every message needs goes as one JSON array of objects a batch, and ids as the text of an array: of each item of a
list ``asyncpg`` asks whether it is a list itself, which was a quarter of what the log did. (Such a text stands in a
``SELECT`` of its own, or it would be read for every row.) What is seldom goes as arrays, opened by ``unnest``.
"""

NEW_CONTACTS = """
INSERT INTO contacts (channel, address, name, language, created_at)
SELECT channel, address, name, language, $5
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS new(channel, address, name, language)
ORDER BY channel, address
ON CONFLICT (channel, address) DO UPDATE SET unreachable_since = NULL,
name = CASE WHEN excluded.name <> '' THEN excluded.name ELSE contacts.name END,
language = CASE WHEN excluded.language <> '' THEN excluded.language ELSE contacts.language END
RETURNING id, channel, address, name, language"""
BROUGHT = "UPDATE contacts SET source = $1 WHERE channel = $2 AND address = $3 AND source = ''"
NEW_CONVERSATIONS = """
INSERT INTO conversations (contact_id, dialogue) SELECT unnest($1::bigint[]), '{}'
ON CONFLICT (contact_id) DO NOTHING"""
FIND_CONVERSATIONS = "SELECT id, contact_id FROM conversations WHERE contact_id = ANY($1::bigint[])"
NEW_ARRIVALS = """
INSERT INTO messages (conversation_id, channel, author, state, text, content, idempotency_key, created_at, said_at,
external_id)
SELECT conversation_id, channel, 'reader', 'waiting', text, content::jsonb, key, $2, said_at, external_id
FROM ROWS FROM (json_to_recordset($1::json) AS (conversation_id bigint, channel text, text text, content text, key text,
  said_at timestamptz, external_id text))
WITH ORDINALITY AS new(conversation_id, channel, text, content, key, said_at, external_id, place)
ORDER BY place ON CONFLICT (channel, idempotency_key) DO NOTHING RETURNING id, channel, idempotency_key"""
ARRIVALS_ALONE = f"""
WITH new AS ({NEW_ARRIVALS}),
counted AS (
  INSERT INTO message_totals AS t (slot, received, handled, aside)
  SELECT $3, count(*), 0, 0 FROM new HAVING count(*) > 0
  ON CONFLICT (slot) DO UPDATE SET received = t.received + excluded.received),
told AS MATERIALIZED (SELECT pg_notify($4, $5))
SELECT id, channel, idempotency_key FROM new CROSS JOIN told"""  # noqa: S608 - our own statement
"""The same, counted and told to the other processes: a transaction in one round trip."""
FIND_ARRIVALS = """
SELECT id, conversation_id, channel, idempotency_key FROM messages
WHERE (channel, idempotency_key) IN (SELECT * FROM unnest($1::text[], $2::text[]))"""
LOCK_CONVERSATIONS = """
SELECT id, mode, lease FROM conversations WHERE id = ANY((SELECT $1::text::bigint[])::bigint[])
ORDER BY id FOR NO KEY UPDATE"""
TURNS = """
WITH turns AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS t(id bigint, conversation_id bigint, outcome text, intent text,
    confidence float8, error text, secret bool, dialogue text, mode text, reason text, release bool)),
handled AS (
  UPDATE messages m SET state = 'handled', outcome = t.outcome, intent = t.intent, confidence = t.confidence,
  error = t.error, done_at = $3, content = m.content - 'phone' - 'photo',
  text = CASE WHEN t.secret THEN '•••' ELSE m.text END
  FROM turns t WHERE m.id = t.id AND m.id = ANY((SELECT $6::text::bigint[])::bigint[]) AND m.state || '' = 'waiting'
  RETURNING m.id),
dialogues AS (
  UPDATE conversations c SET dialogue = t.dialogue::jsonb,
  mode = coalesce(t.mode, CASE WHEN c.mode = 'closed' THEN 'bot' ELSE c.mode END),
  handover_reason = CASE WHEN t.mode IS NULL THEN c.handover_reason ELSE t.reason END,
  waiting_since = CASE WHEN t.mode IS NULL THEN c.waiting_since
    WHEN t.mode = 'waiting' THEN coalesce(c.waiting_since, $3) END,
  leased_until = CASE WHEN t.release THEN NULL ELSE $4::timestamptz END
  FROM turns t JOIN handled ON handled.id = t.id WHERE c.id = t.conversation_id),
replies AS (
  INSERT INTO messages (conversation_id, channel, author, state, text, content, in_reply_to, lane, created_at)
  SELECT conversation_id, channel, 'bot', 'queued', text, content::jsonb, in_reply_to, $5, $3
  FROM ROWS FROM (json_to_recordset($2::json) AS (conversation_id bigint, channel text, text text, content text,
    in_reply_to bigint))
  WITH ORDINALITY AS new(conversation_id, channel, text, content, in_reply_to, place)
  JOIN handled ON handled.id = in_reply_to ORDER BY place)
SELECT id FROM handled"""
"""All that turns change, of those whose message still waits; their conversations are locked already.

That the ids are told once more, and something is put to the state, keeps PostgreSQL from reading all messages, or all
that waits, for each batch: it does not know how few there are in the JSON, and plans while a table is still empty.
"""
PUT_BACK = """
UPDATE messages SET attempts = attempts + 1, error = $2,
content = CASE WHEN attempts + 1 >= $3 THEN content - 'phone' - 'photo' ELSE content END,
state = CASE WHEN attempts + 1 >= $3 THEN 'aside' ELSE state END,
done_at = CASE WHEN attempts + 1 >= $3 THEN $4::timestamptz END WHERE id = $1 AND state = 'waiting' RETURNING state"""
RELEASE = "UPDATE conversations SET leased_until = NULL WHERE id = $1 AND lease = $2 RETURNING mode"
FAREWELL = """
INSERT INTO messages (conversation_id, channel, author, state, text, content, in_reply_to, lane, created_at)
VALUES ($1, $2, 'bot', 'queued', $3, $4::jsonb, $5, $6, $7)"""
ORPHANS = """
UPDATE conversations c SET leased_until = NULL
FROM (SELECT DISTINCT conversation_id AS id FROM messages WHERE state = 'waiting') w
WHERE c.id = w.id AND c.leased_until IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.pid = c.leased_by) RETURNING c.id"""
NOTIFY = "SELECT pg_notify($1, $2)"
LAST = """
WITH counted AS (
  INSERT INTO message_totals AS t (slot, received, handled, aside)
  SELECT $3, $4::bigint, $5::bigint, $6::bigint WHERE ($4, $5, $6) <> (0, 0, 0)
  ON CONFLICT (slot) DO UPDATE SET received = t.received + excluded.received,
  handled = t.handled + excluded.handled, aside = t.aside + excluded.aside)
SELECT pg_notify($1, $2) WHERE $2::text IS NOT NULL"""
"""Last in a transaction, so that the row of totals is locked only for the commit; NULL tells nobody anything."""
SENT = """
UPDATE messages m SET state = 'sent', external_id = t.external_id, attempts = attempts + 1, error = NULL, done_at = $2
FROM json_to_recordset($1::json) AS t(id bigint, external_id text)
WHERE m.id = t.id AND m.id = ANY((SELECT $3::text::bigint[])::bigint[]) AND m.state || '' = 'queued'"""
RETRY = "UPDATE messages SET attempts = attempts + 1, due_at = $2 WHERE id = $1 AND state = 'queued'"
GIVEN_UP = """
UPDATE messages SET state = 'failed', attempts = attempts + 1, error = $2, done_at = $3
WHERE id = $1 AND state = 'queued' RETURNING conversation_id"""
UNREACHABLE = """
UPDATE contacts SET unreachable_since = coalesce(unreachable_since, $2)
WHERE id = (SELECT contact_id FROM conversations WHERE id = $1)"""
FIND_SENT = """
SELECT id, state, conversation_id FROM messages WHERE channel = $1 AND external_id = $2 AND author <> 'reader'
FOR UPDATE"""
UNSENT = """
SELECT m.id, m.state, m.conversation_id, ct.address, m.text FROM messages m
JOIN conversations c ON c.id = m.conversation_id JOIN contacts ct ON ct.id = c.contact_id
WHERE m.id = $1 AND m.channel = $2 AND m.state = 'queued' AND m.author <> 'reader' FOR UPDATE OF m"""
RECEIPT = "UPDATE messages SET state = $2, error = $3 WHERE id = $1"
READ_BEFORE = """
UPDATE messages SET state = 'read' WHERE conversation_id = $1 AND id < $2 AND author <> 'reader'
AND state IN ('sent', 'delivered')"""
CLAIM = """
WITH due AS (
  SELECT m.id, m.conversation_id, m.channel, m.idempotency_key, m.text, m.content, m.said_at, m.attempts, m.created_at,
  row_number() OVER (PARTITION BY m.conversation_id ORDER BY m.id) AS place FROM (
    SELECT m.* FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE m.state = 'waiting' AND (c.leased_until IS NULL OR c.leased_until < $1)
    AND m.conversation_id NOT IN (SELECT unnest($6::text::bigint[]))
    AND ($3::bigint IS NULL OR m.conversation_id = $3) ORDER BY m.id LIMIT $2) m),
free AS (
  SELECT c.id FROM conversations c WHERE c.id IN (SELECT conversation_id FROM due)
  AND (c.leased_until IS NULL OR c.leased_until < $1) ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED),
taken AS (
  UPDATE conversations c SET lease = c.lease + 1, leased_until = $4, leased_by = pg_backend_pid()
  FROM free WHERE c.id = free.id RETURNING c.id, c.contact_id, c.lease, c.mode, c.dialogue::text AS dialogue)
SELECT m.id, t.id AS conversation_id, m.channel, ct.address, m.idempotency_key, m.text, m.content::text AS content,
m.said_at, ct.name, ct.language, t.mode, t.dialogue, m.attempts, m.created_at, t.lease,
NOT EXISTS (SELECT 1 FROM messages p WHERE p.conversation_id = t.id AND p.id < m.id) AS first
FROM due m JOIN taken t ON t.id = m.conversation_id JOIN contacts ct ON ct.id = t.contact_id
WHERE m.place <= $5 ORDER BY m.id"""
"""What we have in hand ourselves (the last value) is leased as well; told at once it need not be looked up."""
CLAIM_OUTBOUND = """
SELECT m.id, m.conversation_id, ct.address, m.text, m.content::text AS content, m.lane, m.attempts,
(SELECT h.said_at FROM messages h WHERE h.conversation_id = m.conversation_id AND h.author = 'reader'
  ORDER BY h.id DESC LIMIT 1) AS heard_at
FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN contacts ct ON ct.id = c.contact_id
JOIN LATERAL (SELECT e.id FROM messages e WHERE e.conversation_id = m.conversation_id AND e.state = 'queued'
  ORDER BY e.lane, e.id LIMIT 1) next ON next.id = m.id
WHERE m.state = 'queued' AND m.channel = $1 AND (m.due_at IS NULL OR m.due_at <= $2)
AND m.conversation_id <> ALL((SELECT $3::text::bigint[])::bigint[])
ORDER BY m.lane, m.id LIMIT $4"""
"""The next of each conversation is looked up for itself; asked whether there is an earlier one, the planner compares
each reply that is queued with each other, as long as its statistics say that there are few."""
SAID = """
SELECT m.id, m.author, m.text, m.content::text AS content, m.created_at, m.in_reply_to FROM contacts ct
JOIN conversations c ON c.contact_id = ct.id JOIN messages m ON m.conversation_id = c.id
WHERE ct.channel = $1 AND ct.address = $2 AND m.id > $3
AND (m.text <> '' OR m.content IS NOT NULL) ORDER BY m.id LIMIT $4"""
ONE = """
SELECT ct.address, m.id, m.author, m.text, m.content::text AS content, m.created_at, m.in_reply_to FROM messages m
JOIN conversations c ON c.id = m.conversation_id JOIN contacts ct ON ct.id = c.contact_id
WHERE m.id = $1 AND ct.channel = $2"""
FIGURES = """
SELECT coalesce(sum(received), 0)::bigint, coalesce(sum(handled), 0)::bigint, coalesce(sum(aside), 0)::bigint,
(SELECT count(*) FROM messages WHERE state = 'waiting'), (SELECT min(created_at) FROM messages WHERE state = 'waiting')
FROM message_totals"""
QUEUED = "SELECT lane, count(*) FROM messages WHERE state = 'queued' GROUP BY lane"
