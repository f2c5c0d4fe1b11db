"""What to read where no book is named: a short list by subject, kind, age, class, what is in now first."""

from collections.abc import Sequence
from dataclasses import asdict

from bot.language.folding import words
from bot.language.morphology import stem
from bot.language.numbers import first_value
from bot.library.model import WorkCard
from bot.messages import Button, Reply, reply
from bot.ports.catalogue import Suggested, Taste, Wish
from bot.ports.library import Library
from bot.quick import dataclass, replace
from bot.routing import TASTE, Answer, Expects, Turn
from bot.tastes import adds, is_only_a_taste, narrowed, refused, taste_of
from bot.wording import books, quoted
from bot.wording import gettext as _
from handlers import UNFOUND, Row, find_button, librarian_button, words_of
from handlers.search.shown import about_several

SHOWN = 5
MORE = 5
"""Further works, one press away."""
_ANYTHING = Taste()
_LOOKED_AT = 40
_GROWN = 12
"""From this age on what everybody reads is shown where no record tells an age; younger ones' books a person knows."""
_CLASSES, _GROWN_UP = 11, 100
_KEPT = "taste"
"""What the dialogue remembers of the list: «для мальчика 5 лет» behind it is said of it, too."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What is not wanted: writers' surnames, and kinds as readers call them."""

    writers: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()


_NOTHING = Refused()


async def recommend(turn: Turn, library: Library) -> Answer:
    """An answer to «что почитать…»: a list, or an honest question and a person."""
    taste, shut_out = _wanted(turn)
    found = await _chosen(library, taste, shut_out)
    if not found.works and taste == Taste(age=taste.age) and taste.age is not None and taste.age >= _GROWN:
        found = await _popular(library, taste.age, shut_out)
    if found.works:
        return _listed(found, taste, shut_out, "" if taste.tells_of_books else turn.request.slots.get(UNFOUND, ""))
    if taste == _ANYTHING:
        return Answer(replies=(_asked_about_taste(),))
    return Answer(replies=(_nothing_marked(taste),), missed=True)


def _wanted(turn: Turn) -> tuple[Taste, Refused]:
    """What is wanted now: what was wanted before, too, where the words only add to it («для мальчика 5 лет»)."""
    text = words_of(turn)
    taste, (writers, genres) = taste_of(turn.request, text), refused(text)
    kept = turn.data.get(_KEPT)
    if not kept or not adds(text):
        return taste, Refused(writers, genres)
    before = Refused(tuple(kept["writers"]), tuple(kept["genres"]))
    shut_out = Refused((*before.writers, *writers), (*before.genres, *genres))
    had = Taste(**{**kept["taste"], "languages": tuple(kept["taste"]["languages"])})
    return narrowed(had, _of_so_many(taste, had, text)), shut_out


def _of_so_many(taste: Taste, had: Taste, text: str) -> Taste:
    """«А в 6?» behind a list for the fifth class is of the sixth, behind one for a child of five of a child of six."""
    number = first_value(words(text))
    if number is None or taste.age is not None or taste.grade is not None:
        return taste
    if had.grade is not None:
        return replace(taste, grade=number) if 1 <= number <= _CLASSES else taste
    return replace(taste, age=number) if had.age is not None and 0 < number < _GROWN_UP else taste


async def _chosen(library: Library, taste: Taste, shut_out: Refused) -> Suggested:
    """Works for the taste, without those that are refused."""
    count = SHOWN + MORE if shut_out == _NOTHING else _LOOKED_AT
    found = await library.catalogue.suggest(taste, count)
    unwanted: set[int] = set()
    for genre in shut_out.genres:
        of_it = await library.catalogue.suggest(replace(taste, genre=genre), _LOOKED_AT)
        unwanted |= {work.work_id for work in of_it.works} if Wish.GENRE in of_it.met else set()
    kept = [work for work in found.works if work.work_id not in unwanted and not _is_by(work, shut_out.writers)]
    return replace(found, works=tuple(kept)[: SHOWN + MORE])


