"""totals of the message log; which session holds a claim

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'message_totals',
        sa.Column('slot', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('received', BIG, nullable=False),
        sa.Column('handled', BIG, nullable=False),
        sa.Column('aside', BIG, nullable=False),
        sa.PrimaryKeyConstraint('slot', name=op.f('pk_message_totals')),
    )
    # What an older version stored counts as received.
    op.execute(
        "INSERT INTO message_totals (slot, received, handled, aside) "
        "SELECT 0, count(*), coalesce(sum(CASE WHEN state = 'handled' THEN 1 ELSE 0 END), 0), "
        "coalesce(sum(CASE WHEN state = 'aside' THEN 1 ELSE 0 END), 0) FROM messages WHERE author = 'reader' HAVING count(*) > 0"
    )
    op.add_column('conversations', sa.Column('leased_by', sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('conversations') as batch_op:
        batch_op.drop_column('leased_by')
    op.drop_table('message_totals')
