"""What a reader sees of a reply in each channel, out of the channels' own renderers.

Behind the degradation table of ``docs/channels.md`` and its test. A channel that is not read here in a way of its
own is read through ``adapters.shaping`` and its capabilities, which is what most of them do.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from adapters.max.render import render as max_pieces
from adapters.ok.render import render as ok_pieces
from adapters.shaping import shape
from adapters.sms.render import text_of
from adapters.sms.settings import SmsSettings
from adapters.telegram.render import render as telegram_pieces
from adapters.terminal.render import render as terminal_text
from adapters.vk.render import messages as vk_messages
from adapters.webchat.files import files_of
from adapters.webchat.render import message as webchat_message
from adapters.whatsapp.render import pieces as whatsapp_pieces
from bot.app import CHANNEL_KINDS, channel_spec
from bot.channels import Capabilities, Setting
from bot.clock import SystemClock
from bot.messages import (
    Attachment,
    Button,
    Contact,
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
from bot.ports import Author, Logged

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


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as it stands on the reader's screen.

    Attributes:
        formatted: Whether something of the text is bold, slanted or a link.
        buttons: Labels, row by row.
        choices: Labels of a list that opens.
        attached: ``map: …``, ``picture: …``, ``file: …`` with all the words that go along.
    """

    text: str
    formatted: bool = False
    buttons: tuple[tuple[str, ...], ...] = ()
    choices: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Everything that can be read."""
        labels = [label for row in self.buttons for label in row]
        return "\n".join([self.text, *labels, *self.choices, *self.attached])


@cache
def capabilities(kind: str) -> Capabilities:
    """What a channel of this kind says of itself."""
    spec = channel_spec(kind)
    setting = Setting(name=kind, library_name="", language="ru", public_url="", clock=SystemClock())
    return spec.build(spec.settings(**_options(kind)), setting).capabilities


def screens(kind: str, said: Reply) -> tuple[Bubble, ...]:
    """The messages of a reply, top to bottom."""
    can = capabilities(kind)
    return tuple(_READERS.get(kind, _shaped)(said, can))


def _options(kind: str) -> dict[str, Any]:
    file = TESTS / kind / "config.yaml"
    found = yaml.safe_load(file.read_text("utf-8")) if file.is_file() else {}
    return found if isinstance(found, dict) else {}


# --- channel by channel --------------------------------------------------------------------------


def _shaped(said: Reply, can: Capabilities) -> Iterable[Bubble]:
    for part in shape(said, can):
        yield Bubble(
            part.text,
            bool(part.marks),
            _labels(part.buttons),
            tuple(b.label for b in part.choices),
            _named(part.attachments),
        )


def _max(said: Reply, can: Capabilities) -> Iterable[Bubble]:
    for piece in max_pieces(said, can):
        document = (piece.document,) if piece.document else ()
        place = ("map: point",) if piece.place else ()
        # MAX shows no description beside a picture.
        files = (*(f"picture: {what.file.name}" for what in piece.pictures), *_named(document), *place)
        yield Bubble(piece.plain, piece.html, _labels(piece.buttons), (), files)


def _ok(said: Reply, can: Capabilities) -> Iterable[Bubble]:
    for piece in ok_pieces(said, can):
        yield Bubble(piece.text, False, _labels(piece.buttons), (), _named(piece.files))


def _sms(said: Reply, _: Capabilities) -> Iterable[Bubble]:
    yield Bubble(text_of(said, SmsSettings(**_options("sms"))))


def _telegram(said: Reply, can: Capabilities) -> Iterable[Bubble]:
    for piece in telegram_pieces(said, can):
        markup = piece.markup or {}
        rows = markup.get("inline_keyboard") or markup.get("keyboard") or ()
        labels = tuple(tuple(str(button["text"]) for button in row) for row in rows)
        attached = _named(what for what in (piece.file, piece.place) if what is not None)
        # Telegram shows no description beside a picture.
        yield Bubble(
            piece.plain or piece.text, piece.html, labels, (), tuple(name.partition(" (")[0] for name in attached)
        )


def _terminal(said: Reply, _: Capabilities) -> Iterable[Bubble]:
    yield Bubble(terminal_text(said, width=400))


def _vk(said: Reply, can: Capabilities) -> Iterable[Bubble]:
    for message in vk_messages(said, 1, 1, can):
        rows = json.loads(str(message.values.get("keyboard", "{}"))).get("buttons", [])
        labels = tuple(tuple(button["action"]["label"] for button in row) for row in rows)
        place = ("map: point",) if "lat" in message.values else ()
        files = tuple(_file(what).partition(" (")[0] for what in message.files)
        yield Bubble(str(message.values.get("message", "")), False, labels, (), (*files, *place))


def _webchat(said: Reply, _: Capabilities) -> Iterable[Bubble]:
    logged = Logged(message_id=1, author=Author.BOT, reply=said, at=datetime(2026, 3, 2, tzinfo=UTC))
    shown = webchat_message(logged, Contact(channel="webchat", address="reader"), logged.at)
    places = tuple(f"map: {at['title']}, {at['address']}" for at in shown.get("locations", ()))
    rows = tuple(tuple(button["label"] for button in row) for row in shown["buttons"])
    files = tuple(_file(what).partition(" (")[0] for what in files_of(said))
    yield Bubble(shown["text"], bool(shown.get("marks")), rows, (), (*files, *places))


def _whatsapp(said: Reply, _: Capabilities) -> Iterable[Bubble]:
    for piece in whatsapp_pieces(said):
        body = piece.body
        match body["type"]:
            case "text":
                text = body["text"]["body"]
                yield Bubble(text, formatted="*" in text)
            case "interactive":
                yield _interactive(body["interactive"], piece.file)
            case "location":
                at = body["location"]
                yield Bubble("", attached=(f"map: {at.get('name')}, {at.get('address')}",))
            case kind:
                name = piece.file.name if piece.file else ""
                noun = "picture" if kind == "image" else "file"
                yield Bubble(body[kind].get("caption", ""), attached=(f"{noun}: {name}",))


def _interactive(inner: Mapping[str, Any], file: StoredFile | None) -> Bubble:
    text, action = inner["body"]["text"], inner["action"]
    files = (f"file: {file.name}",) if file else ()
    buttons = tuple((button["reply"]["title"],) for button in action.get("buttons", ()))
    rows = [row for section in action.get("sections", ()) for row in section["rows"]]
    choices = tuple(row.get("description") or row["title"] for row in rows)
    return Bubble(text, "*" in text, buttons, choices, files)


_READERS: Mapping[str, Callable[[Reply, Capabilities], Iterable[Bubble]]] = {
    "max": _max,
    "ok": _ok,
    "sms": _sms,
    "telegram": _telegram,
    "terminal": _terminal,
    "vk": _vk,
    "webchat": _webchat,
    "whatsapp": _whatsapp,
}


def _labels(rows: Sequence[Sequence[Button]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(button.label for button in row) for row in rows)


def _named(attachments: Iterable[Attachment]) -> tuple[str, ...]:
    return tuple(
        f"map: {what.title}, {what.address}" if isinstance(what, Location) else _file(what) for what in attachments
    )


def _file(what: Picture | Document) -> str:
    return f"picture: {what.file.name} ({what.alt})" if isinstance(what, Picture) else f"file: {what.file.name}"


KINDS = CHANNEL_KINDS
