"""The decision table at its edges: closed days, ends of years, leap days, expiring cards, time zones, several branches.

The days were worked out by hand from the rules with a calendar beside them; weekdays stand in the comments.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.clock import local_day
from bot.library.due_dates import Calendar
from bot.library.lending import Loan, Patron
from bot.library.policy import (
    ClosedDay,
    Confirmation,
    HardDate,
    HoldsBlock,
    LendingPolicy,
    LendingRule,
    LendingRules,
    OverdueBlock,
    RenewalBase,
)
from bot.library.renewal import Circumstances, NotRenewed, OtherLoan, RenewalBlock, Renewed, WaitingHold, renew
from tests.library.test_due_dates import EVERY_DAY, NOT_ON_WEEKENDS, Open

DAY = timedelta(days=1)
NEW_YEAR = Open(lambda day: (day.month == 1 and day.day <= 8) or day.weekday() == 0)
"""Closed on 1 to 8 January and on Mondays."""
CLOSED_IN_MARCH = Open(lambda day: date(2028, 2, 29) <= day <= date(2028, 3, 5))


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A loan that may be renewed, and until when."""

    today: date
    due_on: date
    until: date
    calendar: Calendar = EVERY_DAY
    policy: Mapping[str, Any] = field(default_factory=dict)
    patron: Mapping[str, Any] = field(default_factory=dict)
    loan: Mapping[str, Any] = field(default_factory=dict)

    def decide(self, *changes: Mapping[str, Mapping[str, Any]]) -> Renewed | NotRenewed:
        """What comes of it, with something changed."""
        merged: dict[str, dict[str, Any]] = {
            "policy": {"confirmation": Confirmation.AUTO, **self.policy},
            "patron": {**self.patron},
            "loan": {**self.loan},
            "now": {},
        }
        for change in changes:
            for what, values in change.items():
                merged[what].update(values)
        loan: dict[str, Any] = {
            "loan_id": 1,
            "patron_id": 1,
            "item_id": 10,
            "branch_code": "01",
            "due_on": self.due_on,
            "issued_on": self.due_on - 15 * DAY,
        }
        now: dict[str, Any] = {"today": self.today, "calendar": self.calendar}
        patron, policy = Patron(patron_id=1, **merged["patron"]), LendingPolicy(**merged["policy"])
        return renew(Loan(**loan | merged["loan"]), patron, policy, Circumstances(**now | merged["now"]))


