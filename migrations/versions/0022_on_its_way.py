"""when a copy was sent to the branch where its reader fetches it

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

from db.base import Moment

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('holds', sa.Column('sent_at', Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column('holds', 'sent_at')
