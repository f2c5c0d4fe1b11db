"""Words that may mean two things: the catalogue is asked first, and where both stay possible the reader chooses."""

from collections.abc import Callable, Mapping

from bot.asking import look_up, look_up_faq
from bot.language.folding import words
from bot.library.model import WorkCard
from bot.library.places import find_branches
from bot.messages import Button, reply
from bot.ports.catalogue import Found, Taste, Verdict
from bot.ports.library import Library
from bot.ports.understanding import Request
from bot.quick import replace
from bot.routing import Answer, Router, Turn, intent, pressed
from bot.tastes import adds, taste_of
from bot.wording import books
from bot.wording import gettext as _
from handlers import (
    A_GUESS,
    A_WILD_GUESS,
    BEYOND_DOUBT,
    UNFOUND,
    begins_or_ends,
    is_called,
    is_hardly_found,
    librarian_button,
    surely,
    words_of,
)

router = Router("unsure")

LOOKED_FOR = frozenset({"search", "availability"})
OF_A_PLACE = frozenset({"hours", "location", "contacts"})
OF_A_CARD = frozenset({"renew", "hold", "my_loans", "subscribe", "unsubscribe"})
"""Wishes that do something or ask for a card: not on a guess."""
ONLY_SAID = frozenset({"review", "thanks"})
"""To what asks for nothing, a book that only begins or ends so is asked about, too: «Пять минут»."""
_ANYTHING, _TELLING = Taste(), frozenset({"like", "language"})
_WHOLE_TITLE = 3
"""Words of a title that nobody says by chance, if the catalogue has it so: «дочь хочет Алису в Стране чудес»."""
LONGEST_PAYLOAD = 64
"""Bytes of what a button carries; see ``Button``."""

WISHES: Mapping[str, tuple[Callable[[], str], Callable[[], str]]] = {
    "hours": (lambda: _("узнать часы работы"), lambda: _("Часы работы")),
    "location": (lambda: _("узнать адрес"), lambda: _("Адрес")),
    "contacts": (lambda: _("узнать телефон"), lambda: _("Телефон")),
    "events": (lambda: _("узнать, что проходит в библиотеке"), lambda: _("Что проходит")),
    "join": (lambda: _("записаться в библиотеку"), lambda: _("Как записаться")),
    "rules": (lambda: _("узнать правила"), lambda: _("Правила")),
    "renew": (lambda: _("продлить книги"), lambda: _("Продлить книги")),
    "my_loans": (lambda: _("узнать, какие книги у вас на руках"), lambda: _("Мои книги")),
    "hold": (lambda: _("отложить книгу"), lambda: _("Отложить книгу")),
    "recommend": (lambda: _("выбрать, что почитать"), lambda: _("Что почитать")),
    "review": (lambda: _("оставить отзыв"), lambda: _("Оставить отзыв")),
    "human": (lambda: _("позвать библиотекаря"), lambda: _("Позвать библиотекаря")),
    "subscribe": (lambda: _("получать новости"), lambda: _("Получать новости")),
    "unsubscribe": (lambda: _("не получать сообщений"), lambda: _("Не присылать")),
    "thanks": (lambda: _("просто сказать спасибо"), lambda: _("Просто спасибо")),
    "search": (lambda: _("найти книгу"), lambda: _("Найти книгу")),
}
"""What may be meant: in a question («Вы хотите …?») and on a button."""


@router.on(intent("unsure"))
async def which(turn: Turn, library: Library) -> Answer:
    """Ask which of two is meant; where only one is left, go on with it."""
    request = turn.request
    rival = request.slots.get("rival", "")
    if not rival:
        return _go_on(Request(intent="help", confidence=1.0))
    if "search" not in (request.intent, rival):
        return _ask(turn, request.intent, rival)
    found = (await look_up(library.catalogue, request, 1))[0]
    other = rival if request.intent in LOOKED_FOR else request.intent
    if other in OF_A_PLACE and await _names_a_branch(turn, library, found):
        slots = {name: value for name, value in request.slots.items() if name not in ("title", "rival")}
        because = (f"{other}: a branch of ours is named", *request.because)
        return _go_on(replace(request, intent=other, slots=slots, because=because))
    work = surely(found)
    called_so = work is not None and (is_called(work, words_of(turn)) or is_called(work, found.corrected))
    if work is not None and called_so and other in WISHES:
        return _ask_of_the_book(work, other, request)
    if other == "recommend" and (chosen := _by_taste(request, found, words_of(turn))) is not None:
        return chosen
    return await _where_no_book_is_meant(turn, library, found, other, called_so=called_so)


