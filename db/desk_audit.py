"""What the staff did and looked at, in the audit log that all share."""

from sqlalchemy import insert

from bot.clock import Clock
from db.connect import Database, store_errors
from db.models_accounts import AuditRow

ACTION_LENGTH, SUBJECT_LENGTH, ACTOR_LENGTH = 32, 64, 80


class SqlStaffAudit:
    """Fills the port ``bot.desk.Audit``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def note(self, login: str, what: str, whom: str = "", more: str = "") -> None:
        entry = {
            "at": self._clock.now(),
            "actor": f"staff:{login}"[:ACTOR_LENGTH] if login else "desk",
            "action": what[:ACTION_LENGTH],
            "subject": whom[:SUBJECT_LENGTH],
            "details": {"more": more[:200]} if more else {},
        }
        with store_errors():
            async with self._database.writer.begin() as connection:
                await connection.execute(insert(AuditRow).values(entry))
