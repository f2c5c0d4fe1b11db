"""What a stranger may try at the door: guessing, old cookies, names written otherwise, a code without its password."""

from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from aiohttp import ClientResponse
from sqlalchemy import select

from bot.staff import StaffRole
from console import passwords
from console.room import ConsoleSetting
from db.connect import Database
from db.models_accounts import AuditRow
from db.staff import SqlStaffBook
from tests.console.conftest import SETTING, Browser, OpenBrowser
from tests.support.clock import StandingClock
from tests.support.staff import PASSWORD, hire

FROM = "X-Real-IP"


@pytest.fixture
def setting() -> ConsoleSetting:
    """Behind a proxy that tells where visitors come from."""
    return replace(SETTING, client_address_header=FROM)


async def tries(browser: Browser, login: str, password: str, address: str) -> ClientResponse:
    return await browser.post("login", {"login": login, "password": password}, **{FROM: address})


async def test_a_cookie_of_before_the_sign_out_opens_nothing(
    sqlite: Database, clock: StandingClock, open_browser: OpenBrowser
) -> None:
    await hire(sqlite, clock)
    here, there = await open_browser(), await open_browser()
    came = await here.signs_in()
    await there.signs_in()

    gone = await here.post("logout", {})
    assert gone.cookies["bibliobot_staff"]["max-age"] == "0"
    again = await here.get("", Cookie=f"bibliobot_staff={came.cookies['bibliobot_staff'].value}")

    assert again.status == 303
    assert again.headers["Location"].startswith("/console/login")
    assert (await there.get("")).status == 200, "in another browser she goes on"


@pytest.mark.parametrize("login", ["MASHA", " masha ", "Masha"])
async def test_a_name_is_one_however_it_is_written(
    sqlite: Database, clock: StandingClock, browser: Browser, login: str
) -> None:
    await hire(sqlite, clock)
    assert (await tries(browser, login, PASSWORD, "10.0.0.1")).status == 303
    await browser.post("logout", {})

    for _ in range(5):
        await tries(browser, login, "wrong wrong", "10.0.0.1")

    assert (await tries(browser, "masha", PASSWORD, "10.0.0.1")).status == 429


@pytest.mark.parametrize(("failures", "status"), [(19, 303), (20, 429)])
async def test_who_tries_many_names_from_one_address_is_slowed_there_alone(
    sqlite: Database, clock: StandingClock, browser: Browser, failures: int, status: int
) -> None:
    await hire(sqlite, clock)
    for number in range(failures):
        await tries(browser, f"name{number}", "wrong wrong", "10.0.0.1")

    assert (await tries(browser, "masha", PASSWORD, "10.0.0.1")).status == status
    if status == 429:
        assert (await tries(browser, "masha", PASSWORD, "10.0.0.2")).status == 303


@pytest.mark.parametrize(("failures", "status"), [(49, 303), (50, 429)])
async def test_many_strangers_together_slow_a_name_late(
    sqlite: Database, clock: StandingClock, browser: Browser, failures: int, status: int
) -> None:
    await hire(sqlite, clock)
    for number in range(failures):
        await tries(browser, "masha", "wrong wrong", f"10.0.1.{number}")

    assert (await tries(browser, "masha", PASSWORD, "10.0.0.2")).status == status


async def test_the_wait_grows_to_a_quarter_of_an_hour_and_is_told_in_minutes(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    await hire(sqlite, clock)
    for _ in range(5):
        await tries(browser, "masha", "wrong wrong", "10.0.0.1")
    assert "Подождите: 1 минута." in await (await tries(browser, "masha", PASSWORD, "10.0.0.1")).text()
    for _ in range(12):
        clock.turn(timedelta(minutes=15))
        await tries(browser, "masha", "wrong wrong", "10.0.0.1")

    assert "Подождите: 15 минут." in await (await tries(browser, "masha", PASSWORD, "10.0.0.1")).text()
    clock.turn(timedelta(minutes=15))
    assert (await tries(browser, "masha", PASSWORD, "10.0.0.1")).status == 303


async def test_every_refusal_at_the_door_stands_in_the_journal_and_an_unknown_name_stands_nowhere(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    passed = await with_second_factor(sqlite, clock, browser)
    await browser.post("login", {"login": "masha", "passed": passed, "code": "12"})
    await browser.signs_in(password="wrong wrong")
    await browser.signs_in("petya@mail.example")

    async with sqlite.engine.connect() as connection:
        columns = (AuditRow.actor, AuditRow.action, AuditRow.details)
        kept = [tuple(row) for row in await connection.execute(select(*columns).order_by(AuditRow.id))]
    assert [(actor, details.get("more", "")) for actor, action, details in kept if action == "sign_in.refused"] == [
        ("staff:masha", "code"),
        ("staff:masha", ""),
        ("desk", ""),
    ]
    assert "petya" not in str(kept), "people type passwords into the wrong field"


async def with_second_factor(sqlite: Database, clock: StandingClock, browser: Browser) -> str:
    """Masha's password was right; what the form for the code brings along."""
    masha = await hire(sqlite, clock)
    await SqlStaffBook(sqlite, clock).set_totp(masha.staff_id, passwords.new_salt())
    page = await (await browser.signs_in()).text()
    return page.split('name="passed" value="')[1].split('"')[0]


async def test_codes_are_guessed_no_faster_than_passwords(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    guess = {"login": "masha", "passed": await with_second_factor(sqlite, clock, browser), "code": "12"}

    answers = [(await browser.post("login", guess)).status for _ in range(6)]

    assert answers == [403] * 5 + [429]


async def test_who_was_shut_out_meanwhile_does_not_come_in_with_a_code(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    passed, book = await with_second_factor(sqlite, clock, browser), SqlStaffBook(sqlite, clock)
    await hire(sqlite, clock, "chief", role=StaffRole.ADMIN)
    keys = await book.keys("masha")
    assert keys is not None
    secret = passwords.secret_of(keys.totp_secret, SETTING.key)
    fields = {"login": "masha", "passed": passed, "code": pyotp.TOTP(secret).at(int(clock.now().timestamp()))}
    masha = keys.member
    await book.change(masha.staff_id, name="Мария", role=StaffRole.LIBRARIAN, branches=(), disabled=True)

    shut_out = await browser.post("login", fields)
    nobody = await browser.post("login", fields | {"login": "nobody"})

    assert (shut_out.status, nobody.status) == (403, 403)
    assert (await browser.get("")).status == 303
