"""«Мой билет»: the card as a picture that the desk's scanner reads, with the number in words beside it."""

import asyncio
from datetime import date

from bot.accounts import Cardholder
from bot.library.card_codes import CardBarcode
from bot.messages import Contact, Picture
from bot.ports.files import Files
from bot.ports.library import Library
from bot.routing import Answer, Router, Turn, intent, pressed
from bot.wording import day_and_year
from bot.wording import gettext as _
from handlers import find_button, loans_button
from handlers.account import and_missing, called, kept_out, let_in, personal, saying

router = Router("my_card", personal=True)


@router.on(intent("my_card"), pressed("card"))
async def my_card(turn: Turn, library: Library) -> Answer:
    """Every card of the family, the reader's own first."""
    inside = await let_in(turn, library)
    if inside is None:
        said = _("Билет на экране я пока не показываю. Его номер скажет библиотекарь.")
        return await kept_out(turn, library, "my_card", said, "join.card")
    if library.files is None:
        number = inside.holders[0].card_number
        said = _("Номер вашего билета: {number}.").format(number=number) + _until(inside.holders[0], inside.today)
        return saying(said, buttons=((loans_button(),),))
    pictures = [await _picture(holder, library.files, library.card_barcode, turn.contact) for holder in inside.holders]
    texts = [_words(holder) + _until(holder, inside.today) for holder in inside.holders]
    last = len(texts) - 1
    shown = Answer(
        replies=tuple(
            personal(text, at=(picture,) if picture else (), buttons=((loans_button(), find_button()),) * (at == last))
            for at, (text, picture) in enumerate(zip(texts, pictures, strict=True))
        )
    )
    return and_missing(inside, shown)


def _words(holder: Cardholder) -> str:
    if holder.child:
        said = _("Билет: {name}. Покажите его библиотекарю, номер: {number}.")
        return said.format(name=called(holder), number=holder.card_number)
    return _("Ваш билет. Покажите его библиотекарю, номер: {number}.").format(number=holder.card_number)


def _until(holder: Cardholder, today: date) -> str:
    """How long the card is good, "" where it never ends or nobody knows."""
    if holder.valid_until is None:
        return ""
    if holder.valid_until < today:
        said = _("Срок билета прошёл {day}: продлить его можно в библиотеке.")
    else:
        said = _("Действует до {day}")
    return " " + said.format(day=day_and_year(holder.valid_until))


async def _picture(holder: Cardholder, files: Files, barcode: CardBarcode, contact: Contact) -> Picture | None:
    """The PNG, None for a number that cannot be drawn: the text has it all the same."""
    from bot.card_picture import card_picture  # drawing loads half a second of libraries: only who asks waits

    try:
        data = await asyncio.to_thread(card_picture, holder.card_number, barcode)
    except ValueError:
        return None
    kept = await files.keep("bilet.png", "image/png", data, contact)
    return Picture(file=kept, alt=_("Штрихкод и номер билета {number}").format(number=holder.card_number))
