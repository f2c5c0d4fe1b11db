"""Several works, or none that surely fits: let the reader choose."""

from collections.abc import Sequence

from bot.library.model import WorkCard
from bot.messages import Button, Reply, reply
from bot.ports.catalogue import Found
from bot.wording import books, quoted
from bot.wording import gettext as _
from handlers import librarian_button


def which(found: Found, query: str = "") -> Reply:
    """Several works fit equally well; ``query`` tells which of several questions this answers."""
    said = _("Нашлось несколько книг. Какая нужна?")
    if query:
        said = _("«{query}»: нашлось несколько книг. Какая нужна?").format(query=quoted(query))
    if found.corrected:
        said = _("Понял так: «{query}».").format(query=found.corrected) + " " + said
    return _list(said, found.works)


def listed_works(works: Sequence[WorkCard]) -> Reply:
    """Works that fitted less well."""
    return _list(_("Может быть, одна из этих?"), works)


def which_is_meant(works: Sequence[WorkCard]) -> Reply:
    """A question came on one of several works."""
    return _list(_("Про какую из этих книг вы спрашиваете?"), works)


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


def _list(said: str, works: Sequence[WorkCard]) -> Reply:
    """A button a work; the text spells the list out where the buttons cannot tell it whole."""
    labels = [books.label(work) for work in works]
    if len(set(labels)) < len(labels) or any(label.endswith("…") for label in labels):
        said += "".join(f"\n{number}. {name}" for number, name in enumerate(map(books.told_apart, works), start=1))
        labels = [books.cut(f"{number}. {text}", books.LONGEST_LABEL) for number, text in enumerate(labels, start=1)]
    rows = [(Button(text, f"work:{work.work_id}"),) for text, work in zip(labels, works, strict=True)]
    return reply(said, buttons=(*rows, (Button(_("Ни одна из них"), "other"),)))
