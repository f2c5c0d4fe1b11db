"""What readers ask and the bot cannot do yet: understood, told honestly, with the way it can be done today."""

from bot.asking import look_up_faq
from bot.messages import Button, reply
from bot.ports.library import Library
from bot.routing import Answer, Router, Turn, intent
from bot.wording import gettext as _
from handlers import faq_reply, find_button, librarian_button, words_of, yes_or_no
from handlers.account import instead

router = Router("later")


@router.on(intent("events"))
async def events(turn: Turn, library: Library) -> Answer:
    """What is on: only what the library has written down."""
    known = await look_up_faq(library.faq, "events", words_of(turn), turn.language)
    if known is not None:
        return Answer(replies=(faq_reply(known, (find_button(), librarian_button())),))
    return await instead(turn, library, _("Афиши у меня пока нет. О встречах и занятиях спросите библиотекаря."), "")


@router.on(intent("review"))
async def review(turn: Turn, library: Library) -> Answer:
    """Praise, blame, and what one thinks of a book."""
    topic = turn.request.slots.get("topic", "")
    known = await library.faq.about(topic, turn.language) if topic else None
    if known is not None and known.topic == topic:
        said = known.answer
    elif topic == "review.complaint":
        said = _("Мне жаль, что так вышло. Передать ваши слова библиотекарю?")
        return Answer(replies=(reply(said, buttons=(yes_or_no("human:told"),)),))
    else:
        said = _("Спасибо, что поделились! Отзывы я пока не собираю, но могу передать ваши слова библиотекарю.")
    buttons = ((Button(_("Передать библиотекарю"), "human:told"),), (find_button(),))
    return Answer(replies=(reply(said, buttons=buttons),))
