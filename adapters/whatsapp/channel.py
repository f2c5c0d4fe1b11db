"""One WhatsApp number as a channel (fills ``Pushed``, ``Courteous``, ``Fetching``, ``Linked``)."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from time import monotonic
from typing import Any
from urllib.parse import quote

import structlog

from adapters.http import HttpAnswer, HttpClient
from adapters.parts import PartsUnderWay
from adapters.refusals import LastRefusal
from adapters.signatures import same
from adapters.uploads import Uploads
from adapters.whatsapp.addresses import recipient
from adapters.whatsapp.errors import fault
from adapters.whatsapp.limits import PairLimit
from adapters.whatsapp.media import KEPT_FOR, Media
from adapters.whatsapp.parse import ReadMark, begin_text, read, warnings
from adapters.whatsapp.render import Piece, capabilities, pieces, template
from adapters.whatsapp.settings import WhatsAppSettings
from bot.channels import Accepted, Setting, Webhook
from bot.errors import (
    BadSignature,
    ChannelAuthError,
    ChannelError,
    ChannelUnavailable,
    DeliveryRefused,
    MessageRefused,
    RateLimited,
    WindowClosed,
)
from bot.messages import Outbound, Sent
from bot.pacing import Pace
from bot.proof import proof_of
from bot.wording import gettext as _
from bot.wording import in_language

log = structlog.get_logger(__name__)

WINDOW = timedelta(hours=24)
MARGIN = timedelta(minutes=1)
"""The window is Meta's and closes by Meta's clock: so much earlier we take it for closed."""
JUST_NOW = timedelta(seconds=2)
"""Meta counts readers' messages for the number's rate too, in their own second (its stamps are whole seconds)."""
UNDER_WAY = timedelta(minutes=1)
"""Whoever wrote so shortly before a start may have been answered by a process that did not live to note it."""
WORD_COMES_S = 3.0
"""How long after a start such answers wait: Meta repeats what it could not tell us meanwhile, that they were sent."""


class WhatsApp:
    """Sends through the Graph API, reads what Meta posts to us."""

    def __init__(self, options: WhatsAppSettings, setting: Setting) -> None:
        self.capabilities = capabilities(options.rate_per_s)
        self._options = options
        self._setting = setting
        token = options.token.get_secret_value()
        self._http = HttpClient(options.api_url, headers={"Authorization": f"Bearer {token}"}, secrets=(token,))
        self._media = Media(
            self._http, options.phone_number_id, options.api_url, Uploads(setting.files, setting.clock, KEPT_FOR)
        )
        self._parts = PartsUnderWay()
        self._refusal = LastRefusal()
        self._pairs = PairLimit()
        self._pace = Pace(self.capabilities.rate_per_s)
        self._quiet_until = 0.0
        self._phone = ""
        self._started = setting.clock.now()

    # --- in --------------------------------------------------------------------------------------

    def accept(self, webhook: Webhook) -> Accepted:
        """Check Meta's signature over the raw bytes, then read every message and status of the batch.

        Raises:
            BadSignature: It is not Meta's, or somebody registers the webhook who does not know our word.
        """
        if webhook.method == "GET":
            return self._verified(webhook)
        key = self._options.app_secret.get_secret_value().encode()
        expected = "sha256=" + hmac.new(key, webhook.body, hashlib.sha256).hexdigest()
        if not same(_header(webhook.headers, "X-Hub-Signature-256"), expected):
            raise BadSignature("the signature is not the app's")
        for warning in warnings(webhook.body):
            log.warning("word of the messenger", channel=self._setting.name, what=warning)
        now = self._setting.clock.now()
        accepted = read(
            webhook.body, channel=self._setting.name, phone_number_id=self._options.phone_number_id, now=now
        )
        self._pace.used(sum(now - message.sent_at < JUST_NOW for message in accepted.messages))
        return accepted

    def _verified(self, webhook: Webhook) -> Accepted:
        """Meta asks once, when the webhook is registered; the challenge goes back as plain text."""
        word = webhook.query.get("hub.verify_token", "")
        right = same(word, self._options.verify_token.get_secret_value())
        if webhook.query.get("hub.mode") != "subscribe" or not right:
            raise BadSignature("the verify token is not ours")
        return Accepted(answer=webhook.query.get("hub.challenge", "").encode("utf-8", "replace"))

    async def courtesy(self, what: object) -> None:
        """One call shows both: the message is read, and we are typing (for 25 seconds at most)."""
        if not isinstance(what, ReadMark):
            return
        body = {"status": "read", "message_id": what.message_id, "typing_indicator": {"type": "text"}}
        await self._post(body)

    async def fetch(self, handle: str, limit: int) -> bytes:
        """The picture that a reader sent."""
        return await self._media.fetch(handle, limit)

    # --- out -------------------------------------------------------------------------------------

    async def send(self, message: Outbound) -> Sent:
        """Free words within 24 hours of the reader's last message, an approved template later.

        Raises:
            WindowClosed: Later, and the reply has no template, or the configuration does not name it.
        """
        to = recipient(message.contact.address)
        if to is None:
            raise DeliveryRefused("neither a phone number nor an id of WhatsApp")
        self._wait_for_word(message)
        approved = self._template(message)
        if approved is not None and (message.heard_at is None or self._is_closed(message)):
            return await self._send_template(message, to, approved)
        if self._is_closed(message):
            raise WindowClosed("more than 24 hours since the reader wrote, and no template for this")
        with in_language(message.reply.language or self._setting.language):
            calls = pieces(message.reply)
        try:
            return await self._parts.send(
                message.message_id,
                calls,
                lambda piece: self._send_piece(message, to, piece, is_last=piece is calls[-1]),
            )
        except WindowClosed:
            if approved is None:
                raise
            return await self._send_template(message, to, approved)

    def _wait_for_word(self, message: Outbound) -> None:
        """Raises RateLimited where Meta may yet tell that the message was sent before we started."""
        left_s = WORD_COMES_S - (self._setting.clock.now() - self._started).total_seconds()
        heard_at = message.heard_at
        if heard_at is not None and left_s > 0 and self._started - UNDER_WAY <= heard_at < self._started:
            raise RateLimited(min(left_s, WORD_COMES_S), whole_channel=False)

    def _is_closed(self, message: Outbound) -> bool:
        return message.heard_at is not None and self._setting.clock.now() - message.heard_at > WINDOW - MARGIN

    def _template(self, message: Outbound) -> Mapping[str, Any] | None:
        wanted = message.reply.template
        approved = self._options.templates.get(wanted.name) if wanted else None
        return template(wanted, approved) if wanted and approved else None

    async def _send_template(self, message: Outbound, to: Mapping[str, str], body: Mapping[str, Any]) -> Sent:
        self._pairs.take(message.contact.address)
        return Sent(external_ids=(await self._send_body(message, to, body),))

    async def _send_piece(self, message: Outbound, to: Mapping[str, str], piece: Piece, *, is_last: bool) -> str:
        media_id = await self._media.uploaded(piece.file) if piece.file else ""
        self._pairs.take(message.contact.address)
        try:
            return await self._send_body(message, to, piece.filled(media_id), is_last=is_last)
        except MessageRefused:
            if piece.file:
                self._media.forget(piece.file)
            raise

    async def _send_body(
        self, message: Outbound, to: Mapping[str, str], body: Mapping[str, Any], *, is_last: bool = True
    ) -> str:
        whole = {"recipient_type": "individual", **to, **body}
        if is_last:  # comes back with every status: a lost answer is made up for
            proof = proof_of(message.message_id, message.contact.address, message.reply.text)
            whole["biz_opaque_callback_data"] = proof
        try:
            async with self._pace.turn():  # of messages only: read marks and uploads do not count for Meta's rate
                self._heed_flood()
                answer = await self._post(whole)
        except ChannelAuthError as error:
            self._refusal.keep(error)
            raise
        except RateLimited as error:
            if error.whole_channel:
                self._quiet_until = max(self._quiet_until, monotonic() + error.retry_after_s)
                raise
            raise self._pairs.refused(message.contact.address) from None
        self._refusal.forget()
        self._pairs.taken(message.contact.address)
        return _message_id(answer)

    def _heed_flood(self) -> None:
        """What waited for its turn when Meta asked for a pause waits as well. Raises RateLimited."""
        left_s = self._quiet_until - monotonic()
        if left_s > 0:
            raise RateLimited(left_s)

    async def _post(self, body: Mapping[str, Any]) -> HttpAnswer:
        path = f"/{self._options.phone_number_id}/messages"
        answer = await self._http.call("POST", path, json={"messaging_product": "whatsapp", **body})
        error = fault(answer)
        if error is not None:
            raise error
        return answer

    # --- who we are ------------------------------------------------------------------------------

    async def ping(self) -> str:
        """The number's name, the number, and what Meta thinks of its quality."""
        self._refusal.check()
        about = await self._about()
        quality = str(about.get("quality_rating") or "NA")
        return f"{about.get('verified_name') or '?'}, {about.get('display_phone_number') or '?'}, quality {quality}"[
            :200
        ]

    async def join_link(self, parameter: str = "") -> str:
        """``wa.me`` with the first words already typed: only they can tell where the reader comes from."""
        if not self._phone:
            about = await self._about()
            self._phone = "".join(letter for letter in str(about.get("display_phone_number")) if letter.isdigit())
        if not self._phone:
            raise ChannelUnavailable("Meta does not tell the number")
        with in_language(self._setting.language):
            words = begin_text(_("Здравствуйте!"), parameter)
        return f"https://wa.me/{self._phone}?text={quote(words)}"

    async def _about(self) -> Mapping[str, Any]:
        fields = "display_phone_number,verified_name,quality_rating"
        answer = await self._http.call("GET", f"/{self._options.phone_number_id}", params={"fields": fields})
        error: ChannelError | None = fault(answer)
        if error is not None:
            raise error
        body = answer.json()
        if not isinstance(body, dict):
            raise ChannelUnavailable("not an answer of the Graph API: see api_url")
        return body

    async def aclose(self) -> None:
        """Give back the connections."""
        await self._http.aclose()


def _message_id(answer: HttpAnswer) -> str:
    """The id of what was taken; "" where a good answer names none: sending once more would double it."""
    body = answer.json()
    messages = body.get("messages") if isinstance(body, dict) else None
    first = messages[0] if isinstance(messages, list) and messages else None
    return str(first.get("id") or "") if isinstance(first, dict) else ""


def _header(headers: Mapping[str, str], name: str) -> str:
    found = headers.get(name)
    if found is None:
        found = next((value for key, value in headers.items() if key.lower() == name.lower()), "")
    return found
