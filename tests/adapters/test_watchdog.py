"""A webhook's registration is looked after: told anew until it succeeds, complained of once."""

import asyncio
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from adapters.watchdog import keep_registered, told
from bot.channels import Setting
from bot.errors import ChannelAuthError, ChannelUnavailable
from tests.support.clock import StandingClock

LOOKS = 6
"""Looks, after which it ends."""


def setting(clock: StandingClock, public_url: str, hooks_url: str = "") -> Setting:
    return Setting(name="max", library_name="Б", language="ru", public_url=public_url, hooks_url=hooks_url, clock=clock)


class Messenger:
    """Remembers what it was told; away at some looks."""

    def __init__(self, *away: int, refuses: bool = False) -> None:
        self.fresh: list[bool] = []
        self._away, self._refuses = away, refuses

    async def register(self, fresh: bool) -> None:
        self.fresh.append(fresh)
        if self._refuses:
            raise ChannelAuthError("401")
        if len(self.fresh) == LOOKS:
            raise asyncio.CancelledError
        if len(self.fresh) in self._away:
            raise ChannelUnavailable("502")


async def test_it_is_told_anew_until_it_succeeds_and_complained_of_once_a_loss(clock: StandingClock) -> None:
    messenger = Messenger(1, 2, 4)
    with capture_logs() as lines, suppress(asyncio.CancelledError):
        await keep_registered(setting(clock, "https://bot.example"), messenger.register, 0)

    assert messenger.fresh == [True, True, True, False, False, False]
    assert [line["event"] for line in lines] == ["webhook not looked after"] * 2


async def test_other_faults_are_for_who_runs_it(clock: StandingClock) -> None:
    with pytest.raises(ChannelAuthError):
        await keep_registered(setting(clock, "https://bot.example"), Messenger(refuses=True).register, 0)


@pytest.mark.parametrize("public_url", ["", "http://bot.example"])
async def test_an_address_that_no_messenger_calls_is_not_registered(clock: StandingClock, public_url: str) -> None:
    messenger = Messenger()
    with capture_logs() as lines:
        await keep_registered(setting(clock, public_url), messenger.register, 0)

    assert messenger.fresh == []
    assert [line["event"] for line in lines] == ["no webhook"]


def test_messengers_may_have_an_address_of_their_own(clock: StandingClock) -> None:
    assert setting(clock, "http://10.0.0.5:8080").hook == "http://10.0.0.5:8080/hooks/max"
    assert setting(clock, "http://10.0.0.5:8080", "https://h.example/").hook == "https://h.example/hooks/max"
    assert setting(clock, "").hook == ""


def test_the_operator_is_told_what_is_missing() -> None:
    assert told("", there=False).endswith("server.public_url is empty")
    assert told("https://h.example/hooks/max", there=True) == "webhook: registered"
    assert "bibliobot run" in told("https://h.example/hooks/max", there=False)
