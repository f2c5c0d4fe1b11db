"""What waits for the bot: numbered, kept until it is acknowledged, in order within a chat."""

import asyncio
from collections import deque
from typing import Any


class Updates:
    """The queue of one bot.

    Attributes:
        waiting: Updates that were not acknowledged.
    """

    def __init__(self, first: int = 700_000_000) -> None:
        self._next = first
        self.waiting: deque[dict[str, Any]] = deque()
        self.came = asyncio.Event()

    def add(self, kind: str, what: dict[str, Any]) -> dict[str, Any]:
        """One more; returns it with its number."""
        update = {"update_id": self._next, kind: what}
        self._next += 1
        self.waiting.append(update)
        self.came.set()
        return update

    def confirm(self, offset: int) -> None:
        """Everything before ``offset`` is acknowledged."""
        while self.waiting and self.waiting[0]["update_id"] < offset:
            self.waiting.popleft()

    def take(self, kinds: list[str] | None, limit: int) -> list[dict[str, Any]]:
        """The oldest ones of the kinds asked for; the others never come."""
        if kinds:
            for update in [one for one in self.waiting if not set(one) & set(kinds)]:
                self.waiting.remove(update)
        return list(self.waiting)[:limit]

    def heads(self) -> list[dict[str, Any]]:
        """The oldest of each chat: a chat whose update fails holds up only itself."""
        firsts: dict[Any, dict[str, Any]] = {}
        for update in self.waiting:
            firsts.setdefault(chat_of(update), update)
        return list(firsts.values())


def chat_of(update: dict[str, Any]) -> Any:
    """The chat of an update, None where it has none."""
    what: Any = next(value for key, value in update.items() if key != "update_id")
    message = what.get("message", what) if isinstance(what, dict) else {}
    chat = message.get("chat") if isinstance(message, dict) else None
    return chat.get("id") if isinstance(chat, dict) else None
