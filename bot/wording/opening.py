"""Opening hours as a person says them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.library.customs import twelve_hours
from bot.library.hours import Day, DaysOff, Now, Why, counted, day_of, now_at
from bot.library.model import Branch, Hours, Interval
from bot.sameness import OfThisMinute
from bot.wording import capital, clock_time, current_language, day, day_and_year, listed, on_weekday, weekday
from bot.wording import gettext as _

YEAR_UNTOLD_DAYS = 183
"""A day of another year that is so near is known by its day and month: «в субботу, 2 января» in December."""
MOVED_DAY_OFF = frozenset({"Выходной", "Day off"})
"""How the calendars call a day that is off because a holiday fell on another one: it has no name of its own."""
LONGEST_BREAK = timedelta(hours=3)
"""A longer pause is no break: then the stretches are told one by one."""


def spans(intervals: Sequence[Interval]) -> str:
    """«с 9:00 до 18:00, перерыв с 13:00 до 14:00»; "" for a closed day."""
    if not intervals:
        return ""
    if len(intervals) > 1 and all(_is_break(*pair) for pair in pairwise(intervals)):
        whole = Interval(intervals[0].start, intervals[-1].end)
        breaks = listed([_span(Interval(first.end, second.start)) for first, second in pairwise(intervals)])
        return _("{hours}, перерыв {breaks}").format(hours=_span(whole), breaks=breaks)
    return listed([_span(interval) for interval in intervals])


def day_hours(what: Day) -> str:
    """What holds on a day: «с 9:00 до 18:00» or «закрыто, санитарный день»."""
    if what.intervals:
        return spans(what.intervals)
    match what.why:
        case Why.SANITARY:
            return _("закрыто, санитарный день")
        case Why.HOLIDAY:
            named = _("закрыто, праздничный день: {name}").format(name=what.note)
            return _("закрыто, официальный выходной") if what.note in MOVED_DAY_OFF else named
        case Why.EXCEPTION:
            return _("закрыто: {note}").format(note=what.note) if what.note else _("закрыто")
        case Why.GONE:
            return _("закрыто насовсем: {note}").format(note=what.note) if what.note else _("закрыто насовсем")
        case Why.WEEK:
            return _("закрыто, выходной")


def named_day(what: date, today: date) -> str:
    """«сегодня», «завтра, 25 ноября», «в субботу, 28 ноября»."""
    ahead = (what - today).days
    if ahead == 0:
        return _("сегодня")
    if ahead == 1:
        return _("завтра, {day}").format(day=day(what))
    told = day(what) if what.year == today.year or abs(ahead) <= YEAR_UNTOLD_DAYS else day_and_year(what)
    return _("{on_weekday}, {day}").format(on_weekday=on_weekday(what.weekday()), day=told)


def moment_words(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """When something happens: «сегодня в 14:00», «завтра в 10:00», «в понедельник, 30 ноября, в 10:00»."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    clock = clock_time(local.time())
    ahead = (local.date() - today).days
    if ahead == 0:
        return _("сегодня в {time}").format(time=clock)
    if ahead == 1:
        return _("завтра в {time}").format(time=clock)
    return _("{on_weekday}, {day}, в {time}").format(
        on_weekday=on_weekday(local.weekday()), day=day(local.date()), time=clock
    )


_SHORTLY: OfThisMinute[str] = OfThisMinute()


def today_in_short(branch: Branch, moment: datetime, holidays: DaysOff) -> str:
    """A few words beside a branch's name: «сегодня до 18:00», «завтра с 9:00»; "" where nothing is known."""
    said_so = current_language(), twelve_hours()
    return _SHORTLY.of(moment, (branch, holidays), said_so, lambda: _today_in_short(branch, moment, holidays))


def _today_in_short(branch: Branch, moment: datetime, holidays: DaysOff) -> str:
    hours = counted(branch)
    if hours is None:
        return ""
    now = now_at(hours, branch.zone, moment, holidays)
    if now.today.why is Why.GONE:
        return _("закрыта насовсем")
    if branch.hours is None and now.today.intervals:
        return ""
    if now.open and now.until is not None:
        return _("сегодня до {time}").format(time=_last_closing(now, branch.zone))
    return _closed_in_short(now, branch.zone)


def _closed_in_short(now: Now, zone: ZoneInfo) -> str:
    opens = now.opens.astimezone(zone) if now.opens is not None else None
    days = (opens.date() - now.today.date).days if opens is not None else None
    if opens is not None and days == 0:
        said = _("перерыв до {time}") if now.on_break else _("откроется в {time}")
        return said.format(time=clock_time(opens.time()))
    if not now.today.intervals:
        return _("сегодня закрыто")
    if opens is not None and days == 1:
        return _("завтра с {time}").format(time=clock_time(opens.time()))
    return _("уже закрыто")


