"""Telegram, MAX and Odnoklassniki in the chaos run: messengers that post one event at a time."""

import random
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bench._chaos import HookDriver, Luck
from tests.emulators.base import Fault
from tests.emulators.max import MaxServer
from tests.emulators.ok import OkServer
from tests.emulators.telegram import TelegramServer

SECRET = "chaos-secret-0123456789"  # noqa: S105 - of the emulators


class TelegramDriver(HookDriver):
    """``way`` is "webhook" or "polling"; polled, updates come in batches of up to a hundred."""

    floods = (
        Fault(
            status=429,
            body={"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 1}},
        ),
        Fault(status=429, body={"ok": False, "error_code": 429, "description": "Too Many Requests"}),
    )

    def __init__(self, way: str, luck: Luck) -> None:
        self._telegram = TelegramServer("123456:chaos-token")
        self._way = way or "webhook"
        super().__init__(self._telegram, _taken_by_telegram, luck)

    def channels(self) -> Mapping[str, Any]:
        proof = {"secret": SECRET} if self._way == "webhook" else {}
        return {
            "telegram": {"token": self._telegram.token, "mode": self._way, "api_url": self._telegram.url, **proof},
        }

    def event(self, reader: int, text: str) -> dict[str, Any]:
        return self._telegram.says(reader, text)

    def hook(self) -> tuple[str, dict[str, str]]:
        return "/hooks/telegram", {"X-Telegram-Bot-Api-Secret-Token": SECRET}

    async def write(self, reader: int, text: str, dice: random.Random) -> None:
        if self._way == "webhook":
            await super().write(reader, text, dice)
            return
        update = self.event(reader, text)
        if dice.random() < self.luck.twice:
            self.figures["delivered twice"] += 1
            self._telegram.updates.waiting.append(update)

    def texts(self, reader: int) -> list[str]:
        return self._telegram.texts(reader)

    def too_much(self) -> int:
        return self._telegram.flood.refused


class MaxDriver(HookDriver):
    """The webhook; polling is for development, says MAX."""

    floods = (Fault(status=429, body={"code": "too.many.requests", "message": "Too Many Request"}),)

    def __init__(self, way: str, luck: Luck) -> None:
        self._max = MaxServer("chaos-token")
        super().__init__(self._max, lambda request, answer: request.path == "/messages" and answer.status == 200, luck)

    def channels(self) -> Mapping[str, Any]:
        return {"max": {"token": self._max.token, "secret": SECRET, "api_url": self._max.url}}

    def event(self, reader: int, text: str) -> dict[str, Any]:
        return self._max.updates.said(reader, text)

    def hook(self) -> tuple[str, dict[str, str]]:
        return "/hooks/max", {"X-Max-Bot-Api-Secret": SECRET}

    def texts(self, reader: int) -> list[str]:
        return self._max.texts(reader)

    def too_much(self) -> int:
        return self._max.floods.total()


class OkDriver(HookDriver):
    """Odnoklassniki: refusals come with status 200."""

    most_floods = 2  # most stop the channel for a minute: the messenger tells no time
    floods = (
        Fault(status=429, body={"error_code": 8, "error_msg": "FLOOD_BLOCKED"}, headers={"Retry-After": "1"}),
        Fault(status=200, body={"error_code": 8, "error_msg": "FLOOD_BLOCKED", "error_data": None}),
    )

    def __init__(self, way: str, luck: Luck) -> None:
        self._ok = OkServer("chaos-token")
        super().__init__(self._ok, lambda request, answer: "message_id" in (answer.text or ""), luck)

    def channels(self) -> Mapping[str, Any]:
        ours = {"addresses": ["127.0.0.1"], "rate_per_s": 20}
        return {"ok": {"token": self._ok.token, "secret": SECRET, "api_url": self._ok.api_url, **ours}}

    def event(self, reader: int, text: str) -> dict[str, Any]:
        return self._ok.wrote(f"user:{reader}", text)

    def hook(self) -> tuple[str, dict[str, str]]:
        return f"/hooks/ok?key={SECRET}", {}

    def texts(self, reader: int) -> list[str]:
        return self._ok.texts(f"user:{reader}")

    def too_much(self) -> int:
        return self._ok.floods


def _taken_by_telegram(request: web.Request, answer: web.Response) -> bool:
    return request.path.lower().endswith("/sendmessage") and answer.status == 200
