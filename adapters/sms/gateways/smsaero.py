"""SMS Aero. Source: answers as the provider's own Python client documents them (smsaero-api-async 3.2.0); no schema."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from adapters.http import HttpClient
from adapters.sms.gateways.port import Called, Report, object_in, told, whole
from bot.errors import ChannelAuthError, ChannelError, ChannelUnavailable, InputError, MessageRefused
from bot.messages import Delivery

_DELIVERIES = {
    0: Delivery.SENT, 1: Delivery.DELIVERED, 3: Delivery.SENT, 4: Delivery.SENT, 8: Delivery.SENT,
    2: Delivery.FAILED, 6: Delivery.FAILED,
}  # fmt: skip
_ID = re.compile(r"\d{1,18}")
DEFAULT_SIGN = "SMS Aero"


class SmsAero:
    """One account at SMS Aero."""

    def __init__(self, http: HttpClient, login: str, key: str, sender: str) -> None:
        self._http = http
        self._account = {"Authorization": aiohttp.encode_basic_auth(login, key)}
        self._sender = sender or DEFAULT_SIGN

    async def send(self, phone: str, text: str, own_id: int, attempt: int) -> str:
        data = (await self._call("sms/send", {"number": phone, "text": text, "sign": self._sender})).get("data")
        if isinstance(data, list):  # so it answers a list of numbers
            data = data[0] if data else None
        return str(data.get("id") or "") if isinstance(data, dict) else ""

    async def reports(self, external_ids: Sequence[str]) -> list[Report]:
        """One question a message: the gateway knows no other."""
        found: list[Report] = []
        for name in external_ids:
            if not _ID.fullmatch(name):
                continue
            try:
                data = (await self._call("sms/status", {"id": int(name)})).get("data")
            except (MessageRefused, InputError):
                continue
            if not isinstance(data, dict):
                continue
            code = whole(data.get("status"))
            delivery = _DELIVERIES.get(-1 if code is None else code)
            if delivery is not None:
                reason = told(data.get("extendStatus")) if delivery is Delivery.FAILED else ""
                found.append(Report(name, delivery, reason))
        return found

    async def balance(self) -> str:
        data = (await self._call("balance", {})).get("data")
        return str(data.get("balance", "?") if isinstance(data, dict) else "?")

    def called(self, form: Mapping[str, str]) -> Called:
        name = form.get("id", "")
        return Called(asked=(name,)) if _ID.fullmatch(name) else Called(set_aside=("unknown_record",))

    async def _call(self, path: str, what: Mapping[str, Any]) -> dict[str, Any]:
        body = object_in(await self._http.call("POST", f"/v2/{path}", json=dict(what), headers=self._account))
        error = _refusal(body)
        if error is not None:
            raise error
        return body


def _refusal(body: Mapping[str, Any]) -> ChannelError | None:
    if body.get("result") == "reject":
        return ChannelAuthError(f"{told(body.get('reason'))}: see login and key of SMS Aero")
    if body.get("result") == "no credits":
        return ChannelAuthError("no money left, pay at SMS Aero")
    if body.get("success") is True:
        return None
    if "success" not in body:
        return ChannelUnavailable(told(body.get("result") or "an answer of another kind"))
    return MessageRefused(told(body.get("message")) or "refused")
