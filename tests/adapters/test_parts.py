"""What a messenger has taken is not sent twice."""

import pytest

from adapters.parts import KEPT, PartsUnderWay
from bot.errors import ChannelUnavailable


class Fragile:
    """Takes so many parts, then breaks; once mended it takes all."""

    def __init__(self, breaks_after: int) -> None:
        self.left = breaks_after
        self.taken: list[str] = []

    async def take(self, piece: str) -> str:
        if self.left == 0:
            raise ChannelUnavailable("away")
        self.left -= 1
        self.taken.append(piece)
        return piece.upper()


async def test_a_retry_goes_on_where_it_was_cut_off() -> None:
    under_way, messenger = PartsUnderWay(), Fragile(breaks_after=2)
    with pytest.raises(ChannelUnavailable):
        await under_way.send(1, ["a", "b", "c"], messenger.take)
    messenger.left = 5

    sent = await under_way.send(1, ["a", "b", "c"], messenger.take)

    assert messenger.taken == ["a", "b", "c"]
    assert sent.external_ids == ("A", "B", "C")


async def test_a_whole_message_is_forgotten_and_memory_is_bounded() -> None:
    under_way = PartsUnderWay()
    await under_way.send(1, ["a"], Fragile(9).take)
    assert (await under_way.send(1, ["a"], Fragile(9).take)).external_ids == ("A",)
    for number in range(KEPT + 10):
        with pytest.raises(ChannelUnavailable):
            await under_way.send(number, ["a", "b"], Fragile(1).take)
    assert len(under_way._taken) == KEPT
