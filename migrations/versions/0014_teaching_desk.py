"""the librarians' teaching: versions, history and proposals of answers; misses that can be brought back

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')
MOMENT = sa.DateTime(timezone=True)
EMPTY = sa.text("''")


def upgrade() -> None:
    op.add_column('faq_entries', sa.Column('enabled', sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column('faq_entries', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.add_column('faq_entries', sa.Column('updated_by', sa.String(length=64), server_default=EMPTY, nullable=False))
    op.add_column('misses', sa.Column('gone_at', MOMENT, nullable=True))
    op.create_table(
        'faq_revisions',
        sa.Column('id', BIG, nullable=False),
        sa.Column('entry_id', sa.Integer(), nullable=True),
        sa.Column('topic', sa.String(length=64), nullable=False),
        sa.Column('language', sa.String(length=8), nullable=False),
        sa.Column('questions', JSON, nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('url', sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column('enabled', sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column('source', sa.String(length=16), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('by', sa.String(length=64), server_default=EMPTY, nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('miss_id', BIG, server_default='0', nullable=False),
        sa.ForeignKeyConstraint(
            ['entry_id'], ['faq_entries.id'], name=op.f('fk_faq_revisions_entry_id_faq_entries'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_faq_revisions')),
    )
    op.create_index('ix_faq_revisions_entry', 'faq_revisions', ['entry_id', 'id'])


def downgrade() -> None:
    op.drop_table('faq_revisions')
    with op.batch_alter_table('misses') as batch_op:
        batch_op.drop_column('gone_at')
    with op.batch_alter_table('faq_entries') as batch_op:
        for name in ('updated_by', 'version', 'enabled'):
            batch_op.drop_column(name)
