"""texts that the library says in its own voice, with their history

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.execute('DROP TABLE IF EXISTS own_words')  # 0015 once made another one, which nothing ever wrote
    op.create_table(
        'own_words',
        sa.Column('id', BIG, nullable=False),
        sa.Column('name', sa.String(length=32), nullable=False),
        sa.Column('language', sa.String(length=8), nullable=False),
        sa.Column('text', sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column('by', sa.String(length=64), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_own_words')),
    )
    op.create_index('ix_own_words_name', 'own_words', ['name', 'language', 'id'])


def downgrade() -> None:
    op.drop_table('own_words')
