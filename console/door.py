"""Coming in and going out: name, password, one-time code; slower after every failure."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from aiohttp import web

from bot.one_by_one import OneByOne
from bot.staff import Keys
from bot.wording import gettext as _
from console import passwords
from console.room import DOOR, ROOT, SESSION, Room, Visit, inside
from console.words import duration

FREE_FAILURES = {"pair": 5, "address": 20, "login": 50}
"""So many failures cost nothing but the time of a hash: of one name from one address, of an address, of a name.

A name alone is slowed late: else a stranger could keep a librarian out by failing for her.
"""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(minutes=15)
CODE_WITHIN = timedelta(minutes=5)
"""How long the password counts while the code is looked up."""


class Door:
    """The screens before everything else."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._one_by_one: OneByOne[str] = OneByOne()

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The door's addresses."""
        open_to_all = self._room.open_to_all
        return [
            web.get(ROOT + "login", open_to_all(self.ask)),
            web.post(ROOT + "login", open_to_all(self.enter)),
            web.post(ROOT + "logout", self._room.screen(self.leave)),
        ]

    async def ask(self, visit: Visit) -> web.Response:
        """The form."""
        onward = inside(visit.request.query.get("next", ""))
        if visit.session is not None:
            return self._room.go(visit, onward)
        return self._form(visit, onward)

    async def enter(self, visit: Visit) -> web.Response:
        """Name and password, then the code where there is one; for one name one attempt at a time.

        Attempts that come together would all find that nothing has failed yet.
        """
        login, onward = visit.form.get("login", "").strip().lower()[:100], inside(visit.form.get("next", ""))
        counted = _keys(login, self._room.address(visit.request))
        async with self._one_by_one.turn(counted["login"]):
            return await self._tried(visit, login, onward, counted)

    async def _tried(self, visit: Visit, login: str, onward: str, counted: dict[str, str]) -> web.Response:
        if wait := await self._wait(counted, visit.now):
            said = _("Слишком много попыток. Подождите: {time}.").format(time=duration(wait.total_seconds() + 59))
            return self._form(visit, onward, login, said, status=429)
        keys = await self._room.staff.keys(login)
        if "passed" in visit.form:
            return await self._with_code(visit, keys, login, onward, counted)
        right = await passwords.fits(visit.form.get("password", ""), keys.password if keys else None)
        if not right or keys is None or keys.member.disabled:
            return await self._refused(visit, onward, login, counted, keys)
        if keys.totp_secret:
            return self._form(visit, onward, login, passed=_passed(keys, visit.now))
        return await self._welcome(visit, keys, onward, counted)

    async def leave(self, visit: Visit) -> web.Response:
        """Out, in this browser."""
        assert visit.session is not None
        await self._room.staff.end_session(visit.me.staff_id, visit.session.session_id)
        await self._room.audit.note(visit.me.login, "sign_out")
        response = self._room.go(visit, f"{ROOT}login")
        response.del_cookie(SESSION, path=ROOT)
        return response

    async def _with_code(
        self, visit: Visit, keys: Keys | None, login: str, onward: str, counted: dict[str, str]
    ) -> web.Response:
        if keys is None or keys.member.disabled or not _is_passed(keys, visit.form["passed"], visit.now):
            return self._form(visit, onward, login, _("Прошло слишком много времени: введите пароль ещё раз."), 403)
        secret = passwords.secret_of(keys.totp_secret, self._room.setting.key)
        step = passwords.code_step(secret, visit.form.get("code", ""), visit.now)
        if step is None or not await self._room.staff.use_totp(keys.member.staff_id, step):
            await self._room.staff.failed(list(counted.values()))
            await self._room.audit.note(keys.member.login, "sign_in.refused", more="code")
            said = _("Код не подошёл: дождитесь следующего и введите его.")
            return self._form(visit, onward, login, said, 403, passed=visit.form["passed"])
        return await self._welcome(visit, keys, onward, counted)

    async def _refused(
        self, visit: Visit, onward: str, login: str, counted: dict[str, str], keys: Keys | None
    ) -> web.Response:
        await self._room.staff.failed(list(counted.values()))
        await self._room.audit.note(keys.member.login if keys else "", "sign_in.refused")
        return self._form(visit, onward, login, _("Имя или пароль не подошли."), 403)

    async def _welcome(self, visit: Visit, keys: Keys, onward: str, counted: dict[str, str]) -> web.Response:
        """A session with a token of its own; what was known before the door opens nothing."""
        token, request = secrets.token_urlsafe(32), visit.request
        await self._room.staff.open_session(
            keys.member.staff_id,
            passwords.digest(token),
            visit.now + self._room.setting.longest,
            self._room.address(request) or request.remote or "",
            request.headers.get("User-Agent", ""),
        )
        await self._room.staff.forgive([counted["pair"]])
        await self._room.audit.note(keys.member.login, "sign_in")
        response = web.Response(status=303, headers={"Location": onward})
        self._room.put_cookie(response, SESSION, token, self._room.setting.longest)
        response.del_cookie(DOOR, path=ROOT)
        return response

    async def _wait(self, counted: dict[str, str], now: datetime) -> timedelta:
        """How long the next attempt has to wait."""
        known = await self._room.staff.failures(list(counted.values()))
        waits = [timedelta()]
        for kind, key in counted.items():
            times, last_at = known.get(key, (0, now))
            if times >= FREE_FAILURES[kind]:
                pause = FIRST_WAIT * 2 ** min(times - FREE_FAILURES[kind], 10)
                waits.append(last_at + min(pause, LONGEST_WAIT) - now)
        return max(waits)

    def _form(
        self, visit: Visit, onward: str, login: str = "", fault: str = "", status: int = 200, passed: str = ""
    ) -> web.Response:
        changed = not fault and "changed" in visit.request.query
        return self._room.page(
            visit, "login.html", status, onward=onward, login=login, fault=fault, passed=passed, changed=changed
        )


def _keys(login: str, address: str) -> dict[str, str]:
    """What a failure is counted for; names are kept as digests, people type passwords into the wrong field."""
    name = hashlib.blake2s(login.encode(), digest_size=12).hexdigest()
    counted = {"pair": f"{name}@{address}", "login": name}
    return counted | ({"address": address} if address else {})


def _passed(keys: Keys, now: datetime) -> str:
    """Proof for the form with the code that the password was right; another password makes it void."""
    until = str(int((now + CODE_WITHIN).timestamp()))
    return f"{until}.{_sign(keys, until)}"


def _is_passed(keys: Keys, said: str, now: datetime) -> bool:
    until, _, signed = said.partition(".")
    if not hmac.compare_digest(signed.encode(), _sign(keys, until).encode()):
        return False
    return now.timestamp() <= int(until)


def _sign(keys: Keys, until: str) -> str:
    return hmac.new(keys.password.encode(), f"{keys.member.staff_id}.{until}".encode(), hashlib.sha256).hexdigest()
