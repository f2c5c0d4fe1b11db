"""What the desk is told of readers: reasons, states and entries of the journal in the staff's own short words."""

from collections.abc import Callable, Mapping
from datetime import date

from bot.accounts import Proof
from bot.audit import Act
from bot.circulation import Keeping, OpenHold, OpenLoan, RenewalOutcome, RenewalState
from bot.lending_words import titled, why_later
from bot.library.holds import HoldBlock, HoldState
from bot.library.notices import NoticeKind, Subject
from bot.library.renewal import NotRenewed, RenewalBlock
from bot.notices import SHOWN_ON_A_PAGE
from bot.wording import counted, day
from bot.wording import gettext as _

SHOWN = ", shown"
"""How the audit log ends an entry of books that were renewed with the book in hand."""


def why_not(block: RenewalBlock) -> str:
    """Why a loan is not renewed."""
    return {
        RenewalBlock.LOAN_NOT_FOUND: _("за читателем не числится"),
        RenewalBlock.NOT_YOUR_LOAN: _("числится за другим читателем"),
        RenewalBlock.ITEM_LOST: _("числится потерянной"),
        RenewalBlock.IN_LIBRARY_ONLY: _("выдана только в читальный зал"),
        RenewalBlock.TYPE_NOT_RENEWABLE: _("такие книги не продлевают"),
        RenewalBlock.CARD_EXPIRED: _("закончился срок билета"),
        RenewalBlock.PATRON_BLOCKED: _("билет приостановлен"),
        RenewalBlock.DEBT: _("за билетом долг"),
        RenewalBlock.RENEW_LIMIT: _("больше продлевать нельзя"),
        RenewalBlock.REMOTE_LIMIT: _("дальше только с книгой в руках"),
        RenewalBlock.OVERDUE: _("есть просроченные книги"),
        RenewalBlock.RECALLED: _("библиотека просит вернуть её"),
        RenewalBlock.HOLD_QUEUE: _("её ждёт другой читатель"),
        RenewalBlock.BOOKED: _("обещана другому читателю"),
        RenewalBlock.TOO_SOON: _("продлевать рано"),
        RenewalBlock.NO_GAIN: _("продлевать рано: срок не изменится"),
        RenewalBlock.PERIOD_CAP: _("дольше держать нельзя"),
        RenewalBlock.ILS_REFUSED: _("программа библиотеки не разрешила"),
        RenewalBlock.ILS_DOWN: _("программа библиотеки не отвечает"),
    }[block]


def why_no_hold(code: str) -> str:
    """Why a hold is not placed; ``code`` is a value of ``HoldBlock``."""
    reasons = {
        HoldBlock.ALREADY_HAVE: _("книга уже у читателя, или он её уже ждёт"),
        HoldBlock.CARD_EXPIRED: _("закончился срок билета"),
        HoldBlock.PATRON_BLOCKED: _("билет приостановлен"),
        HoldBlock.DEBT: _("за билетом долг"),
        HoldBlock.AGE: _("книга не по возрасту читателя"),
        HoldBlock.NOT_HOLDABLE: _("её домой не выдают"),
        HoldBlock.BRANCH_RULE: _("в этот филиал её не привозят"),
        HoldBlock.PICKUP_INVALID: _("в этом филиале ему брони не выдают"),
        HoldBlock.HOLD_LIMIT: _("больше броней читателю нельзя"),
        HoldBlock.ILS_REFUSED: _("программа библиотеки не разрешила"),
        HoldBlock.ILS_DOWN: _("программа библиотеки не отвечает"),
    }
    return reasons[HoldBlock(code)] if code in set(HoldBlock) else _("такой брони нет")


def kept_here(loan: OpenLoan) -> bool:
    """Whether its end is told here, by hand: elsewhere a list tells it."""
    return loan.keeping is Keeping.LIVE


