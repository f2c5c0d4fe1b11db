"""Opens the message log of a store."""

from typing import TYPE_CHECKING, Protocol

from bot.clock import Clock
from bot.desk_actions import DeskLog
from bot.ports.letters import ChatLog
from bot.ports.log import MessageLog
from db.connect import Database

if TYPE_CHECKING:
    from db.log_postgres import PostgresLog
    from db.log_sqlite import SqliteLog


class Log(MessageLog, ChatLog, Protocol):
    """Two faces of the log, and its end."""

    async def aclose(self) -> None:
        """Commit what is waiting, end every iteration, give back the connections."""
        ...


class StoredLog(Log, DeskLog, Protocol):
    """All of them: what a store's log is."""


async def open_log(database: Database, clock: Clock) -> StoredLog:
    """The log of this store; its tables exist already. Raises StoreUnavailable."""
    if database.dialect == "sqlite":
        from db.log_sqlite import SqliteLog

        return await _begun(SqliteLog(database.path, clock))
    from db.log_postgres import PostgresLog

    return await _begun(PostgresLog(database.url, clock))


async def _begun(log: "SqliteLog | PostgresLog") -> StoredLog:
    try:
        await log.open()
    except BaseException:
        await log.aclose()
        raise
    return log
