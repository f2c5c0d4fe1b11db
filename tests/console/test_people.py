"""The staff, by admins: a password is made once however often its page comes, and shown once; what is typed stays."""

import re
from http.cookies import SimpleCookie

import pytest
from aiohttp import ClientResponse

from bot.staff import StaffRole
from console import passwords
from db.connect import Database
from tests.console.conftest import Browser, OpenBrowser
from tests.support.clock import StandingClock
from tests.support.staff import hire

VERA = {"login": "vera", "name": "Вера", "role": "librarian"}


@pytest.fixture
async def admin(sqlite: Database, clock: StandingClock, open_browser: OpenBrowser) -> Browser:
    """The head of the library, who has signed in."""
    await hire(sqlite, clock, "chief", "Директор", StaffRole.ADMIN)
    browser = await open_browser()
    await browser.signs_in("chief")
    return browser


def onward(answer: ClientResponse) -> str:
    """Where the browser goes after a form."""
    assert answer.status == 303, "loaded again, the page sends no form"
    return answer.headers["Location"].removeprefix("/console/")


def shown(page: str) -> str:
    """The password on a page, "" where there is none."""
    return page.partition('<p class="secret"><code>')[2].partition("<")[0]


async def test_a_new_password_is_shown_once_and_a_page_loaded_again_makes_no_other(
    admin: Browser, open_browser: OpenBrowser
) -> None:
    vera = await open_browser()
    there = onward(await admin.post("staff", VERA))
    password = shown(await (await admin.get(there)).text())

    again = await (await admin.get(there)).text()

    assert shown(again) == ""
    assert "Пароль для «vera» уже показан. Если его не записали, нажмите у этого сотрудника «Новый пароль»." in again
    assert (await vera.signs_in("vera", password)).headers["Location"] == "/console/", "still the one on the sheet"


async def test_a_password_whose_page_was_lost_on_the_way_is_shown_when_it_is_asked_for_again(admin: Browser) -> None:
    there = onward(await admin.post("staff", VERA))
    await admin.client.head(f"/console/{there}")  # what looks at a page without its words has not shown it
    assert shown(await (await admin.get("staff")).text()) == ""

    assert shown(await (await admin.get(there)).text())


async def test_passwords_made_in_two_tabs_are_both_shown_each_of_its_own(
    admin: Browser, open_browser: OpenBrowser
) -> None:
    made = [await admin.post("staff", VERA), await admin.post("staff", VERA | {"login": "olga", "name": "Ольга"})]
    shown_to = {}
    for there in map(onward, made):
        page = await (await admin.get(there)).text()
        shown_to[page.partition("Имя для входа: <b>")[2].partition("<")[0]] = shown(page)

    assert shown_to["vera"] != shown_to["olga"]
    for login in ("vera", "olga"):
        assert (await (await open_browser()).signs_in(login, shown_to[login])).status == 303


async def test_a_password_stands_in_no_address_and_in_no_cookie_and_in_no_other_session(
    admin: Browser, open_browser: OpenBrowser, sqlite: Database, clock: StandingClock
) -> None:
    await hire(sqlite, clock, "other", "Другая", StaffRole.ADMIN)
    other = await open_browser()
    await other.signs_in("other")
    made = await admin.post("staff", VERA)
    (cookie,) = made.cookies.values()

    elsewhere = await with_cookie(other, cookie.key, cookie.value, onward(made))
    altered = await with_cookie(admin, cookie.key, f"{cookie.value}0", onward(made))
    password = await with_cookie(admin, cookie.key, cookie.value, onward(made))

    assert (elsewhere, altered, len(password)) == ("", "", 19)
    for said in (cookie.value, onward(made)):
        assert password not in said
        assert password.replace("-", "") not in said
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/console/staff")


async def with_cookie(browser: Browser, name: str, value: str, path: str) -> str:
    """The password that a browser is shown for a cookie."""
    kept = SimpleCookie({name: value})
    kept[name]["path"] = "/console/staff"
    browser.client.session.cookie_jar.update_cookies(kept, browser.client.make_url("/"))
    return shown(await (await browser.get(path)).text())


async def test_who_forgot_a_password_gets_another_one_by_the_same_way(
    admin: Browser, open_browser: OpenBrowser, sqlite: Database, clock: StandingClock
) -> None:
    vera = await hire(sqlite, clock, "vera", "Вера")
    page = await (await admin.get(onward(await admin.post(f"staff/{vera.staff_id}/password", {})))).text()

    came = await (await open_browser()).signs_in("vera", shown(page))

    assert came.status == 303


async def test_one_s_own_password_is_shown_at_once_and_the_form_sent_again_makes_no_other(
    admin: Browser, open_browser: OpenBrowser
) -> None:
    word = await admin.word()
    answer = await admin.post("staff/1/password", {}, csrf=word)
    page = await answer.text()
    assert "Это ваш пароль, и ваш вход закончен." in page

    await admin.post("staff/1/password", {}, csrf=word)

    assert (await (await open_browser()).signs_in("chief", shown(page))).status == 303


async def test_what_was_typed_about_a_colleague_stays_when_it_is_refused(admin: Browser) -> None:
    typed = {"name": "Анна Ильинична", "role": "editor", "branch-02": "1", "disabled": "1"}

    page = await (await admin.post("staff/1", typed)).text()

    new, _, chief = page.partition('action="/console/staff/1"')
    assert "Хотя бы один администратор должен остаться." in new
    assert 'value="Анна Ильинична"' not in new
    form = chief.partition("</form>")[0]
    assert 'name="name" value="Анна Ильинична"' in form
    assert '<option value="editor" selected>' in form
    assert "Филиалы: Детская библиотека</summary>" in form
    assert 'name="disabled" value="1" aria-describedby="who-1" checked' in form


@pytest.mark.parametrize("secret", [b"\x00" * 32, b"\xff" * 32, bytes(range(32))])
def test_a_password_made_anew_is_one_that_can_be_read_out_and_takes(secret: bytes) -> None:
    made = passwords.made_of(secret)

    assert re.fullmatch(rf"([{passwords.ALPHABET}]{{4}}-){{3}}[{passwords.ALPHABET}]{{4}}", made)
    assert made == passwords.made_of(secret)
    assert made != passwords.made_of(secret[:-1] + b"\x01")
