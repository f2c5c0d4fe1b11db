"""What waits for the desk about readers: renewals to confirm or refuse, and whom no notice reached."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from aiohttp import web

from bot.clock import local_day
from bot.hold_shelf import NotFound, ShelfHold
from bot.lending_words import titled
from bot.library.holds import HoldState
from bot.renewal_requests import DECISION_RESTS, RenewalRequest, RequestState
from bot.wording import counted, day, in_language
from bot.wording import gettext as _
from console.reader_ports import ReaderPorts, by, sees
from console.reader_words import refusals, subject_told, way_told, why_left
from console.room import ROOT, Room, Visit, is_row, one_line, outdated
from console.words import Told

AT_ONCE = 100
LONGEST_REASON = 300
LONGEST_TERM = timedelta(days=366)
"""A new date further ahead than this is a slip of the hand."""


class RequestsScreen:
    """The list, decisions about one or several, and the calls that have to be made."""

    def __init__(self, room: Room, ports: ReaderPorts) -> None:
        self._room, self._ports = room, ports

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        screen = self._room.screen
        return [
            web.get(ROOT + "requests", screen(self.show)),
            web.get(ROOT + "requests/count", screen(self.count)),
            web.post(ROOT + "requests", screen(self.decide)),
            web.post(ROOT + "requests/undo", screen(self.undo)),
            web.post(ROOT + r"requests/sent/{id:\d{1,18}}", screen(self.send)),
            web.post(ROOT + r"requests/aside/{id:\d{1,18}}", screen(self.put_aside)),
            web.post(ROOT + r"requests/handed/{id:\d{1,18}}", screen(self.hand_over)),
            web.post(ROOT + r"requests/back/{id:\d{1,18}}", screen(self.put_back)),
            web.post(ROOT + r"requests/missing/{id:\d{1,18}}", screen(self.missing)),
            web.post(ROOT + r"requests/found/{id:\d{1,18}}", screen(self.found)),
            web.post(ROOT + r"requests/called/{id:\d{1,18}}", screen(self.called)),
        ]

    # --- looking ---------------------------------------------------------------------------------

    async def show(self, visit: Visit) -> web.Response:
        """Both lists; names are seen, so it is written down."""
        await self._room.audit.note(visit.me.login, "view.requests")
        return await self._page(visit)

    async def count(self, visit: Visit) -> web.Response:
        """How much there is to do, for the navigation; an empty answer where nothing is."""
        to_do = await self._ports.book.to_do(visit.me.branches)
        fetch = await self._ports.shelf.to_fetch(visit.me.branches)
        left = await self._ports.shelf.to_put_back(visit.me.branches)
        return self._room.page(visit, "_count.html", count=to_do.requests + to_do.unreached + fetch + left)

    async def _page(
        self,
        visit: Visit,
        *told: Told,
        undo: Collection[int] = (),
        missed: NotFound | None = None,
        picked: Collection[int] = (),
        typed: Mapping[str, str] | None = None,
    ) -> web.Response:
        """``undo``: decisions that may be taken back; ``picked``: ticks that stay, since nothing was decided.

        ``typed``: dates and a reason that stay in the form, since nothing was made of them.
        """
        shown = self._shown(visit)
        requests = await self._ports.requests.waiting(shown, AT_ONCE)
        unreached = await self._ports.unreached.unreached(shown, AT_ONCE)
        holds = await self._ports.shelf.waiting(shown, AT_ONCE)
        mine = visit.me.branches
        names = {code: name for code, name in self._room.setting.branches.items() if not mine or code in mine}
        return self._room.page(
            visit,
            "requests.html",
            requests=requests,
            fetched=[hold for hold in holds if hold.state is not HoldState.READY],
            ready=[hold for hold in holds if hold.state is HoldState.READY],
            left=await self._ports.shelf.left(shown, AT_ONCE),
            to_put_back=await self._ports.shelf.to_put_back(shown),
            why_left=why_left,
            today=local_day(visit.now, self._room.setting.zone),
            to_fetch=await self._ports.shelf.to_fetch(shown),
            to_hand_out=await self._ports.shelf.to_hand_out(shown),
            unreached=unreached,
            to_do=await self._ports.book.to_do(shown),
            told=told,
            undo=undo,
            picked=picked,
            typed=typed or {},
            missed=missed,
            undo_seconds=int(DECISION_RESTS.total_seconds()),
            branches=names,
            chosen=visit.request.query.get("branch", ""),
            refusals=refusals(),
            subject_told=subject_told,
            way_told=way_told,
            titled=titled,
            now_on="requests",
        )

    def _shown(self, visit: Visit) -> Collection[str]:
        """The branch that was chosen, within what this librarian may see; all of those where none was."""
        wanted, mine = visit.request.query.get("branch", ""), visit.me.branches
        if wanted and (not mine or wanted in mine):
            return [wanted]
        return mine

    # --- deciding --------------------------------------------------------------------------------

    async def decide(self, visit: Visit) -> web.Response:
        """One or several, confirmed or refused; each is told of, and so is each reader, by the engine."""
        what, _sep, one = visit.form.get("do", "").partition(":")
        picked = [one] if one else [name[5:] for name in visit.form if name.startswith("pick-")]
        if what not in ("confirm", "refuse") or not all(is_row(number) for number in picked):
            raise outdated()
        if not picked:
            return await self._page(visit, Told(_("Отметьте хотя бы одну заявку."), bad=True), typed=visit.form)
        found = [await self._request(visit, int(number)) for number in picked[:AT_ONCE]]
        requests = [request for request in found if request is not None]
        reason = self._reason(visit) if what == "refuse" else ""
        if what == "refuse" and not reason:
            told_why = Told(_("Выберите или напишите причину отказа."), bad=True)
            return await self._page(visit, told_why, picked={int(number) for number in picked}, typed=visit.form)
        told = [
            await (self._confirm(visit, request) if what == "confirm" else self._refuse(visit, request, reason))
            for request in requests
        ]
        gone = [Told(_("Заявки уже нет."), bad=True)] if len(found) > len(requests) else []
        done = [request.request_id for request, one in zip(requests, told, strict=True) if not one.bad]
        undecided = {request.request_id for request, one in zip(requests, told, strict=True) if one.bad}
        typed = {name: said for name, said in visit.form.items() if undecided or what == "confirm" or "until-" in name}
        return await self._page(visit, *_summed(told), *gone, undo=done, picked=undecided, typed=typed)

    async def undo(self, visit: Visit) -> web.Response:
        """What this librarian has decided a moment ago waits again; its reader has heard nothing."""
        picked = [name[5:] for name in visit.form if name.startswith("undo-")]
        if not picked or not all(is_row(number) for number in picked):
            raise outdated()
        told = []
        for number in picked[:AT_ONCE]:
            request = await self._request(visit, int(number))
            if request is not None:
                told.append(await self._taken_back(visit, request))
        if not told:
            return await self._page(visit, Told(_("Заявки уже нет."), bad=True))
        return await self._page(visit, *told)

    async def _taken_back(self, visit: Visit, request: RenewalRequest) -> Told:
        book, was = titled(request.title), request.state
        now = await self._ports.requests.take_back(request.request_id, by(visit))
        if now is None or now.state is not RequestState.WAITING:
            return Told(_("{book}: отменить уже нельзя.").format(book=book), bad=True)
        if was is not RequestState.WAITING:
            await self._room.audit.note(visit.me.login, "request.taken_back", f"patron:{request.patron_id}")
        return Told(_("{book}: решение отменено, заявка снова ждёт.").format(book=book))

    async def _request(self, visit: Visit, number: int) -> RenewalRequest | None:
        """A request that this librarian may decide. Raises Stop; a stranger's attempt is written down."""
        request = await self._ports.requests.find(number)
        if request is not None and not sees(visit.me, [request.branch_code]):
            await self._room.refuse_branch(visit, f"request:{number}", _("Это заявка другого филиала."))
        return request

    async def _confirm(self, visit: Visit, request: RenewalRequest) -> Told:
        book, typed = titled(request.title), visit.form.get(f"until-{request.request_id}", "")
        until = None
        if typed:
            until = _date(typed)
            if until is None or not request.due_before < until <= request.due_before + LONGEST_TERM:
                return Told(_("{book}: новый срок должен быть позже прежнего.").format(book=book), bad=True)
        decided = await self._ports.requests.confirm(request.request_id, by(visit), until)
        return await self._decided(visit, decided, book, RequestState.CONFIRMED)

    async def _refuse(self, visit: Visit, request: RenewalRequest, reason: str) -> Told:
        code = visit.form.get("code", "") if not visit.form.get("reason", "").strip() else ""
        decided = await self._ports.requests.refuse(request.request_id, by(visit), reason, code)
        return await self._decided(visit, decided, titled(request.title), RequestState.REFUSED)

    async def _decided(self, visit: Visit, decided: RenewalRequest | None, book: str, wanted: RequestState) -> Told:
        if decided is None or decided.state is RequestState.DROPPED:
            return Told(_("{book}: уже сдана или продлена иначе.").format(book=book), bad=True)
        if decided.state is RequestState.WAITING:
            return Told(_("{book}: по правилам срок не сдвинется, напишите новый сами.").format(book=book), bad=True)
        if decided.decided_by != by(visit) or decided.state is not wanted:
            return Told(_("{book}: заявку уже решили.").format(book=book), bad=True)
        await self._room.audit.note(visit.me.login, f"request.{wanted.value}", f"patron:{decided.patron_id}")
        if wanted is RequestState.REFUSED:
            return Told(_("{book}: отказано, читатель узнает причину.").format(book=book))
        until = day(decided.due_on or decided.due_before)
        return Told(_("{book}: продлена до {day}, читатель узнает сам.").format(book=book, day=until))

    def _reason(self, visit: Visit) -> str:
        """The reader's words, in the library's own language: the staff may work in another one."""
        typed = one_line(visit.form.get("reason", ""), LONGEST_REASON)
        with in_language(self._room.setting.language):
            return typed or refusals().get(visit.form.get("code", ""), "")

    # --- holds -----------------------------------------------------------------------------------

    async def send(self, visit: Visit) -> web.Response:
        """The copy goes to another branch, where its reader fetches it: it is on that one's list from now on."""
        hold = await self._hold(visit)
        if hold is None or not await self._ports.shelf.send(hold.hold_id):
            return await self._page(visit, Told(_("Эта книга уже отправлена или её больше не ждут."), bad=True))
        await self._room.audit.note(visit.me.login, "hold.sent", f"patron:{hold.patron_id}")
        said = _("{book}: в пути. Когда приедет, её отложат здесь: {branch}.")
        where = self._room.setting.branches.get(hold.branch_code, hold.branch_code)
        return await self._page(visit, Told(said.format(book=titled(hold.title, hold.author), branch=where)))

    async def put_aside(self, visit: Visit) -> web.Response:
        """The copy was found and waits at the desk: its reader is told."""
        hold = await self._hold(visit)
        last = None if hold is None else await self._ports.shelf.put_aside(hold.hold_id)
        if hold is None or last is None:
            return await self._page(visit, Told(_("Эта книга уже отложена или её больше не ждут."), bad=True))
        await self._room.audit.note(visit.me.login, "hold.ready", f"patron:{hold.patron_id}")
        said = _("{book}: отложена до {day}, читатель узнает сам.")
        return await self._page(visit, Told(said.format(book=titled(hold.title, hold.author), day=day(last))))

    async def hand_over(self, visit: Visit) -> web.Response:
        """The reader came and has the book."""
        hold = await self._hold(visit)
        if hold is None or not await self._ports.shelf.hand_over(hold.hold_id, by(visit)):
            said = _("Выдать не получилось: брони уже нет, или правила выдачи этому читателю не разрешают.")
            return await self._page(visit, Told(said, bad=True))
        await self._room.audit.note(visit.me.login, "hold.handed", f"patron:{hold.patron_id}")
        said = _("{book}: выдана, бронь закрыта.")
        return await self._page(visit, Told(said.format(book=titled(hold.title, hold.author))))

    async def put_back(self, visit: Visit) -> web.Response:
        """What nobody came for stands in its place again."""
        hold = await self._of_mine(visit, await self._ports.shelf.find_left(int(visit.request.match_info["id"])))
        if hold is None or not await self._ports.shelf.put_back(hold.hold_id):
            return await self._page(visit, Told(_("Эту книгу уже вернули на место, или она нужна другому."), bad=True))
        await self._room.audit.note(visit.me.login, "hold.put_back", f"patron:{hold.patron_id}")
        said = _("{book}: снова на своём месте.")
        return await self._page(visit, Told(said.format(book=titled(hold.title, hold.author))))

    async def missing(self, visit: Visit) -> web.Response:
        """It is not where it should be: readers are told of that copy no more, and the reader waits for another."""
        hold = await self._hold(visit)
        with in_language(self._room.setting.language):  # colleagues read it on the book's page
            reason = _("Не нашлась на полке")
        missed = None if hold is None else await self._ports.shelf.not_found(hold.hold_id, visit.me.login, reason)
        if hold is None or missed is None:
            return await self._page(visit, Told(_("Эта книга уже отложена или её больше не ждут."), bad=True))
        await self._room.audit.note(visit.me.login, "hold.missing", f"patron:{hold.patron_id}", f"item:{hold.item_id}")
        return await self._page(visit, Told(_missed(hold, missed.hold)), missed=missed)

    async def found(self, visit: Visit) -> web.Response:
        """It was there after all."""
        hold, decision = await self._hold(visit), visit.row("decision")
        if hold is None or not await self._ports.shelf.found_after_all(hold.hold_id, decision, visit.me.login):
            said = _("Отменить уже нельзя. Нашлась? Покажите экземпляр снова на странице книги в «Каталоге».")
            return await self._page(visit, Told(said, bad=True))
        await self._room.audit.note(visit.me.login, "hold.found", f"patron:{hold.patron_id}")
        said = _("{book}: снова в списке, отложите её для читателя.")
        return await self._page(visit, Told(said.format(book=titled(hold.title, hold.author))))

    async def _hold(self, visit: Visit) -> ShelfHold | None:
        """The hold of the address. Raises Stop; a stranger's attempt is written down."""
        return await self._of_mine(visit, await self._ports.shelf.find(int(visit.request.match_info["id"])))

    async def _of_mine(self, visit: Visit, hold: ShelfHold | None) -> ShelfHold | None:
        if hold is not None and not sees(visit.me, [hold.listed_at]):
            await self._room.refuse_branch(visit, f"patron:{hold.patron_id}", _("Это бронь другого филиала."))
        return hold

    # --- calls -----------------------------------------------------------------------------------

    async def called(self, visit: Visit) -> web.Response:
        """Somebody has told the reader: off the list."""
        number = int(visit.request.match_info["id"])
        reader = await self._ports.unreached.find(number)
        if reader is None:
            return await self._page(visit, Told(_("Этого читателя в списке уже нет."), bad=True))
        if not sees(visit.me, [reader.branch_code] if reader.branch_code else []):
            await self._room.refuse_branch(visit, f"patron:{reader.patron_id}", _("Это читатель другого филиала."))
        if await self._ports.unreached.settle(number, by(visit)):
            await self._room.audit.note(visit.me.login, "unreached.settled", f"patron:{reader.patron_id}")
        return await self._page(visit, Told(_("Отмечено: {name}.").format(name=reader.name or reader.card_number)))


def _summed(told: Sequence[Told]) -> Sequence[Told]:
    """Every fault by itself, and what was done: by itself where it is little, counted where it is much."""
    done = [one for one in told if not one.bad]
    if len(done) > 3:
        said = _("Решено: {requests}. Читатели узнают сами.")
        done = [Told(said.format(requests=counted(len(done), "заявка", "заявки", "заявок")))]
    return [*(one for one in told if one.bad), *done]


def _missed(before: ShelfHold, now: ShelfHold) -> str:
    """What becomes of the reader whose book was not found."""
    book = titled(before.title, before.author)
    if now.item_id is not None:
        copy = now.copy or _("другой экземпляр")
        return _("{book}: этот экземпляр скрыт. Для того же читателя возьмите другой: {copy}.").format(
            book=book, copy=copy
        )
    return _("{book}: экземпляр скрыт, другого свободного нет. Читатель ждёт дальше, место за ним.").format(book=book)


def _date(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
