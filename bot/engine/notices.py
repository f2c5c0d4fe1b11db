"""The timer of notices: what is due is planned at night, put into the outbox by day, and followed until it arrives."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

import structlog

from bot.circulation import Circulation
from bot.clock import Clock
from bot.engine.notice_truth import SYSTEM_AWAY, Asked, Truth
from bot.engine.outbox import StillTrue
from bot.errors import StoreUnavailable
from bot.library.hours import DaysOff
from bot.library.model import Branch
from bot.library.notices import (
    Carrier,
    NoticeKind,
    NoticeRules,
    Subject,
    Way,
    allowed_from,
    next_way,
)
from bot.messages import worded_in
from bot.notice_words import Setting, Told, in_short, main_day, worded
from bot.notices import SHOWN_ON_A_PAGE, DueNotice, NoticeLetter, NoticeStore, OnItsWay
from bot.ports.library import Branches
from bot.quick import dataclass, replace
from bot.wording import in_language, language_of

log = structlog.get_logger(__name__)

TICK_S = 30.0
SOON_S = 5.0
"""Between two looks while more is due than the outbox takes at once."""
PLAN_EVERY = timedelta(hours=1)
"""Loans that an import brings during the day are noticed within that; the great round is the one after midnight."""
PATRONS_AT_ONCE = 200
"""Planned in one transaction: nobody waits for it for longer than a few tens of milliseconds."""
LONGEST_REST_S = 0.05
SEND_AT_ONCE = 50
MOST_WAITING = 300
"""Notices of one channel in the outbox: more would still be waiting there when the quiet hours begin."""
LATER = timedelta(seconds=15)
"""Until there is room again: the outbox of a messenger is half empty by then."""
MOST_IN_VAIN = 4
"""Batches in a row of which nothing could be sent: then the round ends."""
PERSON_SPEAKS = timedelta(hours=1)
TOO_MANY = timedelta(hours=12)
TOO_OLD = timedelta(days=3)
"""What could not be checked or sent for so long is not sent any more."""
KEPT = timedelta(days=120)
"""Longer than any book is spoken of, so that nothing is told twice."""
LOCK = "notices:"
"""Where several processes run, one of them sends notices; no channel has such a name."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A notice, what is true of it, and where it goes; ``way`` is None for the paid message at the end."""

    notice: DueNotice
    told: Told
    stale: tuple[Subject, ...]
    contact_id: int
    channel: str
    way: Way | None


