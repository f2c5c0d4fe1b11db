"""What is said of an account beside a dialogue: the consent text, and that a card was linked elsewhere."""

import hashlib

from bot.accounts import ConsentText
from bot.messages import Button, Reply, reply
from bot.wording import counted, in_language
from bot.wording import gettext as _

SERVICE = "service"


def consent_text(language: str, *, library: str, address: str, words: str, url: str, kept_days: int = 0) -> ConsentText:
    """The text that is agreed to, in one language.

    Args:
        language: "ru" or "en".
        library: The operator's name.
        address: The operator's address, "" where none is known.
        words: The library's own text, "" for ours.
        url: Where the whole policy stands, "" where it stands nowhere.
        kept_days: How long what was said is kept, 0 for ever.
    """
    with in_language(language):
        text = words.strip() or _consent(f"{library}, {address}" if address else library, kept_days)
    version = hashlib.sha256(f"{language}\n{url}\n{text}".encode()).hexdigest()
    return ConsentText(purpose=SERVICE, version=version, text=text, url=url)


def _consent(operator: str, kept_days: int) -> str:
    """Short and whole: operator, data, purposes, actions, term, withdrawal (152-FZ, article 9, part 4)."""
    return "\n".join(
        (
            _("Согласие на обработку персональных данных"),
            "",
            _("Кому: {operator}.").format(operator=operator),
            _("Что: номер билета, имя, адрес этого чата, переписка, ваши книги и брони."),
            _("Зачем: показать книги, продлить, забронировать, напомнить о сроке."),
            _("Как: собрать, хранить, сверить с картотекой, удалить, в том числе автоматически."),
            _("Кто ещё видит: мессенджер, если вы пишете в нём. Другим ничего не передаём."),
            _term(kept_days),
            _("Если передумаете, напишите: отозвать согласие."),
        )
    )


def _term(kept_days: int) -> str:
    if not kept_days:
        return _("Сколько: пока билет привязан к этому чату, переписка до вашей просьбы её удалить.")
    return _("Сколько: пока билет привязан к этому чату, переписка не дольше {days}.").format(
        days=counted(kept_days, "дня", "дней", "дней")
    )


def linked_elsewhere(where: str, given_name: str, phone: str) -> Reply:
    """To the other contacts of a card: somebody else sees it from now on.

    Args:
        where: What the new contact's messenger is called.
        given_name: Of the child whose card it is, "" for the reader's own.
        phone: Of the library, "" where none is known.
    """
    if given_name:
        said = _("Читательский билет ({name}) привязали ещё к одному чату: {where}.").format(
            name=given_name, where=where
        )
    else:
        said = _("Ваш читательский билет привязали ещё к одному чату: {where}.").format(where=where)
    if phone:
        said += " " + _("Если это не вы, позвоните в библиотеку: {phone}.").format(phone=phone)
    else:
        said += " " + _("Если это не вы, скажите об этом в библиотеке.")
    told = reply(said, buttons=[[Button(_("Позвать библиотекаря"), "human")]])
    return Reply(text=told.text, buttons=told.buttons, personal=True)