SCENES = {
    "an ordinary Wednesday": Scene(today=date(2026, 11, 25), due_on=date(2026, 11, 27), until=date(2026, 12, 10)),
    "the new day is a Saturday": Scene(  # Friday 20 November + 15 = Saturday 5 December
        today=date(2026, 11, 20), due_on=date(2026, 11, 24), until=date(2026, 12, 7), calendar=NOT_ON_WEEKENDS
    ),
    "back to the Friday before": Scene(
        today=date(2026, 11, 20), due_on=date(2026, 11, 24), until=date(2026, 12, 4), calendar=NOT_ON_WEEKENDS,
        policy={"closed_day_rule": ClosedDay.PREV_OPEN},
    ),
    "closed days do not matter": Scene(
        today=date(2026, 11, 20), due_on=date(2026, 11, 24), until=date(2026, 12, 5), calendar=NOT_ON_WEEKENDS,
        policy={"closed_day_rule": ClosedDay.IGNORE},
    ),
    "over New Year": Scene(  # 24 December + 15 = 8 January, closed; the 9th is a Saturday and open
        today=date(2026, 12, 24), due_on=date(2026, 12, 30), until=date(2027, 1, 9), calendar=NEW_YEAR
    ),
    "the last day of a year": Scene(
        today=date(2026, 12, 31), due_on=date(2026, 12, 31), until=date(2027, 1, 15), calendar=NEW_YEAR
    ),
    "to a leap day": Scene(today=date(2028, 2, 14), due_on=date(2028, 2, 20), until=date(2028, 2, 29)),
    "over a leap day that is closed": Scene(  # 14 February + 15 = 29 February; open again on 6 March
        today=date(2028, 2, 14), due_on=date(2028, 2, 20), until=date(2028, 3, 6), calendar=CLOSED_IN_MARCH
    ),
    "in a year without one": Scene(today=date(2027, 2, 14), due_on=date(2027, 2, 20), until=date(2027, 3, 1)),
    "from a leap day on": Scene(today=date(2028, 2, 29), due_on=date(2028, 2, 29), until=date(2028, 3, 15)),
    "from the old due date on": Scene(
        today=date(2026, 11, 25), due_on=date(2026, 11, 27), until=date(2026, 12, 12),
        policy={"renewal_base": RenewalBase.DUE_DATE},
    ),
    "a term of its own": Scene(
        today=date(2026, 11, 25), due_on=date(2026, 11, 27), until=date(2026, 12, 2), policy={"renewal_days": 7}
    ),
    "on the last day of the card": Scene(
        today=date(2026, 11, 25), due_on=date(2026, 11, 27), until=date(2026, 12, 10),
        patron={"expires_on": date(2026, 11, 25)},
    ),
    "until the card ends on a Sunday": Scene(  # 6 December is a Sunday
        today=date(2026, 11, 25), due_on=date(2026, 11, 27), until=date(2026, 12, 4), calendar=NOT_ON_WEEKENDS,
        policy={"return_before_card_expiry": True}, patron={"expires_on": date(2026, 12, 6)},
    ),
    "until the school year ends": Scene(  # 14 May + 15 = 29 May; 25 May 2027 is a Tuesday
        today=date(2027, 5, 14), due_on=date(2027, 5, 18), until=date(2027, 5, 25),
        policy={"hard_due_date": date(2027, 5, 25)},
    ),
    "after the school year has ended": Scene(
        today=date(2027, 6, 1), due_on=date(2027, 6, 3), until=date(2027, 6, 16),
        policy={"hard_due_date": date(2027, 5, 25)},
    ),
    "all to one day": Scene(
        today=date(2027, 4, 14), due_on=date(2027, 4, 18), until=date(2027, 5, 25),
        policy={"hard_due_date": date(2027, 5, 25), "hard_due_rule": HardDate.EXACT},
    ),
    "no earlier than a day": Scene(
        today=date(2027, 4, 14), due_on=date(2027, 4, 18), until=date(2027, 5, 25),
        policy={"hard_due_date": date(2027, 5, 25), "hard_due_rule": HardDate.AFTER},
    ),
    "as long as it may stay in all": Scene(  # taken on 12 November, 20 days: 2 December
        today=date(2026, 11, 25), due_on=date(2026, 11, 27), until=date(2026, 12, 2), policy={"max_total_days": 20}
    ),
    "as long as it may stay, and then a Sunday": Scene(  # 24 days: 6 December, back to Friday
        today=date(2026, 11, 25), due_on=date(2026, 11, 27), until=date(2026, 12, 4), calendar=NOT_ON_WEEKENDS,
        policy={"max_total_days": 24},
    ),
}  # fmt: skip


