"""readers' accounts: cards of contacts, consents, codes, attempts, PINs, wishes, the audit log

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
MOMENT = sa.DateTime(timezone=True)
ERASED = sa.text('erased_at IS NOT NULL')
IN_FORCE = sa.text('withdrawn_at IS NULL')
UNUSED = sa.text('used_at IS NULL AND revoked_at IS NULL')
NO_CHANGE = 'the audit log is only added to'
KEPT = 'id, channel, address, name, language, unreachable_since, created_at, source'


def upgrade() -> None:
    contacts()
    op.create_table(
        'contact_cards',
        sa.Column('id', BIG, nullable=False),
        sa.Column('contact_id', BIG, nullable=False),
        sa.Column('patron_id', BIG, nullable=False),
        sa.Column('way', sa.String(length=16), nullable=False),
        sa.Column('child', sa.Boolean(), nullable=False),
        sa.Column('linked_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_contact_cards_contact_id_contacts')),
        sa.ForeignKeyConstraint(['patron_id'], ['patrons.id'], name=op.f('fk_contact_cards_patron_id_patrons')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_cards')),
        sa.UniqueConstraint('contact_id', 'patron_id', name=op.f('uq_contact_cards_contact_id_patron_id')),
    )
    op.create_index('ix_contact_cards_patron', 'contact_cards', ['patron_id'])
    op.create_table(
        'consent_texts',
        sa.Column('version', sa.String(length=64), nullable=False),
        sa.Column('purpose', sa.String(length=64), nullable=False),
        sa.Column('language', sa.String(length=8), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('url', sa.Text(), nullable=False),
        sa.Column('first_shown_at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('version', name=op.f('pk_consent_texts')),
    )
    op.create_table(
        'consents',
        sa.Column('id', BIG, nullable=False),
        sa.Column('contact_id', BIG, nullable=False),
        sa.Column('subject', sa.String(length=64), nullable=False),
        sa.Column('purpose', sa.String(length=64), nullable=False),
        sa.Column('version', sa.String(length=64), nullable=False),
        sa.Column('channel', sa.String(length=64), nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('given_at', MOMENT, nullable=False),
        sa.Column('withdrawn_at', MOMENT, nullable=True),
        sa.Column('withdrawn_key', sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_consents_contact_id_contacts')),
        sa.ForeignKeyConstraint(['version'], ['consent_texts.version'], name=op.f('fk_consents_version_consent_texts')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consents')),
        sa.UniqueConstraint('contact_id', 'key', name=op.f('uq_consents_contact_id_key')),
    )
    op.create_index('ix_consents_subject', 'consents', ['subject'])
    op.create_index(
        'ix_consents_in_force', 'consents', ['contact_id', 'purpose'], postgresql_where=IN_FORCE, sqlite_where=IN_FORCE
    )
    op.create_table(
        'link_codes',
        sa.Column('id', BIG, nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('patron_id', BIG, nullable=False),
        sa.Column('child', sa.Boolean(), nullable=False),
        sa.Column('issued_by', sa.String(length=80), nullable=False),
        sa.Column('issued_at', MOMENT, nullable=False),
        sa.Column('expires_at', MOMENT, nullable=False),
        sa.Column('used_at', MOMENT, nullable=True),
        sa.Column('used_by', BIG, nullable=True),
        sa.Column('revoked_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['patron_id'], ['patrons.id'], name=op.f('fk_link_codes_patron_id_patrons')),
        sa.ForeignKeyConstraint(['used_by'], ['contacts.id'], name=op.f('fk_link_codes_used_by_contacts')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_link_codes')),
        sa.UniqueConstraint('digest', name=op.f('uq_link_codes_digest')),
    )
    op.create_index(
        'ix_link_codes_unused', 'link_codes', ['patron_id'], postgresql_where=UNUSED, sqlite_where=UNUSED
    )
    op.create_index('ix_link_codes_expires', 'link_codes', ['expires_at'])
    op.create_table(
        'link_attempts',
        sa.Column('id', BIG, nullable=False),
        sa.Column('subject', sa.String(length=64), nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('channel', sa.String(length=64), nullable=False),
        sa.Column('way', sa.String(length=16), nullable=False),
        sa.Column('card', sa.String(length=64), nullable=False),
        sa.Column('outcome', sa.String(length=16), nullable=False),
        sa.Column('patron_id', BIG, nullable=True),
        sa.Column('until', MOMENT, nullable=True),
        sa.Column('at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_link_attempts')),
        sa.UniqueConstraint('subject', 'key', name=op.f('uq_link_attempts_subject_key')),
    )
    op.create_index('ix_link_attempts_subject', 'link_attempts', ['subject', 'at'])
    op.create_index('ix_link_attempts_card', 'link_attempts', ['card', 'at'])
    op.create_index('ix_link_attempts_channel', 'link_attempts', ['channel', 'at'])
    op.create_index('ix_link_attempts_at', 'link_attempts', ['at'])
    op.create_table(
        'patron_secrets',
        sa.Column('patron_id', BIG, autoincrement=False, nullable=False),
        sa.Column('pin', sa.Text(), nullable=False),
        sa.Column('set_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['patron_id'], ['patrons.id'], name=op.f('fk_patron_secrets_patron_id_patrons')),
        sa.PrimaryKeyConstraint('patron_id', name=op.f('pk_patron_secrets')),
    )
    op.create_table(
        'notice_wishes',
        sa.Column('contact_id', BIG, autoincrement=False, nullable=False),
        sa.Column('due_days', JSON, nullable=False),
        sa.Column('overdue', sa.Boolean(), nullable=False),
        sa.Column('hide_titles', sa.Boolean(), nullable=False),
        sa.Column('muted', sa.Boolean(), nullable=False),
        sa.Column('updated_at', MOMENT, nullable=False),
        sa.Column('chosen_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_notice_wishes_contact_id_contacts')),
        sa.PrimaryKeyConstraint('contact_id', name=op.f('pk_notice_wishes')),
    )
    op.create_table(
        'audit_log',
        sa.Column('id', BIG, nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('actor', sa.String(length=80), nullable=False),
        sa.Column('action', sa.String(length=32), nullable=False),
        sa.Column('patron_id', BIG, nullable=True),
        sa.Column('subject', sa.String(length=64), nullable=False),
        sa.Column('channel', sa.String(length=64), nullable=False),
        sa.Column('details', JSON, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_log')),
    )
    op.create_index('ix_audit_log_at', 'audit_log', ['at'])
    op.create_index('ix_audit_log_patron', 'audit_log', ['patron_id', 'id'])
    guard_audit_log()


def contacts() -> None:
    """A card of a contact is a row of its own now; no release has ever written the column that goes."""
    if op.get_bind().dialect.name == 'postgresql':
        op.drop_index('ix_contacts_patron', 'contacts')
        op.drop_column('contacts', 'patron_id')
        op.add_column('contacts', sa.Column('erased_at', MOMENT, nullable=True))
    else:
        remake_contacts([sa.Column('erased_at', MOMENT, nullable=True)])
    op.create_index('ix_contacts_erased', 'contacts', ['id'], postgresql_where=ERASED, sqlite_where=ERASED)


def remake_contacts(further: list[sa.schema.SchemaItem]) -> None:
    """SQLite cannot drop a column that has a foreign key, and counts conversations without a contact at once.

    So the counting waits for the end of the transaction, and the rows go into the new table after it has its
    name: only then does SQLite see that the conversations have their contacts again.
    """
    op.execute('PRAGMA defer_foreign_keys = ON')
    op.execute(f'CREATE TABLE contacts_kept AS SELECT {KEPT} FROM contacts')
    op.drop_table('contacts')
    op.create_table(
        'contacts',
        sa.Column('id', BIG, nullable=False),
        sa.Column('channel', sa.String(length=64), nullable=False),
        sa.Column('address', sa.String(length=200), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('language', sa.String(length=35), nullable=False),
        sa.Column('unreachable_since', MOMENT, nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('source', sa.String(length=64), server_default=sa.text("''"), nullable=False),
        *further,
        sa.PrimaryKeyConstraint('id', name=op.f('pk_contacts')),
        sa.UniqueConstraint('channel', 'address', name=op.f('uq_contacts_channel_address')),
    )
    op.execute(f'INSERT INTO contacts ({KEPT}) SELECT {KEPT} FROM contacts_kept')
    op.drop_table('contacts_kept')


def guard_audit_log() -> None:
    """What stands in the audit log is not changed, by us neither."""
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(
            'CREATE FUNCTION audit_log_is_kept() RETURNS trigger LANGUAGE plpgsql AS '
            f"$$ BEGIN RAISE EXCEPTION '{NO_CHANGE}'; END $$"
        )
        op.execute(
            'CREATE TRIGGER audit_log_is_kept BEFORE UPDATE ON audit_log '
            'FOR EACH ROW EXECUTE FUNCTION audit_log_is_kept()'
        )
    else:
        op.execute(
            'CREATE TRIGGER audit_log_is_kept BEFORE UPDATE ON audit_log '
            f"BEGIN SELECT RAISE(ABORT, '{NO_CHANGE}'); END"
        )


def downgrade() -> None:
    for table in (
        'audit_log',
        'notice_wishes',
        'patron_secrets',
        'link_attempts',
        'link_codes',
        'consents',
        'consent_texts',
        'contact_cards',
    ):
        op.drop_table(table)
    op.drop_index('ix_contacts_erased', 'contacts')
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP FUNCTION audit_log_is_kept()')
        op.drop_column('contacts', 'erased_at')
        op.add_column('contacts', sa.Column('patron_id', BIG, nullable=True))
        op.create_foreign_key(op.f('fk_contacts_patron_id_patrons'), 'contacts', 'patrons', ['patron_id'], ['id'])
    else:
        remake_contacts(
            [
                sa.Column('patron_id', BIG, nullable=True),
                sa.ForeignKeyConstraint(['patron_id'], ['patrons.id'], name=op.f('fk_contacts_patron_id_patrons')),
            ]
        )
    op.create_index('ix_contacts_patron', 'contacts', ['patron_id'])
