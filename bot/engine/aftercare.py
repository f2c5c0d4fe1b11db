"""After a librarian has closed a conversation the reader is asked, once, whether it helped."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.calls import CallStore, Closed
from bot.clock import Clock
from bot.messages import Button, Lane, Outbound, Reply, worded_in
from bot.ports.log import Dialogue
from bot.rounds import again_and_again
from bot.wording import gettext as _
from bot.wording import in_language, language_of
from bot.wording.own import BUILT_IN, Own, Words

LOOK_EVERY_S = 15.0
A_MOMENT = timedelta(seconds=30)
"""After the close: the last answer has left by then, and a reader who goes on writing is not asked."""
NOT_LATER = timedelta(hours=1)
"""Who could not be asked by then is not: the talk is forgotten."""
SPARE = timedelta(minutes=10)
"""Before a messenger's window closes."""


class Aftercare:
    """Asks.

    Args:
        store: What was closed.
        clock: The time.
        windows: Channels that are on, with the hours in which their readers may be written to, 0 for no limit.
        language: Of readers whose messenger reports none.
        words: Where the question is worded.
    """

    def __init__(
        self,
        store: CallStore,
        clock: Clock,
        windows: Mapping[str, float],
        language: str = "ru",
        words: Words = BUILT_IN,
    ) -> None:
        self._store, self._clock, self._windows, self._language = store, clock, windows, language
        self._words = words

    async def follow(self) -> None:
        """Look again and again until cancelled; several processes may."""
        await again_and_again(self.look, LOOK_EVERY_S)

    async def look(self) -> int:
        """Ask whoever may be asked now; returns how many. Raises StoreUnavailable."""
        now, asked = self._clock.now(), 0
        for closed in await self._store.closed(now - NOT_LATER, now - A_MOMENT):
            if not self._may_be_written_to(closed, now):
                continue
            question = self._question(closed)
            dialogue = Dialogue(offered=question.buttons[0], offered_at=now)
            asked += await self._store.ask(closed.handover_id, question, dialogue, f"helped:{closed.handover_id}")
        return asked

    def _may_be_written_to(self, closed: Closed, now: datetime) -> bool:
        window = self._windows.get(closed.channel)
        if not window:
            return window is not None
        return closed.heard_at is not None and now - closed.heard_at < timedelta(hours=window) - SPARE

    def _question(self, closed: Closed) -> Reply:
        language = language_of(closed.language, self._language)
        with in_language(language):
            number = closed.handover_id
            buttons = (Button(_("Да"), f"helped:{number}:yes"), Button(_("Нет"), f"helped:{number}:no"))
            said = Reply(text=self._words.say(Own.TALK_OVER), buttons=(buttons,))
        return worded_in(said, language, self._language)

    async def still_true(self, message: Outbound) -> str:
        """Why the question must not leave any more; "" for every other message. Raises StoreUnavailable."""
        number = _asked_about(message)
        if not number:
            return ""
        return "" if await self._store.is_over(number) else "the conversation goes on"


def _asked_about(message: Outbound) -> int:
    """The handover that a question is about, 0 where the message is none."""
    if message.lane is not Lane.NOTICE or not message.reply.buttons:
        return 0
    verb, _sep, argument = message.reply.buttons[0][0].payload.partition(":")
    number = argument.partition(":")[0]
    return int(number) if verb == "helped" and number.isascii() and number.isdigit() else 0
