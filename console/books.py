"""The catalogue: look for a book, see all of it, put works together, take them apart, hide what is not to be told."""

from collections.abc import Collection, Sequence

from aiohttp import web

from bot.clock import local_day
from bot.errors import InputError
from bot.library.model import ItemStatus, WorkCard
from bot.ports.catalogue import Verdict, Wanted
from bot.ports.library import Library
from bot.shelving import CatalogueDesk, Decision, DecisionKind, ShelfItem, ShelfWork
from bot.staff import StaffRole
from bot.wording import gettext as _
from bot.wording.books import state
from console.room import ROOT, Room, Stop, Visit, is_row, one_line
from console.shelf import Shelf

A_PAGE = 20
TWINS = 6
"""Works that are offered to be put together with one."""
LONGEST_WORDS, LONGEST_REASON = 200, 300


def statuses() -> dict[ItemStatus, str]:
    """What is said of a copy."""
    return {
        ItemStatus.AVAILABLE: _("на месте"),
        ItemStatus.ON_LOAN: _("выдан"),
        ItemStatus.ON_HOLD: _("отложен для читателя"),
        ItemStatus.ON_ORDER: _("заказан"),
        ItemStatus.IN_TRANSIT: _("в пути"),
        ItemStatus.UNAVAILABLE: _("не выдаётся"),
        ItemStatus.LOST: _("потерян"),
        ItemStatus.WITHDRAWN: _("списан"),
        ItemStatus.UNKNOWN: _("неизвестно"),
    }


def decisions() -> dict[DecisionKind, str]:
    """What was decided, in words."""
    return {
        DecisionKind.MERGE: _("Соединили с этой книгой"),
        DecisionKind.SPLIT: _("Отделили от этой книги"),
        DecisionKind.HIDE: _("Скрыли от читателей"),
        DecisionKind.SHOW: _("Снова показали читателям"),
    }


