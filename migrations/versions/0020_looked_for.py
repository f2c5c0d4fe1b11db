"""what is looked for among everything that there ever was: lines of the journal, copies by barcode, what is hidden

An index is made in the transaction of all steps, as every change of tables is: a store is never half of a version.
On PostgreSQL writing to these three tables waits meanwhile; messages are not touched.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

OF_SOME = (
    ('ix_items_barcode', 'items', ['barcode'], sa.text("barcode <> ''")),
    ('ix_items_hidden', 'items', ['record_id'], sa.text('suppressed')),
    ('ix_records_hidden', 'records', ['work_id'], sa.text('suppressed')),
    ('ix_audit_log_subject', 'audit_log', ['subject', 'id'], sa.text("subject <> ''")),
)
OF_ALL = (
    ('ix_audit_log_actor', 'audit_log', ['actor', 'id']),
    ('ix_audit_log_action', 'audit_log', ['action', 'id']),
)


def upgrade() -> None:
    for name, table, columns, where in OF_SOME:
        op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)
    for name, table, columns in OF_ALL:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, *_ in (*OF_SOME, *OF_ALL):
        op.drop_index(name, table)