def outlook(loan: OpenLoan) -> str:
    """What a renewal now would come to: «можно ещё 2 раза», or why not."""
    if loan.requested:
        return _("просьба о продлении ждёт")
    if isinstance(loan.if_renewed, NotRenewed):
        told_already = loan.overdue and loan.if_renewed.block is RenewalBlock.OVERDUE
        return "" if told_already else why_not(loan.if_renewed.block)
    if loan.renewals_left is None:
        return ""
    return _("продлить можно ещё {times}").format(times=counted(loan.renewals_left, "раз", "раза", "раз"))


def due_told(loan: OpenLoan, today: date, whole_day: Callable[[date], str]) -> str:
    """Until when, and why later than it was lent for."""
    if loan.overdue:
        return _("просрочена, срок был {day}").format(day=whole_day(loan.until))
    if loan.back_by is None:
        return _("вернуть, когда филиал откроется (срок {day})").format(day=whole_day(loan.loan.due_on))
    said, why = _("до {day}").format(day=whole_day(loan.back_by)), why_later(loan, today)
    return f"{said} ({why})" if why else said


def may_be_renewed(loan: OpenLoan) -> bool:
    """Whether there is a button for it."""
    return not loan.requested and not isinstance(loan.if_renewed, NotRenewed)


def renewal_told(outcome: RenewalOutcome) -> str:
    """What became of one book."""
    if outcome.open is None:
        return _("Этой книги у читателя уже нет.")
    book, last = titled(outcome.open.title, outcome.open.author), day(outcome.open.until)
    if outcome.state is RenewalState.REFUSED:
        return _("{book}: не продлена, {reason}.").format(
            book=book, reason=why_not(outcome.block or RenewalBlock.ILS_REFUSED)
        )
    said = {
        RenewalState.RENEWED: _("{book}: продлена до {day}."),
        RenewalState.ALREADY: _("{book}: уже продлена, до {day}."),
        RenewalState.REQUESTED: _("{book}: записана заявка, подтвердите её в «Заявках»."),
        RenewalState.UNKNOWN: _("{book}: программа библиотеки пока не ответила."),
    }
    return said[outcome.state].format(book=book, day=last)


def hold_told(hold: OpenHold, branch: str) -> str:
    """How far a hold has come."""
    if hold.state is HoldState.READY and hold.keep_until is not None:
        return _("ждёт на полке до {day}: {branch}").format(day=day(hold.keep_until), branch=branch)
    if hold.state is HoldState.SUSPENDED and hold.suspended_until is not None:
        return _("отложена до {day}: {branch}").format(day=day(hold.suspended_until), branch=branch)
    said = {
        HoldState.READY: _("ждёт на полке"),
        HoldState.IN_TRANSIT: _("едет"),
        HoldState.ASSIGNED: _("снять с полки и отложить"),
        HoldState.SUSPENDED: _("отложена"),
    }.get(hold.state)
    if said is None:
        said = _("в очереди") if hold.place is None else _("в очереди {place}-й").format(place=hold.place)
    return f"{said}: {branch}"


def why_left(state: HoldState) -> str:
    """Why a book that was put aside is not fetched."""
    return {
        HoldState.NOT_PICKED_UP: _("читатель не пришёл"),
        HoldState.CANCELLED: _("бронь сняли"),
        HoldState.REFUSED: _("в брони отказано"),
    }[state]


def proofs() -> Mapping[str, str]:
    """How a chat was linked."""
    return {
        Proof.CODE.value: _("код из библиотеки"),
        Proof.PIN.value: _("номер билета и ПИН"),
        Proof.BIRTH_DATE.value: _("номер билета и дата рождения"),
        Proof.PHONE.value: _("номер телефона"),
    }


def way_told(why: str) -> str:
    """What came of a try to reach a reader, in words; a messenger's own as it says them."""
    known = {
        SHOWN_ON_A_PAGE: _("увидит, когда откроет чат"),
        "not delivered in time": _("вовремя не доставлено"),
        "the letter is gone": _("не отправлено"),
        "failed": _("не доставлено"),
        "the messenger's window is closed": _("читатель молчал больше суток, таких ответов мессенджер не доставляет"),
        "not allowed by the reader": _("читатель запретил писать ему"),
    }
    return known.get(why, why)


