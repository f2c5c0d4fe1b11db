"""misses, synonyms, and the versions by which processes know that something changed

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)
MISSED = sa.text("outcome = 'missed'")
TO_NOTE = sa.text("outcome = 'missed' AND miss_noted IS NULL")


def upgrade() -> None:
    op.create_table(
        'misses',
        sa.Column('id', BIG, nullable=False),
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('alike', sa.String(length=64), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('lack', sa.String(length=16), nullable=False),
        sa.Column('intent', sa.String(length=32), nullable=False),
        sa.Column('language', sa.String(length=8), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('times', sa.Integer(), nullable=False),
        sa.Column('first_at', MOMENT, nullable=False),
        sa.Column('last_at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_misses')),
        sa.UniqueConstraint('key', name=op.f('uq_misses_key')),
    )
    op.create_table(
        'synonyms',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('said', sa.Text(), nullable=False),
        sa.Column('meant', sa.Text(), nullable=False),
        sa.Column('updated_at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_synonyms')),
        sa.UniqueConstraint('kind', 'key', name=op.f('uq_synonyms_kind_key')),
    )
    op.create_table(
        'versions',
        sa.Column('name', sa.String(length=32), nullable=False),
        sa.Column('version', BIG, nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_versions')),
    )
    op.add_column('messages', sa.Column('miss_noted', sa.Boolean(), nullable=True))
    op.drop_index('ix_messages_missed', 'messages')
    op.create_index('ix_messages_missed', 'messages', ['id'], postgresql_where=TO_NOTE, sqlite_where=TO_NOTE)


def downgrade() -> None:
    op.drop_index('ix_messages_missed', 'messages')
    with op.batch_alter_table('messages') as batch_op:
        batch_op.drop_column('miss_noted')
    op.create_index('ix_messages_missed', 'messages', ['id'], postgresql_where=MISSED, sqlite_where=MISSED)
    op.drop_table('versions')
    op.drop_table('synonyms')
    op.drop_table('misses')
