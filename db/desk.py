"""The librarians' desk in SQL; what is done to a conversation goes through the log."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.desk import MOST_COUNTED, Asked, Canned, Counts, Inbox, Tab, Talk
from bot.desk_actions import Acted, DeskAction, DeskLog, Release, Relieve, Say
from bot.errors import InputError, StoreUnavailable
from bot.messages import Contact, Reply
from bot.quick import replace
from bot.rounds import again_and_again
from db import desk_rows, rows
from db import desk_sql as sql
from db.connect import Database, store_errors
from db.models_staff import CannedRow, StaffDraftRow, StaffNoteRow
from db.upserts import insert_of
from db.words import SqlWords

log = structlog.get_logger(__name__)

MESSAGES_A_PAGE = 60
LOOK_EVERY_S = 20.0
"""How soon answers leave whose process died meanwhile, and a silent librarian's conversations go back."""
WINDOW = 10_000
"""Messages among which the latest conversations of one page are looked for."""
TOGETHER_S = 0.02
NOBODY = 0
NO_END = 1 << 62
"""Above every message: what comes while a page is being made is on it."""
MOST_HITS = 1_000
"""The newest messages with the words that a search looks at: who finds more says more."""
MOST_NAMES = 1_000
LATELY = 100_000
"""Messages among which a usual word is looked for first."""
LATE_WORDS = 200
"""Messages that a search puts into the index first: what has come since the follower's last look."""


