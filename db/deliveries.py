"""How far our messages to one contact have come."""

from sqlalchemy import select

from bot.messages import Contact
from bot.ports.letters import Outgoing
from db.connect import Database, store_errors
from db.models import ContactRow, ConversationRow, MessageRow


class SqlDeliveries:
    """Fills ``bot.ports.letters.Deliveries``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def to(self, contact: Contact, limit: int = 50) -> list[Outgoing]:
        row = MessageRow
        newest = (
            select(row.id, row.text, row.state, row.attempts, row.due_at, row.error, row.external_id)
            .join(ConversationRow, ConversationRow.id == row.conversation_id)
            .join(ContactRow, ContactRow.id == ConversationRow.contact_id)
            .where(ContactRow.channel == contact.channel, ContactRow.address == contact.address)
            .where(row.author != "reader")
            .order_by(row.id.desc())
            .limit(limit)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = (await connection.execute(newest)).all()
        return [
            Outgoing(
                message_id=one.id,
                text=one.text,
                state=one.state,
                attempts=one.attempts,
                due_at=one.due_at,
                reason=one.error or "",
                external_id=one.external_id or "",
            )
            for one in reversed(found)
        ]
