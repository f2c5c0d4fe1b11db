"""The bot's own answers: a list, an editor with what a change would do, and their history."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.language.folding import fold
from bot.lessons import KeptAnswer, Lessons, Proposal, Saved, Saving
from bot.ports.library import FaqEntry
from bot.quick import replace
from bot.staff import StaffRole
from bot.wording import gettext as _
from console import answer_form, lesson_words
from console.answer_form import Draft
from console.room import ROOT, Room, Stop, Visit, one_line, row_number

STATES = ("on", "off")
LONGEST_SEARCH = 100


class AnswersScreen:
    """Everybody sees and proposes; editors save."""

    def __init__(self, room: Room, lessons: Lessons) -> None:
        self._room, self._lessons = room, lessons
        self._book = lessons.answers

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        screen, editors = self._room.screen, StaffRole.EDITOR
        one, proposal = ROOT + r"answers/{id:\d{1,9}}", ROOT + r"answers/proposals/{id:\d{1,18}}"
        return [
            web.get(ROOT + "answers", screen(self.show)),
            web.post(ROOT + "answers", screen(self.add)),
            web.get(ROOT + "answers/new", screen(self.new)),
            web.post(ROOT + "answers/look", screen(self.look)),
            web.get(proposal, screen(self.proposal, editors)),
            web.post(proposal + "/decline", screen(self.decline, editors)),
            web.get(one, screen(self.edit)),
            web.post(one, screen(self.change)),
            web.post(one + "/look", screen(self.look)),
            web.post(one + "/restore", screen(self.restore, editors)),
        ]

    # --- the list --------------------------------------------------------------------------------

    async def show(self, visit: Visit) -> web.Response:
        """All answers that fit, and what colleagues propose."""
        self._lessons.rehearsal.prepare()
        query = visit.request.query
        words = one_line(query.get("words", ""), LONGEST_SEARCH)
        language, state = query.get("language", ""), query.get("state", "")
        kept = await self._book.all()
        found = [
            one
            for one in kept
            if self._fits(one, words)
            and language in ("", one.entry.language)
            and (state not in STATES or one.enabled == (state == "on"))
        ]
        return self._room.page(
            visit,
            "answers.html",
            found=sorted(found, key=lambda one: self._named(one.entry)),
            total=len(kept),
            proposals=await self._book.proposals(),
            people=await self._room.people(),
            named=self._named,
            words=words,
            language=language,
            state=state,
            languages=lesson_words.languages(),
            sources=lesson_words.sources(),
            saved=visit.number("saved"),
            proposed="proposed" in query,
            now_on="teach",
            tab="answers",
        )

    def _fits(self, kept: KeptAnswer, words: str) -> bool:
        entry = kept.entry
        text = fold(" ".join((entry.topic, self._named(entry), *entry.questions, entry.answer)))
        return all(word in text for word in fold(words).split())

    def _named(self, entry: FaqEntry) -> str:
        return answer_form.named(entry, self._lessons)

    # --- the editor ------------------------------------------------------------------------------

    async def new(self, visit: Visit) -> web.Response:
        """An empty form, or one with what readers asked in vain."""
        return await self._form(visit, await self._begun(visit))

    async def _begun(self, visit: Visit) -> Draft:
        miss_id = visit.number("miss")
        miss = await self._lessons.misses.one(miss_id) if miss_id else None
        if miss is None:
            entry = FaqEntry(topic="", language=self._room.setting.language, answer="")
            return Draft(entry=entry, own=answer_form.own_topic(""))
        language = next(iter(miss.languages), "")
        topic = self._lessons.rehearsal.topic_of(miss.text)
        entry = FaqEntry(
            topic=topic if topic in answer_form.topics(self._lessons) else "",
            language=language if language in lesson_words.languages() else self._room.setting.language,
            answer="",
            questions=(miss.text, *miss.variants)[: answer_form.TRIED],
        )
        return Draft(entry=entry, miss_id=miss_id, own=answer_form.own_topic(miss.text))

    async def edit(self, visit: Visit) -> web.Response:
        """One answer; ``?miss=17`` adds what readers asked in vain to its wordings."""
        kept = await self._kept(visit)
        miss_id = visit.number("miss")
        miss = await self._lessons.misses.one(miss_id) if miss_id else None
        entry = answer_form.with_question(kept.entry, miss.text) if miss else kept.entry
        return await self._form(visit, _draft(kept, entry, miss_id=miss_id if miss else 0), kept)

    async def proposal(self, visit: Visit) -> web.Response:
        """What a colleague proposes, in the form of whoever may save it."""
        one = await self._proposal(visit)
        kept = await self._book.one(one.entry_id) if one.entry_id else None
        base = _draft(kept, one.entry) if kept else Draft(entry=one.entry, own=one.entry.topic)
        draft = replace(base, miss_id=one.miss_id, proposal_id=one.proposal_id)
        return await self._form(visit, draft, kept, proposal=one)

    async def look(self, visit: Visit) -> web.Response:
        """What saving would change; nothing is saved."""
        kept = await self._kept(visit) if "id" in visit.request.match_info else None
        draft = answer_form.read(visit.form, kept)
        fault = answer_form.fault_of(draft, self._lessons)
        if not draft.entry.answer:  # nobody is blamed for what is not written yet
            fault = _("Напишите ответ: здесь появится, как его увидят читатели и какие ещё вопросы он затронет.")
        values = {} if fault else await answer_form.looked(draft, self._lessons)
        return self._room.page(visit, "_effects.html", fault=fault, draft=draft, **values)

    async def add(self, visit: Visit) -> web.Response:
        """A new answer: saved by an editor, proposed by anybody else."""
        draft = answer_form.read(visit.form)
        fault = answer_form.fault_of(draft, self._lessons)
        if fault:
            return await self._form(visit, draft, fault=fault, status=400)
        if not visit.me.role.may(StaffRole.EDITOR):
            return await self._propose(visit, draft)
        lesson = await answer_form.lesson_of(draft, self._lessons)
        saved = await self._book.add(draft.entry, visit.me.login)
        if saved.how is Saving.TAKEN and saved.kept.entry != draft.entry:
            return await self._form(visit, draft, taken=saved.kept, status=409)
        for synonym in lesson.synonyms:
            await self._lessons.synonyms.teach(synonym)
        return await self._done(visit, draft, saved.kept)

    async def change(self, visit: Visit) -> web.Response:
        """Another text or other wordings of an answer."""
        kept = await self._kept(visit)
        draft = answer_form.read(visit.form, kept)
        fault = answer_form.fault_of(draft, self._lessons)
        if fault:
            return await self._form(visit, draft, kept, fault=fault, status=400)
        if not visit.me.role.may(StaffRole.EDITOR):
            return await self._propose(visit, draft)
        lesson = await answer_form.lesson_of(draft, self._lessons)
        saved = await self._save(visit, draft)
        if saved.how is Saving.NEWER and (saved.kept.entry, saved.kept.enabled) != (draft.entry, draft.enabled):
            newer = replace(draft, version=saved.kept.version)
            return await self._form(visit, newer, saved.kept, newer=saved.kept, status=409)
        for synonym in lesson.synonyms:
            await self._lessons.synonyms.teach(synonym)
        return await self._done(visit, draft, saved.kept)

    async def restore(self, visit: Visit) -> web.Response:
        """An older version is in force again; what was in force stays in the history."""
        kept = await self._kept(visit)
        wanted = visit.form.get("revision", "")
        older = next((one for one in await self._book.history(kept.entry_id) if str(one.revision_id) == wanted), None)
        if older is None:
            raise Stop(404, _("Такой версии нет."))
        version = visit.form.get("version", "")
        draft = replace(_draft(kept, older.entry), version=row_number(version))
        saved = await self._save(visit, replace(draft, enabled=older.enabled))
        if saved.how is not Saving.SAVED:
            newer = replace(draft, version=saved.kept.version)
            return await self._form(visit, newer, saved.kept, newer=saved.kept, status=409)
        whom, more = f"answer:{kept.entry.topic}", f"version {older.version}"
        await self._room.audit.note(visit.me.login, "answer.restored", whom, more)
        return self._room.go(visit, f"{ROOT}answers/{kept.entry_id}?saved=1")

    async def decline(self, visit: Visit) -> web.Response:
        """A proposal is not taken."""
        one = await self._proposal(visit)
        await self._book.settle(one.proposal_id, taken=False)
        await self._room.audit.note(visit.me.login, "proposal.declined", f"answer:{one.entry.topic}")
        return self._room.go(visit, f"{ROOT}answers", "declined")

    # --- what they have in common ----------------------------------------------------------------

    async def _save(self, visit: Visit, draft: Draft) -> Saved:
        saved = await self._book.change(
            draft.entry_id, draft.entry, version=draft.version, enabled=draft.enabled, by=visit.me.login
        )
        if saved is None:
            raise Stop(404, _("Такого ответа нет."))
        return saved

    async def _propose(self, visit: Visit, draft: Draft) -> web.Response:
        await self._book.propose(
            draft.entry,
            visit.me.login,
            entry_id=draft.entry_id or None,
            version=draft.version,
            miss_id=draft.miss_id,
        )
        await self._room.audit.note(visit.me.login, "answer.proposed", f"answer:{draft.entry.topic}")
        return self._room.go(visit, f"{ROOT}answers?proposed=1")

    async def _done(self, visit: Visit, draft: Draft, kept: KeptAnswer) -> web.Response:
        """The answer is kept: what led to it leaves the lists."""
        audit = self._room.audit
        await audit.note(visit.me.login, "answer.saved", f"answer:{kept.entry.topic}", f"version {kept.version}")
        if draft.proposal_id:
            await self._book.settle(draft.proposal_id, taken=True)
        if draft.miss_id:
            await self._lessons.misses.forget(draft.miss_id)
            return self._room.go(visit, f"{ROOT}teach?taught={kept.entry_id}")
        return self._room.go(visit, f"{ROOT}answers/{kept.entry_id}?saved=1")

    async def _kept(self, visit: Visit) -> KeptAnswer:
        found = await self._book.one(int(visit.request.match_info["id"]))
        if found is None:
            raise Stop(404, _("Такого ответа нет."))
        return found

    async def _proposal(self, visit: Visit) -> Proposal:
        wanted = int(visit.request.match_info["id"])
        found = next((one for one in await self._book.proposals() if one.proposal_id == wanted), None)
        if found is None:
            raise Stop(404, _("Этого предложения уже нет."))
        return found

    async def _form(
        self,
        visit: Visit,
        draft: Draft,
        kept: KeptAnswer | None = None,
        *,
        fault: str = "",
        newer: KeptAnswer | None = None,
        taken: KeptAnswer | None = None,
        proposal: Proposal | None = None,
        status: int = 200,
    ) -> web.Response:
        values: dict[str, Any] = {"fault": fault, "newer": newer, "taken": taken, "proposal": proposal}
        written = {one.entry.topic for one in await self._book.all() if one.entry.language == draft.entry.language}
        return self._room.page(
            visit,
            "answer.html",
            status,
            draft=draft,
            kept=kept,
            history=await self._book.history(kept.entry_id) if kept else (),
            people=await self._room.people(),
            title=self._named(kept.entry) if kept else "",
            topics=answer_form.topics(self._lessons),
            written=written,
            languages=lesson_words.languages(),
            sources=lesson_words.sources(),
            saved="saved" in visit.request.query,
            may_save=visit.me.role.may(StaffRole.EDITOR),
            now_on="teach",
            tab="answers",
            **values,
        )


def _draft(kept: KeptAnswer, entry: FaqEntry, miss_id: int = 0) -> Draft:
    return Draft(
        entry=replace(entry, topic=kept.entry.topic, language=kept.entry.language),
        entry_id=kept.entry_id,
        version=kept.version,
        miss_id=miss_id,
        enabled=kept.enabled,
    )
