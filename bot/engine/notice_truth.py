"""Whether what a notice says is so at this moment: asked when it is written, and again seconds before it leaves."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.circulation import Circulation, Ok, OpenHold, OpenLoan, ReadsMany, Result, Unavailable
from bot.clock import Clock, local_day
from bot.library.holds import HoldState
from bot.library.notices import OF_ENDED_HOLDS, OF_HOLDS, OF_LOANS, NoticeKind, NoticeRules, Subject, allowed_from
from bot.messages import Lane, Outbound
from bot.notice_words import Told
from bot.notices import Facts, Leaving, NoticeStore
from bot.quick import dataclass

AHEAD = 30
"""Letters that are looked at together: little more than a second of any messenger's pace."""
FRESH = timedelta(seconds=3)
"""So long what was looked at counts as so at this moment."""
SYSTEM_AWAY = timedelta(minutes=10)
"""Until a library system that did not answer is asked again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about one patron."""

    patron_id: int
    items: tuple[Subject, ...]
    facts: Facts
    zone: ZoneInfo

    @classmethod
    def again(cls, patron_id: int, items: Sequence[Subject], leaving: Leaving) -> "Asked":
        """Before it leaves: a decision stays what it was."""
        changeable = tuple(item for item in items if item.kind is not NoticeKind.RENEWAL_DECIDED)
        return cls(patron_id, changeable, leaving.facts, leaving.zone)

    @property
    def kinds(self) -> set[NoticeKind]:
        """What it is about."""
        return {item.kind for item in self.items}


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
        self._fine: dict[int, datetime] = {}

    async def told(self, asked: Sequence[Asked]) -> list[tuple[Told, tuple[Subject, ...]] | None]:
        """What of each is so now, and what is not; None where nobody can tell at the moment."""
        loans = await self._loans({one.patron_id for one in asked if one.kinds & OF_LOANS})
        holds = {one.patron_id: None for one in asked if one.kinds & OF_HOLDS}
        waits = {patron_id: await self._circulation.holds(patron_id) for patron_id in holds}
        return [self._one(one, loans.get(one.patron_id), waits.get(one.patron_id)) for one in asked]

    async def _loans(self, patrons: Collection[int]) -> Mapping[int, Result[tuple[OpenLoan, ...]]]:
        if not patrons:
            return {}
        if isinstance(self._circulation, ReadsMany):
            return await self._circulation.loans_of(patrons)
        return {patron_id: await self._circulation.loans(patron_id) for patron_id in patrons}

    def _one(
        self,
        asked: Asked,
        lent: Result[tuple[OpenLoan, ...]] | None,
        waits: Result[tuple[OpenHold, ...]] | None,
    ) -> tuple[Told, tuple[Subject, ...]] | None:
        if asked.kinds & OF_LOANS and isinstance(lent, Unavailable):
            return None
        if asked.kinds & OF_HOLDS and isinstance(waits, Unavailable):
            return None
        loans: dict[int, OpenLoan] = {}
        holds: dict[int, OpenHold] = {}
        as_of = None
        if asked.kinds & OF_LOANS and isinstance(lent, Ok):
            loans, as_of = {loan.loan.loan_id: loan for loan in lent.value}, lent.as_of
        if asked.kinds & OF_HOLDS and isinstance(waits, Ok):
            holds = {hold.hold_id: hold for hold in waits.value if hold.state is HoldState.READY}
        today, facts = local_day(self._clock.now(), asked.zone), asked.facts
        true = [item for item in asked.items if _stands(item, loans, holds, facts, today)]
        return _told(true, loans, holds, facts, as_of), tuple(item for item in asked.items if item not in true)

    # --- seconds before it leaves ----------------------------------------------------------------

    async def still_true(self, message: Outbound) -> str:
        """Why a notice must not leave, "" where it may; one that must not is planned anew. Raises StoreUnavailable.

        The letters behind it in the outbox are looked at together with it; what is fine of them is believed for
        ``FRESH``, so that sending costs a few queries for many letters.
        """
        if message.lane is not Lane.NOTICE:
            return ""
        looked_at = self._fine.pop(message.message_id, None)
        if looked_at is not None and timedelta() <= self._clock.now() - looked_at <= FRESH:
            return ""
        letters = await self._store.leaving(message.contact.channel, message.message_id, AHEAD)
        objections = await self._objections(letters)
        now = self._clock.now()
        self._fine = {
            number: now for number, (why, _) in objections.items() if not why and number != message.message_id
        }
        why, at = objections.get(message.message_id, ("", now))
        if why and at is not None:
            await self._store.take_back(message.message_id, why, at)
        return why

    async def _objections(self, letters: Mapping[int, Leaving]) -> dict[int, tuple[str, datetime | None]]:
        """What stands against each letter, and when its notices are planned for anew; None where they need not be."""
        now = self._clock.now()
        found: dict[int, tuple[str, datetime | None]] = {}
        asked: list[tuple[int, Asked]] = []
        for number, leaving in letters.items():
            if not leaving.current:
                found[number] = "told through another contact", None
            elif leaving.stopped:
                found[number] = "the reader said stop", now
            elif (allowed := allowed_from(now, leaving.zone, self._rules)) > now:
                found[number] = "quiet hours", allowed
            else:
                found[number] = "", now
                asked += [(number, Asked.again(*one[1:], leaving)) for one in leaving.notices]
        for (number, _), told in zip(asked, await self.told([one for _, one in asked]), strict=True):
            if told is None:
                found[number] = "the library system did not answer", now + SYSTEM_AWAY
            elif told[1] and not found[number][0]:
                found[number] = "not true any more", now
        return found


def _told(
    true: Sequence[Subject],
    loans: Mapping[int, OpenLoan],
    holds: Mapping[int, OpenHold],
    facts: Facts,
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
        ended=tuple(facts.ended[number] for kind in OF_ENDED_HOLDS for number in of(kind)),
        decided=tuple(facts.decided[number] for number in of(NoticeKind.RENEWAL_DECIDED)),
        card=next((facts.cards[number] for number in of(NoticeKind.CARD_EXPIRES)), None),
        as_of=as_of,
    )


def _stands(
    item: Subject,
    loans: Mapping[int, OpenLoan],
    holds: Mapping[int, OpenHold],
    facts: Facts,
    today: date,
) -> bool:
    """Whether a thing is still as it was when it was planned."""
    if item.kind in OF_LOANS:
        loan = loans.get(item.subject_id)
        if loan is None or loan.back_by != item.day or loan.loan.missing:
            return False
        return item.kind is NoticeKind.OVERDUE or item.day >= today
    if item.kind in OF_HOLDS:
        hold = holds.get(item.subject_id)
        return hold is not None and (item.kind is NoticeKind.HOLD_READY or hold.keep_until == item.day)
    if item.kind in OF_ENDED_HOLDS:
        return item.subject_id in facts.ended
    if item.kind is NoticeKind.CARD_EXPIRES:
        card = facts.cards.get(item.subject_id)
        return card is not None and card.until == item.day and item.day >= today
    return item.subject_id in facts.decided
