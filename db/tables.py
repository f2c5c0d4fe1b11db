"""Every module of models, so that the metadata knows all tables: a new module of models is named here."""

from db import (
    models,
    models_accounts,
    models_circulation,
    models_handover,
    models_notices,
    models_places,
    models_shelving,
    models_staff,
    models_teaching,
)
from db.base import Base

MODULES = (
    models,
    models_accounts,
    models_circulation,
    models_handover,
    models_notices,
    models_places,
    models_shelving,
    models_staff,
    models_teaching,
)
METADATA = Base.metadata

DERIVED = "message_words"
"""Tables whose names begin so are made of others (``db.words``): no model, no place in a backup."""


def is_derived(table: str) -> bool:
    """Whether a table can be made anew from the others."""
    return table.startswith(DERIVED)
