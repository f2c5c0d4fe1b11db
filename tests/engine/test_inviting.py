"""Links for the desk's sheets: asked once, and a messenger that does not answer keeps nobody waiting."""

import asyncio
from typing import cast

import pytest

from bot.channels import Capabilities, Channel
from bot.engine import inviting
from bot.engine.inviting import JoinLinks
from bot.errors import ChannelUnavailable


class Inviting:
    """A channel of which a link is asked."""

    capabilities = cast("Capabilities", None)

    def __init__(self, fault: Exception | None = None, *, silent: bool = False) -> None:
        self.fault, self.silent, self.asked = fault, silent, 0

    async def send(self, message: object) -> None:
        raise NotImplementedError

    async def ping(self) -> None:
        raise NotImplementedError

    async def aclose(self) -> None:
        raise NotImplementedError

    async def join_link(self, parameter: str = "") -> str:
        self.asked += 1
        if self.fault is not None:
            raise self.fault
        if self.silent:
            await asyncio.Event().wait()
        return f"https://messenger.example/?start={parameter}"


async def test_a_link_is_asked_once_a_branch() -> None:
    channel = Inviting()
    links = JoinLinks({"max": cast("Channel", channel)})
    for _ in range(3):
        assert await links.links("branch-01") == {"max": "https://messenger.example/?start=branch-01"}
    assert await links.links("") == {"max": "https://messenger.example/?start="}
    assert channel.asked == 2


async def test_who_does_not_answer_is_left_out_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inviting, "WAIT_S", 0.01)
    down, silent, fine = Inviting(ChannelUnavailable("down")), Inviting(silent=True), Inviting()
    channels = {"a": down, "b": silent, "c": fine, "d": object()}
    links = JoinLinks(cast("dict[str, Channel]", channels))
    assert list(await links.links("")) == ["c"]
    down.fault = None
    assert list(await links.links("")) == ["a", "c"]
