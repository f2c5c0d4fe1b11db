"""Promises of every channel. A new package in ``adapters/`` is found and held to them by itself.

What a channel must be given to be built stands in ``tests/adapters/<kind>/config.yaml``; without the
file its defaults must do.
"""

import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from pydantic import ValidationError

import adapters
from bot.channels import Channel, ChannelSpec, Polled, Pushed, Served, Setting
from bot.engine.intake import FrontDesk
from bot.errors import ChannelError
from bot.messages import Button, Contact, Lane, Location, Mark, Outbound, Reply, Sent, Style, bold, link, reply
from tests.support.clock import StandingClock
from tests.support.fake_log import FakeLog

TESTS = Path(__file__).resolve().parent.parent
KINDS = sorted(module.name for module in pkgutil.iter_modules(adapters.__path__) if module.ispkg)
FILES = ("__init__.py", "settings.py", "channel.py", "parse.py", "render.py", "README.md")

REPLIES = {
    "a word": reply("Да."),
    "formatting": reply("Есть ", bold("«Обломов»"), ": ", link("запись", "https://library.example/1?a=b&c=<d>")),
    "buttons": reply(
        "Какая?", buttons=[[Button("Первая", "work:1"), Button("Вторая", "work:2")], [Button("Нет", "no")]]
    ),
    "many long buttons": reply(
        "Какая?", buttons=[[Button(f"Заглавие {'о' * 60} {n}", f"work:{n}")] for n in range(30)]
    ),
    "a map point": reply(
        "Мы здесь:", at=[Location(latitude=45.0, longitude=41.9, title="Библиотека", address="дом 1")]
    ),
    "a very long text": reply("Предложение о книгах. " * 1_000),
    "one endless word": reply("ы" * 9_000),
    "signs of markup": reply("<b>&amp;</b> *звёзды* _черта_ [x](y) `код` \\ {}"),
    "emoji under a mark": Reply(text="🙂🙂 книга", marks=(Mark(3, 5, Style.BOLD),)),
    "right to left": reply("\u202eтекст\u202c שלום"),
    "nothing but a button": reply("", buttons=[[Button("Помощь", "help")]]),
}


def spec_of(kind: str) -> ChannelSpec:
    found = importlib.import_module(f"adapters.{kind}").CHANNEL
    assert isinstance(found, ChannelSpec)
    return found


def options_of(kind: str) -> dict[str, Any]:
    file = TESTS / "adapters" / kind / "config.yaml"
    return yaml.safe_load(file.read_text("utf-8")) if file.is_file() else {}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def channel(kind: str, clock: StandingClock) -> AsyncIterator[Channel]:
    spec = spec_of(kind)
    setting = Setting(
        name=f"{kind}_main",
        library_name="Библиотека",
        language="ru",
        public_url="https://bot.library.example",
        clock=clock,
    )
    built = spec.build(spec.settings(**options_of(kind)), setting)
    yield built
    await built.aclose()
    await built.aclose()  # a second time is harmless


def test_there_are_channels() -> None:
    assert {"terminal", "webchat"} <= set(KINDS)


def test_a_channel_is_a_folder_that_looks_like_the_others(kind: str) -> None:
    spec = spec_of(kind)
    folder = Path(adapters.__path__[0]) / kind
    assert spec.kind == kind
    assert spec.title
    assert [name for name in FILES if not (folder / name).is_file()] == []


def test_wrong_options_are_refused_by_name_and_never_echoed(kind: str) -> None:
    with pytest.raises(ValidationError) as refused:
        spec_of(kind).settings(**options_of(kind), no_such_option="s3cret-word")
    assert "no_such_option" in str(refused.value)
    assert "s3cret-word" not in str(refused.value)


def test_every_option_is_explained(kind: str) -> None:
    fields = spec_of(kind).settings.model_fields
    assert [name for name, field in fields.items() if not field.description] == []
    assert spec_of(kind).settings.model_config.get("frozen") is True


def test_a_channel_says_what_it_can_carry(channel: Channel) -> None:
    can = channel.capabilities
    assert can.max_text >= 70
    assert can.max_buttons >= 0
    assert can.max_label >= 10 or can.max_buttons == 0
    assert can.rate_per_s >= 0


async def test_messages_have_a_way_in(channel: Channel, kind: str) -> None:
    ways = [way for way in (Pushed, Polled, Served) if isinstance(channel, way)]
    assert len(ways) == 1 or kind == "terminal"  # the command line reads the keyboard itself


@pytest.mark.parametrize("said", REPLIES.values(), ids=REPLIES.keys())
async def test_any_reply_is_sent_or_refused_by_an_error_of_ours(channel: Channel, kind: str, said: Reply) -> None:
    contact = Contact(channel=f"{kind}_main", address="100001")
    message = Outbound(message_id=7, contact=contact, reply=said, lane=Lane.REPLY, attempt=1)
    try:
        outcome: object = await channel.send(message)
    except ChannelError as error:
        outcome = error
    assert isinstance(outcome, Sent | ChannelError)


async def test_a_channel_tells_the_operator_who_it_is(channel: Channel) -> None:
    try:
        name = await channel.ping()
    except ChannelError as error:
        name = str(error)
    assert name
    assert len(name) < 300


async def test_pages_of_our_own_stay_in_their_place(channel: Channel, clock: StandingClock) -> None:
    if not isinstance(channel, Served):
        assert not hasattr(channel, "routes")
        return
    log = FakeLog(clock)
    routes = channel.routes(FrontDesk(log, log))
    paths = [route.path for route in routes if isinstance(route, web.RouteDef)]
    assert len(paths) == len(routes)
    assert not [path for path in paths if path.startswith(("/hooks", "/console", "/healthz", "/readyz", "/metrics"))]


def test_sending_is_a_coroutine_of_the_port(channel: Channel) -> None:
    assert inspect.iscoroutinefunction(channel.send)
    assert list(inspect.signature(channel.send).parameters) == ["message"]


def test_looking_at_channels_loads_no_messenger_library() -> None:
    script = (
        "import sys, adapters, importlib\n"
        f"for kind in {KINDS!r}: importlib.import_module('adapters.' + kind)\n"
        "print(','.join(sorted({'aiogram', 'vk_api', 'telegram'} & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""
