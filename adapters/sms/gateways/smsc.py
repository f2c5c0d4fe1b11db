"""smsc.ru. Source: the provider's pages under smsc.ru/api/http and public clients of them; there is no schema.

Our own number goes along as the message's id: the gateway keeps it, and refuses the same text to the same
number within a minute (error 9): after a lost answer that refusal says that the first attempt was taken.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.http import HttpClient
from adapters.sms.gateways.port import SAME_AGAIN_S, Called, Heard, Report, by_status, object_in, told, whole
from bot.errors import (
    ChannelAuthError,
    ChannelError,
    ChannelUnavailable,
    DeliveryRefused,
    MessageRefused,
    RateLimited,
)
from bot.messages import Delivery

SAME_AGAIN = 9
LARGEST_ID = 2**31 - 1
_ID = re.compile(r"(\d{1,12})-(\d{5,15})")
_DELIVERIES = {-1: Delivery.SENT, 0: Delivery.SENT, 1: Delivery.DELIVERED, 2: Delivery.READ, 4: Delivery.READ}
_FAILED = {
    3: "too old", 20: "cannot be delivered", 22: "no such number", 23: "forbidden", 24: "no money left",
    25: "the number takes none",
}  # fmt: skip
_NUMBER = frozenset({22})


class Smsc:
    """One account at smsc.ru."""

    def __init__(self, http: HttpClient, login: str, password: str, sender: str) -> None:
        self._http = http
        self._account = {"login": login, "psw": password, "fmt": "3", "charset": "utf-8"}
        self._sender = sender

    async def send(self, phone: str, text: str, own_id: int, attempt: int) -> str:
        form = {"phones": phone, "mes": text} | ({"sender": self._sender} if self._sender else {})
        if own_id <= LARGEST_ID:
            form["id"] = str(own_id)
        body = object_in(await self._call("send.php", form))
        code = whole(body.get("error_code"))
        if code == SAME_AGAIN and attempt > 1 and "id" in form:
            return f"{own_id}-{phone}"
        if code is not None or "error" in body:
            raise _refusal(code, told(body.get("error")))
        number = whole(body.get("id"))
        return "" if number is None else f"{number}-{phone}"

    async def reports(self, external_ids: Sequence[str]) -> list[Report]:
        found: list[Report] = []
        for start in range(0, len(external_ids), 100):
            pairs = [pair.groups() for name in external_ids[start : start + 100] if (pair := _ID.fullmatch(name))]
            if not pairs:
                continue
            # A comma at the end makes the answer a list even for one message.
            numbers, phones = (",".join(column) + "," for column in zip(*pairs, strict=True))
            answer = await self._call("status.php", {"id": numbers, "phone": phones})
            error = by_status(answer)
            if error is not None:
                raise error
            body = answer.json()
            if isinstance(body, dict) and "error" in body:
                raise _refusal(whole(body.get("error_code")), told(body.get("error")))
            for one in body if isinstance(body, list) else [body]:
                report = _report(one) if isinstance(one, dict) else None
                if report is not None and report.external_id in external_ids:
                    found.append(report)
        return found

    async def balance(self) -> str:
        body = object_in(await self._call("balance.php", {}))
        if "error" in body:
            raise _refusal(whole(body.get("error_code")), told(body.get("error")))
        return str(body.get("balance", "?"))

    def called(self, form: Mapping[str, str]) -> Called:
        """One status, or one message of a reader: those have words and no status."""
        phone = form.get("phone", "").removeprefix("+")
        if not re.fullmatch(r"\d{5,15}", phone):
            return Called(set_aside=("unknown_record",))
        if "mes" in form and "status" not in form:
            words = form["mes"].strip()
            told_apart = "\n".join(form.get(name, "") for name in ("id", "sms_id", "phone", "to", "time", "ts", "mes"))
            key = "in-" + hashlib.sha256(told_apart.encode("utf-8", "replace")).hexdigest()
            return Called(heard=(Heard(phone, words, key, _moment(form.get("ts"))),) if words else ())
        number = form.get("id", "")
        known = _ID.fullmatch(f"{number}-{phone}")
        return Called(asked=(known.group(),)) if known else Called(set_aside=("unknown_record",))

    async def _call(self, script: str, form: Mapping[str, str]) -> Any:
        return await self._http.call("POST", f"/sys/{script}", data={**self._account, **form})


def _moment(value: str | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(value or ""), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _report(one: Mapping[str, Any]) -> Report | None:
    name, code = f"{one.get('id')}-{one.get('phone')}", whole(one.get("status"))
    if code in _DELIVERIES:
        return Report(name, _DELIVERIES[code])
    if code in _FAILED:
        return Report(name, Delivery.FAILED, f"{code} {_FAILED[code]}", code in _NUMBER)
    return None


def _refusal(code: int | None, words: str) -> ChannelError:  # noqa: PLR0911 - a table of codes
    why = f"{code} {words}".strip()
    match code:
        case 2:
            return ChannelAuthError(f"{why}: see login and password of smsc.ru")
        case 3:
            return ChannelAuthError(f"{why}: no money left, pay at smsc.ru")
        case 4:
            return RateLimited(300)
        case 7 | 8:
            return DeliveryRefused(why)
        case 9:
            return RateLimited(SAME_AGAIN_S, whole_channel=False)
        case None:
            return ChannelUnavailable(why)
        case _:
            return MessageRefused(why)