class BooksScreen:
    """Search, and a page for each work."""

    def __init__(self, room: Room, library: Library, desk: CatalogueDesk) -> None:
        self._room, self._library, self._desk = room, library, desk
        self._shelf = Shelf(room, library)

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        screen, editors, one = self._room.screen, StaffRole.EDITOR, ROOT + r"books/{id:\d{1,18}}"
        return [
            web.get(ROOT + "books", screen(self.search)),
            web.get(one, screen(self.show)),
            web.get(one + "/twins", screen(self.twins, editors)),
            web.post(one + "/merge", screen(self.merge, editors)),
            web.post(one + "/split", screen(self.split, editors)),
            web.post(one + "/hide", screen(self.hide, editors)),
            web.post(one + "/show", screen(self.show_again, editors)),
            web.post(one + r"/undo/{decision:\d{1,18}}", screen(self.undo, editors)),
        ]

    # --- looking ---------------------------------------------------------------------------------

    async def search(self, visit: Visit) -> web.Response:
        """What readers would find by these words; or what is hidden from them."""
        query = visit.request.query
        words, branch = _words(query.get("q", "")), query.get("branch", "")
        hidden = await self._desk.hidden() if query.get("hidden") else None
        works = [] if hidden is not None or not words else await self._found(words, branch)
        today = local_day(visit.now, self._room.setting.zone)
        return self._room.page(
            visit,
            "books.html",
            now_on="books",
            words=words,
            branch=branch if branch in self._room.setting.branches else "",
            branches=self._room.setting.branches,
            works=[(card, state(card, today)) for card in works],
            hidden=hidden,
        )

    async def show(self, visit: Visit) -> web.Response:
        """All editions and copies of a work, and what a reader hears of it."""
        return await self._page(visit, await self._work(visit))

    async def twins(self, visit: Visit) -> web.Response:
        """Works that may be the same, to be chosen from."""
        work = await self._work(visit)
        words = _words(visit.request.query.get("q", "")) or f"{work.author} {work.title}"
        works = [card for card in await self._found(words) if card.work_id != work.work_id][:TWINS]
        return self._room.page(visit, "_twins.html", work=work, twins=works)

    # --- deciding --------------------------------------------------------------------------------

    async def merge(self, visit: Visit) -> web.Response:
        """Another work is the same book."""
        await self._whole_library(visit)
        work, other = await self._work(visit), visit.form.get("other", "")
        if not is_row(other):
            raise Stop(400, _("Выберите книгу, с которой соединить."))
        try:
            await self._desk.merge(work.work_id, int(other), login=visit.me.login, reason=_reason(visit))
        except InputError:
            raise Stop(409, _("Этой книги уже нет: возможно, её только что соединили. Обновите страницу.")) from None
        return await self._done(visit, "catalogue.merged", work.work_id, f"work:{other}")

    async def split(self, visit: Visit) -> web.Response:
        """The ticked editions are another book."""
        await self._whole_library(visit)
        work, records = await self._work(visit), _ticked(visit, "record")
        try:
            number = await self._desk.split(work.work_id, records, login=visit.me.login, reason=_reason(visit))
        except InputError:
            said = _("Отметьте издания, которые нужно отделить. Хотя бы одно должно остаться.")
            return await self._page(visit, work, said, 400)
        return await self._done(visit, "catalogue.split", work.work_id, f"work:{number}")

    async def hide(self, visit: Visit) -> web.Response:
        """Readers are told of the ticked editions and copies no more."""
        work = await self._work(visit)
        records, items = _ticked(visit, "record"), _ticked(visit, "item")
        await self._may(visit, work, records, items)
        login, reason = visit.me.login, _reason(visit)
        try:
            await self._desk.hide(work.work_id, records=records, items=items, login=login, reason=reason)
        except InputError:
            return await self._page(visit, work, _("Отметьте, что скрыть."), 400)
        return await self._done(visit, "catalogue.hidden", work.work_id, _numbers(records, items))

    async def show_again(self, visit: Visit) -> web.Response:
        """Readers are told of the ticked editions and copies again."""
        work = await self._work(visit)
        records, items = _ticked(visit, "record"), _ticked(visit, "item")
        await self._may(visit, work, records, items)
        try:
            await self._desk.show(work.work_id, records=records, items=items, login=visit.me.login)
        except InputError:
            return await self._page(visit, work, _("Отметьте, что показать."), 400)
        return await self._done(visit, "catalogue.shown", work.work_id, _numbers(records, items))

    async def undo(self, visit: Visit) -> web.Response:
        """A decision is taken back."""
        await self._whole_library(visit)
        work, number = await self._work(visit), int(visit.request.match_info["decision"])
        if number not in {decision.decision_id for decision in work.decisions}:
            raise Stop(404, _("Такого решения нет."))
        try:
            await self._desk.undo(number, login=visit.me.login)
        except InputError:
            raise Stop(409, _("Это уже отменили. Обновите страницу.")) from None
        return await self._done(visit, "catalogue.undone", work.work_id, f"decision:{number}")

    # --- helpers ---------------------------------------------------------------------------------

    async def _found(self, words: str, branch: str = "") -> list[WorkCard]:
        found = await self._library.catalogue.find(Wanted(text=words), A_PAGE)
        works = found.works if found.verdict is not Verdict.NOTHING else ()
        return [card for card in works if not branch or any(held.branch_code == branch for held in card.holdings)]

    async def _work(self, visit: Visit) -> ShelfWork:
        work = await self._desk.work(int(visit.request.match_info["id"]))
        if work is None:
            raise Stop(404, _("Такой книги нет."))
        return work

    async def _page(self, visit: Visit, work: ShelfWork, fault: str = "", status: int = 200) -> web.Response:
        card = await self._library.catalogue.card(work.work_id)
        branches = await self._library.branches.all()
        return self._room.page(
            visit,
            "book.html",
            status,
            now_on="books",
            work=work,
            heard=self._shelf.told(card, branches, visit.now) if isinstance(card, WorkCard) else "",
            fault=fault,
            statuses=statuses(),
            decisions=decisions(),
            people=await self._room.people(),
            undoable={decision.decision_id for decision in work.decisions if _can_be_undone(decision)},
            may_all=not visit.me.branches,
        )

    async def _done(self, visit: Visit, what: str, work_id: int, more: str) -> web.Response:
        await self._room.audit.note(visit.me.login, what, f"work:{work_id}", more)
        return self._room.go(visit, f"{ROOT}books/{work_id}", what.removeprefix("catalogue."))

    async def _whole_library(self, visit: Visit) -> None:
        """Works belong to all branches. Raises Stop for who is responsible for some of them."""
        await self._room.whole_library(visit, _("Это решает сотрудник, который отвечает за все филиалы."))

    async def _may(self, visit: Visit, work: ShelfWork, records: Collection[int], items: Collection[int]) -> None:
        """Copies of one's own branches, editions only where one is responsible for all. Raises Stop."""
        if not visit.me.branches:
            return
        theirs = [item for record in work.records for item in record.items if item.item_id in items]
        if records or any(not _is_of(item, visit.me.branches) for item in theirs):
            await self._room.refuse_branch(visit, visit.request.path, _("Это книги другого филиала."))


def _words(said: str) -> str:
    return one_line(said, LONGEST_WORDS)


def _reason(visit: Visit) -> str:
    return one_line(visit.form.get("reason", ""), LONGEST_REASON)


def _ticked(visit: Visit, kind: str) -> list[int]:
    """Numbers of the boxes that are ticked: ``record-12``."""
    numbers = (name.removeprefix(f"{kind}-") for name in visit.form if name.startswith(f"{kind}-"))
    return [int(number) for number in numbers if is_row(number)]


def _numbers(records: Sequence[int], items: Sequence[int]) -> str:
    return " ".join([*(f"record:{number}" for number in records), *(f"item:{number}" for number in items)])


def _is_of(item: ShelfItem, branches: Collection[str]) -> bool:
    return item.branch_code in branches


def _can_be_undone(decision: Decision) -> bool:
    return not decision.undone_by
