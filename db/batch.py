"""What one transaction of the message log is to keep, by kind: hundreds of operations, each looked at once."""

from collections.abc import Iterable, Sequence

from bot.messages import Inbound, Removed
from bot.ports.log import Attempt, Completed, Recorded
from db.log_common import Fate, Operation, PutBack


class Batch:
    """Operations, and what became of each.

    Args:
        operations: In the order in which they came.

    Attributes:
        arrivals: Messages of readers.
        turns: What their turns came to.
        sent: Sendings that a messenger took.
        seldom: Whatever else there is, with its place.
        corrects: Whether one of the arrivals may correct an earlier message.
        recorded / fates: What became of the arrivals and of the turns, in their order, once they are kept.
        results: What became of each operation, in the order of all.
    """

    __slots__ = (
        "_at_arrivals", "_at_turns", "arrivals", "corrects", "fates", "recorded", "results", "seldom", "sent", "turns",
    )  # fmt: skip

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.arrivals: list[Inbound] = []
        self.turns: list[Completed] = []
        self.sent: list[Attempt] = []
        self.seldom: list[tuple[int, Operation]] = []
        self.corrects = False
        self.recorded: Sequence[Recorded] = ()
        self.fates: Sequence[Fate] = ()
        self.results: list[object] = [None] * len(operations)
        self._at_arrivals: list[int] = []
        self._at_turns: list[int] = []
        for place, item in enumerate(operations):
            if type(item) is Inbound:
                self.arrivals.append(item)
                self._at_arrivals.append(place)
                self.corrects = self.corrects or bool(item.corrects)
            elif type(item) is Completed:
                self.turns.append(item)
                self._at_turns.append(place)
            elif type(item) is Attempt and not (item.reason or item.retry_at):
                self.sent.append(item)
            else:
                self.seldom.append((place, item))

    def arrived(self, recorded: Sequence[Recorded]) -> None:
        """The arrivals are kept."""
        self.recorded = recorded
        self._tell(self._at_arrivals, recorded)

    def completed(self, fates: Sequence[Fate]) -> None:
        """The turns are kept, or not."""
        self.fates = fates
        self._tell(self._at_turns, fates)

    def _tell(self, places: Iterable[int], results: Iterable[object]) -> None:
        for place, result in zip(places, results, strict=True):
            self.results[place] = result

    def totals(self) -> tuple[int, int, int]:
        """See :func:`totals`."""
        singles = ((item, self.results[place]) for place, item in self.seldom)
        return totals([one.fresh for one in self.recorded], self.fates, singles)


def totals(
    fresh: Sequence[bool], fates: Sequence[Fate], singles: Iterable[tuple[Operation, object]]
) -> tuple[int, int, int]:
    """What a batch adds to the messages received, handled and set aside; kept in its own transaction."""
    handled, aside = fates.count(Fate.KEPT), 0
    for item, result in singles:
        if isinstance(item, PutBack):
            aside += result is True
        elif isinstance(item, Removed):
            handled += result if isinstance(result, int) else 0
    return fresh.count(True), handled, aside
