"""Readers as the desk sees them: found, and what is known of one. The port and its values.

Whoever may see only some branches sees the readers of those: who is enrolled there, has a book from there or
fetches one there; and those of no branch.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from bot.accounts import NoticeWishes
from bot.quick import dataclass


class SoughtBy(StrEnum):
    """What a reader was looked for by: all that the audit log keeps of a search."""

    NOTHING = "nothing"
    CARD = "card"
    PHONE = "phone"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderEntry:
    """One line of a search, with no more than tells two readers apart.

    Attributes:
        name: Surname, given name, patronymic.
        born: The year alone, None where it is not known.
        branch_code: Of the branch where they are enrolled, "" where nobody knows.
        gone: The register no longer has them.
    """

    patron_id: int
    card_number: str
    name: str
    born: int | None = None
    branch_code: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReaders:
    """What a search came to; ``more``: there are others, the words have to say more."""

    by: SoughtBy
    entries: tuple[ReaderEntry, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderConsent:
    """A consent, with the words that were agreed to; ``version`` is their digest."""

    version: str
    text: str
    channel: str
    given_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderContact:
    """A chat that sees the card; never its address.

    Attributes:
        conversation_id: Where its words are, None where nothing was ever said.
        proof: How it was linked (``bot.accounts.Proof``).
        child: A guardian's chat: it is not the reader's own.
        unreachable_since: Since when nothing arrives there, None where it does.
        heard_at: When they last wrote.
        wishes: How they want to be reminded there, None where they have not said.
        chosen: They want notices here before all other chats.
    """

    contact_id: int
    conversation_id: int | None
    channel: str
    proof: str
    linked_at: datetime
    child: bool = False
    unreachable_since: datetime | None = None
    heard_at: datetime | None = None
    wishes: NoticeWishes | None = None
    chosen: bool = False
    consents: tuple[ReaderConsent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """Another card that one of the reader's chats sees; ``child``: as a child's."""

    patron_id: int
    name: str
    child: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownReader:
    """All that the desk is told of a reader beside loans and holds.

    Attributes:
        branch_code: Where they are enrolled, "" where nobody knows.
        debt: What is owed, in the library's currency.
        gone_since: Since when the register no longer has them: their chats are told nothing.
        places: Branches that have to do with them; empty: anybody may see them.
    """

    patron_id: int
    card_number: str
    surname: str = ""
    given_name: str = ""
    patronymic: str = ""
    birth_date: date | None = None
    phone: str = ""
    email: str = ""
    category: str = ""
    branch_code: str = ""
    valid_until: date | None = None
    blocked: bool = False
    debt: Decimal = Decimal(0)
    gone_since: datetime | None = None
    places: frozenset[str] = frozenset()
    contacts: tuple[ReaderContact, ...] = ()
    family: tuple[Relative, ...] = ()

    @property
    def name(self) -> str:
        """Surname, given name, patronymic; "" where none is known (any more)."""
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardBehind:
    """A card that the reader of a conversation has linked."""

    patron_id: int
    card_number: str
    name: str
    child: bool
    valid_until: date | None = None
    blocked: bool = False
    gone: bool = False
    places: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """How much waits for the desk."""

    requests: int = 0
    unreached: int = 0


class ReaderBook(Protocol):
    """The register, as the staff look into it; what they looked at is written down by who asks. StoreUnavailable."""

    async def find(self, words: str, branches: Collection[str] = (), limit: int = 20) -> FoundReaders:
        """By card number as people type it, by telephone where one is kept, by surname (and given name).

        Args:
            words: What was typed.
            branches: Only readers of these branches, and of none; empty for all.
            limit: So many at most.
        """
        ...

    async def reader(self, patron_id: int) -> KnownReader | None:
        """One reader, in a fixed number of queries; None where there is no such patron."""
        ...

    async def chats(self, patrons: Collection[int]) -> Mapping[int, Sequence[ReaderContact]]:
        """The chats that see each of these readers' cards, in one query, without the consents that were given there."""
        ...

    async def behind(self, conversation_id: int) -> Sequence[CardBehind]:
        """The cards that the reader of a conversation has linked, their own first."""
        ...

    async def owners(self, conversations: Collection[int]) -> Mapping[int, CardBehind]:
        """Whose own card each of these conversations has linked, in a fixed number of queries.

        Neither a child's, nor one that the register no longer has; who has none is not in it.
        """
        ...

    async def talks(
        self, words: str, branches: Collection[str] = (), hidden: Collection[str] = (), limit: int = 100
    ) -> Mapping[int, CardBehind]:
        """Conversations whose linked card has this number or bears this name, each with that card; the newest ones.

        Args:
            words: What was typed; a card that the register no longer has is not found.
            branches: Only cards of readers of these branches, and of none; empty for all.
            hidden: Channels whose conversations are left out.
            limit: So many at most.
        """
        ...

    async def to_do(self, branches: Collection[str] = ()) -> ToDo:
        """How many requests wait, and how many readers nothing reached; of these branches, empty for all."""
        ...
