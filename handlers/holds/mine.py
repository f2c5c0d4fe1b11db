"""«Мои брони»: what is waited for and how long still; cancel, let others pass, wait again."""

from collections.abc import Sequence
from datetime import date

from bot.accounts import Cardholder
from bot.circulation import Ability, Ok, OpenHold, Refused, Unavailable, Unsupported
from bot.lending_words import hold_state, titled, why_no_hold
from bot.library.holds import WAITING, HoldState
from bot.library.loans_meant import loans_meant
from bot.library.when import parse_when
from bot.messages import Button
from bot.ports.library import Library
from bot.quick import dataclass
from bot.routing import Answer, Expects, Router, Turn, expects, pressed
from bot.wording import day
from bot.wording import gettext as _
from handlers import Row, find_button, librarian_button, loans_button, words_of, yes_or_no
from handlers.account import Inside, and_missing, called, holds_button, kept_out, let_in, no_answer, saying

UNTIL = "hold.until"
"""The dialogue waits for a day: until when others may pass."""
SHOWN = 8
NOT_HERE_TOPIC = "hold.status"
CANCEL, SUSPEND, RESUME = "hold.cancel", "hold.suspend", "hold.resume"


@dataclass(frozen=True, slots=True)
class Waits:
    """One hold of the family."""

    holder: Cardholder
    open: OpenHold


def register(router: Router) -> None:
    """The triggers of this module."""
    router.on(pressed("holds"))(my_holds)
    router.on(pressed("unhold"))(cancel_pressed)
    router.on(pressed("unhold_sure"))(cancel_surely)
    router.on(pressed("pause"), expects(UNTIL))(pause)
    router.on(pressed("unpause"))(go_on_waiting)


async def _mine(turn: Turn, library: Library) -> tuple[Inside, list[Waits]] | Answer:
    """Who it is and what they wait for, or what to say instead."""
    inside = await let_in(turn, library)
    if inside is None:
        said = _("Брони и заказы я пока не вижу. Это скажет библиотекарь.")
        topic = turn.request.slots.get("topic", NOT_HERE_TOPIC)
        return await kept_out(turn, library, "hold", said, NOT_HERE_TOPIC, {"topic": topic})
    waits: list[Waits] = []
    for holder in inside.holders:
        result = await inside.circulation.holds(holder.patron_id)
        if not isinstance(result, Ok):
            failed = result if isinstance(result, Unavailable | Unsupported) else Unsupported()
            return await no_answer(turn, library, failed)
        waits += [Waits(holder, hold) for hold in result.value]
    return inside, waits


# --- the list ------------------------------------------------------------------------------------


async def my_holds(turn: Turn, library: Library) -> Answer:
    """All holds, numbered, each with a button in the same order."""
    mine = await _mine(turn, library)
    if isinstance(mine, Answer):
        return mine
    return and_missing(mine[0], _listed(*mine))


def _listed(inside: Inside, waits: Sequence[Waits]) -> Answer:
    if not waits:
        said = _("Броней у вас нет. Найдите книгу, и я забронирую её.")
        return saying(said, buttons=((find_button(), loans_button()),))
    lines = [_("Вы ждёте:")]
    lines += [f"{number}. {_line(inside, one)}" for number, one in enumerate(waits[:SHOWN], start=1)]
    if len(waits) > SHOWN:
        lines.append(_("И ещё {number}.").format(number=len(waits) - SHOWN))
    rows: list[Row] = []
    if len(waits) == 1:
        rows.append((*cancel_button(inside, waits[0].open), *_pause_button(inside, waits[0].open)))
    else:
        cancel = [
            Button(_("Отменить {number}").format(number=number), f"unhold:{one.open.hold_id}")
            for number, one in enumerate(waits[:SHOWN], start=1)
            if _can(inside, one.open, Ability.CANCEL_HOLD)
        ]
        rows += [tuple(cancel[at : at + 3]) for at in range(0, len(cancel), 3)]
        if any(one.open.state in WAITING and _can(inside, one.open, Ability.SUSPEND_HOLD) for one in waits):
            rows.append((Button(_("Уезжаю, пусть ждёт"), "pause:all"),))
    rows.append((loans_button(), find_button()))
    return saying("\n".join(lines), buttons=[row for row in rows if row])


