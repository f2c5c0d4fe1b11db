"""What the console says in the language of whoever looks."""

import pytest

from bot.app.channels import CHANNEL_KINDS, channel_spec
from bot.wording import in_language
from console.words import duration, messenger


@pytest.mark.parametrize("kind", CHANNEL_KINDS)
def test_a_messenger_is_called_so_that_whoever_reads_english_can_read_it(kind: str) -> None:
    with in_language("en"):
        assert messenger(channel_spec(kind).title).isascii()


def test_how_long_stands_by_itself_and_within_a_sentence() -> None:
    assert (duration(61), duration(61, within=True)) == ("1 минута", "1 минуту")
    assert (duration(21 * 60, within=True), duration(30, within=True)) == ("21 минуту", "меньше минуты")
    assert duration(2 * 3600, within=True) == "2 часа"
