"""Tables of handing over to a person, and of how the messengers stand."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigKey, Moment, partial_index

OPEN = text("ended_at IS NULL")
RATED = text("rated_at IS NOT NULL")


class HandoverRow(Base):
    """One time that a conversation went to a person: from the call to the end.

    The figures stay for ever; whose conversation it was and the reader's words go with the words of the log.
    """

    __tablename__ = "handovers"
    __table_args__ = (
        partial_index("uq_handovers_open", "conversation_id", unique=True, where=OPEN),
        Index("ix_handovers_conversation", "conversation_id", "id"),
        Index("ix_handovers_called", "called_at"),
        Index("ix_handovers_ended", "ended_at"),
        partial_index("ix_handovers_rated", "rated_at", where=RATED),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    channel: Mapped[str] = mapped_column(String(64))
    branch: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """Code of the branch that it was handed to or whose link the reader came by, "" where nobody knows."""
    reason: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """Why a person was called (``bot.routing.Answer.handover``); ``taken``: a librarian came uncalled."""
    called_at: Mapped[datetime] = mapped_column(Moment)
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the first answer of a person left."""
    staff_id: Mapped[int | None] = mapped_column(Integer)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended: Mapped[str] = mapped_column(String(16), default="", server_default=text("''"))
    """closed, given_back, cancelled (by the reader), silence, moved, erased."""
    alerted_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the staff chat was last told that this reader waits."""
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the reader was asked whether it helped."""
    helped: Mapped[bool | None] = mapped_column(Boolean)
    rated_at: Mapped[datetime | None] = mapped_column(Moment)
    words: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """What the reader added."""


class ChannelStateRow(Base):
    """How one direction of one messenger stands, as the process that serves it last said."""

    __tablename__ = "channel_states"

    channel: Mapped[str] = mapped_column(String(64), primary_key=True)
    way: Mapped[str] = mapped_column(String(16), primary_key=True)
    """out, in, webhook."""
    state: Mapped[str] = mapped_column(String(16))
    """"" while all is well, lost, refused."""
    since: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    """When it was last said: a process that died says nothing."""
