"""Which stored record an imported one is: by its own id, by a copy's number, by what it describes.

The three ways go in this order, each over all records of a batch that are still nobody's. A stored
record is taken once a run, by the first that fits: so two records under one number stay two, and the
same file read again finds each of them again. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from typing import Any

from bot.bibliography import Kept, Keyed
from bot.quick import dataclass
from db.catalogue_rows import ItemValues, prepared, source_id_of


class Fate(StrEnum):
    """What becomes of an imported record."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(slots=True, eq=False)
class Slot:
    """A record's place in the store: a row, or one that is to be (id 0).

    Attributes:
        taken: Somebody of this run is it already.
        missing: The source had lost it.
        content: What it is to hold; None leaves it as it is.
        former_work_id: Where it belongs in the store, 0 for a new one.
        placed_key: Key of the work into which the staff put it, "" where they did not.
        work_key: Key of the work that it will belong to, once that is settled.
    """

    id: int
    former_work_id: int
    source_id: str
    fingerprint: str
    digest: str
    taken: bool = False
    missing: bool = False
    content: "Incoming | None" = None
    placed_key: str = ""
    work_key: str = ""


@dataclass(slots=True, eq=False)
class Incoming:
    """One imported record on its way into the store."""

    keyed: Keyed
    digest: str
    source_id: str
    items: tuple[ItemValues, ...] = ()
    slot: Slot | None = None
    fate: Fate = Fate.ADDED

    @classmethod
    def of(cls, keyed: Keyed) -> "Incoming":
        """As it came; its items wait for the branches to be known."""
        keyed, digest = prepared(keyed)
        return cls(keyed=keyed, digest=digest, source_id=source_id_of(keyed.record))


@dataclass(slots=True)
class Matching:
    """A batch, and what of it is found."""

    batch: Sequence[Incoming]
    run: int
    _slots: dict[int, Slot] = field(default_factory=dict)
    _named: defaultdict[str, list[Slot]] = field(default_factory=lambda: defaultdict(list))
    new: list[Slot] = field(default_factory=list)

    def meet(self, row: Any) -> Slot:
        """The slot of a stored record, the same one for every row of it."""
        slot = self._slots.get(row.id)
        if slot is None:
            slot = Slot(
                id=row.id,
                former_work_id=row.work_id,
                source_id=row.source_id,
                fingerprint=row.fingerprint,
                digest=row.digest,
                taken=row.seen_in_run == self.run,
                missing=row.missing_since is not None,
                placed_key=row.placed_key,
            )
            self._slots[row.id] = slot
            if slot.source_id:
                self._named[slot.source_id].append(slot)
        return slot

    @property
    def nobodys(self) -> list[Incoming]:
        """Records that are not found yet."""
        return [item for item in self.batch if item.slot is None]

    def by_source_id(self) -> None:
        """Take the stored records of the same id (``meet`` them first)."""
        for item in self.nobodys:
            slot = self._same_id(item)
            if slot is not None:
                _take(item, slot)

    def by_inventory(self, numbers: Iterable[tuple[int | None, str, Slot]]) -> None:
        """Take stored records by the number of a copy at its branch: (branch, number, the copy's record).

        Two records with ids of their own are one only if they also describe the same: some
        libraries write "б/н" into a hundred records.
        """
        held: defaultdict[tuple[int | None, str], list[Slot]] = defaultdict(list)
        for branch_id, number, slot in numbers:
            held[branch_id, number].append(slot)

        for sure in (True, False):
            for item in self.nobodys:
                self._found(item, _by_number(item, held, sure=sure))

    def by_fingerprint(self, slots: Iterable[Slot]) -> None:
        """Take stored records that describe the same, where one of the two has no id of its own."""
        alike: defaultdict[str, list[Slot]] = defaultdict(list)
        for slot in slots:
            alike[slot.fingerprint].append(slot)
        for same in (True, False):
            for item in self.nobodys:
                for slot in alike.get(item.keyed.fingerprint, ()):
                    if slot.taken or (item.source_id and slot.source_id) or (same and slot.digest != item.digest):
                        continue
                    self._found(item, slot)
                    break

    def rest_are_new(self) -> None:
        """Whatever is not found gets a place of its own; twice the same record gets one."""
        for item in self.nobodys:
            slot = self._same_id(item)
            if slot is None:
                slot = Slot(id=0, former_work_id=0, source_id="", fingerprint="", digest="")
                self.new.append(slot)
                _take(item, slot)
                item.fate = Fate.ADDED
                self._name(slot)
            else:
                _take(item, slot)

    @property
    def kept(self) -> Kept:
        """The counts."""
        fates = [item.fate for item in self.batch]
        return Kept(
            added=fates.count(Fate.ADDED), updated=fates.count(Fate.UPDATED), unchanged=fates.count(Fate.UNCHANGED)
        )

    @property
    def changed(self) -> list[Slot]:
        """Stored records that get something new to hold."""
        return [slot for slot in self._slots.values() if slot.content is not None]

    @property
    def seen(self) -> list[int]:
        """Stored records that stay as they are, and were met."""
        return [item.slot.id for item in self.batch if item.slot and item.slot.id and item.slot.content is None]

    def _same_id(self, item: Incoming) -> Slot | None:
        if not item.source_id:
            return None
        slots = self._named.get(item.source_id, ())
        for fits in (
            lambda slot: slot.digest == item.digest,
            lambda slot: slot.fingerprint == item.keyed.fingerprint,
            lambda slot: not slot.taken,
        ):
            for slot in slots:
                if fits(slot):
                    return slot
        return None

    def _found(self, item: Incoming, slot: Slot | None) -> None:
        if slot is not None:
            _take(item, slot)
            self._name(slot)

    def _name(self, slot: Slot) -> None:
        if slot.source_id and slot not in self._named[slot.source_id]:
            self._named[slot.source_id].append(slot)


def _by_number(item: Incoming, held: Mapping[tuple[int | None, str], Sequence[Slot]], *, sure: bool) -> Slot | None:
    """The record that has one of the item's numbers; unless ``sure`` of the description, only one may have it."""
    for copy in item.items:
        slots = held.get((copy.branch_id, copy.inventory_number), ())
        for slot in slots:
            if slot.taken:
                continue
            if sure and slot.fingerprint == item.keyed.fingerprint:
                return slot
            if not sure and len(slots) == 1 and not (item.source_id and slot.source_id):
                return slot
    return None


def _take(item: Incoming, slot: Slot) -> None:
    item.slot = slot
    if slot.digest == item.digest and not slot.missing:
        item.fate = Fate.UNCHANGED
    else:
        item.fate = Fate.UPDATED
        slot.content = item
        slot.digest, slot.fingerprint, slot.source_id = item.digest, item.keyed.fingerprint, item.source_id
    slot.taken, slot.missing = True, False
