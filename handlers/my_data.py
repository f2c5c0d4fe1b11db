"""«Мои данные», «удалите мои данные», «отзываю согласие»: done at once, said in two sentences."""

from bot.accounts import Account
from bot.messages import Button, Document
from bot.ports.library import Library
from bot.routing import Answer, Router, Turn, intent, pressed
from bot.wording import gettext as _
from handlers import Row, find_button, librarian_button, menu
from handlers.account import instead, personal, saying

router = Router("my_data", personal=True)
FILE_NAME, FILE_NAMES = "my-data.json", {"ru": "moi-dannye.json"}


async def _none_here(turn: Turn, library: Library) -> Answer:
    said = _("Билеты я здесь не привязываю, поэтому личного о вас почти не храню. Остальное скажет библиотекарь.")
    return await instead(turn, library, said, "rules.privacy")


@router.on(intent("my_data"), pressed("my_data"))
async def export(turn: Turn, library: Library) -> Answer:
    """All that is kept of them, as a file."""
    if library.accounts is None:
        return await _none_here(turn, library)
    said = _("Здесь всё, что я о вас храню: переписка, согласие, билет, книги и брони.")
    rows: tuple[Row, ...] = ((Button(_("Удалить мои данные"), "erase"),), (librarian_button(), find_button()))
    if library.files is None:
        return await instead(turn, library, _("Файл с вашими данными подготовит библиотекарь."), "rules.privacy")
    told = await library.accounts.export(turn.contact)
    kept = await library.files.keep(FILE_NAMES.get(turn.language, FILE_NAME), "application/json", told, turn.contact)
    return Answer(replies=(personal(said, buttons=rows, at=(Document(file=kept),)),))


@router.on(intent("erase_me"), pressed("erase"))
async def erase(turn: Turn, library: Library) -> Answer:
    """One confirmation: it cannot be undone."""
    if library.accounts is None:
        return await _none_here(turn, library)
    said = _(
        "Удалить всё, что я о вас знаю? Билет отвяжется, переписка и настройки исчезнут, вернуть их будет нельзя. "
        "Книги и сам билет в библиотеке останутся за вами."
    )
    return saying(said, buttons=((Button(_("Да, удалить"), "erase_surely"), Button(_("Нет"), "cancel")),))


@router.on(pressed("erase_surely"))
async def erase_surely(turn: Turn, library: Library) -> Answer:
    """Gone."""
    if library.accounts is None:
        return await _none_here(turn, library)
    await library.accounts.erase(turn.contact, turn.key)
    said = _("Готово, ваши данные удалены. Если понадоблюсь, напишите: начнём с чистого листа.")
    return saying(said, buttons=((find_button(),),))


@router.on(intent("withdraw"), pressed("withdraw"))
async def withdraw(turn: Turn, library: Library) -> Answer:
    """No consent any more: what that means, asked once."""
    account = await library.accounts.behind(turn.contact) if library.accounts else Account()
    if library.accounts is None:
        return await _none_here(turn, library)
    if not (account.consent or account.former_consent):
        return saying(_("Согласия на обработку данных у меня от вас нет, отзывать нечего."), buttons=menu())
    said = _("Отозвать согласие? Билет отвяжется сразу: книг, броней и напоминаний здесь больше не будет.")
    return saying(said, buttons=((Button(_("Да, отозвать"), "withdraw_surely"), Button(_("Нет"), "cancel")),))


@router.on(pressed("withdraw_surely"))
async def withdraw_surely(turn: Turn, library: Library) -> Answer:
    """Taken back."""
    if library.accounts is None:
        return await _none_here(turn, library)
    await library.accounts.withdraw(turn.contact, turn.key)
    said = _("Согласие отозвано, билет отвязан. Найти книгу, часы работы и правила подскажу и так.")
    rows: tuple[Row, ...] = ((Button(_("Удалить и переписку"), "erase"),), (find_button(),))
    return saying(said, buttons=rows)
