"""How long readers wait for a person, and what they think of the help, in SQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update

from bot.clock import Clock
from bot.handover import LONGEST_WORDS, Line, Wait, rounded, usual
from bot.library.hours import now_at
from bot.library.open_time import open_time
from bot.library.places import main_branch
from bot.messages import Contact
from bot.ports.library import Branches, Holidays
from bot.ports.log import Mode
from db import rows
from db.connect import Database, store_errors
from db.models import ContactRow, ConversationRow
from db.models_handover import HandoverRow

LATEST_WAITS = 50
LOOK_BACK = timedelta(days=60)
REMEMBERED = timedelta(minutes=1)
"""How old the usual wait may be."""


class SqlPeople:
    """Fills the port ``People``.

    Args:
        database: The store.
        clock: The time.
        branches: Whose hours count.
        holidays: Official days off.
        reply_branch: Code of the branch whose people answer, "" for the main one.
    """

    def __init__(
        self, database: Database, clock: Clock, branches: Branches, holidays: Holidays, reply_branch: str = ""
    ) -> None:
        self._database, self._clock = database, clock
        self._branches, self._holidays, self._reply_branch = branches, holidays, reply_branch
        self._usual: tuple[datetime, timedelta | None] | None = None

    async def line(self, contact: Contact) -> Line:
        waits = ConversationRow.mode == Mode.WAITING.value
        theirs = (
            select(ConversationRow.waiting_since)
            .join(ContactRow, ContactRow.id == ConversationRow.contact_id)
            .where(ContactRow.channel == contact.channel, ContactRow.address == rows.clean(contact.address), waits)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                since = await connection.scalar(theirs)
                before = select(func.count()).select_from(ConversationRow)
                before = before.where(waits, ConversationRow.waiting_since.is_not(None))
                if since is not None:
                    before = before.where(ConversationRow.waiting_since < since)
                count = await connection.scalar(before) or 0
        return Line(before=count, usual=await self._usual_wait())

    async def _usual_wait(self) -> timedelta | None:
        now = self._clock.now()
        if self._usual is None or not timedelta() <= now - self._usual[0] < REMEMBERED:
            found = usual(await self._open_waits(await self.waits()))
            self._usual = (now, None if found is None else rounded(found))
        return self._usual[1]

    async def waits(self) -> Sequence[Wait]:
        """The latest calls that a person has answered. Raises StoreUnavailable."""
        answered = HandoverRow.answered_at.is_not(None), HandoverRow.reason != "taken"
        wanted = (
            select(HandoverRow.called_at, HandoverRow.answered_at)
            .where(HandoverRow.called_at > self._clock.now() - LOOK_BACK, *answered)
            .order_by(HandoverRow.called_at.desc())
            .limit(LATEST_WAITS)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = (await connection.execute(wanted)).all()
        return [Wait(called_at=called, answered_at=answered) for called, answered in found if answered is not None]

    async def _open_waits(self, waits: Sequence[Wait]) -> list[timedelta]:
        """The opening time in them, of those that began in opening hours; all of it where no hours are known."""
        branches = await self._branches.all()
        desk = next((one for one in branches if one.code == self._reply_branch), None) or main_branch(branches)
        if desk is None or desk.hours is None:
            return [wait.answered_at - wait.called_at for wait in waits]
        hours, zone, off = desk.hours, desk.zone, self._holidays
        return [
            open_time(hours, zone, wait.called_at, wait.answered_at, off)
            for wait in waits
            if now_at(hours, zone, wait.called_at, off).open
        ]

    # --- whether it helped -----------------------------------------------------------------------

    async def rate(self, contact: Contact, handover_id: int, *, helped: bool) -> bool:
        return await self._kept(contact, handover_id, helped=helped, rated_at=self._clock.now())

    async def add_words(self, contact: Contact, handover_id: int, words: str) -> bool:
        return await self._kept(contact, handover_id, words=rows.clean(words)[:LONGEST_WORDS])

    async def _kept(self, contact: Contact, handover_id: int, **values: object) -> bool:
        """Change what this very reader was asked about; a number from elsewhere changes nothing."""
        if not 0 < handover_id < 2**62:
            return False
        theirs = (
            select(ConversationRow.id)
            .join(ContactRow, ContactRow.id == ConversationRow.contact_id)
            .where(ContactRow.channel == contact.channel, ContactRow.address == rows.clean(contact.address))
            .scalar_subquery()
        )
        asked = or_(HandoverRow.asked_at.is_not(None), HandoverRow.rated_at.is_not(None))
        change = update(HandoverRow).where(HandoverRow.id == handover_id, HandoverRow.conversation_id == theirs, asked)
        async with self._database.writing() as connection:
            return bool((await connection.execute(change.values(**values))).rowcount)
