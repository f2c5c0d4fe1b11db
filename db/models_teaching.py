"""Tables of what librarians teach, beside the answers themselves: how each came to be, and what was proposed."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, text, true
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigKey, Json, Moment


class FaqRevisionRow(Base):
    """An answer as it was at one moment, or as somebody would like it to be."""

    __tablename__ = "faq_revisions"
    __table_args__ = (Index("ix_faq_revisions_entry", "entry_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("faq_entries.id", ondelete="CASCADE"))
    """NULL for a proposal of a new answer."""
    topic: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    questions: Mapped[list[str]] = mapped_column(Json, default=list)
    answer: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    enabled: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    source: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(Integer)
    """Of the entry; for a proposal that which it started from, 0 for a new answer."""
    state: Mapped[str] = mapped_column(String(16))
    """kept (it was in force), proposed, taken or declined."""
    by: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """Login; "" where a file said it."""
    at: Mapped[datetime] = mapped_column(Moment)
    miss_id: Mapped[int] = mapped_column(BigKey, default=0, server_default="0")
    """What readers asked in vain that a proposal would answer, 0 for none."""


class OwnWordsRow(Base):
    """A text that the library says in its own voice, from one moment on; the latest of a text is in force."""

    __tablename__ = "own_words"
    __table_args__ = (Index("ix_own_words_name", "name", "language", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(String(32))
    """Which text (``bot.wording.own.Own``)."""
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """"" for the built-in text."""
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