def _by_taste(request: Request, found: Found, text: str) -> Answer | None:
    """Nobody sees a difference between finding and choosing: what was said to choose by is made use of.

    Unless that is only who reads («сын просит Гарри Поттера»), and the book is here; «ему 11» is no book. None where
    nothing was said.
    """
    taste = taste_of(request, text)
    tells_of_books = not _TELLING.isdisjoint(request.slots) or taste.tells_of_books
    if not tells_of_books and taste == _ANYTHING:
        return None
    if not tells_of_books and request.intent in LOOKED_FOR and _is_there(found) and not adds(text):
        return _go_on(request)
    return _go_on(replace(request, intent="recommend", slots=_with_the_unfound(request, found)))


def _is_there(found: Found) -> bool:
    return found.verdict in (Verdict.FOUND, Verdict.CHOICE) and bool(found.scores) and found.scores[0] >= BEYOND_DOUBT


def _with_the_unfound(request: Request, found: Found) -> Mapping[str, str]:
    """The slots, with what was looked up in vain: a list that has nothing of it says so («внук просит Майнкрафт»)."""
    title = request.slots.get("narrower") or request.slots.get("title", "")
    in_vain = request.intent in LOOKED_FOR and found.verdict is Verdict.NOTHING and title
    return {**request.slots, UNFOUND: title} if in_vain else request.slots


async def _where_no_book_is_meant(turn: Turn, library: Library, found: Found, other: str, *, called_so: bool) -> Answer:
    """Ask where it was a guess: a title that is hardly one, an order that is hardly one."""
    request = turn.request
    if request.intent in LOOKED_FOR and not called_so and _may_be_none(found, request):
        known = await look_up_faq(library.faq, "", words_of(turn), turn.language)
        return _ask(turn, "search", other) if known is None else _go_on(request)
    if request.intent in ONLY_SAID and any(begins_or_ends(work, words_of(turn)) for work in found.works[:1]):
        return _ask_of_the_book(found.works[0], other, request)
    if request.intent in OF_A_CARD and request.confidence < A_GUESS:
        return _ask(turn, request.intent, "search")
    return _go_on(request)


def _may_be_none(found: Found, request: Request) -> bool:
    """A guess at a title, of which no more than a part is there: «а детям?» is not «Детям. Ася»."""
    if _is_there(found) and len(words(request.slots.get("title", ""))) >= _WHOLE_TITLE:
        return False
    return is_hardly_found(found, request) or request.confidence < A_WILD_GUESS


async def _names_a_branch(turn: Turn, library: Library, found: Found) -> bool:
    """«Адрес Верхнелесной»: who says where is asking about there, unless a book is called so word for word."""
    said = words(words_of(turn))
    if any(words(work.title) == said or is_called(work, words_of(turn)) for work in found.works[:1]):
        return False
    return bool(find_branches(words_of(turn), await library.branches.all()))


def _go_on(request: Request) -> Answer:
    return Answer(replies=(), go_on=(request,))


def _ask_of_the_book(work: WorkCard, other: str, request: Request) -> Answer:
    wish, label = WISHES[other]
    text = _("Вы ищете книгу {book} или хотите {wish}?").format(book=books.named(work), wish=wish())
    row = (Button(_("Найти книгу"), f"work:{work.work_id}"), Button(label(), _payload(other, request, "")))
    return Answer(replies=(reply(text, buttons=(row, (librarian_button(),))),))


def _ask(turn: Turn, one: str, two: str) -> Answer:
    if one not in WISHES or two not in WISHES:
        return _go_on(turn.request)
    rest = turn.request.rest or words_of(turn)
    rows = tuple(Button(WISHES[name][1](), _payload(name, turn.request, rest)) for name in (one, two))
    text = _("Не уверен, что понял. Вы хотите {one} или {two}?").format(one=WISHES[one][0](), two=WISHES[two][0]())
    ways = (rows,) if "human" in (one, two) else (rows, (librarian_button(),))
    return Answer(replies=(reply(text, buttons=ways),), missed=True)


def _payload(wish: str, request: Request, rest: str) -> str:
    """``as:hold:зелёная миля``; without the words where they do not fit, with the topic where there is one."""
    more = request.slots.get("topic", "") if wish == request.intent and wish in ("rules", "join") else rest
    payload = f"as:{wish}:{more}" if more else f"as:{wish}"
    return payload if len(payload.encode()) <= LONGEST_PAYLOAD else f"as:{wish}"


@router.on(pressed("as"))
async def chosen(turn: Turn, library: Library) -> Answer:
    """The reader has chosen: ``as:hours``, ``as:rules:rules.wifi``, ``as:search:часы работы``."""
    del library
    wish, _colon, more = turn.argument.partition(":")
    if wish not in WISHES:
        return _go_on(Request(intent="help", confidence=1.0))
    topic = {"topic": more} if more and wish in ("rules", "join") else {}
    rest = "" if topic else more
    return _go_on(Request(intent=wish, confidence=1.0, slots=topic, rest=rest, because=("the reader chose it",)))
