"""The message log in memory: passes the same contract as the real ones (``tests/contract``)."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.messages import (
    Contact,
    Delivery,
    DeliveryReceipt,
    Event,
    Inbound,
    Lane,
    Moved,
    Outbound,
    Presence,
    Removed,
    Reply,
    StaffReply,
    Text,
    Unsupported,
)
from bot.ports.letters import Author, Logged
from bot.ports.log import Attempt, Completed, Mode, Outcome, QueueFigures, Recorded, Waiting
from bot.proof import message_of, proof_of
from db.rows import dialogue_json, dialogue_of, text_of
from db.wakes import Wakes
from tests.support.fake_log_rows import Conversation, Message, key_of, logged, storable, what_stays

MAX_TRIES = 3
TURNS_A_CLAIM = 20
HOLD = timedelta(seconds=60)
FURTHER = ("queued", "sent", "delivered", "read", "failed")


class FakeLog:
    """Fills ``MessageLog`` and ``ChatLog``.

    Attributes:
        broken: Set it, and every call raises StoreUnavailable, as with a full disk.
        why_refused: Why what came last was not kept; what is there can be read.
        conversations / messages: Everything kept, for tests to look at and to change.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wakes = Wakes()
        self._sending: set[int] = set()
        self._senders: set[str] = set()
        self._early: dict[tuple[str, str], DeliveryReceipt] = {}
        self._leases = 0
        self.broken = False
        self.why_refused = ""
        self.conversations: dict[int, Conversation] = {}
        self.messages: dict[int, Message] = {}

    async def aclose(self) -> None:
        """End every iteration."""
        self._wakes.close()

    def _reach(self) -> datetime:
        if self.broken:
            raise StoreUnavailable("no room: the disk is full; free some space")
        return self._clock.now()

    # --- arrivals --------------------------------------------------------------------------------

    async def record(self, message: Inbound) -> Recorded:
        now = self._reach()
        message = storable(message)
        for known in self.messages.values():
            if known.inbound is not None and key_of(known.inbound) == key_of(message):
                return Recorded(message_id=known.id, conversation_id=known.conversation.id, fresh=False)
        if message.corrects and (earlier := self._corrected(message)):
            return Recorded(message_id=earlier.id, conversation_id=earlier.conversation.id, fresh=False)
        conversation = self._conversation(message)
        kept = Message(len(self.messages) + 1, conversation, "waiting", now, inbound=message)
        self.messages[kept.id] = kept
        self._wakes.wake(("arrived", message.contact))
        return Recorded(message_id=kept.id, conversation_id=conversation.id, fresh=True)

    def _corrected(self, message: Inbound) -> Message | None:
        """The message whose words are replaced by these, or have been; None where it is too late."""
        channel, external_id = message.contact.channel, message.corrects
        for known in reversed(list(self._of_reader(channel, external_id))):
            assert known.inbound is not None
            if known.conversation.contact != message.contact:
                return None
            if text_of(known.inbound.content) != text_of(message.content):
                if known.state != "waiting" or known.id in known.conversation.in_hand:
                    return None
                known.inbound = replace(known.inbound, content=message.content)
            return known
        return None

    def _of_reader(self, channel: str, external_id: str) -> Iterator[Message]:
        for message in self.messages.values():
            inbound = message.inbound
            if inbound and (inbound.contact.channel, inbound.external_id) == (channel, external_id):
                yield message

    def _conversation(self, message: Inbound) -> Conversation:
        for conversation in self.conversations.values():
            if conversation.contact == message.contact:
                break
        else:
            conversation = Conversation(len(self.conversations) + 1, message.contact)
            self.conversations[conversation.id] = conversation
        conversation.name = message.name or conversation.name
        conversation.language = message.language or conversation.language
        conversation.unreachable_since = None
        return conversation

    # --- turns -----------------------------------------------------------------------------------

    async def claim(self, limit: int, conversation_id: int | None = None) -> list[Waiting]:
        now = self._reach()
        claimed: list[Waiting] = []
        ours: set[int] = set()
        for message in self._in_state("waiting"):
            conversation = message.conversation
            if conversation_id not in (None, conversation.id) or len(claimed) >= limit:
                continue
            if conversation.id not in ours:
                if conversation.leased_until is not None and conversation.leased_until >= now:
                    continue
                self._leases += 1
                conversation.lease, conversation.leased_until = self._leases, now + HOLD
                conversation.in_hand.clear()
                ours.add(conversation.id)
            if len(conversation.in_hand) == TURNS_A_CLAIM:
                continue
            conversation.in_hand.add(message.id)
            claimed.append(self._waiting(message))
        return claimed

    def _waiting(self, message: Message) -> Waiting:
        conversation, inbound = message.conversation, message.inbound
        assert inbound is not None
        return Waiting(
            message_id=message.id,
            conversation_id=conversation.id,
            inbound=Inbound(
                contact=inbound.contact,
                content=inbound.content,
                idempotency_key=inbound.idempotency_key,
                sent_at=inbound.sent_at,
                name=conversation.name,
                language=conversation.language,
                automated=inbound.automated,
            ),
            mode=conversation.mode,
            dialogue=conversation.dialogue,
            first=not any(other.conversation is conversation for other in self._before(message)),
            tries=message.attempts,
            received_at=message.created_at,
            lease=conversation.lease,
        )

    async def complete(self, turn: Completed) -> bool:
        now = self._reach()
        message, conversation = self.messages[turn.message_id], self.conversations[turn.conversation_id]
        speaks = turn.outcome is not Outcome.SILENT
        if conversation.lease != turn.lease:
            return False
        if message.state == "waiting" and speaks and conversation.mode is Mode.PERSON:
            return False
        self._let_go(conversation, message)
        if message.state != "waiting":
            return False
        conversation.leased_until = conversation.leased_until and now + HOLD
        message.state, message.outcome, message.intent = "handled", turn.outcome.value, turn.intent or None
        message.error = turn.error or None
        message.inbound = message.inbound and replace(message.inbound, content=what_stays(message.inbound.content))
        if turn.secret and message.inbound is not None:
            message.inbound = replace(message.inbound, content=Text("•••"))
        conversation.dialogue = dialogue_of(dialogue_json(turn.dialogue))  # as a store gives it back
        if turn.mode is not None:
            waits_since = (conversation.waiting_since or now) if turn.mode is Mode.WAITING else None
            conversation.mode, conversation.waiting_since = turn.mode, waits_since
            conversation.handover_reason = turn.handover_reason
        for said in turn.replies:
            self.queue(conversation.id, said, in_reply_to=message.id)
        return True

    async def complete_many(self, turns: Sequence[Completed]) -> list[bool | Exception]:
        return [await self.complete(turn) for turn in turns]

    def queue(
        self, conversation_id: int, said: Reply, *, lane: Lane = Lane.REPLY, in_reply_to: int | None = None
    ) -> int:
        """Something for the reader, in its lane; returns the message's id."""
        conversation = self.conversations[conversation_id]
        kept = Message(len(self.messages) + 1, conversation, "queued", self._clock.now(), reply=said, lane=lane)
        kept.in_reply_to = in_reply_to
        self.messages[kept.id] = kept
        self._wakes.wake((("outgoing", conversation.contact.channel), conversation.contact))
        return kept.id

    def conversation_of(self, contact: Contact) -> Conversation:
        """The contact's conversation, which must be there."""
        return next(found for found in self.conversations.values() if found.contact == contact)

    def _let_go(self, conversation: Conversation, message: Message) -> None:
        """The conversation is free again once nothing that was claimed is left in it."""
        conversation.in_hand.discard(message.id)
        if not conversation.in_hand:
            conversation.leased_until = None
            self._wakes.wake(("arrived",))

    async def put_back(self, turn: Waiting, error: str, farewell: Reply | None = None) -> None:
        self._reach()
        message = self.messages[turn.message_id]
        conversation = message.conversation
        if conversation.lease != turn.lease or message.state != "waiting":
            return
        message.attempts += 1
        message.error = error
        conversation.leased_until = None
        if message.attempts >= MAX_TRIES:
            message.state = "aside"
            message.inbound = message.inbound and replace(message.inbound, content=what_stays(message.inbound.content))
            if farewell is not None and conversation.mode is not Mode.PERSON:
                self.queue(conversation.id, farewell, in_reply_to=message.id)
        self._wakes.wake(("arrived",))

    # --- sending ---------------------------------------------------------------------------------

    async def claim_outbound(self, channel: str, limit: int) -> list[Outbound]:
        now = self._reach()
        firsts: dict[int, Message] = {}
        for message in sorted(self._in_state("queued"), key=lambda message: (message.lane, message.id)):
            firsts.setdefault(message.conversation.id, message)
        busy = {self.messages[message_id].conversation.id for message_id in self._sending}
        due = [
            message
            for message in firsts.values()
            if message.conversation.contact.channel == channel
            and message.conversation.id not in busy
            and (message.due_at is None or message.due_at <= now)
        ][:limit]
        self._sending.update(message.id for message in due)
        return [
            Outbound(
                message_id=message.id,
                contact=message.conversation.contact,
                reply=message.reply,
                lane=message.lane,
                attempt=message.attempts + 1,
                heard_at=self._heard_at(message.conversation),
            )
            for message in due
        ]

    async def attempted(self, attempt: Attempt) -> None:
        now = self._reach()
        message = self.messages[attempt.message_id]
        self._sending.discard(message.id)
        if message.state != "queued":
            return
        message.attempts += 1
        if attempt.retry_at is not None:
            message.due_at = attempt.retry_at
        elif attempt.reason:
            message.state, message.error = "failed", attempt.reason
            if attempt.unreachable:
                message.conversation.unreachable_since = now
        else:
            message.external_id = attempt.external_ids[-1] if attempt.external_ids else None
            message.state = Delivery.SENT.value
            early = self._early.pop((attempt.channel, message.external_id or ""), None)
            if early is not None:
                self._receipt(early, now)
        self._wakes.wake((("outgoing", attempt.channel),))

    async def attempted_many(self, attempts: Sequence[Attempt]) -> list[Exception | None]:
        return [await self.attempted(attempt) for attempt in attempts]  # type: ignore[func-returns-value]

    def _heard_at(self, conversation: Conversation) -> datetime | None:
        said = [m.inbound.sent_at for m in self.messages.values() if m.inbound and m.conversation is conversation]
        return said[-1] if said else None

    # --- what messengers tell --------------------------------------------------------------------

    async def note(self, event: Event) -> None:
        now = self._reach()
        match event:
            case DeliveryReceipt():
                self._receipt(event, now)
            case Presence():
                self._presence(event)
            case Removed():
                for message in self._of_reader(event.channel, event.external_id):
                    assert message.inbound is not None
                    message.inbound = replace(message.inbound, content=Unsupported("removed"))
                    if message.state == "waiting":
                        message.state, message.outcome = "handled", Outcome.SILENT.value
            case StaffReply():
                self._staff_reply(event, now)
            case Moved():
                self._moved(event, now)

    def _presence(self, event: Presence) -> None:
        for conversation in self.conversations.values():
            if conversation.contact != event.contact:
                continue
            if event.reachable:
                conversation.unreachable_since = None
            elif not self._wrote_after(conversation, event.at):
                conversation.unreachable_since = conversation.unreachable_since or event.at

    def _wrote_after(self, conversation: Conversation, at: datetime) -> bool:
        return any(
            message.inbound is not None and message.conversation is conversation and message.inbound.sent_at > at
            for message in self.messages.values()
        )

    def _staff_reply(self, event: StaffReply, now: datetime) -> None:
        conversation = next((found for found in self.conversations.values() if found.contact == event.contact), None)
        if conversation is None:
            conversation = Conversation(len(self.conversations) + 1, event.contact)
            self.conversations[conversation.id] = conversation
        for known in self.messages.values():
            if known.inbound is None and known.external_id == event.external_id:
                return
        kept = Message(len(self.messages) + 1, conversation, "sent", now, reply=Reply(text=event.text))
        kept.author, kept.external_id = Author.LIBRARIAN, event.external_id
        self.messages[kept.id] = kept
        conversation.mode, conversation.waiting_since, conversation.handover_reason = Mode.PERSON, None, ""
        self._wakes.wake((event.contact,))

    def _moved(self, event: Moved, now: datetime) -> None:
        address = Contact(channel=event.contact.channel, address=event.address)
        old = next((found for found in self.conversations.values() if found.contact == event.contact), None)
        if old is None or address == event.contact or self._wrote_after(old, event.at):
            return
        new = next((found for found in self.conversations.values() if found.contact == address), None)
        if new is None:
            old.contact, old.unreachable_since = address, None
        else:
            for message in self.messages.values():
                if message.conversation is old:
                    message.conversation = new
            if new.mode is Mode.BOT:
                new.mode, new.waiting_since, new.handover_reason = old.mode, old.waiting_since, old.handover_reason
            new.name = new.name or old.name
            old.mode, old.waiting_since, old.handover_reason = Mode.BOT, None, ""
            old.unreachable_since = old.unreachable_since or now
        self._wakes.wake((("outgoing", address.channel), event.contact, address))

    def _receipt(self, receipt: DeliveryReceipt, now: datetime) -> None:
        key = (receipt.channel, receipt.external_id)
        for message in self.messages.values():
            if (message.conversation.contact.channel, message.external_id) == key:
                if receipt.and_before and receipt.delivery is Delivery.READ:
                    for earlier in self._before(message):
                        ours = earlier.conversation is message.conversation and earlier.inbound is None
                        if ours and earlier.state in ("sent", "delivered"):
                            earlier.state = "read"
                if FURTHER.index(message.state) < FURTHER.index(receipt.delivery.value):
                    message.state, message.error = receipt.delivery.value, receipt.reason or None
                    if receipt.unreachable:
                        message.conversation.unreachable_since = now
                return
        proven = self.messages.get(message_of(receipt.proof))
        if proven is not None and proven.state == "queued" and proven.reply is not None:
            contact = proven.conversation.contact
            if contact.channel == receipt.channel and receipt.proof == proof_of(
                proven.id, contact.address, proven.reply.text
            ):
                proven.attempts, proven.state, proven.external_id = proven.attempts + 1, "sent", receipt.external_id
                self._receipt(receipt, now)
                return
        known = self._early.get(key)
        if known is None or FURTHER.index(known.delivery.value) < FURTHER.index(receipt.delivery.value):
            self._early[key] = receipt

    @asynccontextmanager
    async def sending(self, channel: str) -> AsyncIterator[bool]:
        if channel in self._senders:
            yield False
            return
        self._senders.add(channel)
        try:
            yield True
        finally:
            self._senders.discard(channel)

    # --- looking ---------------------------------------------------------------------------------

    def refused(self) -> str:
        return self.why_refused

    async def figures(self) -> QueueFigures:
        now = self._reach()
        inbound = [message for message in self.messages.values() if message.inbound is not None]
        waiting = [message.created_at for message in inbound if message.state == "waiting"]
        queued = list(self._in_state("queued"))
        return QueueFigures(
            received=len(inbound),
            handled=sum(message.state == "handled" for message in inbound),
            aside=sum(message.state == "aside" for message in inbound),
            waiting=len(waiting),
            oldest_waiting=now - min(waiting) if waiting else None,
            queued={lane: sum(message.lane is lane for message in queued) for lane in Lane},
        )

    async def said(self, contact: Contact, after: int = 0, limit: int = 200) -> list[Logged]:
        self._reach()
        ours = [
            message
            for message in self.messages.values()
            if message.conversation.contact == contact and message.id > after
        ]
        return [logged(message) for message in ours[:limit]]

    async def one(self, channel: str, message_id: int) -> tuple[Contact, Logged] | None:
        self._reach()
        found = self.messages.get(message_id)
        if found is None or found.conversation.contact.channel != channel:
            return None
        return found.conversation.contact, logged(found)

    def changes(self) -> AsyncIterator[None]:
        return self._wakes.on("arrived")

    def wake(self) -> None:
        self._wakes.wake_all()

    def outgoing_changes(self, channel: str) -> AsyncIterator[None]:
        return self._wakes.on(("outgoing", channel))

    def changed(self, contact: Contact) -> AsyncIterator[None]:
        return self._wakes.on(contact)

    def _in_state(self, state: str) -> Iterator[Message]:
        return (message for message in self.messages.values() if message.state == state)

    def _before(self, message: Message) -> Iterator[Message]:
        return (other for other in self.messages.values() if other.id < message.id)
