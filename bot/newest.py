"""A memory that is bounded: the newest stay."""

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Newest(dict[K, V], Generic[K, V]):
    """A dict of so many entries; who is set again is the newest, and the oldest goes where it would be too many.

    Only ``memory[key] = value`` keeps the bound (not ``update`` or ``setdefault``).

    Args:
        most: Entries, above 0.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: K, value: V) -> None:
        self.pop(key, None)
        super().__setitem__(key, value)
        if len(self) > self._most:
            del self[next(iter(self))]
