"""Who may come in at the console, and how it is kept shut to everybody else."""

import asyncio
import re
from collections import Counter
from datetime import timedelta

import pyotp
import pytest
import segno
from sqlalchemy import select

from bot.errors import StoreUnavailable
from bot.staff import StaffRole, StaffSession
from console import passwords, words
from console.room import inside
from db.connect import Database
from db.models_accounts import AuditRow
from db.models_staff import StaffSessionRow
from db.staff import SqlStaffBook
from tests.console.conftest import SETTING, Browser, OpenBrowser
from tests.support.clock import StandingClock
from tests.support.staff import PASSWORD, hire


async def done(database: Database) -> list[str]:
    """What the audit log says was done."""
    async with database.engine.connect() as connection:
        found = await connection.execute(select(AuditRow.actor, AuditRow.action).order_by(AuditRow.id))
        return [f"{actor} {action}" for actor, action in found]


async def test_a_librarian_comes_in_and_goes_out(sqlite: Database, clock: StandingClock, browser: Browser) -> None:
    await hire(sqlite, clock)

    page = await browser.get("")
    assert (page.status, page.headers["Location"]) == (303, "/console/login?next=%2Fconsole%2F")
    came = await browser.signs_in(onward="/console/account")
    assert (came.status, came.headers["Location"]) == (303, "/console/account")
    assert (await browser.get("")).status == 200
    assert (await browser.post("logout", {})).headers["Location"] == "/console/login"
    assert (await browser.get("")).status == 303
    assert await done(sqlite) == ["staff:masha sign_in", "staff:masha sign_out"]


