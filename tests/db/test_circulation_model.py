"""Loans, renewals and holds on a real store, driven at random: what must never happen does not."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import create_engine, select

from bot.circulation import Ok, RenewalState, RenewalWish
from bot.library.holds import HoldState
from bot.library.policy import Confirmation, LendingPolicy, RenewalBase
from bot.library.renewal import RenewalBlock
from db.connect import connect
from db.lending_desk import Lent
from db.models_circulation import HoldRow, LoanRow
from tests.support.clock import StandingClock
from tests.support.databases import Databases
from tests.support.lending import LendingLibrary

POLICY = LendingPolicy(
    loan_days=10, renewals_allowed=9, remote_renewals_allowed=None, max_loans=3, max_holds=2,
    renewal_base=RenewalBase.DUE_DATE,
    confirmation=Confirmation.AUTO,
)  # fmt: skip
POLICIES = (
    replace(POLICY, max_total_days=28, max_loans=1),
    replace(POLICY, renewals_allowed=1, max_holds=1),
    replace(POLICY, remote_renewals_allowed=1),
)
"""Each with one cap that is met first: behind another one a missing cap would not show."""
READERS, WORKS = 3, 2


class Lending(RuleBasedStateMachine):
    """Three readers, two works (one of them in two copies), and whatever they do."""

    databases: Databases

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = StandingClock()

    def do(self, what: Any) -> Any:
        """Run it to its end."""
        return self.loop.run_until_complete(what)

    @initialize(policy=st.sampled_from(POLICIES), queue=st.booleans())
    def opens(self, policy: LendingPolicy, queue: bool) -> None:
        self.policy = policy
        self.do(self._open())
        if queue:  # two wait for the only copy of the second work
            for reader in (1, 0):
                self.waits(reader=reader, works=[1])

    async def _open(self) -> None:
        self.database = await connect(await self.databases.url("sqlite"))
        self.looking = create_engine(f"sqlite:///{self.database.path}")
        self.library = LendingLibrary(self.database, self.clock, self.policy)
        await self.library.opens()
        self.readers = [await self.library.patron(str(number)) for number in range(READERS)]
        bought = [await self.library.book(f"Книга {number}", 2 if number == 0 else 1) for number in range(WORKS)]
        self.works = [work for work, _ in bought]
        self.items = [item for _, items in bought for item in items]
        self.of_item = {item: work for work, items in bought for item in items}
        self.lent_to: dict[int, tuple[int, int]] = {}
        """Open loans: reader and item."""
        for reader, item in zip(self.readers, self.items, strict=True):  # a library that has been open for a while
            lent = await self.library.lend(reader, item)
            self.lent_to[lent.loan_id] = (reader, item)

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.looking.dispose()
            self.do(self.databases.drop(self.database))
        self.loop.close()

    # --- what may happen -------------------------------------------------------------------------

    @rule(reader=st.integers(0, READERS - 1), item=st.integers(0, WORKS))
    def lends(self, reader: int, item: int) -> None:
        at_home = {copy for _, copy in self.lent_to.values()}
        shelf = [copy for copy in self.items if copy not in at_home] or self.items
        patron, copy = self.readers[reader], shelf[item % len(shelf)]
        before = self.waiting(self.of_item[copy])
        lent = self.do(self.library.desk.lend(patron, copy, "01"))
        if not isinstance(lent, Lent):
            return
        kept = [hold for hold in before if hold.assigned_item_id == copy and hold.patron_id != patron]
        assert not kept, "a copy that waited for one reader went to another"
        self.lent_to[lent.loan_id] = (patron, copy)

    @precondition(lambda self: self.lent_to)
    @rule(which=st.integers(0, 2))
    def comes_back(self, which: int) -> None:
        loan = self.one_of(which)
        _, copy = self.lent_to.pop(loan)
        queue = [hold for hold in self.waiting(self.of_item[copy]) if hold.state == HoldState.QUEUED]
        back = self.do(self.library.desk.take_back(loan))
        assert back is not None
        assert back.hold_id == (queue[0].id if queue else None), "a hold was skipped"

    @precondition(lambda self: self.lent_to)
    @rule(which=st.integers(0, 2), stranger=st.sampled_from([None, None, 0]), times=st.integers(1, 3))
    def renews(self, which: int, stranger: int | None, times: int) -> None:
        for _ in range(times):
            self._renews(self.one_of(which), stranger)

    def _renews(self, loan: int, stranger: int | None) -> None:
        patron = self.lent_to[loan][0] if stranger is None else self.readers[stranger]
        others = [
            hold
            for hold in self.waiting(self.of_item[self.lent_to[loan][1]])
            if hold.state == HoldState.QUEUED and hold.patron_id != patron
        ]
        result = self.do(self.library.circulation.renew(patron, [RenewalWish(loan)], self.library.key()))
        assert isinstance(result, Ok)
        (outcome,) = result.value
        if self.lent_to[loan][0] != patron:
            assert outcome.block is RenewalBlock.LOAN_NOT_FOUND
        if others:  # every copy is out or kept, or the hold would have one
            assert outcome.state is not RenewalState.RENEWED, "a wanted title was renewed"

    @rule(reader=st.integers(0, READERS - 1), works=st.lists(st.integers(0, WORKS - 1), min_size=1, max_size=3))
    def waits(self, reader: int, works: list[int]) -> None:
        for work in works:
            wish = self.readers[reader], self.works[work], "01", self.library.key()
            self.do(self.library.circulation.place_hold(*wish))

    @rule(reader=st.integers(0, READERS - 1), which=st.integers(0, 1))
    def cancels(self, reader: int, which: int) -> None:
        holds = self.do(self.library.holds(self.readers[reader]))
        if which < len(holds):
            key = self.library.key()
            self.do(self.library.circulation.cancel_hold(self.readers[reader], holds[which].hold_id, key))

    @rule(reader=st.integers(0, READERS - 1), days=st.integers(0, 9))
    def suspends(self, reader: int, days: int) -> None:
        holds = self.do(self.library.holds(self.readers[reader]))
        if holds:
            until = self.library.today + timedelta(days=days) if days else None
            key = self.library.key()
            self.do(self.library.circulation.suspend_hold(self.readers[reader], holds[0].hold_id, until, key))

    @rule(reader=st.integers(0, READERS - 1))
    def is_put_on_the_shelf(self, reader: int) -> None:
        for hold in self.do(self.library.holds(self.readers[reader])):
            self.do(self.library.desk.make_ready(hold.hold_id))

    @rule(days=st.integers(1, 12))
    def time_passes(self, days: int) -> None:
        self.library.days(days)
        self.do(self.library.desk.pass_time())

    def one_of(self, which: int) -> int:
        """One of the open loans."""
        return sorted(self.lent_to)[which % len(self.lent_to)]

    # --- what must hold --------------------------------------------------------------------------

    def waiting(self, work_id: int) -> list[Any]:
        """The live holds of a work, first come first."""
        live = select(HoldRow).where(HoldRow.work_id == work_id, HoldRow.ended_at.is_(None))
        return self.rows(live.order_by(HoldRow.placed_at, HoldRow.id))

    def rows(self, wanted: Any) -> list[Any]:
        """Read beside the service and without its threads: half of what this test does is looking."""
        with self.looking.connect() as connection:
            return list(connection.execute(wanted))

    @invariant()
    def nothing_forbidden_is_in_the_store(self) -> None:
        if not hasattr(self, "lent_to"):
            return
        out = self.rows(select(LoanRow).where(LoanRow.returned_at.is_(None)))
        live = self.rows(select(HoldRow).where(HoldRow.ended_at.is_(None)))
        items = [loan.item_id for loan in out]
        kept = [hold.assigned_item_id for hold in live if hold.assigned_item_id is not None]
        assert len(items + kept) == len(set(items + kept)), "two have one copy"
        assert {loan.id: (loan.patron_id, loan.item_id) for loan in out} == self.lent_to
        for loan in out:
            assert loan.renewals <= self.policy.renewals_allowed
            assert self.policy.remote_renewals_allowed in (None, *range(loan.remote_renewals, 99))
            days = (loan.due_on - loan.issued_on).days
            assert self.policy.max_total_days is None or days <= self.policy.max_total_days
        for reader in self.readers:
            assert sum(loan.patron_id == reader for loan in out) <= (self.policy.max_loans or 0)
            waits = [hold.work_id for hold in live if hold.patron_id == reader]
            assert len(waits) <= (self.policy.max_holds or 0)
            assert len(waits) == len(set(waits))
        for work in self.works:
            free = {item for item, of in self.of_item.items() if of == work} - set(items) - set(kept)
            queued = [hold for hold in live if hold.work_id == work and hold.state == HoldState.QUEUED]
            assert not (free and queued), "somebody waits beside a free copy"


@pytest.mark.parametrize("steps", [25])
def test_no_cap_is_passed_no_copy_lent_twice_no_hold_skipped(databases: Databases, steps: int) -> None:
    Lending.databases = databases
    quick = settings(
        max_examples=15,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=[Phase.generate],  # a failure is told at once: making it smaller takes minutes on a real store
        database=None,
    )
    run_state_machine_as_test(Lending, settings=quick)
