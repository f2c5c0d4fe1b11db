"""the librarians' desk: accounts, sessions, notes, drafts, canned answers; who has a conversation

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')
MOMENT = sa.DateTime(timezone=True)
HELD, CLOSED = sa.text("mode = 'person'"), sa.text("mode = 'closed'")


def upgrade() -> None:
    op.create_table(
        'staff',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('login', sa.String(length=64), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('role', sa.String(length=16), nullable=False),
        sa.Column('branches', JSON, nullable=False),
        sa.Column('language', sa.String(length=8), server_default=sa.text("''"), nullable=False),
        sa.Column('password', sa.Text(), nullable=False),
        sa.Column('must_change', sa.Boolean(), nullable=False),
        sa.Column('totp_secret', sa.String(length=64), server_default=sa.text("''"), nullable=False),
        sa.Column('totp_used', BIG, server_default='0', nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('disabled_at', MOMENT, nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
        sa.UniqueConstraint('login', name=op.f('uq_staff_login')),
    )
    op.create_table(
        'staff_sessions',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.Column('token_hash', sa.String(length=64), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('seen_at', MOMENT, nullable=False),
        sa.Column('ends_at', MOMENT, nullable=False),
        sa.Column('address', sa.String(length=64), nullable=False),
        sa.Column('agent', sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_sessions_staff_id_staff')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_sessions')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_staff_sessions_token_hash')),
    )
    op.create_index('ix_staff_sessions_staff', 'staff_sessions', ['staff_id'])
    op.create_table(
        'staff_failures',
        sa.Column('key', sa.String(length=100), nullable=False),
        sa.Column('times', sa.Integer(), nullable=False),
        sa.Column('last_at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_staff_failures')),
    )
    op.create_table(
        'staff_notes',
        sa.Column('id', BIG, nullable=False),
        sa.Column('conversation_id', BIG, nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ['conversation_id'], ['conversations.id'], name=op.f('fk_staff_notes_conversation_id_conversations')
        ),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_notes_staff_id_staff')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_notes')),
        sa.UniqueConstraint('key', name=op.f('uq_staff_notes_key')),
    )
    op.create_index('ix_staff_notes_conversation', 'staff_notes', ['conversation_id', 'id'])
    op.create_table(
        'staff_drafts',
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.Column('conversation_id', BIG, nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('updated_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ['conversation_id'], ['conversations.id'], name=op.f('fk_staff_drafts_conversation_id_conversations')
        ),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_drafts_staff_id_staff')),
        sa.PrimaryKeyConstraint('staff_id', 'conversation_id', name=op.f('pk_staff_drafts')),
    )
    op.create_table(
        'staff_answers',
        sa.Column('id', BIG, nullable=False),
        sa.Column('conversation_id', BIG, nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('content', JSON, nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('due_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ['conversation_id'], ['conversations.id'], name=op.f('fk_staff_answers_conversation_id_conversations')
        ),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_answers_staff_id_staff')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_answers')),
        sa.UniqueConstraint('key', name=op.f('uq_staff_answers_key')),
    )
    op.create_index('ix_staff_answers_conversation', 'staff_answers', ['conversation_id'])
    op.create_index('ix_staff_answers_due', 'staff_answers', ['due_at'])
    op.create_table(
        'canned_answers',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=80), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('updated_at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_canned_answers')),
        sa.UniqueConstraint('title', name=op.f('uq_canned_answers_title')),
    )
    op.add_column('messages', sa.Column('staff_id', sa.Integer(), nullable=True))
    op.add_column('conversations', sa.Column('staff_id', sa.Integer(), nullable=True))
    op.add_column('conversations', sa.Column('held_at', MOMENT, nullable=True))
    op.add_column('conversations', sa.Column('closed_at', MOMENT, nullable=True))
    op.add_column(
        'conversations', sa.Column('branch', sa.String(length=64), server_default=sa.text("''"), nullable=False)
    )
    op.execute("UPDATE conversations SET held_at = CURRENT_TIMESTAMP WHERE mode = 'person'")
    op.create_index(
        'ix_conversations_held', 'conversations', ['staff_id', 'held_at'], postgresql_where=HELD, sqlite_where=HELD
    )
    op.create_index(
        'ix_conversations_closed', 'conversations', ['closed_at'], postgresql_where=CLOSED, sqlite_where=CLOSED
    )


def downgrade() -> None:
    op.drop_index('ix_conversations_closed', 'conversations')
    op.drop_index('ix_conversations_held', 'conversations')
    with op.batch_alter_table('conversations') as batch_op:
        for name in ('branch', 'closed_at', 'held_at', 'staff_id'):
            batch_op.drop_column(name)
    with op.batch_alter_table('messages') as batch_op:
        batch_op.drop_column('staff_id')
    for name in ('canned_answers', 'staff_answers', 'staff_drafts', 'staff_notes', 'staff_failures', 'staff_sessions', 'staff'):
        op.drop_table(name)