def subject_told(subject: Subject) -> str:
    """What a reader was to be told."""
    said = {
        NoticeKind.DUE: _("срок возврата {day}"),
        NoticeKind.OVERDUE: _("просрочена с {day}"),
        NoticeKind.HOLD_READY: _("бронь ждёт с {day}"),
        NoticeKind.HOLD_EXPIRING: _("бронь хранится до {day}"),
        NoticeKind.HOLD_EXPIRED: _("за бронью не пришли, {day}"),
        NoticeKind.HOLD_REFUSED: _("в брони отказано, {day}"),
        NoticeKind.RENEWAL_DECIDED: _("решение о продлении, {day}"),
        NoticeKind.CARD_EXPIRES: _("билет действует до {day}"),
    }
    return said[subject.kind].format(day=day(subject.day))


def refusals() -> Mapping[str, str]:
    """Reasons for refusing a request, ready for the reader, by their code."""
    return {
        RenewalBlock.HOLD_QUEUE.value: _("Её ждёт другой читатель"),
        RenewalBlock.RENEW_LIMIT.value: _("Больше продлевать нельзя"),
        RenewalBlock.RECALLED.value: _("Она нужна библиотеке"),
        RenewalBlock.OVERDUE.value: _("Срок уже прошёл, принесите её"),
        RenewalBlock.CARD_EXPIRED.value: _("Закончился срок билета, его перепишут в библиотеке"),
        RenewalBlock.DEBT.value: _("За билетом числится долг, о нём скажет библиотекарь"),
    }


def actions() -> Mapping[str, str]:
    """What an entry of the journal tells; what is not here is shown as it is kept."""
    return {
        **_of_cards(),
        **_of_readers(),
        **_of_talks(),
        **_of_answers(),
        **_of_books(),
        **_of_places(),
        **_of_staff(),
    }


def action(kept: str) -> str:
    """One entry of the journal."""
    return actions().get(kept, kept)


def _of_cards() -> dict[str, str]:
    """Linked cards, and what readers did with their data."""
    return {
        Act.CODE_ISSUED.value: _("выдан код для привязки"),
        Act.CODE_REVOKED.value: _("код отозван"),
        Act.PIN_SET.value: _("изменён ПИН"),
        Act.LINKED.value: _("билет привязан"),
        Act.LINK_REFUSED.value: _("привязка не удалась"),
        Act.LINK_LOCKED.value: _("привязка остановлена: много ошибок"),
        Act.ATTACK.value: _("перебор кодов, канал закрыт на час"),
        Act.UNLINKED.value: _("билет отвязан"),
        Act.CONSENT_GIVEN.value: _("согласие дано"),
        Act.CONSENT_WITHDRAWN.value: _("согласие отозвано"),
        Act.EXPORTED.value: _("выданы данные читателя"),
        Act.ERASED.value: _("данные удалены"),
        Act.FORGOTTEN.value: _("адрес забыт"),
    }


def _of_readers() -> dict[str, str]:
    """Readers, their books and their holds."""
    return {
        "search.readers": _("поиск читателя"),
        "view.reader": _("открыта карточка читателя"),
        "view.name": _("показано имя читателя в диалогах"),
        "view.card": _("показан билет в диалоге"),
        "view.requests": _("открыты заявки"),
        "view.journal": _("открыт журнал"),
        "journal.exported": _("журнал сохранён в файл"),
        "renew": _("продление за читателя"),
        "loan.back": _("книга возвращена"),
        "hold.placed": _("бронь за читателя"),
        "hold.cancelled": _("бронь снята"),
        "hold.sent": _("бронь отправлена в филиал"),
        "hold.ready": _("бронь отложена"),
        "hold.handed": _("бронь выдана"),
        "hold.put_back": _("книга возвращена на место"),
        "hold.missing": _("книга не нашлась на полке"),
        "hold.found": _("книга всё-таки нашлась"),
        "hold.refused": _("в брони отказано"),
        "hold.unrefused": _("отказ в брони отменён"),
        "request.confirmed": _("заявка подтверждена"),
        "request.refused": _("в заявке отказано"),
        "request.taken_back": _("решение по заявке отменено"),
        "unreached.settled": _("читателю позвонили"),
    }


