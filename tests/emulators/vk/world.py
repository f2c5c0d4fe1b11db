"""What VK itself remembers: readers, conversations, files."""

import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CLIENT_INFO = {
    "button_actions": ["text", "vkpay", "open_app", "location", "open_link", "callback"],
    "keyboard": True,
    "inline_keyboard": True,
    "carousel": True,
    "lang_id": 0,
}
_ids = itertools.count(1_000)


def begin_at(number: int) -> None:
    """Messages are numbered from here on: a VK that follows another must not give out the same ids."""
    global _ids  # noqa: PLW0603 - VK numbers all messages of the world in one row
    _ids = itertools.count(number)


@dataclass(slots=True)
class Reader:
    """One person of VK.

    Attributes:
        allows: Whether the community may write to them.
        refuses: An error code that every message to them gets, 0 for none.
        messages: The conversation as VK keeps it, oldest first.
    """

    user_id: int
    allows: bool = True
    refuses: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def heard(self) -> list[dict[str, Any]]:
        """What the community wrote."""
        return [message for message in self.messages if message["out"]]

    @property
    def words(self) -> list[str]:
        """The texts of it."""
        return [str(message["text"]) for message in self.heard]

    def put(self, text: str, *, out: bool, from_id: int, **more: Any) -> dict[str, Any]:
        """One more message."""
        number = next(_ids)
        message = {
            "date": int(time.time()),
            "from_id": from_id,
            "id": number,
            "out": int(out),
            "version": 10_000_000 + number,
            "important": False,
            "is_hidden": False,
            "attachments": [],
            "conversation_message_id": len(self.messages) + 1,
            "fwd_messages": [],
            "text": text,
            "peer_id": self.user_id,
            "random_id": 0,
            **more,
        }
        self.messages.append(message)
        return message


@dataclass(slots=True)
class Upload:
    """A file on its way: told where to go, arrived, kept."""

    kind: str
    data: bytes = b""
    kept_as: Mapping[str, Any] | None = None


def conversation(reader: Reader) -> dict[str, Any]:
    """As ``messages.getConversations`` shows it."""
    last = reader.messages[-1]
    return {
        "conversation": {
            "peer": {"id": reader.user_id, "type": "user", "local_id": reader.user_id},
            "last_message_id": last["id"],
            "in_read": 0,
            "out_read": 0,
            "sort_id": {"major_id": 0, "minor_id": last["id"]},
            "last_conversation_message_id": last["conversation_message_id"],
            "is_marked_unread": False,
            "important": False,
            "can_write": {"allowed": reader.allows},
        },
        "last_message": last,
    }
