"""Opens the message log of a store."""

from bot.clock import Clock
from db.connect import Database
from db.log_postgres import PostgresLog
from db.log_sqlite import SqliteLog

Log = SqliteLog | PostgresLog


async def open_log(database: Database, clock: Clock) -> Log:
    """The log of this store; its tables exist already. Raises StoreUnavailable."""
    log: Log = SqliteLog(database.path, clock) if database.dialect == "sqlite" else PostgresLog(database.url, clock)
    await log.open()
    return log
