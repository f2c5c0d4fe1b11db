"""What was made of one very object need not be made again."""

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")
Result = TypeVar("Result")


def of_the_same(function: Callable[[Value], Result], most: int = 2_048) -> Callable[[Value], Result]:
    """A pure function of immutable objects that come again as they are (a remembered answer to many readers).

    Remembers by identity, which is quicker than any comparison; the objects are held, so none is taken for another.

    Args:
        function: What is made of an object.
        most: So many are remembered; then all are forgotten.
    """
    known: dict[int, tuple[Value, Result]] = {}

    def remembered(value: Value) -> Result:
        found = known.get(id(value))
        if found is not None:
            return found[1]
        result = function(value)
        if len(known) >= most:
            known.clear()
        known[id(value)] = value, result
        return result

    return remembered


class OfThisMinute(Generic[Result]):
    """What was made of very objects in the present minute: a library closes, but not before the next one.

    Args:
        most: So much is remembered; then all is forgotten.
    """

    def __init__(self, most: int = 2_048) -> None:
        self._most = most
        self._minute: datetime | None = None
        self._known: dict[Hashable, tuple[Any, Result]] = {}

    def of(
        self, moment: datetime, objects: tuple[object, ...], beside: tuple[Hashable, ...], make: Callable[[], Result]
    ) -> Result:
        """What ``make`` made, or makes now.

        Args:
            moment: The present one.
            objects: Immutable, known by identity; they are held, so none is taken for another.
            beside: Whatever else it hangs on.
            make: Makes it of these and nothing else.
        """
        minute = moment.replace(second=0, microsecond=0)
        if minute != self._minute or len(self._known) >= self._most:
            self._minute = minute
            self._known.clear()
        key = (*map(id, objects), *beside)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = objects, make()
        return found[1]
