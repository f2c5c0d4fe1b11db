"""What the desk reads: statements that both databases understand, with named places.

A conversation's branch is the one it was handed to, else the one whose link the reader came by. Who may see only
some branches sees theirs and those of nobody.
"""

from collections.abc import Mapping
from typing import Any

from bot.desk import Asked, Tab

COLUMNS = """
c.id, ct.channel, ct.address, ct.name, c.mode, c.staff_id, s.name AS holder, c.branch, ct.source, c.handover_reason,
c.waiting_since, c.closed_at, m.id AS last_id, m.author, m.text, m.content, m.created_at AS said_at"""
LAST = """
LEFT JOIN messages m ON m.id = (SELECT max(l.id) FROM messages l WHERE l.conversation_id = c.id)"""
LAST_HEARD = """
LEFT JOIN messages m ON m.id = (
  SELECT h.id FROM messages h WHERE h.conversation_id = c.id AND h.author = 'reader' ORDER BY h.id DESC LIMIT 1)"""
"""What somebody wants who waits: the bot's "a librarian will answer" tells nothing."""
PEOPLE = "JOIN contacts ct ON ct.id = c.contact_id LEFT JOIN staff s ON s.id = c.staff_id"


def scope_values(asked: Asked) -> dict[str, Any]:
    """Values of the places that :func:`_where` leaves."""
    values: dict[str, Any] = {f"mine_{place}": code for place, code in enumerate(sorted(asked.branches))}
    for place, source in enumerate(sorted(asked.sources)):
        values[f"source_{place}"] = source
        values[f"of_{place}"] = asked.sources[source]
    return values


def _branch(asked: Asked) -> str:
    """The code of a conversation's branch, "" where nobody knows."""
    if not asked.sources:
        return "c.branch"
    cases = " ".join(f"WHEN ct.source = :source_{place} THEN :of_{place}" for place in range(len(asked.sources)))
    return f"CASE WHEN c.branch <> '' THEN c.branch {cases} ELSE '' END"


def _where(asked: Asked) -> str:
    """What somebody may see, and wants to; the staff's own chat is no reader's."""
    wanted = ["ct.source <> 'staff:'"]
    if asked.branches:
        mine = ", ".join(f":mine_{place}" for place in range(len(asked.branches)))
        wanted.append(f"({_branch(asked)}) IN ('', {mine})")
    if asked.channel:
        wanted.append("ct.channel = :channel")
    if asked.branch:
        wanted.append(f"({_branch(asked)}) = :branch")
    return "".join(f" AND {one}" for one in wanted)


def _few(condition: str, asked: Asked) -> str:
    """How many there are, counted to a limit: nobody waits for the exact figure of a hundred thousand."""
    return f"""
(SELECT count(*) FROM (SELECT 1 FROM conversations c JOIN contacts ct ON ct.id = c.contact_id
WHERE {condition}{_where(asked)} LIMIT :most) AS few)"""  # noqa: S608 - pieces of our own


def counts(asked: Asked) -> str:
    """Waiting, mine, all, closed, and since when the first of those who wait has waited."""
    waiting = "c.mode = 'waiting' AND c.waiting_since IS NOT NULL"
    return f"""
SELECT {_few(waiting, asked)}, {_few("c.mode = 'person' AND c.staff_id = :me", asked)},
{_few("1 = 1", asked)}, {_few("c.mode = 'closed'", asked)},
(SELECT min(c.waiting_since) FROM conversations c JOIN contacts ct ON ct.id = c.contact_id
 WHERE {waiting}{_where(asked)})"""  # noqa: S608 - pieces of our own


def listing(asked: Asked) -> str:
    """Those who wait, mine, or the closed ones."""
    condition, order = {
        Tab.WAITING: ("c.mode = 'waiting' AND c.waiting_since IS NOT NULL", "c.waiting_since, c.id"),
        Tab.MINE: ("c.mode = 'person' AND c.staff_id = :me", "c.held_at DESC, c.id"),
        Tab.CLOSED: ("c.mode = 'closed'", "c.closed_at DESC, c.id DESC"),
    }[asked.tab]
    last = LAST_HEARD if asked.tab is Tab.WAITING else LAST
    return f"""
SELECT {COLUMNS} FROM conversations c {PEOPLE} {last}
WHERE {condition}{_where(asked)} ORDER BY {order} LIMIT :limit OFFSET :before"""  # noqa: S608 - as above


_RECENT = """
WITH recent AS (
  SELECT w.conversation_id, max(w.id) AS last_id FROM (
    SELECT id, conversation_id{text} FROM messages
    WHERE :before = 0 OR id < :before ORDER BY id DESC LIMIT :window) AS w
  {matching} GROUP BY w.conversation_id)"""
