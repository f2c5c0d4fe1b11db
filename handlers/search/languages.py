"""«Есть ли книги на татарском?», «1984 на английском»: what the records say; where they do not, some titles do."""

from collections.abc import Sequence

from bot.asking import look_up
from bot.language import tongues
from bot.language.folding import words
from bot.library import genres
from bot.library.model import WorkCard
from bot.messages import Button, reply
from bot.ports.catalogue import Taste, Verdict
from bot.ports.library import Library
from bot.quick import replace
from bot.routing import Answer, Turn
from bot.tastes import taste_of
from bot.wording import books
from bot.wording import gettext as _
from handlers import Row, find_button, in_lines, librarian_button, words_of
from handlers.search import showing
from handlers.search.shown import about_one, about_several, may_be_held
from handlers.search.written_in import told_in

SHOWN = 5
_ENDING = 2
"""Letters of «английском» that «английский» has not."""
_LOOKED_AT = 40
"""Textbooks of a language are called by it, too; the few books in it must be among so many."""
_LONGEST_AGE = 2
"""Figures of an age or a class; more are a title: «1984»."""
_OURS = frozenset(("русском", "russian"))
_BESIDE = frozenset(
    words(
        "а и но ну да ли же бы не у вас вы мне нам я есть имеется имеются найдется будет бывают можно нужно нужна "
        "нужны надо хочу хотел хотела ищу дайте дай найдите найди покажите покажи подберите посоветуйте какие "
        "какая какой какую что чего то нибудь нить ещё еще там тут только хоть вообще для книга книги книгу книг "
        "книжка книжки книжку литература литературы литературу почитать читать взять художественные "
        "художественная художественную детские детская детскую детей ребенка взрослых язык языке языках другом "
        "других разных здравствуйте добрый день пожалуйста подскажите скажите спасибо do you have any some book "
        "books something anything i want need to read a the is are there have got carry please hello hi for "
        "children kids in на для по"
    )
)

_SEVERAL = frozenset(
    words("книги книг книжки книжек литература литературы литературу издания books something anything")
)
"""Who asks for these asks for no book by its title."""


async def of_books(turn: Turn, library: Library, *, found: bool = True) -> Answer | None:
    """What there is in a language, where no book is named beside it; None where another thing was asked.

    Args:
        turn: The message.
        library: Where to look.
        found: Whether the catalogue has what else was said; where not, «books in English for beginners» name none.
    """
    language = turn.request.slots.get("language", "")
    if not language or language in _OURS:
        return None
    said = genres.told(words_of(turn))
    several = not found and not turn.request.slots.get("author") and not _SEVERAL.isdisjoint(said)
    own = genres.told(turn.request.rest)  # of a message in several sentences
    named = all(not all(_is_beside(word, language) for word in one) for one in (said, own) if one)
    if not several and named:
        return await _of_a_book(turn, library, tongues.codes(language)) if found else None
    taste = replace(taste_of(turn.request, words_of(turn)), author="")
    if codes := tongues.codes(language):
        written = await library.catalogue.suggest(replace(taste, languages=codes), SHOWN)
        if written.works:
            return _listed(written.works, _("Вот что у нас есть на этом языке:"))
    language = tongues.in_russian(language)
    fit = await library.catalogue.suggest(replace(taste, subject=language), _LOOKED_AT)
    told = [work for work in fit.works if _says(work, f"на {language}")]
    told = told or [work for work in fit.works if _says(work, f"{language[:-_ENDING]}ий язык")]
    if told:
        untold = _("На каком языке книга, в каталоге сказано не всегда.")
        more = _("По названиям нашлось вот что. Остальное подскажет библиотекарь.")
        return _listed(told[:SHOWN], in_lines(untold, more))
    none = _("Таких книг по каталогу не видно, но язык в нём указан не всегда. Точно знает библиотекарь.")
    return Answer(replies=(reply(none, buttons=(_ways(),)),), missed=True)


async def _of_a_book(turn: Turn, library: Library, codes: tuple[str, ...]) -> Answer | None:
    """The book or the writer that is named, where records tell that it is there in the language; else None."""
    if not codes:
        return None
    first, *more = await look_up(library.catalogue, turn.request, SHOWN)
    if more or first.verdict not in (Verdict.FOUND, Verdict.CHOICE):
        return None
    told = (await told_in(library, first.works, codes))[:SHOWN]
    author = turn.request.slots.get("author", "")
    if not told and author and not turn.request.slots.get("title"):
        told = (await library.catalogue.suggest(Taste(author=author, languages=codes), SHOWN)).works
    if len(told) != 1:
        return _listed(told, _("Вот что у нас есть на этом языке:")) if told else None
    branches, holds = await library.branches.all(), may_be_held(library)
    said = _("На этом языке она есть.")
    card = showing.card(told[0], branches, turn.now, library.holidays, before=said, holds=holds)
    return Answer(replies=(card,), works=told, about=about_one(told[0]))


def _is_beside(word: str, language: str) -> bool:
    is_an_age = word.isdigit() and len(word) <= _LONGEST_AGE
    its_own = word in words(language) or word.startswith(_people(language))
    return word in _BESIDE or its_own or is_an_age or bool(genres.kind_of(word))


def _people(language: str) -> str:
    """How «узбек» and «узбекские» begin for «узбекском»."""
    return language[:-_ENDING].removesuffix("ск") if language.endswith("ом") else language


def _says(work: WorkCard, told: str) -> bool:
    """Whether a title of the work says so: «(на татарском языке)»; else «Немецкий язык», which may be for learners."""
    return any(told in " ".join(words(title)) for title in (work.title, *(one.title for one in work.editions)))


def _listed(works: Sequence[WorkCard], said: str) -> Answer:
    rows: list[Row] = [(Button(books.label(work), f"work:{work.work_id}"),) for work in works]
    return Answer(
        replies=(reply(said, buttons=(*rows, _ways())),), works=tuple(works), about=about_several(tuple(works))
    )


def _ways() -> Row:
    return librarian_button(), find_button()
