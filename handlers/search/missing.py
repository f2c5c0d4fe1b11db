"""The catalogue does not show what was asked for: an honest no, and what to try next."""

from collections.abc import Sequence

from bot.asking import look_up_faq
from bot.clock import local_day
from bot.language.folding import words
from bot.library.feasts import sounds_like_a_feast
from bot.library.model import Branch
from bot.library.places import branch_key, find_branches, main_branch, words_beside
from bot.library.typed import LEAST_OF_A_CARD, card_number
from bot.library.when import parse_when
from bot.messages import Button, Reply, reply
from bot.ports.catalogue import Found, Verdict
from bot.ports.library import Library
from bot.ports.log import Mode
from bot.ports.understanding import Request
from bot.routing import Answer, Turn
from bot.wording import books, quoted
from bot.wording import gettext as _
from bot.wording.opening import named_day
from bot.wording.own import Own
from handlers import (
    BEYOND_DOUBT,
    MOST_GUESSED,
    Row,
    faq_reply,
    find_button,
    for_adults,
    has_accounts,
    is_called,
    is_hardly_found,
    librarian_button,
    menu,
    perhaps_a_book,
    ways_out,
    words_of,
    yes_or_no,
)
from handlers.search import showing

LONGEST_HINT = 5
"""Words of a message that may be nothing but a day or a branch («а в воскресенье?»)."""
LONGEST_OF_A_CARD = 12
"""Digits of a number that may be a reader's card; an ISBN is longer."""
_SMALL = frozenset(words("а и ну ли или там у вас есть что как вы тоже же and what about the at"))
_OF_A_PLACE = {
    "hours": frozenset(words("часы время график режим расписание работы работает открыта")),
    "location": frozenset(words("адрес где находится")),
    "contacts": frozenset(words("телефон номер телефона")),
}
"""Words that, beside a branch and nothing else, are a question about it: «режим работы Верхнелесной»."""
_YES_OR_NO = frozenset(
    words(
        "да нет ага угу неа не надо нужно конечно давай давайте хочу хорошо ок согласен согласна "
        "yes no yeah nope sure ok"
    )
)
"""An answer to a question that nobody asked."""


async def better_answer(turn: Turn, library: Library, found: Found, query: str) -> Answer | None:
    """What to say instead of the catalogue's answer, None where that is the best there is."""
    sure = found.verdict in (Verdict.FOUND, Verdict.CHOICE)
    if _YES_OR_NO.issuperset(words(query)) and not (sure and words(found.works[0].title) == words(query)):
        return Answer(replies=(reply(_("Хорошо. Что вам подсказать?"), buttons=menu(library)),))
    if found.withheld:
        return Answer(replies=(for_adults(),))
    if _is_told(turn, found):
        return _told(found)
    if sure and found.scores and found.scores[0] >= BEYOND_DOUBT:
        return None
    # A day off may be a title, too: «рождество», «день победы» alone is rather one where books have it in theirs.
    is_rather_a_title = bool(found.works) and (len(words(query)) == 1 or sounds_like_a_feast(words(turn.text)))
    place = None if is_rather_a_title else await _of_a_place(turn, library)
    return place or await _no_book(turn, library, found, query)


async def _no_book(turn: Turn, library: Library, found: Found, query: str) -> Answer | None:
    """What else it may be where the catalogue's answer is none, or hardly one."""
    doubtful = _is_doubtful(turn, found)
    if found.verdict in (Verdict.FOUND, Verdict.CHOICE) and not doubtful:
        return None
    known = await _known_question(turn, library, found)
    if known is not None:
        return known
    if doubtful:
        return _unsure(library, found, query)
    failed_again = turn.misses and found.verdict is Verdict.NEAR and is_hardly_found(found, turn.request)
    if found.verdict is Verdict.NOTHING or failed_again:
        return await _nothing(turn, library, found, query)
    return None


def _is_doubtful(turn: Turn, found: Found) -> bool:
    """Whether it was a guess that a book is asked for; the second time a person is offered instead."""
    return not turn.misses and turn.mode is not Mode.WAITING and is_hardly_found(found, turn.request)


def _is_told(turn: Turn, found: Found) -> bool:
    """Whether a plot is told, and no book that was found is called by the words."""
    if not turn.request.slots.get("plot") or turn.mode is Mode.WAITING:
        return False
    return found.verdict is not Verdict.FOUND or not is_called(found.works[0], words_of(turn))


def _told(found: Found) -> Answer:
    """A book told by its plot: the catalogue knows none, a librarian may."""
    text = _("По сюжету книгу не найду: знаю только названия и авторов. Библиотекари часто узнают книгу по рассказу.")
    near = [(Button(books.label(work), f"work:{work.work_id}"),) for work in found.works[:MOST_GUESSED]]
    rows = (*near, (librarian_button(),), (find_button(),))
    return Answer(replies=(reply(text, buttons=rows),), missed=True)


def _unsure(library: Library, found: Found, query: str) -> Answer:
    """Neither «there is none» nor a book that nobody asked for: what it may be, and everything else one press away."""
    if found.works:
        return Answer(replies=(perhaps_a_book(found),), missed=True)
    text = _("Не уверен, что понял. Если вы ищете книгу, то «{query}» в каталоге не нашлось. Если нет, выберите:")
    return Answer(replies=(reply(text.format(query=quoted(query)), buttons=menu(library)),), missed=True)


