"""The port ``Requests``: renewals that wait for the staff, and what they decide."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.circulation import OpenLoan
from bot.clock import Clock
from bot.library.renewal import NotRenewed, Renewed, renewed_loan
from bot.ports.library import Branches
from bot.renewal_requests import FOR_THE_STAFF, RenewalRequest, RequestCause, RequestState
from db import circulation_keys as keys
from db import circulation_reading as reading
from db.circulation_house import LendingHouse
from db.circulation_keys import KEY_LENGTH
from db.circulation_reading import StoredLoan
from db.circulation_scene import Scene, read_scene
from db.connect import Database, store_errors
from db.holding import branch_ids
from db.models import BranchRow, PatronRow
from db.models_circulation import LoanRow, RenewalRequestRow
from db.renewing import write_renewals
from db.taking_back import loan_before, may_be_taken_back
from db.upserts import insert_of

REASON_LENGTH = 1000
WAITS = RenewalRequestRow.state == RequestState.WAITING.value


class SqlRequests:
    """Fills the port ``Requests``: each request is decided once, whoever decides at the same time."""

    def __init__(self, database: Database, branches: Branches, clock: Clock, house: LendingHouse) -> None:
        self._database, self._branches, self._clock, self._house = database, branches, clock, house

    async def waiting(self, branches: Collection[str] = (), limit: int = 100) -> Sequence[RenewalRequest]:
        wanted = _stored().where(WAITS, RenewalRequestRow.cause.in_(FOR_THE_STAFF))
        if branches:
            wanted = wanted.where(BranchRow.code.in_(sorted(branches)))
        return await self._read(wanted.order_by(RenewalRequestRow.asked_at, RenewalRequestRow.id).limit(limit))

    async def find(self, request_id: int) -> RenewalRequest | None:
        found = await self._read(_stored().where(RenewalRequestRow.id == request_id))
        return found[0] if found else None

    async def decided(self, after: datetime, limit: int = 100) -> Sequence[RenewalRequest]:
        wanted = _stored().where(RenewalRequestRow.decided_at > after)
        return await self._read(wanted.order_by(RenewalRequestRow.decided_at, RenewalRequestRow.id).limit(limit))

    async def confirm(self, request_id: int, by: str, due_on: date | None = None) -> RenewalRequest | None:
        places, now = await self._house.places(self._branches), self._clock.now()
        async with self._database.writing() as connection:
            asked = await _locked(connection, request_id)
            if asked is None or asked.state is not RequestState.WAITING:
                return asked
            remote = asked.cause is not RequestCause.DESK
            scene = await read_scene(
                connection, self._house, places, now, asked.patron_id, to_write=True, remote=remote
            )
            stored = None if scene is None else scene.find(asked.loan_id)
            if scene is None or stored is None or stored.loan.due_on != asked.due_before:
                return await _decide(connection, asked, RequestState.DROPPED, by, now, due_on=None)
            until = await self._renew(connection, scene, stored, asked, by, due_on)
            if until is None:
                return asked
            return await _decide(connection, asked, RequestState.CONFIRMED, by, now, due_on=until)

    async def _renew(
        self,
        connection: AsyncConnection,
        scene: Scene,
        stored: StoredLoan,
        asked: RenewalRequest,
        by: str,
        due_on: date | None,
    ) -> date | None:
        """The new due date; None where there is none.

        The staff may do what the rules would not; only the count of renewals goes on.
        """
        decided = scene.decide(stored)
        until = due_on or (asked.due_on if isinstance(decided, NotRenewed) else decided.due_on)
        if until is None or until <= stored.loan.due_on:
            return None
        loan = renewed_loan(Renewed(loan=stored.loan, due_on=until), remote=scene.remote)
        key = f"request:{asked.request_id}"
        await write_renewals(connection, [(stored, loan)], key, by, scene.now, remote=scene.remote)
        today = scene.places.at(asked.branch_code).today(scene.now)
        await keys.count(connection, Counter({(today, stored.branch_id, "renewed", ""): 1}))
        return until

    async def refuse(self, request_id: int, by: str, reason: str, code: str = "") -> RenewalRequest | None:
        now = self._clock.now()
        async with self._database.writing() as connection:
            asked = await _locked(connection, request_id)
            if asked is None or asked.state is not RequestState.WAITING:
                return asked
            return await _decide(
                connection, asked, RequestState.REFUSED, by, now, code=code, reason=reason[:REASON_LENGTH]
            )

    async def take_back(self, request_id: int, by: str) -> RenewalRequest | None:
        places, now = await self._house.places(self._branches), self._clock.now()
        async with self._database.writing() as connection:
            asked = await _locked(connection, request_id)
            if asked is None or not await may_be_taken_back(connection, asked, by, now):
                return asked
            scene = await read_scene(connection, self._house, places, now, asked.patron_id, to_write=True)
            before = None if scene is None else await loan_before(connection, scene, asked)
            if before is None:
                return asked
            return await _decide(connection, asked, RequestState.WAITING, "", None, due_on=before.due_on)

    async def _read(self, wanted: Any) -> list[RenewalRequest]:
        with store_errors():
            async with self._database.engine.connect() as connection:
                return [_request(row) for row in await connection.execute(wanted)]


def _stored() -> Any:
    return (
        select(
            RenewalRequestRow,
            BranchRow.code.label("branch_code"),
            PatronRow.card_number,
            PatronRow.surname,
            PatronRow.given_name,
        )
        .join(BranchRow, BranchRow.id == RenewalRequestRow.branch_id)
        .join(PatronRow, PatronRow.id == RenewalRequestRow.patron_id)
    )


async def _locked(connection: AsyncConnection, request_id: int) -> RenewalRequest | None:
    """The request, with its patron's locks held: nobody decides it or renews the loan meanwhile."""
    whose = await connection.scalar(select(RenewalRequestRow.patron_id).where(RenewalRequestRow.id == request_id))
    if whose is None:
        return None
    await reading.lock_patron(connection, whose)
    await reading.lock_loans(connection, LoanRow.patron_id == whose)
    row = (await connection.execute(_stored().where(RenewalRequestRow.id == request_id))).first()
    return None if row is None else _request(row)


