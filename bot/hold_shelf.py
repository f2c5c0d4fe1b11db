"""Holds for which a copy was found: what the desk fetches, puts aside and hands out."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from bot.library.holds import HoldState
from bot.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfHold:
    """A hold for which a copy was found, as whoever fetches and hands it out needs it.

    Attributes:
        branch_code: Where it is fetched.
        copy: What finds the copy: its inventory number and shelf mark, "" where neither is known.
        since: When the copy was found.
        keep_until: With ``READY``, or where it was: the last day; None while nobody knows when the branch opens.
        copies: So many are counted together under that number.
        aside: To be fetched, and it lies on the hold shelf already: another reader did not come for it.
        lies_in: The branch that has the copy, "" where that is the one where it is fetched.
    """

    hold_id: int
    patron_id: int
    branch_code: str
    title: str
    author: str
    name: str
    card_number: str
    copy: str
    state: HoldState
    since: datetime
    keep_until: date | None
    item_id: int | None
    copies: int = 1
    aside: bool = False
    lies_in: str = ""

    @property
    def to_send(self) -> bool:
        """Whether another branch has to take the copy off its shelf and send it off."""
        return bool(self.lies_in) and self.state is HoldState.ASSIGNED

    @property
    def listed_at(self) -> str:
        """Whose list it is on: of the branch that has the copy until that is sent off, then where it is fetched."""
        return self.lies_in if self.to_send else self.branch_code


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """A copy that was looked for in vain is told to readers no more.

    Attributes:
        decision_id: Names it to :meth:`HoldShelf.found_after_all`; 0 where it was hidden already.
        hold: As it is now: with another copy, or back in the queue.
    """

    decision_id: int
    hold: ShelfHold


class BroughtBack(StrEnum):
    """What became of a book that a reader brought."""

    TO_ITS_PLACE = "to_its_place"
    WAITED_FOR = "waited_for"
    """The next reader's: it is among those to be put aside."""
    NOT_OUT = "not_out"
    """Nobody has it any more."""


class HoldShelf(Protocol):
    """What the desk does about holds, and about books that it lent itself. Raises StoreUnavailable."""

    async def waiting(self, branches: Collection[str] = (), limit: int = 100) -> Sequence[ShelfHold]:
        """Holds on the lists of these branches (empty: of all): those to be fetched first, then those that wait.

        At most ``limit`` of each: much to fetch hides nobody who stands at the desk.
        """
        ...

    async def to_fetch(self, branches: Collection[str] = ()) -> int:
        """How many copies are to be taken off the shelf."""
        ...

    async def to_hand_out(self, branches: Collection[str] = ()) -> int:
        """How many wait at the desk for their readers."""
        ...

    async def to_put_back(self, branches: Collection[str] = ()) -> int:
        """How many of :meth:`left` there are."""
        ...

    async def left(self, branches: Collection[str] = (), limit: int = 100) -> Sequence[ShelfHold]:
        """Ended holds whose copies still lie on the hold shelf, the oldest first; nobody else waits for them."""
        ...

    async def find_left(self, hold_id: int) -> ShelfHold | None:
        """One of :meth:`left`; None where there is none of this number."""
        ...

    async def put_back(self, hold_id: int) -> bool:
        """The copy of an ended hold stands in its place again. False where it lay there no more."""
        ...

    async def find(self, hold_id: int) -> ShelfHold | None:
        """A live hold; None where there is none of this number."""
        ...

    async def send(self, hold_id: int) -> bool:
        """The copy is on its way to the branch where it is fetched. False where it has not to go there."""
        ...

    async def put_aside(self, hold_id: int) -> date | None:
        """The copy waits at the desk, its reader is told; the last day, None where there is nothing to put aside."""
        ...

    async def hand_over(self, hold_id: int, by: str) -> bool:
        """The reader has the book; a branch that keeps its loans here lends it. False where that cannot be."""
        ...

    async def brought_back(self, loan_id: int) -> BroughtBack:
        """A book of a branch that keeps its loans here came back: the next one who waits gets it."""
        ...

    async def not_found(self, hold_id: int, login: str, reason: str) -> NotFound | None:
        """The copy is not where it should be: hidden from readers, and the hold goes to the next one or waits on.

        The hold keeps its place; its reader is told nothing. None where there is no copy to be fetched.
        """
        ...

    async def found_after_all(self, hold_id: int, decision_id: int, login: str) -> bool:
        """Take :meth:`not_found` back: the copy is told of again and kept for the same reader, if they still wait.

        False where somebody else said so, or longer ago than :data:`bot.renewal_requests.DECISION_RESTS`.
        """
        ...

    async def refuse(self, hold_id: int, by: str, reason: str) -> bool:
        """The library cannot serve it: its reader is told, with the reason. False where it is not live any more."""
        ...

    async def refuse_no_more(self, patron_id: int, hold_id: int, by: str) -> bool:
        """Take :meth:`refuse` of this patron's hold back: it stands where it stood in the queue.

        It has its copy again where that is there still. False where somebody else refused it, or longer ago than
        :data:`DECISION_RESTS`, or its reader knows already.
        """
        ...
