"""One patron's loans with everything that decides about them: from rows to the pure rules and back."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.circulation import Keeping, OpenLoan
from bot.library.due_dates import is_overdue, shut_on
from bot.library.holds import QueuedHold, wants_copy
from bot.library.lending import Loan
from bot.library.policy import LendingPolicy
from bot.library.renewal import Circumstances, OtherLoan, Renewal, WaitingHold, last_due_date, renew, renewals_left
from bot.quick import dataclass, replace
from db import circulation_reading as reading
from db.circulation_house import LendingHouse, Places
from db.circulation_reading import Copies, StoredLoan, StoredPatron

_COPIES_APART = 1 << 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything that a decision about a patron's loans needs, as it is at one moment.

    Attributes:
        remote: The books are not shown; False at a desk.
    """

    house: LendingHouse
    places: Places
    now: datetime
    patron: StoredPatron
    loans: Sequence[StoredLoan]
    queues: Mapping[int, Sequence[QueuedHold]]
    copies: Mapping[int, Sequence[Copies]]
    remote: bool = True

    def find(self, loan_id: int) -> StoredLoan | None:
        """The patron's open loan of this number."""
        return next((stored for stored in self.loans if stored.loan.loan_id == loan_id), None)

    def policy(self, loan: Loan) -> LendingPolicy:
        """The parameters for one loan."""
        return self.house.policy(loan.branch_code, self.patron.patron.category, loan.item_type)

    def decide(self, stored: StoredLoan) -> Renewal:
        """What a renewal now would come to."""
        return renew(stored.loan, self.patron.patron, self.policy(stored.loan), self.circumstances(stored))

    def circumstances(self, stored: StoredLoan) -> Circumstances:
        """What else the decision on a loan depends on."""
        place = self.places.at(stored.loan.branch_code)
        others = [other.loan for other in self.loans if other.loan.loan_id != stored.loan.loan_id]
        return Circumstances(
            today=place.today(self.now),
            calendar=place.calendar,
            others=[self._other(loan) for loan in others],
            waiting=self._waiting(stored),
            recalled=stored.recalled,
            live=self.house.kept(stored.loan.branch_code) is Keeping.LIVE,
            remote=self.remote,
        )

    def _other(self, loan: Loan) -> OtherLoan:
        place = self.places.at(loan.branch_code)
        return OtherLoan(loan.due_on, place.calendar, place.today(self.now))

    def _waiting(self, stored: StoredLoan) -> list[WaitingHold]:
        """Who waits for the title, and which copies on the shelf could serve them instead of ours."""
        if stored.work_id is None:
            return []
        queue = [
            hold
            for hold in self.queues.get(stored.work_id, ())
            if hold.patron_id != stored.loan.patron_id and wants_copy(hold, self.places.at(hold.pickup).today(self.now))
        ]
        copies = self.copies.get(stored.work_id, ())
        return [
            WaitingHold(item_id=hold.item_id, free_items=self._could_serve(hold, copies, len(queue))) for hold in queue
        ]

    def _could_serve(self, hold: QueuedHold, copies: Sequence[Copies], enough: int) -> frozenset[int]:
        return frozenset(
            item.item_id + number * _COPIES_APART
            for item in copies
            if hold.item_id in (None, item.item_id) and (self.house.transfers or item.branch_code == hold.pickup)
            for number in range(min(item.free, enough))
        )

    def open_loan(self, stored: StoredLoan) -> OpenLoan:
        """The loan as its reader is told of it."""
        loan, policy = stored.loan, self.policy(stored.loan)
        now = self.circumstances(stored)
        keeping = self.house.kept(loan.branch_code)
        return OpenLoan(
            loan=loan,
            title=stored.title,
            author=stored.author,
            work_id=stored.work_id,
            shut=shut_on(loan.due_on, now.calendar),
            overdue=is_overdue(loan.due_on, now.today, now.calendar),
            renewals_left=renewals_left(loan, policy, remote=self.remote),
            if_renewed=renew(loan, self.patron.patron, policy, now),
            last_due_on=last_due_date(loan, self.patron.patron, policy, now),
            requested=stored.requested,
            keeping=keeping,
        )

    @property
    def as_of(self) -> datetime | None:
        """Since when all of it is known; None where it is so now."""
        ages = [
            stored.as_of
            for stored in self.loans
            if stored.as_of is not None and self.house.kept(stored.loan.branch_code) is not Keeping.LIVE
        ]
        if self.patron.as_of is not None and self.house.kept(self.patron.branch_code) is not Keeping.LIVE:
            ages.append(self.patron.as_of)
        return min(ages, default=None)

    @property
    def known(self) -> bool:
        """Whether anything can be said of the patron's loans: paper and files that never came tell nothing."""
        keeping = self.house.kept(self.patron.branch_code)
        return bool(self.loans) or keeping is Keeping.LIVE or self.patron.as_of is not None

    def changed(self, stored: StoredLoan, loan: Loan) -> "Scene":
        """The same with one loan as it has become."""
        loans = [replace(other, loan=loan) if other is stored else other for other in self.loans]
        return replace(self, loans=loans)


async def read_scene(
    connection: AsyncConnection,
    house: LendingHouse,
    places: Places,
    now: datetime,
    patron_id: int,
    *,
    more_works: Collection[int] = (),
    of_hold: int | None = None,
    to_write: bool = False,
    remote: bool = True,
) -> Scene | None:
    """Three queries, or a few more with the locks of one who will write; None where there is no such patron.

    ``more_works`` are locked and read beside those of the loans, and the work of the patron's hold ``of_hold``.
    """
    if to_write:
        await reading.lock_patron(connection, patron_id)
        await reading.lock_loans(connection, reading.open_of(patron_id))
    found = (await reading.patrons_with_loans(connection, [patron_id])).get(patron_id)
    if found is None:
        return None
    patron, loans = found
    works = {stored.work_id for stored in loans if stored.work_id is not None}
    works.update(more_works)
    if of_hold is not None:
        works.update(await reading.works_of_holds(connection, patron_id, [of_hold]))
    if to_write:
        await reading.lock_works(connection, works)
    return Scene(
        house=house,
        places=places,
        now=now,
        patron=patron,
        loans=loans,
        queues=await reading.queues(connection, works),
        copies=await reading.copies(connection, works),
        remote=remote,
    )


async def read_scenes(
    connection: AsyncConnection, house: LendingHouse, places: Places, now: datetime, patron_ids: Collection[int]
) -> dict[int, Scene]:
    """The same for many patrons, to read only; three queries for all of them."""
    found = await reading.patrons_with_loans(connection, patron_ids)
    works = {stored.work_id for _, loans in found.values() for stored in loans if stored.work_id is not None}
    queues, copies = await reading.queues(connection, works), await reading.copies(connection, works)
    return {
        patron_id: Scene(house=house, places=places, now=now, patron=patron, loans=loans, queues=queues, copies=copies)
        for patron_id, (patron, loans) in found.items()
    }
