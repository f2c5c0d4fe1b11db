"""Readers: found, looked at, given a code; chats unlinked, data handed out and erased."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.audit import Which
from bot.card_desk import IssuedCode
from bot.library.linking import card_spellings
from bot.library.places import start_parameter
from bot.reader_desk import KnownReader, SoughtBy
from bot.wording import gettext as _
from console.reader_loans import Lending
from console.reader_ports import ReaderPorts, by, reader_of
from console.reader_words import proofs
from console.room import ROOT, Room, Screen, Stop, Visit, one_line
from console.words import Told

LONGEST_SEARCH = 100
FOUND = 20
LINES_SHOWN = 15
MOST_CODES = 4
"""QR codes on one sheet: more confuse."""


class ReadersScreen:
    """The search, and one reader's page."""

    def __init__(self, room: Room, ports: ReaderPorts, lending: Lending) -> None:
        self._room, self._ports, self._lending = room, ports, lending

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        screen, one = self._room.screen, ROOT + r"readers/{id:\d{1,18}}"
        posts: dict[str, Screen] = {
            ROOT + "readers": self.find,
            one + "/code": self.issue,
            one + "/unlink": self.unlink,
            one + "/export": self.export,
            one + "/erase": self.erase,
        }
        return [
            web.get(ROOT + "readers", screen(self.search)),
            web.get(one, screen(self.show)),
            web.get(one + "/erase", screen(self.ask_to_erase)),
            *(web.post(path, screen(what)) for path, what in posts.items()),
        ]

    # --- finding ---------------------------------------------------------------------------------

    async def search(self, visit: Visit) -> web.Response:
        """The empty form."""
        return self._room.page(visit, "readers.html", words="", found=None, now_on="readers")

    async def find(self, visit: Visit) -> web.Response:
        """A short list; what was typed comes by POST, so that no address line or log keeps a name."""
        words = one_line(visit.form.get("words", ""), LONGEST_SEARCH)
        found = await self._ports.book.find(words, visit.me.branches, FOUND)
        if found.by is not SoughtBy.NOTHING:
            more = f"{found.by.value}: {len(found.entries)}"
            await self._room.audit.note(visit.me.login, "search.readers", more=more)
        page = "_found.html" if visit.in_place else "readers.html"
        return self._room.page(visit, page, words=words, found=found, now_on="readers")

    # --- one reader ------------------------------------------------------------------------------

    async def show(self, visit: Visit) -> web.Response:
        """All that is known."""
        reader = await self._reader(visit)
        await self._room.audit.note(visit.me.login, "view.reader", f"patron:{reader.patron_id}")
        return await self._page(visit, reader)

    async def _page(self, visit: Visit, reader: KnownReader, *told: Told) -> web.Response:
        away = visit.request.query.get("hand") == "0"
        values: dict[str, Any] = await self._lending.values(reader.patron_id, in_hand=not away)
        values |= {"told": told, "lending_of": reader.patron_id}
        lines = await self._ports.journal.last(LINES_SHOWN, Which(patron_id=reader.patron_id))
        values["people"] = await self._room.people()
        return self._room.page(
            visit, "reader.html", reader=reader, lines=lines, proofs=proofs(), now_on="readers", **values
        )

    async def _reader(self, visit: Visit) -> KnownReader:
        return await reader_of(self._room, visit, self._ports)

    # --- doing -----------------------------------------------------------------------------------

    async def issue(self, visit: Visit) -> web.Response:
        """A one-time code, big and printable; it is shown once."""
        reader = await self._reader(visit)
        issued = await self._ports.cards.issue_code(reader.patron_id, by(visit), child=bool(visit.form.get("child")))
        if issued is None:
            return await self._page(visit, reader, Told(_("Билета нет в картотеке: код не выдан."), bad=True))
        return await self._sheet(visit, reader, issued)

    async def _sheet(self, visit: Visit, reader: KnownReader, issued: IssuedCode) -> web.Response:
        parameter = start_parameter(reader.branch_code) if reader.branch_code else ""
        links = list((await self._ports.links(parameter)).items())[:MOST_CODES]
        codes = [(name, link, _picture(link)) for name, link in links]
        return self._room.page(visit, "code_sheet.html", reader=reader, issued=issued, codes=codes, now_on="readers")

    async def unlink(self, visit: Visit) -> web.Response:
        """One chat sees the card no more."""
        reader, contact = await self._reader(visit), visit.row("contact")
        gone = await self._ports.cards.unlink(reader.patron_id, by(visit), contact)
        said = _("Чат отвязан: билета там больше не видно.") if gone else _("Этот чат уже отвязан.")
        return await self._page(visit, await self._reader(visit), Told(said, bad=not gone))

    async def export(self, visit: Visit) -> web.Response:
        """All that is kept of them, as a file to hand out."""
        reader = await self._reader(visit)
        told = await self._ports.cards.export(reader.patron_id, by(visit))
        if told is None:
            raise Stop(404, _("Такого читателя нет."))
        headers = {"Content-Disposition": f'attachment; filename="reader-{reader.patron_id}.json"'}
        return web.Response(body=told, content_type="application/json", charset="utf-8", headers=headers)

    async def ask_to_erase(self, visit: Visit) -> web.Response:
        """What goes and what stays; the card's number has to be typed."""
        return self._erasing(visit, await self._reader(visit))

    async def erase(self, visit: Visit) -> web.Response:
        """Forgotten, at once."""
        reader, typed = await self._reader(visit), visit.form.get("card", "").strip()
        if reader.card_number not in (typed, *card_spellings(typed)):
            return self._erasing(visit, reader, _("Номер билета не совпал: ничего не удалено."))
        await self._ports.cards.erase(reader.patron_id, by(visit))
        await self._ports.finish_erasures()
        said = Told(_("Данные удалены. Попросите удалить их и в вашей программе, иначе следующая загрузка вернёт имя."))
        return await self._page(visit, await self._reader(visit), said)

    def _erasing(self, visit: Visit, reader: KnownReader, fault: str = "") -> web.Response:
        status = 400 if fault else 200
        return self._room.page(visit, "erase.html", status, reader=reader, fault=fault, now_on="readers")


def _picture(link: str) -> str:
    import segno

    return segno.make_qr(link, error="m").svg_data_uri(scale=4, border=4)
