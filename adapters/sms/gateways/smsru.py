"""sms.ru. Source: sms.ru/api/status and public clients of the gateway; there is no schema."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.http import HttpClient
from adapters.sms.gateways.port import SAME_AGAIN_S, Called, Report, object_in, told, whole
from bot.errors import (
    ChannelAuthError,
    ChannelError,
    ChannelUnavailable,
    DeliveryRefused,
    MessageRefused,
    RateLimited,
)
from bot.messages import Delivery

OK = 100
_KEY = frozenset({200, 300, 301, 302, 303, 304, 305})
_SAME = frozenset({231, 232})
_NUMBER = frozenset({202, 207, 209, 213, 214})
_LATER = frozenset({220, 500, 506, 507, 508, 509})
_ON_ITS_WAY = frozenset({100, 101, 102})
_ARRIVED = frozenset({103, 110})
_FAILED = {
    104: "too old", 105: "deleted by the carrier", 106: "the telephone failed", 107: "unknown", 108: "refused",
    150: "no route", 202: "no such number", 207: "no route to the number", 209: "the number is in the stop list",
}  # fmt: skip
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class SmsRu:
    """One account at sms.ru."""

    def __init__(self, http: HttpClient, key: str, sender: str) -> None:
        self._http = http
        self._key = key
        self._sender = sender

    async def send(self, phone: str, text: str, own_id: int, attempt: int) -> str:
        form = {"to": phone, "msg": text} | ({"from": self._sender} if self._sender else {})
        body = await self._call("/sms/send", form)
        each = body.get("sms")
        one = each.get(phone) if isinstance(each, dict) else None
        if not isinstance(one, dict):
            raise ChannelUnavailable("an answer without the number")
        code = whole(one.get("status_code"))
        if code == OK:
            return str(one.get("sms_id") or "")
        if code in _SAME and attempt > 1:
            return ""  # our first attempt was taken, its answer got lost
        raise _refusal(code, told(one.get("status_text")))

    async def reports(self, external_ids: Sequence[str]) -> list[Report]:
        found: list[Report] = []
        for start in range(0, len(external_ids), 100):
            some = [name for name in external_ids[start : start + 100] if _ID.fullmatch(name)]
            each = (await self._call("/sms/status", {"sms_id": ",".join(some)})).get("sms") if some else {}
            for name, one in each.items() if isinstance(each, dict) else ():
                report = _report(name, whole(one.get("status_code"))) if isinstance(one, dict) else None
                if report is not None and name in some:
                    found.append(report)
        return found

    async def balance(self) -> str:
        return str((await self._call("/my/balance", {})).get("balance", "?"))

    def called(self, form: Mapping[str, str]) -> Called:
        """Up to a hundred records, each some lines: what it is, the message's id, its status."""
        asked, aside = [], []
        for name, value in form.items():
            if not name.startswith("data"):
                continue
            lines = value.split("\n")
            if lines[0].strip() == "sms_status" and len(lines) > 1 and _ID.fullmatch(lines[1].strip()):
                asked.append(lines[1].strip())
            elif lines[0].strip() != "test":
                aside.append("unknown_record")
        return Called(asked=tuple(dict.fromkeys(asked)), set_aside=tuple(aside), answer=b"100")

    async def _call(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        body = object_in(await self._http.call("POST", path, data={"api_id": self._key, "json": "1", **form}))
        code = whole(body.get("status_code"))
        if body.get("status") != "OK" or code != OK:
            raise _refusal(code, told(body.get("status_text")))
        return body


def _report(name: str, code: int | None) -> Report | None:
    if code in _ARRIVED:
        return Report(name, Delivery.DELIVERED)
    if code in _ON_ITS_WAY:
        return Report(name, Delivery.SENT)
    if code in _FAILED:
        return Report(name, Delivery.FAILED, f"{code} {_FAILED[code]}", code in _NUMBER)
    return None


def _refusal(code: int | None, words: str) -> ChannelError:  # noqa: PLR0911 - a table of codes
    why = f"{code} {words}".strip()
    if code in _KEY:
        return ChannelAuthError(f"{why}: see api_id in the account at sms.ru")
    if code == 201:
        return ChannelAuthError(f"{why}: no money left, pay at sms.ru")
    if code == 204:
        return ChannelAuthError(f"{why}: the sender's name is not registered at sms.ru")
    if code == 206:
        return RateLimited(3600)
    if code in _SAME:
        return RateLimited(SAME_AGAIN_S, whole_channel=False) if code == 231 else MessageRefused(why)
    if code in _NUMBER:
        return DeliveryRefused(why)
    return ChannelUnavailable(why) if code in _LATER or code is None else MessageRefused(why)
