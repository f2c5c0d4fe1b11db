"""What one reader may get from a WhatsApp number.

Source: Meta's page on pair rate limits, autumn 2026.
"""

from collections.abc import Callable
from time import monotonic

from adapters.whatsapp.errors import PAIR_S
from bot.errors import RateLimited
from bot.newest import Newest

BURST = 45
EVERY_S = 6.0
LONGEST_PAIR_S = 64.0
"""By then one in six seconds has long come round."""
KEPT = 20_000
"""Readers remembered; the one who was written to longest ago is forgotten first."""


class PairLimit:
    """How many messages each reader may get now: a burst of some 45, then one in six seconds (error 131056).

    It lives as long as the process, which alone sends for the number.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._spent: Newest[str, tuple[float, float]] = Newest(KEPT)
        self._refused: Newest[str, int] = Newest(KEPT)

    def take(self, address: str) -> None:
        """Use one message of this reader's allowance.

        Raises:
            RateLimited: It is used up: for this reader alone, until the next one is due.
        """
        now = self._clock()
        spent, at = self._spent.get(address, (0.0, now))
        spent = max(0.0, spent - (now - at) / EVERY_S)
        full = spent + 1 > BURST
        self._spent[address] = (spent if full else spent + 1, now)
        if full:
            raise RateLimited((spent + 1 - BURST) * EVERY_S, whole_channel=False)

    def refused(self, address: str) -> RateLimited:
        """Meta knows better: the pause grows with each refusal in a row, 4 to the power of their number."""
        times = self._refused.get(address, 0) + 1
        self._refused[address] = times
        return RateLimited(min(PAIR_S**times, LONGEST_PAIR_S), whole_channel=False)

    def taken(self, address: str) -> None:
        """Meta took a message for this reader."""
        self._refused.pop(address, None)
