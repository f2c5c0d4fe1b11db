"""circulation: loans, renewals and requests for them, holds, outcomes by key; what the rules ask of a patron

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
MOMENT = sa.DateTime(timezone=True)
OUT = sa.text('returned_at IS NULL')
OUT_AND_KNOWN = sa.text('returned_at IS NULL AND item_id IS NOT NULL')
GIVEN_BACK = sa.text('returned_at IS NOT NULL')
LIVE = sa.text('ended_at IS NULL')
HAS_COPY = sa.text('ended_at IS NULL AND assigned_item_id IS NOT NULL')
WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    patrons()
    loans()
    renewals()
    renewal_requests()
    holds()
    circulation_outcomes()
    loan_sources()
    circulation_totals()


def patrons() -> None:
    op.add_column('patrons', sa.Column('blocked', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('patrons', sa.Column('debt', BIG, server_default='0', nullable=False))
    op.add_column('patrons', sa.Column('keep_history', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('patrons', sa.Column('source', sa.String(length=64), server_default=sa.text("''"), nullable=False))
    op.add_column('patrons', sa.Column('missing_since', MOMENT, nullable=True))


def loans() -> None:
    op.create_table(
        'loans',
        sa.Column('id', BIG, nullable=False),
        sa.Column('patron_id', BIG, nullable=False),
        sa.Column('item_id', BIG, nullable=True),
        sa.Column('slot', sa.Integer(), server_default='0', nullable=False),
        sa.Column('branch_id', sa.Integer(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('author', sa.Text(), nullable=False),
        sa.Column('inventory_number', sa.String(length=64), nullable=False),
        sa.Column('item_type', sa.String(length=64), nullable=False),
        sa.Column('issued_on', sa.Date(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('renewals', sa.Integer(), nullable=False),
        sa.Column('remote_renewals', sa.Integer(), nullable=False),
        sa.Column('reading_room', sa.Boolean(), nullable=False),
        sa.Column('missing', sa.Boolean(), nullable=False),
        sa.Column('high_demand', sa.Boolean(), nullable=False),
        sa.Column('recalled', sa.Boolean(), nullable=False),
        sa.Column('returned_at', MOMENT, nullable=True),
        sa.Column('as_of', MOMENT, nullable=False),
        sa.Column('source', sa.String(length=64), nullable=False),
        sa.Column('source_key', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['branch_id'], ['branches.id'], name=op.f('fk_loans_branch_id_branches')),
        sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_loans_item_id_items')),
        sa.ForeignKeyConstraint(['patron_id'], ['patrons.id'], name=op.f('fk_loans_patron_id_patrons')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_loans')),
    )
    op.create_index('ix_loans_due', 'loans', ['due_on', 'patron_id'], postgresql_where=OUT, sqlite_where=OUT)
    op.create_index('ix_loans_open', 'loans', ['patron_id', 'due_on'], postgresql_where=OUT, sqlite_where=OUT)
    op.create_index('ix_loans_returned', 'loans', ['returned_at'], postgresql_where=GIVEN_BACK, sqlite_where=GIVEN_BACK)
    op.create_index('ix_loans_source', 'loans', ['branch_id', 'source_key'], postgresql_where=OUT, sqlite_where=OUT)
    op.create_index(
        'uq_loans_one_reader',
        'loans',
        ['item_id', 'slot'],
        unique=True,
        postgresql_where=OUT_AND_KNOWN,
        sqlite_where=OUT_AND_KNOWN,
    )


def renewals() -> None:
    op.create_table(
        'renewals',
        sa.Column('id', BIG, nullable=False),
        sa.Column('loan_id', BIG, nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('due_before', sa.Date(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('remote', sa.Boolean(), nullable=False),
        sa.Column('renewed_at', MOMENT, nullable=False),
        sa.Column('renewed_by', sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(['loan_id'], ['loans.id'], name=op.f('fk_renewals_loan_id_loans'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_renewals')),
        sa.UniqueConstraint('loan_id', 'key', name=op.f('uq_renewals_loan_id_key')),
    )


def renewal_requests() -> None:
    op.create_table(
        'renewal_requests',
        sa.Column('id', BIG, nullable=False),
        sa.Column('loan_id', BIG, nullable=False),
        sa.Column('patron_id', BIG, nullable=False),
        sa.Column('branch_id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('cause', sa.String(length=16), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('due_before', sa.Date(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('asked_at', MOMENT, nullable=False),
        sa.Column('decided_at', MOMENT, nullable=True),
        sa.Column('decided_by', sa.String(length=80), nullable=False),
        sa.Column('code', sa.String(length=32), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['branch_id'], ['branches.id'], name=op.f('fk_renewal_requests_branch_id_branches')),
        sa.ForeignKeyConstraint(['patron_id'], ['patrons.id'], name=op.f('fk_renewal_requests_patron_id_patrons')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_renewal_requests')),
    )
    op.create_index(
        'ix_renewal_requests_branch',
        'renewal_requests',
        ['branch_id', 'asked_at'],
        postgresql_where=WAITS,
        sqlite_where=WAITS,
    )
    op.create_index('ix_renewal_requests_decided', 'renewal_requests', ['decided_at'])
    op.create_index('ix_renewal_requests_patron', 'renewal_requests', ['patron_id'])
    op.create_index(
        'uq_renewal_requests_waiting',
        'renewal_requests',
        ['loan_id'],
        unique=True,
        postgresql_where=WAITS,
        sqlite_where=WAITS,
    )


def holds() -> None:
    op.create_table(
        'holds',
        sa.Column('id', BIG, nullable=False),
        sa.Column('patron_id', BIG, nullable=False),
        sa.Column('work_id', BIG, nullable=False),
        sa.Column('item_id', BIG, nullable=True),
        sa.Column('pickup_branch_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('placed_at', MOMENT, nullable=False),
        sa.Column('suspended_until', sa.Date(), nullable=True),
        sa.Column('needed_until', sa.Date(), nullable=True),
        sa.Column('assigned_item_id', BIG, nullable=True),
        sa.Column('assigned_slot', sa.Integer(), server_default='0', nullable=False),
        sa.Column('assigned_at', MOMENT, nullable=True),
        sa.Column('ready_at', MOMENT, nullable=True),
        sa.Column('keep_until', sa.Date(), nullable=True),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.Column('ended_by', sa.String(length=80), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['assigned_item_id'], ['items.id'], name=op.f('fk_holds_assigned_item_id_items')),
        sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_holds_item_id_items')),
        sa.ForeignKeyConstraint(['patron_id'], ['patrons.id'], name=op.f('fk_holds_patron_id_patrons')),
        sa.ForeignKeyConstraint(['pickup_branch_id'], ['branches.id'], name=op.f('fk_holds_pickup_branch_id_branches')),
        sa.ForeignKeyConstraint(['work_id'], ['works.id'], name=op.f('fk_holds_work_id_works')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_holds')),
    )
    op.create_index('ix_holds_ended', 'holds', ['ended_at'])
    op.create_index('ix_holds_queue', 'holds', ['work_id', 'placed_at', 'id'], postgresql_where=LIVE, sqlite_where=LIVE)
    op.create_index('ix_holds_state', 'holds', ['state', 'keep_until'], postgresql_where=LIVE, sqlite_where=LIVE)
    op.create_index(
        'uq_holds_once', 'holds', ['patron_id', 'work_id'], unique=True, postgresql_where=LIVE, sqlite_where=LIVE
    )
    op.create_index(
        'uq_holds_one_copy',
        'holds',
        ['assigned_item_id', 'assigned_slot'],
        unique=True,
        postgresql_where=HAS_COPY,
        sqlite_where=HAS_COPY,
    )


def circulation_outcomes() -> None:
    op.create_table(
        'circulation_outcomes',
        sa.Column('id', BIG, nullable=False),
        sa.Column('patron_id', BIG, nullable=False),
        sa.Column('call', sa.String(length=16), nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('outcome', JSON, nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['patron_id'], ['patrons.id'], name=op.f('fk_circulation_outcomes_patron_id_patrons')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_circulation_outcomes')),
        sa.UniqueConstraint('patron_id', 'call', 'key', name=op.f('uq_circulation_outcomes_patron_id_call_key')),
    )
    op.create_index('ix_circulation_outcomes_at', 'circulation_outcomes', ['at'])


def loan_sources() -> None:
    op.create_table(
        'loan_sources',
        sa.Column('branch_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('source', sa.String(length=64), nullable=False),
        sa.Column('file', sa.Text(), nullable=False),
        sa.Column('as_of', MOMENT, nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['branch_id'], ['branches.id'], name=op.f('fk_loan_sources_branch_id_branches')),
        sa.PrimaryKeyConstraint('branch_id', name=op.f('pk_loan_sources')),
    )


def circulation_totals() -> None:
    op.create_table(
        'circulation_totals',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('branch_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('what', sa.String(length=32), nullable=False),
        sa.Column('code', sa.String(length=32), nullable=False),
        sa.Column('times', BIG, nullable=False),
        sa.ForeignKeyConstraint(['branch_id'], ['branches.id'], name=op.f('fk_circulation_totals_branch_id_branches')),
        sa.PrimaryKeyConstraint('day', 'branch_id', 'what', 'code', name=op.f('pk_circulation_totals')),
    )


def downgrade() -> None:
    for table in (
        'circulation_totals',
        'loan_sources',
        'circulation_outcomes',
        'holds',
        'renewal_requests',
        'renewals',
        'loans',
    ):
        op.drop_table(table)
    with op.batch_alter_table('patrons') as batch_op:
        for column in ('missing_since', 'source', 'keep_history', 'debt', 'blocked'):
            batch_op.drop_column(column)
