"""The notices: block: what a library may say of reminders, and what is refused with the place of the fault."""

from datetime import time
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.settings import load


def config(folder: Path, block: str) -> Path:
    file = folder / "config.yaml"
    file.write_text(f"notices:\n{block}", "utf-8")
    return file


def test_times_are_read_as_people_write_them(tmp_path: Path) -> None:
    """YAML takes a bare 21:00 for 1260."""
    settings, _ = load(config(tmp_path, '  quiet_from: 21:30\n  quiet_until: "8:05"\n  due_days: [1, 5]\n'), {})
    rules = settings.notices.rules()
    assert (rules.quiet_from, rules.quiet_until, rules.due_days) == (time(21, 30), time(8, 5), (5, 1))


@pytest.mark.parametrize("written", ["21", "21.00", '"21"', '"21:00"', '"21.00"'])
def test_an_hour_is_that_hour_and_not_so_many_seconds_past_midnight(tmp_path: Path, written: str) -> None:
    assert load(config(tmp_path, f"  quiet_from: {written}\n"), {})[0].notices.quiet_from == time(21)


def test_the_usual_rules_are_those_of_the_issue(tmp_path: Path) -> None:
    rules = load(config(tmp_path, "  enabled: true\n"), {})[0].notices.rules()
    assert (rules.due_days, rules.overdue_days, rules.card_days, rules.quiet_from, rules.quiet_until) == (
        (3, 1),
        (1, 7, 14),
        (30, 7),
        time(21),
        time(9),
    )


@pytest.mark.parametrize(
    ("block", "where"),
    [
        ("  quiet_from: late\n", "notices.quiet_from"),
        ("  quiet_from: 2500\n", "notices.quiet_from"),
        ("  quiet_from: 21.30\n", "notices.quiet_from: expected a time of day in quotes"),
        ('  quiet_from: "24:00"\n', "notices.quiet_from"),
        ("  due_days: [3, 3]\n", "notices.due_days"),
        ("  due_days: [20]\n", "notices.due_days"),
        ("  overdue_days: [-1]\n", "notices.overdue_days"),
        ("  card_days: [365]\n", "notices.card_days"),
        ("  card_days: [7, 7]\n", "notices.card_days"),
        ("  most_a_day: 0\n", "notices.most_a_day"),
        ("  sms_channel: sms\n", "notices.sms_channel"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, block: str, where: str) -> None:
    with pytest.raises(ConfigError, match=where):
        load(config(tmp_path, block), {})
