"""The tables, in the words of the glossary.

Rows never leave ``db``: its ports return the frozen values of ``bot``. Enumerations are kept as
their text, so that a new value needs no migration of a type.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigKey, Json, Moment, partial_index

OF_A_CONTACT = text("owner <> 0")
HIDDEN = text("suppressed")


class BranchRow(Base):
    """A library building: from ``config.yaml``, or first met in an imported file."""

    __tablename__ = "branches"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """Address, phone, hours, place on the map, aliases: read whole, never searched."""
    position: Mapped[int] = mapped_column(Integer, default=1000)
    """Order in answers: the order of ``config.yaml`` from 0; branches known from files only come after."""
    configured: Mapped[bool] = mapped_column(Boolean, default=False)
    """``config.yaml`` or the staff tell of it."""
    of_file: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Name and details as ``config.yaml`` has them; None where it does not know the branch."""
    file_differs: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """``config.yaml`` was changed after the staff had changed the branch."""
    edited_by: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """Whose name and details these are: not empty, and ``config.yaml`` changes them no more."""
    edited_at: Mapped[datetime | None] = mapped_column(Moment)


class WorkRow(Base):
    """What readers ask for: all editions of one title by one author, parts apart."""

    __tablename__ = "works"
    __table_args__ = (Index("ix_works_version", "version", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Digest of what makes two editions one work (``catalogue.works.work_key``)."""
    title: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(16))
    copies: Mapped[int] = mapped_column(Integer, default=0)
    """Copies in all branches: popularity, to break ties."""
    version: Mapped[int] = mapped_column(BigKey)
    """The catalogue's version at the last change of the work, its records or items: the index follows it."""


class RecordRow(Base):
    """The bibliographic description of one edition."""

    __tablename__ = "records"
    __table_args__ = (
        Index("ix_records_source_id", "source", "source_id"),
        Index("ix_records_fingerprint", "fingerprint"),
        Index("ix_records_work", "work_id"),
        Index("ix_records_source_run", "source", "seen_in_run"),
        partial_index("ix_records_hidden", "work_id", where=HIDDEN),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    work_id: Mapped[int] = mapped_column(ForeignKey("works.id"))
    source: Mapped[str] = mapped_column(String(64))
    source_id: Mapped[str] = mapped_column(String(200))
    """The record's id in its system, "" where the file has none. Not unique: files of several branches,
    put together, number their records each from 1, and none of them may be lost."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Digest of folded title, author, year and part: finds the record again in another file."""
    digest: Mapped[str] = mapped_column(String(64))
    """Digest of everything imported: equal means unchanged."""
    title: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(16))
    year: Mapped[int | None] = mapped_column(Integer)
    publisher: Mapped[str] = mapped_column(Text, default="")
    isbns: Mapped[list[str]] = mapped_column(Json, default=list)
    age_mark: Mapped[int | None] = mapped_column(Integer)
    grade: Mapped[str] = mapped_column(String(8), default="")
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """The rest of the description (series, subjects, annotation, …): read whole."""
    items_unknown: Mapped[bool] = mapped_column(Boolean)
    suppressed: Mapped[bool] = mapped_column(Boolean, default=False)
    """Hidden from readers by the staff: survives a new import."""
    own_key: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """The key that the rules give it, where the staff put it elsewhere; "" where it stands in the work of that key."""
    placed_key: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """Key of the work into which the staff put this very edition, "" where they did not."""
    missing_since: Mapped[datetime | None] = mapped_column(Moment)
    """Since when the source no longer has it; never deleted."""
    source_file: Mapped[str] = mapped_column(Text)
    ordinal: Mapped[int] = mapped_column(Integer)
    imported_at: Mapped[datetime] = mapped_column(Moment)
    seen_in_run: Mapped[int] = mapped_column(ForeignKey("import_runs.id"))


class ItemRow(Base):
    """A copy, or a lump of copies counted together."""

    __tablename__ = "items"
    __table_args__ = (
        Index("ix_items_record", "record_id"),
        Index("ix_items_branch", "branch_id"),
        partial_index("ix_items_inventory", "inventory_number", where=text("inventory_number <> ''")),
        partial_index("ix_items_barcode", "barcode", where=text("barcode <> ''")),
        partial_index("ix_items_hidden", "record_id", where=HIDDEN),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"))
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"))
    inventory_number: Mapped[str] = mapped_column(String(64), default="")
    barcode: Mapped[str] = mapped_column(String(64), default="")
    call_number: Mapped[str] = mapped_column(Text, default="")
    location: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(16))
    copies: Mapped[int] = mapped_column(Integer, default=1)
    issued: Mapped[int] = mapped_column(Integer, default=0)
    lendable: Mapped[bool] = mapped_column(Boolean, default=True)
    due_on: Mapped[date | None] = mapped_column(Date)
    suppressed: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Hidden from readers by the staff: survives a new import."""
    missing_since: Mapped[datetime | None] = mapped_column(Moment)


class CatalogueStateRow(Base):
    """One row: the catalogue's version.

    Every writer raises it first (and so waits for the one before), hence versions are committed in
    their order and the index misses none.
    """

    __tablename__ = "catalogue_state"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version: Mapped[int] = mapped_column(BigKey, default=0)
    identity: Mapped[str] = mapped_column(String(32))
    """Drawn at random once: an index built from another store is known by it."""


class ImportRunRow(Base):
    """One run of an import over one or more files."""

    __tablename__ = "import_runs"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    source: Mapped[str] = mapped_column(String(64))
    files: Mapped[list[str]] = mapped_column(Json)
    started_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    counts: Mapped[dict[str, int]] = mapped_column(Json, default=dict)


class PatronRow(Base):
    """A reader with a library card."""

    __tablename__ = "patrons"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    card_number: Mapped[str] = mapped_column(String(64), unique=True)
    surname: Mapped[str] = mapped_column(Text, default="")
    given_name: Mapped[str] = mapped_column(Text, default="")
    patronymic: Mapped[str] = mapped_column(Text, default="")
    birth_date: Mapped[date | None] = mapped_column(Date)
    phone: Mapped[str] = mapped_column(String(32), default="")
    email: Mapped[str] = mapped_column(Text, default="")
    category: Mapped[str] = mapped_column(String(64), default="")
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"))
    valid_until: Mapped[date | None] = mapped_column(Date)
    blocked: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Restricted by the staff, or the card is lost."""
    served_at: Mapped[list[str]] = mapped_column(Json, default=list, server_default=text("'[]'"))
    """Points of issue, as their file names them, outside which they are not served; empty: no such limit."""
    not_served_at: Mapped[list[str]] = mapped_column(Json, default=list, server_default=text("'[]'"))
    debt: Mapped[int] = mapped_column(BigKey, default=0, server_default="0")
    """What is owed, in hundredths of the library's currency."""
    source: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """The system whose file told of them, "" where nobody's did."""
    missing_since: Mapped[datetime | None] = mapped_column(Moment)
    """Since when the source no longer has them: their links are suspended, nothing is deleted."""


class ContactRow(Base):
    """A person as one channel knows them."""

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("channel", "address"),
        partial_index("ix_contacts_erased", "id", where=text("erased_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    channel: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(35), default="")
    unreachable_since: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    source: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """The start parameter that brought them first (``branch-03``), "" if they came by themselves."""
    erased_at: Mapped[datetime | None] = mapped_column(Moment)
    """They asked to be forgotten: the address goes, too, once the last answer has left."""


class ConversationRow(Base):
    """Turns of one contact, with where they stand."""

    __tablename__ = "conversations"
    __table_args__ = (
        partial_index("ix_conversations_waiting", "waiting_since", where=text("waiting_since IS NOT NULL")),
        partial_index("ix_conversations_held", "staff_id", "held_at", where=text("mode = 'person'")),
        partial_index("ix_conversations_closed", "closed_at", where=text("mode = 'closed'")),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), unique=True)
    mode: Mapped[str] = mapped_column(String(16), default="bot", server_default="bot")
    waiting_since: Mapped[datetime | None] = mapped_column(Moment)
    handover_reason: Mapped[str] = mapped_column(String(32), default="", server_default=text("''"))
    dialogue: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    lease: Mapped[int] = mapped_column(BigKey, default=0, server_default="0")
    """Fencing number: raised by each claim where several processes share the work."""
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    leased_by: Mapped[int | None] = mapped_column(Integer)
    """PostgreSQL: the session that holds the claim; when the session is gone, so is the claim."""
    staff_id: Mapped[int | None] = mapped_column(Integer)
    """Who has it; in the mode ``person`` NULL is somebody who answers in the messenger's own interface."""
    held_at: Mapped[datetime | None] = mapped_column(Moment)
    """When a person last did something here: after a silence it returns to the bot."""
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    branch: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """Code of the branch that it was handed to, "" where nobody said."""


class MessageRow(Base):
    """One thing said. The log is also the queue: ``state`` tells what is still to be done.

    Inbound: waiting → handled | aside. Outbound: queued → sent → delivered → read, or failed.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("channel", "idempotency_key"),
        Index("ix_messages_conversation", "conversation_id", "id"),
        partial_index("ix_messages_waiting", "id", where=text("state = 'waiting'")),
        partial_index("ix_messages_queued", "channel", "lane", "id", where=text("state = 'queued'")),
        partial_index("ix_messages_unsent", "conversation_id", "lane", "id", where=text("state = 'queued'")),
        partial_index("ix_messages_external", "channel", "external_id", where=text("external_id IS NOT NULL")),
        partial_index("ix_messages_missed", "id", where=text("outcome = 'missed' AND miss_noted IS NULL")),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    channel: Mapped[str] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(16))
    """reader, bot or librarian: reader is inbound, the others outbound."""
    state: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text, default="")
    content: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What is not plain text: a press, a start parameter, buttons, marks, attachments."""
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    """Inbound: the messenger's event id, kept for ever; a librarian's reply in the messenger: ``staff:`` and its id."""
    external_id: Mapped[str | None] = mapped_column(String(200))
    """The messenger's id of the message: outbound for its receipts, inbound for corrections and removals."""
    in_reply_to: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    lane: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    """Outbound: not before this moment; NULL is at once."""
    intent: Mapped[str | None] = mapped_column(String(32))
    confidence: Mapped[float | None] = mapped_column(Float)
    outcome: Mapped[str | None] = mapped_column(String(16))
    miss_noted: Mapped[bool | None] = mapped_column(Boolean)
    """Inbound, missed: its words are among the misses already, or do not belong there; NULL until then."""
    error: Mapped[str | None] = mapped_column(Text)
    staff_id: Mapped[int | None] = mapped_column(Integer)
    """Who wrote it, where somebody did at the console."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    said_at: Mapped[datetime | None] = mapped_column(Moment)
    """Inbound: the messenger's clock."""
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    """Inbound: handled or set aside; outbound: sent or given up."""


class MessageTotalsRow(Base):
    """How many inbound messages came and how they ended, counted in the transactions that kept them.

    Independent of the messages themselves: received = handled + aside + those that still wait, or
    something was lost. Several rows, so that processes do not wait for one another: the sum counts.
    """

    __tablename__ = "message_totals"

    slot: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    received: Mapped[int] = mapped_column(BigKey)
    handled: Mapped[int] = mapped_column(BigKey)
    aside: Mapped[int] = mapped_column(BigKey)


class FileRow(Base):
    """The bytes of a picture or document that readers are sent; the same bytes are kept once an owner."""

    __tablename__ = "files"
    __table_args__ = (
        UniqueConstraint("owner", "sha256"),
        partial_index("ix_files_aging", "created_at", where=OF_A_CONTACT),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    owner: Mapped[int] = mapped_column(BigKey, default=0, server_default="0")
    """The contact whose file it is: who is forgotten takes theirs along, nobody else's. 0: anybody may see it."""
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment)
    """Of a contact's file: when it was last asked for."""
    of_talk: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """A librarian sent it in a conversation: it stays as long as what was said there."""


class UnreadRow(Base):
    """What a messenger sent and nobody could read: the newest bodies, for the operator; they may hold anything."""

    __tablename__ = "unread"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    channel: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class FaqRow(Base):
    """An answer of the library on one topic, in one language."""

    __tablename__ = "faq_entries"
    __table_args__ = (UniqueConstraint("topic", "language"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    topic: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8), default="ru")
    questions: Mapped[list[str]] = mapped_column(Json, default=list)
    """How readers ask it, in their words."""
    answer: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(16), default="config")
    """config, import or console: a later start never overwrites what the staff edited."""
    enabled: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    """Readers hear it."""
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    """Raised by every change: the second of two editors is told."""
    updated_by: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """Login; "" where a file said it."""
    updated_at: Mapped[datetime] = mapped_column(Moment)


class MissRow(Base):
    """One wording that the bot failed, without the people who wrote it."""

    __tablename__ = "misses"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Digest of text, lack, intent, language and kind."""
    alike: Mapped[str] = mapped_column(String(64))
    """Digest of the words' stems: the same for wordings that are listed as one."""
    text: Mapped[str] = mapped_column(Text)
    """Folded, personal pieces masked (``bot.language.masking``)."""
    lack: Mapped[str] = mapped_column(String(16))
    intent: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(64))
    """Which messenger; never whose account or address."""
    times: Mapped[int] = mapped_column(Integer)
    first_at: Mapped[datetime] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment)
    gone_at: Mapped[datetime | None] = mapped_column(Moment)
    """Taught or not needed; kept for a while so that it can be brought back. Asked again, it counts anew."""


class SynonymRow(Base):
    """What readers say and what they mean by it."""

    __tablename__ = "synonyms"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    """title, author or phrase."""
    key: Mapped[str] = mapped_column(Text)
    """The stems of what is said: two endings of one word are one synonym."""
    said: Mapped[str] = mapped_column(Text)
    meant: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class VersionRow(Base):
    """A number that every change of something raises in its own transaction: other processes look at it."""

    __tablename__ = "versions"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(BigKey)
