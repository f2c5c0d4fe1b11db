"""The same words in the same moment hear the same: what need not be thought again.

Readers' messages repeat: labels of buttons, greetings, «часы работы». What is kept here is in memory only,
bounded, and never written anywhere: short texts may hold something personal.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from bot.ports.library import Library
from bot.ports.log import Mode
from bot.ports.understanding import Request, Understanding
from bot.routing import Answer

LONGEST_TEXT = 100
"""Characters of a text that is remembered; longer ones do not come twice."""
TEXTS = 8_192
ANSWERS = 2_048
LOOK_EVERY = timedelta(seconds=2)
"""How often the library's own answers are looked at, which notices what another process changed."""

Key = tuple[object, ...]
Shelf = dict[Key, Answer]
_MINUTE = timedelta(minutes=1)


class Remembered:
    """Fills ``Understanding`` by another one, with the last short texts remembered.

    Args:
        inner: A pure function of the text, as long as the edition stays.
        edition: What the inner one hangs on beside the text; another one ends what is remembered.
    """

    def __init__(self, inner: Understanding, edition: Callable[[], object] = lambda: None) -> None:
        self._understand = inner.understand
        self._remembering = lru_cache(maxsize=TEXTS)(inner.understand)
        self._edition_now = edition
        self._edition = edition()

    def understand(self, text: str) -> tuple[Request, ...]:
        if len(text) > LONGEST_TEXT:
            return self._understand(text)
        edition = self._edition_now()
        if edition != self._edition:
            self._remembering.cache_clear()
            self._edition = edition
        return self._remembering(text)


class SameWords:
    """Answers of handlers that answer everybody alike (``routing.SameForAll``), for as long as they are true.

    They end with the minute (a library closes), and with any change of branches, FAQ or own words that this process
    knows of; what another process changed becomes known by :meth:`look`.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._shelf: Shelf = {}
        self._edition: tuple[object, ...] | None = None
        self._from = self._until = self._looked_at = datetime.min.replace(tzinfo=UTC)

    def shelf(self, now: datetime) -> Shelf:
        """The answers that are true now; what was begun before a change lands on a shelf that nobody asks any more."""
        library = self._library
        edition = library.branches.edition, library.faq.edition, library.words.edition
        full = len(self._shelf) >= ANSWERS
        if full or edition != self._edition or not self._from <= now < self._until:
            self._shelf, self._edition = {}, edition
            self._from, self._until = now, now.replace(second=0, microsecond=0) + _MINUTE
        return self._shelf

    def is_look_due(self, now: datetime) -> bool:
        """Whether the next one who asks should have a look first."""
        return not timedelta() <= now - self._looked_at < LOOK_EVERY

    async def look(self, now: datetime) -> None:
        """Let the FAQ notice what another process changed. Raises StoreUnavailable."""
        if self.is_look_due(now):
            self._looked_at = now  # whoever comes meanwhile need not look as well
            await self._library.faq.about("", "")


def key_of(
    handler: object,
    request: Request,
    text: str,
    argument: str,
    language: str,
    mode: Mode,
    *,
    new: bool,
    public: bool = False,
) -> Key | None:
    """What an answer hangs on, None where a few short words do not tell it."""
    if len(text) > LONGEST_TEXT or (request.slots and not text):
        return None
    topic = request.slots.get("topic")  # librarians may have given the words another one since
    return handler, text, request.intent, topic, argument, language, new, mode, public
