"""Which notices a reader gets, when, and through which of their contacts. Pure; docs/rules.md."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.library.due_dates import Calendar, back_by, prev_open
from bot.quick import dataclass

_DAY = timedelta(days=1)
AFTERWARDS_DAYS = 7
"""Open days after the last notice of an overdue book; later nothing is said of it: the staff take over."""
LONGEST_AHEAD_DAYS = 14
LONGEST_CARD_DAYS = 90
"""Before the last day of a card."""
LONGEST_OVERDUE_DAYS = 60
"""Calendar days: a book that is late for longer is not spoken of, however the branch was closed."""


class NoticeKind(StrEnum):
    """What a notice is about."""

    DUE = "due"
    OVERDUE = "overdue"
    HOLD_READY = "hold_ready"
    HOLD_EXPIRING = "hold_expiring"
    HOLD_EXPIRED = "hold_expired"
    """Nobody came for it: it is kept no more."""
    HOLD_REFUSED = "hold_refused"
    """The staff cannot serve it."""
    RENEWAL_DECIDED = "renewal_decided"
    CARD_EXPIRES = "card_expires"


OF_LOANS = frozenset({NoticeKind.DUE, NoticeKind.OVERDUE})
OF_HOLDS = frozenset({NoticeKind.HOLD_READY, NoticeKind.HOLD_EXPIRING})
"""Of holds that are live."""
OF_ENDED_HOLDS = (NoticeKind.HOLD_REFUSED, NoticeKind.HOLD_EXPIRED)


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing to be told, once for ever: no other notice has the same four.

    Attributes:
        subject_id: A loan, a hold or a request; with ``CARD_EXPIRES`` the patron.
        day: The last day on which the book can be brought in time, the last one on the hold shelf or of the card, or
            the day on which it happened.
        stage: With ``DUE`` and ``CARD_EXPIRES`` so many days before, with ``OVERDUE`` so many open days after; else 0.
    """

    kind: NoticeKind
    subject_id: int
    day: date
    stage: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRules:
    """When readers are written to.

    Attributes:
        due_days: So many days before the due date, for readers who have not chosen.
        overdue_days: So many open days after it, each one message, then never again.
        card_days: So many days before the last day of a card.
        quiet_from / quiet_until: Local time in which nothing is sent; equal: there is none.
        most_a_day: Messages to one reader in a day.
        wait: How long a messenger may take to deliver, before the next contact is tried.
    """

    due_days: tuple[int, ...] = (3, 1)
    overdue_days: tuple[int, ...] = (1, 7, 14)
    card_days: tuple[int, ...] = (30, 7)
    quiet_from: time = time(21)
    quiet_until: time = time(9)
    most_a_day: int = 3
    wait: timedelta = timedelta(hours=6)


# --- when ----------------------------------------------------------------------------------------


def due_stage(due_on: date, today: date, days: Collection[int]) -> int | None:
    """Which of the reader's reminders is due, None for none.

    A day on which nothing could be sent is made up for: the reminder of three days before is due two days before
    as well, if it was not sent. What is sent already is the caller's to know (:class:`Subject`).
    """
    left = (due_on - today).days
    return min((day for day in days if day >= left), default=None) if left >= 0 else None


def overdue_stage(due_on: date, today: date, days: Collection[int], calendar: Calendar) -> int | None:
    """Which of the notices of an overdue book is due, None for none: not yet late, or late beyond the last one."""
    if not days or not timedelta() < today - due_on <= timedelta(days=LONGEST_OVERDUE_DAYS):
        return None
    late = sum(calendar.is_open(due_on + _DAY * step) for step in range(1, (today - due_on).days + 1))
    if late > max(days) + AFTERWARDS_DAYS:
        return None
    return max((day for day in days if day <= late), default=None)


def is_expiring(keep_until: date, today: date, calendar: Calendar) -> bool:
    """Whether this is the last open day before the last one on the hold shelf, or later."""
    return prev_open(keep_until - _DAY, calendar) <= today <= keep_until


def is_quiet(local: time, rules: NoticeRules) -> bool:
    """Whether nothing may be sent at this time of day."""
    start, end = rules.quiet_from, rules.quiet_until
    return start <= local < end if start <= end else local >= start or local < end