def right_now(branch: Branch, moment: datetime, holidays: DaysOff) -> str:
    """Whole sentences on the present moment; "" where the hours are unknown and nothing is known of today."""
    hours = counted(branch)
    if hours is None:
        return ""
    now = now_at(hours, branch.zone, moment, holidays)
    if branch.hours is None and now.today.intervals:
        return ""
    if now.open and now.until is not None:
        return _open_now(now, branch.zone)
    if now.on_break and now.opens is not None:
        opens = clock_time(now.opens.astimezone(branch.zone).time())
        return _("Сейчас перерыв, откроемся в {time}.").format(time=opens)
    return _closed_now(now, branch, moment)


def _closed_now(now: Now, branch: Branch, moment: datetime) -> str:
    if now.today.why is Why.GONE:
        note = now.today.note.rstrip(".")
        return (
            _("Библиотека закрыта насовсем: {note}.").format(note=note) if note else _("Библиотека закрыта насовсем.")
        )
    said = _("Сейчас закрыто.") if now.today.intervals else _("Сегодня {hours}.").format(hours=day_hours(now.today))
    if now.today.open_ended:
        return said + " " + _("Когда откроемся, пока неизвестно.")
    if now.opens is not None and branch.hours is not None:
        said += " " + _("Откроемся {moment}.").format(moment=moment_words(now.opens, moment, branch.zone))
    return said


def week(hours: Hours) -> list[str]:
    """The week, equal neighbours on one line: «Пн–Пт: с 9:00 до 18:00»."""
    lines: list[str] = []
    first = 0
    for number in range(1, 8):
        if number < 7 and hours.week[number] == hours.week[first]:
            continue
        days = _short(first) if number - first == 1 else _days(first, number - 1)
        lines.append(_("{days}: {hours}").format(days=days, hours=spans(hours.week[first]) or _("выходной")))
        first = number
    return lines


def sanitary_rule(rule: tuple[str, int]) -> str:
    """The rule in words: «Санитарный день: последний четверг месяца.»."""
    which, number = rule
    ordinals = {
        "1": (_("первый"), _("первая"), _("первое")),
        "2": (_("второй"), _("вторая"), _("второе")),
        "3": (_("третий"), _("третья"), _("третье")),
        "4": (_("четвёртый"), _("четвёртая"), _("четвёртое")),
        "last": (_("последний"), _("последняя"), _("последнее")),
    }
    gender = 2 if number == 6 else 1 if number in (2, 4, 5) else 0
    return _("Санитарный день: {ordinal} {weekday} месяца.").format(
        ordinal=ordinals[which][gender], weekday=weekday(number)
    )


def unusual_days(branch: Branch, first: date, count: int, holidays: DaysOff) -> list[Day]:
    """Days that differ from the week, among ``count`` days from ``first``."""
    if branch.hours is None:
        return []
    coming = [day_of(branch.hours, first + timedelta(days=step), holidays) for step in range(count)]
    return [what for what in coming if what.intervals != branch.hours.week[what.date.weekday()] or what.note]


def _span(interval: Interval) -> str:
    return _("с {start} до {end}").format(start=clock_time(interval.start), end=clock_time(interval.end))


def _is_break(first: Interval, second: Interval) -> bool:
    some_day = date(2024, 1, 1)
    return datetime.combine(some_day, second.start) - datetime.combine(some_day, first.end) <= LONGEST_BREAK


def _last_closing(now: Now, zone: ZoneInfo) -> str:
    """The end of today's opening; of the present one where it goes on past midnight."""
    if now.today.intervals and now.until is not None and now.until.astimezone(zone).date() == now.today.date:
        return clock_time(now.today.intervals[-1].end)
    return _end(now.until, zone) if now.until else ""


def _end(moment: datetime, zone: ZoneInfo) -> str:
    """A closing time: midnight ends the day, it does not begin the next one."""
    local = moment.astimezone(zone).time()
    return clock_time(time.max if local == time.min else local)


def _open_now(now: Now, zone: ZoneInfo) -> str:
    closing = _last_closing(now, zone)
    until = _end(now.until, zone) if now.until else ""
    if now.opens is not None and until != closing and now.opens.astimezone(zone).date() == now.today.date:
        again = clock_time(now.opens.astimezone(zone).time())
        return _("Сейчас открыто. Перерыв с {start} до {end}, потом работаем до {closing}.").format(
            start=until, end=again, closing=closing
        )
    return _("Сейчас открыто, работаем до {closing}.").format(closing=closing)


def _days(first: int, last: int) -> str:
    if (first, last) == (0, 6):
        return _("Каждый день")
    return f"{_short(first)}–{_short(last)}"


def _short(number: int) -> str:
    return capital((_("пн"), _("вт"), _("ср"), _("чт"), _("пт"), _("сб"), _("вс"))[number])
