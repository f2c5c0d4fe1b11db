"""Questions of rules: answered in the library's own words, or not at all."""

from bot.asking import look_up_faq
from bot.messages import reply
from bot.ports import Library
from bot.routing import Answer, Router, Turn, intent, pressed
from bot.wording import gettext as _
from bot.wording.reaching import phone_line
from handlers import desk, faq_reply, find_button, librarian_button

router = Router("rules")


@router.on(intent("rules"), pressed("faq"))
async def rule(turn: Turn, library: Library) -> Answer:
    """The entry on the topic of the question; ``faq:rules.mba`` asks for it by name."""
    topic = turn.argument or turn.request.slots.get("topic", "rules")
    known = await look_up_faq(library.faq, topic, turn.text, turn.language)
    rows = ((find_button(), librarian_button()),)
    if known is not None:
        return Answer(replies=(faq_reply(known, *rows),))
    said = _("Точного ответа на это у меня нет, а придумывать не буду. Спросите библиотекаря.")
    phone = phone_line(await desk(library), turn.now, library.holidays)
    return Answer(replies=(reply(f"{said}\n{phone}" if phone else said, buttons=rows),), missed=True)
