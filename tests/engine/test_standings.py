"""What processes say of the messengers that they serve."""

from collections.abc import Mapping, Sequence

from bot.engine.line import Line
from bot.engine.metrics import Metrics
from bot.engine.outbox import Outbox
from bot.engine.standings import SAY_EVERY, Sayer
from bot.errors import ChannelAuthError, ChannelUnavailable
from bot.overview import ChannelState, Standing, Way
from tests.support.clock import StandingClock
from tests.support.fake_log import FakeLog
from tests.support.machine import FakeChannel


class FakeBook:
    """Keeps what was said, in order."""

    def __init__(self) -> None:
        self.said: list[Mapping[tuple[str, Way], Standing]] = []

    async def keep(self, states: Mapping[tuple[str, Way], Standing]) -> None:
        self.said.append(dict(states))

    async def all(self) -> Sequence[ChannelState]:
        return ()


async def test_a_change_is_said_at_once_and_the_rest_now_and_then() -> None:
    book, line = FakeBook(), Line("vk", Metrics())
    lines = {("vk", Way.OUT): lambda: line.standing, ("max", Way.OUT): lambda: Standing.UP}
    sayer = Sayer(book, lines)

    assert await sayer.look() == 2
    assert await sayer.look() == 0
    line.lost(ChannelUnavailable("no answer"))
    assert await sayer.look() == 1
    line.lost(ChannelAuthError("token"))
    assert await sayer.look() == 1
    assert book.said[1:] == [{("vk", Way.OUT): Standing.LOST}, {("vk", Way.OUT): Standing.REFUSED}]
    looks = [await sayer.look() for _ in range(SAY_EVERY)]
    assert sum(looks) == 2, "everything is said once more, so that nobody takes us for dead"
    line.back()
    await sayer.look()
    assert book.said[-1] == {("vk", Way.OUT): Standing.UP}


async def test_what_another_process_serves_is_not_spoken_of(clock: StandingClock) -> None:
    book, outbox = FakeBook(), Outbox("vk", FakeChannel(), FakeLog(clock), clock, Metrics())

    assert outbox.standing is None
    assert await Sayer(book, {("vk", Way.OUT): lambda: outbox.standing}).look() == 0
    assert book.said == []
