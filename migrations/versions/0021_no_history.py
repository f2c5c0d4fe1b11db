"""a reader's mark that nobody read: no history is kept of anybody

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column('patrons', 'keep_history')


def downgrade() -> None:
    op.add_column('patrons', sa.Column('keep_history', sa.Boolean(), server_default=sa.false(), nullable=False))
