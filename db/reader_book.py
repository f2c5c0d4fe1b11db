"""The register as the staff look into it, in SQL."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import NoticeWishes
from bot.quick import replace
from bot.reader_desk import (
    CardBehind,
    FoundReaders,
    KnownReader,
    ReaderConsent,
    ReaderContact,
    ReaderEntry,
    Relative,
    SoughtBy,
    ToDo,
)
from bot.renewal_requests import FOR_THE_STAFF, RequestState
from db.base import aliased
from db.connect import Database, store_errors
from db.models import BranchRow, ContactRow, ConversationRow, MessageRow, PatronRow
from db.models_accounts import ConsentRow, ConsentTextRow, ContactCardRow, NoticeWishRow
from db.models_circulation import HoldRow, LoanRow, RenewalRequestRow
from db.models_notices import NoticeRow
from db.reader_search import has_phone, phone_in, sought


class SqlReaderBook:
    """Fills the port ``ReaderBook``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- finding ---------------------------------------------------------------------------------

    async def find(self, words: str, branches: Collection[str] = (), limit: int = 20) -> FoundReaders:
        by, which = sought(words)
        if by is SoughtBy.NOTHING:
            return FoundReaders(by=by)
        wanted = (
            select(*_NAMED, PatronRow.birth_date, BranchRow.code.label("branch_code"))
            .outerjoin(BranchRow, BranchRow.id == PatronRow.branch_id)
            .where(*_of_branches(branches))
            .order_by(PatronRow.surname, PatronRow.given_name, PatronRow.id)
            .limit(limit + 1)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                rows = (await connection.execute(wanted.where(which))).all()
                if not rows and (phone := phone_in(words)):
                    by = SoughtBy.PHONE
                    rows = (await connection.execute(wanted.where(has_phone(phone)))).all()
        return FoundReaders(by=by, entries=tuple(map(_entry, rows[:limit])), more=len(rows) > limit)

    # --- one reader ------------------------------------------------------------------------------

    async def reader(self, patron_id: int) -> KnownReader | None:
        of = select(PatronRow, BranchRow.code.label("branch_code")).outerjoin(
            BranchRow, BranchRow.id == PatronRow.branch_id
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                row = (await connection.execute(of.where(PatronRow.id == patron_id))).first()
                if row is None:
                    return None
                places = await _places(connection, [patron_id])
                contacts = await _contacts(connection, patron_id)
                family = await _family(connection, patron_id)
        return KnownReader(
            patron_id=row.id,
            card_number=row.card_number,
            surname=row.surname,
            given_name=row.given_name,
            patronymic=row.patronymic,
            birth_date=row.birth_date,
            phone=row.phone,
            email=row.email,
            category=row.category,
            branch_code=row.branch_code or "",
            valid_until=row.valid_until,
            blocked=row.blocked,
            debt=Decimal(row.debt) / 100,
            gone_since=row.missing_since,
            places=frozenset(places[patron_id]),
            contacts=contacts,
            family=family,
        )

    async def chats(self, patrons: Collection[int]) -> Mapping[int, Sequence[ReaderContact]]:
        if not patrons:
            return {}
        with store_errors():
            async with self._database.engine.connect() as connection:
                return await _chats(connection, patrons)

    async def behind(self, conversation_id: int) -> Sequence[CardBehind]:
        return [card for _, card in await self._behind(ConversationRow.id == conversation_id)]

    async def owners(self, conversations: Collection[int]) -> Mapping[int, CardBehind]:
        if not conversations:
            return {}
        own = (~ContactCardRow.child, PatronRow.missing_since.is_(None))
        found = await self._behind(ConversationRow.id.in_(sorted(conversations)), *own)
        return dict(reversed(found))  # of several the one that was linked first

    async def talks(
        self, words: str, branches: Collection[str] = (), hidden: Collection[str] = (), limit: int = 100
    ) -> Mapping[int, CardBehind]:
        by, which = sought(words)
        if by is SoughtBy.NOTHING:
            return {}
        shown = exists().where(ContactRow.id == ContactCardRow.contact_id, ContactRow.channel.not_in(sorted(hidden)))
        conditions = (which, PatronRow.missing_since.is_(None), *_of_branches(branches), shown)
        newest = (
            select(ContactCardRow.id)
            .join(PatronRow, PatronRow.id == ContactCardRow.patron_id)
            .where(*conditions)
            .order_by(ContactCardRow.id.desc())
            .limit(limit)
        )
        found = await self._behind(ContactCardRow.id.in_(newest))
        return dict(reversed(found))  # of several the one's own

    async def _behind(self, *which: ColumnElement[bool]) -> Sequence[tuple[int, CardBehind]]:
        """Cards by conversation, one's own first, in the order in which they were linked."""
        wanted = (
            select(
                *_NAMED,
                PatronRow.valid_until,
                PatronRow.blocked,
                ContactCardRow.child,
                ConversationRow.id.label("conversation_id"),
            )
            .join(ContactCardRow, ContactCardRow.patron_id == PatronRow.id)
            .join(ConversationRow, ConversationRow.contact_id == ContactCardRow.contact_id)
            .where(*which)
            .order_by(ContactCardRow.child, ContactCardRow.id)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = (await connection.execute(wanted)).all()
                places = await _places(connection, [row.id for row in found]) if found else {}
        return [
            (
                row.conversation_id,
                CardBehind(
                    patron_id=row.id,
                    card_number=row.card_number,
                    name=_name(row),
                    child=row.child,
                    valid_until=row.valid_until,
                    blocked=row.blocked,
                    gone=row.missing_since is not None,
                    places=frozenset(places[row.id]),
                ),
            )
            for row in found
        ]

    async def to_do(self, branches: Collection[str] = ()) -> ToDo:
        waits = (
            RenewalRequestRow.state == RequestState.WAITING.value,
            RenewalRequestRow.cause.in_(FOR_THE_STAFF),
        )
        requests = select(func.count()).select_from(RenewalRequestRow).where(*waits)
        unreached = select(func.count()).select_from(NoticeRow).where(NoticeRow.state == "unreached")
        if branches:
            ids = _ids(branches)
            requests = requests.where(RenewalRequestRow.branch_id.in_(ids))
            of = exists().where(PatronRow.id == NoticeRow.patron_id, _enrolled(ids))
            unreached = unreached.where(of)
        both = select(requests.scalar_subquery(), unreached.scalar_subquery())
        with store_errors():
            async with self._database.engine.connect() as connection:
                waiting, silent = (await connection.execute(both)).one()
        return ToDo(requests=waiting, unreached=silent)


# --- whose they are ------------------------------------------------------------------------------


def _ids(branches: Collection[str]) -> Any:
    return select(BranchRow.id).where(BranchRow.code.in_(sorted(branches)))


def _enrolled(ids: Any) -> Any:
    return or_(PatronRow.branch_id.is_(None), PatronRow.branch_id.in_(ids))


def _of_branches(branches: Collection[str]) -> list[Any]:
    """Readers who have to do with these branches; no condition where all are meant."""
    if not branches:
        return []
    ids = _ids(branches)
    lent = exists().where(LoanRow.patron_id == PatronRow.id, LoanRow.returned_at.is_(None), LoanRow.branch_id.in_(ids))
    held = exists().where(
        HoldRow.patron_id == PatronRow.id, HoldRow.ended_at.is_(None), HoldRow.pickup_branch_id.in_(ids)
    )
    return [or_(_enrolled(ids), lent, held)]


async def _places(connection: AsyncConnection, patrons: Collection[int]) -> dict[int, set[str]]:
    """The branches that have to do with each patron; nobody's where they are enrolled nowhere."""
    home = select(PatronRow.id, PatronRow.branch_id).where(PatronRow.id.in_(patrons))
    lent = select(LoanRow.patron_id, LoanRow.branch_id).where(
        LoanRow.patron_id.in_(patrons), LoanRow.returned_at.is_(None)
    )
    held = select(HoldRow.patron_id, HoldRow.pickup_branch_id).where(
        HoldRow.patron_id.in_(patrons), HoldRow.ended_at.is_(None)
    )
    every = union(home, lent, held).subquery("every")
    patron, branch = every.c[0], every.c[1]
    found: defaultdict[int, set[str]] = defaultdict(set)
    nobodys = set()
    of = select(patron.label("patron_id"), branch.label("branch_id"), BranchRow.code).outerjoin(
        BranchRow, BranchRow.id == branch
    )
    for row in await connection.execute(of):
        if row.branch_id is None:
            nobodys.add(row.patron_id)
        else:
            found[row.patron_id].add(row.code)
    return defaultdict(set, {number: codes for number, codes in found.items() if number not in nobodys})


# --- contacts ------------------------------------------------------------------------------------


async def _contacts(connection: AsyncConnection, patron_id: int) -> tuple[ReaderContact, ...]:
    """The chats of one reader, each with what was agreed to there."""
    chats = (await _chats(connection, [patron_id]))[patron_id]
    consents = await _consents(connection, [chat.contact_id for chat in chats])
    return tuple(replace(chat, consents=tuple(consents[chat.contact_id])) for chat in chats)


async def _chats(connection: AsyncConnection, patrons: Collection[int]) -> dict[int, list[ReaderContact]]:
    """The chats that see each of these cards, in one query; what was agreed to there is left out."""
    heard = (
        select(func.max(MessageRow.created_at))
        .where(MessageRow.conversation_id == ConversationRow.id, MessageRow.author == "reader")
        .scalar_subquery()
    )
    found = await connection.execute(
        select(
            ContactRow.id,
            ContactRow.channel,
            ContactRow.unreachable_since,
            ContactCardRow.patron_id,
            ContactCardRow.way,
            ContactCardRow.linked_at,
            ContactCardRow.child,
            ConversationRow.id.label("conversation_id"),
            heard.label("heard_at"),
            NoticeWishRow.due_days,
            NoticeWishRow.overdue,
            NoticeWishRow.hide_titles,
            NoticeWishRow.muted,
            NoticeWishRow.chosen_at,
        )
        .join(ContactCardRow, ContactCardRow.contact_id == ContactRow.id)
        .outerjoin(ConversationRow, ConversationRow.contact_id == ContactRow.id)
        .outerjoin(NoticeWishRow, NoticeWishRow.contact_id == ContactRow.id)
        .where(ContactCardRow.patron_id.in_(patrons))
        .order_by(ContactCardRow.child, ContactCardRow.id)
    )
    rows: defaultdict[int, list[Any]] = defaultdict(list)
    for row in found:
        rows[row.patron_id].append(row)
    return defaultdict(list, {patron_id: _told(theirs) for patron_id, theirs in rows.items()})


def _told(rows: Sequence[Any]) -> list[ReaderContact]:
    chosen = max((row.chosen_at for row in rows if row.chosen_at), default=None)
    return [
        ReaderContact(
            contact_id=row.id,
            conversation_id=row.conversation_id,
            channel=row.channel,
            proof=row.way,
            linked_at=row.linked_at,
            child=row.child,
            unreachable_since=row.unreachable_since,
            heard_at=row.heard_at,
            wishes=_wishes(row),
            chosen=chosen is not None and row.chosen_at == chosen,
        )
        for row in rows
    ]


def _wishes(row: Any) -> NoticeWishes | None:
    if row.due_days is None:
        return None
    return NoticeWishes(due_days=tuple(row.due_days), overdue=row.overdue, hide_titles=row.hide_titles, muted=row.muted)


async def _consents(connection: AsyncConnection, contacts: Collection[int]) -> dict[int, list[ReaderConsent]]:
    found: defaultdict[int, list[ReaderConsent]] = defaultdict(list)
    if not contacts:
        return found
    wanted = (
        select(ConsentRow, ConsentTextRow.text)
        .join(ConsentTextRow, ConsentTextRow.version == ConsentRow.version)
        .where(ConsentRow.contact_id.in_(contacts))
        .order_by(ConsentRow.id.desc())
    )
    for row in await connection.execute(wanted):
        found[row.contact_id].append(
            ReaderConsent(
                version=row.version,
                text=row.text,
                channel=row.channel,
                given_at=row.given_at,
                withdrawn_at=row.withdrawn_at,
            )
        )
    return found


async def _family(connection: AsyncConnection, patron_id: int) -> tuple[Relative, ...]:
    mine = aliased(ContactCardRow)
    wanted = (
        select(*_NAMED, ContactCardRow.child)
        .join(ContactCardRow, ContactCardRow.patron_id == PatronRow.id)
        .join(mine, mine.contact_id == ContactCardRow.contact_id)
        .where(mine.patron_id == patron_id, PatronRow.id != patron_id)
        .order_by(PatronRow.id, ContactCardRow.child)
    )
    return tuple(
        {
            row.id: Relative(patron_id=row.id, name=_name(row) or row.card_number, child=row.child)
            for row in await connection.execute(wanted)
        }.values()
    )


# --- rows ----------------------------------------------------------------------------------------

_NAMED = (
    PatronRow.id,
    PatronRow.card_number,
    PatronRow.surname,
    PatronRow.given_name,
    PatronRow.patronymic,
    PatronRow.missing_since,
)


def _name(row: Any) -> str:
    return " ".join(part for part in (row.surname, row.given_name, row.patronymic) if part)


def _entry(row: Any) -> ReaderEntry:
    return ReaderEntry(
        patron_id=row.id,
        card_number=row.card_number,
        name=_name(row),
        born=row.birth_date.year if row.birth_date else None,
        branch_code=row.branch_code or "",
        gone=row.missing_since is not None,
    )
