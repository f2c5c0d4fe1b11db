"""``staff``: who may come in at the console. The first admin is made here."""

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.app.store import open_database
from bot.clock import SystemClock
from bot.errors import InputError, WrongUse
from bot.settings import Settings, load
from bot.staff import Keys, StaffRole
from console import passwords
from db.staff import SqlStaffBook


def add(config: Path | None, login: str, role: str, name: str, branch: str, *, ask: bool) -> int:
    """Make an account; prints its password once, or asks for one.

    Raises:
        InputError: The role, branch, login or password will not do.
        StoreUnavailable: From the store.
    """
    wanted = _role(role)

    async def work(book: SqlStaffBook, settings: Settings) -> int:
        codes = [known.code for known in settings.library.branches]
        if branch and branch not in codes:
            raise InputError(f"--branch: there is no {branch!r}; known: {', '.join(codes)}")
        password = _asked(login) if ask else passwords.made()
        hashed = await passwords.hashed(password)
        staff_id = await book.add(login, name or login, wanted, {branch} - {""}, hashed)
        if ask:
            await book.set_password(staff_id, hashed, must_change=False)  # who typed it knows it
        _tell(login, "" if ask else password)
        return 0

    return _with_book(config, work)


def reset(config: Path | None, login: str, *, ask: bool) -> int:
    """A new password, no second factor any more; every session ends. Raises InputError, StoreUnavailable."""

    async def work(book: SqlStaffBook, _: Settings) -> int:
        member = (await _known(book, login)).member
        password = _asked(login) if ask else passwords.made()
        await book.set_password(member.staff_id, await passwords.hashed(password), must_change=not ask)
        await book.set_totp(member.staff_id, "")
        _tell(login, "" if ask else password)
        return 0

    return _with_book(config, work)


def disable(config: Path | None, login: str, *, back: bool) -> int:
    """They may not come in any more, or may again. Raises InputError, StoreUnavailable."""

    async def work(book: SqlStaffBook, _: Settings) -> int:
        who = (await _known(book, login)).member
        await book.change(who.staff_id, name=who.name, role=who.role, branches=who.branches, disabled=not back)
        sys.stdout.write(f"{who.login}: {'may come in again' if back else 'may not come in any more'}\n")
        return 0

    return _with_book(config, work)


def listing(config: Path | None) -> int:
    """Print everybody. Raises StoreUnavailable."""

    async def work(book: SqlStaffBook, _: Settings) -> int:
        people = await book.all()
        if not people:
            sys.stdout.write("nobody yet: bibliobot staff add LOGIN --role admin\n")
            return 0
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for heading in ("login", "name", "role", "branches", "second factor", ""):
            table.add_column(heading)
        for who in people:
            branches = ", ".join(sorted(who.branches)) or "all"
            state = "disabled" if who.disabled else ""
            second = "yes" if who.second_factor else "no"
            table.add_row(*map(escape, (who.login, who.name, who.role.value, branches, second, state)))
        Console(highlight=False, soft_wrap=True).print(table)
        return 0

    return _with_book(config, work)


def _with_book(config: Path | None, work: Callable[[SqlStaffBook, Settings], Awaitable[int]]) -> int:
    async def whole() -> int:
        settings, folder = load(config)
        database = await open_database(settings, folder, make_tables=True)
        try:
            return await work(SqlStaffBook(database, SystemClock()), settings)
        finally:
            await database.aclose()

    return asyncio.run(whole())


def _role(said: str) -> StaffRole:
    try:
        return StaffRole(said)
    except ValueError:
        raise WrongUse(f"--role: expected {', '.join(StaffRole)}, got {said!r}") from None


async def _known(book: SqlStaffBook, login: str) -> Keys:
    keys = await book.keys(login)
    if keys is None:
        raise InputError(f"there is no {login!r}: bibliobot staff list names everybody")
    return keys


def _asked(login: str) -> str:
    """A password typed twice, or one line where nobody types. Raises InputError."""
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if getpass.getpass("Once more: ") != password:
            raise InputError("these were two different passwords")
    else:
        password = sys.stdin.readline().rstrip("\n")
    fault = passwords.fault_of(password, login)
    if fault:
        raise InputError(f"this password is too weak ({fault}): {passwords.SHORTEST} characters, no common word")
    return password


def _tell(login: str, password: str) -> None:
    sys.stdout.write(f"login:    {login.strip().lower()}\n")
    if password:
        sys.stdout.write(f"password: {password}\nIt is shown only now, and is changed at the first sign-in.\n")
