"""notices to readers: what is to be told, the letters that carried it, whom nothing reached

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)
PLANNED = sa.text("state = 'planned'")
ON_ITS_WAY = sa.text("state = 'sent'")
UNREACHED = sa.text("state = 'unreached'")
ENDED = sa.text('ended_at IS NOT NULL')


def upgrade() -> None:
    op.create_table(
        'notices',
        sa.Column('id', BIG, nullable=False),
        sa.Column('patron_id', BIG, nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('zone', sa.String(length=64), nullable=False),
        sa.Column('planned_at', MOMENT, nullable=False),
        sa.Column('send_at', MOMENT, nullable=False),
        sa.Column('message_id', BIG, nullable=True),
        sa.Column('channel', sa.String(length=64), nullable=False),
        sa.Column('deliver_by', MOMENT, nullable=True),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.Column('why', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['patron_id'], ['patrons.id'], name=op.f('fk_notices_patron_id_patrons')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    )
    for name, columns, where in (
        ('ix_notices_planned', ['send_at', 'id'], PLANNED),
        ('ix_notices_sent', ['id'], ON_ITS_WAY),
        ('ix_notices_unreached', ['ended_at'], UNREACHED),
        ('ix_notices_ended', ['ended_at'], ENDED),
    ):
        op.create_index(name, 'notices', columns, postgresql_where=where, sqlite_where=where)
    op.create_index('ix_notices_patron', 'notices', ['patron_id'])
    op.create_table(
        'notice_items',
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('subject_id', BIG, nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('stage', sa.Integer(), nullable=False),
        sa.Column('notice_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ['notice_id'], ['notices.id'], name=op.f('fk_notice_items_notice_id_notices'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('kind', 'subject_id', 'day', 'stage', name=op.f('pk_notice_items')),
    )
    op.create_index('ix_notice_items_notice', 'notice_items', ['notice_id'])
    op.create_table(
        'notice_letters',
        sa.Column('message_id', BIG, nullable=False),
        sa.Column('notice_id', BIG, nullable=False),
        sa.Column('contact_id', BIG, nullable=False),
        sa.Column('channel', sa.String(length=64), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('tried', sa.Boolean(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ['notice_id'], ['notices.id'], name=op.f('fk_notice_letters_notice_id_notices'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('message_id', 'notice_id', name=op.f('pk_notice_letters')),
    )
    op.create_index('ix_notice_letters_notice', 'notice_letters', ['notice_id'])


def downgrade() -> None:
    for table in ('notice_letters', 'notice_items', 'notices'):
        op.drop_table(table)
