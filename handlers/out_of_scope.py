"""Not the library's business, as far as we can tell."""

import re

from bot.asking import look_up, look_up_faq
from bot.messages import Reply, reply
from bot.ports.catalogue import Verdict
from bot.ports.library import Library
from bot.ports.log import Mode
from bot.ports.understanding import Request
from bot.quick import replace
from bot.routing import Answer, Router, Turn, intent
from bot.wording import LANGUAGES, books, current_language, in_language
from bot.wording import gettext as _
from bot.wording.own import Own
from handlers import BEYOND_DOUBT, faq_reply, in_lines, is_called, menu, surely, ways_out, words_of, yes_or_no

router = Router("out_of_scope")

SURE = 0.9
"""Below this confidence the message may be something that we failed to read: kept for the librarians."""
_SORROW = "sorrow"
"""Who says that they are unwell is not told what we are for."""
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
LONGEST_TITLE = 60
"""Characters of a message that may still be the title of a book."""


@router.on(intent("out_of_scope"))
async def not_ours(turn: Turn, library: Library) -> Answer:
    """Say what we are for; but the library may have answered it once, and it may be a title after all."""
    if turn.request.slots.get("tongue"):
        return await _in_another_language(turn, library)
    topic = turn.request.slots.get("topic", "")
    known = await look_up_faq(library.faq, topic, words_of(turn), turn.language)
    if known is not None:
        return Answer(replies=(faq_reply(known, *ways_out()),))
    missed = turn.request.confidence < SURE
    if topic == _SORROW:
        said = _("Сочувствую вам. Я только бот. Позвать библиотекаря? Если совсем плохо, звоните 112.")
        return Answer(replies=(reply(said, buttons=(yes_or_no("human"), *menu()[:1])),), missed=True)
    if len(turn.text) <= LONGEST_TITLE:
        work = surely((await look_up(library.catalogue, turn.request, 1))[0])
        if work is not None and is_called(work, turn.text):
            text = _("Про это не знаю. Но есть книга {book}. Показать?").format(book=books.named(work))
            rows = (yes_or_no(f"work:{work.work_id}"), *ways_out())
            return Answer(replies=(reply(text, buttons=rows),), missed=missed)
    if missed and turn.misses:
        text = _("Я опять не понял. Позвать библиотекаря? Он разберётся.")
        return Answer(replies=(reply(text, buttons=(yes_or_no("human"), *menu()[:1])),), missed=True)
    return Answer(replies=(reply(library.words.say(Own.NOT_OURS), buttons=menu()),), missed=missed)


async def _in_another_language(turn: Turn, library: Library) -> Answer:
    """A question in a language that we do not speak: the book that it names, else which languages we do speak.

    It is never said that there is no such book: what of the words is a title, nobody here knows.
    """
    slots = {name: value for name, value in turn.request.slots.items() if name != "tongue"}
    look = replace(turn.request, intent="search", slots=slots)
    found = (await look_up(library.catalogue, look, 1))[0]
    if found.verdict in (Verdict.FOUND, Verdict.CHOICE) and found.scores and found.scores[0] >= BEYOND_DOUBT:
        return Answer(replies=(), go_on=(look,))
    if turn.mode is Mode.WAITING:
        return Answer(replies=(Reply(text=_("Записал это и для библиотекаря.")),), missed=True)
    said = _languages(turn.text)
    if language := slots.get("language", ""):
        asked = f"книги на {language}"
        some = Request(intent="search", confidence=1.0, slots={"language": language, "whole": asked}, rest=asked)
        return Answer(replies=(Reply(text=said),), go_on=(some,), missed=True)
    return Answer(replies=(reply(said, buttons=menu(library)),), missed=True)


def _languages(text: str) -> str:
    """Which languages we speak, in each of them; who writes in Cyrillic letters reads Russian."""
    first = current_language()
    others = [language for language in LANGUAGES if language != first]
    if first == "ru" and _CYRILLIC.search(text):
        others = []
    return in_lines(*map(_told_in, (first, *others)))


def _told_in(language: str) -> str:
    with in_language(language):
        return _(
            "Я понимаю только по-русски и по-английски. Напишите, пожалуйста, на одном из этих языков или позовите "
            "библиотекаря."
        )
