"""How long tests wait for what must come: one answer for all of them."""

import asyncio
import gc
from time import thread_time
from types import TracebackType
from typing import Self

SOON_S = 60.0
"""Whatever a test waits for comes at once, or this says that it does not come.

It is never waited for where all is well, so it may be as long as a machine busy with other work needs.
"""

TICK_S = 0.01


class LoopTime:
    """Seconds that passed for those who sleep on this event loop, in ticks: ``async with LoopTime() as passed``.

    A promise like "within a second" is about what we wait for, not about how long the machine gave this process
    nothing to run on: then nobody ticks either. On a quiet machine it is the time of the clock.
    """

    def __init__(self) -> None:
        self._ticks = 0
        self._ticking: asyncio.Task[None]

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return self._ticks * TICK_S

    async def __aenter__(self) -> Self:
        self._ticking = asyncio.create_task(self._tick())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ticking.cancel()
        await asyncio.gather(self._ticking, return_exceptions=True)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._ticks += 1


class Spent:
    """Seconds of the processor that this thread took: ``with Spent() as spent: …``, then ``spent.seconds``.

    The collector of garbage is held off meanwhile: it would look through all that a whole test run has loaded, and one
    measurement in many would be told longer by that.
    """

    seconds = 0.0

    def __enter__(self) -> Self:
        self._collects = gc.isenabled()
        gc.disable()
        self._begun = thread_time()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seconds = thread_time() - self._begun
        if self._collects:
            gc.enable()
