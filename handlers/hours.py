"""«До скольки вы сегодня?»: now, on a day, in a week; closed days, breaks, sanitary days."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from bot.clock import local_day
from bot.language.folding import fold, words
from bot.library.hours import LOOK_AHEAD_DAYS, Day, Why, day_of, next_opening
from bot.library.model import Branch, Hours
from bot.library.places import branch_behind, branch_key, find_branches, main_branch, meant
from bot.library.when import When, parse_when
from bot.messages import Button, Reply, bold, reply
from bot.ports.library import Library
from bot.routing import Answer, Router, Turn, follows, intent, not_followed, pressed, same_for_all
from bot.wording import capital, day, weekday
from bot.wording import gettext as _
from bot.wording.opening import day_hours, moment_words, named_day, right_now, sanitary_rule, spans, unusual_days, week
from bot.wording.reaching import phone_beside
from handlers import (
    MOST_BRANCHES,
    Row,
    faq_reply,
    find_button,
    in_lines,
    librarian_button,
    names_a_branch,
    not_one_of_ours,
    which_branch,
    words_of,
)

router = Router("hours")

MOST_DAYS = 12
"""Lines that one answer tells days in; of more the week and what differs from it are told."""
MOST_LINES = 7
"""From more lines on open days that are alike are told in one, too."""
NEWS_DAYS = 14
"""How far ahead the week's answer mentions days that differ."""
MOST_OPEN = 40
"""Lines that tell of all branches day by day; where there would be more, each branch tells its open days."""
LONG_STRETCH, REST_DAYS = 3, 3
"""From so many closed days on they are told in one line; so many days later it is still the same closing."""
_WHICH = frozenset(("какие", "какая", "какой", "которые", "которая", "which"))
_WHAT = frozenset(("что", "кто"))
_ALL = frozenset(("все", "всех", "всем", "каждой", "каждого", "каждый", "all", "every"))
_BRANCHES = ("филиал", "библиотек", "librar", "branch")
_OPEN = ("открыт", "работа", "open")
_OF_THE_WEEK = ("график", "режим", "расписан", "часы", "дни", "обычно", "вообще", "hours", "schedule")
"""Beginnings of words that ask for the whole week, whatever day was spoken of before."""
_OF_HOURS = ("час", "дни", "день", "график", "режим", "врем", "расписан", "hour")
_SANITARY = ("санитар", "sanitary")
_BREAK = ("обед", "перерыв", "lunch", "break")


@router.on(intent("hours"))
@same_for_all
async def when_open(turn: Turn, library: Library) -> Reply | Answer:
    """The hours that the message asks for, of the branch that it names, else of the main one."""
    text = words_of(turn)
    branches = await library.branches.all()
    if (elsewhere := not_one_of_ours(turn, branches)) is not None:
        return elsewhere
    if not find_branches(text, branches):
        if asks_which(text):
            return await _open_ones(turn, library, branches)
        if _asks_of_all(text):
            return await _all(turn, library, branches)
    named = meant(text, branches)
    if not named:
        return await _unknown(turn, library, None)
    when = parse_when(text, local_day(turn.now, named[0].zone), library.holidays)
    if not _names_time(when, text):
        when = _kept(turn.argument)
    if len(named) > 1:
        return which_branch("hours", named, _day_behind(when.days))
    return await _told(turn, library, named[0], when, fold(text))


@router.on(follows("day:hours"))
@same_for_all
async def when_open_then(turn: Turn, library: Library) -> Reply | Answer:
    """«А завтра?»: another day of the same branch."""
    branch = branch_behind(turn.argument, await library.branches.all())
    if branch is None:
        return not_followed(turn)
    when = parse_when(turn.text, local_day(turn.now, branch.zone), library.holidays)
    return await _told(turn, library, branch, when, "")


@router.on(follows("elsewhere:hours"))
@same_for_all
async def when_open_elsewhere(turn: Turn, library: Library) -> Reply | Answer:
    """«А детская?»; anything that is no branch is a wish of its own."""
    return await when_open(turn, library) if await names_a_branch(turn, library) else not_followed(turn)


