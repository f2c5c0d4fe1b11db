"""at which points of issue a reader is served

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')
COLUMNS = ('served_at', 'not_served_at')


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column('patrons', sa.Column(name, JSON, server_default=sa.text("'[]'"), nullable=False))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column('patrons', name)
