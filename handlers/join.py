"""«Как записаться?»: what the library itself has written."""

from bot.asking import look_up_faq
from bot.language.folding import words
from bot.messages import Button, reply
from bot.ports.library import FaqAnswer, Library
from bot.quick import replace
from bot.routing import Answer, Router, Turn, intent, pressed, same_for_all
from bot.wording import gettext as _
from handlers import desk_phone, faq_reply, in_lines, librarian_button, words_of

router = Router("join")

_PRICE = "join.price"
_HOW = frozenset(("как", "где", "нужно", "надо", "документы", "паспорт"))
"""Words by which somebody asks how to join, and not only what it costs."""


@router.on(intent("join"), pressed("join"))
@same_for_all
async def how_to_join(turn: Turn, library: Library) -> Answer:
    """The library's rule for this reader (a child, from out of town, online); never one of our own."""
    topic = turn.request.slots.get("topic", "join")
    known = await look_up_faq(library.faq, topic, words_of(turn), turn.language)
    rows = ((Button(_("Часы работы"), "hours"), Button(_("Адрес"), "location")), (librarian_button(),))
    if known is not None:
        how = await library.faq.about("join", turn.language) if topic == _PRICE and _asks_how(turn.text) else None
        told = known if how is None or how == known else _both(how, known)
        return Answer(replies=(faq_reply(told, *rows),))
    said = _("Как записаться, библиотека мне пока не написала. Библиотекарь расскажет точно.")
    unknown = in_lines(said, await desk_phone(turn, library))
    return Answer(replies=(reply(unknown, buttons=rows),), missed=True)


def _asks_how(text: str) -> bool:
    return not _HOW.isdisjoint(words(text))


def _both(how: FaqAnswer, price: FaqAnswer) -> FaqAnswer:
    return replace(price, answer=in_lines(how.answer, price.answer), url=price.url or how.url)
