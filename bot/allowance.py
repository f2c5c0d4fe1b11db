"""How much one reader and one network address may ask of us."""

import ipaddress

from aiohttp import web

from bot.clock import Clock
from bot.newest import Newest

REMEMBERED = 20_000
"""Buckets kept; the ones longest unused go first."""


class Allowance:
    """So many requests a minute for each key: a minute's worth at once, then as they come back.

    Args:
        clock: Where moments come from.
        per_minute: 0 for no limit.
    """

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock = clock
        self._most = float(per_minute)
        self._kept: Newest[str, tuple[float, float]] = Newest(REMEMBERED)

    def wait_s(self, key: str) -> float:
        """Take one; 0 when it was there, else the seconds until it will be (and nothing is taken)."""
        if not self._most or not key:
            return 0.0
        now = self._clock.now().timestamp()
        left, at = self._kept.get(key, (self._most, now))
        left = min(self._most, left + max(0.0, now - at) * self._most / 60)
        taken = left >= 1
        self._kept[key] = (left - 1 if taken else left, now)
        return 0.0 if taken else (1 - left) * 60 / self._most


def address_of(request: web.Request, header: str) -> str:
    """Whom to count a request for, "" for nobody.

    Args:
        request: The request.
        header: Where our proxy writes the reader's address; its last word is the proxy's own, what
            stands before it came from outside. Empty: there is no proxy.

    Without ``header`` this very machine is not counted: it is a proxy that nobody told us of, and
    all its readers would share one allowance. Of IPv6 a household has 2**64 addresses: the network counts.
    """
    if header:
        passed = ",".join(request.headers.getall(header, []))
        return _network(passed.rpartition(",")[2].strip() or request.remote or "", count_loopback=True)
    return _network(request.remote or "", count_loopback=False)


def _network(address: str, *, count_loopback: bool) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.is_loopback and not count_loopback:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.IPv6Network((found, 64), strict=False).network_address)
    return str(found)
