"""What a reader sees of a reply in a channel, out of the channel's own renderer; pure.

Behind the preview of the librarians' answers, and the degradation table of ``docs/channels.md``. A channel that is not
read here in a way of its own is read through ``adapters.shaping`` and its capabilities, which is what most of them do.
A renderer is imported when its channel is asked for, and not before.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.shaping import shape
from bot.channels import Capabilities, Channel, Priced
from bot.lessons import Bubble, Shown
from bot.messages import Attachment, Button, Contact, Document, Location, Picture, Reply, StoredFile
from bot.ports.letters import Author, Logged


class ChannelScreens:
    """Fills ``bot.lessons.Screens``.

    Args:
        channels: Kind, title and channel, in the order in which they are shown.
    """

    def __init__(self, channels: Sequence[tuple[str, str, Channel]]) -> None:
        self._channels = channels

    def shown(self, replies: Sequence[Reply]) -> Sequence[Shown]:
        each = [self._shown(kind, title, channel, replies) for kind, title, channel in self._channels]
        alike: dict[tuple[tuple[Bubble, ...], int, str], list[str]] = {}
        for one in each:
            alike.setdefault((one.bubbles, one.parts, one.price), []).extend(one.titles)
        return [
            Shown(titles=tuple(titles), bubbles=bubbles, parts=parts, price=price)
            for (bubbles, parts, price), titles in alike.items()
        ]

    def _shown(self, kind: str, title: str, channel: Channel, replies: Sequence[Reply]) -> Shown:
        if not isinstance(channel, Priced):
            parts = [bubble for said in replies for bubble in bubbles(kind, said, channel.capabilities)]
            return Shown(titles=(title,), bubbles=tuple(parts))
        prices = [channel.price(said) for said in replies]
        total = sum(price.total for price in prices)
        return Shown(
            titles=(title,),
            bubbles=tuple(Bubble(channel.text(said)) for said in replies),
            parts=sum(price.parts for price in prices),
            price=f"{total:.2f} {prices[0].currency}" if total else "",
        )


def bubbles(kind: str, said: Reply, can: Capabilities) -> tuple[Bubble, ...]:
    """The messages of a reply, top to bottom.

    Args:
        kind: Folder in ``adapters/``; not one whose messages are paid for, which says itself what it sends.
        said: The reply.
        can: What the channel says of itself.
    """
    return tuple(_READERS.get(kind, _shaped)(said, can))


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
    from adapters.max.render import render as max_pieces

    for piece in max_pieces(said, can):
        document = (piece.document,) if piece.document else ()
        place = ("map: point",) if piece.place else ()
        # MAX shows no description beside a picture.
        files = (*(f"picture: {what.file.name}" for what in piece.pictures), *_named(document), *place)
        yield Bubble(piece.plain, piece.html, _labels(piece.buttons), (), files)


def _ok(said: Reply, can: Capabilities) -> Iterable[Bubble]:
    from adapters.ok.render import render as ok_pieces

    for piece in ok_pieces(said, can):
        yield Bubble(piece.text, False, _labels(piece.buttons), (), _named(piece.files))


def _telegram(said: Reply, can: Capabilities) -> Iterable[Bubble]:
    from adapters.telegram.render import render as telegram_pieces

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
    from adapters.terminal.render import render as terminal_text

    yield Bubble(terminal_text(said, width=400))


def _vk(said: Reply, can: Capabilities) -> Iterable[Bubble]:
    from adapters.vk.render import messages as vk_messages

    for message in vk_messages(said, 1, 1, can):
        rows = json.loads(str(message.values.get("keyboard", "{}"))).get("buttons", [])
        labels = tuple(tuple(button["action"]["label"] for button in row) for row in rows)
        place = ("map: point",) if "lat" in message.values else ()
        files = tuple(_file(what).partition(" (")[0] for what in message.files)
        yield Bubble(str(message.values.get("message", "")), False, labels, (), (*files, *place))


def _webchat(said: Reply, _: Capabilities) -> Iterable[Bubble]:
    from adapters.webchat.files import files_of
    from adapters.webchat.render import message as webchat_message

    logged = Logged(message_id=1, author=Author.BOT, reply=said, at=datetime(2026, 3, 2, tzinfo=UTC))
    shown = webchat_message(logged, Contact(channel="webchat", address="reader"), logged.at)
    places = tuple(f"map: {at['title']}, {at['address']}" for at in shown.get("locations", ()))
    rows = tuple(tuple(button["label"] for button in row) for row in shown["buttons"])
    files = tuple(_file(what).partition(" (")[0] for what in files_of(said))
    yield Bubble(shown["text"], bool(shown.get("marks")), rows, (), (*files, *places))


def _whatsapp(said: Reply, _: Capabilities) -> Iterable[Bubble]:
    from adapters.whatsapp.render import pieces as whatsapp_pieces

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
