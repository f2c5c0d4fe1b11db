"""A found work as a reply: where it is in, how many, until when the branch is open, what else to look at."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.clock import local_day
from bot.language.folding import fold, words
from bot.language.morphology import stem
from bot.library.customs import twelve_hours
from bot.library.hours import DaysOff
from bot.library.model import Branch, WorkCard
from bot.messages import Button, Reply, Styled, bold, link, reply
from bot.ports.catalogue import Found
from bot.sameness import OfThisMinute
from bot.wording import books, current_language
from bot.wording import gettext as _
from handlers import Row, find_button, in_lines, librarian_button

_MANY = books.BRANCHES_SHOWN + 1
"""So many branches are still told at once: «и ещё одна» would take the same room."""


NO_DOUBT, TELLING = 0.85, 4
"""A score from which on a book is what was asked for; letters of a word that says something."""
LONGEST_ANNOTATION = 700
"""Characters: a screen of a phone."""
_TOLD: OfThisMinute[Reply] = OfThisMinute()
"""Many ask for the same few books, and as long as nothing happens to the copies they are told the same."""
OTHERS = 4
"""Works behind «Не та книга»: as many numbers as 64 bytes of a button surely hold."""


def card(
    work: WorkCard,
    branches: Sequence[Branch],
    moment: datetime,
    holidays: DaysOff,
    *,
    wanted: Branch | None = None,
    before: str = "",
    others: Sequence[WorkCard] = (),
    holds: bool = False,
) -> Reply:
    """The answer on one work.

    Args:
        work: The work.
        branches: The library's buildings, for their hours and their order.
        moment: The moment of the answer.
        holidays: Official days off.
        wanted: The branch that the reader asked about: told first.
        before: A sentence to begin with.
        others: Works that fitted less: one press away.
        holds: Whether readers can wait for books here.
    """
    beside = (
        wanted and wanted.code,
        before,
        tuple([other.work_id for other in others[:OTHERS]]),
        holds,
        current_language(),
        twelve_hours(),
    )
    return _TOLD.of(
        moment,
        (work, branches, holidays),
        beside,
        lambda: _card(work, branches, moment, holidays, wanted, before, others, holds=holds),
    )


def _card(
    work: WorkCard,
    branches: Sequence[Branch],
    moment: datetime,
    holidays: DaysOff,
    wanted: Branch | None,
    before: str,
    others: Sequence[WorkCard],
    *,
    holds: bool,
) -> Reply:
    work = books.expected(work, branches, holidays)
    holdings = books.ranked(work, branches, wanted)
    shown = holdings if len(holdings) <= _MANY else holdings[: books.BRANCHES_SHOWN]
    lines = [books.holding_line(holding, branches, moment, holidays) for holding in shown]
    if wanted and not work.items_unknown and wanted.code not in {holding.branch_code for holding in holdings}:
        lines.insert(0, _("{branch}: этой книги нет.").format(branch=wanted.name))
    if len(shown) < len(holdings):
        lines.append(books.more_branches(len(holdings) - len(shown)))
    if said := books.as_of(work, moment, branches[0].zone if branches else UTC):
        lines.append(said)
    return reply(
        f"{before}\n" if before else "",
        *_heading(work, branches, moment),
        "".join(f"\n{line}" for line in lines),
        *_to_read(work),
        buttons=_buttons(work, len(holdings) if len(shown) < len(holdings) else 0, others, holds=holds),
    )


def all_branches(
    work: WorkCard, branches: Sequence[Branch], moment: datetime, holidays: DaysOff, *, holds: bool = False
) -> Reply:
    """Every branch that has the work."""
    work = books.expected(work, branches, holidays)
    holdings = books.ranked(work, branches)
    here = [holding for holding in holdings if holding.available or holding.reading_room or holding.next_due]
    lines = [books.holding_line(holding, branches, moment, holidays) for holding in here]
    if away := [books.branch_name(holding, branches) for holding in holdings if holding not in here]:
        lines.append(_("Сейчас нет: {libraries}.").format(libraries="; ".join(away)))
    return reply(
        *_heading(work, branches, moment),
        "".join(f"\n{line}" for line in lines),
        buttons=_buttons(work, 0, (), holds=holds),
    )


def editions(work: WorkCard) -> Reply:
    """The editions, newest first."""
    lines = [books.edition_line(edition, work) for edition in work.editions[: books.EDITIONS_SHOWN]]
    if len(work.editions) > len(lines):
        lines.append(_("И ещё {number}, постарше.").format(number=len(work.editions) - len(lines)))
    back = Button(_("Где взять"), f"work:{work.work_id}")
    return reply(
        _("Издания: "), bold(work.title), "".join(f"\n{line}" for line in lines), buttons=((back, find_button()),)
    )


def about(work: WorkCard) -> Reply:
    """What the catalogue says of the work's contents."""
    series = _("Серия: {series}.").format(series=work.series) if work.series else ""
    told = books.cut(work.annotation, LONGEST_ANNOTATION) or _("О чём она, в каталоге не сказано.")
    said = in_lines(told, series)
    back = Button(_("Где взять"), f"work:{work.work_id}")
    return reply(bold(work.title), f"\n{said}", buttons=((back, find_button()),))


