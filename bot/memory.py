"""How often Python's collector looks for what nobody needs any more."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

COLLECT_AFTER = (20_000, 20, 20)
"""Objects, small rounds, middle rounds. What a program of ours loads stays, and what it makes is seldom in a circle:
with its usual 700 objects the collector took a seventh of the time in which a catalogue is read."""
_USUAL = (700, 10, 10)


def settle_memory() -> None:
    """What is loaded by now lives as long as we do: the collector never looks at it.

    Otherwise each of its great rounds holds up every reader for tens of milliseconds, and a round before this would
    for a tenth of a second, to find one object in seventy that nobody needs. Its small rounds come less often: hundreds
    of turns in hand are thousands of young objects that it would look at in vain.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()  # a start does without (``bot.cli``)


@contextmanager
def collecting_soon() -> Iterator[None]:
    """While record after record is written: SQLAlchemy makes circles with every statement.

    Before a round of the seldom kind they are 40 MB.
    """
    seldom = gc.get_threshold()
    gc.set_threshold(*_USUAL)
    try:
        yield
    finally:
        gc.set_threshold(*seldom)
