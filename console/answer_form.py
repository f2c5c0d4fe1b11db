"""The form of an answer: what it holds, what is wrong with it, and what it would change; shared by all who show it."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from bot.language.translit import to_latin
from bot.lessons import KeptAnswer, Lesson, Lessons
from bot.messages import Reply
from bot.ports.library import FaqEntry
from bot.quick import dataclass, replace
from bot.teaching import SynonymKind
from bot.wording import current_language, in_language
from bot.wording import gettext as _
from console import lesson_words
from console.room import row_number

MOST_QUESTIONS, LONGEST_QUESTION = 30, 200
LONGEST_ANSWER, LONGEST_URL, LONGEST_TOPIC = 4_000, 500, 64
TRIED = 6
"""Wordings that are tried one by one."""
OWN = "own."
"""Topics that librarians make themselves begin with it; no topic that understanding knows does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An answer that is being written.

    Attributes:
        entry: As the form says it.
        entry_id: Which answer is changed, 0 for a new one.
        version: Of that answer when the form was opened.
        miss_id: The missed question that it answers, 0 for none.
        proposal_id: The colleague's proposal that it goes back to, 0 for none.
        own: The key of a topic of one's own, should none of the known ones be chosen.
    """

    entry: FaqEntry
    entry_id: int = 0
    version: int = 0
    miss_id: int = 0
    proposal_id: int = 0
    own: str = ""
    enabled: bool = True


def own_topic(text: str) -> str:
    """A key for a topic that nobody has named: ``own.mozhno_s_sobakoj.4f2a``."""
    letters = "".join(letter if letter.isalnum() else "_" for letter in to_latin(text.lower()))
    slug = "_".join(piece for piece in letters.encode("ascii", "ignore").decode().split("_") if piece)
    return f"{OWN}{slug[:40].strip('_')}.{secrets.token_hex(2)}"


def read(form: Mapping[str, str], kept: KeptAnswer | None = None) -> Draft:
    """What the form says; the topic and the language of an answer that is kept stay."""
    own = form.get("own", "")[:LONGEST_TOPIC]
    own = own if own.startswith(OWN) else own_topic(form.get("questions", ""))
    topic, language = form.get("topic", ""), form.get("language", "")
    entry = FaqEntry(
        topic=kept.entry.topic if kept else (topic or own)[:LONGEST_TOPIC],
        language=kept.entry.language if kept else language if language in lesson_words.languages() else "ru",
        answer=form.get("answer", "").strip(),
        questions=tuple(_lines(form.get("questions", ""))),
        url=form.get("url", "").strip(),
    )
    return Draft(
        entry=entry,
        entry_id=kept.entry_id if kept else 0,
        version=row_number(form.get("version", "")),
        miss_id=row_number(form.get("miss", "")),
        proposal_id=row_number(form.get("proposal", "")),
        own=own,
        enabled=bool(form.get("enabled")) if kept else True,
    )


def fault_of(draft: Draft, lessons: Lessons) -> str:
    """Why the answer cannot be kept, "" where it can."""
    entry = draft.entry
    if not entry.answer or len(entry.answer) > LONGEST_ANSWER:
        return _("Нужен текст ответа, не длиннее 4000 знаков.")
    if entry.topic.startswith(OWN) and not entry.questions:
        return _("Напишите хотя бы один вопрос: по нему бот узнает, о чём спрашивают.")
    if len(entry.questions) > MOST_QUESTIONS or any(len(one) > LONGEST_QUESTION for one in entry.questions):
        return _("Вопросов не больше 30, каждый не длиннее 200 знаков.")
    if entry.url and (not entry.url.startswith(("https://", "http://")) or len(entry.url) > LONGEST_URL):
        return _("Ссылка должна начинаться с https://")
    if not draft.entry_id and not entry.topic.startswith(OWN) and entry.topic not in topics(lessons):
        return _("Выберите тему из списка.")
    return ""


def topics(lessons: Lessons) -> Mapping[str, str]:
    """Topic → what an answer on it should say: those that the bot recognises by itself."""
    return {topic.key: topic.about[current_language()] for topic in lessons.topics} | dict(lesson_words.own_topics())


def named(entry: FaqEntry, lessons: Lessons) -> str:
    """What an answer is called in lists."""
    about = topics(lessons).get(entry.topic, "")
    return about or (entry.questions[0] if entry.questions else entry.topic)


async def lesson_of(draft: Draft, lessons: Lessons) -> Lesson:
    """What saving would teach: the answer, and for a missed question the very words in which it was asked."""
    entry = draft.entry
    if draft.entry_id and not draft.enabled:
        return Lesson(dropped=((entry.topic, entry.language),))
    lesson = Lesson(answers=(entry,))
    if not draft.miss_id:
        return lesson
    return await lessons.rehearsal.complete(lesson, entry, entry.questions[:TRIED])


async def looked(draft: Draft, lessons: Lessons) -> dict[str, Any]:
    """What the page shows before anything is saved."""
    entry = draft.entry
    lesson = await lesson_of(draft, lessons)
    heard = []
    shown: tuple[Reply, ...] = ()
    if draft.enabled:
        for question in entry.questions[:TRIED]:
            replies = await lessons.rehearsal.hears(question, entry.language, lesson)
            told = tells(replies, entry)
            heard.append((question, told, "" if told else text_of(replies)))
            shown = shown or (replies if told else ())
        shown = shown or await lessons.rehearsal.shows(entry.topic, entry.language, lesson)
    effects = await lessons.rehearsal.effects(lesson)
    with in_language(entry.language):
        screens = lessons.screens.shown(shown) if shown else ()
    return {
        "heard": heard,
        "phrases": [one.said for one in lesson.synonyms if one.kind is SynonymKind.PHRASE],
        "effects": effects,
        "screens": screens,
        "origins": lesson_words.origins(),
    }


def tells(replies: Iterable[Reply], entry: FaqEntry) -> bool:
    """Whether a reader hears this answer."""
    return any(entry.answer in said.text for said in replies)


def text_of(replies: Iterable[Reply]) -> str:
    """The words of replies."""
    return "\n".join(said.text for said in replies)


def with_question(entry: FaqEntry, *wordings: str) -> FaqEntry:
    """The answer with more wordings, each once."""
    return replace(entry, questions=tuple(dict.fromkeys([*entry.questions, *wordings])))


def _lines(text: str) -> Iterable[str]:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return dict.fromkeys(line for line in lines if line)