@router.on(follows("there:hours"))
@same_for_all
async def when_open_there_too(turn: Turn, library: Library) -> Reply | Answer:
    """«До скольки там?»: the hours of the building, on the day, that was spoken of last, unless another is named."""
    branch = branch_behind(turn.argument, await library.branches.all())
    of_many = asks_which(turn.text) or _asks_of_all(turn.text)
    if branch is None or of_many or await names_a_branch(turn, library):
        return await when_open(turn, library)
    when = parse_when(turn.text, local_day(turn.now, branch.zone), library.holidays)
    if not _names_time(when, turn.text):
        when = _kept(turn.argument)
    return await _told(turn, library, branch, when, fold(turn.text))


@router.on(pressed("hours"))
@same_for_all
async def when_open_there(turn: Turn, library: Library) -> Reply | Answer:
    """``hours``, ``hours:03`` or ``hours:03@2026-03-08``."""
    branches = await library.branches.all()
    branch = branch_behind(turn.argument, branches) if turn.argument else main_branch(branches)
    if branch is None:
        return await _unknown(turn, library, None)
    return await _told(turn, library, branch, _kept(turn.argument), "")


@router.on(pressed("hours_where"))
@same_for_all
async def where(turn: Turn, library: Library) -> Reply:
    """Let the reader choose a branch; many are told at once, each with its hours of today.

    ``hours_where`` or ``hours_where:@2026-03-08``.
    """
    branches = await library.branches.all()
    known = [branch for branch in branches if branch.hours is not None]
    if 0 < len(known) <= MOST_BRANCHES:
        return which_branch("hours", known, _day_behind(_kept(turn.argument).days))
    return await _all(turn, library, branches)


def _names_time(when: When, text: str) -> bool:
    """Whether a question tells itself which days it is about: a day, the present moment, or the week."""
    said = words(text)
    return bool(when.days or when.weekdays or when.now) or any(word.startswith(_OF_THE_WEEK) for word in said)


def _kept(argument: str) -> When:
    """The days that stand behind a branch: ``03@2026-03-08``, ``03@2026-03-07..2026-03-08``."""
    first, _to, last = argument.partition("@")[2].partition("..")
    try:
        begins = date.fromisoformat(first)
        count = (date.fromisoformat(last or first) - begins).days + 1
    except ValueError:
        return When()
    return When(days=tuple(begins + timedelta(days=step) for step in range(count)))


def _and_between(when: When) -> tuple[date, ...]:
    """The days that were named, with the working days between them where those are asked about, too."""
    first, last = when.days[0], when.days[-1]
    if not when.and_between:
        return when.days
    return tuple(first + timedelta(days=step) for step in range((last - first).days + 1))


def _day_behind(days: Sequence[date]) -> str:
    """One day as it stands behind a branch in a button, which has no room for more."""
    return f"@{days[0]}" if len(days) == 1 else ""


def _days_behind(days: Sequence[date]) -> str:
    """Days in a row as they stand behind a branch in what was shown last."""
    in_a_row = len(days) > 1 and (days[-1] - days[0]).days == len(days) - 1
    return f"@{days[0]}..{days[-1]}" if in_a_row else _day_behind(days)


async def _all(turn: Turn, library: Library, branches: Sequence[Branch]) -> Reply:
    """Every branch whose hours are known, with those of today or of the day that is asked about."""
    known = [(branch, branch.hours) for branch in branches if branch.hours is not None]
    if not known:
        return await _unknown(turn, library, None)
    today = local_day(turn.now, known[0][0].zone)
    days = _days_asked(turn, library, today)
    if len(days) > 1:
        return _on_several_days(known, days, today, library)
    lines = []
    for branch, hours in known:
        day_there = days[0] if days else local_day(turn.now, branch.zone)
        lines.append(f"{branch.name}: {day_hours(day_of(hours, day_there, library.holidays))}")
    heading = capital(_("{day}:").format(day=named_day(days[0] if days else today, today)))
    said = _("Напишите «часы» и название библиотеки, и я скажу про неё подробно.")
    return reply("\n".join((heading, *lines, said)), buttons=((find_button(),),))


