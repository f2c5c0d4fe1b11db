"""Who is behind a contact: read the same way by all that must know."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, and_, exists, false, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Account, Cardholder, NoticeWishes, OtherChats
from bot.messages import Contact
from bot.quick import dataclass
from db import rows
from db.base import aliased
from db.models import BranchRow, ContactRow, PatronRow
from db.models_accounts import ConsentRow, ContactCardRow, NoticeWishRow

SERVICE = "service"
"""The purpose of the consent that linking needs."""


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as linking sees it."""

    contact_id: int
    language: str
    consent: bool


def of(contact: Contact) -> Any:
    """The condition that names one contact."""
    return and_(ContactRow.channel == contact.channel, ContactRow.address == rows.clean(contact.address))


def has_agreed() -> Any:
    """Whether the contact of the row has agreed to any text, also a former one, and not taken it back."""
    return exists().where(
        ConsentRow.contact_id == ContactRow.id, ConsentRow.purpose == SERVICE, ConsentRow.withdrawn_at.is_(None)
    )


def consent_in_force(versions: Collection[str]) -> Any:
    """Whether the contact of the row has agreed to one of these texts and not taken it back."""
    return has_agreed().where(ConsentRow.version.in_(versions))


def in_the_register() -> Any:
    """Whether the register still has the patron of the row: who is gone from it is told nothing of a card."""
    return PatronRow.missing_since.is_(None)


async def person(connection: AsyncConnection, contact: Contact, versions: Collection[str]) -> Person | None:
    """The contact; None where nobody has ever written from there."""
    wanted = select(ContactRow.id, ContactRow.language, consent_in_force(versions).label("consent")).where(of(contact))
    row = (await connection.execute(wanted)).one_or_none()
    return None if row is None else Person(row.id, row.language, bool(row.consent))


def account_query(contact: Contact, versions: Collection[str]) -> Select[Any]:
    """All of a contact's account in one statement; a row a card, or one without a card."""
    return (
        select(
            consent_in_force(versions).label("consent"),
            has_agreed().label("agreed"),
            ContactCardRow.child,
            ContactCardRow.patron_id.label("linked_to"),
            PatronRow.id.label("patron_id"),
            PatronRow.card_number,
            PatronRow.given_name,
            PatronRow.valid_until,
            PatronRow.birth_date,
            BranchRow.code.label("branch_code"),
            NoticeWishRow.due_days,
            NoticeWishRow.overdue,
            NoticeWishRow.hide_titles,
            NoticeWishRow.muted,
            *_other_chats(),
        )
        .select_from(ContactRow)
        .outerjoin(ContactCardRow, ContactCardRow.contact_id == ContactRow.id)
        .outerjoin(PatronRow, and_(PatronRow.id == ContactCardRow.patron_id, in_the_register()))
        .outerjoin(BranchRow, BranchRow.id == PatronRow.branch_id)
        .outerjoin(NoticeWishRow, NoticeWishRow.contact_id == ContactRow.id)
        .where(of(contact))
        .order_by(ContactCardRow.child, ContactCardRow.id)
    )


def _other_chats() -> tuple[Any, ...]:
    """What the other contacts of the reader's own card say of notices at this one."""
    mine, theirs, wish = aliased(ContactCardRow), aliased(ContactCardRow), aliased(NoticeWishRow)
    others = and_(
        mine.contact_id == ContactRow.id,
        mine.child == false(),
        theirs.patron_id == mine.patron_id,
        theirs.child == false(),
        theirs.contact_id != ContactRow.id,
    )
    chosen, since = NoticeWishRow.chosen_at, wish.contact_id == theirs.contact_id
    later = exists().where(others, since, wish.chosen_at > chosen)
    stopped = exists().where(others, since, wish.muted == true(), or_(chosen.is_(None), wish.updated_at >= chosen))
    return (
        exists().where(others).label("linked_elsewhere"),
        stopped.label("stopped_elsewhere"),
        and_(chosen.is_not(None), ~later).label("here"),
    )


def account_of(found: Collection[Any]) -> Account:
    """The account out of its rows; an empty one where there are none."""
    first = next(iter(found), None)
    if first is None:
        return Account()
    wishes = NoticeWishes()
    if first.due_days is not None:
        wishes = NoticeWishes(
            due_days=tuple(first.due_days),
            overdue=first.overdue,
            hide_titles=first.hide_titles,
            muted=first.muted,
            here=bool(first.here),
        )
    others = OtherChats(linked=bool(first.linked_elsewhere), stopped=bool(first.stopped_elsewhere))
    holders = tuple(holder_of(row) for row in found if row.patron_id is not None)
    gone = [row for row in found if row.linked_to is not None and row.patron_id is None]
    return Account(
        holders=holders,
        consent=bool(first.consent),
        former_consent=bool(first.agreed and not first.consent),
        suspended=bool(gone),
        own_suspended=any(not row.child for row in gone),
        wishes=wishes,
        other_chats=others,
    )


def holder_of(row: Any) -> Cardholder:
    """A patron behind a contact, from a row of ``account_query``."""
    return Cardholder(
        patron_id=row.patron_id,
        card_number=row.card_number,
        given_name=row.given_name,
        branch_code=row.branch_code or "",
        valid_until=row.valid_until,
        child=row.child,
        born=row.birth_date,
    )
