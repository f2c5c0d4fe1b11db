"""The ``notices:`` block: what readers are told by themselves, and when."""

import re
from datetime import time, timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator

from bot.library.notices import LONGEST_AHEAD_DAYS, LONGEST_CARD_DAYS, NoticeRules
from bot.section import Section

_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")
MOST_TIMES = 5
"""Messages before one due date, or after it."""


def _clock(value: object) -> object:
    """As a branch's hours are written: 21, 21:00, 9.05. Left to pydantic a bare 21 would be 21 seconds past midnight.

    A bare 21.30 has lost its zero when it comes here: 21.3 may be three minutes past.
    """
    if isinstance(value, time):
        return value
    said = _TIME.fullmatch(f"{value:g}" if isinstance(value, float) and value == int(value) else str(value))
    if said is None or int(said[1]) > 23 or int(said[2] or 0) > 59:
        raise ValueError('expected a time of day in quotes, such as "21:00"')
    return time(int(said[1]), int(said[2] or 0))


Clock = Annotated[time, BeforeValidator(_clock)]


class NoticeSettings(Section):
    """What readers with a linked card are told by themselves; each may choose otherwise or say stop."""

    enabled: bool = Field(True, description="Off: nothing is planned and nothing is sent (a test installation).")
    due_days: tuple[int, ...] = Field(
        (3, 1), max_length=MOST_TIMES, description="So many days before the due date, for readers who have not chosen."
    )
    overdue_days: tuple[int, ...] = Field(
        (1, 7, 14),
        max_length=MOST_TIMES,
        description="So many open days after it; then the staff take over. Empty: never.",
    )
    card_days: tuple[int, ...] = Field(
        (30, 7), max_length=MOST_TIMES, description="So many days before a library card expires. Empty: never."
    )
    quiet_from: Clock = Field(time(21), description="From this time on nothing is sent, by the branch's clock.")
    quiet_until: Clock = Field(time(9), description="Until this time; the same as `quiet_from`: no quiet hours.")
    most_a_day: int = Field(3, ge=1, le=20, description="Messages to one reader in a day.")
    wait_hours: float = Field(
        6,
        gt=0,
        le=72,
        description="How long a messenger may take to deliver; then the next contact is tried.",
    )
    sms: str = Field(
        "",
        description="Channel whose short messages the library pays for when no messenger reaches a reader who has "
        "linked a card; empty: none.",
    )

    @field_validator("due_days", "overdue_days")
    @classmethod
    def _days(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(days)) != len(days) or not all(0 <= day <= LONGEST_AHEAD_DAYS * 2 for day in days):
            raise ValueError(f"expected different numbers of days from 0 to {LONGEST_AHEAD_DAYS * 2}")
        return tuple(sorted(days, reverse=True))

    @field_validator("due_days")
    @classmethod
    def _near(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if any(day > LONGEST_AHEAD_DAYS for day in days):
            raise ValueError(f"expected at most {LONGEST_AHEAD_DAYS} days")
        return days

    @field_validator("card_days")
    @classmethod
    def _of_cards(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(days)) != len(days) or not all(0 <= day <= LONGEST_CARD_DAYS for day in days):
            raise ValueError(f"expected different numbers of days from 0 to {LONGEST_CARD_DAYS}")
        return tuple(sorted(days, reverse=True))

    def rules(self) -> NoticeRules:
        """As the engine knows them."""
        return NoticeRules(
            due_days=self.due_days,
            overdue_days=self.overdue_days,
            card_days=self.card_days,
            quiet_from=self.quiet_from,
            quiet_until=self.quiet_until,
            most_a_day=self.most_a_day,
            wait=timedelta(hours=self.wait_hours),
        )
