"""The renewal itself, and what the reader hears of it."""

from collections.abc import Sequence
from datetime import date

from bot.circulation import Ok, Refused, RenewalOutcome, RenewalState, RenewalWish, Result, Unavailable, Unsupported
from bot.lending_words import renewal_line, why_not_renewed
from bot.library.renewal import RenewalBlock
from bot.messages import Button
from bot.ports.library import Library
from bot.quick import dataclass
from bot.routing import Answer, Turn
from bot.wording import day
from bot.wording import gettext as _
from handlers import Row, find_button, librarian_button, loans_button
from handlers.account import Inside, Lent, no_answer, saying

_EARLIER_DAYS = 3
"""So much sooner than the new day the reader wanted: then it is said that a book may come back earlier."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A loan to renew; ``patron_id`` is None where it is not on hand any more."""

    loan_id: int
    seen_due_on: date
    patron_id: int | None

    @classmethod
    def of(cls, lent: Lent) -> "Pick":
        """As it was read in this turn."""
        return cls(lent.open.loan.loan_id, lent.open.loan.due_on, lent.holder.patron_id)


async def renewed(
    turn: Turn, library: Library, inside: Inside, picks: Sequence[Pick], wanted: date | None = None
) -> Answer:
    """Renew, each card's books in one call; one answer for all. ``wanted`` is the day that the reader named."""
    outcomes: list[RenewalOutcome] = [_gone() for pick in picks if pick.patron_id is None][:1]
    failed: Result[object] | None = None
    for patron_id in dict.fromkeys(pick.patron_id for pick in picks if pick.patron_id is not None):
        wishes = [RenewalWish(pick.loan_id, pick.seen_due_on) for pick in picks if pick.patron_id == patron_id]
        result = await inside.circulation.renew(patron_id, wishes, f"{turn.key}.{patron_id}")
        if isinstance(result, Ok):
            outcomes += result.value
        else:
            failed = result
    if failed is not None and not outcomes:
        return await _failed(turn, library, inside, failed)
    answer = saying("\n".join(_told(inside, outcomes, wanted)), buttons=_buttons(outcomes))
    if failed is None:
        return answer
    more = await _failed(turn, library, inside, failed)
    return Answer(replies=(*answer.replies, *more.replies))


async def _failed(turn: Turn, library: Library, inside: Inside, failed: Result[object]) -> Answer:
    if isinstance(failed, Unavailable | Unsupported):
        doing = _("Продлилось ли, я не знаю: посмотрите потом «Мои книги».") if isinstance(failed, Unavailable) else ""
        return await no_answer(turn, library, failed, doing)
    code = failed.code if isinstance(failed, Refused) else ""
    block = RenewalBlock(code) if code in set(RenewalBlock) else RenewalBlock.ILS_REFUSED
    refused = RenewalOutcome(state=RenewalState.REFUSED, open=None, block=block)
    said = _("Продлить не получилось: {reason}").format(reason=why_not_renewed(refused, inside.today))
    return saying(said, buttons=((librarian_button(), find_button()),))


def _gone() -> RenewalOutcome:
    return RenewalOutcome(state=RenewalState.REFUSED, open=None, block=RenewalBlock.LOAN_NOT_FOUND)


# --- words ---------------------------------------------------------------------------------------


def _told(inside: Inside, outcomes: Sequence[RenewalOutcome], wanted: date | None) -> list[str]:
    """Under one heading what went alike; a single book needs no heading."""
    said: list[str] = []
    groups = (
        (_("Продлено:"), (RenewalState.RENEWED, RenewalState.ALREADY)),
        (_("Попросил библиотекаря продлить, ответ придёт сюда. Пока срок прежний:"), (RenewalState.REQUESTED,)),
        (_("Программа библиотеки не ответила. Проверю и напишу, получилось ли:"), (RenewalState.UNKNOWN,)),
        (_("Не продлено:"), (RenewalState.REFUSED,)),
    )
    for heading, states in groups:
        lines = [renewal_line(one, inside.today, hidden=inside.hidden) for one in outcomes if one.state in states]
        if not lines:
            continue
        plain = states[0] in (RenewalState.RENEWED, RenewalState.REFUSED) and len(outcomes) == 1
        said += ["", *([] if plain else [heading]), *lines]
        if states[0] is RenewalState.RENEWED and wanted is not None:
            said += _compared(outcomes, wanted)
    return said[1:]


def _compared(outcomes: Sequence[RenewalOutcome], wanted: date) -> list[str]:
    """The day that they wanted beside the day that the rules give."""
    days = [one.open.until for one in outcomes if one.state is RenewalState.RENEWED and one.open is not None]
    if not days:
        return []
    if min(days) < wanted:
        return [_("До {day} нельзя: это самый поздний срок по правилам.").format(day=day(wanted))]
    if (max(days) - wanted).days >= _EARLIER_DAYS:
        return [_("Вернуть можно и раньше.")]
    return []


def _buttons(outcomes: Sequence[RenewalOutcome]) -> tuple[Row, ...]:
    refused = any(one.state is RenewalState.REFUSED and one.open is not None for one in outcomes)
    row: tuple[Button, ...] = (loans_button(), librarian_button()) if refused else (loans_button(), find_button())
    return (row,)
