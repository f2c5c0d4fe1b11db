"""Runs the migrations on the connection that ``db.migrate`` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from db.base import Json, Moment, with_postgresql
from db.tables import METADATA, is_derived


def render_item(kind: str, value: Any, _: AutogenContext) -> str | Literal[False]:
    """Write our own column types into migrations as what they are in the database."""
    if kind == "type" and isinstance(value, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, Json):
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=with_postgresql(METADATA),
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
    render_item=render_item,
    include_name=lambda name, kind, _: not (kind == "table" and is_derived(name or "")),
)

with context.begin_transaction():
    context.run_migrations()
