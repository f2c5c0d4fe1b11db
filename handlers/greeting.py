"""Hello, what can you do, thank you."""

import re
from datetime import datetime

from bot.library.model import WorkCard
from bot.library.places import branch_behind, branch_key
from bot.messages import Button, reply
from bot.ports.library import Library
from bot.routing import Answer, Router, Turn, intent, pressed, same_for_all
from bot.suitable import is_for_adults
from bot.wording import books
from bot.wording import gettext as _
from bot.wording.opening import right_now
from bot.wording.own import Own
from handlers import find_button, has_accounts, help_button, in_lines, menu

router = Router("greeting")
_PARAMETER = re.compile(r"(work|branch)[_-]([\w~-]{1,64})")
"""What a deep link or a QR code on the door may carry: ``work_123``, ``branch_03``."""


@router.on(intent("greeting"))
@same_for_all
async def greet(turn: Turn, library: Library) -> Answer:
    """Say who answers here and what to write; one who came by a link gets what the link is about."""
    start = _PARAMETER.fullmatch(turn.request.slots.get("start", ""))
    if start is not None and (answer := await _led_here(start[1], start[2], turn.now, library)) is not None:
        return answer
    if not turn.new and "start" not in turn.request.slots:
        return Answer(replies=(reply(library.words.say(Own.HELLO_AGAIN), buttons=menu(library)),))
    text = library.words.say(Own.HELLO, library=library.name)
    return Answer(replies=(reply(text, buttons=menu(library)),))


async def _led_here(kind: str, key: str, now: datetime, library: Library) -> Answer | None:
    """The greeting of somebody who followed a link to a book or stands before a branch."""
    if kind == "work" and key.isascii() and key.isdigit() and len(key) <= 18:
        card = await library.catalogue.card(int(key))
        if not isinstance(card, WorkCard):
            return None
        text = _("Здравствуйте! Вы пришли за книгой {book}.").format(book=books.named(card))
        if is_for_adults(card):  # said to everybody alike, a child among them: the button tells who may see it
            text = _("Здравствуйте! Вы пришли за книгой для взрослых, 18+.")
        rows = ((Button(_("Где взять"), f"work:{card.work_id}"),), (find_button(), help_button()))
        return Answer(replies=(reply(text, buttons=rows),))
    branch = branch_behind(key, await library.branches.all())
    if branch is None:
        return None
    said = (
        _("Здравствуйте! Это {branch}.").format(branch=branch.name),
        right_now(branch, now, library.holidays),
        _("Какую книгу вам найти?"),
    )
    key = branch_key(branch.code)
    here = (Button(_("Часы работы"), f"hours:{key}"), Button(_("Адрес"), f"location:{key}"))
    text = in_lines(*said)
    return Answer(replies=(reply(text, buttons=(here, (find_button(), help_button()))),))


@router.on(intent("help"), pressed("help"))
@same_for_all
async def explain(turn: Turn, library: Library) -> Answer:
    """What the bot can do, in the order in which it is asked for it."""
    text = library.words.say(Own.HELP)
    if has_accounts(library) and not turn.public:
        mine = _(
            "По читательскому билету покажу ваши книги, продлю их, забронирую ту, что на руках, и напомню о сроке: "
            "нажмите «Мои книги»."
        )
        text = f"{text}\n{mine}"
    return Answer(replies=(reply(text, buttons=menu(library)),))


@router.on(intent("thanks"))
@same_for_all
async def welcome(turn: Turn, library: Library) -> Answer:
    """Thanks, goodbye, all right."""
    del turn
    return Answer(replies=(reply(library.words.say(Own.THANKS), buttons=((find_button(),),)),))
