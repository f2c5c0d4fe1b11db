"""Three gateways on loopback: sms.ru, smsc.ru, SMS Aero. None publishes a schema: the checks are from their pages."""

import base64
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
from aiohttp import web

from tests.emulators.base import Emulator

_PHONE = re.compile(r"7\d{10}")


@dataclass(slots=True)
class Taken:
    """One message that the gateway took; ``status`` is in the gateway's own numbers."""

    name: str
    phone: str
    text: str
    sender: str
    status: int


class SmsEmulator(Emulator):
    """What the three have in common.

    Attributes:
        taken: Messages that were taken, in order.
        refused: Phone → the code that the gateway answers for it.
        money: Roubles left; a message costs five.
    """

    on_its_way = 0
    arrived = 1

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Taken] = []
        self.refused: dict[str, int] = {}
        self.money = 100.0

    def take(self, name: str, phone: str, text: str, sender: str = "") -> Taken:
        """Keep a message and charge for it."""
        if not text.strip() or len(text) > 1000:
            self.wrong.append(f"a text of {len(text)} characters")
        if sender == "":
            self.wrong.append("no registered sender")
        self.money -= 5
        self.taken.append(Taken(name, phone, text, sender, self.on_its_way))
        return self.taken[-1]

    def named(self, name: str) -> Taken | None:
        """The message of this id."""
        return next((taken for taken in self.taken if taken.name == name), None)

    async def calls_back(self, hook: str, form: dict[str, str], encoding: str = "utf-8") -> tuple[int, str]:
        """Post a form to us."""
        body = urlencode(form, encoding=encoding).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        async with aiohttp.ClientSession() as session, session.post(hook, data=body, headers=kind) as answer:
            return answer.status, await answer.text()


async def _form(request: web.Request) -> dict[str, str]:
    return dict(parse_qsl((await request.read()).decode(), keep_blank_values=True, strict_parsing=True))


class SmsRuEmulator(SmsEmulator):
    """sms.ru: a status of the whole and one a number; no idempotency, but the same text twice a minute is refused."""

    on_its_way = 102
    arrived = 103
    key = "test-key"

    def __init__(self) -> None:
        super().__init__()
        self.app.add_routes(
            [
                web.post("/sms/send", self._send),
                web.post("/sms/status", self._status),
                web.post("/my/balance", self._balance),
            ]
        )

    @staticmethod
    def _error(code: int, words: str) -> web.Response:
        return web.json_response({"status": "ERROR", "status_code": code, "status_text": words})

    def _entrance(self, form: dict[str, str]) -> web.Response | None:
        if form.get("json") != "1":
            self.wrong.append("json=1 is missing: the answer would be plain text")
        return None if form.get("api_id") == self.key else self._error(200, "Неправильный api_id")

    async def _send(self, request: web.Request) -> web.Response:
        form = await _form(request)
        refused = self._entrance(form)
        if refused is not None:
            return refused
        if self.money <= 0:
            return self._error(201, "Не хватает средств на лицевом счету")
        phone, text = form["to"], form["msg"]
        if not _PHONE.fullmatch(phone):
            self.wrong.append(f"to={phone}")
        code = self.refused.get(phone, 0)
        if any(taken.phone == phone and taken.text == text for taken in self.taken):
            code = 231
        if code:
            one: dict[str, Any] = {"status": "ERROR", "status_code": code, "status_text": f"Отказ для {phone}"}
        else:
            name = f"000000-{10_000_000 + len(self.taken)}"
            self.take(name, phone, text, form.get("from", ""))
            one = {"status": "OK", "status_code": 100, "sms_id": name}
        return web.json_response({"status": "OK", "status_code": 100, "sms": {phone: one}, "balance": self.money})

    async def _status(self, request: web.Request) -> web.Response:
        form = await _form(request)
        refused = self._entrance(form)
        if refused is not None:
            return refused
        names = form["sms_id"].split(",")
        if len(names) > 100:
            self.wrong.append("more than 100 ids")
        each = {
            name: {"status": "OK", "status_code": (taken.status if (taken := self.named(name)) else -1)}
            for name in names
        }
        return web.json_response({"status": "OK", "status_code": 100, "sms": each, "balance": self.money})

    async def _balance(self, request: web.Request) -> web.Response:
        refused = self._entrance(await _form(request))
        return refused or web.json_response({"status": "OK", "status_code": 100, "balance": self.money})

    async def tells(self, hook: str, *messages: Taken) -> tuple[int, str]:
        """Call back with the statuses of some messages in one request."""
        form = {
            f"data[{number}]": f"sms_status\n{taken.name}\n{taken.status}\n1741200000"
            for number, taken in enumerate(messages)
        }
        return await self.calls_back(hook, form)