def corrected(found: Found, work: WorkCard) -> str:
    """How the question was read, where the title itself does not show it."""
    read = set(fold(found.corrected).split())
    if not read or read <= set(fold(f"{work.title} {work.author}").split()):
        return ""
    return _("Понял так: «{query}».").format(query=found.corrected)


def doubted(found: Found, work: WorkCard, query: str) -> str:
    """«Может быть, эта»: of what was asked for the book's record lacks a telling word, or has it spelt otherwise."""
    if not found.scores or found.scores[0] >= NO_DOUBT:
        return ""
    told = {stem(word) for word in words(f"{work.title} {work.author} {work.series}")}
    lacks = any(len(word) >= TELLING and stem(word) not in told for word in words(query))
    return _("Может быть, вы об этой книге:") if lacks else ""


def isbn_note() -> str:
    """The typed ISBN cannot be right."""
    return _("В этом ISBN, похоже, опечатка: последняя цифра не сходится. Проверьте номер на обложке.")


def _heading(work: WorkCard, branches: Sequence[Branch], moment: datetime) -> tuple[str | Styled, ...]:
    kind = books.kind_word(work.kind)
    what = f" ({kind})" if kind else ""
    today = local_day(moment, branches[0].zone) if branches else moment.date()
    return bold(work.title), f"{what}{books.byline(work)} {books.state(work, today)}"


def _to_read(work: WorkCard) -> tuple[str | Styled, ...]:
    url = next((edition.url for edition in work.editions if edition.url.startswith(("http://", "https://"))), "")
    return ("\n", link(_("Читать онлайн"), url)) if url else ()


def _buttons(work: WorkCard, libraries: int, others: Sequence[WorkCard], *, holds: bool = False) -> tuple[Row, ...]:
    rows: list[Row] = []
    if holds and _may_be_waited_for(work):
        rows.append((Button(_("Забронировать"), f"hold:{work.work_id}"),))
    if libraries:
        label = _("Все библиотеки ({number})").format(number=libraries)
        rows.append((Button(label, f"branches:{work.work_id}"),))
    more: list[Button] = []
    if len(work.editions) > 1:
        label = _("Издания ({number})").format(number=len(work.editions))
        more.append(Button(label, f"editions:{work.work_id}"))
    if work.annotation or work.series:
        more.append(Button(_("О книге"), f"about:{work.work_id}"))
    if more:
        rows.append(tuple(more))
    if others:
        numbers = ",".join(str(other.work_id) for other in others[:OTHERS])
        rows.append((Button(_("Не та книга"), f"choose:{numbers}"),))
    last = (find_button(),) if work.available else (find_button(), librarian_button())
    return (*rows, last)


def _may_be_waited_for(work: WorkCard) -> bool:
    """All copies that go home are out; what is in is taken off the shelf, or put aside in words."""
    lendable = work.total - sum(holding.reading_room for holding in work.holdings)
    return not work.items_unknown and not work.available and lendable > 0
