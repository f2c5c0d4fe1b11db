"""words of messages: what the console searches, derived from the messages and filled behind them

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')

SQLITE = (
    # Our own stems, parted by spaces; how often and where a word stands is never asked.
    """CREATE VIRTUAL TABLE message_words USING fts5(
    stems, detail = 'none', columnsize = 0, tokenize = 'unicode61 remove_diacritics 0')""",
    # Whoever wipes or corrects words, now or in a later version, takes them out of here in the same transaction.
    """CREATE TRIGGER message_words_change AFTER UPDATE OF text ON messages WHEN old.text IS NOT new.text BEGIN
    DELETE FROM message_words WHERE rowid = old.id;
    INSERT OR IGNORE INTO message_words_stale (message_id) SELECT new.id WHERE new.text <> '';
END""",
    """CREATE TRIGGER message_words_gone AFTER DELETE ON messages BEGIN
    DELETE FROM message_words WHERE rowid = old.id;
END""",
)
POSTGRESQL = (
    'CREATE TABLE message_words (message_id BIGINT PRIMARY KEY, stems TSVECTOR NOT NULL)',
    """CREATE INDEX ix_message_words_stems ON message_words USING gin (stems)
    WITH (fastupdate = on, gin_pending_list_limit = 512)""",
    # The lock: what is being put in from words that were read a moment ago must not come after their end.
    """CREATE FUNCTION message_words_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(4201, 1);
    DELETE FROM message_words WHERE message_id = OLD.id;
    IF TG_OP = 'UPDATE' AND NEW.text <> '' THEN
        INSERT INTO message_words_stale (message_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$""",
    """CREATE TRIGGER message_words_change AFTER UPDATE OF text ON messages FOR EACH ROW
    WHEN (OLD.text IS DISTINCT FROM NEW.text) EXECUTE FUNCTION message_words_changed()""",
    """CREATE TRIGGER message_words_gone AFTER DELETE ON messages FOR EACH ROW
    EXECUTE FUNCTION message_words_changed()""",
)


def upgrade() -> None:
    op.create_table(
        'message_words_mark',
        sa.Column('mark', BIG, nullable=False),
    )
    op.execute('INSERT INTO message_words_mark (mark) VALUES (0)')
    op.create_table(
        'message_words_stale',
        sa.Column('message_id', BIG, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint('message_id', name=op.f('pk_message_words_stale')),
    )
    for statement in SQLITE if op.get_bind().dialect.name == 'sqlite' else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    on = '' if dialect == 'sqlite' else ' ON messages'
    for trigger in ('message_words_change', 'message_words_gone'):
        op.execute(f'DROP TRIGGER {trigger}{on}')
    if dialect != 'sqlite':
        op.execute('DROP FUNCTION message_words_changed()')
    for table in ('message_words', 'message_words_stale', 'message_words_mark'):
        op.execute(f'DROP TABLE {table}')
