"""Replies of every kind, and what a reader sees of each in every channel: behind ``docs/channels.md`` and its test."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from adapters.screens import bubbles
from adapters.sms.render import text_of
from adapters.sms.settings import SmsSettings
from bot.app.channels import CHANNEL_KINDS, channel_spec
from bot.channels import Capabilities, Setting
from bot.clock import SystemClock
from bot.lessons import Bubble
from bot.messages import (
    Button,
    Document,
    Location,
    Picture,
    Reply,
    StoredFile,
    Template,
    bold,
    link,
    reply,
)
from bot.quick import replace

TESTS = Path(__file__).resolve().parent.parent / "tests" / "adapters"
TITLE = "«_Кот_ & *пёс*» [1] <b>@ad</b> 👨‍👩‍👧‍👦 🏳️‍🌈"
"""A title with every sign that some messenger reads as its own, and emoji of several code points."""
_PLACE = Location(latitude=45.0448, longitude=41.9692, title="Центральная библиотека", address="ул. Ленина, 12")
_POSTER = StoredFile(file_id=1, name="афиша.png", media_type="image/png", size=50_000)
_RULES = StoredFile(file_id=2, name="правила.pdf", media_type="application/pdf", size=50_000)


def _choices(count: int) -> list[list[Button]]:
    return [[Button(f"Книга {number}", f"work:{number}")] for number in range(1, count + 1)]


LONG_TITLES = [
    Button(f"{number}-я книга. {TITLE}" + " Полное собрание стихов и писем в тридцати томах 🏳️‍🌈" * 5, f"work:{number}")
    for number in range(1, 13)
]
"""Such as catalogues hold: several hundred letters, with everything in them that may not be parted."""

REPLIES: Mapping[str, Reply] = {
    "plain words": reply("Да, есть."),
    "bold and a link": reply("Есть ", bold("«Обломов»"), ": ", link("запись", "https://library.example/1")),
    "a title of odd signs": reply(bold(TITLE)),
    "a long text": reply("Предложение о книгах и чтении. " * 300),
    "3 choices": reply("Какая?", buttons=_choices(3)),
    "10 choices": reply("Какая?", buttons=_choices(10)),
    "12 choices": reply("Какая?", buttons=_choices(12)),
    "40 choices": reply("Какая?", buttons=_choices(40)),
    "a link button": reply("Афиша:", buttons=[[Button("Открыть", "", url="https://library.example/events")]]),
    "a phone button": reply("Назовите номер билета.", buttons=[[Button("Мой номер", "", asks_phone=True)]]),
    "a map point": reply("Мы здесь:", at=[_PLACE]),
    "a picture": reply("Афиша на март:", at=[Picture(file=_POSTER, alt="Встречи по пятницам")]),
    "a document": reply("Правила:", at=[Document(file=_RULES)]),
    "titles longer than any label": reply("Какая?", buttons=[[one] for one in LONG_TITLES]),
    "everything at once": reply(
        bold("Афиша"),
        " на март: ",
        link("запись", "https://library.example/1"),
        buttons=[
            [Button("Приду", "come:1"), Button("Не приду", "stay:1")],
            [Button("Открыть", "", url="https://library.example/events"), Button("Мой номер", "", asks_phone=True)],
        ],
        at=[_PLACE, Picture(file=_POSTER, alt="Встречи по пятницам"), Document(file=_RULES)],
    ),
    "an approved template": replace(
        reply("«Обломов» ждёт вас до 5 марта."), template=Template(name="hold_ready", values=("Обломов",))
    ),
}
"""One of each kind; the keys are the rows of the table."""


@cache
def capabilities(kind: str) -> Capabilities:
    """What a channel of this kind says of itself."""
    spec = channel_spec(kind)
    setting = Setting(name=kind, library_name="", language="ru", public_url="", clock=SystemClock())
    return spec.build(spec.settings(**_options(kind)), setting).capabilities


def screens(kind: str, said: Reply) -> tuple[Bubble, ...]:
    """The messages of a reply, top to bottom."""
    if kind == "sms":
        return (Bubble(text_of(said, SmsSettings(**_options("sms")))),)
    return bubbles(kind, said, capabilities(kind))


def _options(kind: str) -> dict[str, Any]:
    file = TESTS / kind / "config.yaml"
    found = yaml.safe_load(file.read_text("utf-8")) if file.is_file() else {}
    return found if isinstance(found, dict) else {}


KINDS = CHANNEL_KINDS
