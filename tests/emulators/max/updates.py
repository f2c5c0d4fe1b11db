"""What readers do in MAX, as the updates that a bot is told."""

import hashlib
import hmac
from itertools import count
from typing import Any

BOT = {"user_id": 229229229, "first_name": "Библиотека", "username": "lib_bot", "is_bot": True, "name": "Библиотека"}
Update = dict[str, Any]


class Updates:
    """Updates of one bot; ids and moments only grow."""

    def __init__(self, token: str, first: int = 1) -> None:
        self._token = token
        self._numbers = count(first)
        self._at = 1_775_000_000_000

    def _update(self, kind: str, **fields: Any) -> Update:
        self._at += 1
        return {"update_type": kind, "timestamp": self._at, "user_locale": "ru", **fields}

    @staticmethod
    def person(user_id: int) -> dict[str, Any]:
        """Who it is."""
        return {
            "user_id": user_id,
            "first_name": "Мария",
            "last_name": "Читатель",
            "is_bot": False,
            "last_activity_time": 1_775_000_000_000,
        }

    def said(self, user_id: int, text: str, *attachments: Update, mid: str = "", chat_type: str = "dialog") -> Update:
        """A message; a dialogue's chat id may be negative, as in the live API."""
        mid = mid or f"mid.{next(self._numbers):016x}"
        body = {"mid": mid, "seq": 2**60 + next(self._numbers), "text": text, "attachments": list(attachments) or None}
        recipient = {"chat_id": -user_id, "chat_type": chat_type, "user_id": BOT["user_id"]}
        message = {"recipient": recipient, "timestamp": self._at, "body": body, "sender": self.person(user_id)}
        return self._update("message_created", message=message)

    def edited(self, user_id: int, mid: str, text: str) -> Update:
        """A message was edited."""
        return self.said(user_id, text, mid=mid) | {"update_type": "message_edited"}

    def removed(self, user_id: int, mid: str) -> Update:
        """A message was taken back."""
        return self._update("message_removed", message_id=mid, chat_id=-user_id, user_id=user_id)

    def pressed(self, user_id: int, payload: str, label: str = "", *, gone: bool = False) -> Update:
        """A button was pressed; ``gone``: its message is deleted."""
        keyboard = [[{"type": "callback", "text": label or payload, "payload": payload}]]
        body = {
            "mid": "mid.keyboard",
            "seq": 1,
            "text": "?",
            "attachments": [{"type": "inline_keyboard", "payload": {"buttons": keyboard}}],
        }
        recipient = {"chat_id": -user_id, "chat_type": "dialog", "user_id": user_id}
        message = None if gone else {"recipient": recipient, "timestamp": self._at, "body": body, "sender": BOT}
        callback = {
            "timestamp": self._at,
            "callback_id": f"cb-{next(self._numbers)}",
            "payload": payload,
            "user": self.person(user_id),
        }
        return self._update("message_callback", callback=callback, message=message)

    def started(self, user_id: int, payload: str | None = None) -> Update:
        """The dialogue was opened, perhaps by a link."""
        return self._update("bot_started", chat_id=-user_id, user=self.person(user_id), payload=payload)

    def stopped(self, user_id: int) -> Update:
        """The bot was stopped."""
        return self._update("bot_stopped", chat_id=-user_id, user=self.person(user_id))

    def contact(self, number: str, owner: int, *, signed: bool = True) -> Update:
        """An attachment: a card with a number."""
        card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nTEL;TYPE=cell:{number}\r\nFN:Мария\r\nEND:VCARD\r\n"
        signature = hmac.new(self._token.encode(), card.encode(), hashlib.sha256).hexdigest() if signed else "0" * 64
        return {"type": "contact", "payload": {"vcf_info": card, "hash": signature, "max_info": self.person(owner)}}
