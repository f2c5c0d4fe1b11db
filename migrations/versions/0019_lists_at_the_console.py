"""what an uploaded file tells of: the catalogue, readers or loans

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = sa.Column('kind', sa.String(16), server_default=sa.text("'catalogue'"), nullable=False)
    op.add_column('import_jobs', kind)


def downgrade() -> None:
    op.drop_column('import_jobs', 'kind')
