"""One module an intent; here is only what all of them offer: the ways on from any answer.

No handler imports another, so a button that leads to another intent is made here, once.
"""

import re
from collections.abc import Sequence

from bot.language.folding import words
from bot.language.morphology import stem
from bot.language.numbers import value_of
from bot.library.model import Branch, WorkCard
from bot.library.places import branch_key, find_branches, main_branch, strange_place
from bot.messages import Button, Reply, link, reply
from bot.ports.catalogue import Found, Verdict
from bot.ports.library import FaqAnswer, Library
from bot.ports.understanding import Request
from bot.routing import Turn
from bot.wording import books
from bot.wording import gettext as _
from bot.wording.books import LONGEST_LABEL, cut
from bot.wording.reaching import phone_line

Row = tuple[Button, ...]

BEYOND_DOUBT = 0.95
"""From this score on a message that was understood otherwise may be a title after all."""
HARDLY_A_TITLE, A_GUESS, A_WILD_GUESS = 0.65, 0.5, 0.35
"""Confidences below which a search may be none: where nothing was found, something near, something that fits."""
UNFOUND = "unfound"
"""Slot: a title that was looked up in vain before a list was asked for instead."""
_BESIDE_A_TITLE = frozenset(
    words("а и ну да же ли бы вот у вас есть мне нам нужна нужен нужно нужны ищу хочу найти взять почитать книга книгу "
          "книжка роман пожалуйста здравствуйте добрый день это про the a book do you have is there номер")
)  # fmt: skip
_LEFT_OUT = frozenset(words("и или or and"))
"""What of a title need not be said: «Хоббит туда и обратно»."""
_BEFORE_A_SUBTITLE = re.compile(r"[.:;(/]")
_LEAST_STEM = 5
_LONGEST_TITLE = 14
"""Words."""
MOST_GUESSED = 3
"""Works that are offered for a message that nobody understood."""
MOST_BRANCHES = 10
"""Branches that one list of buttons offers."""


def find_button() -> Button:
    """Ask for a book."""
    return Button(_("Найти книгу"), "find")


def librarian_button() -> Button:
    """Ask for a person."""
    return Button(_("Позвать библиотекаря"), "human")


def help_button() -> Button:
    """Ask what the bot can do."""
    return Button(_("Что ты умеешь?"), "help")


def hours_button() -> Button:
    """Ask for the hours."""
    return Button(_("Часы работы"), "hours")


def loans_button() -> Button:
    """What is at home."""
    return Button(_("Мои книги"), "loans")


def menu(library: Library | None = None) -> tuple[Row, ...]:
    """Everything a reader may begin with; their own books, too, where this library has accounts."""
    join, address, phone = (
        Button(_("Как записаться"), "join"),
        Button(_("Адрес"), "location"),
        Button(_("Телефон"), "contacts"),
    )
    if library is not None and has_accounts(library):
        return (
            (find_button(), loans_button()),
            (hours_button(), address),
            (phone, join),
            (help_button(), librarian_button()),
        )
    return ((find_button(), hours_button()), (address, phone), (join, help_button()), (librarian_button(),))


def has_accounts(library: Library) -> bool:
    """Whether readers link cards here."""
    return library.accounts is not None and library.circulation is not None


def surely(found: Found) -> WorkCard | None:
    """The work that was found beyond doubt: what may be offered to one who asked for something else."""
    sure = found.verdict is Verdict.FOUND and found.scores and found.scores[0] >= BEYOND_DOUBT
    return found.works[0] if sure else None


def is_called(work: WorkCard, text: str) -> bool:
    """Whether the words are this title, perhaps with its author, and nothing beside them but small words.

    The search is right to find «На дне» by «дно»; but who says «ваша библиотека дно» speaks of no book.
    """
    said = words(text)
    title, author = words(work.title), words(work.author)
    named = any(
        part and all(any(_is_same(word, one) for one in said) for word in (set(part) - _LEFT_OUT or part))
        for part in (title, words(_BEFORE_A_SUBTITLE.split(work.title, maxsplit=1)[0]))
    )
    return named and all(
        word in _BESIDE_A_TITLE or any(_is_same(word, one) for one in (*title, *author)) for word in said
    )


def begins_or_ends(work: WorkCard, text: str) -> bool:
    """Whether the title begins or ends so, word for word: «Пять минут» жизни, Хоббит, или «Туда и обратно»."""
    said, title = words(text), words(work.title)
    return bool(said) and said in (title[: len(said)], title[-len(said) :])