def asks_which(text: str) -> bool:
    """«Какие филиалы открыты в субботу?», «а что работает?»: not one branch, but those that are open."""
    said = words(text)
    if not _WHICH.isdisjoint(said) and any(word.startswith(_BRANCHES) for word in said):
        return True
    works = any(word.startswith(_OPEN) for word in said)
    return works and not (_WHICH | _WHAT).isdisjoint(said) and not any(word.startswith(_OF_HOURS) for word in said)


def _asks_of_all(text: str) -> bool:
    """«Часы работы всех библиотек», «когда открыты все филиалы»: each of them, not the main one."""
    said = words(text)
    return not _ALL.isdisjoint(said) and any(word.startswith(_BRANCHES) for word in said)


async def _open_ones(turn: Turn, library: Library, branches: Sequence[Branch]) -> Reply:
    """The branches that are open on the day that is asked about, today if none is; nothing of those nobody knows of."""
    known = [(branch, branch.hours) for branch in branches if branch.hours is not None]
    if not known:
        return await _unknown(turn, library, None)
    today = local_day(turn.now, branches[0].zone)
    days = _days_asked(turn, library, today)
    if len(days) > 1:
        return _on_several_days(known, days, today, library)
    lines = []
    for branch, hours in known:
        day_there = day_of(hours, days[0] if days else local_day(turn.now, branch.zone), library.holidays)
        if day_there.intervals:
            lines.append(f"{branch.name}: {day_hours(day_there)}")
    told = _open_then(named_day(days[0] if days else today, today), lines)
    return reply(told, buttons=((find_button(), librarian_button()),))


def _open_then(when: str, lines: Sequence[str]) -> str:
    said = _("Открыты {day}:").format(day=when)
    return "\n".join((said, *lines)) if lines else _("{day}: все библиотеки закрыты.").format(day=capital(when))


def _days_asked(turn: Turn, library: Library, today: date) -> tuple[date, ...]:
    """The days that a question of all branches names, working ones between holidays among them, or the last ones."""
    when = parse_when(words_of(turn), today, library.holidays)
    return _and_between(when) if when.days else _kept(turn.argument).days


def _on_several_days(
    known: Sequence[tuple[Branch, Hours]], days: Sequence[date], today: date, library: Library
) -> Reply:
    """Which branches are open, day by day or, where that would be long, branch by branch."""
    lines = {
        when: tuple(
            f"{branch.name}: {day_hours(on_it)}"
            for branch, hours in known
            if (on_it := day_of(hours, when, library.holidays)).intervals
        )
        for when in days
    }
    alike = _in_a_row(days, lambda before, what: lines[before] == lines[what])
    if sum(len(lines[some[0]]) for some in alike) <= MOST_OPEN:
        told = "\n\n".join(_open_then(_from_to(some, today), lines[some[0]]) for some in alike)
        return reply(told, buttons=((find_button(), librarian_button()),))
    opened = {
        branch.name: [when for when in days if day_of(hours, when, library.holidays).intervals]
        for branch, hours in known
    }
    there = [
        f"{name}: {', '.join(_from_to(some, None) for some in _in_a_row(which, lambda _before, _what: True))}"
        for name, which in opened.items()
        if which
    ]
    said = _("Напишите «часы» и название библиотеки, и я скажу про неё подробно.")
    told = _open_then(_("с {first} по {last}").format(first=day(days[0]), last=day(days[-1])), there)
    return reply(f"{told}\n{said}", buttons=((find_button(), librarian_button()),))


def _in_a_row(days: Sequence[date], goes_on: Callable[[date, date], bool]) -> list[list[date]]:
    """Days that follow one another together, as long as each goes on as the one before."""
    found: list[list[date]] = []
    for what in days:
        before = found[-1][-1] if found else None
        if before and what - before == timedelta(days=1) and goes_on(before, what):
            found[-1].append(what)
        else:
            found.append([what])
    return found


