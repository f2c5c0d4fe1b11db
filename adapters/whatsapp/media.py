"""Files up and down: an upload gives an id for thirty days, a download takes two steps and our token."""

from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp

from adapters.http import HttpAnswer, HttpClient
from adapters.pictures import OwnHosts
from adapters.whatsapp.errors import fault
from bot.errors import ChannelUnavailable, InputError, MessageRefused
from bot.messages import StoredFile
from bot.ports import Files

KEPT_FOR = timedelta(days=29)
"""Meta keeps an upload for 30 days."""
KEPT = 1_000
META = ("fbsbx.com", "facebook.com", "fbcdn.net", "whatsapp.net")
"""Hosts that Meta keeps files on; our token goes to no other."""


class Media:
    """Files of one number.

    Args:
        http: Knows the API's address and the token.
        api_url: Its own host is believed too.
    """

    def __init__(
        self, http: HttpClient, phone_number_id: str, api_url: str, files: Files | None, now: Callable[[], datetime]
    ) -> None:
        self._http = http
        self._number = phone_number_id
        self._hosts = OwnHosts(api_url, META)
        self._files = files
        self._now = now
        self._ids: dict[int, tuple[str, datetime]] = {}

    async def uploaded(self, file: StoredFile) -> str:
        """The id of a stored file at Meta; uploads it where it is not there yet.

        Raises:
            MessageRefused: The store has the file no more.
            ChannelError: As in ``send``.
        """
        known = self._ids.get(file.file_id)
        if known and self._now() - known[1] < KEPT_FOR:
            return known[0]
        data = await self._files.read(file.file_id) if self._files is not None else None
        if data is None:
            raise MessageRefused(f"the file {file.file_id} is gone")
        form = aiohttp.FormData()
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", file.media_type)
        form.add_field("file", data, filename=file.name, content_type=file.media_type)
        answer = await self._http.call("POST", f"/{self._number}/media", data=form, timeout_s=120)
        media_id = _named(_good(answer), "id")
        self._ids[file.file_id] = (media_id, self._now())
        while len(self._ids) > KEPT:
            del self._ids[next(iter(self._ids))]
        return media_id

    def forget(self, file: StoredFile) -> None:
        """Upload it anew next time: its message was refused."""
        self._ids.pop(file.file_id, None)

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