def blocks_of(scene: Scene) -> list[tuple[RenewalBlock, dict[str, dict[str, Any]]]]:
    """Each row of the table as it would look in the scene, in the table's order."""
    past = scene.today - 10 * DAY
    return [
        (RenewalBlock.NOT_YOUR_LOAN, {"loan": {"patron_id": 2}}),
        (RenewalBlock.ITEM_LOST, {"loan": {"missing": True}}),
        (RenewalBlock.IN_LIBRARY_ONLY, {"loan": {"reading_room": True}}),
        (RenewalBlock.TYPE_NOT_RENEWABLE, {"loan": {"high_demand": True}}),
        (RenewalBlock.CARD_EXPIRED, {"patron": {"expires_on": scene.today - DAY}}),
        (RenewalBlock.PATRON_BLOCKED, {"patron": {"blocked": True}}),
        (RenewalBlock.DEBT, {"patron": {"debt": Decimal("0.01")}, "policy": {"block_if_debt_over": Decimal(0)}}),
        (RenewalBlock.RENEW_LIMIT, {"loan": {"renewals": 2}}),
        (RenewalBlock.REMOTE_LIMIT, {"loan": {"remote_renewals": 1}, "policy": {"remote_renewals_allowed": 1}}),
        (RenewalBlock.OVERDUE, {"now": {"others": [OtherLoan(past, EVERY_DAY, scene.today)]}}),
        (RenewalBlock.RECALLED, {"now": {"recalled": True}}),
        (RenewalBlock.HOLD_QUEUE, {"now": {"waiting": [WaitingHold()]}}),
        (RenewalBlock.BOOKED, {"now": {"booked": True}}),
        (
            RenewalBlock.TOO_SOON,
            {"loan": {"due_on": scene.today + 3 * DAY}, "policy": {"no_renewal_before_days": 2}},
        ),
        (RenewalBlock.NO_GAIN, {"loan": {"due_on": scene.until + 90 * DAY}, "policy": {"renewal_days": 0}}),
        (RenewalBlock.PERIOD_CAP, {"policy": {"max_total_days": 1}}),
    ]


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_until_when_it_goes_on(scene: Scene) -> None:
    outcome = scene.decide()

    assert isinstance(outcome, Renewed), outcome
    assert outcome.due_on == scene.until


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_every_row_stands_in_every_scene_and_before_all_that_follow(scene: Scene) -> None:
    rows = blocks_of(scene)
    assert renew(None, Patron(patron_id=1), LendingPolicy(), Circumstances(today=scene.today, calendar=EVERY_DAY)) == (
        NotRenewed(loan=None, block=RenewalBlock.LOAN_NOT_FOUND)
    )
    for at, (block, change) in enumerate(rows):
        outcome = scene.decide(change)
        assert isinstance(outcome, NotRenewed), block
        assert outcome.block is block
        for later, other in rows[at + 1 :]:
            both = scene.decide(other, change)
            assert isinstance(both, NotRenewed)
            assert both.block is block, f"{later} was told instead"


def test_no_row_of_the_table_is_left_out() -> None:
    rows = {block for block, _ in blocks_of(SCENES["an ordinary Wednesday"])}

    from_systems = {RenewalBlock.ILS_REFUSED, RenewalBlock.ILS_DOWN}
    assert rows | from_systems | {RenewalBlock.LOAN_NOT_FOUND} == set(RenewalBlock)


# --- one day, one unit to either side ------------------------------------------------------------