def _can(inside: Inside, hold: OpenHold, what: Ability) -> bool:
    return what in inside.circulation.abilities(hold.pickup)


def cancel_button(inside: Inside, hold: OpenHold) -> tuple[Button, ...]:
    """None where the system behind cannot cancel."""
    can = _can(inside, hold, Ability.CANCEL_HOLD)
    return (Button(_("Отменить бронь"), f"unhold:{hold.hold_id}"),) if can else ()


def _line(inside: Inside, one: Waits) -> str:
    whose = f"{called(one.holder)}, " if one.holder.child else ""
    book = _("книга") if inside.hidden else titled(one.open.title, one.open.author)
    return f"{whose}{book}. {hold_state(one.open, inside.branches, inside.today)}"


def _told_apart(inside: Inside, hold: OpenHold) -> str:
    """Which hold is meant, for a question or an answer about it alone: where titles are hidden, by how far it is."""
    return hold_state(hold, inside.branches, inside.today) if inside.hidden else titled(hold.title, hold.author)


def _pause_button(inside: Inside, hold: OpenHold) -> tuple[Button, ...]:
    if not _can(inside, hold, Ability.SUSPEND_HOLD):
        return ()
    if hold.state is HoldState.SUSPENDED:
        return (Button(_("Снова ждать"), f"unpause:{hold.hold_id}"),)
    return (Button(_("Уезжаю, пусть ждёт"), f"pause:{hold.hold_id}"),) if hold.state in WAITING else ()


# --- in words ------------------------------------------------------------------------------------


async def in_words(turn: Turn, library: Library, topic: str = "") -> Answer:
    """«Отмените бронь на Каштанку», «я в отпуске до 10 июня», «пришла ли моя книга»."""
    topic = topic or turn.request.slots.get("topic", "")
    mine = await _mine(turn, library)
    if isinstance(mine, Answer):
        return mine
    inside, waits = mine
    if not waits or topic not in (CANCEL, SUSPEND, RESUME):
        return _listed(inside, waits)
    books = [(one.open.title, one.open.author) for one in waits]
    meant = loans_meant(
        words_of(turn), books, [turn.request.slots[name] for name in ("date",) if name in turn.request.slots]
    )
    chosen = [waits[place] for place in meant.places]
    if topic == CANCEL:
        return _cancel_what(inside, chosen or (waits if len(waits) == 1 else []), waits)
    if topic == RESUME:
        return await _suspended(turn, library, inside, chosen or waits, None)
    until = _day(turn, inside, library)
    return await _suspend(turn, library, inside, chosen or waits, until)


def _day(turn: Turn, inside: Inside, library: Library) -> date | None:
    days = parse_when(words_of(turn), inside.today, library.holidays).days
    return days[-1] if days else None


# --- cancelling ----------------------------------------------------------------------------------


def _cancel_what(inside: Inside, chosen: Sequence[Waits], waits: Sequence[Waits]) -> Answer:
    if not chosen:
        return _listed(inside, waits)
    if len(chosen) > 1:
        return _listed(inside, chosen)
    return _sure(inside, chosen[0])


def _sure(inside: Inside, waits: Waits) -> Answer:
    """A place in a queue is easily lost: asked once."""
    said = _("Отменить бронь? {book}").format(book=_told_apart(inside, waits.open))
    if waits.open.state in WAITING:
        said += "\n" + _("Место в очереди пропадёт.")
    return saying(said, buttons=(yes_or_no(f"unhold_sure:{waits.open.hold_id}"),))


async def cancel_pressed(turn: Turn, library: Library) -> Answer:
    """Ask once."""
    found = await _one_of_mine(turn, library)
    return found if isinstance(found, Answer) else _sure(*found)


async def cancel_surely(turn: Turn, library: Library) -> Answer:
    """Do not wait any more."""
    found = await _one_of_mine(turn, library)
    if isinstance(found, Answer):
        return found
    inside, waits = found
    result = await inside.circulation.cancel_hold(waits.holder.patron_id, waits.open.hold_id, turn.key)
    if isinstance(result, Ok):
        book = "" if inside.hidden else titled(waits.open.title, waits.open.author)
        said = _("Бронь отменена. {book}").format(book=book).strip()
        again = Button(_("Забронировать снова"), f"hold:{waits.open.work_id}.{waits.holder.patron_id}")
        return saying(said, buttons=((again, find_button()),))
    return await _not_done(turn, library, result, _("Отменена ли бронь, я не знаю: посмотрите потом «Мои брони»."))


