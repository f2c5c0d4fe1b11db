"""Readers' pictures that lie at an address: fetched only from the messenger's own hosts.

A handle comes from outside: without the list of hosts anybody could have us ask any address for them.
"""

from urllib.parse import urlsplit

from adapters.http import HttpClient
from bot.errors import ChannelUnavailable, InputError

GONE = (403, 404, 410)


class OwnHosts:
    """Where a messenger keeps files: its hosts with their subdomains over https, and the API's own address.

    Args:
        api_url: The API as configured; its scheme, host and port are believed as they are.
        names: The messenger's hosts.
    """

    def __init__(self, api_url: str, names: tuple[str, ...]) -> None:
        self._own = _origin(api_url)
        self._names = names

    def __contains__(self, address: str) -> bool:
        try:
            scheme, host, port = _origin(address)
            named = "@" in urlsplit(address).netloc
        except ValueError:
            return False
        if (scheme, host, port) == self._own:
            return True
        known = any(host == name or host.endswith(f".{name}") for name in self._names)
        return scheme == "https" and port in (None, 443) and not named and known


async def download(http: HttpClient, address: str, limit: int) -> bytes:
    """The bytes at an address that was found among the messenger's own, or a path of its API.

    Raises:
        InputError: Longer than ``limit`` bytes, or gone.
        ChannelError: As in ``send``.
    """
    answer = await http.call("GET", address, longest=limit)
    if answer.status in GONE:
        raise InputError("the picture is gone")
    if answer.status != 200:
        raise ChannelUnavailable(f"picture: {answer.status}")
    if len(answer.body) > limit:
        raise InputError(f"the picture has more than {limit} bytes")
    return answer.body


def _origin(url: str) -> tuple[str, str, int | None]:
    found = urlsplit(url)
    return found.scheme, (found.hostname or "").rstrip("."), found.port
