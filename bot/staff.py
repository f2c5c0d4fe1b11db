"""Who works at the console: accounts, sessions, and the book of what was done there."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.quick import dataclass


class StaffRole(StrEnum):
    """What a member of the staff may do; each may do what the one before may."""

    LIBRARIAN = "librarian"
    """Answer readers."""
    EDITOR = "editor"
    """Change what the bot says."""
    ADMIN = "admin"
    """Look after the staff."""

    def may(self, needed: "StaffRole") -> bool:
        """Whether this role includes ``needed``."""
        order = tuple(StaffRole)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """Somebody who works at the console.

    Attributes:
        login: Lower case, unique.
        name: As colleagues and readers see it.
        branches: Codes of the branches whose conversations they see; empty for all.
        language: Of the console: ``ru``, ``en``, "" for the library's.
        second_factor: A one-time code is asked at the door, too.
        must_change: The password was made by somebody else: the first thing is a new one.
        signed_in_at: When they last came.
    """

    staff_id: int
    login: str
    name: str
    role: StaffRole = StaffRole.LIBRARIAN
    branches: frozenset[str] = frozenset()
    language: str = ""
    second_factor: bool = False
    must_change: bool = False
    disabled: bool = False
    signed_in_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What proves a member of the staff; never leaves the room that compares it.

    Attributes:
        password: The argon2id hash.
        totp_secret: What the second factor is made of, with the service's key; "" where there is none.
        totp_used: The last time step whose code was taken: no code works twice.
    """

    member: StaffMember
    password: str
    totp_secret: str = ""
    totp_used: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSession:
    """One browser in which somebody is signed in.

    Attributes:
        ends_at: When it ends whatever is done.
        agent: What the browser says it is.
    """

    session_id: int
    member: StaffMember
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str = ""
    agent: str = ""


class StaffBook(Protocol):
    """Accounts, sessions and failed attempts. Raises StoreUnavailable."""

    async def add(self, login: str, name: str, role: StaffRole, branches: Collection[str], password: str) -> int:
        """Make an account with this password hash; it must be changed at the first sign-in.

        Raises:
            InputError: The login is taken or is none.
        """
        ...

    async def all(self) -> Sequence[StaffMember]:
        """Everybody, by name."""
        ...

    async def keys(self, login: str) -> Keys | None:
        """What proves this login, None where there is no such account."""
        ...

    async def set_password(self, staff_id: int, password: str, *, must_change: bool) -> None:
        """Another password hash; every session of the account ends."""
        ...

    async def set_totp(self, staff_id: int, secret: str) -> None:
        """Another second factor (what it is made of), "" for none."""
        ...

    async def use_totp(self, staff_id: int, step: int) -> bool:
        """Take the code of a time step; False where it, or a later one, was taken already."""
        ...

    async def change(
        self, staff_id: int, *, name: str, role: StaffRole, branches: Collection[str], disabled: bool
    ) -> None:
        """What an admin may change; disabled ends every session.

        Raises:
            InputError: Nobody would be left who is an admin.
        """
        ...

    async def speak(self, staff_id: int, language: str) -> None:
        """The language of the console."""
        ...

    async def open_session(self, staff_id: int, token_hash: str, ends_at: datetime, address: str, agent: str) -> int:
        """Somebody came in."""
        ...

    async def session(self, token_hash: str, idle_since: datetime) -> StaffSession | None:
        """Whose session it is; None where it ended, was last seen before ``idle_since``, or the account is disabled."""
        ...

    async def sessions(self, staff_id: int) -> Sequence[StaffSession]:
        """Where somebody is signed in, the latest first."""
        ...

    async def end_session(self, staff_id: int, session_id: int | None = None, but: int | None = None) -> int:
        """End one session of an account, or all (``but`` one); returns how many."""
        ...

    async def failures(self, keys: Sequence[str]) -> Mapping[str, tuple[int, datetime]]:
        """How often each of these (a login, an address) failed lately, and when last."""
        ...

    async def failed(self, keys: Sequence[str]) -> None:
        """One more failure of each."""
        ...

    async def forgive(self, keys: Sequence[str]) -> None:
        """Forget the failures of these."""
        ...


class Audit(Protocol):
    """What the staff did and looked at, for ever. Raises StoreUnavailable."""

    async def note(self, login: str, what: str, whom: str = "", more: str = "") -> None:
        """Keep one entry.

        Args:
            login: Who did it, "" where nobody is known yet.
            what: ``view.conversation``, ``sign_in.refused``, … at most 32 characters.
            whom: What it was done to: ``conversation:17``, ``patron:17``.
            more: A few words more; never a reader's.
        """
        ...
