"""Several works, or none that surely fits: let the reader choose."""

from collections.abc import Sequence

from bot.library.model import WorkCard
from bot.messages import Button, Reply, reply
from bot.ports.catalogue import Found
from bot.quick import replace
from bot.wording import books, quoted
from bot.wording import gettext as _
from handlers import librarian_button
from handlers.search.showing import OTHERS

MOST_LISTED = 5
"""Works that a list of buttons shows at once."""
MOST_FOUND = MOST_LISTED + OTHERS
"""Works that are looked at: those of a second list are one press away."""


def which(found: Found, query: str = "", before: str = "") -> Reply:
    """Several works fit equally well; ``query`` tells which of several questions this answers; ``before`` begins it."""
    said = _("Нашлось несколько книг. Какая нужна?")
    if query:
        said = _("«{query}»: нашлось несколько книг. Какая нужна?").format(query=quoted(query))
    if found.corrected:
        said = _("Понял так: «{query}».").format(query=found.corrected) + " " + said
    return _list(f"{before} {said}".strip(), found.works)


def listed_works(works: Sequence[WorkCard]) -> Reply:
    """Works that fitted less well."""
    return _list(_("Может быть, одна из этих?"), works)


def which_is_meant(works: Sequence[WorkCard]) -> Reply:
    """A question came on one of several works."""
    return _list(_("Про какую из этих книг вы спрашиваете?"), works)


def which_to_resemble(works: Sequence[WorkCard]) -> Reply:
    """Something alike is wanted behind several works: a press tells of which."""
    return _list(_("На какую из этих книг похожее?"), works, "alike")


def perhaps(found: Found, query: str, why: str = "") -> Reply:
    """Nothing fits, something is near: a question, never an answer; ``why`` says what is wrong with the asked one."""
    said = why or _("Точно такой книги в каталоге не вижу: «{query}».").format(query=quoted(query))
    if len(found.works) > 1:
        return _list(said + " " + _("Может быть, вы имели в виду одну из этих?"), found.works)
    work = found.works[0]
    return reply(
        said + " " + _("Может быть, вы имели в виду {book}?").format(book=books.named(work)),
        buttons=((Button(_("Да"), f"work:{work.work_id}"), Button(_("Нет"), "other")), (librarian_button(),)),
    )


def in_first(found: Found) -> Found:
    """Where one word of the title is all that is known, one book is as likely as another: those in now first."""
    both = list(zip(found.works, found.scores, strict=True))
    both.sort(key=lambda one: not (one[0].available or one[0].items_unknown))
    return replace(found, works=tuple(work for work, _score in both), scores=tuple(score for _work, score in both))


def _list(said: str, found: Sequence[WorkCard], verb: str = "work") -> Reply:
    """A button a work, which shows it or does what ``verb`` says; the text spells out what the buttons cannot tell."""
    works, more = found[:MOST_LISTED], found[MOST_LISTED:MOST_FOUND]
    labels = [books.label(work) for work in works]
    if len(set(labels)) < len(labels) or any(label.endswith("…") for label in labels):
        said += "".join(f"\n{number}. {name}" for number, name in enumerate(map(books.told_apart, works), start=1))
        labels = [books.cut(f"{number}. {text}", books.LONGEST_LABEL) for number, text in enumerate(labels, start=1)]
    rows = [(Button(text, f"{verb}:{work.work_id}"),) for text, work in zip(labels, works, strict=True)]
    if more and verb == "work":
        rows.append((Button(_("Ещё варианты"), f"choose:{','.join(str(work.work_id) for work in more)}"),))
    return reply(said, buttons=(*rows, (Button(_("Ни одна из них"), "other"),)))
