"""Readers who wait too long for a person: the chat of the staff is told, with a link and nothing of the reader."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.calls import CallStore, LongWait
from bot.clock import Clock
from bot.library.hours import now_at
from bot.library.model import Branch
from bot.library.notices import NoticeRules, allowed_from
from bot.library.open_time import open_time
from bot.library.places import main_branch
from bot.messages import Contact, Outbound, Reply
from bot.ports.library import Branches, Holidays
from bot.rounds import again_and_again
from bot.wording import counted, in_language
from bot.wording import gettext as _

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 20.0
LONGEST_WORD = timedelta(hours=48)


class Alerts:
    """Looks after those who wait.

    Args:
        store: Who waits.
        clock: The time.
        branches: Whose hours count.
        holidays: Official days off.
        chats: The staff's chat by channel; without any nobody is told.
        after: From how much opening time on a wait is long.
        again: How soon the same wait is told once more.
        nights: When nothing is sent where no hours are known, by the library's clock.
        zone: Of the library.
        reply_branch: Code of the branch whose people answer, "" for the main one.
        channels: What people call the channels.
        sources: Start parameters of links by branch code.
        console: Address of the console, "" where it is not known.
        language: Of the staff.
    """

    def __init__(
        self,
        store: CallStore,
        clock: Clock,
        branches: Branches,
        holidays: Holidays,
        *,
        chats: Mapping[str, str],
        after: timedelta,
        again: timedelta,
        nights: NoticeRules,
        zone: ZoneInfo,
        reply_branch: str = "",
        channels: Mapping[str, str],
        sources: Mapping[str, str],
        console: str = "",
        language: str = "ru",
    ) -> None:
        self._store, self._clock = store, clock
        self._branches, self._holidays, self._reply_branch = branches, holidays, reply_branch
        self._chats = tuple(Contact(channel=channel, address=address) for channel, address in chats.items())
        self._after, self._again, self._nights, self._zone = after, again, nights, zone
        self._channels, self._sources = channels, sources
        self._console, self._language = console, language

    async def follow(self) -> None:
        """Look again and again until cancelled; several processes may."""
        await again_and_again(self.look, LOOK_EVERY_S)

    async def look(self) -> int:
        """Tell of those who wait too long now; returns of how many. Raises StoreUnavailable."""
        now, branches = self._clock.now(), await self._branches.all()
        desk = next((one for one in branches if one.code == self._reply_branch), None) or main_branch(branches)
        if not self._chats or not self._somebody_is_there(desk, now):
            return 0
        told_before = now - self._again
        waits = await self._store.long_waits(now - self._after, told_before)
        long = [wait for wait in waits if self._is_long(wait, desk, now)]
        if not long:
            return 0
        with in_language(self._language):
            said = Reply(text=self._words(long, {branch.code: branch.name for branch in branches}, now))
        ids = [wait.handover_id for wait in long]
        key = f"alert:{min(ids)}:{now.timestamp():.0f}"
        if not await self._store.tell_staff(ids, told_before, dict.fromkeys(self._chats, said), key):
            return 0
        log.info("staff told of readers who wait", readers=len(long))
        return len(long)

    def _somebody_is_there(self, desk: Branch | None, now: datetime) -> bool:
        if desk is not None and desk.hours is not None:
            return now_at(desk.hours, desk.zone, now, self._holidays).open
        return allowed_from(now, self._zone, self._nights) <= now

    def _is_long(self, wait: LongWait, desk: Branch | None, now: datetime) -> bool:
        if desk is None or desk.hours is None:
            return True
        return open_time(desk.hours, desk.zone, wait.since, now, self._holidays) >= self._after

    def _words(self, waits: Sequence[LongWait], names: Mapping[str, str], now: datetime) -> str:
        """How many, how long, where, and the link; never a name, never what was said."""
        first = min(waits, key=lambda wait: wait.since)
        time = _length(now - first.since)
        if len(waits) == 1:
            branch = names.get(first.branch or self._sources.get(first.source, ""), "")
            where = ", ".join(filter(None, (self._channels.get(first.channel, first.channel), branch)))
            said = _("Читатель ждёт библиотекаря {time} ({where}).").format(time=time, where=where)
            path = f"c/{first.conversation_id}"
        else:
            said = _("Библиотекаря ждут: {readers}. Дольше всех {time}.").format(
                readers=counted(len(waits), "читатель", "читателя", "читателей"), time=time
            )
            path = ""
        if not self._console:
            return said + "\n" + _("Откройте рабочее место, список «Ждут».")
        return f"{said}\n{self._console}{path}"

    async def still_true(self, message: Outbound) -> str:
        """Why a letter to the staff must not leave any more; "" for every other message. Raises StoreUnavailable."""
        if message.contact not in self._chats:
            return ""
        return "" if await self._store.waiting() else "nobody waits any more"


def _length(wait: timedelta) -> str:
    minutes = int(wait / timedelta(minutes=1))
    if minutes < 60:
        return counted(minutes, "минуту", "минуты", "минут")
    if wait < LONGEST_WORD:
        return counted(minutes // 60, "час", "часа", "часов")
    return counted(wait.days, "день", "дня", "дней")
