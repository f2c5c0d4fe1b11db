"""An update of Telegram → what the core understands. Pure.

Only private chats are answered. Updates are numbered, but after a quiet week the numbers may begin anew anywhere: so a
message is known by its chat and number, an edit by its moment besides, a press by its own id.
Source: core.telegram.org/bots/api, Bot API 10.1.
"""

import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from bot.channels import Accepted
from bot.errors import BadWebhook
from bot.messages import (
    ButtonPress,
    Contact,
    Content,
    Inbound,
    Moved,
    Photo,
    Presence,
    SharedPhone,
    Started,
    Text,
    Unsupported,
)
from bot.quick import dataclass

KINDS = {
    "animation": "animation",
    "voice": "voice",
    "audio": "audio",
    "video": "video",
    "video_note": "video",
    "sticker": "sticker",
    "document": "document",
    "venue": "location",
    "location": "location",
    "poll": "poll",
    "story": "story",
    "dice": "dice",
    "game": "game",
    "paid_media": "picture",
    "checklist": "list",
    "invoice": "invoice",
}
"""What a message may hold that is no text, by the core's name; the first that is there counts."""
COMMANDS: dict[str, Content] = {"help": ButtonPress("help"), "human": ButtonPress("human"), "stop": Text("стоп")}
"""Commands that are more than their word."""
LONGEST_NAME = 100
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]{1,64}))?(?:\s+(.*))?", re.DOTALL)
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press that Telegram waits to hear about (``answerCallbackQuery``)."""

    query_id: str


class _Chat(msgspec.Struct):
    id: int
    type: str


class _User(msgspec.Struct):
    id: int
    first_name: str = ""
    last_name: str = ""
    language_code: str = ""
    is_bot: bool = False


class _Size(msgspec.Struct):
    file_id: str
    width: int = 0
    height: int = 0


class _Card(msgspec.Struct):
    phone_number: str
    user_id: int | None = None


class _Key(msgspec.Struct):
    text: str = ""
    callback_data: str | None = None


class _Keyboard(msgspec.Struct):
    inline_keyboard: list[list[_Key]] = []


class _Message(msgspec.Struct):
    message_id: int
    chat: _Chat
    date: int = 0
    edit_date: int = 0
    user: _User | None = msgspec.field(name="from", default=None)
    text: str | None = None
    caption: str | None = None
    photo: list[_Size] | None = None
    contact: _Card | None = None
    reply_markup: _Keyboard | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None


class _Query(msgspec.Struct):
    id: str
    user: _User = msgspec.field(name="from")
    message: _Message | None = None
    data: str | None = None


class _Member(msgspec.Struct):
    status: str


class _Membership(msgspec.Struct):
    chat: _Chat
    old_chat_member: _Member
    new_chat_member: _Member
    date: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How updates are read.

    Attributes:
        channel: The channel's name.
        now: For updates that bear no moment.
        staff_chat: The one group in which commands are heard.
        username: Our own, "" while unknown: a command that names another bot is not for us.
    """

    channel: str
    now: datetime
    staff_chat: int | None = None
    username: str = ""

    def contact(self, chat: int) -> Contact:
        """The person or group behind a chat."""
        return Contact(channel=self.channel, address=str(chat))

    def moment(self, seconds: int) -> datetime:
        """A moment of Telegram's; ours where it can be none."""
        return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 32_503_680_000 else self.now


def read(body: bytes, reading: Reading) -> Accepted:
    """One webhook. Raises BadWebhook where it is no update."""
    try:
        update = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadWebhook("no JSON") from None
    if number_of(update) is None:
        raise BadWebhook("no update")
    return understood(update, reading, body)


