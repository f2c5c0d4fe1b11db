"""The bot's own words: a list of the texts that a library may say in its own voice, and a form for each."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from bot.lessons import Lessons
from bot.messages import Reply
from bot.own_words import KeptWords
from bot.staff import StaffRole
from bot.wording import gettext as _
from bot.wording import in_language, own
from bot.wording.own import BadPlace, Own, OwnWords
from console import lesson_words, own_texts
from console.room import ROOT, Room, Stop, Visit, row_number

_KNOWN = frozenset(Own)


class OwnWordsScreen:
    """Everybody sees them; editors who are responsible for the whole library change them."""

    def __init__(self, room: Room, lessons: Lessons) -> None:
        self._room, self._lessons = room, lessons
        self._book = lessons.words

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        screen, editors = self._room.screen, StaffRole.EDITOR
        one = ROOT + r"words/{name:\w{1,32}}/{language:\w{1,8}}"
        return [
            web.get(ROOT + "words", screen(self.show)),
            web.get(one, screen(self.edit, editors)),
            web.post(one, screen(self.change, editors)),
            web.post(one + "/look", screen(self.look, editors)),
            web.post(one + "/restore", screen(self.restore, editors)),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """All texts in one language, each as readers hear it now."""
        self._lessons.rehearsal.prepare()
        asked = visit.request.query.get("language", "")
        language = asked if asked in lesson_words.languages() else self._room.setting.language
        kept = await self._book.all()
        shown = [(which, told, self._text(which, language, kept)) for which, told in own_texts.told().items()]
        return self._room.page(
            visit,
            "own_words.html",
            shown=shown,
            kept=kept,
            language=language,
            languages=lesson_words.languages(),
            may_change=visit.me.role.may(StaffRole.EDITOR) and not visit.me.branches,
            people=await self._room.people(),
            now_on="teach",
            tab="words",
        )

    def _text(self, which: Own, language: str, kept: Mapping[tuple[Own, str], KeptWords]) -> str:
        one = kept.get((which, language))
        said = one.text if one is not None and own.is_fit(which, one.text) else ""
        return own.editable(said or own.built_in(which, language), language)

    # --- one text --------------------------------------------------------------------------------

    async def edit(self, visit: Visit) -> web.Response:
        """One text, how readers see it, and what it was."""
        return await self._form(visit, *await self._named(visit))

    async def look(self, visit: Visit) -> web.Response:
        """How readers would see it; nothing is saved."""
        which, language = await self._named(visit)
        text, fault = self._read(visit, which, language)
        screens = () if fault else self._lessons.screens.shown(await self._heard(which, language, text))
        return self._room.page(visit, "_own_look.html", fault=fault, screens=screens)

    async def change(self, visit: Visit) -> web.Response:
        """Readers hear it from now on; an empty field brings the built-in text back."""
        which, language = await self._named(visit)
        text, fault = self._read(visit, which, language)
        if fault:
            return await self._form(visit, which, language, typed=visit.form.get("text", ""), fault=fault, status=400)
        return await self._save(visit, which, language, text)

    async def restore(self, visit: Visit) -> web.Response:
        """What it was before is said again; the history goes on."""
        which, language = await self._named(visit)
        wanted = row_number(visit.form.get("revision", ""))
        past = await self._book.history(which, language)
        older = next((one.text for one in past if one.version == wanted), "" if wanted == 0 else None)
        if older is None or not own.is_fit(which, older):
            raise Stop(404, _("Такой версии нет."))
        return await self._save(visit, which, language, older)

    # --- what they have in common ----------------------------------------------------------------

    async def _named(self, visit: Visit) -> tuple[Own, str]:
        """The text and the language in the address; words are the whole library's. Raises Stop."""
        said = _("Слова бота общие для всех филиалов: их меняет сотрудник, который отвечает за все филиалы.")
        await self._room.whole_library(visit, said)
        name, language = visit.request.match_info["name"], visit.request.match_info["language"]
        if name not in _KNOWN or language not in lesson_words.languages():
            raise Stop(404, _("Такого текста нет."))
        return Own(name), language

    def _read(self, visit: Visit, which: Own, language: str) -> tuple[str, str]:
        """The text in the form, "" for the built-in one; and why it cannot be said, "" where it can."""
        typed = visit.form.get("text", "")
        try:
            text = own.canonical(which, typed)
        except BadPlace as bad:
            return "", _bad_place(which, language, bad.what)
        if text == own.built_in(which, language):
            text = ""
        with in_language(language):
            (filled,) = own_texts.alone(_with(which, language, text), which, self._lessons.library.name)
        longest = self._lessons.longest_words
        if len(filled.text.encode("utf-16-le")) // 2 > longest:
            said = _("Слишком длинно: {signs} знаков, а в одном сообщении помещается {longest}. Сократите текст.")
            return "", said.format(signs=len(filled.text), longest=longest)
        return text, ""

    async def _heard(self, which: Own, language: str, text: str) -> Sequence[Reply]:
        """What the running bot would say; the text alone where it says something else at this hour."""
        words = own_texts.Listening(_with(which, language, text), which)
        said = own_texts.heard_by(which, language)
        replies = await self._lessons.rehearsal.says(said, language, words) if said is not None else ()
        with in_language(language):
            return replies if words.heard else own_texts.alone(words, which, self._lessons.library.name)

    async def _save(self, visit: Visit, which: Own, language: str, text: str) -> web.Response:
        version = row_number(visit.form.get("version", ""))
        changed = await self._book.change(which, language, text, version=version, by=visit.me.login)
        if not changed.done and (changed.kept.text if changed.kept else "") != text:
            return await self._form(
                visit, which, language, typed=own.editable(text, language), newer=changed.kept, status=409
            )
        now = changed.kept.version if changed.kept else 0
        done = changed.done and now != version
        if done:
            await self._room.audit.note(visit.me.login, "words.changed", f"words:{which}", f"{language}, version {now}")
        return self._room.go(visit, f"{ROOT}words/{which}/{language}" + ("?saved=1" if done else ""))

    async def _form(
        self,
        visit: Visit,
        which: Own,
        language: str,
        *,
        typed: str | None = None,
        fault: str = "",
        newer: KeptWords | None = None,
        status: int = 200,
    ) -> web.Response:
        past = await self._book.history(which, language)
        built_in = own.editable(own.built_in(which, language), language)
        kept = {(which, language): past[0]} if past else {}
        values: dict[str, Any] = {"fault": fault, "newer": newer}
        return self._room.page(
            visit,
            "own_words_text.html",
            status,
            which=which,
            language=language,
            languages=lesson_words.languages(),
            told=own_texts.told()[which],
            text=self._text(which, language, kept) if typed is None else typed,
            built_in=built_in,
            history=[(one, own.editable(one.text, language)) for one in past],
            version=past[0].version if past else 0,
            before=past[1].version if len(past) > 1 else 0,
            is_own=bool(past and past[0].text),
            places=[
                ("{" + own.place_name(place, language) + "}", own_texts.about_places()[place])
                for place in own.places(which)
            ],
            longest=self._lessons.longest_words,
            saved="saved" in visit.request.query and bool(past),
            people=await self._room.people(),
            now_on="teach",
            tab="words",
            **values,
        )


def _with(which: Own, language: str, text: str) -> OwnWords:
    return OwnWords([(which, language, text)])


def _bad_place(which: Own, language: str, what: str) -> str:
    """What to do about a place that nothing can be filled in at."""
    known = ", ".join("{" + own.place_name(place, language) + "}" for place in own.places(which))
    if known:
        said = _("Бот не знает, что подставить вместо «{what}». Уберите фигурные скобки или напишите так: {known}.")
        return said.format(what=what, known=known)
    return _("В этом тексте бот ничего не подставляет. Уберите фигурные скобки: «{what}».").format(what=what)
