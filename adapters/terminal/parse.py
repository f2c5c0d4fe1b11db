"""A typed line → ``Inbound``. Pure."""

from datetime import datetime

from bot.messages import Contact, Inbound, Started, Text


def typed(line: str, contact: Contact, key: str, now: datetime) -> Inbound:
    """What the person said.

    Args:
        line: As it was typed; numbers and labels of choices are understood by the core.
        contact: Who sits there.
        key: The line's own id, for ever unique to it.
        now: The moment, aware UTC.
    """
    return Inbound(contact=contact, content=Text(line.rstrip("\n")), idempotency_key=key, sent_at=now)


def opened(contact: Contact, key: str, now: datetime) -> Inbound:
    """The dialogue begins: the greeting is asked for."""
    return Inbound(contact=contact, content=Started(), idempotency_key=key, sent_at=now)