def number_of(update: Any) -> int | None:
    """The update's number, None where it is no update."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def understood(update: dict[str, Any], reading: Reading, body: bytes) -> Accepted:
    """One update; one that does not hold what it should is kept aside as it came (``body``)."""
    kind = next((key for key in update if key != "update_id"), "nothing")
    try:
        match kind:
            case "message" | "edited_message":
                return _message(update[kind], reading, edited=kind == "edited_message")
            case "callback_query":
                return _query(msgspec.convert(update[kind], _Query), reading)
            case "my_chat_member":
                return _membership(msgspec.convert(update[kind], _Membership), reading)
            case _:
                return Accepted(set_aside=(kind,))
    except (msgspec.ValidationError, ValueError, OverflowError, RecursionError):
        return Accepted(set_aside=(kind,), unread=(body,))


def _message(value: Any, reading: Reading, *, edited: bool) -> Accepted:
    message = msgspec.convert(value, _Message)
    if message.migrate_to_chat_id is not None:
        return _moved(message.chat.id, message.migrate_to_chat_id, message, reading)
    if message.migrate_from_chat_id is not None:
        return _moved(message.migrate_from_chat_id, message.chat.id, message, reading)
    if message.user is None or message.chat.type != "private":
        return _in_a_group(message, reading, edited=edited)
    if not _for_us(message, reading):
        return Accepted(set_aside=("command",))
    content = _content(message, value)
    wordless = edited and not (message.text or message.caption)  # a moving location, a finished poll
    if content is None or wordless:
        return Accepted(set_aside=("edited_message" if edited else "service_message",))
    return Accepted(messages=(_inbound(message, message.user, content, reading, edited=edited),))


def _in_a_group(message: _Message, reading: Reading, *, edited: bool) -> Accepted:
    if edited or message.user is None or message.chat.id != reading.staff_chat or not message.text:
        return Accepted(set_aside=(message.chat.type if message.chat.type != "private" else "no_sender",))
    if _COMMAND.fullmatch(message.text) is None or not _for_us(message, reading):
        return Accepted(set_aside=(message.chat.type,))
    return Accepted(messages=(_inbound(message, message.user, _words(message.text), reading, edited=False),))


def _for_us(message: _Message, reading: Reading) -> bool:
    """Whether it is no command that names another bot."""
    command = _COMMAND.fullmatch(message.text or "")
    named = command[2] if command else None
    return not named or not reading.username or named.lower() == reading.username.lower()


def _inbound(message: _Message, user: _User, content: Content, reading: Reading, *, edited: bool) -> Inbound:
    name = f"{message.chat.id}:{message.message_id}"
    return Inbound(
        contact=reading.contact(message.chat.id),
        content=content,
        idempotency_key=f"{name}:{message.edit_date}" if edited else name,
        sent_at=reading.moment(message.edit_date if edited else message.date),
        name=f"{user.first_name} {user.last_name}".strip()[:LONGEST_NAME],
        language=user.language_code[:35],
        automated=user.is_bot,
        external_id=name,
        corrects=name if edited else "",
    )


def _content(message: _Message, value: dict[str, Any]) -> Content | None:
    if message.text is not None:
        return _words(message.text)
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return Photo(largest.file_id, message.caption or "")
    if message.contact is not None:
        return _phone(message.contact, message.user)
    kind = next((name for field, name in KINDS.items() if field in value), None)
    if kind is not None and message.caption:
        return Text(message.caption)  # whatever hangs on it, the question is in words
    return Unsupported(kind) if kind else None


def _words(text: str) -> Content:
    command = _COMMAND.fullmatch(text)
    if command is None:
        return Text(text)
    name, rest = command[1].lower(), command[3] or ""
    if name == "start":
        return Started(rest.strip())
    return COMMANDS.get(name) or Text(f"{command[1]} {rest}".strip())


def _phone(card: _Card, sender: _User | None) -> Content:
    """A number; it is the sender's own only where Telegram says so, a card passed on is not."""
    digits = re.sub(r"\D", "", card.phone_number)
    if not 7 <= len(digits) <= 15:
        return Unsupported("contact")
    return SharedPhone(f"+{digits}", verified=sender is not None and card.user_id == sender.id)


def _query(query: _Query, reading: Reading) -> Accepted:
    """A press: Telegram is answered in any case, or the button goes on waiting."""
    courtesies = (Pressed(query.id),)
    message = query.message
    if message is None or message.chat.type != "private" or query.data is None:
        return Accepted(courtesies=courtesies, set_aside=("callback_query",))
    keys = [key for row in message.reply_markup.inline_keyboard for key in row] if message.reply_markup else []
    label = next((key.text for key in keys if key.callback_data == query.data), "")
    press = Inbound(
        contact=reading.contact(message.chat.id),
        content=ButtonPress(query.data, label),
        idempotency_key=f"press:{query.id}",
        sent_at=reading.now,
        name=f"{query.user.first_name} {query.user.last_name}".strip()[:LONGEST_NAME],
        language=query.user.language_code[:35],
        automated=query.user.is_bot,
    )
    return Accepted(messages=(press,), courtesies=courtesies)


def _membership(change: _Membership, reading: Reading) -> Accepted:
    """The reader stopped us in their private chat, or let us in again."""
    before, after = change.old_chat_member.status, change.new_chat_member.status
    if change.chat.type != "private" or before == after or "kicked" not in (before, after):
        return Accepted(set_aside=("my_chat_member",))
    contact, at = reading.contact(change.chat.id), reading.moment(change.date)
    return Accepted(events=(Presence(contact=contact, reachable=after != "kicked", at=at),))


def _moved(old: int, new: int, message: _Message, reading: Reading) -> Accepted:
    at = reading.moment(message.date)
    return Accepted(events=(Moved(contact=reading.contact(old), address=str(new), at=at),))
