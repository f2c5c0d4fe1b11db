"""branches and closed days as the staff say them at the console

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')
EMPTY = sa.text("''")


def upgrade() -> None:
    op.create_table(
        'special_days',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('first_on', sa.Date(), nullable=False),
        sa.Column('last_on', sa.Date(), nullable=True),
        sa.Column('yearly', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('intervals', JSON, nullable=False),
        sa.Column('note', sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column('branches', JSON, nullable=False),
        sa.Column('made_by', sa.String(length=64), nullable=False),
        sa.Column('made_at', MOMENT, nullable=False),
        sa.Column('ended_by', sa.String(length=64), server_default=EMPTY, nullable=False),
        sa.Column('void', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_special_days')),
    )
    op.add_column('branches', sa.Column('of_file', JSON, nullable=True))
    op.add_column('branches', sa.Column('file_differs', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('branches', sa.Column('edited_by', sa.String(length=64), server_default=EMPTY, nullable=False))
    op.add_column('branches', sa.Column('edited_at', MOMENT, nullable=True))


def downgrade() -> None:
    for column in ('edited_at', 'edited_by', 'file_differs', 'of_file'):
        op.drop_column('branches', column)
    op.drop_table('special_days')
