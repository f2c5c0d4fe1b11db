"""What the desk does with readers' cards: codes for linking, PINs, links looked at and cut, a reader forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCode:
    """A one-time code, to be given to the reader and shown nowhere again.

    Attributes:
        code: Digits only; written in groups of four for the eye (``spaced``).
        child: Whoever uses it becomes a guardian of this card.
    """

    code: str
    patron_id: int
    card_number: str
    given_name: str
    expires_at: datetime
    child: bool = False

    @property
    def spaced(self) -> str:
        """«1234 5678»."""
        return " ".join(self.code[start : start + 4] for start in range(0, len(self.code), 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedContact:
    """One contact that sees a card, as the desk is told of it: never its address."""

    contact_id: int
    channel: str
    proof: str
    linked_at: datetime
    child: bool
    reachable: bool


class CardDesk(Protocol):
    """For the staff; every call is in the audit log under ``by`` (``desk``, ``staff:`` and a login).

    A card is named by its number, read as a person types it, or by the number of its patron's row.
    Raises StoreUnavailable.
    """

    async def patron_of(self, card: str | int) -> int | None:
        """The number of the patron whose card it is; None where there is no such card."""
        ...

    async def issue_code(self, card: str | int, by: str, *, child: bool = False) -> IssuedCode | None:
        """A new code for a card; the one before it is good no more. None where the register has no such card (now)."""
        ...

    async def links(self, card: str | int) -> Sequence[LinkedContact] | None:
        """Who sees a card; None where there is no such card."""
        ...

    async def unlink(self, card: str | int, by: str, contact_id: int | None = None) -> int:
        """Cut one contact, or all, off a card; returns how many were."""
        ...

    async def set_pin(self, card: str | int, pin: str, by: str) -> bool:
        """Keep a PIN, by its argon2 hash alone; "" takes it away. False where there is no such card."""
        ...

    async def export(self, card: str | int, by: str) -> bytes | None:
        """All that is kept of a reader, as the reader would get it; None where there is no such card."""
        ...

    async def erase(self, card: str | int, by: str) -> bool:
        """Forget a reader at their wish: links, codes, PIN, what their own contacts said, name and addresses.

        The card's number stays, since loans hang on it. False where there is no such card.
        """
        ...
