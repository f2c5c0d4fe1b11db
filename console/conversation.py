"""One conversation: read it, take it, answer, hand it on."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from bot.desk import Asked, Desk, Tab, Talk
from bot.desk_actions import Acted, Close, DeskAction, DeskState, GiveBack, HandOn, Say, Take, TakeBack
from bot.endings import ended
from bot.errors import StoreUnavailable
from bot.messages import Document, Picture, Reply
from bot.overview import ChannelBook
from bot.ports.files import Files
from bot.ports.library import Library
from bot.ports.log import Mode
from bot.quick import replace
from bot.staff import StaffMember
from bot.streams import Streams
from bot.wording import gettext as _
from console import uploads
from console.canned import LIBRARIAN, LIBRARY, NAME, PLACE
from console.card_summary import CardSummary
from console.inbox import asked_by, kinds, listed, reasons, sought
from console.overview import trouble
from console.reader_words import way_told
from console.room import ROOT, Room, Stop, Visit, outdated
from console.shelf import Shelf
from console.streams import answer
from console.thread import heard, lines_of, states

LONGEST_ANSWER = 4_000
LONGEST_NOTE = 4_000
LOOK_S = 2.0
"""How soon a mark of delivery is seen; words come at once."""
_KEY = re.compile(r"[A-Za-z0-9-]{8,60}")


class ConversationScreen:
    """The second pane."""

    def __init__(
        self,
        room: Room,
        desk: Desk,
        streams: Streams,
        files: Files,
        library: Library,
        standings: ChannelBook,
        card: CardSummary | None = None,
    ) -> None:
        self._room, self._desk, self._streams, self._files, self._card = room, desk, streams, files, card
        self._standings = standings
        self._shelf = Shelf(room, library)

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        screen, one = self._room.screen, ROOT + r"c/{id:\d{1,18}}"
        return [
            web.get(one, screen(self.show)),
            web.get(one + "/thread", screen(self.piece)),
            web.get(one + "/earlier", screen(self.earlier)),
            web.get(one + "/stream", screen(self.stream), allow_head=False),
            web.get(one + r"/files/{message:\d{1,18}}/{number:\d{1,3}}", screen(self.file)),
            web.post(one + "/take", screen(self.take)),
            web.post(one + "/hand", screen(self.hand_on)),
            web.post(one + "/back", screen(self.give_back)),
            web.post(one + "/close", screen(self.close)),
            web.post(one + "/say", screen(self.say)),
            web.post(one + "/undo", screen(self.take_back)),
            web.post(one + "/draft", screen(self.keep_draft)),
            web.post(one + "/note", screen(self.note)),
            web.get(one + "/books", screen(self.books)),
            web.get(one + "/card", screen(self.card)),
        ]

    # --- looking ---------------------------------------------------------------------------------

    async def show(self, visit: Visit) -> web.Response:
        """The list and the conversation beside it."""
        talk = await self._talk(visit)
        await self._room.audit.note(visit.me.login, "view.conversation", f"conversation:{talk.conversation_id}")
        values = await listed(self._room, self._desk, self._card, visit, talk.conversation_id, talk)
        staff = [who for who in await self._room.staff.all() if not who.disabled and who.staff_id != visit.me.staff_id]
        canned = [(one, self._filled(one.text, visit.me, talk)) for one in await self._desk.canned()]
        return self._room.page(
            visit,
            "conversation.html",
            now_on="inbox",
            colleagues=[who for who in staff if _sees(who, talk)],
            canned=canned,
            longest=LONGEST_ANSWER,
            **(values | await self._talk_values(visit, talk, values["names"])),
        )

    async def piece(self, visit: Visit) -> web.Response:
        """What changes: the messages and who has it."""
        talk = await self._talk(visit)
        return self._room.page(visit, "_thread.html", **await self._talk_values(visit, talk))

    async def earlier(self, visit: Visit) -> web.Response:
        """Older messages."""
        talk = await self._talk(visit, before=visit.number("before"))
        return self._room.page(visit, "_lines.html", **await self._talk_values(visit, talk))

    async def stream(self, visit: Visit) -> web.StreamResponse:
        """A word whenever the conversation changed."""
        talk = await self._talk(visit)
        return await answer(self._streams, self._room, visit, self._changes(talk))

    async def _changes(self, talk: Talk) -> AsyncIterator[bytes]:
        known = ""
        async with ended(self._desk.desk_changes(talk.contact, LOOK_S)) as changes:
            async for _tick in changes:
                try:
                    mark = await self._desk.mark(talk.conversation_id)
                except StoreUnavailable:
                    continue
                if mark != known:
                    known = mark
                    yield b"event: changed\ndata: " + mark.encode() + b"\n\n"
                else:
                    yield b": quiet\n\n"

    async def file(self, visit: Visit) -> web.Response:
        """A picture or document that the reader was sent."""
        talk, match = await self._talk(visit), visit.request.match_info
        found = await self._desk.file(talk.conversation_id, int(match["message"]), int(match["number"]))
        attached = found[0].attachments[found[1]] if found else None
        if not isinstance(attached, Picture | Document):
            raise Stop(404, _("Такого файла нет."))
        data = await self._files.read(attached.file.file_id)
        if data is None:
            raise Stop(404, _("Такого файла нет."))
        return web.Response(body=data, headers=uploads.headers(attached.file, inline=isinstance(attached, Picture)))

    async def books(self, visit: Visit) -> web.Response:
        """What the catalogue has, worded for the answer."""
        await self._talk(visit)
        return await self._shelf.look(visit)

    async def card(self, visit: Visit) -> web.Response:
        """The reader's card, where one is linked."""
        talk = await self._talk(visit)
        return await self._card.show(visit, talk) if self._card else web.Response(text="", content_type="text/html")

    # --- doing -----------------------------------------------------------------------------------

    async def take(self, visit: Visit) -> web.Response:
        """Mine from now on."""
        talk, even = await self._talk(visit), visit.form.get("even_from", "")
        action = Take(
            conversation_id=talk.conversation_id,
            staff_id=visit.me.staff_id,
            even_from=int(even) if even.isascii() and even.isdigit() and len(even) < 10 else None,
        )
        return await self._done(visit, talk, action, "take")

    async def give_back(self, visit: Visit) -> web.Response:
        """The bot goes on."""
        talk = await self._talk(visit)
        action = GiveBack(conversation_id=talk.conversation_id, staff_id=visit.me.staff_id)
        return await self._done(visit, talk, action, "give_back")

    async def close(self, visit: Visit) -> web.Response:
        """It is done."""
        talk = await self._talk(visit)
        return await self._done(
            visit, talk, Close(conversation_id=talk.conversation_id, staff_id=visit.me.staff_id), "close"
        )

    async def hand_on(self, visit: Visit) -> web.Response:
        """To a colleague who may see it, or to a branch."""
        talk, to = await self._talk(visit), visit.form.get("to", "")
        kind, _sep, whom = to.partition(":")
        number, me = talk.conversation_id, visit.me.staff_id
        if kind == "staff" and whom.isascii() and whom.isdigit() and len(whom) < 10:
            known = {who.staff_id: who for who in await self._room.staff.all() if not who.disabled}
            who = known.get(int(whom))
            if who is None or not _sees(who, talk):
                raise Stop(400, _("Этот сотрудник не видит диалогов этого филиала."))
            return await self._done(
                visit, talk, HandOn(conversation_id=number, staff_id=me, colleague=who.staff_id), "hand_on", to
            )
        if kind == "branch" and whom in self._room.setting.branches:
            return await self._done(
                visit, talk, HandOn(conversation_id=number, staff_id=me, branch=whom), "hand_on", to
            )
        raise Stop(400, _("Выберите, кому передать."))

    async def say(self, visit: Visit) -> web.Response:
        """An answer, with a file where one is attached; the page's own key makes it one however often it comes."""
        talk = await self._talk(visit)
        said = await uploads.read(visit)
        key, text = said.fields.get("key", ""), said.fields.get("text", "").strip()
        if not _KEY.fullmatch(key):
            raise outdated()
        if len(text) > LONGEST_ANSWER:
            raise Stop(413, _("Слишком длинно."))
        if not text and said.file is None:
            raise Stop(400, _("Напишите ответ."))
        if talk.contact.channel not in self._room.setting.sending:
            raise Stop(409, _("Этот канал выключен: ответ не дойдёт."))
        ends = self._window_ends(talk)
        if ends is not None and ends <= visit.now and all(one.key != key for one in talk.said):
            raise Stop(409, _("Прошло больше суток: мессенджер не доставит ответ, пока читатель не напишет снова."))
        reply = Reply(text=text)
        if said.file is not None:
            file = await uploads.attached(said.file, self._files, text, talk.contact)
            reply = replace(reply, attachments=(file,))
        action = Say(
            conversation_id=talk.conversation_id,
            staff_id=visit.me.staff_id,
            key=key,
            reply=reply,
            leaves_at=visit.now + self._room.setting.undo,
        )
        return await self._done(visit, talk, action, "say")

    async def take_back(self, visit: Visit) -> web.Response:
        """The answer has not left yet, and does not."""
        talk = await self._talk(visit)
        key = visit.form.get("key", "")
        action = TakeBack(conversation_id=talk.conversation_id, staff_id=visit.me.staff_id, key=key)
        held = next((said for said in talk.said if said.key == key), None)
        answer = await self._done(visit, talk, action, "take_back")
        if held is not None:
            return web.json_response({"text": held.reply.text})
        return answer

    async def keep_draft(self, visit: Visit) -> web.Response:
        """What is being written."""
        talk = await self._talk(visit)
        text = visit.form.get("text", "")[: LONGEST_ANSWER * 2]
        await self._desk.keep_draft(talk.conversation_id, visit.me.staff_id, text)
        return web.Response(status=204)

    async def note(self, visit: Visit) -> web.Response:
        """A word among colleagues."""
        talk, key, text = await self._talk(visit), visit.form.get("key", ""), visit.form.get("text", "").strip()
        if not _KEY.fullmatch(key) or not text or len(text) > LONGEST_NOTE:
            raise Stop(400, _("Напишите заметку, не слишком длинную."))
        await self._desk.add_note(talk.conversation_id, visit.me.staff_id, key, text)
        return await self.piece(visit)

    # --- the pieces ------------------------------------------------------------------------------

    async def _talk(self, visit: Visit, before: int = 0) -> Talk:
        """The conversation, where this librarian may see it. Raises Stop; a stranger's attempt is written down."""
        number = int(visit.request.match_info["id"])
        asked = Asked(staff_id=visit.me.staff_id, sources=self._room.setting.sources)
        talk = await self._desk.talk(number, asked, before)
        if talk is None:
            raise Stop(404, _("Этого диалога больше нет."))
        if not _sees(visit.me, talk):
            await self._room.refuse_branch(visit, f"conversation:{number}", _("Это диалог другого филиала."))
        if talk.erased:
            raise Stop(410, _("Читатель попросил удалить свои данные: диалога больше нет, ответить ему нельзя."))
        return talk

    async def _done(self, visit: Visit, talk: Talk, action: DeskAction, what: str, more: str = "") -> web.Response:
        acted = await self._desk.act(action)
        if acted.state is not DeskState.DONE:
            raise Stop(409 if acted.state is not DeskState.GONE else 404, await self._why_not(acted))
        await self._room.audit.note(visit.me.login, what, f"conversation:{talk.conversation_id}", more)
        if visit.in_place or visit.request.headers.get("X-CSRF"):
            return await self.piece(visit)
        return self._room.go(visit, f"{ROOT}c/{talk.conversation_id}{self._of_list(visit)}")

    def _window_ends(self, talk: Talk) -> datetime | None:
        """Until when this messenger takes answers; None where it always does, or nobody has written yet."""
        window = self._room.setting.windows.get(talk.contact.channel, 0.0)
        return talk.heard_at + timedelta(hours=window) if window and talk.heard_at else None

    async def _why_not(self, acted: Acted) -> str:
        if acted.state is DeskState.TAKEN:
            name = next((who.name for who in await self._room.staff.all() if who.staff_id == acted.holder_id), "")
            return _("Этот диалог уже взяли: {name}.").format(name=name)
        if acted.state is DeskState.LATE:
            return _("Ответ уже ушёл.")
        return _("Этого диалога больше нет.")

    async def _talk_values(self, visit: Visit, talk: Talk, names: Mapping[int, str] | None = None) -> dict[str, Any]:
        setting = self._room.setting
        if names is None:
            names = await self._card.names(visit, [talk]) if self._card else {}
        mine, ends = talk.mode is Mode.PERSON and talk.holder_id == visit.me.staff_id, self._window_ends(talk)
        return {
            "talk": talk,
            "of_list": self._of_list(visit),
            "reader_name": talk.name or names.get(talk.conversation_id, ""),
            "mine": mine,
            "others": talk.mode is Mode.PERSON and talk.holder_id not in (None, visit.me.staff_id),
            "lines": lines_of(talk, setting.zone),
            "window_left": (ends - visit.now).total_seconds() if ends else None,
            "public_only": talk.contact.channel in setting.public_only,
            "off": talk.contact.channel not in setting.sending,
            "trouble": trouble(setting, await self._standings.all(), talk.contact.channel, visit.now),
            "states": states(),
            "heard": heard(),
            "why": way_told,
            "kinds": kinds(),
            "reasons": reasons(),
            "branch_names": setting.branches,
        }

    def _of_list(self, visit: Visit) -> str:
        """The list beside it, as every address of the conversation carries it along."""
        asked = asked_by(self._room, visit)
        more = sought(asked)
        return f"?tab={asked.tab.value}{more}" if more or asked.tab is not Tab.WAITING else ""

    def _filled(self, text: str, me: StaffMember, talk: Talk) -> str:
        """A canned answer with its places filled in; what is not known leaves no trace."""
        known = dict.fromkeys(NAME, talk.name) | dict.fromkeys(LIBRARIAN, me.name)
        known |= dict.fromkeys(LIBRARY, self._room.setting.library)
        filled = PLACE.sub(lambda place: known.get(place[1].casefold(), place[0]), text)
        return re.sub(r",+(?=[.!?])", "", re.sub(r"\s+([,.!?])", r"\1", filled))


def _sees(who: StaffMember, talk: Talk) -> bool:
    """Whether somebody may see it: their branches', and those of no branch."""
    return not who.branches or not talk.branch or talk.branch in who.branches