async def _popular(library: Library, age: int, shut_out: Refused) -> Suggested:
    """What is asked for most, where no record tells for what age a book is: nothing that is marked for elder ones."""
    found = await _chosen(library, _ANYTHING, shut_out)
    return replace(found, works=tuple(work for work in found.works if (work.age_mark or 0) <= age))


def _is_by(work: WorkCard, writers: Sequence[str]) -> bool:
    return any(stem(writer) == stem(word) for writer in writers for word in words(work.author))


async def instead(turn: Turn, library: Library, query: str) -> Answer | None:
    """A list where the words name a kind of book and no book («детективы Донцовой»); None where they do not."""
    taste = taste_of(turn.request, query)
    if not is_only_a_taste(taste, query):
        return None
    found = await library.catalogue.suggest(taste, SHOWN + MORE)
    return _listed(found, taste, _NOTHING) if found.works else None


def _listed(found: Suggested, taste: Taste, shut_out: Refused, unfound: str = "") -> Answer:
    """A list; ``unfound`` is the title that was asked for and is not here."""
    shown, more = found.works[:SHOWN], found.works[SHOWN:]
    rows: list[Row] = [(Button(books.label(work), f"work:{work.work_id}"),) for work in shown]
    if more:
        numbers = ",".join(str(work.work_id) for work in more)
        rows.append((Button(_("Ещё варианты"), f"choose:{numbers}"),))
    told, about = _told(found, taste), _unmet(found, taste)
    if unfound:
        about.insert(0, _("«{query}» в каталоге не нашлось.").format(query=quoted(unfound)))
        told = _("Может быть, подойдёт что-то из этого:")
    if not any(work.available or work.items_unknown for work in shown):
        about.append(_("Сейчас все они выданы."))
    lines = [*about, told] if told.endswith(":") else [told, *about]  # a colon stands before what it leads to
    buttons = (*rows, (librarian_button(), find_button()))
    said = reply("\n".join(lines), buttons=buttons)
    kept = {"taste": asdict(taste), "writers": list(shut_out.writers), "genres": list(shut_out.genres)}
    expects = Expects(key=TASTE, data={_KEPT: kept})
    return Answer(replies=(said,), works=shown, about=about_several(shown), expects=expects)


def _told(found: Suggested, taste: Taste) -> str:
    if taste == _ANYTHING:
        return _("Вот что у нас читают. Скажите, о чём и для кого, и я подберу точнее.")
    if Wish.GRADE in found.met and not taste.subject and not taste.genre:
        return _("Вот что читают в {grade} классе:").format(grade=taste.grade)
    if Wish.NEWEST in found.met:
        return _("Вот что у нас из нового:")
    return _("Вот что есть в каталоге по вашим словам:")


def _unmet(found: Suggested, taste: Taste) -> list[str]:
    """What was asked for and the records say nothing of: said, so that the list is not taken for more than it is."""
    lines = []
    if taste.genre and Wish.GENRE not in found.met:
        lines.append(_("Жанр у этих книг в каталоге не указан."))
    if taste.grade is not None and Wish.GRADE not in found.met:
        lines.append(_("Книг с пометкой этого класса не нашлось."))
    elif (taste.age is not None or taste.children) and Wish.AGE not in found.met:
        lines.append(_("Для какого они возраста, в каталоге не указано: лучше спросить библиотекаря."))
    return lines


def _asked_about_taste() -> Reply:
    said = _(
        "С удовольствием подскажу. О чём хочется почитать и для кого? Например: «детектив», «про космос для ребёнка "
        "8 лет», «что читают в 5 классе», «новинки»."
    )
    return reply(said, buttons=((librarian_button(), find_button()),))


def _nothing_marked(taste: Taste) -> Reply:
    """The catalogue tells nothing of it: that is said, and who knows better."""
    if taste.newest:
        said = _("Что у нас нового, по каталогу не видно. Это подскажет библиотекарь.")
    else:
        said = _(
            "По каталогу такого не подобрать: темы и жанры указаны не у всех книг. Библиотекарь посоветует лучше меня."
        )
    return reply(said, buttons=((librarian_button(), find_button()),))
