"""The ``circulation:`` block as the core understands it."""

from pathlib import Path

import pytest

from bot.app.accounts import lending_house
from bot.circulation import Keeping
from bot.errors import ConfigError
from bot.library.policy import Confirmation, LendingPolicy
from bot.settings import load


def written(folder: Path, block: str) -> Path:
    file = folder / "config.yaml"
    file.write_text(f"circulation:\n{block}", "utf-8")
    return file


def test_without_a_block_the_rules_are_those_of_the_core(tmp_path: Path) -> None:
    house = lending_house(load(written(tmp_path, "  {}\n"), {})[0])

    assert house.policy("01", "", "") == LendingPolicy()
    assert house.kept("01") is Keeping.SNAPSHOT


def test_the_most_specific_rule_wins_and_changes_only_what_it_names(tmp_path: Path) -> None:
    block = """
  loan_days: 20
  confirmation: auto
  keeping: live
  keeping_of: {"07": manual}
  rules:
    - {item_type: serial, loan_days: 7, renewals_allowed: 0}
    - {branch: "02", category: child, loan_days: 10, block_if_debt_over: 50.5}
"""
    house = lending_house(load(written(tmp_path, block), {})[0])

    assert house.policy("01", "adult", "book").loan_days == 20
    assert house.policy("01", "adult", "serial").renewals_allowed == 0
    childs = house.policy("02", "child", "serial")
    assert (childs.loan_days, childs.renewals_allowed, str(childs.block_if_debt_over)) == (10, 0, "50.5")
    assert childs.confirmation is Confirmation.AUTO
    assert (house.kept("07"), house.kept("01")) == (Keeping.MANUAL, Keeping.LIVE)


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ("  loan_day: 3\n", "circulation.loan_day: unknown key; did you mean 'loan_days'?"),
        ("  loan_days: 0\n", "circulation.loan_days"),
        ("  keeping: paper\n", "circulation.keeping"),
        ("  rules: [{branch: '01', keeping: live}]\n", "circulation.rules"),
    ],
)
def test_a_wrong_rule_is_told_with_its_place(tmp_path: Path, block: str, says: str) -> None:
    with pytest.raises(ConfigError) as fault:
        load(written(tmp_path, block), {})

    assert says in str(fault.value)
