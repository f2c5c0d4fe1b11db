"""What is counted as harm when a reader is misheard."""

import pytest

from bot.cli.scoring import Line
from tools.misheard import Outcome, became, figures


@pytest.mark.parametrize(
    ("heard", "right", "led_on", "what"),
    [
        ("hours", ["hours", "events"], False, "right"),
        ("search", ["rules"], True, "put off"),
        ("search", ["rules"], False, "denied"),
        ("search", ["search", "rules"], False, "right"),
        ("unsubscribe", ["subscribe"], False, "acted"),
        ("contacts", ["location"], False, "told"),
        ("rules", ["availability"], False, "told"),
    ],
)
def test_a_wrong_act_and_a_wrong_no_are_told_from_a_question(
    heard: str, right: list[str], led_on: bool, what: str
) -> None:
    assert became(heard, right, led_on=led_on) == what


def test_harm_is_a_wrong_act_or_a_wrong_no() -> None:
    line = Line(id="1", text="куда деть пальто", intent="rules", intent_ok=["rules"])
    whats = ["right", "right", "told", "put off", "denied", "acted", "right", "right", "right", "right"]

    told = figures([Outcome(line, what, what == "right", "", 0.5, "") for what in whats])

    assert told.startswith("n 10, right 60.0%, asked 60.0%, put off 10.0%")
    assert told.endswith("harm 20.0%")