WEDNESDAY = Scene(today=date(2026, 11, 25), due_on=date(2026, 11, 27), until=date(2026, 12, 10))
EDGES: list[tuple[str, Scene, dict[str, dict[str, Any]], RenewalBlock | date]] = [
    ("card ended yesterday", WEDNESDAY, {"patron": {"expires_on": date(2026, 11, 24)}}, RenewalBlock.CARD_EXPIRED),
    ("card ends today", WEDNESDAY, {"patron": {"expires_on": date(2026, 11, 25)}}, date(2026, 12, 10)),
    (
        "an ended card where it is allowed", WEDNESDAY,
        {"patron": {"expires_on": date(2026, 11, 1)}, "policy": {"block_if_card_expired": False}}, date(2026, 12, 10),
    ),
    (
        "the card ends with the term", WEDNESDAY,
        {"patron": {"expires_on": date(2026, 11, 27)}, "policy": {"return_before_card_expiry": True}},
        RenewalBlock.NO_GAIN,
    ),
    (
        "the card ends a day after it", WEDNESDAY,
        {"patron": {"expires_on": date(2026, 11, 28)}, "policy": {"return_before_card_expiry": True}},
        date(2026, 11, 28),
    ),
    (
        "a leap day is the card's last", Scene(today=date(2028, 2, 20), due_on=date(2028, 2, 25), until=date.max),
        {"patron": {"expires_on": date(2028, 2, 29)}, "policy": {"return_before_card_expiry": True}},
        date(2028, 2, 29),
    ),
    ("exactly the debt that is allowed", WEDNESDAY,
     {"patron": {"debt": Decimal(100)}, "policy": {"block_if_debt_over": Decimal(100)}}, date(2026, 12, 10)),
    ("a kopeck more", WEDNESDAY,
     {"patron": {"debt": Decimal("100.01")}, "policy": {"block_if_debt_over": Decimal(100)}}, RenewalBlock.DEBT),
    ("blocked where that does not matter", WEDNESDAY,
     {"patron": {"blocked": True}, "policy": {"block_if_restricted": False}}, date(2026, 12, 10)),
    ("one renewal left", WEDNESDAY, {"loan": {"renewals": 1}}, date(2026, 12, 10)),
    ("none left", WEDNESDAY, {"loan": {"renewals": 2}}, RenewalBlock.RENEW_LIMIT),
    ("more than there may be", WEDNESDAY, {"loan": {"renewals": 9}}, RenewalBlock.RENEW_LIMIT),
    ("never from afar", WEDNESDAY, {"policy": {"remote_renewals_allowed": 0}}, RenewalBlock.REMOTE_LIMIT),
    ("never from afar, at the desk", WEDNESDAY,
     {"policy": {"remote_renewals_allowed": 0}, "now": {"remote": False}}, date(2026, 12, 10)),
    ("no limit from afar", WEDNESDAY,
     {"loan": {"remote_renewals": 50}, "policy": {"remote_renewals_allowed": None}}, date(2026, 12, 10)),
    ("on the due day", WEDNESDAY, {"loan": {"due_on": date(2026, 11, 25)}}, date(2026, 12, 10)),
    ("a day late", WEDNESDAY, {"loan": {"due_on": date(2026, 11, 24)}}, RenewalBlock.OVERDUE),
    ("a day late where only others matter not", WEDNESDAY,
     {"loan": {"due_on": date(2026, 11, 24)}, "policy": {"block_if_overdue": OverdueBlock.ITEM}}, RenewalBlock.OVERDUE),
    ("a day late where it does not matter", WEDNESDAY,
     {"loan": {"due_on": date(2026, 11, 24)}, "policy": {"block_if_overdue": OverdueBlock.NONE}}, date(2026, 12, 10)),
    ("due on Friday, asked on Sunday", Scene(
        today=date(2026, 11, 22), due_on=date(2026, 11, 20), until=date.max, calendar=NOT_ON_WEEKENDS),
     {}, date(2026, 12, 7)),  # + 15 = Monday 7 December
    ("due on Friday, asked on Monday", Scene(
        today=date(2026, 11, 23), due_on=date(2026, 11, 20), until=date.max, calendar=NOT_ON_WEEKENDS),
     {}, RenewalBlock.OVERDUE),
    ("due on 30 December, asked on 8 January", Scene(  # closed since the 1st; the 31st was open
        today=date(2027, 1, 8), due_on=date(2026, 12, 30), until=date.max, calendar=NEW_YEAR),
     {}, RenewalBlock.OVERDUE),
    ("due on 31 December, asked on 8 January", Scene(
        today=date(2027, 1, 8), due_on=date(2026, 12, 31), until=date.max, calendar=NEW_YEAR), {}, date(2027, 1, 23)),
    ("due on 31 December, asked on 9 January", Scene(
        today=date(2027, 1, 9), due_on=date(2026, 12, 31), until=date.max, calendar=NEW_YEAR),
     {}, RenewalBlock.OVERDUE),
    ("due on 28 February of a leap year, asked on the 29th", Scene(
        today=date(2028, 2, 29), due_on=date(2028, 2, 28), until=date.max), {}, RenewalBlock.OVERDUE),
    ("renewable from today on", WEDNESDAY, {"policy": {"no_renewal_before_days": 2}}, date(2026, 12, 10)),
    ("renewable from tomorrow on", WEDNESDAY, {"policy": {"no_renewal_before_days": 1}}, RenewalBlock.TOO_SOON),
    ("only on the due day", WEDNESDAY,
     {"policy": {"no_renewal_before_days": 0}, "loan": {"due_on": date(2026, 11, 25)}}, date(2026, 12, 10)),
    ("the same day again", WEDNESDAY, {"loan": {"due_on": date(2026, 12, 10)}}, RenewalBlock.NO_GAIN),
    ("a day more", WEDNESDAY, {"loan": {"due_on": date(2026, 12, 9)}}, date(2026, 12, 10)),
    ("the school year ends with the term", Scene(
        today=date(2027, 5, 20), due_on=date(2027, 5, 25), until=date.max),
     {"policy": {"hard_due_date": date(2027, 5, 25)}}, RenewalBlock.NO_GAIN),
    ("the last day of the school year", Scene(
        today=date(2027, 5, 25), due_on=date(2027, 5, 25), until=date.max),
     {"policy": {"hard_due_date": date(2027, 5, 25)}}, RenewalBlock.NO_GAIN),
    ("the whole time is over with the term", WEDNESDAY, {"policy": {"max_total_days": 15}}, RenewalBlock.PERIOD_CAP),
    ("a day of it is left", WEDNESDAY, {"policy": {"max_total_days": 16}}, date(2026, 11, 28)),
    ("a day of it is left, a closed one", replace(WEDNESDAY, calendar=NOT_ON_WEEKENDS),  # 28 November is a Saturday
     {"policy": {"max_total_days": 16}}, RenewalBlock.PERIOD_CAP),
]  # fmt: skip


