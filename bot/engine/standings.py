"""Every process says how the messengers stand that it serves, so that the console can tell it, whoever serves them."""

from collections.abc import Callable, Mapping

from bot.overview import ChannelBook, Standing, Way
from bot.rounds import again_and_again

LOOK_EVERY_S = 2.0
SAY_EVERY = 20
"""What has not changed is said again after so many looks."""
Standings = Mapping[tuple[str, Way], Callable[[], Standing | None]]
"""Each asks one line; None: it is another process that serves it."""


class Sayer:
    """Says it.

    Args:
        book: Where.
        lines: What is asked, looked at anew each time.
    """

    def __init__(self, book: ChannelBook, lines: Standings) -> None:
        self._book, self._lines = book, lines
        self._said: dict[tuple[str, Way], Standing] = {}
        self._looks = 0

    async def follow(self) -> None:
        """Look again and again until cancelled."""
        await again_and_again(self.look, LOOK_EVERY_S)

    async def look(self) -> int:
        """Say what has changed, and now and then everything; returns of how many lines. Raises StoreUnavailable."""
        now = {line: standing for line, ask in self._lines.items() if (standing := ask()) is not None}
        news = now if self._looks % SAY_EVERY == 0 else _changed(now, self._said)
        if news:
            await self._book.keep(news)
        self._said = now
        self._looks += 1
        return len(news)


def _changed(
    now: Mapping[tuple[str, Way], Standing], before: Mapping[tuple[str, Way], Standing]
) -> dict[tuple[str, Way], Standing]:
    return {line: standing for line, standing in now.items() if before.get(line) != standing}
