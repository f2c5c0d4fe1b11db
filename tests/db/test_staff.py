"""Accounts of the staff in the store: what must hold however many change them at once."""

import asyncio

from bot.clock import Clock
from bot.errors import InputError
from bot.staff import StaffMember, StaffRole
from db.connect import Database
from db.staff import SqlStaffBook
from tests.support.staff import hire


async def test_two_admins_who_let_each_other_go_at_once_leave_one(database: Database, clock: Clock) -> None:
    book = SqlStaffBook(database, clock)
    admins = [await hire(database, clock, login, role=StaffRole.ADMIN) for login in ("masha", "dasha")]

    async def let_go(who: StaffMember) -> None:
        await book.change(who.staff_id, name=who.name, role=StaffRole.LIBRARIAN, branches=(), disabled=False)

    await asyncio.gather(book.all(), book.all())  # a connection for each: none of them waits for one below
    fates = await asyncio.gather(*map(let_go, admins), return_exceptions=True)

    assert [type(fate) for fate in fates if fate] == [InputError]
    assert [who.role for who in await book.all()].count(StaffRole.ADMIN) == 1
