"""Readers' own words for a book, an author or a wish: what they mean, and the list of all of them."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from bot.errors import InputError
from bot.language.folding import fold
from bot.lessons import Effects, KeptAnswer, Lesson, Lessons
from bot.library.model import WorkCard
from bot.ports.catalogue import Verdict, Wanted
from bot.staff import StaffRole
from bot.teaching import LONGEST_MEANT, LONGEST_SAID, Lack, Miss, Synonym, SynonymKind
from bot.wording import gettext as _
from console import answer_form, lesson_words
from console.room import ROOT, Room, Stop, Visit, one_line, row_number

A_LOOK = 8
LONGEST_SEARCH = 100
A_TASTE = 80
"""Characters of an answer that stand for it in the list."""


class MeaningScreen:
    """For editors."""

    def __init__(self, room: Room, lessons: Lessons) -> None:
        self._room, self._lessons = room, lessons

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        screen, editors = self._room.screen, StaffRole.EDITOR
        return [
            web.get(ROOT + "means", screen(self.new, editors)),
            web.post(ROOT + "means", screen(self.teach, editors)),
            web.get(ROOT + "means/books", screen(self.books, editors)),
            web.post(ROOT + "means/look", screen(self.look, editors)),
            web.get(ROOT + "synonyms", screen(self.show)),
            web.post(ROOT + "synonyms/remove", screen(self.remove, editors)),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """All of them, a part where words are looked for."""
        query = visit.request.query
        words = one_line(query.get("words", ""), LONGEST_SEARCH)
        return await self._list(visit, words, _of(query))

    async def _list(self, visit: Visit, words: str, removed: Synonym | None) -> web.Response:
        kept = {one.entry.topic: one for one in await self._lessons.answers.all()}
        answers = {topic: answer_form.named(one.entry, self._lessons) for topic, one in kept.items()}
        named = {**lesson_words.wishes(), **answers}
        known = [(one, _told(one, named, kept)) for one in await self._lessons.synonyms.all()]
        wanted = fold(words)
        return self._room.page(
            visit,
            "synonyms.html",
            found=[(one, told) for one, told in known if wanted in fold(f"{one.said} {told}")],
            total=len(known),
            words=words,
            kinds=lesson_words.kinds(),
            removed=removed,
            now_on="teach",
            tab="synonyms",
        )

    async def new(self, visit: Visit) -> web.Response:
        """The form; ``?miss=17`` fills in what readers asked in vain."""
        query = visit.request.query
        miss = await self._lessons.misses.one(visit.number("miss"))
        kind = _kind(query.get("kind", "")) or _likely(miss)
        said = query.get("said", "") or (miss.text if miss else "")
        one = Synonym(kind=kind, said=said[:LONGEST_SAID], meant="")
        return await self._form(visit, one, miss.miss_id if miss else 0)

    async def books(self, visit: Visit) -> web.Response:
        """Works, or their authors, out of the catalogue, to choose what is meant from."""
        query = visit.request.query
        words = one_line(query.get("book", ""), 200)
        kind = _kind(query.get("kind", "")) or SynonymKind.TITLE
        works: Sequence[WorkCard] = ()
        if words:
            found = await self._lessons.library.catalogue.find(Wanted(text=words), A_LOOK)
            works = found.works if found.verdict is not Verdict.NOTHING else ()
        choices = _authors(works) if kind is SynonymKind.AUTHOR else _titles(works)
        return self._room.page(visit, "_meant.html", words=words, choices=choices)

    async def look(self, visit: Visit) -> web.Response:
        """What saving would change; nothing is saved."""
        one = _of(visit.form)
        if one is None:
            return self._room.page(visit, "_effects_of_words.html", effects=None, heard="", said="")
        lesson = Lesson(synonyms=(one,))
        replies = await self._lessons.rehearsal.hears(one.said, self._room.setting.language, lesson)
        effects: Effects = await self._lessons.rehearsal.effects(lesson)
        return self._room.page(
            visit,
            "_effects_of_words.html",
            effects=effects,
            heard=answer_form.text_of(replies),
            said=one.said,
            origins=lesson_words.origins(),
        )

    async def teach(self, visit: Visit) -> web.Response:
        """Keep it: the next reader who says so is understood."""
        one, miss_id = _of(visit.form), row_number(visit.form.get("miss", ""))
        if one is None:
            said = _("Напишите слова читателя и выберите, что они значат.")
            asked = Synonym(kind=_kind(visit.form.get("kind", "")) or SynonymKind.TITLE, said=_said(visit), meant="")
            return await self._form(visit, asked, miss_id, fault=said, status=400)
        try:
            await self._lessons.synonyms.teach(one)
        except InputError:
            return await self._form(visit, one, miss_id, fault=_refused(one), status=400)
        await self._room.audit.note(visit.me.login, "synonym.taught", f"synonym:{one.kind}")
        if miss_id:
            await self._lessons.misses.forget(miss_id)
            return self._room.go(visit, f"{ROOT}teach?meant=1")
        return self._room.go(visit, f"{ROOT}synonyms", "understood")

    async def remove(self, visit: Visit) -> web.Response:
        """It means nothing special any more; the page offers to bring it back."""
        one = _of(visit.form)
        if one is None or not await self._lessons.synonyms.remove(one.kind, one.said):
            raise Stop(404, _("Таких слов в списке уже нет."))
        await self._room.audit.note(visit.me.login, "synonym.removed", f"synonym:{one.kind}")
        return await self._list(visit, "", one)

    async def _targets(self) -> Mapping[str, str]:
        """What a phrase may mean: the library's answers, then what the bot can do."""
        kept = [one.entry for one in await self._lessons.answers.all() if one.enabled]
        told = {entry.topic: answer_form.named(entry, self._lessons) for entry in kept}
        wishes = {key: name for key, name in lesson_words.wishes().items() if key in self._lessons.intents}
        return wishes | told

    async def _form(
        self, visit: Visit, one: Synonym, miss_id: int, *, fault: str = "", status: int = 200
    ) -> web.Response:
        miss = await self._lessons.misses.one(miss_id) if miss_id else None
        targets = await self._targets()
        wishes = [key for key in lesson_words.wishes() if key in targets]
        return self._room.page(
            visit,
            "means.html",
            status,
            one=one,
            miss=miss,
            kinds=lesson_words.kinds(),
            targets=targets,
            wishes=wishes,
            answers=sorted(targets.keys() - set(wishes), key=lambda key: targets[key]),
            longest_said=LONGEST_SAID,
            fault=fault,
            now_on="teach",
            tab="misses" if miss else "synonyms",
        )


