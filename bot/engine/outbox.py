"""Replies on their way: claimed, paced, sent, and what became of each is kept."""

import asyncio
import math
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.channels import Channel
from bot.clock import Clock
from bot.endings import ended
from bot.engine.batching import Hand, Row, Tasks, Together
from bot.engine.line import Line
from bot.engine.metrics import Metrics
from bot.engine.patience import InTime, rest
from bot.errors import (
    ChannelAuthError,
    ChannelError,
    ChannelUnavailable,
    DeliveryRefused,
    MessageRefused,
    RateLimited,
    StoreUnavailable,
    WindowClosed,
)
from bot.messages import Lane, Outbound
from bot.newest import Newest
from bot.overview import Standing
from bot.pacing import Pace
from bot.ports.log import Attempt, MessageLog
from bot.quick import dataclass

log = structlog.get_logger(__name__)

AT_ONCE = 64
"""Sendings of one channel under way at the same time."""
MOST_UNDER_WAY = 512
"""Sendings of one channel that are claimed and not marked yet."""
AUTH_PAUSE_S, LONGEST_AUTH_PAUSE_S = 60.0, 900.0
"""Before a messenger that refused our token is asked whether it knows us again."""
MOST_REFUSED = 3
"""So often one message is refused as if by a wrong token, while others leave, before it is set aside."""
LONGEST_WAIT_S = 2.0
"""For a chat's slot; a message that had to wait longer is put off, so that it holds up nobody else."""
CHATS = 10_000
STORE_PAUSE_S = 1.0
SECOND_SENDER_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """When to try again, as a value.

    Attributes:
        first_pause_s: Before the second attempt.
        longest_pause_s: No pause is longer.
        attempts: After so many failures a message is given up: about a day with the defaults.
        jitter: Each pause is lengthened by up to this share, so that many do not come back at once.
    """

    first_pause_s: float = 1.0
    longest_pause_s: float = 600.0
    attempts: int = 150
    jitter: float = 0.2

    def pause_s(self, attempt: int) -> float | None:
        """Seconds before the next attempt after ``attempt`` failures, None to give up."""
        if attempt >= self.attempts:
            return None
        pause = min(self.first_pause_s * 2.0 ** min(attempt - 1, 30), self.longest_pause_s)
        return float(pause * (1 + random.random() * self.jitter))  # noqa: S311 - no secret


def always(_: Outbound) -> bool:
    """Every message may leave."""
    return True


StillTrue = Callable[[Outbound], Awaitable[str]]
"""Asked seconds before a notice leaves: why it must not any more, "" where it may. Raises StoreUnavailable."""


class Chats:
    """When each chat may be written to again; those written to longest ago are forgotten.

    Args:
        rate_per_s: Messages a second to one contact, 0 for no limit.
        clock: Where moments come from.
    """

    def __init__(self, rate_per_s: float, clock: Clock) -> None:
        self._pause_s = 1 / rate_per_s if rate_per_s > 0 else 0.0
        self._clock = clock
        self._free: Newest[str, tuple[datetime, datetime]] = Newest(CHATS)
        """By address: since when, and until when it has to wait."""

    def wait_s(self, address: str) -> float:
        """Seconds until the chat may be written to; 0 for now."""
        free = self._free.get(address)
        if free is None:
            return 0.0
        (since, until), now = free, self._clock.now()
        return max(0.0, (until - now).total_seconds()) if now >= since else 0.0  # a clock set back ends the wait

    def sent(self, address: str, parts: int) -> None:
        """So many messages have gone there just now."""
        if self._pause_s:
            self.pause(address, self._pause_s * max(parts, 1))

    def pause(self, address: str, seconds: float) -> None:
        """The messenger asks to wait with this chat."""
        now = self._clock.now()
        self._free[address] = (now, now + timedelta(seconds=seconds))


