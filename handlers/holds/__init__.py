"""«Забронируйте»: which book, for whom, where to fetch it; then the place in the queue, honestly."""

import re

from bot.accounts import Cardholder
from bot.asking import look_up
from bot.circulation import Ability, Ok, OpenHold, Refused, Unavailable, Unsupported
from bot.language import yes_or_no
from bot.language.folding import words
from bot.language.morphology import marks
from bot.language.yes_or_no import Said
from bot.lending_words import branch_named, hold_state, titled, why_no_hold
from bot.library.holds import HoldBlock
from bot.library.model import WorkCard
from bot.library.places import branch_behind, branch_key, find_branches
from bot.messages import Button
from bot.ports.catalogue import Verdict, Withheld
from bot.ports.library import Library
from bot.ports.log import Mode
from bot.quick import replace
from bot.routing import Answer, Expects, Router, Turn, expects, follows, intent, pressed
from bot.wording import books, quoted
from bot.wording import gettext as _
from bot.wording.books import LONGEST_LABEL, cut
from handlers import MOST_BRANCHES, Row, find_button, for_adults, librarian_button, loans_button, ways_out, words_of
from handlers import yes_or_no as yes_or_no_row
from handlers.account import Inside, and_missing, called, holds_button, instead, kept_out, let_in, no_answer, saying
from handlers.holds import mine

router = Router("holds", personal=True)
mine.register(router)

WHAT = "hold.what"
"""The dialogue waits for a title to wait for."""
WHERE = "hold.where"
"""It waits for the library to fetch the book from."""
LIMIT = 5
_ARGUMENT = re.compile(r"(?P<work>\d{1,18})(?:\.(?P<patron>\d{1,18}))?(?:@(?P<branch>.{1,40}))?")
_NO_TITLE = frozenset(
    words(
        "а и ну да все всё обе вы можно хочу мне нам меня нас для за мной пожалуйста книгу книги книжку одну "
        "забронировать отложить заказать бронь тогда лучше вот ту первую вторую третью последнюю первый второй третий"
    )
)
_KEEPS = ("забронир", "отлож", "придерж", "подерж", "зарезерв")
"""How the orders begin that may be left beside «её»: «вы её для меня подержите»."""
_ORDERS = ("заказ", "заброн", "бронир", "отклад", "отлож", "резерв")
_THAT = frozenset(words("эту этот эти это ее его их такую"))
"""Which book it is was said elsewhere, or is on a shelf before the reader: «отложите мне эту книгу до субботы»."""


# --- which book ----------------------------------------------------------------------------------


@router.on(intent("hold", "away"), expects(WHAT))
async def hold(turn: Turn, library: Library) -> Answer:
    """A hold in words; what concerns holds that stand already goes to their list."""
    if turn.request.intent == "away":
        return await mine.in_words(turn, library, mine.SUSPEND)
    topic = turn.request.slots.get("topic", "")
    if topic.startswith("hold."):
        return await mine.in_words(turn, library)
    if work := turn.request.slots.get("work"):
        return await _step(turn, library, work)
    return await _not_here(turn, library) if library.circulation is None else await _which(turn, library)


async def _which(turn: Turn, library: Library) -> Answer:
    """The book that the words name."""
    if _names_none(turn):
        return _what()
    found = (await look_up(library.catalogue, turn.request, LIMIT))[0]
    if found.withheld:
        return Answer(replies=(for_adults(),))
    if found.verdict is Verdict.NOTHING:
        return await _no_such_book(turn, library)
    if found.verdict is Verdict.FOUND:
        return await _offer(turn, library, found.works[0])
    rows = [(Button(books.label(work), f"hold:{work.work_id}"),) for work in found.works]
    rows.append((Button(_("Ни одна из них"), "other"),))
    return saying(_("Какую из этих книг забронировать?"), buttons=rows)


def _names_none(turn: Turn) -> bool:
    """«Забронируйте книгу», or «да» where a title was asked for."""
    if turn.request.slots.get("isbn"):
        return False
    said = set(words(turn.request.slots.get("title") or turn.request.rest or "")) - _NO_TITLE - _THAT
    named = [word for word in said if not word.startswith(_KEEPS)]
    return not named or yes_or_no.answer(words(turn.text)) is not None


async def _no_such_book(turn: Turn, library: Library) -> Answer:
    if _asks_of_an_order(turn.text):
        return await mine.in_words(turn, library)
    if not _THAT.isdisjoint(words(turn.text)):
        return _what()
    return _not_found(turn.request.rest or words_of(turn))


