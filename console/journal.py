"""The journal: who did what, to whom, when. For admins."""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.audit import Entry, Which
from bot.lessons import Lessons
from bot.spreadsheet import harmless
from bot.staff import StaffRole
from bot.wording import gettext as _
from console import answer_form
from console.journal_words import JournalWords
from console.reader_ports import ReaderPorts
from console.reader_words import actions
from console.room import HEADERS, ROOT, Room, Stop, Visit, is_row, one_line

A_PAGE = 100
LINES_A_PIECE = 500
_FILTERS = ("who", "what", "patron", "whom", "since", "until")


class JournalScreen:
    """The list, its filters, and the file."""

    def __init__(self, room: Room, ports: ReaderPorts, lessons: Lessons) -> None:
        self._room, self._ports, self._lessons = room, ports, lessons

    async def _words(self) -> JournalWords:
        topics = answer_form.topics(self._lessons)
        return JournalWords(self._room.setting.branches, await self._room.staff.all(), topics)

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        admins = StaffRole.ADMIN
        return [
            web.get(ROOT + "journal", self._room.screen(self.show, admins)),
            web.post(ROOT + "journal", self._room.screen(self.search, admins)),
            web.post(ROOT + "journal/file", self._room.screen(self.save, admins)),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """A page of lines, the newest first."""
        asked = _asked(visit)
        before = visit.number("before")
        if not before:
            await self._room.audit.note(visit.me.login, "view.journal")
        lines = await self._ports.journal.last(A_PAGE + 1, self._which(asked), before=before or None)
        older = lines[A_PAGE - 1].entry_id if len(lines) > A_PAGE else 0
        return await self._page(visit, asked, lines[:A_PAGE], older=older)

    async def search(self, visit: Visit) -> web.Response:
        """Filters as they were typed; a card's number becomes its patron's, so that no address line keeps it."""
        form = visit.form
        asked = {name: one_line(form.get(name, ""), 64) for name in _FILTERS}
        whom = asked["whom"]
        if whom or not is_row(asked["patron"]):
            asked["patron"] = ""  # whoever is named anew, else who was chosen before
        if whom and ":" not in whom:
            number = await self._ports.cards.patron_of(whom)
            if number is None:
                return await self._page(visit, asked, (), fault=_("Билета с таким номером нет."))
            asked |= {"whom": "", "patron": str(number)}
        if any(asked[name] and _date(asked[name]) is None for name in ("since", "until")):
            return await self._page(visit, asked, (), fault=_("Дата написана не так."))
        return self._room.go(visit, f"{ROOT}journal?{urlencode({name: said for name, said in asked.items() if said})}")

    async def save(self, visit: Visit) -> web.StreamResponse:
        """The lines of these filters as CSV, however many there are."""
        asked = _asked(visit, visit.form)
        more = urlencode({name: said for name, said in asked.items() if said})
        await self._room.audit.note(visit.me.login, "journal.exported", more=more)
        headers = {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": 'attachment; filename="journal.csv"',
        }
        response = web.StreamResponse(headers=HEADERS | headers)
        await response.prepare(visit.request)
        async for piece in self._pieces(self._ports.journal.entries(self._which(asked))):
            await response.write(piece)
        await response.write_eof()
        return response

    async def _pieces(self, entries: AsyncIterator[Entry]) -> AsyncIterator[bytes]:
        put, words, zone, rows = await self._words(), actions(), self._room.setting.zone, 0
        out = io.StringIO()
        table = csv.writer(out, delimiter=";")
        head = (_("Когда"), _("Кто"), _("Что"), _("Действие"), _("Читатель"), _("О ком"), _("Канал"), _("Подробности"))
        actors, channels = put.actors(), self._room.setting.channels
        table.writerow(head)
        yield "\ufeff".encode()
        async for one in entries:
            at = f"{one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}" if one.at else ""
            who, what = _with_login(actors, one.actor), words.get(one.action, one.action)
            whom, channel = put.whom(one).text, channels.get(one.channel, one.channel)
            line = (at, who, what, one.action, str(one.patron_id or ""), whom, channel, put.details(one))
            table.writerow([harmless(cell) for cell in line])
            rows += 1
            if rows % LINES_A_PIECE == 0:
                yield out.getvalue().encode()
                out.seek(0)
                out.truncate()
        yield out.getvalue().encode()

    async def _page(
        self, visit: Visit, asked: dict[str, str], lines: Sequence[Entry], *, older: int = 0, fault: str = ""
    ) -> web.Response:
        put = await self._words()
        following = urlencode({name: said for name, said in asked.items() if said} | {"before": str(older)})
        return self._room.page(
            visit,
            "journal.html",
            400 if fault else 200,
            asked=asked,
            lines=lines,
            older=following if older else "",
            fault=fault,
            names=put.actors(),
            actions=actions(),
            put=put,
            now_on="journal",
        )

    def _which(self, asked: dict[str, str]) -> Which:
        """The filters as the log takes them; days are the library's."""
        since, until = _date(asked["since"]), _date(asked["until"])
        return Which(
            since=self._midnight(since) if since else None,
            until=self._midnight(until + timedelta(days=1)) if until else None,
            patron_id=int(asked["patron"]) if asked["patron"] else None,
            actor=asked["who"],
            actions=(asked["what"],) if asked["what"] else (),
            subject=asked["whom"],
        )

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._room.setting.zone)


def _with_login(names: Mapping[str, str], actor: str) -> str:
    """Two may have one name: a file that leaves the house tells them apart."""
    kind, _sep, login = actor.partition(":")
    name = names.get(actor, actor)
    return f"{name} ({login})" if kind == "staff" and name != login else name


def _asked(visit: Visit, said: Any = None) -> dict[str, str]:
    """The filters in an address, or a form. Raises Stop where somebody wrote them by hand and not well."""
    source = visit.request.query if said is None else said
    asked = {name: one_line(source.get(name, ""), 64) for name in _FILTERS}
    number = asked["patron"]
    wrong = number and not is_row(number)
    if wrong or any(asked[name] and _date(asked[name]) is None for name in ("since", "until")):
        raise Stop(400, _("Фильтр написан не так."))
    return asked


def _date(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if 1900 < day.year < 9000 else None