def _from_to(days: Sequence[date], today: date | None) -> str:
    """«в субботу, 7 марта»; «7 марта» where today is of no interest; «с 1 января по 8 января»."""
    if len(days) > 1:
        return _("с {first} по {last}").format(first=day(days[0]), last=day(days[-1]))
    return named_day(days[0], today) if today else day(days[0])


async def _told(turn: Turn, library: Library, branch: Branch, when: When, text: str) -> Reply | Answer:
    hours, today = branch.hours, local_day(turn.now, branch.zone)
    if hours is None:
        return await _unknown(turn, library, branch)
    if day_of(hours, today, library.holidays).why is Why.GONE:
        lines = [right_now(branch, turn.now, library.holidays)]
    elif any(word in text for word in _SANITARY):
        day_asked = _days(branch, hours, when, today, turn.now, library) if when.days else []
        lines = [*day_asked, *_sanitary(hours, today, library)]
    elif when.days:
        lines = _days(branch, hours, when, today, turn.now, library)
    elif when.weekdays:
        lines = [
            _("{days}: {hours}").format(days=capital(weekday(number)), hours=spans(hours.week[number]) or _("выходной"))
            for number in when.weekdays
        ]
        lines += _news(branch, hours, today, library, set(when.weekdays))
    elif any(word in text for word in _BREAK):
        lines = _breaks(hours, today, library)
    elif when.now:
        lines = [right_now(branch, turn.now, library.holidays)]
    else:
        lines = [right_now(branch, turn.now, library.holidays), *week(hours)]
        if hours.sanitary_day is not None:
            lines.append(sanitary_rule(hours.sanitary_day))
        lines += _news(branch, hours, today, library, set(range(7)))
    told = reply(
        bold(branch.name), "".join(f"\n{line}" for line in lines), buttons=await _others(library, branch, when.days)
    )
    return Answer(replies=(told,), about=f"hours:{branch_key(branch.code)}{_days_behind(when.days)}")


def _day(what: Day, today: date) -> str:
    return capital(_("{day}: {hours}.").format(day=named_day(what.date, today), hours=day_hours(what)))


def _days(branch: Branch, hours: Hours, when: When, today: date, moment: datetime, library: Library) -> list[str]:
    """A line a day, or one for several that are alike; after closed days the next opening: nobody has to ask again."""
    told = [day_of(hours, day, library.holidays) for day in _and_between(when)]
    if len(told) == 1 and told[0].date == today:
        now = right_now(branch, moment, library.holidays)
        # On a closed day both would say the same; only the second tells when we open.
        return [_day(told[0], today), now] if told[0].intervals else [now]
    lines = _in_stretches(told, hours, today)
    if not any(what.intervals for what in told):
        after = datetime.combine(told[-1].date, datetime.max.time(), branch.zone)
        opens = next_opening(hours, branch.zone, after, library.holidays)
        if opens is not None and told[-1].date - today <= timedelta(days=LOOK_AHEAD_DAYS * 6):
            lines.append(_("Откроемся {moment}.").format(moment=moment_words(opens, moment, branch.zone)))
    return lines


def _in_stretches(told: Sequence[Day], hours: Hours, today: date) -> list[str]:
    """Days with closed ones in a row told together, in many days open ones, too; of very many the week tells most."""
    stretches = _parted(told, lambda before, what: not before.intervals and not what.intervals)
    if len(stretches) > MOST_LINES:
        stretches = _parted(told, lambda before, what: before.intervals == what.intervals)
    if len(stretches) <= MOST_DAYS:
        return [_stretch(days, today) for days in stretches]
    unlike = [days for days in stretches if any(day.intervals != hours.week[day.date.weekday()] for day in days)]
    return [*week(hours), *(_stretch(days, today) for days in unlike[:MOST_DAYS])]


