"""What a typed answer to offered buttons means."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.engine.conversations import chosen
from bot.messages import Button
from bot.ports import Dialogue

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OFFER = Dialogue(
    offered=(Button("Да", "work:1"), Button("Нет", "other"), Button("Позвать библиотекаря", "human")), offered_at=NOW
)


@pytest.mark.parametrize(
    ("typed", "payload"),
    [
        ("1", "work:1"),
        ("№ 3", "human"),
        ("второй", "other"),
        ("да", "work:1"),
        ("Да!", "work:1"),
        ("ага", "work:1"),
        ("да, давайте", "work:1"),
        ("нет", "other"),
        ("не надо", "other"),
        ("позвать библиотекаря!", "human"),
        ("4", None),
        ("да, а ещё нужен вишнёвый сад", None),
        ("войну и мир", None),
        ("!!!", None),
    ],
)
def test_numbers_labels_and_yes_or_no_press_a_button(typed: str, payload: str | None) -> None:
    button = chosen(typed, OFFER, NOW)

    assert (button.payload if button else None) == payload


def test_yes_means_nothing_where_no_yes_is_offered() -> None:
    offer = Dialogue(offered=(Button("Найти книгу", "find"),), offered_at=NOW)

    assert chosen("да", offer, NOW) is None


def test_an_offer_ends_after_a_day() -> None:
    assert chosen("да", OFFER, NOW + timedelta(hours=25)) is None
