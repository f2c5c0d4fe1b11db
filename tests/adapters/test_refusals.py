"""A messenger that knows us and takes nothing is not taken for mended."""

import pytest

from adapters.refusals import KEPT_S, LastRefusal
from bot.errors import ChannelAuthError


def test_a_refusal_is_fresh_for_a_while_and_gone_with_the_next_message() -> None:
    now = 100.0
    refusal = LastRefusal(lambda: now)
    refusal.check()

    refusal.keep(ChannelAuthError("the number is blocked"))
    now += KEPT_S - 1
    with pytest.raises(ChannelAuthError, match="blocked"):
        refusal.check()
    now += 1
    refusal.check()

    refusal.keep(ChannelAuthError("the number is blocked"))
    refusal.forget()
    refusal.check()
