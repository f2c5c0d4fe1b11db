"""Files up and down: an upload gives an id for thirty days, a download takes two steps and our token."""

from datetime import timedelta

import aiohttp

from adapters.http import HttpAnswer, HttpClient
from adapters.pictures import OwnHosts
from adapters.uploads import Uploads
from adapters.whatsapp.errors import fault
from bot.errors import ChannelUnavailable, InputError
from bot.messages import StoredFile

KEPT_FOR = timedelta(days=29)
"""Meta keeps an upload for 30 days."""
META = ("fbsbx.com", "facebook.com", "fbcdn.net", "whatsapp.net")
"""Hosts that Meta keeps files on; our token goes to no other."""


class Media:
    """Files of one number.

    Args:
        http: Knows the API's address and the token.
        api_url: Its own host is believed too.
    """

    def __init__(self, http: HttpClient, phone_number_id: str, api_url: str, uploads: Uploads[str]) -> None:
        self._http = http
        self._number = phone_number_id
        self._hosts = OwnHosts(api_url, META)
        self._uploads = uploads

    async def uploaded(self, file: StoredFile) -> str:
        """The id of a stored file at Meta; uploads it where it is not there yet. Raises ChannelError."""
        return await self._uploads.name_of(file, lambda data: self._up(file, data))

    async def _up(self, file: StoredFile, data: bytes) -> str:
        form = aiohttp.FormData()
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", file.media_type)
        form.add_field("file", data, filename=file.name, content_type=file.media_type)
        answer = await self._http.call("POST", f"/{self._number}/media", data=form, timeout_s=120)
        return _named(_good(answer), "id")

    def forget(self, file: StoredFile) -> None:
        """Upload it anew next time: its message was refused."""
        self._uploads.forget(file)

    async def fetch(self, handle: str, limit: int) -> bytes:
        """The bytes behind a media id (``bot.channels.Fetching``)."""
        if not handle.replace("-", "").replace("_", "").isalnum() or not handle.isascii():
            raise InputError("no id of a file")
        answer = await self._http.call("GET", f"/{handle}", params={"phone_number_id": self._number})
        if 400 <= answer.status < 500 and not _is_token(answer):
            raise InputError("the picture is gone")
        url = _named(_good(answer), "url")
        if url not in self._hosts:
            raise InputError("the file lies on a host that is not Meta's")
        answer = await self._http.call("GET", url, longest=limit, timeout_s=60)
        if answer.status in (404, 410):
            raise InputError("the picture is gone")
        data = _good(answer).body
        if len(data) > limit:
            raise InputError(f"longer than {limit} bytes")
        return data


def _good(answer: HttpAnswer) -> HttpAnswer:
    """The answer, unless it is a fault or a redirect (which is not followed: it would carry our token away)."""
    error = fault(answer)
    if error is not None:
        raise error
    return answer


def _named(answer: HttpAnswer, key: str) -> str:
    body = answer.json()
    value = body.get(key) if isinstance(body, dict) else None
    if not isinstance(value, str) or not value:
        raise ChannelUnavailable(f"an answer without {key}")
    return value


def _is_token(answer: HttpAnswer) -> bool:
    return answer.status in (401, 403, 429)