@pytest.mark.parametrize(("scene", "change", "expected"), [edge[1:] for edge in EDGES], ids=[edge[0] for edge in EDGES])
def test_at_the_edge(scene: Scene, change: Mapping[str, Mapping[str, Any]], expected: RenewalBlock | date) -> None:
    outcome = scene.decide(change)

    assert (outcome.block if isinstance(outcome, NotRenewed) else outcome.due_on) == expected


@pytest.mark.parametrize(
    ("due_on", "policy", "patron", "expected"),
    [
        (date(2026, 12, 20), {}, {}, date(2026, 12, 6)),  # 6 December + 15 is the first that is later than the 20th
        (date(2026, 12, 20), {"renewal_base": RenewalBase.DUE_DATE, "renewal_days": 0}, {}, None),
        (date(2027, 5, 25), {"hard_due_date": date(2027, 5, 25)}, {}, None),
        (date(2026, 12, 20), {"return_before_card_expiry": True}, {"expires_on": date(2026, 12, 20)}, None),
    ],
)
def test_from_when_on_a_renewal_gains_something(
    due_on: date, policy: Mapping[str, Any], patron: Mapping[str, Any], expected: date | None
) -> None:
    outcome = WEDNESDAY.decide({"loan": {"due_on": due_on}, "policy": policy, "patron": patron})

    assert isinstance(outcome, NotRenewed)
    assert (outcome.block, outcome.renewable_from) == (RenewalBlock.NO_GAIN, expected)


# --- who waits -----------------------------------------------------------------------------------


def units(*numbers: int) -> frozenset[int]:
    """Copies on the shelf."""
    return frozenset(numbers)


@pytest.mark.parametrize(
    ("waiting", "renewed"),
    [
        ([], True),
        ([WaitingHold(free_items=units(11))], True),
        ([WaitingHold(free_items=units(11)), WaitingHold(free_items=units(11))], False),
        ([WaitingHold(free_items=units(11, 12)), WaitingHold(free_items=units(11))], True),
        ([WaitingHold(item_id=11, free_items=units(11)), WaitingHold(free_items=units(11))], False),  # it is promised
        ([WaitingHold(item_id=11, free_items=units(11)), WaitingHold(free_items=units(11, 12))], True),
        ([WaitingHold(item_id=11), WaitingHold(free_items=units(12))], True),  # that copy is out, and not ours
        ([WaitingHold(item_id=11, free_items=units(11)), WaitingHold(item_id=11, free_items=units(11))], True),
        ([WaitingHold(item_id=11, free_items=units(11, 12))] * 2 + [WaitingHold(free_items=units(11, 12))], False),
        ([WaitingHold(item_id=10)], False),  # ours
    ],
)
def test_each_who_waits_needs_a_copy_of_their_own(waiting: list[WaitingHold], renewed: bool) -> None:
    policy = {"block_on_holds": HoldsBlock.TITLE_UNLESS_FREE_COPIES}

    assert isinstance(WEDNESDAY.decide({"now": {"waiting": waiting}, "policy": policy}), Renewed) is renewed


# --- eleven time zones ---------------------------------------------------------------------------

ZONES = (
    "Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Krasnoyarsk",
    "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka",
)  # fmt: skip
"""UTC+2 to UTC+12."""
HALF_PAST_SEVEN = datetime(2026, 12, 31, 19, 30, tzinfo=UTC)
"""The evening of 31 December in UTC: from Yekaterinburg (+5, half past midnight) on the new year has begun."""


