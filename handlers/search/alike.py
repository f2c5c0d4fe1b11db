"""«Что-нибудь похожее на…»: what the catalogue can tell is who wrote it, and that is said."""

from bot.asking import SURE
from bot.language import names
from bot.language.folding import words
from bot.language.morphology import stem
from bot.library.model import WorkCard
from bot.messages import Button, reply
from bot.ports.catalogue import Taste, Verdict, Wanted
from bot.ports.library import Library
from bot.routing import Answer
from bot.wording import books, quoted
from bot.wording import gettext as _
from handlers import Row, find_button, librarian_button

SHOWN = 5
_AUTHORS = 3
"""Works that bear a heroine's name are by one author where the first so many are."""


async def alike(library: Library, like: str) -> Answer:
    """Books by the author of the one that pleased, or honestly none: taste is a librarian's business."""
    author, title = await _whose(library, like)
    return await _others(library, author, title) if author else _none(like)


async def like_that(library: Library, work: WorkCard) -> Answer:
    """The same of a book that was shown: «а что-нибудь похожее?»."""
    return await _others(library, work.author, work.title) if work.author else _none(work.title)


async def _others(library: Library, author: str, like: str) -> Answer:
    found = await library.catalogue.suggest(Taste(author=author), SHOWN + 1)
    works = tuple(work for work in found.works if words(work.title) != words(like))[:SHOWN]
    if not works:
        return _none(like or author)
    said = _(
        "Похожее по духу подбирать не умею: в каталоге этого не видно. Вот другие книги того же автора, {author}. "
        "О похожем у других авторов спросите библиотекаря."
    )
    rows: list[Row] = [(Button(books.label(work), f"work:{work.work_id}"),) for work in works]
    buttons = (*rows, (librarian_button(), find_button()))
    return Answer(replies=(reply(said.format(author=author), buttons=buttons),), works=works)


async def _whose(library: Library, like: str) -> tuple[str, str]:
    """Author and title of what is to be resembled; ("", "") where the catalogue doesn't know either."""
    if (named := names.readings(words(like))) and named[0].weight:
        return like, ""
    found = await library.catalogue.find(Wanted(text=like), _AUTHORS)
    if found.verdict is Verdict.FOUND and found.scores and found.scores[0] >= SURE:
        return found.works[0].author, found.works[0].title
    if found.verdict not in (Verdict.FOUND, Verdict.CHOICE):
        return "", ""
    authors = {work.author for work in found.works}
    if len(authors) == 1:
        return authors.pop(), ""
    first = found.works[0]
    return (first.author, first.title) if found.scores[0] >= SURE and _is_called(like, first.title) else ("", "")


def _is_called(like: str, title: str) -> bool:
    """Whether it is called so, whatever the case: «похожее на Дюну» speaks of «Дюна», not of «Дети Дюны»."""
    return [stem(word) for word in words(like)] == [stem(word) for word in words(title)]


def _none(like: str) -> Answer:
    said = _("Чем заменить «{title}», по каталогу не видно. Библиотекарь посоветует лучше меня.")
    buttons = ((librarian_button(), find_button()),)
    return Answer(replies=(reply(said.format(title=quoted(like)), buttons=buttons),), missed=True)
