"""Due dates: terms fitted to the branch's calendar. Pure; docs/rules.md."""

from datetime import date, timedelta
from typing import Protocol

from bot.library.hours import DaysOff, day_of
from bot.library.model import Hours
from bot.library.policy import ClosedDay, HardDate, LendingPolicy
from bot.quick import dataclass

LONGEST_CLOSURE_DAYS = 120
"""A branch that is closed for longer is under repair: its closed days move nothing."""
_DAY = timedelta(days=1)


class Calendar(Protocol):
    """On which days readers are let in."""

    def is_open(self, day: date) -> bool:
        """Whether a book can be brought back on that day."""
        ...


@dataclass(frozen=True, slots=True)
class BranchCalendar:
    """A branch's own calendar; where nobody has told its hours every day counts as open."""

    hours: Hours | None
    holidays: DaysOff

    def is_open(self, day: date) -> bool:
        return self.hours is None or bool(day_of(self.hours, day, self.holidays).intervals)


def next_open(day: date, calendar: Calendar) -> date:
    """The day itself or the first open one after it; itself where none is near."""
    return _open(day, calendar, _DAY)


def prev_open(day: date, calendar: Calendar) -> date:
    """The day itself or the last open one before it; itself where none is near."""
    return _open(day, calendar, -_DAY)


def _open(day: date, calendar: Calendar, step: timedelta) -> date:
    for distance in range(LONGEST_CLOSURE_DAYS + 1):
        try:
            candidate = day + distance * step
        except OverflowError:
            break
        if calendar.is_open(candidate):
            return candidate
    return day


@dataclass(frozen=True, slots=True)
class Shut:
    """The branch is closed on the last day of a term: nobody can come then.

    Attributes:
        opens_on: The first open day after it: until then there is time. None while nobody knows when it opens.
    """

    opens_on: date | None


def shut_on(day: date, calendar: Calendar) -> Shut | None:
    """What a closed door does to a last day that was set before the closing was known; None where it is open then.

    The only place that says so: whatever is told of a date, and whatever follows from it, asks here or ``back_by``.
    """
    if calendar.is_open(day):
        return None
    opens = next_open(day, calendar)
    return Shut(opens if opens != day else None)


def back_by(day: date, calendar: Calendar) -> date | None:
    """The last day on which somebody can still come in time: ``day``, or the first open one after a closed one.

    None while nobody knows when the branch opens.
    """
    shut = shut_on(day, calendar)
    return day if shut is None else shut.opens_on


def is_over(day: date, today: date, calendar: Calendar) -> bool:
    """Whether the last day has passed for who could come on open days only; what nobody could reach is not over.

    While a branch is closed and nobody knows until when, nothing is over, for ``LONGEST_CLOSURE_DAYS``.
    """
    last = back_by(day, calendar)
    return (today - day).days > LONGEST_CLOSURE_DAYS if last is None else last < today


def open_days_after(day: date, count: int, calendar: Calendar) -> date:
    """The ``count``-th open day after ``day``: until when a copy waits on the hold shelf."""
    for _ in range(count):
        day = next_open(day + _DAY, calendar)
    return day


def due_date(start: date, days: int, policy: LendingPolicy, calendar: Calendar, card_expires_on: date | None) -> date:
    """The last day of a term that begins on ``start``: steps (b) to (e), without the cap on the total time.

    A hard due date that has passed when the term begins says nothing any more: nobody can bring a book back by then.
    """
    due = start + timedelta(days=days)
    if policy.closed_day_rule is ClosedDay.NEXT_OPEN:
        due = next_open(due, calendar)
    elif policy.closed_day_rule is ClosedDay.PREV_OPEN:
        due = prev_open(due, calendar)
    if policy.hard_due_date is not None and policy.hard_due_date >= start:
        due = _fitted(due, policy.hard_due_date, policy, calendar)
    if policy.return_before_card_expiry and card_expires_on is not None and due > card_expires_on:
        due = prev_open(card_expires_on, calendar)
    return due


def _fitted(due: date, hard: date, policy: LendingPolicy, calendar: Calendar) -> date:
    """The day fitted to the hard due date; off a closed one, never past what it allows."""
    moves = policy.closed_day_rule is not ClosedDay.IGNORE
    match policy.hard_due_rule:
        case HardDate.AFTER if due < hard:
            return next_open(hard, calendar) if moves else hard
        case HardDate.BEFORE if due > hard:
            return prev_open(hard, calendar) if moves else hard
        case HardDate.EXACT:
            return prev_open(hard, calendar) if moves else hard
        case _:
            return due


def capped(due: date, issued_on: date, policy: LendingPolicy, calendar: Calendar) -> date:
    """Step (f): not longer in one pair of hands than the rules allow, and off a closed day."""
    if policy.max_total_days is None:
        return due
    last = issued_on + timedelta(days=policy.max_total_days)
    if due <= last:
        return due
    return last if policy.closed_day_rule is ClosedDay.IGNORE else prev_open(last, calendar)


def is_overdue(due_on: date, today: date, calendar: Calendar) -> bool:
    """Late from the first open day after the last one on which the book could be brought in time.

    A due date on a closed day is the first open day after it (``back_by``). While a branch is closed and nobody
    knows until when, nothing becomes late, for ``LONGEST_CLOSURE_DAYS``.
    """
    if not is_over(due_on, today, calendar):
        return False
    last = back_by(due_on, calendar) or due_on
    days = (today - last).days
    return days > LONGEST_CLOSURE_DAYS or any(calendar.is_open(last + step * _DAY) for step in range(1, days + 1))