def _parted(told: Sequence[Day], goes_on: Callable[[Day, Day], bool]) -> list[list[Day]]:
    """The same of days with their hours."""
    by_date = {what.date: what for what in told}
    rows = _in_a_row(tuple(by_date), lambda before, what: goes_on(by_date[before], by_date[what]))
    return [[by_date[when] for when in row] for row in rows]


def _sanitary(hours: Hours, today: date, library: Library) -> list[str]:
    if hours.sanitary_day is None:
        return [_("Санитарного дня в графике нет.")]
    lines = [sanitary_rule(hours.sanitary_day)]
    coming = (day_of(hours, today + timedelta(days=step), library.holidays) for step in range(LOOK_AHEAD_DAYS))
    following = next((what for what in coming if what.why == "sanitary"), None)
    if following is not None:
        lines.append(_("Ближайший: {day}.").format(day=named_day(following.date, today)))
    return lines


def _breaks(hours: Hours, today: date, library: Library) -> list[str]:
    what = day_of(hours, today, library.holidays)
    lines = [_day(what, today)]
    if what.intervals and all(len(intervals) < 2 for intervals in hours.week):
        lines.append(_("Работаем без перерыва."))
    return lines


def _news(branch: Branch, hours: Hours, today: date, library: Library, weekdays: set[int]) -> list[str]:
    """Days soon that are not as the week says; a holiday on a day off is no news.

    Days in a row that are closed for the same reason are told together; a closing without an end is told already.
    """
    news = [
        what
        for what in unusual_days(branch, today, NEWS_DAYS, library.holidays)
        if what.date.weekday() in weekdays
        and what.date != today
        and not what.open_ended
        and (what.intervals or hours.week[what.date.weekday()])
    ]
    stretches: list[list[Day]] = []
    for what in news:
        if stretches and _goes_on(stretches[-1][-1], what):
            stretches[-1].append(what)
        else:
            stretches.append([what])
    return [_stretch(days, today) for days in stretches]


def _goes_on(before: Day, what: Day) -> bool:
    """Whether the library's own closing goes on, perhaps over a weekend."""
    same = (before.why, before.note, before.intervals) == (what.why, what.note, what.intervals)
    return same and what.why is Why.EXCEPTION and not what.intervals and (what.date - before.date).days <= REST_DAYS


def _stretch(days: Sequence[Day], today: date) -> str:
    if len(days) < LONG_STRETCH:
        return "\n".join(_day(what, today) for what in days)
    said = day_hours(days[0])
    if any(day_hours(what) != said for what in days):
        holidays = {what.why for what in days} <= {Why.HOLIDAY, Why.WEEK}
        said = _("закрыто, праздничные дни") if holidays else _("закрыто")
    return _("С {first} по {last}: {hours}.").format(first=day(days[0].date), last=day(days[-1].date), hours=said)


async def _others(library: Library, branch: Branch, days: Sequence[date]) -> tuple[Row, ...]:
    branches = await library.branches.all()
    day_asked = _day_behind(days)
    where_else = f"hours_where:{day_asked}" if day_asked else "hours_where"
    other = ((Button(_("Другая библиотека"), where_else),),) if len(branches) > 1 else ()
    return (*other, (Button(_("Адрес"), f"location:{branch_key(branch.code)}"), find_button()))


async def _unknown(turn: Turn, library: Library, branch: Branch | None) -> Reply:
    """Nobody has told us the hours: nothing is claimed."""
    closed = right_now(branch, turn.now, library.holidays) if branch else ""
    known = await library.faq.about("hours", turn.language) if not closed else None
    if known is not None:
        return faq_reply(known, (librarian_button(),))
    branches = await library.branches.all()
    name = branch.name if branch else library.name
    said = [closed or _("Часов работы пока не знаю: {library}.").format(library=name)]
    said.append(phone_beside(branch, main_branch(branches), turn.now, library.holidays))
    return reply(in_lines(*said), buttons=((librarian_button(),), (find_button(),)))
