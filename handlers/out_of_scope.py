"""Not the library's business, as far as we can tell."""

from bot.asking import look_up, look_up_faq
from bot.messages import reply
from bot.ports.library import Library
from bot.routing import Answer, Router, Turn, intent
from bot.wording import books
from bot.wording import gettext as _
from bot.wording.own import Own
from handlers import faq_reply, menu, surely, ways_out, words_of, yes_or_no

router = Router("out_of_scope")

SURE = 0.9
"""Below this confidence the message may be something that we failed to read: kept for the librarians."""
_SORROW = "sorrow"
"""Who says that they are unwell is not told what we are for."""
LONGEST_TITLE = 60
"""Characters of a message that may still be the title of a book."""


@router.on(intent("out_of_scope"))
async def not_ours(turn: Turn, library: Library) -> Answer:
    """Say what we are for; but the library may have answered it once, and it may be a title after all."""
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
        if work is not None:
            text = _("Про это не знаю. Но есть книга {book}. Показать?").format(book=books.named(work))
            rows = (yes_or_no(f"work:{work.work_id}"), *ways_out())
            return Answer(replies=(reply(text, buttons=rows),), missed=missed)
    if missed and turn.misses:
        text = _("Я опять не понял. Позвать библиотекаря? Он разберётся.")
        return Answer(replies=(reply(text, buttons=(yes_or_no("human"), *menu()[:1])),), missed=True)
    return Answer(replies=(reply(library.words.say(Own.NOT_OURS), buttons=menu()),), missed=missed)