_FIRST_SEEN = """
(:before = 0 OR NOT EXISTS (SELECT 1 FROM messages n WHERE n.conversation_id = c.id AND n.id >= :before))"""


def latest(asked: Asked) -> str:
    """All conversations, the latest words first."""
    return f"""
{_RECENT.format(text="", matching="")}
SELECT {COLUMNS} FROM recent r JOIN conversations c ON c.id = r.conversation_id {PEOPLE}
JOIN messages m ON m.id = r.last_id
WHERE {_FIRST_SEEN}{_where(asked)} ORDER BY r.last_id DESC LIMIT :limit"""  # noqa: S608 - as above


def search(asked: Asked) -> str:
    """Conversations with these words in the reader's name or in a late message, the latest first."""
    ways = ("as_is", "lower", "capital", "upper")
    in_text = " OR ".join(f"w.text LIKE :{way} ESCAPE '!'" for way in ways)
    in_name = " OR ".join(f"n.name LIKE :{way} ESCAPE '!'" for way in ways)
    return f"""
{_RECENT.format(text=", text", matching=f"WHERE {in_text}")},
found AS (
  SELECT conversation_id FROM recent
  UNION SELECT h.id FROM contacts n JOIN conversations h ON h.contact_id = n.id WHERE n.name <> '' AND ({in_name}))
SELECT {COLUMNS} FROM found f JOIN conversations c ON c.id = f.conversation_id {PEOPLE} {LAST}
WHERE m.id IS NOT NULL AND (:before = 0 OR m.id < :before){_where(asked)}
ORDER BY m.id DESC LIMIT :limit"""  # noqa: S608 - as above


def like(words: str) -> Mapping[str, str]:
    """The words as patterns: neither database folds Cyrillic in every set-up, so each way of writing is asked for."""
    said = " ".join(words.split())[:100]
    for sign in "!%_":
        said = said.replace(sign, f"!{sign}")
    lower = said.lower()
    ways = {"as_is": said, "lower": lower, "capital": lower[:1].upper() + lower[1:], "upper": said.upper()}
    return {way: f"%{text}%" for way, text in ways.items()}


HEAD = """
SELECT c.id, ct.channel, ct.address, ct.name, ct.language, c.mode, c.staff_id, s.name AS holder, c.branch, ct.source,
c.handover_reason, c.waiting_since, ct.unreachable_since, d.text AS draft,
(SELECT h.said_at FROM messages h WHERE h.conversation_id = c.id AND h.author = 'reader'
 ORDER BY h.id DESC LIMIT 1) AS heard_at
FROM conversations c JOIN contacts ct ON ct.id = c.contact_id LEFT JOIN staff s ON s.id = c.staff_id
LEFT JOIN staff_drafts d ON d.conversation_id = c.id AND d.staff_id = :me WHERE c.id = :id"""
SAID = """
SELECT m.id, m.author, m.text, m.content, m.created_at, m.state, m.error, m.outcome, s.name AS staff
FROM messages m LEFT JOIN staff s ON s.id = m.staff_id
WHERE m.conversation_id = :id AND (:before = 0 OR m.id < :before) ORDER BY m.id DESC LIMIT :limit"""
HELD = """
SELECT a.key, a.text, a.content, a.created_at, a.due_at, s.name AS staff FROM staff_answers a
JOIN staff s ON s.id = a.staff_id WHERE a.conversation_id = :id AND a.due_at IS NOT NULL ORDER BY a.id"""
NOTES = """
SELECT n.id, n.text, n.created_at, s.name AS staff FROM staff_notes n JOIN staff s ON s.id = n.staff_id
WHERE n.conversation_id = :id ORDER BY n.id DESC LIMIT 100"""
MARK = """
SELECT c.mode, c.staff_id, c.waiting_since, c.branch, l.newest, l.states,
(SELECT max(n.id) FROM staff_notes n WHERE n.conversation_id = :id) AS note,
(SELECT coalesce(sum(a.id), 0) FROM staff_answers a WHERE a.conversation_id = :id AND a.due_at IS NOT NULL) AS held
FROM (SELECT max(k.id) AS newest, sum(CASE k.state WHEN 'sent' THEN 1 WHEN 'delivered' THEN 60 WHEN 'read' THEN 3600
  WHEN 'failed' THEN 216000 ELSE 0 END) AS states FROM (
    SELECT id, state FROM messages WHERE conversation_id = :id ORDER BY id DESC LIMIT 40) AS k) AS l
LEFT JOIN conversations c ON c.id = :id"""
ONE = "SELECT author, text, content FROM messages WHERE id = :message AND conversation_id = :id"
TO_DO = """
SELECT EXISTS (SELECT 1 FROM staff_answers WHERE due_at <= :now) AS due,
EXISTS (SELECT 1 FROM conversations WHERE mode = 'person' AND held_at < :since) AS silent"""
