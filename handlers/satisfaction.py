"""Whether a librarian has helped: asked once after the conversation was closed, answered by two buttons and a word."""

from bot.messages import Button, reply
from bot.ports.library import Library
from bot.routing import Answer, Expects, Router, Turn, expects, pressed
from bot.wording import gettext as _
from handlers import find_button, librarian_button, menu

router = Router("satisfaction")

WORDS = "satisfaction.words"
"""The dialogue waits for what the reader wants to add."""


@router.on(pressed("helped"))
async def rate(turn: Turn, library: Library) -> Answer:
    """Thank; who was not helped may call a person again."""
    number, _sep, said = turn.argument.partition(":")
    helped, handover = said == "yes", _number(number)
    if library.people is None or not await library.people.rate(turn.contact, handover, helped=helped):
        return Answer(replies=(reply(_("Спасибо! Что вам подсказать?"), buttons=menu(library)),))
    more = Button(_("Добавить пару слов"), f"helped_words:{handover}")
    if helped:
        return Answer(replies=(reply(_("Спасибо, передам!"), buttons=((more,), (find_button(),))),))
    text = _("Жаль, что не помогли. Передам это. Можно позвать библиотекаря ещё раз.")
    return Answer(replies=(reply(text, buttons=((more,), (librarian_button(),))),))


@router.on(pressed("helped_words"))
async def ask_words(turn: Turn, library: Library) -> Answer:
    """Whoever wants to say more is listened to; nobody has to."""
    del library
    text = _("Напишите, что понравилось или что было не так. Это прочтут библиотекари.")
    buttons = ((Button(_("Отмена"), "cancel"),),)
    return Answer(
        replies=(reply(text, buttons=buttons),), expects=Expects(key=WORDS, data={"handover": _number(turn.argument)})
    )


@router.on(expects(WORDS))
async def note_words(turn: Turn, library: Library) -> Answer:
    """Keep it beside the rating."""
    handover = turn.data.get("handover", 0)
    if library.people is not None and isinstance(handover, int):
        await library.people.add_words(turn.contact, handover, turn.text)
    return Answer(replies=(reply(_("Спасибо, записал."), buttons=((find_button(),),)),))


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0
