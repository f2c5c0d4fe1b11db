"""Tables of the librarians' desk: accounts, sessions, notes, drafts, canned answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigKey, Json, Moment


class StaffRow(Base):
    """Somebody who works at the console."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(16))
    branches: Mapped[list[str]] = mapped_column(Json, default=list)
    """Codes of the branches whose conversations they see; empty for all."""
    language: Mapped[str] = mapped_column(String(8), default="", server_default=text("''"))
    password: Mapped[str] = mapped_column(Text)
    """argon2id with its parameters."""
    must_change: Mapped[bool] = mapped_column(Boolean)
    totp_secret: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """A salt: the secret itself is made of it with the service's key, which is not in the store."""
    totp_used: Mapped[int] = mapped_column(BigKey, default=0, server_default="0")
    """The last time step whose code was taken."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)


class StaffSessionRow(Base):
    """A browser in which somebody is signed in; the token itself is in the browser only."""

    __tablename__ = "staff_sessions"
    __table_args__ = (Index("ix_staff_sessions_staff", "staff_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    address: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")


class StaffFailureRow(Base):
    """Failed sign-ins of one name or one network address."""

    __tablename__ = "staff_failures"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    times: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(Moment)


class StaffNoteRow(Base):
    """What librarians write about a conversation among themselves: no sender ever reads this table."""

    __tablename__ = "staff_notes"
    __table_args__ = (Index("ix_staff_notes_conversation", "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Made by the page: one press is one note."""
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)


class StaffDraftRow(Base):
    """An answer that is being written."""

    __tablename__ = "staff_drafts"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class CannedRow(Base):
    """An answer that librarians give again and again, with places to be filled in."""

    __tablename__ = "canned_answers"
    __table_args__ = (UniqueConstraint("title"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class StaffAnswerRow(Base):
    """An answer that may still be taken back; it becomes a message when it leaves.

    So it stands among the messages in the order in which it was sent, and nothing that reads them need know of it.
    """

    __tablename__ = "staff_answers"
    __table_args__ = (
        Index("ix_staff_answers_conversation", "conversation_id"),
        Index("ix_staff_answers_due", "due_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Made by the page: one press is one message."""
    text: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it leaves; NULL: it was taken back, and its key is remembered for a late repeat of the press."""