def allowed_from(moment: datetime, zone: ZoneInfo, rules: NoticeRules) -> datetime:
    """The first moment from ``moment`` (aware) on that is outside the quiet hours of a zone."""
    local = moment.astimezone(zone)
    if not is_quiet(local.time(), rules):
        return moment
    day = local.date() if local.time() < rules.quiet_until else local.date() + _DAY
    ends = datetime.combine(day, rules.quiet_until, zone).astimezone(UTC)
    return max(ends, moment)  # a clock that is turned may leave the end behind


# --- to whom -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A contact of a patron, with what its reader wants.

    Attributes:
        child: Linked by a guardian.
        chosen_at: Since when the reader wants notices here before all other contacts.
        heard_at: When they last wrote.
        due_days: None where they have not chosen.
        muted_at: When they said stop; None where they did not.
        reachable: Not blocked, not gone.
        with_person: A librarian has the conversation: the bot is silent there.
    """

    contact_id: int
    channel: str
    language: str = ""
    child: bool = False
    chosen_at: datetime | None = None
    heard_at: datetime | None = None
    due_days: tuple[int, ...] | None = None
    overdue: bool = True
    hide_titles: bool = False
    muted_at: datetime | None = None
    reachable: bool = True
    with_person: bool = False


def cascade(ways: Sequence[Way]) -> tuple[Way, ...]:
    """The contacts that may be written to, in the order in which they are tried; unreachable ones included.

    The one they chose comes first, then the one last used. Who said stop at a contact of their own is not written
    to at the others either, but where they asked for notices later than that. Guardians are asked each for
    themselves.
    """
    stopped = max((way.muted_at for way in ways if way.muted_at and not way.child), default=None)

    def wanted(way: Way) -> bool:
        if way.muted_at is not None:
            return False
        return way.child or stopped is None or (way.chosen_at is not None and way.chosen_at > stopped)

    long_ago = datetime.min.replace(tzinfo=UTC)
    return tuple(
        sorted(
            filter(wanted, ways),
            key=lambda way: (way.chosen_at or long_ago, way.heard_at or long_ago, -way.contact_id),
            reverse=True,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """What a channel means for notices.

    Attributes:
        personal: It may carry something of a person (its data class is ``full``).
        pushes: What is sent there finds its reader: not a page that somebody has to open.
        window_h: Hours after the reader's last word in which anything may be written, 0 for no such rule.
        templates: Keys of approved messages for later than that.
        confirms: It tells when a message has reached the reader's device.
    """

    personal: bool = True
    pushes: bool = True
    window_h: float = 0
    templates: frozenset[str] = frozenset()
    confirms: bool = False

    def takes(self, template: str, heard_at: datetime | None, now: datetime) -> bool:
        """Whether a notice may be sent to somebody who last wrote then."""
        if not (self.personal and self.pushes):
            return False
        silent = not self.window_h or (heard_at is not None and now - heard_at <= timedelta(hours=self.window_h))
        return silent or template in self.templates


def next_way(ways: Sequence[Way], tried: Collection[int], carries: Callable[[Way], bool]) -> Way | None:
    """The next contact to try, of those that :func:`cascade` gave; None where all have been."""
    return next(
        (way for way in ways if way.contact_id not in tried and way.reachable and carries(way)),
        None,
    )


# --- what a loan asks for ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LentBook:
    """A loan as planning sees it."""

    loan_id: int
    issued_on: date
    due_on: date


def loan_subject(
    loan: LentBook, today: date, due_days: Collection[int], overdue_days: Collection[int], calendar: Calendar
) -> Subject | None:
    """What is to be told of a loan today; nothing on the day of issue: the reader has just heard the date.

    A due date on a closed day is the first open day after it; nothing is said while nobody knows which that is.
    """
    day = back_by(loan.due_on, calendar)
    if day is None or loan.issued_on >= today:
        return None
    stage = due_stage(day, today, due_days)
    if stage is not None:
        return Subject(NoticeKind.DUE, loan.loan_id, day, stage)
    stage = overdue_stage(day, today, overdue_days, calendar)
    return None if stage is None else Subject(NoticeKind.OVERDUE, loan.loan_id, day, stage)


def card_subject(patron_id: int, valid_until: date, today: date, days: Collection[int]) -> Subject | None:
    """What is to be told of a card today; nothing once its last day has passed: whoever comes hears it there."""
    stage = due_stage(valid_until, today, days)
    return None if stage is None else Subject(NoticeKind.CARD_EXPIRES, patron_id, valid_until, stage)