async def _one_of_mine(turn: Turn, library: Library) -> tuple[Inside, Waits] | Answer:
    """The hold of a button; one that has ended, or somebody else's, is none."""
    mine = await _mine(turn, library)
    if isinstance(mine, Answer):
        return mine
    inside, waits = mine
    found = next((one for one in waits if str(one.open.hold_id) == turn.argument), None)
    if found is None:
        return saying(_("Этой брони уже нет."), buttons=((holds_button(), find_button()),))
    return inside, found


# --- letting others pass -------------------------------------------------------------------------


async def pause(turn: Turn, library: Library) -> Answer:
    """Ask until when, then let others pass."""
    mine = await _mine(turn, library)
    if isinstance(mine, Answer):
        return mine
    inside, waits = mine
    which = str(turn.data.get("which", "all")) if turn.text else turn.argument
    chosen = [one for one in waits if which in ("all", str(one.open.hold_id))]
    until = _day(turn, inside, library) if turn.text else None
    if turn.text and until is None:
        if any(sign.isdigit() for sign in turn.text):
            return _until_when(which, _("Не понял, до какого числа."))
        return Answer(replies=(), go_on=(turn.request,))
    return await _suspend(turn, library, inside, chosen, until, which)


def _until_when(which: str, before: str = "") -> Answer:
    said = f"{before} {_('До какого числа подождать? Например: до 10 июня.')}".strip()
    answer = saying(said, buttons=((Button(_("Отмена"), "cancel"),),))
    return Answer(replies=answer.replies, expects=Expects(key=UNTIL, data={"which": which}))


async def _suspend(
    turn: Turn, library: Library, inside: Inside, chosen: Sequence[Waits], until: date | None, which: str = "all"
) -> Answer:
    waiting = [one for one in chosen if one.open.state in WAITING]
    if not waiting:
        said = _("Ждать здесь нечего: книги уже готовят или они ждут вас.") if chosen else _("Этой брони уже нет.")
        return saying(said, buttons=((holds_button(), find_button()),))
    if until is None:
        return _until_when(which)
    if until <= inside.today:
        return _until_when(which, _("Это число уже прошло."))
    return await _suspended(turn, library, inside, waiting, until)


async def _suspended(
    turn: Turn, library: Library, inside: Inside, chosen: Sequence[Waits], until: date | None
) -> Answer:
    done: list[OpenHold] = []
    for waits in [one for one in chosen if one.open.state in WAITING]:
        key = f"{turn.key}.{waits.open.hold_id}"
        result = await inside.circulation.suspend_hold(waits.holder.patron_id, waits.open.hold_id, until, key)
        if not isinstance(result, Ok):
            return await _not_done(turn, library, result, "")
        done.append(result.value)
    if until is None:
        said = _("Хорошо, снова ждём.")
    else:
        said = _("Хорошо, до {day} пропускаю вашу очередь. Место остаётся за вами.").format(day=day(until))
    names = "\n".join(titled(hold.title, hold.author) for hold in done)
    again = (
        Button(_("Снова ждать"), f"unpause:{done[0].hold_id if len(done) == 1 else 'all'}") if done and until else None
    )
    rows: tuple[Row, ...] = ((again, holds_button()),) if again else ((holds_button(), find_button()),)
    shown = "" if inside.hidden else f"\n{names}"
    return saying(f"{said}{shown}", buttons=rows)


async def go_on_waiting(turn: Turn, library: Library) -> Answer:
    """Back from the journey."""
    mine = await _mine(turn, library)
    if isinstance(mine, Answer):
        return mine
    inside, waits = mine
    chosen = [one for one in waits if turn.argument in ("all", str(one.open.hold_id))]
    if not chosen:
        return saying(_("Этой брони уже нет."), buttons=((holds_button(), find_button()),))
    return await _suspended(turn, library, inside, chosen, None)


async def _not_done(turn: Turn, library: Library, result: Refused | Unavailable | Unsupported, unsure: str) -> Answer:
    if isinstance(result, Refused):
        return saying(why_no_hold(result.code), buttons=((holds_button(), librarian_button()),))
    return await no_answer(turn, library, result, unsure if isinstance(result, Unavailable) else "")