async def test_while_the_store_is_away_a_librarian_is_told_so_and_stays_signed_in(
    sqlite: Database, clock: StandingClock, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> StaffSession | None:
        raise StoreUnavailable

    await hire(sqlite, clock)
    await browser.signs_in()

    with monkeypatch.context() as patched:
        patched.setattr(SqlStaffBook, "session", away)
        page = await browser.get("")
        piece = await browser.get("list", **{"X-CSRF": "any"})

    assert (page.status, page.content_type) == (503, "text/html")
    assert "База данных не отвечает" in await page.text()
    assert (piece.status, piece.content_type) == (503, "text/plain")
    assert (await piece.text()).startswith("База данных не отвечает")
    assert (await browser.get("")).status == 200


async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    await hire(sqlite, clock)

    wrong, unknown = await browser.signs_in(password="не тот пароль"), await browser.signs_in("petya")

    assert wrong.status == unknown.status == 403
    assert "Имя или пароль не подошли" in await wrong.text()
    assert (await wrong.text()).replace("masha", "petya").count("\n") == (await unknown.text()).count("\n")
    assert (await browser.get("")).status == 303


async def test_the_store_keeps_no_token_and_no_password(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    await hire(sqlite, clock)
    came = await browser.signs_in()

    cookie = came.cookies["bibliobot_staff"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/console/"
    async with sqlite.engine.connect() as connection:
        (kept,) = (await connection.execute(select(StaffSessionRow.token_hash))).scalars()
    assert cookie.value not in kept
    keys = await SqlStaffBook(sqlite, clock).keys("masha")
    assert keys is not None
    assert keys.password.startswith("$argon2id$")


async def test_failures_slow_the_door_and_time_opens_it_again(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    await hire(sqlite, clock)
    for _ in range(5):
        assert (await browser.signs_in(password="wrong wrong")).status == 403

    shut = await browser.signs_in()
    assert shut.status == 429
    assert "Слишком много попыток" in await shut.text()
    clock.turn(timedelta(seconds=11))
    assert (await browser.signs_in()).status == 303


async def test_attempts_that_come_together_are_slowed_as_those_that_come_one_by_one(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    await hire(sqlite, clock)
    await browser.get("login")

    tried = await asyncio.gather(*(browser.signs_in(password="wrong wrong") for _ in range(20)))

    assert Counter(answer.status for answer in tried) == {403: 5, 429: 15}


async def test_a_form_without_the_pages_word_does_nothing(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    await hire(sqlite, clock)
    assert (await browser.post("login", {"login": "masha", "password": PASSWORD}, csrf="")).status == 403
    await browser.signs_in()

    assert (await browser.post("logout", {}, csrf="f" * 64)).status == 403
    alien = await browser.post("logout", {}, **{"Sec-Fetch-Site": "cross-site"})
    assert alien.status == 403
    assert (await browser.get("")).status == 200


async def test_a_pages_word_that_is_no_text_is_a_wrong_one(sqlite: Database, browser: Browser) -> None:
    host, port = browser.client.host, browser.client.port
    reading, writing = await asyncio.open_connection(host, port)
    head = f"POST /console/login HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n".encode()
    writing.write(head + b"X-CSRF: \xff\r\n\r\n")

    assert (await reading.readline()).startswith(b"HTTP/1.1 403")

    writing.close()
    await writing.wait_closed()


async def test_a_session_ends_when_nothing_is_done_and_at_the_end_of_the_day(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    await hire(sqlite, clock)
    await browser.signs_in()
    clock.turn(timedelta(hours=3, minutes=1))
    assert (await browser.get("")).status == 303

    await browser.signs_in()
    for _ in range(12):
        assert (await browser.get("")).status == 200
        clock.turn(timedelta(hours=1))
    assert (await browser.get("")).status == 303


async def test_other_browsers_are_listed_and_signed_out(
    sqlite: Database, clock: StandingClock, open_browser: OpenBrowser
) -> None:
    await hire(sqlite, clock)
    here, there = await open_browser(), await open_browser()
    await here.signs_in()
    await there.signs_in()

    page = await (await here.get("account")).text()
    assert page.count(">Выйти там</button>") == 1
    assert re.search(r'aria-label="Выйти там: [^"]+, \d\d:\d\d"', page), "which of the browsers, for who hears it"
    clock.turn(SETTING.idle / 2)
    await here.get("")
    clock.turn(SETTING.idle / 2 + timedelta(minutes=1))
    assert "Выйти там" not in await (await here.get("account")).text(), "nothing was done there for too long"
    await there.signs_in()
    await here.post("account/sessions", {})
    assert (await there.get("")).status == 303
    assert (await here.get("")).status == 200


@pytest.mark.parametrize(
    ("agent", "named"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 YaBrowser/24 Safari/537.36",
            "Яндекс Браузер, Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17 Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Linux"),
        ("curl/8.5", "curl/8.5"),
        ("", ""),
    ],
)
def test_a_browser_is_called_as_people_call_it(agent: str, named: str) -> None:
    assert words.browser(agent) == named


async def test_an_address_that_is_not_there_is_a_page_with_a_way_back(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    away = await browser.get("nowhere/at-all")
    assert (away.status, away.headers["Location"]) == (303, "/console/login?next=%2Fconsole%2Fnowhere%2Fat-all")
    await hire(sqlite, clock)
    await browser.signs_in()
    for path in ("nowhere", "nowhere/at-all"):
        answer = await browser.get(path)
        page = await answer.text()
        assert answer.status == 404
        assert "Такой страницы нет." in page
        assert "К диалогам" in page
    onward = await browser.get("logout")  # no page, only a form goes there
    assert (onward.status, onward.headers["Location"]) == (303, "/console/")


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("books/999999", "books"),
        ("imports/999999", "books"),
        ("answers/999999", "teach"),
        ("words/nothing/ru", "teach"),
        ("c/999999", ""),
        ("staff/x", ""),  # a section of admins
        ("journal", ""),  # refused itself: no way back to it
    ],
)
async def test_a_page_that_cannot_be_had_leads_back_to_its_section(
    sqlite: Database, clock: StandingClock, browser: Browser, path: str, back: str
) -> None:
    await hire(sqlite, clock)
    await browser.signs_in()
    answer = await browser.get(path)
    assert answer.status in (403, 404)
    assert f'<a class="main-button" href="/console/{back}">' in await answer.text()


async def test_a_password_made_by_somebody_else_must_be_changed_first(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    book = SqlStaffBook(sqlite, clock)
    await book.add("new", "Новенькая", StaffRole.LIBRARIAN, (), await passwords.hashed(PASSWORD))
    await browser.signs_in("new")

    assert (await browser.get("")).headers["Location"] == "/console/password"
    page = await (await browser.get("password")).text()
    assert 'action="/console/logout"' in page, "whoever is not the one the password was made for goes out again"
    assert 'href="/console/account"' not in page
    weak = await browser.post("password", {"old": PASSWORD, "new": "короткий", "again": "короткий"})
    assert "хотя бы 10 знаков" in await weak.text()
    new = "три слова подряд"
    changed = await browser.post("password", {"old": PASSWORD, "new": new, "again": new})
    assert changed.headers["Location"] == "/console/login?changed=1&lang=ru"
    assert (await browser.get("")).status == 303, "every session ends with the old password"
    await browser.signs_in("new", new)
    assert (await browser.get("")).status == 200


async def test_a_second_factor_is_asked_and_no_code_works_twice(
    sqlite: Database, clock: StandingClock, open_browser: OpenBrowser
) -> None:
    member = await hire(sqlite, clock)
    salt = passwords.new_salt()
    secret = passwords.secret_of(salt, SETTING.key)
    await SqlStaffBook(sqlite, clock).set_totp(member.staff_id, salt)
    browser = await open_browser()

    asked = await browser.signs_in()
    assert asked.status == 200
    passed = (await asked.text()).split('name="passed" value="')[1].split('"')[0]
    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()))
    wrong = await browser.post("login", {"login": "masha", "passed": passed, "code": f"{(int(code) + 1) % 10**6:06}"})
    assert wrong.status == 403
    assert (await browser.post("login", {"login": "masha", "passed": passed + "0", "code": code})).status == 403
    came = await browser.post("login", {"login": "masha", "passed": passed, "code": code})
    assert came.status == 303

    other = await open_browser()
    again = await other.post("login", {"login": "masha", "passed": passed, "code": code})
    assert again.status == 403, "a code that was seen over a shoulder"


async def test_a_password_without_its_code_is_forgotten_after_five_minutes(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    member = await hire(sqlite, clock)
    salt = passwords.new_salt()
    secret = passwords.secret_of(salt, SETTING.key)
    await SqlStaffBook(sqlite, clock).set_totp(member.staff_id, salt)
    asked = await (await browser.signs_in()).text()
    passed = asked.split('name="passed" value="')[1].split('"')[0]
    for seconds, status in ((301, 403), (-2, 303)):
        clock.turn(timedelta(seconds=seconds))
        code = pyotp.TOTP(secret).at(int(clock.now().timestamp()))
        answer = await browser.post("login", {"login": "masha", "passed": passed, "code": code})
        assert answer.status == status


async def test_a_second_factor_is_switched_on_with_a_code_of_it(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    await hire(sqlite, clock)
    await browser.signs_in()
    page = await (await browser.get("account/code")).text()
    salt, apart = page.split('name="salt" value="')[1].split('"')[0], page.split("<code>")[1].split("<")[0]
    assert [len(piece) for piece in apart.split(" ")] == [4] * 8, "to be typed where nothing can be scanned"
    secret = apart.replace(" ", "")
    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()))

    refused = await browser.post("account/code", {"salt": salt, "password": PASSWORD, "code": "000"})
    assert refused.status == 400
    taken = await browser.post("account/code", {"salt": salt, "password": PASSWORD, "code": code})
    assert taken.status == 303
    keys = await SqlStaffBook(sqlite, clock).keys("masha")
    assert keys is not None
    assert keys.totp_secret == salt
    assert secret not in salt
    assert passwords.secret_of(salt, b"another service's key") != secret, "a copy of the store makes no codes"
    assert passwords.secret_of(secret, SETTING.key) == secret, "what an earlier version kept still works"


async def test_who_has_a_second_factor_is_told_what_to_do_without_the_telephone_and_how_to_change_it(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    member = await hire(sqlite, clock)
    await browser.signs_in()
    assert "Сменить телефон" not in await (await browser.get("account/code")).text()
    salt = passwords.new_salt()
    await SqlStaffBook(sqlite, clock).set_totp(member.staff_id, salt)

    page = await (await browser.get("account/code")).text()
    assert "прежний больше не подойдёт" in page
    assert "Сменить телефон" in page
    assert 'href="otpauth://totp/masha?secret=' in page, "for who reads this on the telephone itself"
    assert 'href="/console/account"' in page.split("<main")[1], "a way back"
    await browser.post("logout", {})
    asked = await (await browser.signs_in(onward="/console/books")).text()
    assert "Администратор даст новый пароль, и код больше не спросят" in asked
    assert "Забыли пароль" not in asked
    assert 'href="/console/login?lang=ru&amp;next=/console/books"' in asked


def test_a_picture_for_the_authenticator_is_no_finer_than_a_camera_can_read() -> None:
    name = "Межпоселенческая центральная библиотека имени Александра Сергеевича Пушкина"
    address = passwords.address_of_secret("A" * 32, "masha", name)

    assert segno.make(address, error="m").symbol_size()[0] <= 73
    read = pyotp.parse_uri(address)
    assert (read.secret, read.name, read.issuer) == ("A" * 32, "masha", "Межпоселенческая центральная…")


async def test_who_thinks_better_of_a_new_password_goes_back_to_the_account(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    await hire(sqlite, clock)
    await browser.signs_in()
    weak = await browser.post("password", {"old": PASSWORD, "new": "короткий", "again": "короткий"})
    for page in (await (await browser.get("password")).text(), await weak.text()):
        assert '<a class="lone" href="/console/account">' in page


async def test_a_new_password_leads_to_the_door_which_says_so_and_another_language_keeps_the_way(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    await hire(sqlite, clock)
    await browser.signs_in()
    new = "слова подряд и ещё слово"
    changed = await browser.post("password", {"old": PASSWORD, "new": new, "again": new})
    door = await (await browser.get(changed.headers["Location"].removeprefix("/console/"))).text()
    assert "Пароль сменён. Войдите с новым." in door

    door = await (await browser.get("login?next=/console/books")).text()
    assert 'href="/console/login?lang=en&amp;next=/console/books"' in door
    fields = {"login": "masha", "password": "wrong", "next": "/console/books"}
    refused = await (await browser.post("login?lang=en", fields, csrf=await browser.word_of_a_page())).text()
    assert "Password" in refused, "the language that was chosen stays"


async def test_every_page_forbids_scripts_and_frames_of_others(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    await hire(sqlite, clock)
    await browser.signs_in()
    for path in ("login", "account", "", "nowhere"):
        page = await browser.get(path)
        if page.status == 404:
            continue
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Cache-Control"] == "no-store"
        html = await page.text()
        assert "<script>" not in html
        assert " style=" not in html
        assert " onclick=" not in html


@pytest.mark.parametrize("role", [StaffRole.LIBRARIAN, StaffRole.EDITOR])
async def test_only_admins_look_after_the_staff(
    sqlite: Database, clock: StandingClock, browser: Browser, role: StaffRole
) -> None:
    await hire(sqlite, clock, role=role)
    await browser.signs_in()

    assert (await browser.get("staff")).status == 403
    assert (await browser.post("staff", {"login": "evil", "name": "Evil", "role": "admin"})).status == 403
    assert [who.login for who in await SqlStaffBook(sqlite, clock).all()] == ["masha"]
    assert "staff:masha refused.role" in await done(sqlite)


async def test_an_admin_of_one_branch_looks_after_its_staff_alone(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    chief = await hire(sqlite, clock, "chief", "Директор", StaffRole.ADMIN)
    own = await hire(sqlite, clock, role=StaffRole.ADMIN, branches=("02",))
    vera = await hire(sqlite, clock, "vera", "Вера", branches=("02",))
    olga = await hire(sqlite, clock, "olga", "Ольга", branches=("01", "02"))
    await browser.signs_in()
    book = SqlStaffBook(sqlite, clock)

    page = await (await browser.get("staff")).text()
    assert ("Вера" in page, "Директор" in page, "Ольга" in page, "Центральная" in page) == (True, False, False, False)
    for who in (chief, olga):
        for what in ("", "/password", "/sessions"):
            assert (await browser.post(f"staff/{who.staff_id}{what}", {"name": "Я", "branch-02": "1"})).status == 403
    for beyond in ({"branch-01": "1"}, {"branch-01": "1", "branch-02": "1"}):
        assert (await browser.post("staff", {"login": "evil", "name": "Evil", **beyond})).status == 403
        assert (await browser.post(f"staff/{own.staff_id}", {"name": "Я", "role": "admin", **beyond})).status == 403
    assert (await done(sqlite)).count("staff:masha refused.branch") == 10

    assert (await browser.post(f"staff/{own.staff_id}", {"name": "Мария", "role": "admin"})).status == 303
    assert (await browser.post(f"staff/{vera.staff_id}", {"name": "Вера", "role": "editor"})).status == 303
    assert (await browser.post("staff", {"login": "new", "name": "Новая"})).status == 303
    branches = {who.login: set(who.branches) for who in await book.all()}
    assert branches == {"chief": set(), "masha": {"02"}, "vera": {"02"}, "olga": {"01", "02"}, "new": {"02"}}


async def test_what_an_admin_typed_stays_when_the_login_is_refused(
    sqlite: Database, clock: StandingClock, browser: Browser
) -> None:
    await hire(sqlite, clock, role=StaffRole.ADMIN)
    await browser.signs_in()
    typed = {"login": "masha", "name": 'Вера "Тень"', "role": "editor", "branch-02": "1"}
    refused = await browser.post("staff", typed)
    page = await refused.text()
    form = page.split("Новый сотрудник")[1].split("</form>")[0]
    assert refused.status == 400
    assert 'name="login" value="masha"' in form
    assert 'title="Имя для входа: латинские буквы и цифры, от 2 знаков"' in form, "the browser says it, too"
    assert "Вера &#34;Тень&#34;" in form
    assert '<option value="editor" selected>' in form
    assert "Филиалы: Детская библиотека</summary>" in form


async def test_an_admin_adds_changes_and_shuts_out(
    sqlite: Database, clock: StandingClock, open_browser: OpenBrowser
) -> None:
    admin = await hire(sqlite, clock, "admin", "Директор", StaffRole.ADMIN)
    browser, other = await open_browser(), await open_browser()
    await browser.signs_in("admin")

    added = await browser.post("staff", {"login": "Vera", "name": "<b>Вера</b>", "role": "librarian"})
    page = await (await browser.get(added.headers["Location"].removeprefix("/console/"))).text()
    assert "&lt;b&gt;Вера" in page
    assert "<b>Вера" not in page
    password = page.split('<p class="secret"><code>')[1].split("<")[0]
    assert (await other.signs_in("vera", password)).status == 303
    vera = next(who for who in await SqlStaffBook(sqlite, clock).all() if who.login == "vera")
    fields = {"name": "Вера", "role": "editor", "branch-02": "1", "disabled": "1"}
    saved = await browser.post(f"staff/{vera.staff_id}", fields)
    assert saved.headers["Location"] == f"/console/staff?saved={vera.staff_id}"
    assert "Сохранено." in await (await browser.get(f"staff?saved={vera.staff_id}")).text()
    assert (await other.get("account")).status == 303, "her sessions end at once"
    assert (await other.signs_in("vera", password)).status == 403

    last = await browser.post(f"staff/{admin.staff_id}", {"name": "Директор", "role": "librarian"})
    assert last.status == 400, "somebody must remain who can mend it"


@pytest.mark.parametrize("path", ["//evil.example/console/", "https://evil.example/", "/console/\\evil", "data:x"])
def test_the_door_leads_nowhere_else(path: str) -> None:
    assert inside(path) == "/console/"


def test_a_hash_of_the_service_costs_what_the_standard_asks() -> None:
    made = passwords.hasher()
    assert (made.type.name, made.memory_cost, made.time_cost) == ("ID", 65_536, 3), "RFC 9106, second choice"
