"""What to read where no book is named: a short list by subject, kind, age, class, what is in now first."""

from bot.messages import Button, Reply, reply
from bot.ports.catalogue import Suggested, Taste, Wish
from bot.ports.library import Library
from bot.routing import Answer, Turn
from bot.tastes import is_only_a_taste, taste_of
from bot.wording import books
from bot.wording import gettext as _
from handlers import Row, find_button, librarian_button, words_of
from handlers.search.shown import about_several

SHOWN = 5
MORE = 5
"""Further works, one press away."""
_ANYTHING = Taste()


async def recommend(turn: Turn, library: Library) -> Answer:
    """An answer to «что почитать…»: a list, or an honest question and a person."""
    taste = taste_of(turn.request, words_of(turn))
    found = await library.catalogue.suggest(taste, SHOWN + MORE)
    if found.works:
        return _listed(found, taste)
    if taste == _ANYTHING:
        return Answer(replies=(_asked_about_taste(),))
    return Answer(replies=(_nothing_marked(taste),), missed=True)


async def instead(turn: Turn, library: Library, query: str) -> Answer | None:
    """A list where the words name a kind of book and no book («детективы Донцовой»); None where they do not."""
    taste = taste_of(turn.request, query)
    if not is_only_a_taste(taste, query):
        return None
    found = await library.catalogue.suggest(taste, SHOWN + MORE)
    return _listed(found, taste) if found.works else None


def _listed(found: Suggested, taste: Taste) -> Answer:
    shown, more = found.works[:SHOWN], found.works[SHOWN:]
    rows: list[Row] = [(Button(books.label(work), f"work:{work.work_id}"),) for work in shown]
    if more:
        numbers = ",".join(str(work.work_id) for work in more)
        rows.append((Button(_("Ещё варианты"), f"choose:{numbers}"),))
    told, about = _told(found, taste), _unmet(found, taste)
    if not any(work.available or work.items_unknown for work in shown):
        about.append(_("Сейчас все они выданы."))
    lines = [*about, told] if told.endswith(":") else [told, *about]  # a colon stands before what it leads to
    buttons = (*rows, (librarian_button(), find_button()))
    return Answer(replies=(reply("\n".join(lines), buttons=buttons),), works=shown, about=about_several(shown))


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
