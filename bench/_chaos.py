"""What a messenger brings to the chaos run."""

import random
from collections import Counter
from collections.abc import Mapping
from typing import Any, Protocol, Self


class Driver(Protocol):
    """One messenger's emulator, as readers and bad luck use it.

    Attributes:
        has_key: Whether the messenger has a key against doubled sendings.
        figures: What went wrong on purpose, and how often; "dropped after a sending" among them.
    """

    has_key: bool
    figures: Counter[str]

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *error: object) -> None: ...

    def channels(self) -> Mapping[str, Any]:
        """The block ``channels:`` of the service."""
        ...

    def begins(self, address: str) -> None:
        """The service listens there from now on."""
        ...

    async def write(self, reader: int, text: str, dice: random.Random) -> None:
        """A reader's message; returns once the messenger need not deliver it any more."""
        ...

    async def trouble(self, dice: random.Random) -> None:
        """Spoil the service's calls, for ever."""
        ...

    def heard(self, reader: int) -> list[str]:
        """What the reader got, in order."""
        ...

    def wrong(self) -> list[str]:
        """Calls of the service that broke the messenger's contract."""
        ...