class Notices:
    """Plans, sends and follows notices.

    Args:
        store: Where they are kept.
        circulation: Asked again before anything is said.
        branches: Addresses and hours for holds.
        holidays: Official days off.
        clock: The time.
        rules: When readers are written to.
        carriers: What each channel means for notices.
        library: Its name, for short messages.
        language: Of readers whose messenger reports none.
        sms: The channel whose messages the library pays for when all else failed, "" for none.
    """

    def __init__(
        self,
        store: NoticeStore,
        circulation: Circulation,
        branches: Branches,
        holidays: DaysOff,
        clock: Clock,
        rules: NoticeRules,
        carriers: Mapping[str, Carrier],
        *,
        library: str,
        language: str = "ru",
        sms: str = "",
    ) -> None:
        self._store, self._branches, self._holidays = store, branches, holidays
        self._truth = Truth(store, circulation, clock, rules)
        self._clock, self._rules, self._carriers = clock, rules, dict(carriers)
        self._library, self._language, self._sms = library, language, sms
        self._confirming = frozenset(name for name, carrier in carriers.items() if carrier.confirms)
        self._more = False
        self._plan_at = self._forget_at = self._told_at = datetime.min.replace(tzinfo=clock.now().tzinfo)

    @property
    def still_true(self) -> StillTrue:
        """What the outbox asks before a notice leaves."""
        return self._truth.still_true

    # --- the loop --------------------------------------------------------------------------------

    async def follow(self, alone: Callable[[str], AbstractAsyncContextManager[bool]]) -> None:
        """Run until cancelled; ``alone`` lets one process at a time in."""
        while True:
            try:
                async with alone(LOCK) as ours:
                    while ours:
                        await self.tick()
                        await asyncio.sleep(SOON_S if self._more else TICK_S)
            except StoreUnavailable as error:
                log.error("store lost", why=str(error))
            await asyncio.sleep(TICK_S)

    async def tick(self) -> None:
        """Whatever is to be done now; nothing in a copy that was restored and not let go on."""
        now = self._clock.now()
        if await self._store.is_resting():
            if now >= self._told_at:
                log.warning("readers are not reminded: this store was restored, see bibliobot notices resume")
                self._told_at = now + timedelta(hours=1)
            return
        await self._store.plan_events()
        if now >= self._plan_at:
            await self.plan()
            self._plan_at = now + PLAN_EVERY
        await self.look_after()
        await self.send()
        if now >= self._forget_at:
            await self._store.forget(now - KEPT)
            self._forget_at = now + timedelta(days=1)

    async def plan(self) -> None:
        """Plan what loans and cards of all patrons ask for, a batch at a time, giving way to everybody in between."""
        for planned in (self._store.plan_loans, self._store.plan_cards):
            after: int | None = 0
            while after is not None:
                began = monotonic()
                after = await planned(after, PATRONS_AT_ONCE)
                await _give_way(began)

    async def look_after(self) -> None:
        """Decide about letters that have arrived, failed, or take too long."""
        while found := await self._store.on_their_way(self._confirming, SEND_AT_ONCE):
            arrived = [one.notice_id for one in found if self._has_arrived(one)]
            await self._store.reached(arrived)
            for one in found:
                if not self._has_arrived(one):
                    await self._store.go_on(one.notice_id, _why(one), self._allowed(self._clock.now(), one.zone))
            if len(found) < SEND_AT_ONCE:
                return

    def _has_arrived(self, one: OnItsWay) -> bool:
        if one.state == "sent":
            return one.channel not in self._confirming
        return one.state in ("delivered", "read")

    async def send(self) -> int:
        """Put what is due into the outbox, as far as there is room; returns how many letters were written."""
        written, in_vain, waiting = 0, 0, defaultdict(int, await self._store.waiting_letters())
        self._more = False
        while notices := await self._store.due(SEND_AT_ONCE):
            began = monotonic()
            now_written = await self._send(notices, waiting)
            written, in_vain = written + now_written, 0 if now_written else in_vain + 1
            if in_vain >= MOST_IN_VAIN:  # no room for these: the rest need not be looked at either
                self._more = True
                break
            await _give_way(began)
        return written

    # --- one batch -------------------------------------------------------------------------------

    async def _send(self, notices: Sequence[DueNotice], waiting: defaultdict[str, int]) -> int:
        told_now = await self._may_be_told(notices, waiting)
        asked = [Asked(one.patron_id, one.items, one.facts, one.zone) for one in told_now]
        letters: defaultdict[int, list[Ready]] = defaultdict(list)
        untrue: list[int] = []
        for notice, told in zip(told_now, await self._truth.told(asked), strict=True):
            if told is None:
                await self._put_off(notice, "the library system did not answer", SYSTEM_AWAY)
            elif not told[0]:
                untrue.append(notice.notice_id)
            elif ready := await self._addressed(notice, *told):
                if ready.contact_id not in letters:
                    waiting[ready.channel] += 1
                letters[ready.contact_id].append(ready)
        await self._store.drop(untrue, "not true any more")
        if not letters:
            return 0
        branches = await self._branches.all()
        worded = [await self._worded(together, branches) for together in letters.values()]
        return await self._store.post([letter for letter in worded if letter is not None])

    async def _worded(self, together: Sequence[Ready], branches: Sequence[Branch]) -> NoticeLetter | None:
        """One letter; what cannot be put into words is given up and stops nobody else's."""
        try:
            return self._letter(together, branches)
        except Exception as error:  # noqa: BLE001 - the one edge around one letter
            log.error(
                "a notice could not be worded",
                notices=[one.notice.notice_id for one in together],
                error=type(error).__name__,
            )
            await self._store.give_up([one.notice.notice_id for one in together], "could not be put into words")
            return None

    async def _may_be_told(self, notices: Sequence[DueNotice], waiting: Mapping[str, int]) -> list[DueNotice]:
        """Those that may be told now, as far as the notice itself tells; the others are dropped or put off."""
        now = self._clock.now()
        stopped: list[int] = []
        later: defaultdict[datetime, list[int]] = defaultdict(list)
        going: list[DueNotice] = []
        taken = Counter(waiting)
        for notice in notices:
            channel = self._likely_channel(notice)
            if not notice.ways and notice.stopped:
                stopped.append(notice.notice_id)
            elif (allowed := self._allowed(now, notice.zone)) > now:
                later[allowed].append(notice.notice_id)
            elif notice.sent_today >= self._rules.most_a_day:
                later[self._allowed(now + TOO_MANY, notice.zone)].append(notice.notice_id)
            elif taken[channel] >= MOST_WAITING:
                later[self._allowed(now + LATER, notice.zone)].append(notice.notice_id)
                self._more = True
            else:
                taken[channel] += 1
                going.append(notice)
        await self._store.drop(stopped, "the reader said stop, or is not linked any more")
        for until, ids in later.items():
            await self._store.postpone(ids, until)
        return going

    def _likely_channel(self, notice: DueNotice) -> str:
        """Where it will go, unless its words need an approved template there."""
        way = next_way(notice.ways, notice.tried, lambda way: way.channel in self._carriers)
        return way.channel if way is not None else self._sms

    async def _addressed(self, notice: DueNotice, told: Told, stale: tuple[Subject, ...]) -> Ready | None:
        now, key = self._clock.now(), main_day([told], notice.zone)[0]

        def carries(way: Way) -> bool:
            carrier = self._carriers.get(way.channel)
            return carrier is not None and carrier.takes(key, way.heard_at, now)

        way = next_way(notice.ways, notice.tried, carries)
        if way is not None and way.with_person:
            await self._put_off(notice, "a librarian has the conversation", PERSON_SPEAKS)
            return None
        if way is not None:
            named = replace(told, name=notice.given_name) if way.child else told
            return Ready(notice, named, stale, way.contact_id, way.channel, way)
        paid = None
        if self._sms and notice.phone and not notice.stopped:
            paid = await self._store.sms_contact(self._sms, notice.phone)
        if paid is None or paid in notice.tried:
            await self._is_unreached(notice, told, stale)
            return None
        return Ready(notice, told, stale, paid, self._sms, None)

    async def _is_unreached(self, notice: DueNotice, told: Told, stale: tuple[Subject, ...]) -> None:
        """The desk has to call; whoever opens a page of ours finds there first that a book waits for them."""
        page = next((way for way in notice.pages if way.reachable and not way.with_person), None)
        if page is None or not any(subject.kind is NoticeKind.HOLD_READY for subject in notice.items):
            await self._store.give_up([notice.notice_id], "no contact is left to try")
            return
        named = replace(told, name=notice.given_name) if page.child else told
        ready = Ready(notice, named, stale, page.contact_id, page.channel, page)
        letter = await self._worded([ready], await self._branches.all())
        if letter is not None:
            await self._store.show(letter, SHOWN_ON_A_PAGE)

    def _letter(self, together: Sequence[Ready], branches: Sequence[Branch]) -> NoticeLetter:
        first, now = together[0], self._clock.now()
        cards = [one.told for one in sorted(together, key=lambda one: one.told.name)]
        language = language_of(first.way.language if first.way else "", self._language)
        with in_language(language):
            if first.way is None:
                reply = in_short(cards, self._library, first.notice.zone)
            else:
                setting = Setting(
                    zone=first.notice.zone,
                    now=now,
                    holidays=self._holidays,
                    branches=branches,
                    hidden=first.way.hide_titles,
                )
                reply = worded(cards, setting)
        reply = worded_in(reply, language, self._language)
        return NoticeLetter(
            notices=tuple(one.notice.notice_id for one in together),
            contact_id=first.contact_id,
            channel=first.channel,
            reply=reply,
            deliver_by=now + self._rules.wait,
            stale=tuple(subject for one in together for subject in one.stale),
        )

    # --- moments ---------------------------------------------------------------------------------

    def _allowed(self, moment: datetime, zone: ZoneInfo) -> datetime:
        return allowed_from(moment, zone, self._rules)

    async def _postpone(self, notice: DueNotice, by: timedelta) -> None:
        await self._store.postpone([notice.notice_id], self._allowed(self._clock.now() + by, notice.zone))

    async def _put_off(self, notice: DueNotice, why: str, by: timedelta) -> None:
        """Try later, unless it has been put off for days."""
        if self._clock.now() - notice.planned_at > TOO_OLD:
            await self._store.give_up([notice.notice_id], why)
        else:
            await self._postpone(notice, by)


def _why(one: OnItsWay) -> str:
    if one.state == "failed":
        return one.why or "failed"
    return "the letter is gone" if not one.state else "not delivered in time"


async def _give_way(began: float) -> None:
    """Rest for half as long as the work took, but no longer than readers need to get through."""
    await asyncio.sleep(min((monotonic() - began) / 2, LONGEST_REST_S))
