"""handing over: who called a person, how long they waited, whether it helped; how the messengers stand

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)
OPEN, RATED = sa.text('ended_at IS NULL'), sa.text('rated_at IS NOT NULL')


def upgrade() -> None:
    op.create_table(
        'handovers',
        sa.Column('id', BIG, nullable=False),
        sa.Column('conversation_id', BIG, nullable=True),
        sa.Column('channel', sa.String(length=64), nullable=False),
        sa.Column('branch', sa.String(length=64), server_default=sa.text("''"), nullable=False),
        sa.Column('reason', sa.String(length=64), server_default=sa.text("''"), nullable=False),
        sa.Column('called_at', MOMENT, nullable=False),
        sa.Column('taken_at', MOMENT, nullable=True),
        sa.Column('answered_at', MOMENT, nullable=True),
        sa.Column('staff_id', sa.Integer(), nullable=True),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.Column('ended', sa.String(length=16), server_default=sa.text("''"), nullable=False),
        sa.Column('alerted_at', MOMENT, nullable=True),
        sa.Column('asked_at', MOMENT, nullable=True),
        sa.Column('helped', sa.Boolean(), nullable=True),
        sa.Column('rated_at', MOMENT, nullable=True),
        sa.Column('words', sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ['conversation_id'], ['conversations.id'], name=op.f('fk_handovers_conversation_id_conversations')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_handovers')),
    )
    op.create_index(
        'uq_handovers_open', 'handovers', ['conversation_id'], unique=True, postgresql_where=OPEN, sqlite_where=OPEN
    )
    op.create_index('ix_handovers_conversation', 'handovers', ['conversation_id', 'id'])
    op.create_index('ix_handovers_called', 'handovers', ['called_at'])
    op.create_index('ix_handovers_ended', 'handovers', ['ended_at'])
    op.create_index('ix_handovers_rated', 'handovers', ['rated_at'], postgresql_where=RATED, sqlite_where=RATED)
    # Those who wait, and those whom a librarian has: when they called is known of the first only.
    op.execute(
        """
INSERT INTO handovers (conversation_id, channel, branch, reason, called_at, taken_at, staff_id)
SELECT c.id, ct.channel, c.branch, CASE WHEN c.mode = 'person' THEN 'taken' ELSE c.handover_reason END,
coalesce(c.waiting_since, c.held_at), CASE WHEN c.mode = 'person' THEN c.held_at END, c.staff_id
FROM conversations c JOIN contacts ct ON ct.id = c.contact_id
WHERE c.mode IN ('waiting', 'person') AND coalesce(c.waiting_since, c.held_at) IS NOT NULL"""
    )
    op.create_table(
        'channel_states',
        sa.Column('channel', sa.String(length=64), nullable=False),
        sa.Column('way', sa.String(length=16), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('since', MOMENT, nullable=False),
        sa.Column('seen_at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('channel', 'way', name=op.f('pk_channel_states')),
    )


def downgrade() -> None:
    op.drop_table('channel_states')
    op.drop_table('handovers')
