"""Telegram's two limits: so many messages a second for the bot, and for a chat."""

from collections.abc import Callable


class Bucket:
    """So much at once, then as it comes back."""

    def __init__(self, rate_per_s: float, burst: float, now: Callable[[], float]) -> None:
        self._rate, self._burst, self._now = rate_per_s, burst, now
        self._left, self._at = burst, now()

    def take(self) -> bool:
        """One more, if it is there."""
        now = self._now()
        self._left, self._at = min(self._burst, self._left + (now - self._at) * self._rate), now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Flood:
    """Whether the bot may send now; once it sent too much it may not, for the time it was told.

    Args:
        now: A clock in seconds.

    Attributes:
        per_s / per_chat_per_s: 0 for no limit.
        refused: Calls that met the limit.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._until = 0.0
        self._bot: Bucket | None = None
        self._chats: dict[int, Bucket] = {}
        self.per_s = 30.0
        self.per_chat_per_s = 1.0
        self.burst_per_chat = 3
        self.retry_after = 3
        self.refused = 0

    def wait_s(self, chat: int) -> int:
        """0 where the message may go, else the seconds to wait: the whole bot, not only the chat."""
        if self._now() < self._until:
            self.refused += 1
            return max(1, round(self._until - self._now()))
        if self._bot is None:
            self._bot = Bucket(self.per_s, self.per_s, self._now)
        bucket = self._chats.setdefault(chat, Bucket(self.per_chat_per_s, self.burst_per_chat, self._now))
        if (self.per_chat_per_s and not bucket.take()) or (self.per_s and not self._bot.take()):
            self._until = self._now() + self.retry_after
            self.refused += 1
            return self.retry_after
        return 0
