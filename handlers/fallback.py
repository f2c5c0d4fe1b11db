"""Whatever nobody else answers, and the way back to the beginning."""

from bot.asking import look_up, look_up_faq
from bot.messages import reply
from bot.ports.catalogue import Verdict
from bot.ports.library import Library
from bot.ports.log import Mode
from bot.routing import Answer, Router, Turn, intent, pressed
from bot.wording import gettext as _
from bot.wording import quoted
from handlers import MOST_GUESSED, faq_reply, menu, perhaps_a_book, ways_out, words_of, yes_or_no

router = Router("fallback")


@router.on(intent("cancel"), pressed("cancel"))
async def begin_again(turn: Turn, library: Library) -> Answer:
    """Forget what was begun; a librarian who was called is not needed any more."""
    if turn.mode is Mode.WAITING:
        text = _("Хорошо, начнём сначала, библиотекаря больше не жду. Что вам подсказать?")
        return Answer(replies=(reply(text, buttons=menu(library)),), resume=True)
    return Answer(replies=(reply(_("Хорошо, начнём сначала. Что вам подсказать?"), buttons=menu(library)),))


@router.on(intent("fallback"))
async def not_understood(turn: Turn, library: Library) -> Answer:
    """Try what the library has written, then the catalogue, then say so; the second time offer a person."""
    known = await look_up_faq(library.faq, turn.request.slots.get("topic", ""), words_of(turn), turn.language)
    if known is not None:
        return Answer(replies=(faq_reply(known, *ways_out()),))
    found = (await look_up(library.catalogue, turn.request, MOST_GUESSED))[0]
    if found.verdict in (Verdict.FOUND, Verdict.CHOICE):
        return Answer(replies=(perhaps_a_book(found),), missed=True)
    if turn.misses:
        text = _("Я опять не понял. Позвать библиотекаря? Он разберётся.")
        return Answer(replies=(reply(text, buttons=(yes_or_no("human"), *menu()[:1])),), missed=True)
    text = _("Не понял: «{words}». Скажите, пожалуйста, по-другому. Или выберите:")
    return Answer(replies=(reply(text.format(words=quoted(turn.text)), buttons=menu(library)),), missed=True)
