"""Answers given again and again: for editors."""

import re
from collections.abc import Mapping, Sequence

from aiohttp import web

from bot.desk import Desk
from bot.errors import InputError
from bot.staff import StaffRole
from bot.wording import SOURCE_LANGUAGE, current_language, listed
from bot.wording import gettext as _
from console.room import ROOT, Room, Visit

LONGEST_TITLE, LONGEST_TEXT = 80, 4_000
PLACE = re.compile(r"\{(\w+)\}")
NAME, LIBRARIAN, LIBRARY = ("имя", "name"), ("библиотекарь", "librarian"), ("библиотека", "library")
"""What is filled in when the answer is taken: the reader's name, who answers, the library's name."""

_PLACES = frozenset((*NAME, *LIBRARIAN, *LIBRARY))


class CannedScreen:
    """The list, and a form for each."""

    def __init__(self, room: Room, desk: Desk) -> None:
        self._room, self._desk = room, desk

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        editors = StaffRole.EDITOR
        return [
            web.get(ROOT + "canned", self._room.screen(self.show, editors)),
            web.post(ROOT + "canned", self._room.screen(self.put, editors)),
            web.post(ROOT + r"canned/{id:\d{1,9}}", self._room.screen(self.put, editors)),
            web.post(ROOT + r"canned/{id:\d{1,9}}/drop", self._room.screen(self.drop, editors)),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """All of them."""
        return await self._page(visit)

    async def put(self, visit: Visit) -> web.Response:
        """A new one, or another text."""
        title = " ".join(visit.form.get("title", "").split())
        said = visit.form.get("text", "").strip()
        number = visit.request.match_info.get("id")
        typed = {number or "new": (title, said)}
        if not title or not said or len(title) > LONGEST_TITLE or len(said) > LONGEST_TEXT:
            return await self._page(visit, _("Нужны название и текст, не слишком длинные."), 400, typed)
        if strange := next((one[0] for one in PLACE.finditer(said) if one[1].casefold() not in _PLACES), ""):
            return await self._page(visit, _nothing_for(strange), 400, typed)
        try:
            await self._desk.put_canned(title, said, int(number) if number else None)
        except InputError:
            return await self._page(visit, _("Ответ с таким названием уже есть."), 400, typed)
        await self._room.audit.note(visit.me.login, "canned.changed", f"canned:{title}")
        return self._room.go(visit, f"{ROOT}canned", "saved")

    async def drop(self, visit: Visit) -> web.Response:
        """Not any more."""
        number = int(visit.request.match_info["id"])
        await self._desk.drop_canned(number)
        await self._room.audit.note(visit.me.login, "canned.dropped", f"canned:{number}")
        return self._room.go(visit, f"{ROOT}canned", "canned-dropped")

    async def _page(
        self, visit: Visit, fault: str = "", status: int = 200, typed: Mapping[str, tuple[str, str]] | None = None
    ) -> web.Response:
        """``typed``: title and text that could not be kept, by the number of the answer, or ``new``."""
        canned = await self._desk.canned()
        values = {"canned": canned, "fault": fault, "typed": typed or {}, "places": _places()}
        return self._room.page(visit, "canned.html", status, now_on="canned", **values)


def _nothing_for(place: str) -> str:
    said = _("Бот не знает, что подставить вместо «{what}». Уберите фигурные скобки или напишите так: {known}.")
    return said.format(what=place, known=_places())


def _places() -> str:
    """What may stand in a text, in the language of whoever writes it; every one is understood in either."""
    of_language = 0 if current_language() == SOURCE_LANGUAGE else 1
    return listed([f"{{{names[of_language]}}}" for names in (NAME, LIBRARIAN, LIBRARY)])
