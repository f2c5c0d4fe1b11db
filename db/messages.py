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


async def open_log(database: Database, clock: Clock, *, apart: bool = False) -> StoredLog:
    """The log of this store; its tables exist already.

    Args:
        database: The store.
        clock: Where moments come from.
        apart: On SQLite, whether what writes has a process of its own: for whoever has thousands of messages to keep.

    Raises:
        StoreUnavailable: It does not answer.
    """
    if database.dialect == "sqlite":
        from db.log_sqlite import SqliteLog
        from db.log_writers import WriterProcess, WriterThread

        writer = WriterProcess(database.path) if apart else WriterThread(database.path)
        return await _begun(SqliteLog(database.path, clock, writer))
    from db.log_postgres import PostgresLog

    return await _begun(PostgresLog(database.url, clock))


async def _begun(log: "SqliteLog | PostgresLog") -> StoredLog:
    try:
        await log.open()
    except BaseException:
        await log.aclose()
        raise
    return log
