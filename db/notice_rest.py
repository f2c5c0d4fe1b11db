"""A store that was restored writes to nobody by itself until somebody says that it is the library's own again."""

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.connect import Database, store_errors
from db.models import VersionRow

_NAME = "notices_rest"
"""A row of this name: nothing is planned and nothing leaves."""


async def rest(connection: AsyncConnection) -> None:
    """From now on readers hear nothing by themselves; they are answered as ever."""
    await connection.execute(delete(VersionRow).where(VersionRow.name == _NAME))
    await connection.execute(insert(VersionRow).values(name=_NAME, version=1))


async def is_resting(database: Database) -> bool:
    """Whether nobody has said yet that this store is no mere copy. Raises StoreUnavailable."""
    with store_errors():
        async with database.engine.connect() as connection:
            counted = select(func.count()).select_from(VersionRow).where(VersionRow.name == _NAME)
            return bool(await connection.scalar(counted))


async def resume(database: Database) -> bool:
    """Write to readers again; False where nothing stood in the way. Raises StoreUnavailable."""
    async with database.writing() as connection:
        gone = await connection.execute(delete(VersionRow).where(VersionRow.name == _NAME))
        return bool(gone.rowcount)
