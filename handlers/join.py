"""«Как записаться?»: what the library itself has written."""

from bot.asking import look_up_faq
from bot.messages import Button, reply
from bot.ports.library import Library
from bot.routing import Answer, Router, Turn, intent, pressed, same_for_all
from bot.wording import gettext as _
from handlers import desk_phone, faq_reply, in_lines, librarian_button, words_of

router = Router("join")


@router.on(intent("join"), pressed("join"))
@same_for_all
async def how_to_join(turn: Turn, library: Library) -> Answer:
    """The library's rule for this reader (a child, from out of town, online); never one of our own."""
    topic = turn.request.slots.get("topic", "join")
    known = await look_up_faq(library.faq, topic, words_of(turn), turn.language)
    rows = ((Button(_("Часы работы"), "hours"), Button(_("Адрес"), "location")), (librarian_button(),))
    if known is not None:
        return Answer(replies=(faq_reply(known, *rows),))
    said = _("Как записаться, библиотека мне пока не написала. Библиотекарь расскажет точно.")
    told = in_lines(said, await desk_phone(turn, library))
    return Answer(replies=(reply(told, buttons=rows),), missed=True)
