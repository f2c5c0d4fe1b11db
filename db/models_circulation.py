"""The tables of circulation: what is lent and waited for, what was asked, and what came of it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigKey, Json, Moment, partial_index

OUT = text("returned_at IS NULL")
OUT_AND_KNOWN = text("returned_at IS NULL AND item_id IS NOT NULL")
GIVEN_BACK = text("returned_at IS NOT NULL")
LIVE = text("ended_at IS NULL")
HAS_COPY = text("ended_at IS NULL AND assigned_item_id IS NOT NULL")
WAITS = text("state = 'waiting'")


class LoanRow(Base):
    """A copy lent to a patron; ``returned_at`` is NULL while it is out.

    A returned loan goes after a few days, unless its reader asked for a history.
    """

    __tablename__ = "loans"
    __table_args__ = (
        partial_index("ix_loans_open", "patron_id", "due_on", where=OUT),
        partial_index("ix_loans_due", "due_on", "patron_id", where=OUT),
        partial_index("ix_loans_source", "branch_id", "source_key", where=OUT),
        partial_index("ix_loans_returned", "returned_at", where=GIVEN_BACK),
        partial_index("uq_loans_one_reader", "item_id", "slot", unique=True, where=OUT_AND_KNOWN),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    patron_id: Mapped[int] = mapped_column(ForeignKey("patrons.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    """NULL where the catalogue does not know the copy: ``title`` and ``author`` say what it is."""
    slot: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Which of the copies that are counted together in one item, from 0."""
    branch_id: Mapped[int] = mapped_column(ForeignKey("branches.id"))
    """The branch of issue."""
    title: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(Text, default="")
    inventory_number: Mapped[str] = mapped_column(String(64), default="")
    item_type: Mapped[str] = mapped_column(String(64), default="")
    issued_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    renewals: Mapped[int] = mapped_column(Integer, default=0)
    remote_renewals: Mapped[int] = mapped_column(Integer, default=0)
    reading_room: Mapped[bool] = mapped_column(Boolean, default=False)
    missing: Mapped[bool] = mapped_column(Boolean, default=False)
    """Lost, or claimed returned."""
    high_demand: Mapped[bool] = mapped_column(Boolean, default=False)
    recalled: Mapped[bool] = mapped_column(Boolean, default=False)
    returned_at: Mapped[datetime | None] = mapped_column(Moment)
    as_of: Mapped[datetime] = mapped_column(Moment)
    """When our own store changed it, or when the file that told of it was read."""
    source: Mapped[str] = mapped_column(String(64), default="")
    """The system whose file told of it, "" where it was lent here."""
    source_key: Mapped[str] = mapped_column(String(64), default="")
    """Digest of what makes it the same loan in the next file."""


class RenewalRow(Base):
    """One renewal of a loan; goes with the loan."""

    __tablename__ = "renewals"
    __table_args__ = (UniqueConstraint("loan_id", "key"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))
    """What asked for it: the message, or the staff's confirmation of a request."""
    due_before: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    remote: Mapped[bool] = mapped_column(Boolean)
    """Without the book in hand."""
    renewed_at: Mapped[datetime] = mapped_column(Moment)
    renewed_by: Mapped[str] = mapped_column(String(80))
    """``reader``, ``staff:`` and a login, or a source of imports."""


