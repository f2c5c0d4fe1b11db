"""The buildings: today's closing at one press, days that differ, and what readers are told of each branch."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from aiohttp import web

from bot.branch_desk import BranchDesk, DaysEntry, Place
from bot.clock import local_day
from bot.errors import InputError
from bot.library.holidays import ahead
from bot.library.hours import DaysOff, counted, day_of
from bot.library.model import Branch, DayKind, SpecialDays
from bot.quick import dataclass
from bot.staff import StaffRole
from bot.wording import day, weekday
from bot.wording import gettext as _
from bot.wording.opening import day_hours, right_now, sanitary_rule, week
from console.branch_form import fields_of, like_monday, read
from console.days_form import date_of, days_words, note_of, planned, urgent, what_words
from console.room import ROOT, Room, Stop, Visit

HOLIDAYS_AHEAD, KEPT_FOR = 120, timedelta(days=7)
"""Days ahead whose holidays are shown; how long days that are over stay in the list."""


@dataclass(frozen=True, slots=True)
class PlacesPorts:
    """What the screens of branches need.

    Attributes:
        known: The branches from memory.
    """

    desk: BranchDesk
    holidays: DaysOff
    known: Callable[[], Sequence[Branch]]


class PlacesScreen:
    """The list, today's closing, the days, and a form for each branch."""

    def __init__(self, room: Room, ports: PlacesPorts) -> None:
        self._room, self._desk, self._holidays, self._known = room, ports.desk, ports.holidays, ports.known
        room.banner = self._banner

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        screen, editors = self._room.screen, StaffRole.EDITOR
        return [
            web.get(ROOT + "places", screen(self.show)),
            web.post(ROOT + "places/close", screen(self.close)),
            web.post(ROOT + "places/days", screen(self.say_days, editors)),
            web.post(ROOT + r"places/days/{id:\d{1,9}}/end", screen(self.end)),
            web.get(ROOT + "places/branch", screen(self.form, editors)),
            web.post(ROOT + "places/branch", screen(self.put, editors)),
            web.post(ROOT + "places/branch/back", screen(self.back, editors)),
            web.post(ROOT + "places/branch/gone", screen(self.gone, editors)),
        ]

    # --- today and days --------------------------------------------------------------------------

    async def show(self, visit: Visit) -> web.Response:
        """Everything at a glance."""
        query = visit.request.query
        asked = {name: query.get(name, "") for name in ("first", "last", "kind", "note")}
        return await self._page(visit, {**asked, "branch": "all"})

    async def close(self, visit: Visit) -> web.Response:
        """Closed from now on."""
        days, faults = urgent(visit.form, self._today(visit))
        if days is None:
            return await self._page(visit, {}, faults, 400, shut=visit.form)
        return await self._say(visit, days, "shut")

    async def say_days(self, visit: Visit) -> web.Response:
        """Days to come."""
        days, faults = planned(visit.form, self._today(visit))
        if days is None:
            return await self._page(visit, visit.form, faults, 400)
        return await self._say(visit, days, "days")

    async def end(self, visit: Visit) -> web.Response:
        """Open again, or not so after all."""
        entry = await self._desk.entry(int(visit.request.match_info["id"]))
        if entry is None:
            raise Stop(409, _("Это уже отменили. Обновите страницу."))
        if not entry.is_urgent and not visit.me.role.may(StaffRole.EDITOR):
            raise Stop(403, _("Это могут другие сотрудники: спросите администратора."))
        await self._may(visit, entry.branches)
        await self._desk.end(entry.entry_id, self._today(visit), login=visit.me.login)
        await self._note(visit, "places.days_ended", f"days:{entry.entry_id}", entry.days, entry.branches)
        return self._room.go(visit, f"{ROOT}places", "opened" if entry.is_urgent else "days-ended")

    async def _say(self, visit: Visit, days: SpecialDays, became: str) -> web.Response:
        branches = await self._ticked(visit)
        number = await self._desk.say(days, branches, login=visit.me.login)
        await self._note(visit, f"places.{days.kind}", f"days:{number}", days, branches)
        return self._room.go(visit, f"{ROOT}places", became)

    # --- a branch --------------------------------------------------------------------------------

    async def form(self, visit: Visit) -> web.Response:
        """All that is told of a branch, or an empty form for a new one."""
        code = visit.request.query.get("code", "")
        place = await self._place(visit, code) if code else None
        if place is None:
            await self._whole_library(visit)
        fields = fields_of(place.branch) if place else {"holidays_closed": "1", "sanitary_weekday": "3"}
        return await self._form(visit, place, fields)

    async def put(self, visit: Visit) -> web.Response:
        """Keep it, or only look at how it would sound."""
        fields, new = visit.form, not visit.form.get("old_code")
        place = None if new else await self._place(visit, fields["old_code"])
        if new:
            await self._whole_library(visit)
        if fields.get("do") == "copy" and not fields.get("open-0", "").strip():
            said = _("Понедельник пуст: впишите сначала его часы. Другие дни остались как были.")
            return await self._form(visit, place, fields, [said], status=400)
        if fields.get("do") == "copy":
            return await self._form(visit, place, like_monday(fields))
        old = (
            place.branch
            if place
            else Branch(code=fields.get("code", "").strip(), name="", zone=self._room.setting.zone)
        )
        branch, faults = read(fields, old)
        if not faults and fields.get("do") == "keep":
            try:
                await self._desk.put(branch, login=visit.me.login, new=new)
            except InputError:
                return await self._form(visit, place, fields, [_("Филиал с таким кодом уже есть.")], status=400)
            what = "places.branch_added" if new else "places.branch_changed"
            await self._room.audit.note(visit.me.login, what, f"branch:{branch.code}", _changes(old, branch))
            return self._room.go(visit, f"{ROOT}places", "branch")
        heard = [] if faults else self._heard(branch, visit.now)
        return await self._form(visit, place, fields, faults, heard, status=400 if faults else 200)

    async def back(self, visit: Visit) -> web.Response:
        """As config.yaml says."""
        place = await self._place(visit, visit.form.get("old_code", ""))
        if not await self._desk.back_to_file(place.branch.code):
            raise Stop(409, _("В файле настроек этого филиала нет."))
        await self._room.audit.note(visit.me.login, "places.branch_from_file", f"branch:{place.branch.code}")
        return self._room.go(visit, f"{ROOT}places", "branch-of-file")

    async def gone(self, visit: Visit) -> web.Response:
        """Closed for good; its books stay in the catalogue."""
        place = await self._place(visit, visit.form.get("old_code", ""))
        await self._whole_library(visit)
        first = date_of(visit.form.get("first", "")) or self._today(visit)
        days = SpecialDays(kind=DayKind.GONE, first=first, last=None, note=note_of(visit.form))
        branches = frozenset({place.branch.code})
        number = await self._desk.say(days, branches, login=visit.me.login)
        await self._note(visit, "places.gone", f"days:{number}", days, branches)
        return self._room.go(visit, f"{ROOT}places", "branch-gone")

    # --- pages -----------------------------------------------------------------------------------

    async def _page(
        self,
        visit: Visit,
        typed: Mapping[str, str],
        faults: Sequence[str] = (),
        status: int = 200,
        shut: Mapping[str, str] | None = None,
    ) -> web.Response:
        """``typed`` stands in the form of days to come, ``shut`` in that of a closing from now on."""
        today, places = self._today(visit), await self._desk.places()
        entries = [entry for entry in await self._desk.entries(today) if self._is_mine(visit, entry.branches)]
        names = {place.branch.code: place.branch.name for place in places}
        told = [
            (entry, days_words(entry.days, today), what_words(entry.days), _named(entry, names)) for entry in entries
        ]
        return self._room.page(
            visit,
            "places.html",
            status,
            people=await self._room.people(),
            now_on="places",
            places=[
                (place, self._today_words(place.branch, visit.now), self._mine(visit, place))
                for place in sorted(places, key=lambda place: not self._mine(visit, place))  # one's own come first
            ],
            urgent=[line for line in told if line[0].is_urgent],
            days=[line for line in told if not line[0].is_urgent],
            holidays=self._coming(today),
            mine=[place.branch for place in places if self._mine(visit, place)],
            typed=typed,
            shut=shut or {},
            faults=faults,
            today=today,
        )

    async def _form(
        self,
        visit: Visit,
        place: Place | None,
        fields: "dict[str, str] | object",
        faults: Sequence[str] = (),
        heard: Sequence[str] = (),
        *,
        status: int = 200,
    ) -> web.Response:
        hours = place.branch.hours if place else None
        return self._room.page(
            visit,
            "place.html",
            status,
            people=await self._room.people(),
            now_on="places",
            place=place,
            fields=fields,
            faults=faults,
            heard=heard,
            weekdays=[weekday(number) for number in range(7)],
            exceptions=[
                (day(when), what_words(SpecialDays(kind=DayKind.HOURS, first=when, last=when, intervals=intervals)))
                for when, intervals in sorted(hours.exceptions.items())
                if when >= self._today(visit)
            ]
            if hours
            else [],
            today=self._today(visit),
        )

    def _heard(self, branch: Branch, now: datetime) -> list[str]:
        """What a reader is told of the branch, line by line."""
        lines = [branch.name, branch.address, branch.how_to_get, right_now(branch, now, self._holidays)]
        if branch.hours is not None:
            lines += week(branch.hours)
            if branch.hours.sanitary_day is not None:
                lines.append(sanitary_rule(branch.hours.sanitary_day))
        else:
            lines.append(_("Часов работы пока не знаю: {library}.").format(library=branch.name))
        if branch.phone:
            lines.append(_("Телефон: {phone}.").format(phone=branch.phone))
        return [line for line in lines if line]

    def _today_words(self, branch: Branch, now: datetime) -> str:
        hours = counted(branch)
        if hours is None:
            return _("часы работы не указаны")
        return day_hours(day_of(hours, local_day(now, branch.zone), self._holidays))

    def _coming(self, today: date) -> list[tuple[date, str, str]]:
        """Official days off soon, as the bot knows them by itself."""
        return [(when, day(when), name) for when, name in ahead(self._holidays, today, HOLIDAYS_AHEAD).items()]

    def _banner(self, now: datetime) -> str:
        """What stands above every page while a branch is closed by an emergency; each reason once."""
        known, shut = self._known(), dict[str, list[str]]()
        for branch in known:
            today = local_day(now, branch.zone)
            said = next((days for days in branch.days if days.kind is DayKind.URGENT and days.covers(today)), None)
            if said is not None:
                shut.setdefault(said.note, []).append(branch.name)
        told = [_together(names, len(known), note) for note, names in shut.items()]
        return _("Сегодня закрыто: {branches}").format(branches="; ".join(told)) if shut else ""

    # --- who may ---------------------------------------------------------------------------------

    def _today(self, visit: Visit) -> date:
        return local_day(visit.now, self._room.setting.zone)

    def _is_mine(self, visit: Visit, branches: frozenset[str]) -> bool:
        return not visit.me.branches or not branches or bool(branches & visit.me.branches)

    def _mine(self, visit: Visit, place: Place) -> bool:
        return not visit.me.branches or place.branch.code in visit.me.branches

    async def _ticked(self, visit: Visit) -> frozenset[str]:
        """The branches of the form: empty for all. Raises Stop."""
        if visit.form.get("branch", "all") == "all" and not visit.me.branches:
            return frozenset()
        known = {place.branch.code for place in await self._desk.places()}
        ticked = {name.removeprefix("at-") for name in visit.form if name.startswith("at-")}
        if visit.form.get("branch", "all") == "all":
            ticked = known & visit.me.branches
        if not ticked or not ticked <= known:
            raise Stop(400, _("Отметьте филиалы."))
        await self._may(visit, frozenset(ticked))
        return frozenset(ticked)

    async def _may(self, visit: Visit, branches: frozenset[str]) -> None:
        if visit.me.branches and (not branches or not branches <= visit.me.branches):
            await self._room.refuse_branch(visit, visit.request.path, _("Это филиал других сотрудников."))

    async def _whole_library(self, visit: Visit) -> None:
        await self._room.whole_library(visit, _("Это решает сотрудник, который отвечает за все филиалы."))

    async def _place(self, visit: Visit, code: str) -> Place:
        place = next((place for place in await self._desk.places() if place.branch.code == code), None)
        if place is None:
            raise Stop(404, _("Такого филиала нет."))
        await self._may(visit, frozenset({code}))
        return place

    async def _note(self, visit: Visit, what: str, whom: str, days: SpecialDays, branches: frozenset[str]) -> None:
        last = days.last.isoformat() if days.last else "..."
        where = ",".join(sorted(branches)) or "all"
        more = f"{days.first.isoformat()}/{last} {where} {days.note}".strip()
        await self._room.audit.note(visit.me.login, what, whom, more)


def _together(names: Sequence[str], of: int, note: str) -> str:
    """Branches that are closed for one reason."""
    where = _("все филиалы") if len(names) == of > 1 else ", ".join(names)
    return f"{where} ({note})" if note else where


def _named(entry: DaysEntry, names: dict[str, str]) -> str:
    if not entry.branches:
        return _("все филиалы")
    return ", ".join(names.get(code, code) for code in sorted(entry.branches))


def _changes(old: Branch, new: Branch) -> str:
    """Which fields were changed, for the journal."""
    names = ("name", "address", "phone", "email", "how_to_get", "aliases", "latitude", "children", "hours")
    return " ".join(name for name in names if getattr(old, name) != getattr(new, name))
