"""What was made of one very object need not be made again."""

from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")
Result = TypeVar("Result")


class OfTheSame(Generic[Value, Result]):
    """A pure function of immutable objects that come again as they are (a remembered answer to many readers).

    Remembers by identity, which is quicker than any comparison; the objects are held, so none is taken for another.

    Args:
        function: What is made of an object.
        most: So many are remembered; then all are forgotten.
    """

    def __init__(self, function: Callable[[Value], Result], most: int = 2_048) -> None:
        self._function = function
        self._most = most
        self._known: dict[int, tuple[Value, Result]] = {}

    def __call__(self, value: Value) -> Result:
        known = self._known.get(id(value))
        if known is not None:
            return known[1]
        result = self._function(value)
        if len(self._known) >= self._most:
            self._known = {}
        self._known[id(value)] = value, result
        return result
