"""One HTTP client a channel: a base address, timeouts, and failures of the way as our errors.

It knows no messenger: what an answer's status and body mean is the channel's to say.
"""

import json
import ssl
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.errors import ChannelUnavailable
from bot.quick import dataclass

TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
LONGEST_RETRY_S = 3600.0
LONGEST_ANSWER = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a messenger answered, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def retry_after_s(self, otherwise: float) -> float:
        """Seconds that ``Retry-After`` asks for, an hour at most; ``otherwise`` where it says nothing of use."""
        value = self.headers.get("Retry-After", "")
        return min(float(value), LONGEST_RETRY_S) if value.isascii() and value.isdecimal() else otherwise


class HttpClient:
    """Keep-alive connections to one messenger; made at the first call, in the loop that calls.

    Args:
        base_url: What paths are put behind.
        headers: Sent with every call (the token among them).
        secrets: Never shown in an error: tokens that stand in addresses.
        ca_file: Certificates of authorities that are believed for this messenger besides the usual ones.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: tuple[str, ...] = (),
        ca_file: str = "",
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._headers = dict(headers or {})
        self._secrets = tuple(secret for secret in secrets if secret)
        self._ca_file = ca_file
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self, method: str, path: str, *, timeout_s: float | None = None, longest: int = LONGEST_ANSWER, **what: Any
    ) -> HttpAnswer:
        """One request (``json=``, ``data=``, ``params=``, ``headers=`` as in aiohttp); ``path`` may be a whole address.

        Of an answer of more than ``longest`` bytes no more than one byte beyond is given.

        Raises:
            ChannelUnavailable: No answer came: the request may have been taken or not.
        """
        url = path if path.startswith(("http://", "https://")) else self._base + path
        if timeout_s is not None:
            what["timeout"] = aiohttp.ClientTimeout(total=timeout_s, connect=10)
        try:
            async with self._opened().request(method, url, allow_redirects=False, **what) as answer:
                body = await _read(answer.content, longest)
                return HttpAnswer(answer.status, answer.headers, body)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ChannelUnavailable(self.masked(f"{type(error).__name__}: {error}".rstrip(": "))) from None

    def masked(self, text: str) -> str:
        """The text without our secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text

    async def aclose(self) -> None:
        """Give the connections back; a second time is harmless."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=64, ssl=self._context()) if self._ca_file else None
            self._session = aiohttp.ClientSession(
                headers=self._headers, timeout=self._timeout, connector=connector, auto_decompress=True
            )
        return self._session

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.load_verify_locations(self._ca_file)
        return context


async def _read(stream: aiohttp.StreamReader, longest: int) -> bytes:
    """The whole of an answer (a single ``read`` gives what has arrived so far), at most one byte too much."""
    pieces, size = [], 0
    async for piece in stream.iter_any():
        pieces.append(piece)
        size += len(piece)
        if size > longest:
            break
    return b"".join(pieces)[: longest + 1]
