"""whose files are whose: a contact's file is kept apart from the same bytes of others

Revision ID: 0010
Revises: 0009
"""

import json

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OF_A_CONTACT = sa.text('owner <> 0')
SENT = sa.text(
    'SELECT conversations.contact_id, messages.content FROM messages '
    'JOIN conversations ON conversations.id = messages.conversation_id '
    "WHERE CAST(messages.content AS TEXT) LIKE '%file_id%'"
)


def upgrade() -> None:
    with op.batch_alter_table('files') as batch_op:
        batch_op.add_column(sa.Column('owner', BIG, server_default='0', nullable=False))
        batch_op.drop_constraint('uq_files_sha256', type_='unique')
        batch_op.create_unique_constraint('uq_files_owner_sha256', ['owner', 'sha256'])
    _give_to_their_owners()
    op.create_index(
        'ix_files_aging', 'files', ['created_at'], postgresql_where=OF_A_CONTACT, sqlite_where=OF_A_CONTACT
    )


def _give_to_their_owners() -> None:
    """Files in personal messages belong to who got them; one that two have got is somebody's (-1) and ages."""
    connection = op.get_bind()
    owners: dict[int, set[int]] = {}
    for contact_id, kept in connection.execute(SENT):
        content = json.loads(kept) if isinstance(kept, str) else kept
        if not isinstance(content, dict) or not content.get('personal'):
            continue
        for attachment in content.get('attachments', ()):
            if attachment.get('file'):
                owners.setdefault(attachment['file']['file_id'], set()).add(contact_id)
    for file_id, contacts in owners.items():
        owner = contacts.pop() if len(contacts) == 1 else -1
        giving = sa.text('UPDATE files SET owner = :owner WHERE id = :file_id')
        connection.execute(giving.bindparams(owner=owner, file_id=file_id))


def downgrade() -> None:
    op.drop_index('ix_files_aging', 'files')
    op.execute('DELETE FROM files WHERE owner <> 0')
    with op.batch_alter_table('files') as batch_op:
        batch_op.drop_constraint('uq_files_owner_sha256', type_='unique')
        batch_op.create_unique_constraint('uq_files_sha256', ['sha256'])
        batch_op.drop_column('owner')