def _told(one: Synonym, named: Mapping[str, str], kept: Mapping[str, KeptAnswer]) -> str:
    """What stands behind the arrow; an answer that is called by this very question is told by its own words."""
    if one.kind is not SynonymKind.PHRASE:
        return one.meant
    name, answer = named.get(one.meant, ""), kept.get(one.meant)
    if not name:
        return _("такого ответа больше нет")
    if answer is None:
        return name
    if fold(name) == fold(one.said):
        said = " ".join(answer.entry.answer.split())
        name = _("ответ «{answer}»").format(answer=said if len(said) <= A_TASTE else f"{said[: A_TASTE - 1].rstrip()}…")
    return name if answer.enabled else _("{answer} (выключен)").format(answer=name)


def _likely(miss: Miss | None) -> SynonymKind:
    """A title where a book was not found, else a wish."""
    lacked = miss.lacks if miss else (Lack.NOT_FOUND,)
    return SynonymKind.TITLE if Lack.NOT_FOUND in lacked else SynonymKind.PHRASE


def _kind(said: str) -> SynonymKind | None:
    return SynonymKind(said) if said in set(SynonymKind) else None


def _said(visit: Visit) -> str:
    return visit.form.get("said", "")[:LONGEST_SAID]


def _of(form: Mapping[str, str]) -> Synonym | None:
    """The synonym in a form, None where a piece of it is missing."""
    kind = _kind(form.get("kind", ""))
    said = one_line(form.get("said", ""), LONGEST_SAID)
    meant = one_line(form.get("meant", ""), LONGEST_MEANT)
    return Synonym(kind=kind, said=said, meant=meant) if kind and said and meant else None


def _titles(works: Sequence[WorkCard]) -> list[tuple[str, str, str]]:
    """Value, title and author of each; the author is a part of the value where a title alone names several."""
    names = [fold(work.title) for work in works]
    return [
        (
            f"{work.title} {work.author}".strip() if names.count(fold(work.title)) > 1 else work.title,
            work.title,
            work.author,
        )
        for work in works
    ]


def _authors(works: Sequence[WorkCard]) -> list[tuple[str, str, str]]:
    """Value, author and a book of theirs."""
    found: dict[str, tuple[str, str, str]] = {}
    for work in works:
        if work.author:
            found.setdefault(fold(work.author), (work.author, work.author, work.title))
    return list(found.values())


def _refused(one: Synonym) -> str:
    """Why the store refused, in a librarian's words."""
    if one.kind is SynonymKind.PHRASE:
        return _("Такого ответа у бота больше нет. Выберите другой.")
    return _(
        "Так научить нельзя: эти слова уже значат другое, или справа стоит то, что само ведёт к другой книге. "
        "Выберите книгу или автора из каталога."
    )
