"""librarians' decisions about works, copies hidden from readers, files loaded at the console

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')
EMPTY = sa.text("''")


def upgrade() -> None:
    op.create_table(
        'work_aliases',
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('target_key', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_work_aliases')),
    )
    op.create_index(op.f('ix_work_aliases_target_key'), 'work_aliases', ['target_key'])
    op.create_table(
        'catalogue_decisions',
        sa.Column('id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('work_id', BIG, nullable=False),
        sa.Column('login', sa.String(length=64), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('details', JSON, nullable=False),
        sa.Column('undone_at', MOMENT, nullable=True),
        sa.Column('undone_by', sa.String(length=64), server_default=EMPTY, nullable=False),
        sa.ForeignKeyConstraint(['work_id'], ['works.id'], name=op.f('fk_catalogue_decisions_work_id_works')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_decisions')),
    )
    op.create_index('ix_catalogue_decisions_work', 'catalogue_decisions', ['work_id'])
    op.create_table(
        'import_jobs',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('login', sa.String(length=64), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('size', BIG, nullable=False),
        sa.Column('source', sa.String(length=64), server_default=EMPTY, nullable=False),
        sa.Column('branch', sa.String(length=64), server_default=EMPTY, nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('progress', sa.Integer(), server_default='0', nullable=False),
        sa.Column('beat_at', MOMENT, nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.Column('outcome', JSON, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_jobs')),
    )
    for column in ('own_key', 'placed_key'):
        op.add_column('records', sa.Column(column, sa.String(length=64), server_default=EMPTY, nullable=False))
    op.add_column('items', sa.Column('suppressed', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column('items', 'suppressed')
    for column in ('placed_key', 'own_key'):
        op.drop_column('records', column)
    op.drop_table('import_jobs')
    op.drop_index('ix_catalogue_decisions_work', table_name='catalogue_decisions')
    op.drop_table('catalogue_decisions')
    op.drop_index(op.f('ix_work_aliases_target_key'), table_name='work_aliases')
    op.drop_table('work_aliases')