def _is_same(one: str, two: str) -> bool:
    """Two forms of a word; short ones must be the same."""
    if one == two or (min(len(one), len(two)) >= _LEAST_STEM and stem(one) == stem(two)):
        return True
    number = value_of(one)
    return number is not None and number == value_of(two)  # «палата номер шесть» is «Палата № 6»


def is_hardly_found(found: Found, request: Request) -> bool:
    """Whether a message that was taken for a title only because nothing else fitted names no book here for sure.

    Then it is most likely no title: that it is not in the catalogue, or that something like it is, would be no answer.
    """
    if found.verdict is Verdict.NOTHING:
        return request.confidence < HARDLY_A_TITLE or _is_a_story(request)
    if found.isbn_note or surely(found) is not None:
        return False
    return request.confidence < (A_GUESS if found.verdict is Verdict.NEAR else A_WILD_GUESS)


def _is_a_story(request: Request) -> bool:
    """Sentences that name no book are no title, however surely a book was heard of in them."""
    return not request.slots.get("title") and len(words(request.rest)) > _LONGEST_TITLE


def for_adults() -> Reply:
    """For a child who asked for what the law keeps from children: neither shown nor said to be missing."""
    said = _("Эта книга для взрослых, 18+. Её выдают только с 18 лет. Поискать другую?")
    return reply(said, buttons=((find_button(), librarian_button()),))


def perhaps_a_book(found: Found) -> Reply:
    """For a message that nobody understood, some works that it may be about."""
    rows = [(Button(books.label(work), f"work:{work.work_id}"),) for work in found.works[:MOST_GUESSED]]
    return reply(_("Не уверен, что понял. Может быть, вы ищете книгу?"), buttons=(*rows, *ways_out()))


def yes_or_no(payload: str) -> Row:
    """The answers to a question of ours: they are understood when typed, too."""
    return Button(_("Да"), payload), Button(_("Нет"), "cancel")


def ways_out(*first: Button) -> tuple[Row, ...]:
    """The buttons under an answer that could not help: what else to try, and a person."""
    return (*((button,) for button in first), (find_button(), librarian_button()))


def words_of(turn: Turn) -> str:
    """What the reader wrote of this very wish: a message may hold several."""
    return turn.request.slots.get("whole") or turn.request.rest or turn.text


async def names_a_branch(turn: Turn, library: Library) -> bool:
    """Whether the message names a building of ours."""
    return bool(find_branches(turn.text, await library.branches.all()))


def not_one_of_ours(turn: Turn, branches: Sequence[Branch]) -> Reply | None:
    """Said where the reader asks about a library in a place where we have none; None where they do not."""
    place = strange_place(turn.text, branches)
    if not place:
        return None
    said = _("Нашей библиотеки там не вижу: «{place}». Возможно, она под другим названием.")
    buttons = ((Button(_("Все адреса"), "addresses"),), (librarian_button(), find_button()))
    return reply(said.format(place=place), buttons=buttons)


async def desk(library: Library) -> Branch | None:
    """The branch whose people answer readers; None where the library has told of no branch."""
    branches = await library.branches.all()
    named = (branch for branch in branches if branch.code == library.reply_hours)
    return next(named, None) or main_branch(branches)


async def desk_phone(turn: Turn, library: Library) -> str:
    """One line: how to call the people who answer readers, and until when today; "" where no phone is known."""
    return phone_line(await desk(library), turn.now, library.holidays)


def in_lines(*said: str) -> str:
    """What there is to say, a line each; "" is left out."""
    return "\n".join(line for line in said if line)


def which_branch(verb: str, branches: Sequence[Branch], more: str = "") -> Reply:
    """Let the reader choose one of several branches; a press is ``verb:<branch><more>``."""
    rows = [
        (Button(cut(branch.name, LONGEST_LABEL), f"{verb}:{branch_key(branch.code)}{more}"),)
        for branch in branches[:MOST_BRANCHES]
    ]
    return reply(_("Про какую библиотеку вы спрашиваете?"), buttons=rows)


def faq_reply(known: FaqAnswer, *rows: Row) -> Reply:
    """The library's own words, with the place to read more where it named one."""
    more = ("\n", link(_("Подробнее"), known.url)) if known.url.startswith(("http://", "https://")) else ()
    return reply(known.answer, *more, buttons=rows)
