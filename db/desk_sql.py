"""What the desk reads: statements that both databases understand, with named places.

A conversation's branch is the one it was handed to, else the one whose link the reader came by. Who may see only
some branches sees theirs and those of nobody.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.desk import Asked, Tab
from db.words import match_of

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
    return values | {f"talk_{place}": number for place, number in enumerate(asked.named)}


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
    """How many there are, counted to a limit: nobody waits for the exact figure of a hundred thousand.

    Contacts are looked up one by one, so that either database stops at the limit: a join would begin with all of them.
    """
    return f"""
(SELECT count(*) FROM (SELECT 1 FROM conversations c WHERE {condition}
AND (SELECT 1 FROM contacts ct WHERE ct.id = c.contact_id{_where(asked)}) = 1 LIMIT :most) AS few)"""  # noqa: S608 - ours


def mine(asked: Asked) -> str:
    """How many this librarian has."""
    return "SELECT " + _few("c.mode = 'person' AND c.staff_id = :me", asked)


def counts(asked: Asked) -> str:
    """Waiting, mine, all, closed, since when the first of those who wait has waited, and the newest message."""
    waiting = "c.mode = 'waiting' AND c.waiting_since IS NOT NULL"
    return f"""
SELECT {_few(waiting, asked)}, {_few("c.mode = 'person' AND c.staff_id = :me", asked)},
{_few("1 = 1", asked)}, {_few("c.mode = 'closed'", asked)},
(SELECT min(c.waiting_since) FROM conversations c JOIN contacts ct ON ct.id = c.contact_id
 WHERE {waiting}{_where(asked)}), {NEWEST}"""  # noqa: S608 - pieces of our own


_OF_TAB = {
    Tab.WAITING: "c.mode = 'waiting' AND c.waiting_since IS NOT NULL",
    Tab.MINE: "c.mode = 'person' AND c.staff_id = :me",
    Tab.CLOSED: "c.mode = 'closed'",
}


def listing(asked: Asked) -> str:
    """Those who wait, mine, or the closed ones."""
    condition = _OF_TAB[asked.tab]
    order = {
        Tab.WAITING: "c.waiting_since, c.id",
        Tab.MINE: "c.held_at DESC, c.id",
        Tab.CLOSED: "c.closed_at DESC, c.id DESC",
    }[asked.tab]
    last = LAST_HEARD if asked.tab is Tab.WAITING else LAST
    return f"""
WITH page AS (
  SELECT c.id FROM conversations c JOIN contacts ct ON ct.id = c.contact_id
  WHERE {condition}{_where(asked)} ORDER BY {order} LIMIT :limit OFFSET :before)
SELECT {COLUMNS} FROM page p JOIN conversations c ON c.id = p.id {PEOPLE} {last}
ORDER BY {order}"""  # noqa: S608 - as above


NEWEST = "(SELECT coalesce(max(id), 0) FROM messages)"


_WALKED = {
    "sqlite": "messages",
    "postgresql": """(SELECT * FROM messages w
WHERE w.id < :before AND w.id >= :floor ORDER BY w.id DESC LIMIT :walked)""",
}
"""PostgreSQL would join all conversations first, where a branch is asked for: the limit keeps it from that."""


def latest(asked: Asked, dialect: str) -> str:
    """All conversations, the latest words first.

    Walks from the newest message down and stops where the page is full; :floor ends the walk where a branch has few.
    The comparison keeps either database from looking through all messages first, as ``NOT EXISTS`` would.
    """
    return f"""
SELECT {COLUMNS}, m.id AS shown_id
FROM {_WALKED[dialect]} AS m JOIN conversations c ON c.id = m.conversation_id {PEOPLE}
WHERE m.id < :before AND m.id >= :floor
AND m.id = (SELECT max(l.id) FROM messages l WHERE l.conversation_id = m.conversation_id){_where(asked)}
ORDER BY m.id DESC LIMIT :limit"""  # noqa: S608 - as above


_HITS = {
    "sqlite": """
SELECT rowid AS id FROM message_words WHERE message_words MATCH :match ORDER BY rowid DESC LIMIT :window""",
    "postgresql": """
WITH late AS MATERIALIZED (
  SELECT message_id FROM message_words WHERE stems @@ CAST(:match AS tsquery) AND message_id >= :lately
  ORDER BY message_id DESC LIMIT :window),
any_time AS MATERIALIZED (
  SELECT message_id FROM message_words
  WHERE stems @@ CAST(:match AS tsquery) AND (SELECT count(*) FROM late) < :window)
SELECT message_id AS id FROM (SELECT message_id FROM late UNION SELECT message_id FROM any_time) AS hits
ORDER BY message_id DESC LIMIT :window""",
}
"""PostgreSQL's index knows no order: a usual word is looked for in the newest messages, and that is enough; what is
rarer is fetched whole. Left to itself it walks through all messages for a beginning, which it takes for a usual one."""


def search(asked: Asked, dialect: str) -> str:
    """Conversations with these words in the reader's name, on their card, or in one of the newest messages with them.

    Only those of the list that is open. The latest comes first, shown with the message that was found.
    """
    found = []
    of_tab = f" AND {_OF_TAB[asked.tab]}" if asked.tab in _OF_TAB else ""
    if match_of(asked.words, dialect):
        found.append(f"""
