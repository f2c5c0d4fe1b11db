"""Files and pictures: those that readers are sent are kept, those that they send are only looked at."""

from enum import StrEnum
from typing import Protocol

from bot.messages import Contact, StoredFile
from bot.quick import dataclass

_SIGNS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM")


def is_picture(data: bytes | bytearray) -> bool:
    """Whether the first bytes are those of a kind of picture that we open, whatever its sender says of it."""
    return data.startswith(_SIGNS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


class Unseen(StrEnum):
    """Why nothing was seen on a picture."""

    NOTHING = "nothing"
    """No code on it that could be read."""
    OTHER = "other"
    """A code, and it is no book's."""
    TOO_LARGE = "too_large"
    NO_PICTURE = "no_picture"
    """Nothing that we can open as a picture."""
    AWAY = "away"
    """The messenger does not hand it out, or we have too many pictures in hand: later it may work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What stands on a picture.

    Attributes:
        isbns: Thirteen digits each with a right check digit, distinct, the largest code first.
        start: The start parameter of a link of our own (``Started``), "" where there is none.
        unseen: Why there is neither; None where there is.
    """

    isbns: tuple[str, ...] = ()
    start: str = ""
    unseen: Unseen | None = None


class Pictures(Protocol):
    """Pictures that readers send: looked at, never kept."""

    async def look(self, contact: Contact, handle: str) -> Seen:
        """What stands on the picture behind ``Photo.handle``; within a few seconds, never raises."""
        ...


class Files(Protocol):
    """Files that are sent to readers: pictures and documents. Raise StoreUnavailable."""

    async def keep(
        self, name: str, media_type: str, data: bytes, of: Contact | None = None, *, of_talk: bool = False
    ) -> StoredFile:
        """Keep a file; the same bytes are kept once.

        Args:
            name: As its reader sees it.
            media_type: Of the bytes.
            data: The bytes.
            of: Whose file it is: it is forgotten with them, and after a while by itself; None for anybody's.
            of_talk: It is a part of what was said with them: it goes by itself no sooner than the words do.
        """
        ...

    async def read(self, file_id: int) -> bytes | None:
        """Its bytes, None where it is gone."""
        ...


class Unread(Protocol):
    """What messengers sent and nobody could read: the newest bodies, for the operator."""

    async def keep(self, channel: str, kind: str, body: bytes) -> None:
        """Keep one, cut to what helps; the oldest ones go. Raises StoreUnavailable."""
        ...

    async def count(self) -> int:
        """How many there are. Raises StoreUnavailable."""
        ...
