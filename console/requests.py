"""What waits for the desk about readers: renewals to confirm or refuse, and whom no notice reached."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from aiohttp import web

from bot.accounts import RenewalRequest, RequestState
from bot.lending_words import titled
from bot.wording import counted, day, in_language
from bot.wording import gettext as _
from console.reader_ports import ReaderPorts, by, sees
from console.reader_words import refusals, subject_told
from console.room import ROOT, Room, Stop, Visit, is_row
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
        return self._room.page(visit, "_count.html", count=to_do.requests + to_do.unreached)

    async def _page(self, visit: Visit, *told: Told) -> web.Response:
        shown = self._shown(visit)
        requests = await self._ports.requests.waiting(shown, AT_ONCE)
        unreached = await self._ports.unreached.unreached(shown, AT_ONCE)
        mine = visit.me.branches
        names = {code: name for code, name in self._room.setting.branches.items() if not mine or code in mine}
        return self._room.page(
            visit,
            "requests.html",
            requests=requests,
            unreached=unreached,
            to_do=await self._ports.book.to_do(shown),
            told=told,
            branches=names,
            chosen=visit.request.query.get("branch", ""),
            refusals=refusals(),
            subject_told=subject_told,
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
            raise Stop(400, _("Форма устарела: обновите страницу и повторите."))
        if not picked:
            return await self._page(visit, Told(_("Отметьте хотя бы одну заявку."), bad=True))
        requests = [await self._request(visit, int(number)) for number in picked[:AT_ONCE]]
        reason = self._reason(visit) if what == "refuse" else ""
        if what == "refuse" and not reason:
            return await self._page(visit, Told(_("Выберите или напишите причину отказа."), bad=True))
        told = [
            await (self._confirm(visit, request) if what == "confirm" else self._refuse(visit, request, reason))
            for request in requests
            if request is not None
        ]
        lost = len(requests) - len(told)
        return await self._page(visit, *_summed(told), *([Told(_("Заявки уже нет."), bad=True)] if lost else []))

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
        if decided.decided_by != by(visit) or decided.state is not wanted:
            return Told(_("{book}: заявку уже решили.").format(book=book), bad=True)
        await self._room.audit.note(visit.me.login, f"request.{wanted.value}", f"patron:{decided.patron_id}")
        if wanted is RequestState.REFUSED:
            return Told(_("{book}: отказано, читатель узнает причину.").format(book=book))
        until = day(decided.due_on or decided.due_before)
        return Told(_("{book}: продлена до {day}, читатель узнает сам.").format(book=book, day=until))

    def _reason(self, visit: Visit) -> str:
        """The reader's words, in the library's own language: the staff may work in another one."""
        typed = " ".join(visit.form.get("reason", "").replace("\x00", "").split())[:LONGEST_REASON]
        with in_language(self._room.setting.language):
            return typed or refusals().get(visit.form.get("code", ""), "")

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


def _date(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
