"""Whether what a notice says is so at this moment: asked when it is written, and again seconds before it leaves."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.accounts import Circulation, Ok, OpenHold, OpenLoan, Unavailable
from bot.clock import Clock, local_day
from bot.library.holds import HoldState
from bot.library.notices import OF_HOLDS, OF_LOANS, NoticeKind, NoticeRules, Subject, allowed_from
from bot.messages import Lane, Outbound
from bot.notice_words import Told
from bot.notices import Decided, Leaving, NoticeStore

SYSTEM_AWAY = timedelta(minutes=10)
"""Until a library system that did not answer is asked again."""


class Truth:
    """Asks circulation, whatever keeps it, what of a notice is so.

    Args:
        store: Where notices are kept.
        circulation: Loans and holds.
        clock: The time.
        rules: When nothing is sent.
    """

    def __init__(self, store: NoticeStore, circulation: Circulation, clock: Clock, rules: NoticeRules) -> None:
        self._store, self._circulation, self._clock, self._rules = store, circulation, clock, rules

    async def told(
        self, patron_id: int, items: Sequence[Subject], decided: Mapping[int, Decided], zone: ZoneInfo
    ) -> tuple[Told, tuple[Subject, ...]] | None:
        """What of these is so now, and what is not; None where nobody can tell at the moment."""
        kinds, today = {item.kind for item in items}, local_day(self._clock.now(), zone)
        loans: dict[int, OpenLoan] = {}
        holds: dict[int, OpenHold] = {}
        as_of = None
        if kinds & OF_LOANS:
            lent = await self._circulation.loans(patron_id)
            if isinstance(lent, Unavailable):
                return None
            if isinstance(lent, Ok):
                loans, as_of = {loan.loan.loan_id: loan for loan in lent.value}, lent.as_of
        if kinds & OF_HOLDS:
            waits = await self._circulation.holds(patron_id)
            if isinstance(waits, Unavailable):
                return None
            if isinstance(waits, Ok):
                holds = {hold.hold_id: hold for hold in waits.value if hold.state is HoldState.READY}
        true = [item for item in items if _stands(item, loans, holds, decided, today)]
        return _told(true, loans, holds, decided, as_of), tuple(item for item in items if item not in true)

    async def still_true(self, message: Outbound) -> str:
        """Why a notice must not leave, "" where it may; one that must not is planned anew. Raises StoreUnavailable."""
        leaving = await self._store.leaving(message.message_id) if message.lane is Lane.NOTICE else None
        if leaving is None:
            return ""
        if not leaving.current:
            return "told through another contact"
        why, at = await self._objection(leaving)
        if why:
            await self._store.take_back(message.message_id, why, at)
        return why

    async def _objection(self, leaving: Leaving) -> tuple[str, datetime]:
        now = self._clock.now()
        if leaving.stopped:
            return "the reader said stop", now
        if (allowed := allowed_from(now, leaving.zone, self._rules)) > now:
            return "quiet hours", allowed
        for _, patron_id, items in leaving.notices:
            changeable = [item for item in items if item.kind is not NoticeKind.RENEWAL_DECIDED]
            told = await self.told(patron_id, changeable, {}, leaving.zone)
            if told is None:
                return "the library system did not answer", now + SYSTEM_AWAY
            if told[1]:
                return "not true any more", now
        return "", now


def _told(
    true: Sequence[Subject],
    loans: Mapping[int, OpenLoan],
    holds: Mapping[int, OpenHold],
    decided: Mapping[int, Decided],
    as_of: datetime | None,
) -> Told:
    def of(kind: NoticeKind) -> list[int]:
        return list(dict.fromkeys(item.subject_id for item in true if item.kind is kind))

    expiring = of(NoticeKind.HOLD_EXPIRING)
    return Told(
        due=tuple(loans[number] for number in of(NoticeKind.DUE)),
        overdue=tuple(loans[number] for number in of(NoticeKind.OVERDUE)),
        ready=tuple(holds[number] for number in of(NoticeKind.HOLD_READY) if number not in expiring),
        expiring=tuple(holds[number] for number in expiring),
        decided=tuple(decided[number] for number in of(NoticeKind.RENEWAL_DECIDED)),
        as_of=as_of,
    )


def _stands(
    item: Subject,
    loans: Mapping[int, OpenLoan],
    holds: Mapping[int, OpenHold],
    decided: Mapping[int, Decided],
    today: date,
) -> bool:
    """Whether a thing is still as it was when it was planned."""
    if item.kind in OF_LOANS:
        loan = loans.get(item.subject_id)
        if loan is None or loan.loan.due_on != item.day or loan.loan.missing:
            return False
        return item.kind is NoticeKind.OVERDUE or item.day >= today
    if item.kind in OF_HOLDS:
        hold = holds.get(item.subject_id)
        return hold is not None and (item.kind is NoticeKind.HOLD_READY or hold.keep_until == item.day)
    return item.subject_id in decided
