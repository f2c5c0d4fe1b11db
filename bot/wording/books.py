"""A work as a reader is told of it: is it in, where, on which shelf, when back."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from bot.language.folding import fold
from bot.library.due_dates import BranchCalendar, back_by
from bot.library.hours import DaysOff
from bot.library.hours import counted as counted_hours
from bot.library.model import Branch, Edition, Holding, Kind, WorkCard
from bot.quick import replace
from bot.sameness import of_the_same
from bot.wording import counted, day, gettext, listed
from bot.wording import gettext as _
from bot.wording.opening import today_in_short

LONGEST_LABEL = 40
"""Characters of a button, the smallest limit that all messengers share in practice."""
BRANCHES_SHOWN = 4
"""Lines of branches in the first answer; the rest is one press away."""
EDITIONS_SHOWN = 10
STALE_AFTER = timedelta(days=1)
"""From this age on an answer says how old its knowledge is."""


def named(card: WorkCard) -> str:
    """«Мастер и Маргарита», Михаил Булгаков."""
    return _("«{title}», {author}").format(title=card.title, author=card.author) if card.author else f"«{card.title}»"


def told_apart(card: WorkCard) -> str:
    """A work in a list of works that look alike: with its years, and whether it is in."""
    years = sorted({edition.year for edition in card.editions if edition.year})
    said = named(card)
    if years:
        said += ", " + (str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}")
    if card.items_unknown:
        return said
    return said + ": " + (_("есть") if card.available else _("сейчас нет"))


def label(card: WorkCard) -> str:
    """A button for a work: with its author where both fit."""
    both = f"{card.title}, {card.author}" if card.author else card.title
    if len(both) <= LONGEST_LABEL:
        return both
    return cut(card.title, LONGEST_LABEL)


def cut(text: str, longest: int) -> str:
    """The text, or its beginning up to a word's end with «…»."""
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    return (head.rsplit(" ", 1)[0] if " " in head[longest // 2 :] else head).rstrip(" ,.;:") + "…"


def byline(card: WorkCard) -> str:
    """What follows the title: «, Михаил Булгаков, 16+.»."""
    parts = [card.author] if card.author else []
    if card.age_mark is not None:
        parts.append(f"{card.age_mark}+")
    said = "".join(f", {part}" for part in parts)
    return said if said.endswith(".") else said + "."


def state(card: WorkCard, today: date) -> str:
    """Whether the work can be had now, in one or two sentences; never more than the catalogue knows."""
    if card.items_unknown:
        return _without_items(card)
    lendable = card.total - sum(holding.reading_room for holding in card.holdings)
    if card.available:
        return _("Есть: {available} из {total}.").format(available=card.available, total=max(lendable, card.available))
    if card.total == 0:
        return _("В каталоге эта книга есть, но экземпляров, которые можно взять, сейчас нет.")
    if lendable <= 0:
        return _("Домой не выдаётся: книгу можно почитать в библиотеке.")
    return _("Сейчас все экземпляры заняты.") + " " + _back(card.holdings, today)


def _without_items(card: WorkCard) -> str:
    if any(edition.url for edition in card.editions) or card.kind is Kind.ELECTRONIC:
        return _("Это электронное издание.")
    if card.kind is Kind.ARTICLE:
        return _("Это статья. Где взять журнал или сборник с ней, подскажет библиотекарь.")
    return _("Книга есть в каталоге. Есть ли она сейчас на полке, каталог не говорит: уточните у библиотекаря.")


def expected(card: WorkCard, branches: Sequence[Branch], holidays: DaysOff) -> WorkCard:
    """The card with the days on which copies can be brought back: nobody brings one to a closed door."""
    if not any(holding.next_due for holding in card.holdings):
        return card
    return replace(card, holdings=tuple(_expected(holding, branches, holidays) for holding in card.holdings))


def _expected(holding: Holding, branches: Sequence[Branch], holidays: DaysOff) -> Holding:
    branch = _branch(holding, branches)
    if branch is None or holding.next_due is None:
        return holding
    return replace(holding, next_due=back_by(holding.next_due, BranchCalendar(counted_hours(branch), holidays)))


def _back(holdings: Sequence[Holding], today: date) -> str:
    known = [holding.next_due for holding in holdings if holding.next_due]
    due = min(known, key=lambda day: (day < today, day), default=None)  # a date to come says more than a passed one
    if due is None:
        return _("Когда вернут, пока не знаю.")
    if due < today:
        return _("Срок возврата уже прошёл, но книгу ещё не вернули.")
    if due == today:
        return _("Один экземпляр должны вернуть сегодня.")
    return _("Ближайший срок возврата: {day}.").format(day=day(due))


def ranked(card: WorkCard, branches: Sequence[Branch], wanted: Branch | None = None) -> list[Holding]:
    """The holdings in the order of answers: where the reader asked, where it is in, the main branch, the rest."""
    known = _known(branches)
    elsewhere = len(known), None

    def order(holding: Holding) -> tuple[bool, bool, bool, int]:
        place, branch = known.get(holding.branch_code, elsewhere)
        return (
            wanted is None or holding.branch_code != wanted.code,
            holding.available == 0,
            branch is None or not branch.main,
            place,
        )

    return sorted((holding for holding in card.holdings if holding.total), key=order)


def holding_line(holding: Holding, branches: Sequence[Branch], moment: datetime, holidays: DaysOff) -> str:
    """«Центральная библиотека, сегодня до 19:00: 2 из 3, полка 84(2)6 Б90.»."""
    branch = _branch(holding, branches)
    name = branch_name(holding, branches)
    here = holding.available or holding.reading_room
    hours = today_in_short(branch, moment, holidays) if branch and here else ""
    place = f"{name}, {hours}" if hours else name
    today = moment.astimezone(branch.zone).date() if branch else moment.date()
    return f"{place}: {_copies(holding, today)}{_shelf(holding)}."


def branch_name(holding: Holding, branches: Sequence[Branch]) -> str:
    """What readers call the building; the file's own word where we do not know it."""
    branch = _branch(holding, branches)
    return branch.name if branch else holding.branch_name or holding.branch_code or _("В библиотеке")


def _branch(holding: Holding, branches: Sequence[Branch]) -> Branch | None:
    if not holding.branch_code and len(branches) == 1:
        return branches[0]
    _place, branch = _known(branches).get(holding.branch_code, (0, None))
    return branch


@of_the_same
def _known(branches: Sequence[Branch]) -> dict[str, tuple[int, Branch]]:
    """Place and branch by code; the first where a code comes twice."""
    return {branch.code: (place, branch) for place, branch in reversed(list(enumerate(branches)))}


def _copies(holding: Holding, today: date) -> str:
    lendable = holding.total - holding.reading_room
    if lendable <= 0 and not holding.available:
        return _("только читать в библиотеке")
    if holding.available:
        said = _("{available} из {total}").format(available=holding.available, total=max(lendable, holding.available))
    elif holding.next_due and holding.next_due >= today:
        said = _("сейчас нет, срок возврата {day}").format(day=day(holding.next_due))
    else:
        said = _("сейчас нет")
    if holding.reading_room:
        said += ", " + _("ещё {number} читать в библиотеке").format(number=holding.reading_room)
    return said


def _shelf(holding: Holding) -> str:
    if not holding.shelf_marks or not (holding.available or holding.reading_room):
        return ""
    return ", " + _("полка {mark}").format(mark=listed([mark.rstrip(" .") for mark in holding.shelf_marks]))


def more_branches(number: int) -> str:
    """What the first answer left out: «И ещё в 17 библиотеках.»."""
    return _("И ещё: {libraries}.").format(libraries=counted(number, "библиотека", "библиотеки", "библиотек"))


def as_of(card: WorkCard, moment: datetime, zone: tzinfo) -> str:
    """How old the knowledge is, by the library's own day; "" while it is fresh or unknown."""
    known = [holding.as_of for holding in card.holdings if holding.as_of]
    if not known or moment - min(known) < STALE_AFTER:
        return ""
    return _("Сведения каталога на {day}.").format(day=day(min(known).astimezone(zone).date()))


def edition_line(edition: Edition, card: WorkCard) -> str:
    """«2015, АСТ: 1 из 2.»; with its own title where it has another one."""
    parts = [str(edition.year)] if edition.year else []
    if edition.publisher:
        parts.append(edition.publisher)
    if fold(edition.title) != fold(card.title):
        parts.insert(0, f"«{edition.title}»")
    if edition.isbns:
        parts.append(f"ISBN {edition.isbns[0]}")
    name = ", ".join(parts) or _("Год и издательство не указаны")
    if edition.items_unknown:
        return f"{name}."
    if edition.total == 0:
        return _("{edition}: экземпляров нет.").format(edition=name)
    return _("{edition}: {available} из {total}.").format(
        edition=name, available=edition.available, total=edition.total
    )


def kind_word(kind: Kind) -> str:
    """What it is where it is no book: «аудиокнига», «ноты»; "" for a book."""
    match kind:
        case Kind.SERIAL:
            return gettext("журнал или газета")
        case Kind.AUDIO:
            return gettext("звукозапись")
        case Kind.VIDEO:
            return gettext("видео")
        case Kind.MUSIC:
            return gettext("ноты")
        case Kind.MAP:
            return gettext("карта")
        case _:
            return ""
