"""The tables of notices: what is to be told, what has been, through which contacts, and whom nothing reached."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigKey, Moment, partial_index

PLANNED = text("state = 'planned'")
ON_ITS_WAY = text("state = 'sent'")
UNREACHED = text("state = 'unreached'")
ENDED = text("ended_at IS NOT NULL")


class NoticeRow(Base):
    """Everything that a patron is to be told at once.

    planned → sent (a letter is in the outbox) → reached; back to planned where that letter did not arrive; dropped
    where there is nothing to be told any more; unreached where no contact is left to try, then settled by the staff.
    """

    __tablename__ = "notices"
    __table_args__ = (
        partial_index("ix_notices_planned", "send_at", "id", where=PLANNED),
        partial_index("ix_notices_sent", "id", where=ON_ITS_WAY),
        partial_index("ix_notices_unreached", "ended_at", where=UNREACHED),
        partial_index("ix_notices_ended", "ended_at", where=ENDED),
        Index("ix_notices_patron", "patron_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    patron_id: Mapped[int] = mapped_column(ForeignKey("patrons.id"))
    state: Mapped[str] = mapped_column(String(16))
    zone: Mapped[str] = mapped_column(String(64))
    """Of the branch: whose quiet hours count."""
    planned_at: Mapped[datetime] = mapped_column(Moment)
    send_at: Mapped[datetime] = mapped_column(Moment)
    """Not before this moment."""
    message_id: Mapped[int | None] = mapped_column(BigKey)
    """The letter that is on its way: any other one of this notice is stale."""
    channel: Mapped[str] = mapped_column(String(64), default="")
    deliver_by: Mapped[datetime | None] = mapped_column(Moment)
    """When the next contact is tried."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    why: Mapped[str] = mapped_column(Text, default="")


class NoticeItemRow(Base):
    """One thing that a notice tells of: never twice for the same thing, day and stage."""

    __tablename__ = "notice_items"
    __table_args__ = (Index("ix_notice_items_notice", "notice_id"),)

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    """``bot.library.notices.NoticeKind``."""
    subject_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    stage: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id", ondelete="CASCADE"))


class NoticeLetterRow(Base):
    """A letter that carried a notice; several notices of one contact share one."""

    __tablename__ = "notice_letters"
    __table_args__ = (Index("ix_notice_letters_notice", "notice_id"),)

    message_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(BigKey)
    channel: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
    tried: Mapped[bool] = mapped_column(Boolean, default=True)
    """It counts as an attempt: it was not taken back before it left."""
    why: Mapped[str] = mapped_column(Text, default="")
    """What became of it, where it did not arrive."""
