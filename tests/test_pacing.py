"""A rate is used up whole and never broken, however late a busy process wakes."""

from collections.abc import Callable, Iterable
from itertools import cycle

import pytest

from bot.pacing import Pace


class Late:
    """A clock, and sleeping that ends late."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, late: Iterable[float]) -> None:
        self.now = 100.0
        self._late = cycle(late)
        monkeypatch.setattr("bot.pacing.monotonic", lambda: self.now)
        monkeypatch.setattr("bot.pacing.asyncio.sleep", self._slept)

    async def _slept(self, seconds: float) -> None:
        self.now += seconds + next(self._late)


async def moments(pace: Pace, late: Late, turns: int, between: Callable[[int], None] = lambda _: None) -> list[float]:
    taken = []
    for number in range(turns):
        async with pace.turn():
            taken.append(late.now)
        between(number)
    return taken


def most_in_a_second(taken: list[float]) -> int:
    return max(sum(at <= other < at + 1 for other in taken) for at in taken)


@pytest.mark.parametrize("rate", [5.0, 29.0, 77.6])
async def test_a_process_that_wakes_late_makes_up_for_it_and_never_breaks_the_rate(
    monkeypatch: pytest.MonkeyPatch, rate: float
) -> None:
    late = Late(monkeypatch, [0.001, 0.04, 0.0, 0.002, 0.12, 0.0, 0.0, 0.03])
    taken = await moments(Pace(rate), late, 400)
    monkeypatch.undo()

    assert most_in_a_second(taken) <= rate
    assert 399 / (taken[-1] - taken[0]) >= rate * 0.97 - 0.5


async def test_after_a_long_sleep_there_is_no_burst(monkeypatch: pytest.MonkeyPatch) -> None:
    late = Late(monkeypatch, [0.0, 0.0, 0.0, 5.0])
    taken = await moments(Pace(20), late, 200)
    monkeypatch.undo()

    assert most_in_a_second(taken) <= 20


async def test_after_idle_hours_there_is_nothing_to_make_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    late, pace = Late(monkeypatch, [0.0]), Pace(20)
    first = await moments(pace, late, 2)
    late.now += 3600
    later = await moments(pace, late, 3)
    monkeypatch.undo()

    assert first[1] - first[0] == pytest.approx(0.05)
    assert [at - later[0] for at in later] == pytest.approx([0, 0.05, 0.1])


async def test_turns_used_besides_make_the_next_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    late, pace = Late(monkeypatch, [0.0]), Pace(10)
    taken = await moments(pace, late, 3, lambda number: pace.used(5 if number == 0 else 0))
    monkeypatch.undo()

    assert taken[1] - taken[0] == pytest.approx(0.6)
    assert taken[2] - taken[1] == pytest.approx(0.1)


async def test_a_burst_used_besides_counts_for_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    late, pace = Late(monkeypatch, [0.0]), Pace(10)
    taken = await moments(pace, late, 2, lambda _: pace.used(9))
    monkeypatch.undo()

    assert taken[1] - taken[0] >= 1


async def test_without_a_rate_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    late, pace = Late(monkeypatch, [1.0]), Pace(0)
    pace.used(50)

    assert await moments(pace, late, 50) == [100.0] * 50


async def test_a_turn_that_reached_the_other_side_late_counts_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    late, pace = Late(monkeypatch, [0.0]), Pace(2)
    begun = []
    for took_s in [0.1] * 60 + [0.1, 0.9, 0.1, 0.1]:
        async with pace.turn():
            begun.append(late.now)
            late.now += took_s
    monkeypatch.undo()

    arrived = begun[-3] + 0.9 - 0.1  # a turn usually takes a tenth
    assert begun[-1] >= arrived + 0.99 > begun[-2] + 0.5