@pytest.mark.parametrize(("hours", "zone"), list(enumerate(ZONES, 2)), ids=ZONES)
def test_a_day_is_the_branch_s_own(hours: int, zone: str) -> None:
    place = ZoneInfo(zone)
    assert HALF_PAST_SEVEN.astimezone(place).utcoffset() == timedelta(hours=hours)
    new_year = hours >= 5
    today = local_day(HALF_PAST_SEVEN, place)
    scene = Scene(today=today, due_on=date(2026, 12, 31), until=date.max)

    outcome = scene.decide()

    if new_year:
        assert isinstance(outcome, NotRenewed)
        assert outcome.block is RenewalBlock.OVERDUE
        closed = replace(scene, calendar=NEW_YEAR).decide()
        assert isinstance(closed, Renewed)
        assert closed.due_on == date(2027, 1, 16)  # 1 January + 15, a Saturday
    else:
        assert isinstance(outcome, Renewed)
        assert outcome.due_on == date(2027, 1, 15)


def test_a_book_of_another_time_zone_is_late_by_its_own_clock() -> None:
    kaliningrad, kamchatka = (local_day(HALF_PAST_SEVEN, ZoneInfo(zone)) for zone in (ZONES[0], ZONES[-1]))
    west = Scene(today=kaliningrad, due_on=date(2027, 1, 2), until=date.max)
    east = Scene(today=kamchatka, due_on=date(2027, 1, 2), until=date.max)
    of_the_east = OtherLoan(date(2026, 12, 31), EVERY_DAY, kamchatka)
    of_the_west = OtherLoan(date(2026, 12, 31), EVERY_DAY, kaliningrad)

    late, in_time = west.decide({"now": {"others": [of_the_east]}}), east.decide({"now": {"others": [of_the_west]}})

    assert isinstance(late, NotRenewed)
    assert late.block is RenewalBlock.OVERDUE
    assert isinstance(in_time, Renewed)
    assert in_time.due_on == date(2027, 1, 16)


# --- branches, categories, kinds of copies -------------------------------------------------------

RULES = LendingRules(
    LendingPolicy(confirmation=Confirmation.AUTO, loan_days=15, renewals_allowed=2),
    [
        LendingRule((("renewal_days", 10), ("hard_due_date", date(2027, 5, 25))), category="pupil"),
        LendingRule((("loan_days", 7), ("renewals_allowed", 0)), item_type="magazine"),
        LendingRule((("loan_days", 30), ("block_if_overdue", OverdueBlock.ITEM)), branch_code="03"),
        LendingRule((("renewals_allowed", 1),), branch_code="03", item_type="magazine"),
        LendingRule((("confirmation", Confirmation.STAFF),), branch_code="04"),
    ],
)


@pytest.mark.parametrize(
    ("branch", "category", "item_type", "today", "expected"),
    [
        ("01", "adult", "book", date(2026, 11, 25), date(2026, 12, 10)),
        ("01", "pupil", "book", date(2026, 11, 25), date(2026, 12, 5)),
        ("01", "pupil", "book", date(2027, 5, 20), date(2027, 5, 25)),
        ("01", "adult", "magazine", date(2026, 11, 25), RenewalBlock.TYPE_NOT_RENEWABLE),
        ("03", "adult", "book", date(2026, 11, 25), date(2026, 12, 25)),
        ("03", "pupil", "book", date(2026, 11, 25), date(2026, 12, 5)),  # only the category tells of a renewal's days
        ("03", "adult", "magazine", date(2026, 11, 25), date(2026, 12, 25)),  # the branch outweighs the kind of copy
        ("04", "adult", "book", date(2026, 11, 25), "asks the staff"),
    ],
)
def test_the_rules_of_the_place_the_reader_and_the_copy(
    branch: str, category: str, item_type: str, today: date, expected: object
) -> None:
    policy = RULES.policy(branch, category, item_type)
    loan = Loan(
        loan_id=1, patron_id=1, item_id=1, branch_code=branch, item_type=item_type, issued_on=today - 13 * DAY,
        due_on=today + 2 * DAY,
    )  # fmt: skip
    now = Circumstances(today=today, calendar=EVERY_DAY)

    outcome = renew(loan, Patron(patron_id=1, category=category), policy, now)

    if isinstance(outcome, NotRenewed):
        assert outcome.block == expected
    else:
        assert ("asks the staff" if outcome.pending else outcome.due_on) == expected
