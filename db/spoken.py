"""In which language a reader is written to: as their own words said last, else as their messenger reports."""

from sqlalchemy import ColumnElement, func

from db.models import ContactRow, ConversationRow


def language() -> ColumnElement[str]:
    """Of a contact and their conversation, "" where neither tells."""
    chosen = ConversationRow.dialogue["language"].as_string()
    return func.coalesce(func.nullif(chosen, ""), ContactRow.language).label("language")
