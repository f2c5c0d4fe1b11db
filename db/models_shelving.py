"""What librarians decided about the catalogue, and the files that they loaded."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigKey, Json, Moment


class WorkAliasRow(Base):
    """Works that were put together: editions of ``key`` belong to the work of ``target_key``, also those to come."""

    __tablename__ = "work_aliases"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    target_key: Mapped[str] = mapped_column(String(64), index=True)
    """Never itself a ``key`` here: whoever merges leads all to the last one."""


class CatalogueDecisionRow(Base):
    """One thing that a librarian changed in the catalogue, with all that taking it back needs."""

    __tablename__ = "catalogue_decisions"
    __table_args__ = (Index("ix_catalogue_decisions_work", "work_id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    """``bot.shelving.DecisionKind``."""
    work_id: Mapped[int] = mapped_column(ForeignKey("works.id"))
    """The work at which it is told."""
    login: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))


class ImportJobRow(Base):
    """A file that was uploaded at the console, on its way into the store."""

    __tablename__ = "import_jobs"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    login: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(Text)
    """What the file is called, for people; on our disk it is called by the number."""
    size: Mapped[int] = mapped_column(BigKey)
    source: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    branch: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    kind: Mapped[str] = mapped_column(String(16), default="catalogue", server_default=text("'catalogue'"))
    """``bot.shelving.ImportKind``."""
    state: Mapped[str] = mapped_column(String(16))
    """``bot.shelving.JobState``."""
    progress: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Hundredths that are done."""
    beat_at: Mapped[datetime] = mapped_column(Moment)
    """When the process that works on it last said so."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
