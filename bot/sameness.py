"""What was made of one very object need not be made again."""

from collections.abc import Callable
from typing import TypeVar

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
