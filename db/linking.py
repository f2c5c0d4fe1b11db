"""Linking a card to a contact: one attempt, counted before it is looked at, told the same whatever was wrong."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import field
from datetime import datetime

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Linking, LinkState, Proof
from bot.audit import READER, Act, Entry, LinkWatch
from bot.clock import Clock
from bot.library.linking import Codes, Limits, card_key, digits_of
from bot.messages import Contact, Reply
from bot.quick import dataclass
from db import attempts, audit, post
from db.attempts import Try
from db.connect import Database
from db.digests import Digests
from db.holders import Person, account_query, holder_of, in_the_register, person
from db.models import ContactRow, PatronRow
from db.models_accounts import ContactCardRow, LinkCodeRow
from db.proving import Proving
from db.upserts import insert_of

log = structlog.get_logger(__name__)
LOCK = 0x62_62_6C_69
"""PostgreSQL: attempts are counted one after another, so that none slips past a limit beside another one."""


@dataclass(frozen=True, slots=True)
class LinkRules:
    """What the library allows.

    Attributes:
        carries: Whether a channel may carry something of a person.
        told: What the other contacts of a card hear: channel, given name of a child or "", language.
    """

    proofs: Collection[Proof]
    codes: Codes = field(default_factory=Codes)
    limits: Limits = field(default_factory=Limits)
    carries: Callable[[str], bool] = lambda channel: True
    told: Callable[[str, str, str], Reply] = lambda channel, name, language: Reply(text="", personal=True)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What an attempt has proved."""

    patron_id: int
    child: bool = False


