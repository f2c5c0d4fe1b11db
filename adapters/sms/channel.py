"""One account at a gateway as a channel: reports come by callbacks (``Pushed``) or by asking (``Polled``)."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from adapters.http import HttpClient
from adapters.refusals import LastRefusal
from adapters.signatures import same
from adapters.sms.counting import parts, price
from adapters.sms.gateways.port import Gateway, Report
from adapters.sms.gateways.smsaero import SmsAero
from adapters.sms.gateways.smsc import Smsc
from adapters.sms.gateways.smsru import SmsRu
from adapters.sms.parse import AskFor, accepted, form_of, receipt, secret_of
from adapters.sms.render import capabilities, text_of
from adapters.sms.settings import SmsSettings
from bot.channels import Accepted, Price, Setting, Webhook
from bot.errors import BadSignature, ChannelAuthError, ChannelError, DeliveryRefused, MessageRefused
from bot.messages import Delivery, Outbound, Reply, Sent
from bot.newest import Newest
from bot.wording import in_language

ASKED_FOR = timedelta(days=3)
"""Later a carrier says nothing new: messages live a day, two at most."""
ASKED_AT_MOST = 10_000
AT_ONCE = 100
_PHONE = re.compile(r"\d{10,15}")


class Sms:
    """Sends, counts and introduces itself; how reports come is for the two below."""

    def __init__(self, options: SmsSettings, setting: Setting) -> None:
        self.capabilities = capabilities(options)
        self._options = options
        self._setting = setting
        key, password = options.key.get_secret_value(), options.password.get_secret_value()
        self._http = HttpClient(options.address, secrets=(key, password))
        self._gateway = _gateway(options, self._http)
        self._refusal = LastRefusal()

    async def send(self, message: Outbound) -> Sent:
        """One text to one number."""
        phone = message.contact.address.removeprefix("+")
        if not _PHONE.fullmatch(phone):
            raise DeliveryRefused("no telephone number")
        text = self.text(message.reply)
        if not text:
            raise MessageRefused("nothing that a short message could say")
        try:
            name = await self._gateway.send(phone, text, message.message_id, message.attempt)
        except ChannelAuthError as error:
            self._refusal.keep(error)
            raise
        self._refusal.forget()
        if name:
            self._sent(name)
        return Sent(external_ids=(name,) if name else ())

    def price(self, reply: Reply) -> Price:
        """What a reply will cost, before it is sent (``bot.channels.Priced``)."""
        text = self.text(reply)
        return Price(parts=len(parts(text).pieces), total=price(text, self._options.price_per_part))

    def text(self, reply: Reply) -> str:
        """What goes out of a reply (``bot.channels.Priced``)."""
        with in_language(reply.language or self._setting.language):
            return text_of(reply, self._options)

    def _sent(self, external_id: str) -> None:
        """A message whose fate is of interest from now on."""

    async def ping(self) -> str:
        """The gateway and the money that is left. Raises ChannelAuthError where there is none: nothing would go."""
        self._refusal.check()
        balance = await self._gateway.balance()
        if re.fullmatch(r"-.*|0(\.0*)?", balance):
            raise ChannelAuthError(f"no money left at {self._options.provider}: {balance} RUB")
        return f"{self._options.provider} {self._options.sender}".rstrip() + f", balance {balance} RUB"

    async def aclose(self) -> None:
        """Give back the connections."""
        await self._http.aclose()

    def _kept(self, reports: list[Report]) -> Accepted:
        now = self._setting.clock.now()
        return Accepted(events=tuple(receipt(report, channel=self._setting.name, now=now) for report in reports))


class SmsByCallback(Sms):
    """The gateway calls us; it signs nothing, so a callback is a hint that makes us ask."""

    def __init__(self, options: SmsSettings, setting: Setting) -> None:
        super().__init__(options, setting)
        self._named: Newest[str, None] = Newest(ASKED_AT_MOST)
        self._asking = False

    def accept(self, webhook: Webhook) -> Accepted:
        """Read a callback. Raises BadSignature where the secret in its address is not ours."""
        if not same(secret_of(webhook), self._options.secret.get_secret_value()):
            raise BadSignature("the secret is not ours")
        called = self._gateway.called(form_of(webhook))
        return accepted(called, channel=self._setting.name, now=self._setting.clock.now())

    async def courtesy(self, what: object) -> Accepted | None:
        """Ask what became of the messages that a callback named; callbacks that come meanwhile are asked for along."""
        if not isinstance(what, AskFor):
            return None
        for name in what.external_ids:
            self._named[name] = None
        if self._asking:
            return None
        self._asking = True
        try:
            return self._kept(await self._told())
        finally:
            self._asking = False

    async def _told(self) -> list[Report]:
        """Reports of all messages that were named; what a fault leaves is asked for with the next callback."""
        reports: list[Report] = []
        try:
            while self._named:
                some = tuple(self._named)[:AT_ONCE]
                reports += await self._gateway.reports(some)
                for name in some:
                    self._named.pop(name, None)
        except ChannelError:
            if not reports:
                raise
        return reports


class SmsByPolling(Sms):
    """We ask, as long as this process lives, about what it sent."""

    def __init__(self, options: SmsSettings, setting: Setting) -> None:
        super().__init__(options, setting)
        self._open: Newest[str, tuple[datetime, Delivery | None]] = Newest(ASKED_AT_MOST)

    def _sent(self, external_id: str) -> None:
        self._open[external_id] = (self._setting.clock.now(), None)

    async def updates(self) -> AsyncIterator[Accepted]:
        """Every ``poll_s`` seconds what has changed."""
        while True:
            await asyncio.sleep(self._options.poll_s)
            oldest = self._setting.clock.now() - ASKED_FOR
            for name in [name for name, known in self._open.items() if known[0] <= oldest]:
                del self._open[name]
            reports = await self._gateway.reports(tuple(self._open)) if self._open else []
            news = [
                report for report in reports if self._open.get(report.external_id, (None, None))[1] != report.delivery
            ]
            yield self._kept(news)
            for report in news:  # told only once it is stored
                self._heard(report)

    def _heard(self, report: Report) -> None:
        known = self._open.get(report.external_id)
        if known and report.delivery is Delivery.SENT:
            self._open[report.external_id] = (known[0], report.delivery)
        else:
            self._open.pop(report.external_id, None)


def build(options: SmsSettings, setting: Setting) -> Sms:
    """The channel as its options want it."""
    return SmsByCallback(options, setting) if options.reports == "callback" else SmsByPolling(options, setting)


def _gateway(options: SmsSettings, http: HttpClient) -> Gateway:
    key, password = options.key.get_secret_value(), options.password.get_secret_value()
    match options.provider:
        case "smsru":
            return SmsRu(http, key, options.sender)
        case "smsc":
            return Smsc(http, options.login, password, options.sender)
        case "smsaero":
            return SmsAero(http, options.login, key, options.sender)
