"""A batch of the message log in rows for SQLite, and what became of it: all that the event loop does for the writer."""

from collections.abc import Sequence
from datetime import datetime

from bot.messages import Inbound
from bot.ports.log import Attempt, Completed, Recorded
from db import rows
from db.batch import Batch
from db.log_common import (
    ARRIVED,
    DESK,
    SILENT_OUTCOMES,
    Fate,
    Operation,
    PutBack,
    brought,
    for_the_desk,
    outgoing,
    stored_key,
)
from db.log_sheets import Came, HandledRow, Kept, LeftRow, SentRow, ToKeep, packed, results_of


def to_keep(
    batch: Batch, turns: Sequence[Completed], seldom: Sequence[Operation], now: datetime, in_hand: list[int]
) -> ToKeep:
    """The sheet of a batch.

    Args:
        batch: What came and what was sent is taken from it.
        turns: Those of its turns whose claims are ours.
        seldom: Those of its other operations that are to be tried.
        now: The moment of the transaction.
        in_hand: Messages whose turns are under way.
    """
    return ToKeep(
        now=rows.to_sqlite(now),
        came=[_came(item) for item in batch.arrivals],
        brought=[(source, who.channel, rows.clean(who.address)) for source, who in brought(batch.arrivals)],
        handled=[_handled(turn) for turn in turns],
        left=[_left(turn) for turn in turns],
        replies=[
            (place, turn.contact.channel, rows.reply_text(reply), rows.reply_extra(reply) or "")
            for place, turn in enumerate(turns)
            for reply in turn.replies
        ],
        sent=[_sent(attempt) for attempt in batch.sent],
        seldom=packed(seldom),
        in_hand=in_hand,
    )


def _came(item: Inbound) -> Came:
    return Came(
        item.contact.channel,
        rows.clean(item.contact.address),
        rows.clean(item.name),
        rows.clean(item.language),
        rows.text_of(item.content),
        rows.extra_of(item) or "",
        stored_key(rows.clean(item.idempotency_key)),
        rows.to_sqlite(item.sent_at),
        stored_key(rows.clean(item.external_id)) if item.external_id else "",
        stored_key(rows.clean(item.corrects)) if item.corrects else "",
    )


def _speaks(turn: Completed) -> bool:
    return turn.outcome not in SILENT_OUTCOMES


def _handled(turn: Completed) -> HandledRow:
    error = rows.clean(turn.error)[:2000] if turn.error else ""
    return turn.message_id, turn.outcome.value, turn.intent, turn.confidence, error, int(turn.secret)


def _left(turn: Completed) -> LeftRow:
    mode = turn.mode.value if turn.mode else ""
    return turn.conversation_id, rows.dialogue_json(turn.dialogue), mode, turn.handover_reason, int(_speaks(turn))


def _sent(attempt: Attempt) -> SentRow:
    name = stored_key(rows.clean(attempt.external_ids[-1])) if attempt.external_ids else ""
    return attempt.message_id, attempt.channel, name


def heard(
    batch: Batch, turns: Sequence[Completed], seldom: Sequence[tuple[int, Operation]], kept: Kept
) -> tuple[list[Completed], set[object]]:
    """Tell a batch what became of it.

    Args:
        batch: What was to be kept.
        turns: Those of its turns that the writer was given.
        seldom: Those of its other operations that it was given, with their places.
        kept: What the writer says.

    Returns:
        The turns that are kept, and who wants to hear of the whole.
    """
    results, topics = results_of(kept.seldom)
    for place, item in batch.seldom:
        if isinstance(item, PutBack):
            batch.results[place] = False  # unless it was tried
    for (place, _), result in zip(seldom, results, strict=True):
        batch.results[place] = result
    batch.arrived(
        [Recorded(message_id=one.message_id, conversation_id=one.conversation_id, fresh=one.fresh) for one in kept.met]
    )
    fates = {id(turn): Fate(fate) for turn, fate in zip(turns, kept.fates, strict=True)}
    batch.completed([fates.get(id(turn), Fate.LOST) for turn in batch.turns])
    done = [turn for turn in turns if fates[id(turn)] is Fate.KEPT]
    return done, topics | _topics(batch, done)


def _topics(batch: Batch, done: Sequence[Completed]) -> set[object]:
    topics: set[object] = set()
    for item, recorded in zip(batch.arrivals, batch.recorded, strict=True):
        if recorded.fresh:
            topics.update((ARRIVED, item.contact))
        elif item.corrects:
            topics.add(item.contact)
    if for_the_desk(done):
        topics.add(DESK)
    for turn in done:
        if turn.replies:
            topics.update((outgoing(turn.contact.channel), turn.contact))
    return topics