async def _decide(
    connection: AsyncConnection,
    asked: RenewalRequest,
    state: RequestState,
    by: str,
    now: datetime | None,
    *,
    due_on: date | None = None,
    code: str = "",
    reason: str = "",
) -> RenewalRequest:
    values: dict[str, Any] = {
        "state": state.value,
        "decided_at": now,
        "decided_by": by,
        "due_on": due_on,
        "code": code,
        "reason": reason,
    }
    await connection.execute(update(RenewalRequestRow).where(RenewalRequestRow.id == asked.request_id).values(**values))
    row = (await connection.execute(_stored().where(RenewalRequestRow.id == asked.request_id))).one()
    return _request(row)


def _request(row: Row[Any]) -> RenewalRequest:
    return RenewalRequest(
        request_id=row.id,
        loan_id=row.loan_id,
        patron_id=row.patron_id,
        branch_code=row.branch_code,
        card_number=row.card_number,
        title=row.title,
        name=" ".join(part for part in (row.surname, row.given_name) if part),
        cause=RequestCause(row.cause),
        state=RequestState(row.state),
        asked_at=row.asked_at,
        due_before=row.due_before,
        due_on=row.due_on,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        code=row.code,
        reason=row.reason,
        key=row.key,
    )


class SqlUnsettled:
    """The port ``Unsettled`` on the same table."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def keep(self, loans: Sequence[OpenLoan], cause: RequestCause, key: str) -> None:
        now = self._clock.now()
        async with self._database.writing() as connection:
            ids = await branch_ids(connection, {loan.loan.branch_code for loan in loans})
            main = await connection.scalar(select(BranchRow.id).order_by(BranchRow.position, BranchRow.id).limit(1))
            for loan in loans:
                values = {
                    "loan_id": loan.loan.loan_id,
                    "patron_id": loan.loan.patron_id,
                    "branch_id": ids.get(loan.loan.branch_code, main),  # a system may call branches its own names
                    "key": key[:KEY_LENGTH],
                    "cause": cause.value,
                    "state": RequestState.WAITING.value,
                    "title": loan.title,
                    "due_before": loan.loan.due_on,
                    "asked_at": now,
                }
                await connection.execute(_adding(connection, values))

    async def loans_of(self, patron_id: int) -> Collection[int]:
        wanted = select(RenewalRequestRow.loan_id).where(WAITS, RenewalRequestRow.patron_id == patron_id)
        with store_errors():
            async with self._database.engine.connect() as connection:
                return set(await connection.scalars(wanted))

    async def due(self, limit: int = 100) -> Sequence[RenewalRequest]:
        owed = RenewalRequestRow.cause.not_in(FOR_THE_STAFF)
        wanted = _stored().where(WAITS, owed).order_by(RenewalRequestRow.asked_at, RenewalRequestRow.id).limit(limit)
        with store_errors():
            async with self._database.engine.connect() as connection:
                return [_request(row) for row in await connection.execute(wanted)]

    async def doubt(self, request_id: int) -> None:
        await self._set(request_id, cause=RequestCause.UNKNOWN.value, asked_at=self._clock.now())

    async def settle(self, request_id: int, state: RequestState, due_on: date | None = None, code: str = "") -> None:
        values = {"state": state.value, "due_on": due_on, "code": code, "decided_by": "system"}
        await self._set(request_id, **values, decided_at=self._clock.now())

    async def _set(self, request_id: int, **values: Any) -> None:
        async with self._database.writing() as connection:
            await connection.execute(
                update(RenewalRequestRow).where(RenewalRequestRow.id == request_id, WAITS).values(values)
            )


def _adding(connection: AsyncConnection, values: dict[str, Any]) -> Any:
    make: Any = insert_of(connection.dialect.name)
    waits = text("state = 'waiting'")
    return (
        make(RenewalRequestRow)
        .values(values)
        .on_conflict_do_nothing(index_elements=[RenewalRequestRow.loan_id], index_where=waits)
    )