_Take = Callable[[AsyncConnection, Person, datetime], Awaitable[_Claim | None]]
_Look = Callable[[], Awaitable[_Take]]


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One attempt: ``look`` reads and compares, outside any lock; ``take`` has the last word."""

    contact: Contact
    proof: Proof
    key: str
    card: str
    look: _Look


class SqlLinking:
    """The linking half of the port ``Accounts``.

    Args:
        database: The store.
        clock: Where moments come from.
        digests: For codes, cards and contacts.
        rules: What the library allows.
        versions: Of the consent texts in force.
        proving: Compares what is said with the register.

    Attributes:
        watch: Hears what becomes of attempts; None where nobody counts.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        digests: Digests,
        rules: LinkRules,
        versions: Collection[str],
        proving: Proving,
    ) -> None:
        self._database, self._clock, self._digests = database, clock, digests
        self._rules, self._versions, self.proving = rules, versions, proving
        self.watch: LinkWatch | None = None

    # --- the ways of proof -----------------------------------------------------------------------

    async def by_code(self, contact: Contact, code: str, key: str) -> Linking:
        """By a one-time code: found and used up in one statement, so that it works once."""
        digest = self._digests.code(digits_of(code))

        async def take(connection: AsyncConnection, who: Person, now: datetime) -> _Claim | None:
            used = (
                update(LinkCodeRow)
                .where(
                    LinkCodeRow.digest == digest,
                    LinkCodeRow.used_at.is_(None),
                    LinkCodeRow.revoked_at.is_(None),
                    LinkCodeRow.expires_at > now,
                    LinkCodeRow.patron_id.in_(select(PatronRow.id).where(in_the_register())),
                )
                .values(used_at=now, used_by=who.contact_id)
                .returning(LinkCodeRow.patron_id, LinkCodeRow.child)
            )
            row = (await connection.execute(used)).one_or_none()
            return None if row is None else _Claim(row.patron_id, row.child)

        async def look() -> _Take:
            return take

        return await self._tried(_Attempt(contact, Proof.CODE, key, "", look))

    async def by_card(self, contact: Contact, card_number: str, secret: str, key: str) -> Linking:
        """By card number and PIN or birth date: a card that does not exist costs the same work as one that does."""
        ways = [proof for proof in (Proof.PIN, Proof.BIRTH_DATE) if proof in self._rules.proofs]

        async def look() -> _Take:
            return _taken(await self.proving.by_secret(card_number, secret, ways))

        card = self._digests.card(card_key(card_number))
        return await self._tried(_Attempt(contact, ways[0] if ways else Proof.PIN, key, card, look))

    async def by_phone(self, contact: Contact, number: str, key: str) -> Linking:
        """By a number that the messenger vouches for, if exactly one card has it."""

        async def look() -> _Take:
            return _taken(await self.proving.by_phone(number))

        return await self._tried(_Attempt(contact, Proof.PHONE, key, "", look))

    # --- one attempt -----------------------------------------------------------------------------

    async def _tried(self, attempt: _Attempt) -> Linking:
        rules = self._rules
        if attempt.proof not in rules.proofs or not rules.carries(attempt.contact.channel):
            return Linking(state=LinkState.OFF)
        asked = Try(
            subject=self._digests.contact(attempt.contact),
            key=attempt.key,
            channel=attempt.contact.channel,
            proof=attempt.proof,
            card=attempt.card,
        )
        async with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            now = self._clock.now()
            who = await person(connection, attempt.contact, self._versions)
            if who is None or not who.consent:
                return Linking(state=LinkState.NO_CONSENT)
            before = await attempts.before(connection, asked)
            if before is not None:
                return await self._again(connection, attempt.contact, before)
            until, attacked = await attempts.count(connection, asked, rules.limits, now)
        if attacked:
            self._report(attempt.contact.channel)
        outcome = LinkState.LOCKED
        linking = Linking(state=LinkState.LOCKED, until=until)
        if until is None:
            take = await attempt.look()
            async with self._database.writing() as connection:
                linking = await self._decided(connection, attempt.contact, asked, who, take)
            outcome = linking.state
        if self.watch is not None:
            self.watch.link(attempt.proof.value, outcome.value)
        return linking

    async def _again(self, connection: AsyncConnection, contact: Contact, before: attempts.Ended) -> Linking:
        """What a turn that is repeated hears."""
        if before.patron_id is None:
            return Linking(state=before.state, until=before.until)
        return await self._linking(connection, contact, before.state, before.patron_id)

    def _report(self, channel: str) -> None:
        log.warning("linking attacked", channel=channel, advice="no card is linked there for up to an hour; see audit")
        if self.watch is not None:
            self.watch.attack(channel)

    async def _decided(
        self, connection: AsyncConnection, contact: Contact, asked: Try, who: Person, take: _Take
    ) -> Linking:
        """Keep what came of the attempt: the link or the failure, the audit, letters to the card's other contacts."""
        now = self._clock.now()
        claim = await take(connection, who, now)
        state, new_id = LinkState.WRONG, None
        if claim is not None:
            new_id = await self._linked(connection, who, claim, asked.proof, now)
            state = LinkState.LINKED if new_id is not None else LinkState.ALREADY
        patron_id = claim.patron_id if claim else None
        await attempts.end(connection, asked, state, patron_id)
        entry = Entry(
            action=Act.LINKED if claim else Act.LINK_REFUSED,
            actor=READER,
            patron_id=patron_id,
            subject=asked.subject,
            channel=asked.channel,
            details={"proof": asked.proof.value, "outcome": state.value},
        )
        await audit.note(connection, now, entry)
        if claim is None:
            return Linking(state=state)
        linking = await self._linking(connection, contact, state, claim.patron_id)
        if new_id is not None:
            await self._tell_others(connection, who, asked.channel, claim, new_id, linking, now)
        return linking

    async def _linked(
        self, connection: AsyncConnection, who: Person, claim: _Claim, proof: Proof, now: datetime
    ) -> int | None:
        """The new row's id; None where the contact has that card already."""
        row = {
            "contact_id": who.contact_id,
            "patron_id": claim.patron_id,
            "way": proof.value,
            "child": claim.child,
            "linked_at": now,
        }
        make = insert_of(connection.dialect.name)
        adding = make(ContactCardRow).values(row).on_conflict_do_nothing().returning(ContactCardRow.id)
        new_id: int | None = await connection.scalar(adding)
        return new_id

    async def _tell_others(
        self,
        connection: AsyncConnection,
        who: Person,
        channel: str,
        claim: _Claim,
        link_id: int,
        linking: Linking,
        now: datetime,
    ) -> None:
        name = linking.holder.given_name if linking.holder and claim.child else ""
        wanted = (
            select(ContactRow.id, ContactRow.channel, ContactRow.language)
            .join(ContactCardRow, ContactCardRow.contact_id == ContactRow.id)
            .where(ContactCardRow.patron_id == claim.patron_id, ContactRow.id != who.contact_id)
        )
        letters = [
            post.Letter(
                contact_id=row.id,
                reply=self._rules.told(channel, name, row.language),
                key=f"linked:{link_id}:{row.id}",
            )
            for row in await connection.execute(wanted)
            if self._rules.carries(row.channel)
        ]
        if letters:
            await post.put(connection, letters, now)

    async def _linking(
        self, connection: AsyncConnection, contact: Contact, state: LinkState, patron_id: int
    ) -> Linking:
        wanted = account_query(contact, self._versions).where(PatronRow.id == patron_id)
        row = (await connection.execute(wanted)).first()
        return Linking(state=state, holder=None if row is None else holder_of(row))


def _taken(patron_id: int | None) -> _Take:
    async def take(connection: AsyncConnection, who: Person, now: datetime) -> _Claim | None:
        del connection, who, now
        return None if patron_id is None else _Claim(patron_id)

    return take
