"""The bot's own words as librarians change them: what is kept, by whom, and the port; told to readers by ``Words``.

Raises StoreUnavailable throughout, as the ports of ``bot.ports`` do.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.quick import dataclass
from bot.wording.own import Own


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWords:
    """A text as it was from one moment on.

    Attributes:
        text: The library's own, its places by the names in the code; "" for the built-in one.
        version: Grows with every change of any text; names this one in the history.
        by: Login.
    """

    which: Own
    language: str
    text: str
    version: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Changed:
    """How an attempt to change a text ended.

    Attributes:
        kept: The text as it is now; None where it has always been the built-in one.
        done: False: somebody changed it since it was looked at, nothing was done.
    """

    kept: KeptWords | None
    done: bool


class OwnWordsBook(Protocol):
    """The library's own texts, for those who write them."""

    async def all(self) -> Mapping[tuple[Own, str], KeptWords]:
        """Every text that was ever changed, as it is now, by text and language."""
        ...

    async def history(self, which: Own, language: str) -> Sequence[KeptWords]:
        """What a text was, the latest first."""
        ...

    async def change(self, which: Own, language: str, text: str, *, version: int, by: str) -> Changed:
        """Say something else from now on.

        Args:
            which: The text.
            language: In which it is.
            text: As ``own.canonical`` leaves it; "" for the built-in one again.
            version: Of what was looked at, 0 where it had never been changed.
            by: Login.
        """
        ...
