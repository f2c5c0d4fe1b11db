"""Who works at the console: for admins."""

from collections.abc import Mapping, Sequence, Set

from aiohttp import web

from bot.errors import InputError
from bot.staff import StaffMember, StaffRole
from bot.wording import gettext as _
from console import passwords, shown_once
from console.room import ROOT, Room, Screen, Stop, Visit


class People:
    """The screens about the staff."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        one = ROOT + r"staff/{id:\d{1,9}}"
        posts: dict[str, Screen] = {
            ROOT + "staff": self.add,
            one: self.change,
            one + "/password": self.reset,
            one + "/sessions": self.end_sessions,
        }
        admins = StaffRole.ADMIN
        return [
            web.get(ROOT + "staff", self._room.screen(self.show, admins)),
            *(web.post(path, self._room.screen(screen, admins)) for path, screen in posts.items()),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """Everybody, and a form for somebody new; once the password of who was just added."""
        made = visit.number("made")
        password = shown_once.brought(self._room, visit, made) if made else ""
        response = await self._page(visit, password=password, of=made)
        if password:
            shown_once.forget(visit, response, made)
        return response

    async def add(self, visit: Visit) -> web.Response:
        """A new account; the next page shows its password, once."""
        form, word = visit.form, shown_once.new_word()
        branches = await self._branches(visit)
        try:
            staff_id = await self._room.staff.add(
                form.get("login", ""),
                form.get("name", ""),
                _role(form),
                branches,
                await passwords.hashed(shown_once.password_of(self._room, visit, word)),
            )
        except InputError:
            said = _("Имя для входа занято или написано не так: латинские буквы и цифры, от 2 знаков.")
            return await self._page(visit, fault=said, status=400, typed=form)
        await self._room.audit.note(visit.me.login, "staff.added", f"staff:{staff_id}", form.get("role", ""))
        return self._made(visit, staff_id, word)

    def _made(self, visit: Visit, staff_id: int, word: str) -> web.Response:
        response = self._room.go(visit, f"{ROOT}staff?made={staff_id}")
        shown_once.take_along(self._room, visit, response, staff_id, word)
        return response

    async def change(self, visit: Visit) -> web.Response:
        """Name, role, branches, and whether they may come in."""
        form, who = visit.form, await self._one(visit)
        branches = await self._branches(visit)
        disabled = bool(form.get("disabled"))
        try:
            await self._room.staff.change(
                who.staff_id,
                name=form.get("name", ""),
                role=_role(form),
                branches=branches,
                disabled=disabled,
            )
        except InputError:
            said = _("Хотя бы один администратор должен остаться.")
            return await self._page(visit, fault=said, status=400, typed=form, typed_of=who.staff_id)
        more = f"{form.get('role', '')}{' disabled' if disabled else ''}"
        await self._room.audit.note(visit.me.login, "staff.changed", f"staff:{who.staff_id}", more)
        return self._room.go(visit, f"{ROOT}staff?saved={who.staff_id}")

    async def reset(self, visit: Visit) -> web.Response:
        """A new password, shown once; the second factor goes, too: whoever lost the telephone comes in again.

        One's own ends the session that the next page would need: it is shown at once; sent again the form is refused.
        """
        who, word = await self._one(visit), shown_once.new_word()
        password = shown_once.password_of(self._room, visit, word)
        await self._room.staff.set_password(who.staff_id, await passwords.hashed(password), must_change=True)
        await self._room.staff.set_totp(who.staff_id, "")
        await self._room.audit.note(visit.me.login, "password.reset", f"staff:{who.staff_id}")
        if who.staff_id == visit.me.staff_id:
            return await self._page(visit, password=password, of=who.staff_id)
        return self._made(visit, who.staff_id, word)

    async def end_sessions(self, visit: Visit) -> web.Response:
        """They are signed out everywhere."""
        who = await self._one(visit)
        await self._room.staff.end_session(who.staff_id)
        await self._room.audit.note(visit.me.login, "sessions.ended", f"staff:{who.staff_id}")
        return self._room.go(visit, f"{ROOT}staff?ended={who.staff_id}")

    async def _one(self, visit: Visit) -> StaffMember:
        wanted = int(visit.request.match_info["id"])
        found = next((who for who in await self._room.staff.all() if who.staff_id == wanted), None)
        if found is None:
            raise Stop(404, _("Такого сотрудника нет."))
        await self._may(visit, found.branches)
        return found

    async def _branches(self, visit: Visit) -> frozenset[str]:
        """The branches of ours that are ticked in a form; none for all that this admin looks after. Raises Stop."""
        ticked = self._ticked(visit) or visit.me.branches
        await self._may(visit, ticked)
        return ticked

    def _ticked(self, visit: Visit) -> frozenset[str]:
        return frozenset(code for code in self._room.setting.branches if visit.form.get(f"branch-{code}"))

    async def _may(self, visit: Visit, branches: frozenset[str]) -> None:
        """An admin of some branches looks after their staff alone. Raises Stop for others'."""
        if not _within(visit, branches):
            await self._room.refuse_branch(visit, visit.request.path, _("Это сотрудник других филиалов."))

    async def _page(
        self,
        visit: Visit,
        *,
        password: str = "",
        of: int = 0,
        fault: str = "",
        status: int = 200,
        typed: Mapping[str, str] | None = None,
        typed_of: int = 0,
    ) -> web.Response:
        """``typed``: a form that was refused, of ``typed_of``, or of somebody new."""
        people = [who for who in await self._room.staff.all() if _within(visit, who.branches)]
        return self._room.page(
            visit,
            "staff.html",
            status,
            people=people,
            branches={code: name for code, name in self._room.setting.branches.items() if _within(visit, {code})},
            password=password,
            of=next((who for who in people if who.staff_id == of), None),
            fault=fault,
            saved=visit.number("saved"),
            ended=visit.number("ended"),
            typed=typed or {},
            typed_of=typed_of,
            typed_branches=self._ticked(visit) if typed else (),
            now_on="staff",
        )


def _within(visit: Visit, branches: Set[str]) -> bool:
    """Whether these are branches that this admin looks after; none are all."""
    mine = visit.me.branches
    return not mine or (bool(branches) and branches <= mine)


def _role(form: Mapping[str, str]) -> StaffRole:
    named = form.get("role", "")
    return StaffRole(named) if named in set(StaffRole) else StaffRole.LIBRARIAN
