"""Opens the message log of a store."""

from typing import Protocol

from bot.clock import Clock
from bot.desk_actions import DeskLog
from bot.ports.letters import ChatLog
from bot.ports.log import MessageLog
from db.connect import Database


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

        in_a_file = SqliteLog(database.path, clock)
        await in_a_file.open()
        return in_a_file
    from db.log_postgres import PostgresLog

    in_a_server = PostgresLog(database.url, clock)
    await in_a_server.open()
    return in_a_server
