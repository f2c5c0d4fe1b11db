"""How long a library was open between two moments."""

from datetime import timedelta

import pytest

from bot.library.open_time import open_time
from tests.support.fake_library import CENTRAL, HOLIDAYS, moment

HOURS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("start", "end", "open_for"),
    [
        (("2026-03-02", "10:00"), ("2026-03-02", "10:20"), timedelta(minutes=20)),
        (("2026-03-02", "12:50"), ("2026-03-02", "14:10"), timedelta(minutes=20)),  # lunch
        (("2026-03-02", "18:50"), ("2026-03-03", "9:10"), timedelta(minutes=20)),  # the night
        (("2026-03-02", "20:00"), ("2026-03-03", "8:00"), timedelta()),
        (("2026-03-06", "18:00"), ("2026-03-10", "10:00"), HOURS * (1 + 4 + 1)),  # a special day, Sunday, a holiday
        (("2026-03-19", "18:00"), ("2026-03-21", "10:30"), timedelta(minutes=90)),  # a closed day
        (("2026-03-02", "11:00"), ("2026-03-02", "10:00"), timedelta()),  # a clock set back
    ],
)
def test_only_opening_time_counts(start: tuple[str, str], end: tuple[str, str], open_for: timedelta) -> None:
    assert CENTRAL.hours is not None
    begun, ended = moment(start[0], start[1].zfill(5)), moment(end[0], end[1].zfill(5))

    assert open_time(CENTRAL.hours, CENTRAL.zone, begun, ended, HOLIDAYS) == open_for