class SqlConsoleDesk:
    """Fills the port ``Desk``.

    Args:
        database: Where everything is.
        log: What keeps what is done, in the transactions of the bot's turns.
        clock: Where moments come from.
        silence: A conversation in which its librarian did nothing for so long goes back.
    """

    def __init__(self, database: Database, log: DeskLog, clock: Clock, silence: timedelta = timedelta(hours=1)) -> None:
        self._database, self._log, self._clock, self._silence = database, log, clock, silence
        self._leaving: set[asyncio.Task[Any]] = set()
        self._counting: dict[object, asyncio.Task[Counts]] = {}
        self.words = SqlWords(database, clock)

    # --- doing -----------------------------------------------------------------------------------

    async def act(self, action: DeskAction) -> Acted:
        acted = await self._log.act(action)
        if isinstance(action, Say):
            wait = (action.leaves_at - self._clock.now()).total_seconds()
            if wait > 0:
                task = asyncio.create_task(self._release_in(wait), name="answer leaves")
                self._leaving.add(task)
                task.add_done_callback(self._leaving.discard)
        return acted

    def desk_changes(self, contact: Contact | None = None, heartbeat_s: float = 15.0) -> AsyncIterator[None]:
        return self._log.desk_changes(contact, heartbeat_s)

    async def _release_in(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        try:
            await self._log.act(Release())
        except StoreUnavailable:
            log.warning("an answer leaves later")  # the loop below takes it along

    async def follow(self) -> None:
        """Send on what a process that died left behind, and give silent conversations back; until cancelled."""
        await again_and_again(self.tidy, LOOK_EVERY_S)

    async def tidy(self) -> int:
        """One round of :meth:`follow`; how many conversations went back. Raises StoreUnavailable."""
        now = self._clock.now()
        since = now - self._silence
        values = {"now": self._bound(now), "since": self._bound(since)}
        (due, silent), *_ = await self._read(sql.TO_DO, values)
        if due:
            await self._log.act(Release())
        return (await self._log.act(Relieve(since=since))).count if silent else 0

    async def aclose(self) -> None:
        """Forget the timers: what has not left leaves at the next start."""
        for task in self._leaving:
            task.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)

    # --- lists -----------------------------------------------------------------------------------

    async def counts(self, asked: Asked) -> Counts:
        everybodys = await asyncio.shield(self._counted_together(asked))
        own = await self._read(sql.mine(asked), self._values(asked, most=MOST_COUNTED))
        return replace(everybodys, mine=own[0][0])

    def _counted_together(self, asked: Asked) -> "asyncio.Task[Counts]":
        """The counts but for one's own, a moment later: who asks for the same meanwhile gets the same answer.

        All open lists ask at once, whenever anything happens.
        """
        key = (asked.branches, asked.channel, asked.branch)
        task = self._counting.get(key)
        if task is None:

            async def counted() -> Counts:
                await asyncio.sleep(TOGETHER_S)
                del self._counting[key]  # what happens from now on is counted by another one
                return (await self._counted(replace(asked, staff_id=NOBODY)))[0]

            task = self._counting[key] = asyncio.create_task(counted(), name="counts")
            self._leaving.add(task)
            task.add_done_callback(self._counted_once)
        return task

    def _counted_once(self, task: "asyncio.Task[Counts]") -> None:
        self._leaving.discard(task)
        if not task.cancelled():
            task.exception()  # whoever still waits is told; nobody has to

    async def _counted(self, asked: Asked) -> tuple[Counts, int]:
        """The counts, and the number of the newest message."""
        found = await self._read(sql.counts(asked), self._values(asked, most=MOST_COUNTED))
        waiting, mine, everything, closed, oldest, newest = found[0]
        since = desk_rows.moment(oldest) if oldest else None
        return Counts(waiting=waiting, mine=mine, all=everything, closed=closed, oldest=since), newest

    async def inbox(self, asked: Asked) -> Inbox:
        counts, newest = await self._counted(asked)
        if asked.words.strip():
            found = await self._searched(asked, newest)
            older = found[asked.limit - 1].last_id if len(found) > asked.limit else 0
        elif asked.tab is Tab.ALL:
            found, older = await self._latest(asked, newest)
        else:
            found = await self._read(sql.listing(asked), self._values(asked))
            older = asked.before + asked.limit if len(found) > asked.limit else 0
        entries = tuple(desk_rows.entry(row, asked) for row in found[: asked.limit])
        return Inbox(entries=entries, counts=counts, older=older)

    async def _searched(self, asked: Asked, newest: int) -> Sequence[Any]:
        with suppress(StoreUnavailable):  # another process puts the words in, or the store takes none just now
            await self.words.gather(LATE_WORDS)
        values = {
            "window": MOST_HITS,
            "names": MOST_NAMES,
            "lately": newest - LATELY,
            "before": asked.before or NO_END,
            **sql.search_values(asked.words, self._database.dialect),
        }
        return await self._read(sql.search(asked, self._database.dialect), self._values(asked, **values))

    async def _latest(self, asked: Asked, newest: int) -> tuple[Sequence[Any], int]:
        """A page of all conversations, and where the next one begins."""
        floor = max((asked.before or newest) - WINDOW, 0)
        values = self._values(asked, before=asked.before or NO_END, floor=floor, walked=WINDOW + asked.limit)
        found = await self._read(sql.latest(asked, self._database.dialect), values)
        return found, found[asked.limit - 1].last_id if len(found) > asked.limit else floor

    def _values(self, asked: Asked, **more: object) -> dict[str, Any]:
        return {
            "me": asked.staff_id,
            "channel": asked.channel,
            "branch": asked.branch,
            "before": asked.before,
            "limit": asked.limit + 1,
            **sql.scope_values(asked),
            **more,
        }

    # --- one conversation ------------------------------------------------------------------------

    async def talk(self, conversation_id: int, asked: Asked, before: int = 0) -> Talk | None:
        of = {"id": conversation_id, "before": before, "limit": MESSAGES_A_PAGE + 1, "me": asked.staff_id}
        with store_errors():
            async with self._database.engine.connect() as connection:
                head = await self._ask(connection, sql.HEAD, of)
                if not head:
                    return None
                mark = await self._ask(connection, sql.MARK, of)  # first: what comes meanwhile is shown, or told later
                said = await self._ask(connection, sql.SAID, of)
                held = await self._ask(connection, sql.HELD, of) if not before else []
                notes = await self._ask(connection, sql.NOTES, of)
                if before:  # the later ones stand among the later messages
                    notes = desk_rows.written_before(notes, await self._ask(connection, sql.ONE_AT, of))
        return desk_rows.talk(head[0], said, held, notes, mark[0], asked, MESSAGES_A_PAGE)

    async def mark(self, conversation_id: int) -> str:
        found = await self._read(sql.MARK, {"id": conversation_id})
        return desk_rows.mark(found[0])

    async def file(self, conversation_id: int, message_id: int, number: int) -> tuple[Reply, int] | None:
        found = await self._read(sql.ONE, {"id": conversation_id, "message": message_id})
        if not found or found[0].author == "reader":
            return None
        reply = rows.reply_of(found[0].text, desk_rows.json_text(found[0].content))
        return (reply, number) if number < len(reply.attachments) else None

    async def keep_draft(self, conversation_id: int, staff_id: int, text: str) -> None:
        where = (StaffDraftRow.staff_id == staff_id, StaffDraftRow.conversation_id == conversation_id)
        if not text.strip():
            await self._write(delete(StaffDraftRow).where(*where))
            return
        values = {"text": rows.clean(text), "updated_at": self._clock.now()}
        adding = self._insert(StaffDraftRow).values(staff_id=staff_id, conversation_id=conversation_id, **values)
        keys = [StaffDraftRow.staff_id, StaffDraftRow.conversation_id]
        await self._write(adding.on_conflict_do_update(index_elements=keys, set_=values))

    async def add_note(self, conversation_id: int, staff_id: int, key: str, text: str) -> None:
        values = {"conversation_id": conversation_id, "staff_id": staff_id, "key": key, "created_at": self._clock.now()}
        adding = self._insert(StaffNoteRow).values(text=rows.clean(text), **values)
        await self._write(adding.on_conflict_do_nothing(index_elements=[StaffNoteRow.key]))

    # --- canned answers --------------------------------------------------------------------------

    async def canned(self) -> Sequence[Canned]:
        columns = (CannedRow.id, CannedRow.title, CannedRow.text)
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = await connection.execute(select(*columns).order_by(CannedRow.title))
                return [Canned(canned_id=number, title=title, text=said) for number, title, said in found]

    async def put_canned(self, title: str, text: str, canned_id: int | None = None) -> None:
        values = {"title": title, "text": text, "updated_at": self._clock.now()}
        change = insert(CannedRow).values(values)
        try:
            if canned_id is not None:
                await self._write(update(CannedRow).where(CannedRow.id == canned_id).values(values))
            else:
                await self._write(change)
        except IntegrityError:
            raise InputError(f"there is an answer called {title!r} already") from None

    async def drop_canned(self, canned_id: int) -> None:
        await self._write(delete(CannedRow).where(CannedRow.id == canned_id))

    # --- the store -------------------------------------------------------------------------------

    def _insert(self, row: Any) -> Any:
        make: Any = insert_of(self._database.dialect)
        return make(row)

    def _bound(self, at: datetime) -> object:
        return rows.to_sqlite(at) if self._database.dialect == "sqlite" else at

    async def _read(self, statement: str, values: dict[str, Any]) -> Sequence[Any]:
        with store_errors():
            async with self._database.engine.connect() as connection:
                return await self._ask(connection, statement, values)

    async def _ask(self, connection: AsyncConnection, statement: str, values: dict[str, Any]) -> Sequence[Any]:
        asked = text(statement)
        needed = {name: values[name] for name in asked._bindparams}
        found: Sequence[Any] = (await connection.execute(asked, needed)).all()
        return found

    async def _write(self, statement: Any) -> None:
        async with self._database.writing() as connection:
            await connection.execute(statement)
