"""The audit log: who did what to whom, when, through which channel. It names nobody and is only added to."""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.quick import dataclass

READER, ENGINE, DESK = "reader", "engine", "desk"
"""Who acts, beside the staff (``staff:`` and a login)."""


class Act(StrEnum):
    """What was done."""

    CODE_ISSUED = "code_issued"
    CODE_REVOKED = "code_revoked"
    PIN_SET = "pin_set"
    LINKED = "linked"
    LINK_REFUSED = "link_refused"
    """A code, a PIN or a number did not fit."""
    LINK_LOCKED = "link_locked"
    """Not looked at: too many failures before."""
    ATTACK = "attack"
    """So many failures in a channel that it takes no attempts for a while."""
    UNLINKED = "unlinked"
    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    EXPORTED = "exported"
    ERASED = "erased"
    FORGOTTEN = "forgotten"
    """The address of who asked to be forgotten, or has been silent for long, is gone as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log.

    Attributes:
        action: An :class:`Act`, or a word of the console's.
        entry_id: Its place in the log; 0 for one that is not kept yet.
        at: Aware UTC; None for one that is not kept yet.
        actor: ``reader``, ``engine``, ``desk`` or ``staff:`` and a login.
        patron_id: Whose card it is about, None where none is known.
        subject: Keyed digest of the contact, "" where none acted.
        details: A few words and numbers more (way of proof, outcome); nothing personal.
    """

    action: str
    actor: str
    patron_id: int | None = None
    subject: str = ""
    channel: str = ""
    details: Mapping[str, str | int] = field(default_factory=dict)
    at: datetime | None = None
    entry_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Some lines of the log: those for which everything that is said here holds.

    Attributes:
        since: From this moment on.
        until: Up to this moment, itself left out.
        patron_id: Of this patron.
        actor: What this one did, "" for whoever it was.
        actions: These; empty for all.
        subject: What was done to this (``conversation:17``, a contact's digest), "" for whatever it was done to.
    """

    since: datetime | None = None
    until: datetime | None = None
    patron_id: int | None = None
    actor: str = ""
    actions: Collection[str] = ()
    subject: str = ""


ALL = Which()


class LinkWatch(Protocol):
    """Hears what becomes of linking, for figures that an alarm can be hung on; of no person."""

    def link(self, proof: str, outcome: str) -> None:
        """An attempt ended."""
        ...

    def attack(self, channel: str) -> None:
        """So many attempts failed there that no more are taken for a while."""
        ...


class AuditLog(Protocol):
    """Written by the stores in the transaction of what is done; read by the staff. Raises StoreUnavailable."""

    async def add(self, entry: Entry) -> None:
        """Add one line by itself, for what is done elsewhere (a login, an export of a report)."""
        ...

    def entries(self, which: Which = ALL) -> AsyncIterator[Entry]:
        """Lines in their order, read a page at a time."""
        ...

    async def last(self, limit: int, which: Which = ALL, *, before: int | None = None) -> list[Entry]:
        """The newest lines first, for a page of the console.

        Args:
            limit: So many at most.
            which: Only these.
            before: Only lines older than the one with this ``entry_id``.
        """
        ...
