"""Readers' accounts in memory, honest: codes work once and for a while, attempts are counted, nothing is told twice."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.accounts import Account, Cardholder, ConsentText, Linking, LinkState, NoticeWishes, OtherChats, Proof
from bot.messages import Contact
from tests.support.clock import StandingClock

ATTEMPTS = 5
LOCKED_FOR = timedelta(hours=1)
CODE_LASTS = timedelta(minutes=15)
CONSENT = "Чтобы показывать ваши книги, мне нужно хранить номер билета и адрес этого чата. Вы согласны?"


@dataclass
class _Card:
    holder: Cardholder
    pin: str = ""
    born: date | None = None
    phone: str = ""


@dataclass
class _Code:
    patron_id: int
    child: bool
    until: datetime


@dataclass
class FakeAccounts:
    """Fills ``Accounts``.

    Attributes:
        ways: What the library allows beside the code.
        log: What the audit log would have: (what, patron or None).
        secrets: PINs and dates that were typed; a test looks that none is kept elsewhere.
    """

    clock: StandingClock
    ways: set[Proof] = field(default_factory=lambda: {Proof.CODE})
    log: list[tuple[str, int | None]] = field(default_factory=list)
    version: str = "1" * 64
    cards: dict[str, _Card] = field(default_factory=dict)
    codes: dict[str, _Code] = field(default_factory=dict)
    links: dict[Contact, dict[int, bool]] = field(default_factory=dict)
    consents: dict[Contact, str] = field(default_factory=dict)
    wishes: dict[Contact, NoticeWishes] = field(default_factory=dict)
    attempts: dict[Contact, list[datetime]] = field(default_factory=dict)
    outcomes: dict[str, Linking] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    """Patrons that the register no longer has."""

    # --- what a test arranges ------------------------------------------------------------------

    def issues(self, card: str, name: str = "", *, branch: str = "01", pin: str = "", born: date | None = None,
               phone: str = "") -> Cardholder:  # fmt: skip
        """A card of the library."""
        number = len(self.cards) + 1
        holder = Cardholder(patron_id=number, card_number=card, given_name=name, branch_code=branch, born=born)
        self.cards[card] = _Card(holder, pin, born, phone)
        return holder

    def code(self, holder: Cardholder, code: str = "123456", *, child: bool = False) -> str:
        """The desk hands out a code."""
        self.codes[code] = _Code(holder.patron_id, child, self.clock.now() + CODE_LASTS)
        return code

    def links_to(self, contact: Contact, holder: Cardholder, *, child: bool = False) -> None:
        """Linked already, consent given."""
        self.links.setdefault(contact, {})[holder.patron_id] = child
        self.consents[contact] = self.version

    # --- the port ------------------------------------------------------------------------------

    async def behind(self, contact: Contact) -> Account:
        linked = self.links.get(contact, {})
        holders = [
            replace(card.holder, child=linked[card.holder.patron_id])
            for card in self.cards.values()
            if card.holder.patron_id in linked and card.holder.patron_id not in self.gone
        ]
        return Account(
            holders=tuple(sorted(holders, key=lambda holder: (holder.child, holder.patron_id))),
            consent=self.consents.get(contact) == self.version,
            former_consent=self.consents.get(contact, self.version) != self.version,
            suspended=any(patron_id in self.gone for patron_id in linked),
            own_suspended=any(patron_id in self.gone and not child for patron_id, child in linked.items()),
            wishes=self.wishes.get(contact, NoticeWishes()),
            other_chats=self._other_chats(contact),
        )

    def _other_chats(self, contact: Contact) -> OtherChats:
        own = {patron for patron, child in self.links.get(contact, {}).items() if not child}
        others = [
            other
            for other, cards in self.links.items()
            if other != contact and any(not child and patron in own for patron, child in cards.items())
        ]
        muted = any(self.wishes.get(other, NoticeWishes()).muted for other in others)
        here = self.wishes.get(contact, NoticeWishes()).here
        return OtherChats(linked=bool(others), stopped=muted and not here)

    def proofs(self) -> Collection[Proof]:
        return self.ways

    def consent_text(self, language: str) -> ConsentText:
        text = CONSENT if language == "ru" else "To show your loans I have to keep your card number. Do you agree?"
        return ConsentText(purpose="service", version=self.version, text=text, url="https://library.example/consent")

    async def agree(self, contact: Contact, version: str, key: str) -> None:
        assert key
        self.consents[contact] = version

    async def withdraw(self, contact: Contact, key: str) -> None:
        assert key
        self.consents.pop(contact, None)
        self.links.pop(contact, None)

    async def link_by_code(self, contact: Contact, code: str, key: str) -> Linking:
        found = self.codes.get(code)
        live = found if found is not None and found.until > self.clock.now() else None
        patron = live.patron_id if live else None
        outcome = self._attempt(contact, key, patron, child=bool(live and live.child))
        if outcome.state in (LinkState.LINKED, LinkState.ALREADY):
            self.codes.pop(code, None)
        return outcome

    async def link_by_card(self, contact: Contact, card_number: str, secret: str, key: str) -> Linking:
        if not self.ways & {Proof.PIN, Proof.BIRTH_DATE}:
            return Linking(state=LinkState.OFF)
        card = self.cards.get(card_number)
        right = (
            card is not None
            and bool(secret)
            and (
                (Proof.PIN in self.ways and bool(card.pin) and secret == card.pin)
                or (Proof.BIRTH_DATE in self.ways and card.born is not None and secret == card.born.isoformat())
            )
        )
        return self._attempt(contact, key, card.holder.patron_id if card is not None and right else None)

    async def link_by_phone(self, contact: Contact, number: str, key: str) -> Linking:
        if Proof.PHONE not in self.ways:
            return Linking(state=LinkState.OFF)
        fits = [card.holder.patron_id for card in self.cards.values() if card.phone == number]
        return self._attempt(contact, key, fits[0] if len(fits) == 1 else None)

    def _attempt(self, contact: Contact, key: str, patron_id: int | None, *, child: bool = False) -> Linking:
        """One attempt, whatever the proof; the same message again is the same attempt."""
        if key not in self.outcomes:
            self.outcomes[key] = self._decided(contact, patron_id, child=child)
            self.log.append((f"link {self.outcomes[key].state}", patron_id))
        return self.outcomes[key]

    def _decided(self, contact: Contact, patron_id: int | None, *, child: bool) -> Linking:
        if self.consents.get(contact) != self.version:
            return Linking(state=LinkState.NO_CONSENT)
        now = self.clock.now()
        failed = [at for at in self.attempts.get(contact, []) if now - at < LOCKED_FOR]
        if len(failed) >= ATTEMPTS:
            return Linking(state=LinkState.LOCKED, until=failed[0] + LOCKED_FOR)
        if patron_id is None:
            self.attempts[contact] = [*failed, now]
            return Linking(state=LinkState.WRONG)
        holder = next(card.holder for card in self.cards.values() if card.holder.patron_id == patron_id)
        linked = self.links.setdefault(contact, {})
        state = LinkState.ALREADY if patron_id in linked else LinkState.LINKED
        linked.setdefault(patron_id, child)
        return Linking(state=state, holder=replace(holder, child=linked[patron_id]))

    async def unlink(self, contact: Contact, patron_id: int | None, key: str) -> int:
        assert key
        linked = self.links.get(contact, {})
        gone = [one for one in linked if patron_id in (None, one)]
        for one in gone:
            del linked[one]
        return len(gone)

    async def wish(self, contact: Contact, wishes: NoticeWishes) -> None:
        self.wishes[contact] = wishes

    async def export(self, contact: Contact) -> bytes:
        account = await self.behind(contact)
        cards = [holder.card_number for holder in account.holders]
        return json.dumps({"билеты": cards, "согласие": account.consent}, ensure_ascii=False, indent=2).encode()

    async def erase(self, contact: Contact, key: str) -> None:
        assert key
        for kept in (self.links, self.consents, self.wishes, self.attempts):
            kept.pop(contact, None)