async def _known_question(turn: Turn, library: Library, found: Found) -> Answer | None:
    """What is no title after all, but a question that the library has answered once."""
    if found.isbn_note or turn.request.slots.get("isbn"):
        return None
    known = await look_up_faq(library.faq, "", words_of(turn), turn.language)
    return Answer(replies=(faq_reply(known, *ways_out()),)) if known else None


async def _nothing(turn: Turn, library: Library, found: Found, query: str) -> Answer:
    """Nothing fits and nothing is near; kept for the librarians, who may know better or buy the book."""
    said = quoted(_asked(turn, query))
    hardly = is_hardly_found(found, turn.request)
    if turn.mode is Mode.WAITING and hardly:
        return Answer(replies=(Reply(text=_("Записал это и для библиотекаря.")),), missed=True)
    if turn.mode is Mode.WAITING:
        text = _("Записал это и для библиотекаря. В каталоге такой книги не нашлось: «{query}».")
        return Answer(replies=(Reply(text=text.format(query=said)),), missed=True)
    if (number := _card_of(turn, library)) and not found.isbn_note:
        text = _("Книги с таким названием не нашлось. Это номер вашего билета? Привязать билет к этому чату?")
        rows: tuple[Row, ...] = ((Button(_("Да"), f"link:no.{number}"), Button(_("Нет"), "cancel")), (find_button(),))
        return Answer(replies=(reply(text, buttons=rows),), missed=True)
    if found.isbn_note:
        text = showing.isbn_note()
    elif turn.request.slots.get("isbn"):
        text = _("Книги с таким ISBN в каталоге не нашлось. Попробуйте название: может быть, есть другое издание.")
    elif turn.misses and hardly:
        text = _("Я опять не понял. Позвать библиотекаря? Он разберётся.")
    elif turn.misses:
        text = _("Этого тоже не нашлось: «{query}». Позвать библиотекаря? Он поищет лучше меня.").format(query=said)
    else:
        text = library.words.say(Own.NOT_FOUND, query=said)
    return Answer(replies=(reply(text, buttons=await _rows(turn, library, found)),), missed=True)


def _asked(turn: Turn, query: str) -> str:
    """What was asked for, without the words around it: «майнкрафт», not «а майнкрафт есть»."""
    return turn.request.slots.get("narrower") or query


def _card_of(turn: Turn, library: Library) -> str:
    """The number that is all of a message and may be a card's, of who came back to linking; "" where there is none."""
    number = card_number(turn.text) if has_accounts(library) and not turn.public else ""
    return number if number.isdigit() and LEAST_OF_A_CARD <= len(number) <= LONGEST_OF_A_CARD else ""


async def _rows(turn: Turn, library: Library, found: Found) -> tuple[Row, ...]:
    """A person first where the bot has failed before; another library's copy where ours writes how to get one."""
    if turn.misses:
        return yes_or_no("human"), (find_button(),)
    if found.isbn_note:
        return ways_out()
    elsewhere = await library.faq.about("rules.mba", turn.language)
    if elsewhere is not None and elsewhere.topic == "rules.mba":
        return ways_out(Button(_("Заказать из другой библиотеки"), "faq:rules.mba"))
    return ways_out()


async def _of_a_place(turn: Turn, library: Library) -> Answer | None:
    """Few words that are about a branch or a day rather than a book."""
    branches, text = await library.branches.all(), words_of(turn)
    if len(words(text)) > LONGEST_HINT or not branches or words(text)[:1] == ["для"]:
        return None  # «для взрослых» tells whose book is wanted
    named = find_branches(text, branches)
    about = _asked_of(named[0], turn) if len(named) == 1 else None
    if about is not None:
        return Answer(replies=(), go_on=(about,))
    leaning = _hours_or_branch(turn, library, branches, named)
    return Answer(replies=(leaning,), missed=True) if leaning else None


def _asked_of(branch: Branch, turn: Turn) -> Request | None:
    """What is asked about the branch that was named, None where the words are about something else, too."""
    text = words_of(turn)
    beside = set(words_beside(text, branch)) - _SMALL
    wish = next((wish for wish, telling in _OF_A_PLACE.items() if beside and telling.issuperset(beside)), "")
    because = (f"{wish}: beside the name of a branch nothing else was said", *turn.request.because)
    return Request(intent=wish, confidence=turn.request.confidence, rest=text, because=because) if wish else None


def _hours_or_branch(turn: Turn, library: Library, branches: Sequence[Branch], named: Sequence[Branch]) -> Reply | None:
    """«А в воскресенье?», «в Сосновке»: most likely a question about hours that leans on what was said before."""
    text = words_of(turn)
    branch = named[0] if len(named) == 1 else main_branch(branches)
    if branch is None:
        return None
    today = local_day(turn.now, branch.zone)
    days = parse_when(text, today, library.holidays).days
    only_named = len(named) == 1 and _SMALL.issuperset(words_beside(text, branch))
    if not only_named and len(days) != 1:
        return None
    key = branch_key(branch.code)
    hours = Button(_("Часы работы"), f"hours:{key}@{days[0].isoformat()}" if len(days) == 1 else f"hours:{key}")
    about = _("{branch}, {day}").format(branch=branch.name, day=named_day(days[0], today)) if days else branch.name
    said = _("Книги с таким названием не нашлось. Вы про часы работы? {about}.").format(about=about)
    return reply(said, buttons=((hours, Button(_("Адрес"), f"location:{key}")), (find_button(), librarian_button())))
