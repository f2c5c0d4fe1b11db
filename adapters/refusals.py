"""A refusal that only the operator can end, remembered for a while.

A messenger may know us and take nothing all the same. The core asks ``ping`` whether a channel that was stopped may
go on, and a number that is blocked, an account without money or with a sender's name that is not registered still
answers who it is: without this the channel would seem mended every minute.
"""

from collections.abc import Callable
from time import monotonic

from bot.errors import ChannelAuthError

KEPT_S = 900.0
"""Then one message is tried again, should the operator have acted at the messenger's own site."""


class LastRefusal:
    """What the messenger said when it last refused a message for good."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._until = 0.0
        self._why = ""

    def keep(self, error: ChannelAuthError) -> None:
        """A message was refused so."""
        self._until, self._why = self._clock() + KEPT_S, str(error)

    def forget(self) -> None:
        """A message was taken."""
        self._until = 0.0

    def check(self) -> None:
        """Raise the refusal again while it is fresh."""
        if self._clock() < self._until:
            raise ChannelAuthError(self._why)
