"""Accounts of the staff in the store: what must hold however many change them at once."""

import asyncio
from datetime import timedelta

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


async def test_what_is_done_with_one_account_leaves_the_others_as_they_are(database: Database, clock: Clock) -> None:
    book = SqlStaffBook(database, clock)
    masha, dasha = [(await hire(database, clock, login, name=login)).staff_id for login in ("masha", "dasha")]
    ends_at = clock.now() + timedelta(hours=1)
    _, second = [await book.open_session(masha, token, ends_at, "", "") for token in ("m1", "m2")]
    hers = await book.open_session(dasha, "d1", ends_at, "", "")
    await hire(database, clock, "olga", name="olga")
    assert {who.name: who.signed_in_at for who in await book.all()} == {
        "masha": clock.now(),
        "dasha": clock.now(),
        "olga": None,
    }
    before = await book.keys("dasha"), await book.sessions(dasha)

    assert await book.end_session(masha, hers) == 0, "nobody ends another's session by its number"
    assert await book.end_session(masha, but=second) == 1
    assert [one.session_id for one in await book.sessions(masha)] == [second]
    await book.set_totp(masha, "secret")
    assert [await book.use_totp(masha, step) for step in (7, 7, 6, 8)] == [True, False, False, True]
    await book.speak(masha, "en")
    await book.change(masha, name="Мария", role=StaffRole.EDITOR, branches=("01",), disabled=False)
    changed = await book.keys("masha")
    assert changed is not None
    assert (changed.totp_secret, changed.totp_used) == ("secret", 8)
    assert (changed.member.name, changed.member.role, changed.member.language) == ("Мария", StaffRole.EDITOR, "en")
    await book.set_password(masha, "$argon2id$", must_change=True)
    await book.change(masha, name="Мария", role=StaffRole.EDITOR, branches=("01",), disabled=True)

    assert await book.sessions(masha) == []
    assert (await book.keys("dasha"), await book.sessions(dasha)) == before


async def test_failures_at_the_door_are_counted_for_each_and_forgiven_to_each(database: Database, clock: Clock) -> None:
    book = SqlStaffBook(database, clock)
    for keys in (["masha", "10.0.0.1"], ["masha", "10.0.0.2"], ["dasha", "10.0.0.2"]):
        await book.failed(keys)

    found = await book.failures(["masha", "10.0.0.1", "olga"])
    assert {key: times for key, (times, _) in found.items()} == {"masha": 2, "10.0.0.1": 1}
    await book.forgive(["masha"])
    assert set(await book.failures(["masha", "dasha", "10.0.0.2"])) == {"dasha", "10.0.0.2"}


async def test_who_is_new_has_to_choose_a_password_first(database: Database, clock: Clock) -> None:
    book = SqlStaffBook(database, clock)
    await book.add(" Masha ", "  Мария   Петровна ", StaffRole.LIBRARIAN, ("02", "01"), "$argon2id$")

    (masha,) = await book.all()

    assert (masha.login, masha.name, masha.must_change) == ("masha", "Мария Петровна", True)
