"""Renewals in the store: decided by the pure rules, done once a key, asked of the staff where they decide."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.audit import READER
from bot.circulation import RenewalOutcome, RenewalState, RenewalWish
from bot.library.lending import Loan
from bot.library.renewal import NotRenewed, RenewalBlock, renewed_loan
from bot.quick import replace
from bot.renewal_requests import RequestCause, RequestState
from db import circulation_keys as keys
from db.circulation_keys import KEY_LENGTH, Counts
from db.circulation_reading import StoredLoan
from db.circulation_scene import Scene
from db.models_circulation import LoanRow, RenewalRequestRow, RenewalRow

CALL = "renew"


async def renew_all(
    connection: AsyncConnection,
    scene: Scene,
    wishes: Sequence[RenewalWish],
    key: str,
    now: datetime,
    *,
    by: str = READER,
) -> tuple[RenewalOutcome, ...]:
    """Decide each wish for itself and write what came of it; one outcome a wish, in their order."""
    patron_id = scene.patron.patron.patron_id
    before = await keys.outcome(connection, patron_id, CALL, key) or {}
    work = _Work(scene, key, now, by)
    after = scene
    came: dict[str, dict[str, Any]] = {}
    for wish in wishes:
        number = str(wish.loan_id)
        if number not in before and number not in came:
            came[number] = work.decide(wish)
    await work.write(connection)
    if came:
        await keys.keep(connection, patron_id, CALL, key, {**before, **came}, now)
    for stored, loan in work.renewed:
        after = after.changed(stored, loan)
    asked = {row["loan_id"] for row in work.requests}
    return tuple(_outcome(after, wish.loan_id, {**before, **came}[str(wish.loan_id)], asked) for wish in wishes)


class _Work:
    """What one call changes, put together before it is written."""

    def __init__(self, scene: Scene, key: str, now: datetime, by: str) -> None:
        self._scene, self._key, self._now, self._by = scene, key, now, by
        self.renewed: list[tuple[StoredLoan, Loan]] = []
        self.requests: list[dict[str, Any]] = []
        self._counts: Counts = Counter()

    def decide(self, wish: RenewalWish) -> dict[str, Any]:
        """What becomes of one wish, as the store remembers it."""
        stored = self._scene.find(wish.loan_id)
        if stored is None:
            return _kept(RenewalState.REFUSED, block=RenewalBlock.LOAN_NOT_FOUND)
        if wish.seen_due_on is not None and wish.seen_due_on != stored.loan.due_on:
            return _kept(RenewalState.ALREADY)
        if stored.requested:
            return _kept(RenewalState.REQUESTED)
        decided = self._scene.decide(stored)
        if isinstance(decided, NotRenewed):
            self._count(stored, "renewal_refused", decided.block.value)
            return _kept(RenewalState.REFUSED, block=decided.block, renewable_from=decided.renewable_from)
        if decided.pending:
            self._count(stored, "renewal_requested")
            cause = RequestCause.STAFF if self._scene.remote else RequestCause.DESK
            self.requests.append(request_row(stored, decided.due_on, self._key, self._now, cause))
            return _kept(RenewalState.REQUESTED)
        self._count(stored, "renewed")
        self.renewed.append((stored, renewed_loan(decided, remote=self._scene.remote)))
        return _kept(RenewalState.RENEWED, last=decided.last)

    def _count(self, stored: StoredLoan, what: str, code: str = "") -> None:
        today = self._scene.places.at(stored.loan.branch_code).today(self._now)
        self._counts[today, stored.branch_id, what, code] += 1

    async def write(self, connection: AsyncConnection) -> None:
        """At most four statements, however many loans."""
        if self.renewed:
            remote = self._scene.remote
            await write_renewals(connection, self.renewed, self._key, self._by, self._now, remote=remote)
        if self.requests:
            await connection.execute(insert(RenewalRequestRow).values(self.requests))
        await keys.count(connection, self._counts)


async def write_renewals(
    connection: AsyncConnection,
    renewed: Sequence[tuple[StoredLoan, Loan]],
    key: str,
    by: str,
    now: datetime,
    *,
    remote: bool = True,
) -> None:
    """Move due dates on and keep the history; the loans are locked."""
    moving = (
        update(LoanRow)
        .where(LoanRow.id == bindparam("of_loan"))
        .values({name: bindparam("to_" + name) for name in ("due_on", "renewals", "remote_renewals", "as_of")})
    )
    moved = [
        {
            "of_loan": stored.loan.loan_id,
            "to_due_on": loan.due_on,
            "to_renewals": loan.renewals,
            "to_remote_renewals": loan.remote_renewals,
            "to_as_of": now,
        }
        for stored, loan in renewed
    ]
    await connection.execute(moving, moved)
    history = [
        {
            "loan_id": stored.loan.loan_id,
            "key": key[:KEY_LENGTH],
            "due_before": stored.loan.due_on,
            "due_on": loan.due_on,
            "remote": remote,
            "renewed_at": now,
            "renewed_by": by,
        }
        for stored, loan in renewed
    ]
    await connection.execute(insert(RenewalRow).values(history))


def request_row(
    stored: StoredLoan, due_on: date | None, key: str, now: datetime, cause: RequestCause
) -> dict[str, Any]:
    """A request that waits for a decision."""
    return {
        "loan_id": stored.loan.loan_id,
        "patron_id": stored.loan.patron_id,
        "branch_id": stored.branch_id,
        "key": key[:KEY_LENGTH],
        "cause": cause.value,
        "state": RequestState.WAITING.value,
        "title": stored.title,
        "due_before": stored.loan.due_on,
        "due_on": due_on,
        "asked_at": now,
    }


def _kept(
    state: RenewalState,
    *,
    block: RenewalBlock | None = None,
    renewable_from: date | None = None,
    last: bool = False,
) -> dict[str, Any]:
    return {
        "state": state.value,
        "block": block and block.value,
        "renewable_from": renewable_from and renewable_from.isoformat(),
        "last": last,
    }


def _outcome(scene: Scene, loan_id: int, kept: Mapping[str, Any], asked: set[int]) -> RenewalOutcome:
    """What is told: the first outcome, with the loan as it is now."""
    stored = scene.find(loan_id)
    open_loan = scene.open_loan(stored) if stored is not None else None
    if open_loan is not None and loan_id in asked:
        open_loan = replace(open_loan, requested=True)
    return RenewalOutcome(
        state=RenewalState(kept["state"]),
        open=open_loan,
        block=RenewalBlock(kept["block"]) if kept["block"] else None,
        renewable_from=date.fromisoformat(kept["renewable_from"]) if kept["renewable_from"] else None,
        last=kept["last"],
    )
