"""The tables of readers' accounts: whose card a contact has, what they agreed to, who did what with it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigKey, Json, Moment, partial_index

UNUSED = text("used_at IS NULL AND revoked_at IS NULL")


class ContactCardRow(Base):
    """A contact that has proved whose card it may see; a contact has several cards, a card several contacts."""

    __tablename__ = "contact_cards"
    __table_args__ = (UniqueConstraint("contact_id", "patron_id"), Index("ix_contact_cards_patron", "patron_id"))

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    patron_id: Mapped[int] = mapped_column(ForeignKey("patrons.id"))
    way: Mapped[str] = mapped_column(String(16))
    """How it was proved (``bot.accounts.Proof``)."""
    child: Mapped[bool] = mapped_column(Boolean, default=False)
    """A guardian's link, made by a code that the desk issued for a guardian."""
    linked_at: Mapped[datetime] = mapped_column(Moment)


class ConsentTextRow(Base):
    """The words that were agreed to: kept as long as anybody's consent names them."""

    __tablename__ = "consent_texts"

    version: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Digest of the words."""
    purpose: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text, default="")
    first_shown_at: Mapped[datetime] = mapped_column(Moment)


class ConsentRow(Base):
    """One consent, given and perhaps taken back: the operator must be able to prove both (152-FZ art. 9)."""

    __tablename__ = "consents"
    __table_args__ = (
        UniqueConstraint("contact_id", "key"),
        Index("ix_consents_subject", "subject"),
        partial_index("ix_consents_in_force", "contact_id", "purpose", where=text("withdrawn_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    subject: Mapped[str] = mapped_column(String(64))
    """Keyed digest of the contact: finds the consent of somebody who comes and names their address,
    and tells nothing by itself once the address is forgotten."""
    purpose: Mapped[str] = mapped_column(String(64))
    """``service``, later a topic of announcements."""
    version: Mapped[str] = mapped_column(ForeignKey("consent_texts.version"))
    channel: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(200))
    """The message by which it was given."""
    given_at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_key: Mapped[str | None] = mapped_column(String(200))


class LinkCodeRow(Base):
    """A one-time code from the desk, by its keyed digest: the code itself stands on paper only."""

    __tablename__ = "link_codes"
    __table_args__ = (
        partial_index("ix_link_codes_unused", "patron_id", where=UNUSED),
        Index("ix_link_codes_expires", "expires_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    patron_id: Mapped[int] = mapped_column(ForeignKey("patrons.id"))
    child: Mapped[bool] = mapped_column(Boolean, default=False)
    issued_by: Mapped[str] = mapped_column(String(80))
    issued_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    used_by: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    """A newer code took its place, or the desk took it back."""


class LinkAttemptRow(Base):
    """One attempt to link a card, without what was typed: what limits are counted from."""

    __tablename__ = "link_attempts"
    __table_args__ = (
        UniqueConstraint("subject", "key"),
        Index("ix_link_attempts_subject", "subject", "at"),
        Index("ix_link_attempts_card", "card", "at"),
        Index("ix_link_attempts_channel", "channel", "at"),
        Index("ix_link_attempts_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    subject: Mapped[str] = mapped_column(String(64))
    """Keyed digest of the contact: who asks to be forgotten is not thereby free to guess on."""
    key: Mapped[str] = mapped_column(String(200))
    """The message that asked: the same again is the same attempt."""
    channel: Mapped[str] = mapped_column(String(64))
    way: Mapped[str] = mapped_column(String(16))
    card: Mapped[str] = mapped_column(String(64), default="")
    """Keyed digest of the card number that was named, "" where none was."""
    outcome: Mapped[str] = mapped_column(String(16))
    """``bot.accounts.LinkState``; "" while it is being looked at, which counts as a failure."""
    patron_id: Mapped[int | None] = mapped_column(BigKey)
    until: Mapped[datetime | None] = mapped_column(Moment)
    at: Mapped[datetime] = mapped_column(Moment)


class PatronSecretRow(Base):
    """A patron's PIN, as argon2 keeps it."""

    __tablename__ = "patron_secrets"

    patron_id: Mapped[int] = mapped_column(ForeignKey("patrons.id"), primary_key=True, autoincrement=False)
    pin: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(Moment)


class NoticeWishRow(Base):
    """How the reader behind a contact wants to be reminded there; without a row the library's defaults hold."""

    __tablename__ = "notice_wishes"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), primary_key=True, autoincrement=False)
    due_days: Mapped[list[int]] = mapped_column(Json)
    overdue: Mapped[bool] = mapped_column(Boolean)
    hide_titles: Mapped[bool] = mapped_column(Boolean)
    muted: Mapped[bool] = mapped_column(Boolean)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    chosen_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when the reader wants notices at this contact before all others; the latest choice counts."""


class AuditRow(Base):
    """Who did what to whom, when and through which channel: added to and never changed.

    It names nobody: a patron by the number of their row, a contact by a keyed digest.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_at", "at"),
        Index("ix_audit_log_patron", "patron_id", "id"),
        Index("ix_audit_log_actor", "actor", "id"),
        Index("ix_audit_log_action", "action", "id"),
        partial_index("ix_audit_log_subject", "subject", "id", where=text("subject <> ''")),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(80))
    """``reader``, ``engine``, ``desk``, ``staff:`` and a login."""
    action: Mapped[str] = mapped_column(String(32))
    """``bot.audit.Act``."""
    patron_id: Mapped[int | None] = mapped_column(BigKey)
    subject: Mapped[str] = mapped_column(String(64), default="")
    channel: Mapped[str] = mapped_column(String(64), default="")
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
