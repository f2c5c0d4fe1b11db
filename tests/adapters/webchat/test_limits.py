"""How much one reader and one address may ask."""

from datetime import timedelta

import pytest
from aiohttp.test_utils import make_mocked_request

from bot.allowance import REMEMBERED, Allowance, address_of
from tests.support.clock import StandingClock


def test_a_minutes_worth_may_come_at_once_and_then_comes_back_bit_by_bit(clock: StandingClock) -> None:
    allowance = Allowance(clock, 60)
    assert [allowance.wait_s("a") for _ in range(60)] == [0.0] * 60
    assert allowance.wait_s("a") == pytest.approx(1.0)
    clock.turn(timedelta(seconds=0.4))
    assert allowance.wait_s("a") == pytest.approx(0.6)
    clock.turn(timedelta(seconds=0.7))
    assert allowance.wait_s("a") == 0.0


def test_one_reader_does_not_use_up_anothers_allowance(clock: StandingClock) -> None:
    allowance = Allowance(clock, 1)
    assert allowance.wait_s("a") == 0.0
    assert allowance.wait_s("b") == 0.0
    assert allowance.wait_s("a") > 0


def test_a_clock_that_is_set_back_gives_nothing_and_takes_nothing(clock: StandingClock) -> None:
    allowance = Allowance(clock, 2)
    allowance.wait_s("a")
    clock.turn(timedelta(hours=-1))
    assert allowance.wait_s("a") == 0.0
    assert allowance.wait_s("a") > 0


def test_no_limit_and_nobody_to_count_for_are_let_through(clock: StandingClock) -> None:
    assert [Allowance(clock, 0).wait_s("a") for _ in range(3)] == [0.0] * 3
    one = Allowance(clock, 1)
    assert [one.wait_s("") for _ in range(3)] == [0.0] * 3


def test_many_strangers_do_not_fill_the_memory(clock: StandingClock) -> None:
    allowance = Allowance(clock, 1)
    for number in range(REMEMBERED + 10):
        allowance.wait_s(str(number))
    assert allowance.wait_s(str(REMEMBERED + 9)) > 0
    assert allowance.wait_s("0") == 0.0  # forgotten long ago, so it begins anew


class Peer:
    """A transport that knows where it comes from."""

    def __init__(self, address: str) -> None:
        self._address = address

    def get_extra_info(self, name: str, default: object = None) -> object:
        return (self._address, 5000) if name == "peername" else default


def came(peer: str, header: str = "", **headers: str) -> str:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return address_of(make_mocked_request("GET", "/", headers=sent, transport=Peer(peer)), header)


def test_without_a_proxy_the_connection_counts_and_no_header_is_believed() -> None:
    assert came("203.0.113.9", X_Forwarded_For="198.51.100.1") == "203.0.113.9"


def test_behind_a_proxy_its_own_word_counts_and_not_what_the_caller_wrote_before_it() -> None:
    assert came("127.0.0.1", "X-Forwarded-For", X_Forwarded_For="10.9.9.9, 203.0.113.9") == "203.0.113.9"
    assert came("127.0.0.1", "X-Real-IP", X_Real_IP="203.0.113.9") == "203.0.113.9"


def test_this_machine_is_a_proxy_that_nobody_told_us_of() -> None:
    assert came("127.0.0.1") == ""
    assert came("::1") == ""


def test_a_household_with_many_ipv6_addresses_is_one() -> None:
    assert came("2001:db8:1:2:aaaa::1") == came("2001:db8:1:2:bbbb::7")
    assert came("2001:db8:1:2::1") != came("2001:db8:1:3::1")
    assert came("::ffff:203.0.113.9") == "203.0.113.9"


def test_a_header_that_holds_no_address_counts_for_nobody() -> None:
    assert came("127.0.0.1", "X-Real-IP", X_Real_IP="unknown") == ""