class SmscEmulator(SmsEmulator):
    """smsc.ru: our own id, error 9 for the same again within a minute, lists only with a comma at the end."""

    login, password = "library", "test-password"

    def __init__(self) -> None:
        super().__init__()
        self.app.add_routes(
            [
                web.post("/sys/send.php", self._send),
                web.post("/sys/status.php", self._status),
                web.post("/sys/balance.php", self._balance),
            ]
        )

    def _entrance(self, form: dict[str, str]) -> web.Response | None:
        if form.get("fmt") != "3" or form.get("charset") != "utf-8":
            self.wrong.append("fmt=3 and charset=utf-8 are wanted")
        right = (form.get("login"), form.get("psw")) == (self.login, self.password)
        return None if right else web.json_response({"error": "authorise error", "error_code": 2})

    async def _send(self, request: web.Request) -> web.Response:
        form = await _form(request)
        refused = self._entrance(form)
        if refused is not None:
            return refused
        phone, text = form["phones"], form["mes"]
        number = int(form.get("id") or 500 + len(self.taken))
        if not 0 < number < 2**31 or not _PHONE.fullmatch(phone):
            self.wrong.append(f"id={number} phones={phone}")
        code = self.refused.get(phone, 0)
        if self.money <= 0:
            code = 3
        if any(taken.phone == phone and taken.text == text for taken in self.taken):
            code = 9
        if code:
            return web.json_response({"error": "refused", "error_code": code, "id": number})
        self.take(f"{number}-{phone}", phone, text, form.get("sender", ""))
        return web.json_response({"id": number, "cnt": 1, "cost": "5", "balance": str(self.money)})

    async def _status(self, request: web.Request) -> web.Response:
        form = await _form(request)
        refused = self._entrance(form)
        if refused is not None:
            return refused
        if not form["id"].endswith(",") or not form["phone"].endswith(","):
            self.wrong.append("the answer for one message is no list")
        pairs = zip(form["id"].rstrip(",").split(","), form["phone"].rstrip(",").split(","), strict=True)
        found = []
        for number, phone in pairs:
            taken = self.named(f"{number}-{phone}")
            status = taken.status if taken else -3
            found.append({"status": status, "last_date": "", "err": 0, "id": int(number), "phone": phone})
        return web.json_response(found)

    async def _balance(self, request: web.Request) -> web.Response:
        refused = self._entrance(await _form(request))
        return refused or web.json_response({"balance": str(self.money)})

    async def tells(self, hook: str, taken: Taken) -> tuple[int, str]:
        """Call back with the status of a message."""
        form = {
            "id": taken.name.partition("-")[0],
            "phone": taken.phone,
            "status": str(taken.status),
            "ts": "1741200000",
        }
        return await self.calls_back(hook, form)

    async def hears(
        self, hook: str, phone: str, text: str, sms_id: str = "1", encoding: str = "utf-8"
    ) -> tuple[int, str]:
        """Call back with a reader's message."""
        form = {"phone": phone, "mes": text, "to": "79990000000", "sms_id": sms_id, "ts": "1741200000"}
        return await self.calls_back(hook, form, encoding)


class SmsAeroEmulator(SmsEmulator):
    """SMS Aero: Basic, JSON in and out."""

    login, key = "library@example.org", "test-key"

    def __init__(self) -> None:
        super().__init__()
        self.app.add_routes(
            [
                web.post("/v2/sms/send", self._send),
                web.post("/v2/sms/status", self._status),
                web.post("/v2/balance", self._balance),
            ]
        )

    def _entrance(self, request: web.Request) -> web.Response | None:
        proof = base64.b64encode(f"{self.login}:{self.key}".encode()).decode()
        if request.headers.get("Authorization") == f"Basic {proof}":
            return None
        return web.json_response({"result": "reject", "reason": "incorrect user or password"})

    async def _send(self, request: web.Request) -> web.Response:
        refused = self._entrance(request)
        if refused is not None:
            return refused
        asked = await request.json()
        if not _PHONE.fullmatch(str(asked["number"])) or asked["number"] in self.refused:
            return web.json_response({"success": False, "data": None, "message": "Validation error."})
        if self.money <= 0:
            return web.json_response({"result": "no credits"})
        taken = self.take(str(12345 + len(self.taken)), asked["number"], asked["text"], asked["sign"])
        return web.json_response({"success": True, "data": self._shown(taken), "message": None})

    def _shown(self, taken: Taken) -> dict[str, Any]:
        return {
            "id": int(taken.name),
            "from": taken.sender,
            "number": taken.phone,
            "text": taken.text,
            "status": taken.status,
        }

    async def _status(self, request: web.Request) -> web.Response:
        refused = self._entrance(request)
        if refused is not None:
            return refused
        taken = self.named(str((await request.json())["id"]))
        if taken is None:
            return web.json_response({"success": False, "data": None, "message": "Not found."})
        return web.json_response({"success": True, "data": self._shown(taken), "message": None})

    async def _balance(self, request: web.Request) -> web.Response:
        refused = self._entrance(request)
        return refused or web.json_response({"success": True, "data": {"balance": self.money}, "message": None})

    async def tells(self, hook: str, taken: Taken) -> tuple[int, str]:
        """Call back with the status of a message."""
        return await self.calls_back(hook, {"id": taken.name, "status": str(taken.status), "extendStatus": "delivery"})
