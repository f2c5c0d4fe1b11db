"""What the staff did and looked at, in the audit log that all share."""

from sqlalchemy import insert

from bot.audit import DESK
from bot.clock import Clock
from db.connect import Database
from db.models_accounts import AuditRow

ACTION_LENGTH, SUBJECT_LENGTH, ACTOR_LENGTH = 32, 64, 80
PATRON_DIGITS = 19


class SqlStaffAudit:
    """Fills the port ``bot.staff.Audit``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def note(self, login: str, what: str, whom: str = "", more: str = "") -> None:
        entry = {
            "at": self._clock.now(),
            "actor": f"staff:{login}"[:ACTOR_LENGTH] if login else DESK,
            "action": what[:ACTION_LENGTH],
            "patron_id": _patron(whom),
            "subject": whom[:SUBJECT_LENGTH],
            "details": {"more": more[:200]} if more else {},
        }
        async with self._database.writing() as connection:
            await connection.execute(insert(AuditRow).values(entry))


def _patron(whom: str) -> int | None:
    """Whose card it was about, so that it is found with all that concerns the person."""
    kind, _, number = whom.partition(":")
    return int(number) if kind == "patron" and number.isdecimal() and len(number) < PATRON_DIGITS else None
