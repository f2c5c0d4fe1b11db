"""«Есть ли у вас…?»: find the work, say where it is, or say honestly that the catalogue does not show it."""

from collections.abc import Sequence

from bot.asking import look_up
from bot.language.folding import fold, words
from bot.library.model import Branch, WorkCard
from bot.library.places import find_branches
from bot.messages import Button, Reply, reply
from bot.ports import Found, Library, Verdict
from bot.routing import Answer, Expects, Router, Turn, expects, intent, pressed
from bot.wording import gettext as _
from bot.wording import quoted
from handlers import librarian_button, ways_out, words_of
from handlers.search import choosing, missing, showing

router = Router("search")

WHAT = "search.what"
"""The dialogue waits for a title."""
_NAMES_NOTHING = frozenset(
    words("а есть ли у вас мне нужна нужны ищу хочу почитать взять найти книга книги книгу книжка книжку book books")
)
"""«Есть ли у вас книга?» names none: the title is asked for."""
LIMIT = 5
"""Works that are looked at: what a list of buttons can hold."""


@router.on(pressed("find"))
async def ask_what(turn: Turn, library: Library) -> Answer:
    """Ask for the title; the next free text is one."""
    del turn, library
    return _what()


def _what() -> Answer:
    text = _("Какую книгу ищете? Напишите название, автора или ISBN.")
    buttons = ((Button(_("Отмена"), "cancel"),),)
    return Answer(replies=(reply(text, buttons=buttons),), expects=Expects(key=WHAT))


@router.on(pressed("other"))
async def another(turn: Turn, library: Library) -> Answer:
    """None of the offered books is the right one."""
    del turn, library
    text = _(
        "Тогда напишите о книге ещё что-нибудь: автора, точное название или хотя бы одно редкое слово из него. "
        "Или спросите библиотекаря."
    )
    return Answer(replies=(reply(text, buttons=((librarian_button(),),)),), expects=Expects(key=WHAT))


@router.on(intent("search", "availability"), expects(WHAT))
async def search(turn: Turn, library: Library) -> Answer:
    """Look the message up and answer for each book that it names."""
    query = turn.request.rest or words_of(turn)
    if _NAMES_NOTHING.issuperset(words(query)):
        return _what()
    answers = await look_up(library.catalogue, turn.request, LIMIT)
    branches = await library.branches.all()
    replies = [await _one(turn, library, found, query, branches) for found in answers]
    sure = [found for found in answers if found.verdict in (Verdict.FOUND, Verdict.CHOICE)]
    if not sure:
        known = await missing.known_question(turn, library, answers[0])
        if known is not None:
            return known
        if answers[0].verdict is Verdict.NOTHING:
            return await missing.nothing(turn, library, answers[0], query)
    return Answer(replies=tuple(replies), works=tuple(work for found in sure for work in found.works))


async def _one(turn: Turn, library: Library, found: Found, query: str, branches: Sequence[Branch]) -> Reply:
    match found.verdict:
        case Verdict.FOUND:
            card, others = found.works[0], found.works[1:]
            wanted = _branch_asked(turn, card, branches)
            said = showing.corrected(found, card)
            return showing.card(card, branches, turn.now, library.holidays, wanted=wanted, before=said, others=others)
        case Verdict.CHOICE:
            return choosing.which(found)
        case Verdict.NEAR:
            return choosing.perhaps(found, query, showing.isbn_note() if found.isbn_note else "")
        case Verdict.NOTHING:
            return Reply(text=_("«{query}» в каталоге не нашлось.").format(query=quoted(query)))


def _branch_asked(turn: Turn, card: WorkCard, branches: Sequence[Branch]) -> Branch | None:
    """The branch that the reader named, unless those words belong to the title («Детская энциклопедия»)."""
    said = turn.request.slots.get("branch", "")
    if not said or fold(said) in fold(card.title):
        return None
    fits = find_branches(said, branches)
    return fits[0] if len(fits) == 1 else None


@router.on(pressed("work"))
async def show(turn: Turn, library: Library) -> Answer:
    """A book out of a list."""
    card = await _card(turn, library)
    if card is None:
        return _gone()
    return Answer(
        replies=(showing.card(card, await library.branches.all(), turn.now, library.holidays),), works=(card,)
    )


@router.on(pressed("branches"))
async def everywhere(turn: Turn, library: Library) -> Answer:
    """Every library that has the book."""
    card = await _card(turn, library)
    if card is None:
        return _gone()
    shown = showing.all_branches(card, await library.branches.all(), turn.now, library.holidays)
    return Answer(replies=(shown,), works=(card,))


@router.on(pressed("editions"))
async def editions(turn: Turn, library: Library) -> Answer:
    """The book's editions, newest first."""
    card = await _card(turn, library)
    return _gone() if card is None else Answer(replies=(showing.editions(card),), works=(card,))


@router.on(pressed("about"))
async def about(turn: Turn, library: Library) -> Answer:
    """What the book is about, in the catalogue's words."""
    card = await _card(turn, library)
    return _gone() if card is None else Answer(replies=(showing.about(card),), works=(card,))


@router.on(pressed("choose"))
async def other_works(turn: Turn, library: Library) -> Answer:
    """The other books that fitted the question: ``choose:12,45``."""
    numbers = [int(part) for part in turn.argument.split(",") if part.isascii() and part.isdigit()][:LIMIT]
    cards = [card for number in numbers if (card := await library.catalogue.card(number)) is not None]
    if not cards:
        return _gone()
    if len(cards) == 1:
        shown = showing.card(cards[0], await library.branches.all(), turn.now, library.holidays)
        return Answer(replies=(shown,), works=tuple(cards))
    return Answer(replies=(choosing.listed_works(cards),), works=tuple(cards))


async def _card(turn: Turn, library: Library) -> WorkCard | None:
    number = turn.argument
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    return await library.catalogue.card(int(number))


def _gone() -> Answer:
    text = _("Этой книги в каталоге больше не вижу. Возможно, её списали. Поищем другую?")
    return Answer(replies=(reply(text, buttons=ways_out()),))
