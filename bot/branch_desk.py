"""What the staff decide about the buildings: how they are told of, on which days they are closed, which are gone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.library.model import Branch, DayKind, SpecialDays
from bot.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A branch as the staff see it.

    Attributes:
        branch: As readers are told of it now.
        edited_by: Login of who changed it at the console last; "" where ``config.yaml`` or imported files speak.
        edited_at: When; None where it was not changed at the console.
        in_file: Whether ``config.yaml`` tells of it.
        file_differs: Changed at the console, and ``config.yaml`` was changed since to say something else.
    """

    branch: Branch
    edited_by: str = ""
    edited_at: datetime | None = None
    in_file: bool = False
    file_differs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysEntry:
    """Days that somebody on the staff told of.

    Attributes:
        branches: Codes; empty for all branches, also those to come.
    """

    entry_id: int
    days: SpecialDays
    branches: frozenset[str]
    made_by: str
    made_at: datetime

    @property
    def is_urgent(self) -> bool:
        """An emergency."""
        return self.days.kind is DayKind.URGENT


class BranchDesk(Protocol):
    """Changes are in force here at once and in every other process within a second. Raise StoreUnavailable."""

    async def places(self) -> Sequence[Place]:
        """Every branch that readers may be told of, in the order of answers."""
        ...

    async def put(self, branch: Branch, *, login: str, new: bool = False) -> None:
        """Keep what is told of a branch; its ``days`` are not touched.

        Args:
            branch: All of it.
            login: Who says so.
            new: It must not be there yet, else it must.

        Raises:
            InputError: There is one of this code already, or none.
        """
        ...

    async def back_to_file(self, code: str) -> bool:
        """Tell of a branch as ``config.yaml`` does; False where that does not know it."""
        ...

    async def entries(self, since: date) -> Sequence[DaysEntry]:
        """Days told of, those over before ``since`` left out: emergencies first, then by their first day."""
        ...

    async def entry(self, entry_id: int) -> DaysEntry | None:
        """One of them, None where it is not there or was taken back."""
        ...

    async def say(self, days: SpecialDays, branches: frozenset[str], *, login: str) -> int:
        """Tell of days; the newest word about a day counts, an emergency before all. Returns its number."""
        ...

    async def end(self, entry_id: int, today: date, *, login: str) -> bool:
        """From ``today`` on it is not so any more; days that have passed stay as they were.

        False where it is not there or was taken back.
        """
        ...


class LiveMap(Mapping[str, str]):
    """Names by code that follow what the staff change.

    Args:
        now: Makes the mapping as it is now.
    """

    def __init__(self, now: Callable[[], Mapping[str, str]]) -> None:
        self._now = now

    def __getitem__(self, key: str) -> str:
        return self._now()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())
