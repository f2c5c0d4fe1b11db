"""What gives its pieces one after another is ended by who takes them, not when it is collected."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

Piece = TypeVar("Piece")


@asynccontextmanager
async def ended(pieces: AsyncIterator[Piece]) -> AsyncIterator[AsyncIterator[Piece]]:
    """Take from ``pieces``; at the end a generator closes what it holds, there and then.

    As ``contextlib.aclosing``, for what is promised as an iterator: one that is no generator holds nothing to close.
    """
    try:
        yield pieces
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()
