"""A reader's loans and holds: seen, renewed, reserved and cancelled for them, by the same rules as the reader's own.

Renewed with the book in hand, a loan goes by the rules for the desk.
"""

import re
import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from aiohttp import web

from bot.circulation import (
    Ok,
    OpenHold,
    OpenLoan,
    Refused,
    RenewalOutcome,
    RenewalState,
    RenewalWish,
    Result,
    Unavailable,
    Unsupported,
)
from bot.hold_shelf import BroughtBack
from bot.lending_words import titled
from bot.ports.catalogue import Verdict, Wanted
from bot.renewal_requests import DECISION_RESTS
from bot.wording import gettext as _
from console.reader_ports import ReaderPorts, by, reader_of
from console.reader_words import SHOWN, kept_here, renewal_told, why_no_hold
from console.room import ROOT, Room, Visit, one_line, outdated
from console.words import Told

_KEY = re.compile(r"[0-9a-f]{16}")
A_LOOK = 5
LONGEST_REASON = 300


class Lending:
    """One piece of page, shown on the reader's own and beside a conversation."""

    def __init__(self, room: Room, ports: ReaderPorts) -> None:
        self._room, self._ports = room, ports

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        screen, one = self._room.screen, ROOT + r"readers/{id:\d{1,18}}"
        return [
            web.post(one + "/renew", screen(self.renew)),
            web.post(one + "/back", screen(self.brought_back)),
            web.get(one + "/lending", screen(self.show)),
            web.get(one + "/books", screen(self.books)),
            web.post(one + "/hold", screen(self.hold)),
            web.post(one + "/cancel", screen(self.cancel)),
            web.post(one + "/refuse", screen(self.refuse)),
            web.post(one + "/unrefuse", screen(self.refuse_no_more)),
        ]

    async def values(self, patron_id: int, *, in_hand: bool) -> dict[str, Any]:
        """What the piece shows; ``in_hand``: the reader has brought the books."""
        lent = self._ports.in_hand if in_hand else self._ports.circulation
        loans: Result[tuple[OpenLoan, ...]] = await lent.loans(patron_id)
        holds: Result[tuple[OpenHold, ...]] = await self._ports.circulation.holds(patron_id)
        as_of = next((read.as_of for read in (loans, holds) if isinstance(read, Ok) and read.as_of is not None), None)
        return {
            "loans": loans.value if isinstance(loans, Ok) else (),
            "holds": holds.value if isinstance(holds, Ok) else (),
            "loans_fault": _fault(loans),
            "holds_fault": _fault(holds),
            "as_of": as_of,
            "in_hand": in_hand,
            "several": len(self._room.setting.branches) > 1,
            "key": secrets.token_hex(8),
            "refused": 0,
            "undo_seconds": int(DECISION_RESTS.total_seconds()),
        }

    async def show(self, visit: Visit) -> web.Response:
        """The piece anew: with the books in hand, or without."""
        return await self._piece(visit, await self._number(visit))

    # --- doing -----------------------------------------------------------------------------------

    async def renew(self, visit: Visit) -> web.Response:
        """One book, or all; the same press again changes nothing."""
        number, key, one = await self._number(visit), self._key(visit), visit.form.get("loan", "")
        loans = await self._ports.circulation.loans(number)
        known = {str(loan.loan.loan_id): loan for loan in (loans.value if isinstance(loans, Ok) else ())}
        chosen = known.values() if one == "all" else [known[one]] if one in known else []
        wishes = [RenewalWish(loan.loan.loan_id, _seen(visit, loan)) for loan in chosen]
        if not wishes:
            said = _fault(loans) or _("Этой книги у читателя уже нет.")
            return await self._piece(visit, number, Told(said, bad=True))
        outcome = await self._renew(visit, number, wishes, key)
        if not isinstance(outcome, Ok):
            return await self._piece(visit, number, Told(_fault(outcome), bad=True))
        done = sum(one.state is RenewalState.RENEWED for one in outcome.value)
        more = f"{done}/{len(wishes)}" + (SHOWN if hand_of(visit) else "")
        await self._room.audit.note(visit.me.login, "renew", f"patron:{number}", more)
        return await self._piece(visit, number, *map(_renewed, outcome.value))

    async def _renew(
        self, visit: Visit, patron_id: int, wishes: Sequence[RenewalWish], key: str
    ) -> Result[tuple[RenewalOutcome, ...]]:
        if hand_of(visit):
            return await self._ports.in_hand.renew(patron_id, wishes, key, by(visit))
        return await self._ports.circulation.renew(patron_id, wishes, key)

    async def brought_back(self, visit: Visit) -> web.Response:
        """The reader has brought a book of a branch that keeps its loans here; elsewhere the next list tells."""
        number, loan_id = await self._number(visit), visit.row("loan")
        loans = await self._ports.circulation.loans(number)
        known = {loan.loan.loan_id: loan for loan in (loans.value if isinstance(loans, Ok) else ()) if kept_here(loan)}
        came = BroughtBack.NOT_OUT
        if loan_id in known:
            came = await self._ports.shelf.brought_back(loan_id)
        if came is BroughtBack.NOT_OUT:
            said = _fault(loans) or _("Этой книги у читателя уже нет.")
            return await self._piece(visit, number, Told(said, bad=True))
        await self._room.audit.note(visit.me.login, "loan.back", f"patron:{number}")
        said = _("{book}: возвращена.")
        if came is BroughtBack.WAITED_FOR:
            said = _("{book}: возвращена. Её ждёт другой читатель: отложите её на экране «Заявки».")
        book = titled(known[loan_id].title, known[loan_id].author)
        return await self._piece(visit, number, Told(said.format(book=book)))

    async def books(self, visit: Visit) -> web.Response:
        """What the catalogue has, each with the branches where it could be fetched."""
        number = await self._number(visit)
        words = one_line(visit.request.query.get("book", ""), 200)
        offered = []
        if words:
            found = await self._ports.library.catalogue.find(Wanted(text=words), A_LOOK)
            for card in found.works if found.verdict is not Verdict.NOTHING else ():
                where = await self._ports.circulation.pickup_branches(number, card.work_id)
                offered.append((card, where.value if isinstance(where, Ok) else ()))
        return self._room.page(
            visit,
            "_reserve.html",
            words=words,
            offered=offered,
            lending_of=number,
            key=secrets.token_hex(8),
            in_hand=hand_of(visit),
        )

    async def hold(self, visit: Visit) -> web.Response:
        """Queue for a work."""
        number, work, pickup = await self._number(visit), visit.row("work"), visit.form.get("pickup", "")
        placed = await self._ports.circulation.place_hold(number, work, pickup, f"{self._key(visit)}:{work}")
        if not isinstance(placed, Ok):
            return await self._piece(visit, number, Told(_no_hold(placed), bad=True))
        await self._room.audit.note(visit.me.login, "hold.placed", f"patron:{number}")
        said = _("{book}: забронирована.").format(book=titled(placed.value.title, placed.value.author))
        return await self._piece(visit, number, Told(said))

    async def cancel(self, visit: Visit) -> web.Response:
        """Not waited for any more."""
        number, hold = await self._number(visit), visit.row("hold")
        ended = await self._ports.circulation.cancel_hold(number, hold, f"{self._key(visit)}:{hold}")
        if not isinstance(ended, Ok):
            said = _("Такой брони нет.") if isinstance(ended, Refused) else _fault(ended)
            return await self._piece(visit, number, Told(said, bad=True))
        await self._room.audit.note(visit.me.login, "hold.cancelled", f"patron:{number}")
        said = _("{book}: бронь снята.").format(book=titled(ended.value.title, ended.value.author))
        return await self._piece(visit, number, Told(said))

    async def refuse(self, visit: Visit) -> web.Response:
        """The library cannot serve it: the reader hears why."""
        number, hold = await self._number(visit), visit.row("hold")
        reason = one_line(visit.form.get("reason", ""), LONGEST_REASON)
        if not reason:
            return await self._piece(visit, number, Told(_("Напишите причину: читатель её узнает."), bad=True))
        kept = await self._ports.shelf.find(hold)
        if kept is None or kept.patron_id != number or not await self._ports.shelf.refuse(hold, by(visit), reason):
            return await self._piece(visit, number, Told(_("Такой брони нет."), bad=True))
        await self._room.audit.note(visit.me.login, "hold.refused", f"patron:{number}")
        said = _("{book}: в брони отказано, читатель узнает причину.")
        told = Told(said.format(book=titled(kept.title, kept.author)))
        return await self._piece(visit, number, told, refused=kept.hold_id)

    async def refuse_no_more(self, visit: Visit) -> web.Response:
        """It was a mistake, a moment ago: the hold stands where it stood, and its reader has heard nothing."""
        number, hold = await self._number(visit), visit.row("hold")
        if not await self._ports.shelf.refuse_no_more(number, hold, by(visit)):
            said = _("Отменить уже нельзя: читатель узнает об отказе. Забронируйте книгу для него снова.")
            return await self._piece(visit, number, Told(said, bad=True))
        await self._room.audit.note(visit.me.login, "hold.unrefused", f"patron:{number}")
        return await self._piece(visit, number, Told(_("Отказ отменён: бронь стоит, где стояла.")))

    # --- the pieces ------------------------------------------------------------------------------

    async def _number(self, visit: Visit) -> int:
        return (await reader_of(self._room, visit, self._ports)).patron_id

    def _key(self, visit: Visit) -> str:
        """Of this press: whoever presses twice on a bad line asks once."""
        key = visit.form.get("key", "")
        if not _KEY.fullmatch(key):
            raise outdated()
        return f"{by(visit)}:{key}"

    async def _piece(self, visit: Visit, patron_id: int, *told: Told, refused: int = 0) -> web.Response:
        """``refused``: a hold whose refusal may be taken back."""
        if not visit.in_place:
            return self._room.go(visit, f"{ROOT}readers/{patron_id}?hand={int(hand_of(visit))}")
        values = await self.values(patron_id, in_hand=hand_of(visit)) | {"refused": refused}
        return self._room.page(visit, "_lending.html", told=told, lending_of=patron_id, **values)


def hand_of(visit: Visit) -> bool:
    """Whether the books lie before the librarian, as the page says that was pressed."""
    return (visit.form or visit.request.query).get("hand", "") == "1"


def _seen(visit: Visit, loan: OpenLoan) -> date | None:
    """The date on the librarian's screen: a book that was renewed since is left alone."""
    try:
        return date.fromisoformat(visit.form.get(f"due-{loan.loan.loan_id}", ""))
    except ValueError:
        return None


def _renewed(outcome: RenewalOutcome) -> Told:
    return Told(renewal_told(outcome), bad=outcome.state is RenewalState.REFUSED)


def _fault(answer: Result[Any]) -> str:
    """Why nothing is known, "" where all is."""
    match answer:
        case Ok():
            return ""
        case Unavailable():
            return _("Программа библиотеки сейчас не отвечает: повторите через минуту.")
        case Refused(raw=raw):
            return raw or _("Программа библиотеки не разрешила.")
        case Unsupported():
            return _("Филиал ведёт выдачу на бумаге: книги смотрите в формуляре.")


def _no_hold(answer: Result[OpenHold]) -> str:
    if isinstance(answer, Refused):
        return _("Не забронирована: {reason}.").format(reason=why_no_hold(answer.code))
    return _fault(answer)