def _of_talks() -> dict[str, str]:
    """Conversations."""
    return {
        "view.conversation": _("открыт диалог"),
        "take": _("диалог взят"),
        "say": _("ответ читателю"),
        "take_back": _("ответ отменён"),
        "hand_on": _("диалог передан"),
        "give_back": _("диалог возвращён боту"),
        "close": _("диалог закрыт"),
        "view.opinions": _("открыты отзывы о помощи"),
    }


def _of_answers() -> dict[str, str]:
    """What the bot is taught."""
    return {
        "answer.saved": _("ответ бота сохранён"),
        "answer.restored": _("возвращён прежний ответ бота"),
        "answer.proposed": _("предложен ответ бота"),
        "proposal.declined": _("предложение отклонено"),
        "synonym.taught": _("добавлены слова читателей"),
        "synonym.removed": _("удалены слова читателей"),
        "miss.forgotten": _("вопрос без ответа убран"),
        "miss.recalled": _("вопрос без ответа возвращён"),
        "words.changed": _("изменены слова бота"),
        "canned.changed": _("изменён готовый ответ"),
        "canned.dropped": _("удалён готовый ответ"),
    }


def _of_books() -> dict[str, str]:
    """The catalogue, and lists that are loaded."""
    return {
        "catalogue.uploaded": _("прислан файл каталога"),
        "catalogue.loaded": _("каталог загружен"),
        "catalogue.dropped": _("файл каталога удалён"),
        "list.uploaded": _("прислан список читателей или выдач"),
        "list.loaded": _("список загружен"),
        "list.dropped": _("список удалён без загрузки"),
        "titles.uploaded": _("прислан список книг, которые нужно скрыть"),
        "titles.loaded": _("книги из списка скрыты"),
        "titles.dropped": _("список книг удалён, ничего не скрыто"),
        "titles.undone": _("книги из списка снова видны читателям"),
        "catalogue.merged": _("издания объединены"),
        "catalogue.split": _("издание отделено"),
        "catalogue.hidden": _("книга скрыта от читателей"),
        "catalogue.shown": _("книга снова видна читателям"),
        "catalogue.undone": _("отменено решение о книге"),
    }


def _of_places() -> dict[str, str]:
    """Branches and their days."""
    return {
        "places.branch_added": _("добавлен филиал"),
        "places.branch_changed": _("изменён филиал"),
        "places.branch_from_file": _("филиал взят из файла настроек"),
        "places.days_ended": _("отменены особые дни"),
        "places.gone": _("филиал закрыт насовсем"),
        "places.closed": _("добавлены закрытые дни"),
        "places.urgent": _("объявлено: сегодня закрыто"),
        "places.hours": _("добавлены дни с другими часами"),
    }


def _of_staff() -> dict[str, str]:
    """The staff, and who may come in."""
    return {
        "refused.branch": _("чужой филиал: не пущен"),
        "refused.role": _("не та роль: не пущен"),
        "sign_in": _("вход"),
        "sign_in.refused": _("вход не удался"),
        "sign_out": _("выход"),
        "sessions.ended": _("закрыты входы"),
        "password.changed": _("пароль сменён"),
        "password.reset": _("выдан новый пароль"),
        "second_factor.on": _("включён код из приложения"),
        "second_factor.off": _("выключен код из приложения"),
        "staff.added": _("добавлен сотрудник"),
        "staff.changed": _("изменён сотрудник"),
    }