SELECT m.conversation_id, max(m.id) AS shown_id FROM ({_HITS[dialect]}) AS hit
JOIN messages m ON m.id = hit.id GROUP BY m.conversation_id""")  # noqa: S608 - as above
    if parts_of_name(asked.words):
        found.append(f"""
SELECT conversation_id, shown_id FROM (
  SELECT h.id AS conversation_id, 0 AS shown_id FROM contacts n JOIN conversations h ON h.contact_id = n.id
  WHERE n.name <> ''{_named(asked.words, dialect)} ORDER BY n.id DESC LIMIT :names) AS named""")  # noqa: S608 - as above
    if asked.named:
        places = ", ".join(f":talk_{place}" for place in range(len(asked.named)))
        found.append(f"SELECT id AS conversation_id, 0 AS shown_id FROM conversations WHERE id IN ({places})")  # noqa: S608 - as above
    return f"""
WITH found AS (
  SELECT f.conversation_id, max(f.shown_id) AS shown_id,
  (SELECT max(l.id) FROM messages l WHERE l.conversation_id = f.conversation_id) AS last_id
  FROM ({" UNION ALL ".join(found)}) AS f GROUP BY f.conversation_id)
SELECT {COLUMNS.replace("m.id AS last_id", "f.last_id, m.id AS shown_id")}
FROM found f JOIN conversations c ON c.id = f.conversation_id {PEOPLE}
JOIN messages m ON m.id = CASE WHEN f.shown_id > 0 THEN f.shown_id ELSE f.last_id END
WHERE f.last_id < :before{of_tab}{_where(asked)} ORDER BY f.last_id DESC LIMIT :limit"""  # noqa: S608 - as above


_WITHIN = {"sqlite": "instr", "postgresql": "strpos"}


def _named(words: str, dialect: str) -> str:
    """All parts stand in the name, in any order and any way of writing: neither database folds Cyrillic everywhere."""
    return "".join(
        " AND (" + " OR ".join(f"{_WITHIN[dialect]}(n.name, :name_{place}_{way}) > 0" for way in range(len(ways))) + ")"
        for place, ways in enumerate(parts_of_name(words))
    )


def parts_of_name(words: str) -> Sequence[Sequence[str]]:
    """What must stand in a name, each part in its ways of writing."""
    return [
        list(dict.fromkeys((part, part.lower(), part.lower().capitalize(), part.upper())))
        for part in words[:100].split()[:4]
    ]


def search_values(words: str, dialect: str) -> Mapping[str, str]:
    """Values of the places that :func:`search` leaves for the words."""
    values = {"match": match_of(words, dialect)}
    for place, ways in enumerate(parts_of_name(words)):
        values |= {f"name_{place}_{way}": said for way, said in enumerate(ways)}
    return values


HEAD = """
SELECT c.id, ct.channel, ct.address, ct.name, ct.language, c.mode, c.staff_id, s.name AS holder, c.branch, ct.source,
c.handover_reason, c.waiting_since, ct.unreachable_since, ct.erased_at, d.text AS draft,
(SELECT h.created_at FROM messages h WHERE h.conversation_id = c.id AND h.author = 'reader'
 ORDER BY h.id DESC LIMIT 1) AS arrived_at,
(SELECT h.said_at FROM messages h WHERE h.conversation_id = c.id AND h.author = 'reader'
 ORDER BY h.id DESC LIMIT 1) AS heard_at
FROM conversations c JOIN contacts ct ON ct.id = c.contact_id LEFT JOIN staff s ON s.id = c.staff_id
LEFT JOIN staff_drafts d ON d.conversation_id = c.id AND d.staff_id = :me WHERE c.id = :id"""
SAID = """
SELECT m.id, m.author, m.text, m.content, m.created_at, m.state, m.error, m.outcome, m.intent, s.name AS staff
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
  WHEN 'failed' THEN 216000 WHEN 'waiting' THEN 12960000 ELSE 0 END) AS states FROM (
    SELECT id, state FROM messages WHERE conversation_id = :id ORDER BY id DESC LIMIT 40) AS k) AS l
LEFT JOIN conversations c ON c.id = :id"""
ONE = "SELECT author, text, content FROM messages WHERE id = :message AND conversation_id = :id"
ONE_AT = "SELECT created_at FROM messages WHERE id = :before AND conversation_id = :id"
TO_DO = """
SELECT EXISTS (SELECT 1 FROM staff_answers WHERE due_at <= :now) AS due,
EXISTS (SELECT 1 FROM conversations WHERE mode = 'person' AND held_at < :since) AS silent"""
