"""Which stored copies of a record the file still has, which are new, which are gone; pure."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

from bot.quick import dataclass
from db.catalogue_rows import ItemValues


@dataclass(frozen=True, slots=True)
class StoredItem:
    """A copy as the store has it; ``missing``: the source had lost it."""

    id: int
    values: ItemValues
    missing: bool


@dataclass(slots=True)
class ItemChanges:
    """What makes the stored copies into those of the file."""

    update: list[tuple[int, ItemValues]]
    insert: list[ItemValues]
    lost: list[int]


Key = Callable[[ItemValues], Hashable | None]

KEYS: tuple[Key, ...] = (
    lambda item: item,
    lambda item: (item.branch_id, item.inventory_number) if item.inventory_number else None,
    lambda item: item.inventory_number or None,
    lambda item: item.barcode or None,
    lambda item: None if _numbered(item) else (item.branch_id, item.location, item.call_number),
    lambda item: None if _numbered(item) else (item.branch_id,),
)
"""What makes two copies one, the surest first; None where a copy has no such sign."""


def _numbered(item: ItemValues) -> bool:
    return bool(item.inventory_number or item.barcode)


def compare(stored: Sequence[StoredItem], incoming: Sequence[ItemValues]) -> ItemChanges:
    """Pair the copies of one record; each is paired once, copies still in the source before lost ones."""
    changes = ItemChanges([], [], [])
    left = sorted(stored, key=lambda item: (item.missing, item.id))
    coming = list(incoming)
    for key in KEYS:
        if not (left and coming):
            break
        waiting: defaultdict[Hashable, list[StoredItem]] = defaultdict(list)
        for item in reversed(left):
            if (sign := key(item.values)) is not None:
                waiting[sign].append(item)
        unpaired: list[ItemValues] = []
        paired: set[int] = set()
        for values in coming:
            sign = key(values)
            candidates = waiting.get(sign) if sign is not None else None
            if not candidates:
                unpaired.append(values)
                continue
            item = candidates.pop()
            paired.add(item.id)
            if item.missing or item.values != values:
                changes.update.append((item.id, values))
        coming = unpaired
        left = [item for item in left if item.id not in paired]
    changes.insert = coming
    changes.lost = [item.id for item in left if not item.missing]
    return changes
