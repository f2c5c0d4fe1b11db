"""Whether a messenger can be talked to: said once when it is lost, once when it is back."""

import structlog

from bot.engine.metrics import Metrics
from bot.errors import ChannelAuthError
from bot.overview import Standing

log = structlog.get_logger(__name__)


class Line:
    """One direction of one channel.

    Args:
        channel: Its name in the configuration.
        metrics: Where its state is shown.
        hears: True for what comes in, False for what goes out.

    Attributes:
        fault: What is wrong and what to do about it, "" while all is well.
    """

    def __init__(self, channel: str, metrics: Metrics, *, hears: bool = False) -> None:
        self._channel = channel
        self._metrics = metrics
        self._hears = hears
        self._refused = False
        self.fault = ""
        metrics.channel(channel, up=True, hears=hears)

    @property
    def standing(self) -> Standing:
        """How it stands, for those who only want to know that."""
        if not self.fault:
            return Standing.UP
        return Standing.REFUSED if self._refused else Standing.LOST

    def lost(self, error: Exception) -> None:
        """The messenger does not answer, or does not want us."""
        refused = isinstance(error, ChannelAuthError)
        news = not self.fault or (refused and not self._refused)
        self._refused = refused
        self.fault = str(error) or type(error).__name__
        if refused:
            self.fault = (
                f"the messenger refuses us ({self.fault}): mend the token under channels.{self._channel} "
                "and start again; bibliobot check tells whether it works"
            )
        if news:
            self._metrics.channel(self._channel, up=False, hears=self._hears)
            log.error("channel lost", channel=self._channel, why=self.fault)

    def back(self) -> None:
        """The messenger answered."""
        if self.fault:
            self.fault, self._refused = "", False
            self._metrics.channel(self._channel, up=True, hears=self._hears)
            log.info("channel back", channel=self._channel)