class Outbox:
    """The sender of one channel.

    A message that the messenger took is marked as sent, however long the store is away; only a
    process that dies between the two sends it once more. Rather twice than never: a messenger with
    idempotency keys hides even that.
    """

    def __init__(
        self,
        name: str,
        channel: Channel,
        store: MessageLog,
        clock: Clock,
        metrics: Metrics,
        retry: RetryPolicy | None = None,
        *,
        allows: Callable[[Outbound], bool] = always,
        still_true: StillTrue | None = None,
    ) -> None:
        self._name = name
        self._allows = allows
        self._still_true = still_true
        self._chats = Chats(channel.capabilities.rate_per_chat_per_s, clock)
        self._line = Line(name, metrics)
        self._ours = False
        self._refusals = 0
        self._taken = 0
        """Messages that the messenger has taken."""
        self._odd: Newest[int, tuple[int, int]] = Newest(CHATS)
        """By message that was refused as if by a wrong token: how often while others left, and how many had by then."""
        self._channel = channel
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._retry = retry or RetryPolicy()
        self._turns = Pace(0 if channel.capabilities.paces else channel.capabilities.rate_per_s)
        self._paused_until = 0.0
        self._away = False
        self._drained = False
        self._tasks = Tasks()
        self._to_send = Row(self._tasks, self._send)
        self._to_mark = Together(self._tasks, self._mark)
        self._being_sent = self._under_way = 0
        self._look = asyncio.Event()
        self._stopping = asyncio.Event()

    @property
    def fault(self) -> str:
        """Why the messenger does not take what we send, and what to do; "" while it does."""
        return self._line.fault

    @property
    def standing(self) -> Standing | None:
        """How the messenger stands; None while another process sends for the account."""
        return self._line.standing if self._ours else None

    def stop(self) -> None:
        """End once the replies that are due have gone; notices and announcements wait for the next start."""
        self._stopping.set()
        self._look.set()

    async def run(self) -> None:
        """Send until :meth:`stop`; while another process sends for the account, wait."""
        while not self._stopping.is_set():
            try:
                async with self._store.sending(self._name) as ours:
                    self._ours = ours
                    if ours:
                        await self._send_all()
                if not ours:
                    await rest(SECOND_SENDER_S, self._stopping)
            except StoreUnavailable as error:
                self._say_away(error)
                await rest(STORE_PAUSE_S, self._stopping)

    async def _send_all(self) -> None:
        self._look.set()
        listening = asyncio.create_task(self._listen())
        try:
            while not (self._stopping.is_set() and self._drained and not self._under_way):
                await self._look.wait()
                self._look.clear()
                await self._begin_all()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await self._all_ended()

    async def _listen(self) -> None:
        async with ended(self._store.outgoing_changes(self._name)) as changes:
            async for _ in changes:
                self._look.set()

    async def _begin_all(self) -> None:
        """Begin sendings while there is room for more and something is due."""
        while not self._drained:
            await self._wait_until_unpaused()
            await self._ask_whether_wanted()
            room = min(self._at_once() - self._being_sent, MOST_UNDER_WAY - self._under_way)
            if room <= 0:
                return  # the end of a sending makes us look again
            none_under_way = not self._under_way  # before we ask: what is marked meanwhile may make more due
            batch = [] if self._is_paused() else await self._store.claim_outbound(self._name, room)
            self._away = False
            self._being_sent += len(batch)
            self._under_way += len(batch)
            self._to_send.add(batch)
            if self._stopping.is_set():
                nothing_left = not batch and none_under_way
                self._drained = nothing_left or any(message.lane is not Lane.REPLY for message in batch)
            if not batch:
                return

    def _at_once(self) -> int:
        """A paced channel is claimed for a second at most, so that a reply waits behind no more than that."""
        rate = self._channel.capabilities.rate_per_s
        return min(AT_ONCE, math.ceil(rate)) if rate > 0 else AT_ONCE

    async def _all_ended(self) -> None:
        """Wait for what is under way; cancelled, what is not sent yet waits for the next start."""
        try:
            while self._under_way:
                self._look.clear()
                await self._look.wait()
        except asyncio.CancelledError:
            await self._tasks.cancel()
            raise

    def _is_paused(self) -> bool:
        return self._paused_until > 0 and self._paused_until > asyncio.get_running_loop().time()

    async def _wait_until_unpaused(self) -> None:
        while self._is_paused() and not self._stopping.is_set():
            await rest(self._paused_until - asyncio.get_running_loop().time(), self._stopping)

    async def _ask_whether_wanted(self) -> None:
        """After a refused token nothing is sent until the messenger knows us again: the channel is stopped."""
        while self._refusals and not self._stopping.is_set() and not self._is_paused():
            try:
                await self._channel.ping()
            except ChannelAuthError as error:
                self._refused(error)
                await self._wait_until_unpaused()
            except ChannelError:
                return  # the next sending tells
            else:
                self._refusals = 0
                self._line.back()

    async def _wait_for_chat(self, chat_s: float) -> None:
        """Until the chat may be written to again. Raises RateLimited where that is far."""
        if chat_s > LONGEST_WAIT_S:
            raise RateLimited(chat_s, whole_channel=False)
        await asyncio.sleep(chat_s)

    def _heed_pause(self) -> None:
        """What was claimed before the messenger asked for a pause waits as well. Raises RateLimited."""
        if self._is_paused() and not self._refusals:
            raise RateLimited(self._paused_until - asyncio.get_running_loop().time())

    def _count_parts(self, message: Outbound, parts: int) -> None:
        """A long reply is several messages to the messenger: they use up slots as well."""
        if parts > 1:
            self._turns.used(parts - 1)
        self._chats.sent(message.contact.address, parts)

    def _objection(self, message: Outbound) -> str:
        """Why a message must not leave at all, "" where nothing speaks against it."""
        if not self._allows(message):
            return "it says something of a person, and the channel's data class is public_only"
        window, heard_at = self._channel.capabilities.window_h, message.heard_at
        if not window or heard_at is None or message.reply.template is not None:
            return ""
        return "the messenger's window is closed" if self._clock.now() - heard_at > timedelta(hours=window) else ""

    async def _send(self, message: Outbound, hand: Hand) -> None:
        attempt = await InTime(self._tried(message), None, hand.waits)
        self._being_sent -= 1
        self._to_mark.add(attempt)
        self._look.set()

    async def _untrue(self, message: Outbound) -> str:
        """Why a notice must not leave any more, "" where it may; while the store is away nobody knows, so it waits."""
        assert self._still_true is not None
        while True:
            try:
                return await self._still_true(message)
            except StoreUnavailable as error:
                self._say_away(error)
                if self._stopping.is_set():
                    raise ChannelUnavailable("the store is away") from error
                await rest(STORE_PAUSE_S, self._stopping)

    async def _tried(self, message: Outbound) -> Attempt:
        try:
            if objection := self._objection(message):
                raise MessageRefused(objection)
            if (chat_s := self._chats.wait_s(message.contact.address)) > 0:
                await self._wait_for_chat(chat_s)
            if self._still_true is not None and message.lane is Lane.NOTICE and (why := await self._untrue(message)):
                return self._dropped(message, why)
            if self._turns.is_limited:
                async with self._turns.turn():
                    self._heed_pause()
                    sent = await self._channel.send(message)
            else:
                self._heed_pause()
                sent = await self._channel.send(message)
        except (MessageRefused, WindowClosed) as error:
            return self._given_up(message, str(error))
        except DeliveryRefused as error:
            return self._given_up(message, str(error), unreachable=True)
        except ChannelError as error:
            return self._later(message, error)
        except Exception as error:
            # A fault of ours in rendering: this one message is given up, the channel goes on.
            log.exception("sending failed", channel=self._name, message=message.message_id)
            return self._given_up(message, f"{type(error).__name__}: {error}")
        self._metrics.sent(self._name, "sent")
        self._count_parts(message, len(sent.external_ids))
        self._taken += 1
        self._refusals = 0
        self._line.back()
        return Attempt(message_id=message.message_id, channel=self._name, external_ids=sent.external_ids)

    async def _mark(self, attempts: list[Attempt]) -> None:
        """Keep what became of sendings; a lost mark would send the message again."""
        while True:
            try:
                faults = await self._store.attempted_many(attempts)
            except StoreUnavailable as error:
                self._say_away(error)
                if self._stopping.is_set():
                    log.warning("sent and not marked", channel=self._name, messages=len(attempts))
                    break
                await rest(STORE_PAUSE_S, self._stopping)
            except Exception:
                log.exception("sent and not marked", channel=self._name, messages=len(attempts))
                break
            else:
                for attempt, fault in zip(attempts, faults, strict=True):
                    if fault is not None:
                        kind = type(fault).__name__
                        log.error("not marked", channel=self._name, message=attempt.message_id, error=kind)
                break
        self._under_way -= len(attempts)
        self._look.set()

    def _dropped(self, message: Outbound, why: str) -> Attempt:
        """Nothing went wrong: what it says is not true any more."""
        self._metrics.sent(self._name, "dropped")
        return Attempt(message_id=message.message_id, channel=self._name, reason=why)

    def _given_up(self, message: Outbound, reason: str, *, unreachable: bool = False) -> Attempt:
        self._metrics.sent(self._name, "refused")
        return Attempt(
            message_id=message.message_id, channel=self._name, reason=reason or "refused", unreachable=unreachable
        )

    def _later(self, message: Outbound, error: ChannelError) -> Attempt:
        self._metrics.sent(self._name, "retry")
        pause: float | None
        if isinstance(error, RateLimited):
            pause = error.retry_after_s  # asked to wait: that is no failure and never given up
            if error.whole_channel:
                self._pause(pause)
            else:
                self._chats.pause(message.contact.address, pause)
        elif isinstance(error, ChannelAuthError):
            pause = self._refused_alone(message) if self._is_odd(message) else self._refused(error)
        else:
            pause = self._retry.pause_s(message.attempt)
            self._line.lost(error)
        if pause is None:
            return self._given_up(message, f"given up after {message.attempt} attempts: {error}")
        return Attempt(
            message_id=message.message_id,
            channel=self._name,
            retry_at=self._clock.now() + timedelta(seconds=pause),
        )

    def _pause(self, seconds: float) -> None:
        until = asyncio.get_running_loop().time() + seconds
        self._paused_until = max(self._paused_until, until)

    def _refused(self, error: ChannelAuthError) -> float:
        """Stop the channel for a growing while; returns the seconds."""
        pause = min(AUTH_PAUSE_S * 2.0**self._refusals, LONGEST_AUTH_PAUSE_S)
        if not self._is_paused():
            self._refusals += 1
            self._pause(pause)
        self._line.lost(error)
        return pause

    def _is_odd(self, message: Outbound) -> bool:
        """Whether others have left since the token was refused for this very message: it is not the token, then."""
        times, taken = self._odd.get(message.message_id) or (0, self._taken)
        is_odd = self._taken > taken
        self._odd[message.message_id] = (times + is_odd, self._taken)
        return is_odd

    def _refused_alone(self, message: Outbound) -> float | None:
        """Seconds until this one message is tried again, None to set it aside; the channel goes on."""
        times, _ = self._odd.get(message.message_id) or (0, 0)
        log.warning("message refused as if by a wrong token", channel=self._name, message=message.message_id)
        return AUTH_PAUSE_S if times < MOST_REFUSED else None

    def _say_away(self, error: StoreUnavailable) -> None:
        if not self._away:
            self._away = True
            log.error("store lost", channel=self._name, why=str(error))
