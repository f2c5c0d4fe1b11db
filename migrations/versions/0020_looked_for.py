"""what is looked for among everything that there ever was: lines of the journal, copies by barcode, what is hidden

An index is made in the transaction of all steps, as every change of tables is: a store is never half of a version.
On PostgreSQL writing to these three tables waits meanwhile; messages are not touched. Whoever runs a very large store
makes the indexes before, while the service runs (docs/operations.md): what is there and whole is left as it is.

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


BROKEN_OFF = sa.text("""
SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE NOT indisvalid AND relname = ANY(:names) AND relnamespace = to_regnamespace(CAST(current_schema() AS text))
""")
"""What ``CREATE INDEX CONCURRENTLY`` leaves where it breaks off: it is of no use and in the way."""


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == 'postgresql':
        names = [name for name, *_ in (*OF_SOME, *OF_ALL)]
        for name in connection.scalars(BROKEN_OFF, {'names': names}).all():
            op.execute(f'DROP INDEX {name}')
    for name, table, columns, where in OF_SOME:
        op.create_index(name, table, columns, if_not_exists=True, postgresql_where=where, sqlite_where=where)
    for name, table, columns in OF_ALL:
        op.create_index(name, table, columns, if_not_exists=True)


def downgrade() -> None:
    for name, table, *_ in (*OF_SOME, *OF_ALL):
        op.drop_index(name, table)