class RenewalRequestRow(Base):
    """A renewal that somebody still has to decide, and the decision.

    ``loan_id`` is no foreign key: a loan that came back goes while its reader is still to be told.
    """

    __tablename__ = "renewal_requests"
    __table_args__ = (
        partial_index("uq_renewal_requests_waiting", "loan_id", unique=True, where=WAITS),
        partial_index("ix_renewal_requests_branch", "branch_id", "asked_at", where=WAITS),
        Index("ix_renewal_requests_patron", "patron_id"),
        Index("ix_renewal_requests_decided", "decided_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    loan_id: Mapped[int] = mapped_column(BigKey)
    patron_id: Mapped[int] = mapped_column(ForeignKey("patrons.id"))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branches.id"))
    key: Mapped[str] = mapped_column(String(200))
    """The message that asked."""
    cause: Mapped[str] = mapped_column(String(16))
    """``bot.renewal_requests.RequestCause``: why it was not done at once."""
    state: Mapped[str] = mapped_column(String(16))
    """``bot.renewal_requests.RequestState``: waiting, confirmed, refused, dropped."""
    title: Mapped[str] = mapped_column(Text, default="")
    due_before: Mapped[date] = mapped_column(Date)
    """The due date that was to be moved."""
    due_on: Mapped[date | None] = mapped_column(Date)
    """Waiting: what the rules would make of it; confirmed: the new due date."""
    asked_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    code: Mapped[str] = mapped_column(String(32), default="")
    """Refused: a ``RenewalBlock``."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Refused: the staff's own words for the reader."""


class HoldRow(Base):
    """A place in the queue for a work; ``ended_at`` is NULL while it is live."""

    __tablename__ = "holds"
    __table_args__ = (
        partial_index("uq_holds_once", "patron_id", "work_id", unique=True, where=LIVE),
        partial_index("ix_holds_queue", "work_id", "placed_at", "id", where=LIVE),
        partial_index("ix_holds_state", "state", "keep_until", where=LIVE),
        Index("ix_holds_ended", "ended_at"),
        partial_index("uq_holds_one_copy", "assigned_item_id", "assigned_slot", unique=True, where=HAS_COPY),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    patron_id: Mapped[int] = mapped_column(ForeignKey("patrons.id"))
    work_id: Mapped[int] = mapped_column(ForeignKey("works.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    """The very copy that is waited for, NULL where any will do."""
    pickup_branch_id: Mapped[int] = mapped_column(ForeignKey("branches.id"))
    state: Mapped[str] = mapped_column(String(16))
    """``bot.library.holds.HoldState``."""
    placed_at: Mapped[datetime] = mapped_column(Moment)
    suspended_until: Mapped[date | None] = mapped_column(Date)
    needed_until: Mapped[date | None] = mapped_column(Date)
    assigned_item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    assigned_slot: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    assigned_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    """Off to the pick-up branch, from another one."""
    ready_at: Mapped[datetime | None] = mapped_column(Moment)
    keep_until: Mapped[date | None] = mapped_column(Date)
    """Ready: the last day on the hold shelf."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    """Refused: the staff's own words for the reader."""


class CirculationOutcomeRow(Base):
    """What came of a writing call, by its key: the same call again returns this and changes nothing."""

    __tablename__ = "circulation_outcomes"
    __table_args__ = (
        UniqueConstraint("patron_id", "call", "key"),
        Index("ix_circulation_outcomes_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    patron_id: Mapped[int] = mapped_column(ForeignKey("patrons.id"))
    call: Mapped[str] = mapped_column(String(16))
    """renew, place, cancel, suspend."""
    key: Mapped[str] = mapped_column(String(200))
    outcome: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(Moment)


class LoanSourceRow(Base):
    """What a branch's loans were last read from: since when its answers hold."""

    __tablename__ = "loan_sources"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branches.id"), primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(64))
    file: Mapped[str] = mapped_column(Text)
    as_of: Mapped[datetime] = mapped_column(Moment)
    digest: Mapped[str] = mapped_column(String(64))
    """Of all loans of the file: the same again changes nothing."""


class CirculationTotalsRow(Base):
    """How often something was done on a day, without the people: survives the loans themselves."""

    __tablename__ = "circulation_totals"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branches.id"), primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(String(32), primary_key=True)
    """renewed, renewal_requested, renewal_refused, hold_placed, hold_filled, …"""
    code: Mapped[str] = mapped_column(String(32), primary_key=True, default="")
    """Refused: why."""
    times: Mapped[int] = mapped_column(BigKey)
