"""One's own account: password, second factor, where one is signed in, language."""

from collections.abc import Sequence

from aiohttp import web

from bot.wording import LANGUAGES
from bot.wording import gettext as _
from console import passwords
from console.room import ROOT, SESSION, Room, Visit, inside, outdated


def weakness(fault: str) -> str:
    """What is wrong with a new password, in words."""
    return {
        "short": _("Слишком короткий: нужно хотя бы {count} знаков.").format(count=passwords.SHORTEST),
        "long": _("Слишком длинный."),
        "common": _("Такой пароль угадывают первым: придумайте другой."),
        "login": _("В пароле не должно быть вашего имени для входа."),
    }[fault]


class OwnAccount:
    """The screens about oneself."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        screen = self._room.screen
        return [
            web.get(ROOT + "account", screen(self.show)),
            web.get(ROOT + "password", screen(self.show_password)),
            web.post(ROOT + "password", screen(self.change_password)),
            web.post(ROOT + "language", screen(self.change_language)),
            web.post(ROOT + "account/sessions", screen(self.end_sessions)),
            web.get(ROOT + "account/code", screen(self.offer_code)),
            web.post(ROOT + "account/code", screen(self.set_code)),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """Everything at a glance."""
        assert visit.session is not None
        sessions = [one for one in await self._room.staff.sessions(visit.me.staff_id) if self._room.is_alive(one)]
        here = visit.session.session_id
        return self._room.page(visit, "account.html", sessions=sessions, here=here, fault="", now_on="account")

    async def show_password(self, visit: Visit) -> web.Response:
        """The form for a new password."""
        return self._room.page(visit, "password.html", fault="", now_on="account")

    async def change_password(self, visit: Visit) -> web.Response:
        """The old one, the new one twice; every session ends, this one begins anew at the door."""
        me, room = visit.me, self._room
        keys = await room.staff.keys(me.login)
        new = visit.form.get("new", "")
        fault = passwords.fault_of(new, me.login)
        if keys is None or not await passwords.fits(visit.form.get("old", ""), keys.password):
            said = _("Прежний пароль не подошёл.")
        elif new == visit.form.get("old"):
            said = _("Новый пароль должен быть другим.")
        elif fault:
            said = weakness(fault)
        elif new != visit.form.get("again"):
            said = _("Два раза набрано разное.")
        else:
            await room.staff.set_password(me.staff_id, await passwords.hashed(new), must_change=False)
            await room.audit.note(me.login, "password.changed", f"staff:{me.staff_id}")
            response = room.go(visit, f"{ROOT}login?changed=1&lang={visit.language}")
            response.del_cookie(SESSION, path=ROOT)
            return response
        return room.page(visit, "password.html", 400, fault=said, now_on="account")

    async def change_language(self, visit: Visit) -> web.Response:
        """Another language from now on."""
        wanted = visit.form.get("language", "")
        if wanted in LANGUAGES:
            await self._room.staff.speak(visit.me.staff_id, wanted)
        return self._room.go(visit, inside(visit.form.get("next", "")))

    async def end_sessions(self, visit: Visit) -> web.Response:
        """End one session, or all the others."""
        assert visit.session is not None
        me, one = visit.me, visit.form.get("session", "")
        only_one = one.isascii() and one.isdigit() and len(one) < 10
        if only_one:
            await self._room.staff.end_session(me.staff_id, int(one))
        else:
            await self._room.staff.end_session(me.staff_id, but=visit.session.session_id)
        await self._room.audit.note(me.login, "sessions.ended", f"staff:{me.staff_id}")
        return self._room.go(visit, f"{ROOT}account", "signed-out" if only_one else "signed-out-elsewhere")

    async def offer_code(self, visit: Visit) -> web.Response:
        """A new secret, to be scanned; it counts once a code of it was typed."""
        return self._code_form(visit, passwords.new_salt())

    async def set_code(self, visit: Visit) -> web.Response:
        """Switch the second factor on, or off."""
        me, salt = visit.me, visit.form.get("salt", "")
        keys = await self._room.staff.keys(me.login)
        if keys is None or not await passwords.fits(visit.form.get("password", ""), keys.password):
            return self._code_form(
                visit, salt if passwords.is_salt(salt) else passwords.new_salt(), _("Пароль не подошёл."), 400
            )
        if visit.form.get("off"):
            await self._room.staff.set_totp(me.staff_id, "")
            await self._room.audit.note(me.login, "second_factor.off", f"staff:{me.staff_id}")
            return self._room.go(visit, f"{ROOT}account", "code-off")
        if not passwords.is_salt(salt):
            raise outdated()
        secret = passwords.secret_of(salt, self._room.setting.key)
        if passwords.code_step(secret, visit.form.get("code", ""), visit.now) is None:
            return self._code_form(visit, salt, _("Код не подошёл: дождитесь следующего и введите его."), 400)
        await self._room.staff.set_totp(me.staff_id, salt)
        await self._room.audit.note(me.login, "second_factor.on", f"staff:{me.staff_id}")
        return self._room.go(visit, f"{ROOT}account", "code-on")

    def _code_form(self, visit: Visit, salt: str, fault: str = "", status: int = 200) -> web.Response:
        import segno

        secret = passwords.secret_of(salt, self._room.setting.key)
        address = passwords.address_of_secret(secret, visit.me.login, self._room.setting.library)
        picture = segno.make(address, error="m").svg_data_uri(scale=4, border=2)
        apart = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        return self._room.page(
            visit,
            "code.html",
            status,
            salt=salt,
            secret=apart,
            picture=picture,
            address=address,
            fault=fault,
            now_on="account",
        )
