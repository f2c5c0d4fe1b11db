"""Numbers that tell other processes that something changed."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import VersionRow


async def raise_version(connection: AsyncConnection, name: str) -> None:
    """Say that something of this name changes; whoever changes it too waits until this transaction ends."""
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    first = make(VersionRow).values(name=name, version=1)
    await connection.execute(
        first.on_conflict_do_update(index_elements=[VersionRow.name], set_={"version": VersionRow.version + 1})
    )


async def version_of(connection: AsyncConnection, name: str) -> int:
    """How often it changed."""
    return await connection.scalar(select(VersionRow.version).where(VersionRow.name == name)) or 0
