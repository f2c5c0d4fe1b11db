"""Files of MAX: pictures that readers send, pictures and documents that they get."""

from collections.abc import Mapping
from typing import Any

import aiohttp

from adapters.http import HttpAnswer, HttpClient
from adapters.max.answers import refusal
from adapters.max.render import Piece
from adapters.max.settings import MaxSettings
from adapters.pictures import OwnHosts, download
from adapters.uploads import Uploads
from bot.errors import ChannelUnavailable, InputError
from bot.messages import StoredFile

HOSTS = ("oneme.ru", "max.ru", "okcdn.ru", "mycdn.me")
"""Where MAX keeps files, with their subdomains (its documentation of uploads, its recorded events)."""


class Media:
    """Up and down, only to and from MAX itself; our token goes nowhere else."""

    def __init__(self, api: HttpClient, options: MaxSettings, uploads: Uploads[Mapping[str, Any]]) -> None:
        self._api = api
        self._hosts = OwnHosts(options.api_url, HOSTS)
        self._plain = HttpClient("", ca_file=options.ca_file)
        self._uploads = uploads

    async def attachments(self, piece: Piece) -> tuple[Mapping[str, Any], ...]:
        """What the files of a message are called at MAX; those that it does not have yet go up. Raises ChannelError."""
        made = [{"type": "image", "payload": await self._named(what.file, "image")} for what in piece.pictures]
        if piece.document is not None:
            made.append({"type": "file", "payload": await self._named(piece.document.file, "file")})
        return tuple(made)

    async def fetch(self, handle: str, limit: int) -> bytes:
        """The bytes behind a picture's address; refuses every address that is not MAX's."""
        if handle not in self._hosts:
            raise InputError("the picture is not kept by MAX")
        return await download(self._plain, handle, limit)

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._plain.aclose()

    async def _named(self, file: StoredFile, kind: str) -> Mapping[str, Any]:
        return await self._uploads.name_of(file, lambda data: self._up(file, data, kind))

    async def _up(self, file: StoredFile, data: bytes, kind: str) -> Mapping[str, Any]:
        place = await self._api.call("POST", "/uploads", params={"type": kind})
        if place.status != 200:
            raise refusal(place)
        url = _string(place, "url")
        if url not in self._hosts:
            raise ChannelUnavailable("MAX names a strange address for uploads")
        form = aiohttp.FormData(quote_fields=False)  # a Russian name as browsers send it, not %D0%BF…
        form.add_field("data", data, filename=file.name, content_type=file.media_type)
        return _payload(await self._plain.call("POST", url, data=form), place)


def _payload(answer: HttpAnswer, place: HttpAnswer) -> Mapping[str, Any]:
    """What an attachment says of an uploaded file: its token, or a picture's ``photos``."""
    if answer.status != 200:
        raise refusal(answer)
    found = answer.json()
    if isinstance(found, dict):
        if isinstance(found.get("photos"), dict):
            return {"photos": found["photos"]}
        if isinstance(found.get("token"), str):
            return {"token": found["token"]}
    if token := _string(place, "token"):
        return {"token": token}
    raise ChannelUnavailable("MAX took a file and named no token")


def _string(answer: HttpAnswer, key: str) -> str:
    found = answer.json()
    value = found.get(key) if isinstance(found, dict) else None
    return value if isinstance(value, str) else ""