def _asks_of_an_order(text: str) -> bool:
    """«Где книга, которую я заказывал?»: what was ordered stands in the list of holds."""
    said = words(text)
    return any(word.startswith(_ORDERS) and "+past" in marks(word) for word in said)


def _not_shown(card: Withheld | None) -> Answer:
    if card is not None:
        return Answer(replies=(for_adults(),))
    return saying(_("Показать эту книгу больше не могу. Возможно, её списали."), buttons=ways_out())


def _what() -> Answer:
    said = _("Какую книгу забронировать? Напишите название или автора.")
    answer = saying(said, buttons=((Button(_("Отмена"), "cancel"),),))
    return Answer(replies=answer.replies, expects=Expects(key=WHAT))


def _not_found(query: str) -> Answer:
    said = _("«{query}» в каталоге не нашлось. Попробуйте другое название или спросите библиотекаря.")
    answer = saying(said.format(query=quoted(query)), buttons=ways_out())
    return Answer(replies=answer.replies, missed=True)


async def _not_here(turn: Turn, library: Library) -> Answer:
    """No holds here: whether the book is in, which is what the reader needs first."""
    said = _("Откладывать книги сам я пока не умею. С этим поможет библиотекарь.")
    topic = turn.request.slots.get("topic", "") or "rules.hold"
    found = (await look_up(library.catalogue, turn.request, 1))[0]
    if found.verdict is not Verdict.FOUND:
        return await instead(turn, library, said, topic)
    work = found.works[0]
    question = _("Показать, где сейчас есть {book}?").format(book=books.named(work))
    return await instead(turn, library, said, topic, question, yes_or_no_row(f"work:{work.work_id}"))


async def _offer(turn: Turn, library: Library, work: WorkCard) -> Answer:
    """Ask before a hold is placed by words: they may be about another book."""
    inside = await let_in(turn, library)
    if inside is None:
        return await _card_first(turn, library, str(work.work_id))
    said = _("Забронировать {book}?").format(book=books.named(work))
    if work.available and not work.items_unknown:
        said = _("{book} сейчас есть на полке. Отложить для вас?").format(book=books.named(work))
    where = Button(_("Где она есть"), f"work:{work.work_id}")
    return saying(said, buttons=(yes_or_no_row(f"hold:{work.work_id}"), (where, librarian_button())))


# --- for whom, and where -------------------------------------------------------------------------


@router.on(pressed("hold"), follows("reserve:work"))
async def place(turn: Turn, library: Library) -> Answer:
    """``hold:<work>``, ``hold:<work>.<patron>``, ``hold:<work>.<patron>@<branch>``: what is missing is asked."""
    return await _step(turn, library, turn.argument)


async def _step(turn: Turn, library: Library, argument: str) -> Answer:
    said = _ARGUMENT.fullmatch(argument)
    if said is None:
        return _what()
    inside = await let_in(turn, library)
    if inside is None:
        return await _card_first(turn, library, said["work"])
    card = await library.catalogue.card(int(said["work"]))
    if not isinstance(card, WorkCard):
        return _not_shown(card)
    holder = _holder(inside, said["patron"])
    if holder is None:
        return _for_whom(inside, card)
    branch = branch_behind(said["branch"], inside.branches) if said["branch"] else None
    if branch is not None:
        return await _placed(turn, library, inside, card, holder, branch.code)
    return await _where(turn, library, inside, card, holder)


async def _card_first(turn: Turn, library: Library, work: str) -> Answer:
    said = _("Откладывать книги сам я пока не умею. С этим поможет библиотекарь.")
    return await kept_out(turn, library, "hold", said, "rules.hold", {"work": work})


def _holder(inside: Inside, patron: str | None) -> Cardholder | None:
    """Whose card; None where it must be asked."""
    if not inside.apart:
        return inside.holders[0]
    return next((one for one in inside.holders if str(one.patron_id) == patron), None)


def _for_whom(inside: Inside, card: WorkCard) -> Answer:
    rows = [
        (Button(_("Для меня") if not holder.child else called(holder), f"hold:{card.work_id}.{holder.patron_id}"),)
        for holder in inside.holders
    ]
    rows.append((Button(_("Отмена"), "cancel"),))
    asked = saying(_("{book}. На чей билет забронировать?").format(book=books.named(card)), buttons=rows)
    return and_missing(inside, asked)


