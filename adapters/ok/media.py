"""Files of Odnoklassniki: pictures that readers send, pictures and documents that they get."""

from collections.abc import Mapping
from typing import Any, Protocol

import aiohttp

from adapters.http import HttpClient
from adapters.ok.render import Piece
from adapters.pictures import OwnHosts, download
from adapters.uploads import Uploads
from bot.errors import ChannelUnavailable, InputError
from bot.messages import Picture, StoredFile

HOSTS = ("ok.ru", "odnoklassniki.ru", "mycdn.me", "okcdn.ru")
"""Where Odnoklassniki keeps files, with their subdomains (its recorded events)."""


class Asks(Protocol):
    """A call of the Graph API with our key. Raises ChannelError."""

    async def __call__(self, method: str, path: str, **params: str) -> Mapping[str, Any]:
        """The answer's JSON."""
        ...


class Media:
    """Up and down, only to and from Odnoklassniki itself."""

    def __init__(self, api_url: str, ask: Asks, uploads: Uploads[str]) -> None:
        self._hosts = OwnHosts(api_url, HOSTS)
        self._ask = ask
        self._plain = HttpClient("")
        self._uploads = uploads

    async def attachments(self, piece: Piece) -> tuple[Mapping[str, Any], ...]:
        """What the files of a message are called there; those that are not known yet go up. Raises ChannelError."""
        made = []
        for what in piece.files:
            kind = "IMAGE" if isinstance(what, Picture) else "FILE"
            made.append({"type": kind, "payload": {"token": await self._named(what.file, kind)}})
        return tuple(made)

    async def fetch(self, handle: str, limit: int) -> bytes:
        """The bytes behind a picture's address; refuses every address that is not Odnoklassniki's."""
        if handle not in self._hosts:
            raise InputError("the picture is not kept by Odnoklassniki")
        return await download(self._plain, handle, limit)

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._plain.aclose()

    async def _named(self, file: StoredFile, kind: str) -> str:
        return await self._uploads.name_of(file, lambda data: self._up(file, data, kind))

    async def _up(self, file: StoredFile, data: bytes, kind: str) -> str:
        place = await self._ask("GET", "/me/fileUploadUrl", type=kind)
        url, token = str(place.get("url") or ""), str(place.get("token") or "")
        if url not in self._hosts:
            raise ChannelUnavailable("Odnoklassniki names a strange address for uploads")
        form = aiohttp.FormData(quote_fields=False)  # a Russian name as browsers send it, not %D0%BF…
        form.add_field("file", data, filename=file.name, content_type=file.media_type)
        answer = await self._plain.call("POST", url, data=form)
        if answer.status != 200 or not token:
            raise ChannelUnavailable(f"upload: {answer.status}")
        return token
