"""How many came by which link."""

from sqlalchemy import func, select

from db.connect import Database, store_errors
from db.models import ContactRow


async def came(database: Database, channel: str, source: str) -> int:
    """Contacts of a channel whom this start parameter brought first. Raises StoreUnavailable."""
    asked = select(func.count()).where(ContactRow.channel == channel, ContactRow.source == source)
    with store_errors():
        async with database.engine.connect() as connection:
            return int((await connection.execute(asked)).scalar_one())
