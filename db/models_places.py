"""What the staff said at the console about days."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Integer, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Json, Moment


class SpecialDaysRow(Base):
    """Days that are not as the week says (``bot.library.model.SpecialDays``)."""

    __tablename__ = "special_days"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date | None] = mapped_column(Date)
    """None: nobody knows until when."""
    yearly: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    intervals: Mapped[list[Any]] = mapped_column(Json, default=list)
    note: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    branches: Mapped[list[str]] = mapped_column(Json, default=list)
    """Codes; empty for all."""
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Moment)
    ended_by: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    void: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Taken back before it had begun, or altogether."""
