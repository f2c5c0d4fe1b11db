"""What readers asked in vain, the most frequent first, and what can be done about each."""

from collections.abc import Sequence
from urllib.parse import urlencode

from aiohttp import web

from bot.lessons import Lessons, MissesAsked
from bot.staff import StaffRole
from bot.teaching import Lack
from bot.wording import counted
from bot.wording import gettext as _
from console import lesson_words
from console.room import ROOT, Room, Stop, Visit, one_line

A_PAGE = 20
LONGEST_SEARCH = 100


class TeachScreen:
    """The list of missed questions."""

    def __init__(self, room: Room, lessons: Lessons) -> None:
        self._room, self._lessons = room, lessons

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        one = ROOT + r"teach/{id:\d{1,18}}"
        return [
            web.get(ROOT + "teach", self._room.screen(self.show)),
            web.post(one + "/forget", self._room.screen(self.forget, StaffRole.EDITOR)),
            web.post(one + "/recall", self._room.screen(self.recall, StaffRole.EDITOR)),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """A page of groups."""
        self._lessons.rehearsal.prepare()
        words, lack, page = _asked(visit)
        asked = MissesAsked(words=words, lack=lack, skip=page * A_PAGE, limit=A_PAGE)
        found = await self._lessons.misses.page(asked)
        proposals = await self._lessons.answers.proposals()
        return self._room.page(
            visit,
            "teach.html",
            found=found,
            words=words,
            lack=lack,
            lacks=lesson_words.lacks(),
            kinds=kinds_of(self._room),
            proposed={one.miss_id: one.by for one in proposals if one.miss_id},
            waiting=len(proposals),
            times=lambda number: counted(number, "раз", "раза", "раз"),
            pages=-(-found.total // A_PAGE),
            page=page,
            address=lambda number: f"{ROOT}teach?{_query(words, lack, number)}",
            gone=visit.number("gone"),
            taught=visit.number("taught"),
            meant="meant" in visit.request.query,
            now_on="teach",
            tab="misses",
        )

    async def forget(self, visit: Visit) -> web.Response:
        """Nothing is to be taught of it."""
        number = int(visit.request.match_info["id"])
        if not await self._lessons.misses.forget(number):
            raise Stop(404, _("Этого вопроса в списке уже нет."))
        await self._room.audit.note(visit.me.login, "miss.forgotten", f"miss:{number}")
        return self._back(visit, gone=number)

    async def recall(self, visit: Visit) -> web.Response:
        """It is to be seen again."""
        number = int(visit.request.match_info["id"])
        if not await self._lessons.misses.recall(number):
            raise Stop(404, _("Вернуть уже нечего: прошло больше месяца или вопрос уже в списке."))
        await self._room.audit.note(visit.me.login, "miss.recalled", f"miss:{number}")
        return self._back(visit)

    def _back(self, visit: Visit, **more: int) -> web.Response:
        """The page of the list that the form stood on."""
        words, lack, page = _asked(visit)
        return self._room.go(visit, f"{ROOT}teach?{_query(words, lack, page, **more)}")


def kinds_of(room: Room) -> dict[str, str]:
    """Kind of messenger → what people call it, as far as this library has it."""
    return dict(room.setting.channel_kinds)


def _asked(visit: Visit) -> tuple[str, Lack | None, int]:
    """What the address, or the form that stands on that page, asks for."""
    said = visit.form if visit.request.method == "POST" else visit.request.query
    words = one_line(said.get("words", ""), LONGEST_SEARCH)
    lack = said.get("lack", "")
    page = said.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 0
    return words, Lack(lack) if lack in set(Lack) else None, number


def _query(words: str, lack: Lack | None, page: int, **more: int) -> str:
    asked: dict[str, str | int] = {"words": words, "lack": lack.value if lack else "", "page": page, **more}
    return urlencode({name: value for name, value in asked.items() if value})
