"""Staff accounts, their sessions and failed sign-ins, in SQL."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.clock import Clock
from bot.errors import InputError
from bot.staff import Keys, StaffMember, StaffRole, StaffSession
from db.connect import Database, store_errors
from db.models_staff import StaffFailureRow, StaffRow, StaffSessionRow
from db.upserts import insert_of

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
LONGEST_NAME = 80
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when somebody was last here: not every page is a write."""
REMEMBERED = timedelta(hours=1)
"""Failures older than this count no more."""
AGENT_LENGTH, ADDRESS_LENGTH, KEY_LENGTH = 200, 64, 100


class SqlStaffBook:
    """Fills the port ``StaffBook``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    # --- accounts --------------------------------------------------------------------------------

    async def add(self, login: str, name: str, role: StaffRole, branches: Collection[str], password: str) -> int:
        login = login.strip().lower()
        if not LOGIN.fullmatch(login):
            raise InputError(f"{login!r}: a login is 2 to 64 Latin letters, digits, dots, dashes")
        values = {
            "login": login,
            "name": _named(name) or login,
            "role": role.value,
            "branches": sorted(branches),
            "password": password,
            "must_change": True,
            "created_at": self._clock.now(),
        }
        try:
            async with self._database.writing() as connection:
                added: int | None = await connection.scalar(insert(StaffRow).values(values).returning(StaffRow.id))
        except IntegrityError:
            raise InputError(f"{login}: somebody has this login already") from None
        assert added is not None
        return added

    async def all(self) -> Sequence[StaffMember]:
        return [_member(row) for row in await self._read(_members().order_by(StaffRow.name, StaffRow.id))]

    async def keys(self, login: str) -> Keys | None:
        more = (StaffRow.password, StaffRow.totp_secret, StaffRow.totp_used)
        found = await self._read(_members().add_columns(*more).where(StaffRow.login == login.strip().lower()))
        if not found:
            return None
        row = found[0]
        return Keys(member=_member(row), password=row.password, totp_secret=row.totp_secret, totp_used=row.totp_used)

    async def set_password(self, staff_id: int, password: str, *, must_change: bool) -> None:
        change = update(StaffRow).where(StaffRow.id == staff_id).values(password=password, must_change=must_change)
        ending = delete(StaffSessionRow).where(StaffSessionRow.staff_id == staff_id)
        await self._write(change, ending)

    async def set_totp(self, staff_id: int, secret: str) -> None:
        await self._write(update(StaffRow).where(StaffRow.id == staff_id).values(totp_secret=secret, totp_used=0))

    async def use_totp(self, staff_id: int, step: int) -> bool:
        unused = (StaffRow.id == staff_id, StaffRow.totp_used < step)
        return await self._write(update(StaffRow).where(*unused).values(totp_used=step)) > 0

    async def change(
        self, staff_id: int, *, name: str, role: StaffRole, branches: Collection[str], disabled: bool
    ) -> None:
        values = {
            "name": _named(name) or StaffRow.login,
            "role": role.value,
            "branches": sorted(branches),
            "disabled_at": func.coalesce(StaffRow.disabled_at, self._clock.now()) if disabled else None,
        }
        admins = select(StaffRow.id).where(StaffRow.role == StaffRole.ADMIN.value, StaffRow.disabled_at.is_(None))
        async with self._database.writing() as connection:
            if disabled or role is not StaffRole.ADMIN:
                # Locked, or two admins who let each other go at once would leave none.
                left = await connection.scalars(admins.order_by(StaffRow.id).with_for_update())
                if list(left) == [staff_id]:
                    raise InputError("somebody must remain who is an admin: make another one first")
            await connection.execute(update(StaffRow).where(StaffRow.id == staff_id).values(values))
            if disabled:
                await connection.execute(delete(StaffSessionRow).where(StaffSessionRow.staff_id == staff_id))

    async def speak(self, staff_id: int, language: str) -> None:
        await self._write(update(StaffRow).where(StaffRow.id == staff_id).values(language=language[:8]))

    # --- sessions --------------------------------------------------------------------------------

    async def open_session(self, staff_id: int, token_hash: str, ends_at: datetime, address: str, agent: str) -> int:
        now = self._clock.now()
        values = {
            "staff_id": staff_id,
            "token_hash": token_hash,
            "created_at": now,
            "seen_at": now,
            "ends_at": ends_at,
            "address": address[:ADDRESS_LENGTH],
            "agent": agent[:AGENT_LENGTH],
        }
        async with self._database.writing() as connection:
            await connection.execute(delete(StaffSessionRow).where(StaffSessionRow.ends_at < now))
            adding = insert(StaffSessionRow).values(values).returning(StaffSessionRow.id)
            added: int | None = await connection.scalar(adding)
        assert added is not None
        return added

    async def session(self, token_hash: str, idle_since: datetime) -> StaffSession | None:
        now = self._clock.now()
        alive = (
            StaffSessionRow.token_hash == token_hash,
            StaffSessionRow.ends_at > now,
            StaffSessionRow.seen_at >= idle_since,
            StaffRow.disabled_at.is_(None),
        )
        found = await self._read(_sessions().where(*alive))
        if not found:
            return None
        session = _session(found[0])
        if now - session.seen_at >= SEEN_EVERY:
            here = StaffSessionRow.id == session.session_id
            await self._write(update(StaffSessionRow).where(here).values(seen_at=now))
        return session

    async def sessions(self, staff_id: int) -> Sequence[StaffSession]:
        theirs = (StaffSessionRow.staff_id == staff_id, StaffSessionRow.ends_at > self._clock.now())
        found = await self._read(_sessions().where(*theirs).order_by(StaffSessionRow.seen_at.desc()))
        return [_session(row) for row in found]

    async def end_session(self, staff_id: int, session_id: int | None = None, but: int | None = None) -> int:
        ending = delete(StaffSessionRow).where(StaffSessionRow.staff_id == staff_id)
        if session_id is not None:
            ending = ending.where(StaffSessionRow.id == session_id)
        if but is not None:
            ending = ending.where(StaffSessionRow.id != but)
        return await self._write(ending)

    # --- failures --------------------------------------------------------------------------------

    async def failures(self, keys: Sequence[str]) -> Mapping[str, tuple[int, datetime]]:
        lately = self._clock.now() - REMEMBERED
        columns = (StaffFailureRow.key, StaffFailureRow.times, StaffFailureRow.last_at)
        cut = {key[:KEY_LENGTH]: key for key in keys}
        wanted = select(*columns).where(StaffFailureRow.key.in_(cut), StaffFailureRow.last_at > lately)
        return {cut[row.key]: (row.times, row.last_at) for row in await self._read(wanted)}

    async def failed(self, keys: Sequence[str]) -> None:
        make: Callable[..., Any] = insert_of(self._database.dialect)
        now = self._clock.now()
        statements: list[Any] = [delete(StaffFailureRow).where(StaffFailureRow.last_at < now - REMEMBERED)]
        for key in sorted({key[:KEY_LENGTH] for key in keys}):
            first = make(StaffFailureRow).values(key=key, times=1, last_at=now)
            more = {"times": StaffFailureRow.times + 1, "last_at": now}
            statements.append(first.on_conflict_do_update(index_elements=[StaffFailureRow.key], set_=more))
        await self._write(*statements)

    async def forgive(self, keys: Sequence[str]) -> None:
        await self._write(delete(StaffFailureRow).where(StaffFailureRow.key.in_([key[:KEY_LENGTH] for key in keys])))

    # --- the store -------------------------------------------------------------------------------

    async def _read(self, wanted: Any) -> Sequence[Row[Any]]:
        with store_errors():
            async with self._database.engine.connect() as connection:
                found: Sequence[Row[Any]] = (await connection.execute(wanted)).all()
                return found

    async def _write(self, *statements: Any) -> int:
        """Run statements in one transaction; how many rows the last one changed."""
        changed = 0
        async with self._database.writing() as connection:
            for statement in statements:
                changed = (await connection.execute(statement)).rowcount
        return changed


def _named(name: str) -> str:
    return " ".join(name.split())[:LONGEST_NAME]


_MEMBER = (
    StaffRow.id.label("staff_id"),
    StaffRow.login,
    StaffRow.name,
    StaffRow.role,
    StaffRow.branches,
    StaffRow.language,
    (StaffRow.totp_secret != "").label("second_factor"),
    StaffRow.must_change,
    (StaffRow.disabled_at.is_not(None)).label("disabled"),
)


def _members() -> Any:
    last = select(func.max(StaffSessionRow.created_at)).where(StaffSessionRow.staff_id == StaffRow.id).scalar_subquery()
    return select(*_MEMBER, last.label("signed_in_at"))


def _member(row: Any) -> StaffMember:
    return StaffMember(
        staff_id=row.staff_id,
        login=row.login,
        name=row.name,
        role=StaffRole(row.role),
        branches=frozenset(row.branches),
        language=row.language,
        second_factor=bool(row.second_factor),
        must_change=row.must_change,
        disabled=bool(row.disabled),
        signed_in_at=row.signed_in_at,
    )


def _sessions() -> Any:
    own = (
        StaffSessionRow.id.label("session_id"),
        StaffSessionRow.created_at.label("signed_in_at"),
        StaffSessionRow.seen_at,
        StaffSessionRow.ends_at,
        StaffSessionRow.address,
        StaffSessionRow.agent,
    )
    return select(*_MEMBER, *own).join(StaffRow, StaffRow.id == StaffSessionRow.staff_id)


def _session(row: Any) -> StaffSession:
    return StaffSession(
        session_id=row.session_id,
        member=_member(row),
        created_at=row.signed_in_at,
        seen_at=row.seen_at,
        ends_at=row.ends_at,
        address=row.address,
        agent=row.agent,
    )