async def _where(turn: Turn, library: Library, inside: Inside, card: WorkCard, holder: Cardholder) -> Answer:
    result = await inside.circulation.pickup_branches(holder.patron_id, card.work_id)
    if isinstance(result, Refused):
        return _refused(result, card)
    if isinstance(result, Unavailable | Unsupported):
        return await no_answer(turn, library, result)
    codes = result.value
    if not codes:
        return _refused(Refused(HoldBlock.NOT_HOLDABLE), card)
    if len(codes) == 1:
        return await _placed(turn, library, inside, card, holder, codes[0])
    return _choose_branch(inside, card, holder, codes)


def _choose_branch(inside: Inside, card: WorkCard, holder: Cardholder, codes: tuple[str, ...], why: str = "") -> Answer:
    rows: list[Row] = [
        (
            Button(
                cut(branch_named(code, inside.branches), LONGEST_LABEL),
                f"hold:{card.work_id}.{holder.patron_id}@{branch_key(code)}",
            ),
        )
        for code in codes[:MOST_BRANCHES]
    ]
    rows.append((Button(_("Отмена"), "cancel"),))
    said = why or _("{book}. Где вам удобно забрать?").format(book=books.named(card))
    asked = saying(said, buttons=rows)
    data = {"hold": f"{card.work_id}.{holder.patron_id}", "codes": list(codes)}
    return replace(asked, expects=Expects(key=WHERE, data=data))


@router.on(expects(WHERE))
async def where_in_words(turn: Turn, library: Library) -> Answer:
    """«В Сосновке»: the place in the reader's own words; anything else is a wish of its own."""
    named = find_branches(turn.text, await library.branches.all())
    codes, held = turn.data.get("codes"), turn.data.get("hold")
    if not isinstance(codes, list) or (len(named) != 1 and yes_or_no.answer(words(turn.text)) is not Said.YES):
        return Answer(replies=(), go_on=(turn.request,))
    if not named or named[0].code not in codes:  # «да» names no place: it is asked again
        return await _step(turn, library, str(held))
    return await _step(turn, library, f"{held}@{branch_key(named[0].code)}")


# --- what came of it -----------------------------------------------------------------------------


async def _placed(
    turn: Turn, library: Library, inside: Inside, card: WorkCard, holder: Cardholder, pickup: str
) -> Answer:
    if Ability.PLACE_HOLD not in inside.circulation.abilities(pickup):
        return await no_answer(turn, library, Unsupported())
    result = await inside.circulation.place_hold(holder.patron_id, card.work_id, pickup, turn.key)
    match result:
        case Ok(placed):
            return _told(turn, inside, placed, holder)
        case Refused(code) if code in (HoldBlock.BRANCH_RULE, HoldBlock.PICKUP_INVALID):
            others = await inside.circulation.pickup_branches(holder.patron_id, card.work_id)
            codes = tuple(one for one in others.value if one != pickup) if isinstance(others, Ok) else ()
            return _choose_branch(inside, card, holder, codes, why_no_hold(code)) if codes else _refused(result, card)
        case Refused():
            return _refused(result, card)
        case Unavailable() | Unsupported():
            unsure = _("Записана ли бронь, я не знаю: посмотрите потом «Мои брони».")
            return await no_answer(turn, library, result, unsure if isinstance(result, Unavailable) else "")


def _told(turn: Turn, inside: Inside, placed: OpenHold, holder: Cardholder) -> Answer:
    book = titled(placed.title, placed.author)
    said = _("Бронь записана: {book}.").format(book=book)
    if holder.child:
        said = _("Бронь записана на билет «{name}»: {book}.").format(name=called(holder), book=book)
    lines = [said, hold_state(placed, inside.branches, inside.today)]
    if inside.written_to:
        lines.append(_("Напишу, когда книгу можно будет забрать."))
    else:
        lines.append(_("Когда её можно будет забрать, видно в «Моих бронях»."))
    if turn.mode is Mode.WAITING:
        lines.append(_("Библиотекарь ответит на ваш вопрос, как и обещано."))
    return saying("\n".join(lines), buttons=((holds_button(), *mine.cancel_button(inside, placed)), (find_button(),)))


def _refused(refused: Refused, card: WorkCard) -> Answer:
    buttons: tuple[Row, ...] = ((librarian_button(), find_button()),)
    if refused.code in (HoldBlock.ALREADY_HAVE, HoldBlock.HOLD_LIMIT):
        buttons = ((loans_button(), holds_button()), (find_button(),))
    if refused.code == HoldBlock.NOT_HOLDABLE:
        buttons = ((Button(_("Где она есть"), f"work:{card.work_id}"), librarian_button()),)
    return saying(why_no_hold(refused.code), buttons=buttons)
