"""«Стоп» and «присылайте»: what comes unasked. Heard in every channel, so nothing personal is said here."""

from bot.language.folding import words
from bot.messages import Button, reply
from bot.ports.library import Library
from bot.ports.understanding import Request
from bot.quick import replace
from bot.routing import Answer, Router, Turn, intent
from bot.wording import gettext as _
from handlers import find_button, librarian_button

router = Router("letters")

_OF_LOANS = ("напомин", "напомни", "срок", "сда", "верн", "возвр", "просроч", "remind", "due", "return", "overdue")
"""How words begin that speak of reminders, not of news."""
_ONLY_NAMED = frozenset(["напоминания", "напоминание", "о", "сроках", "мои", "reminders", "my"])
"""Who says no more than that wants to see how they are set: nothing is switched on again."""


@router.on(intent("unsubscribe"))
async def unsubscribe(turn: Turn, library: Library) -> Answer:
    """«Стоп»: nothing is sent unasked any more, and that is said."""
    account = await library.accounts.behind(turn.contact) if library.accounts else None
    buttons = ((find_button(), librarian_button()),)
    if library.accounts is None or account is None or not (account.holders or account.suspended):
        said = _("Хорошо. Первым я вам не пишу и ничего не рассылаю. Если понадоблюсь, напишите.")
        return Answer(replies=(reply(said, buttons=buttons),))
    await library.accounts.wish(turn.contact, replace(account.wishes, muted=True, here=False))
    said = _("Хорошо, больше ничего не присылаю, только отвечаю на вопросы. Если передумаете, напишите: напоминай.")
    return Answer(replies=(reply(said, buttons=buttons),))


@router.on(intent("subscribe"))
async def subscribe(turn: Turn, library: Library) -> Answer:
    """Reminders are a setting of the card; news there are none yet."""
    if library.accounts is not None and any(word.startswith(_OF_LOANS) for word in words(turn.text)):
        on = {} if _ONLY_NAMED.issuperset(words(turn.text)) else {"on": "yes"}
        wanted = Request(intent="reminders", confidence=1.0, slots=on, rest=turn.text)
        return Answer(replies=(), go_on=(wanted,))
    if library.accounts is None or turn.public:
        said = _(
            "Новостей и напоминаний я пока не присылаю, поэтому подписаться нельзя. Спросить можно в любой момент."
        )
        return Answer(replies=(reply(said, buttons=((find_button(), librarian_button()),)),))
    said = _("Новостей я пока не присылаю. Могу напоминать о сроках ваших книг.")
    rows = ((Button(_("Напоминания"), "reminders"),), (find_button(), librarian_button()))
    return Answer(replies=(reply(said, buttons=rows),))
