"""Calls of the VK API by vk_api, in a few threads of their own.

vk_api is synchronous. What it does by itself and must not do here is off: it waits under a lock and asks again
without end on "too many requests", asks a person for captchas, writes a file of settings into the current folder.
"""

import asyncio
import io
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from adapters.vk.errors import CAPTCHA, METHOD_LIMIT, BatchNotUnderstood, error_of
from adapters.vk.settings import API_URL
from bot.errors import ChannelError, ChannelUnavailable, MessageRefused, RateLimited
from bot.newest import Newest

if TYPE_CHECKING:
    from requests import Session
    from vk_api import VkApiGroup

log = structlog.get_logger(__name__)

API_VERSION = "5.199"
THREADS = 4
CALLS_PER_S = 18
"""VK allows 20 to a community's token (dev.vk.com: "Ограничения и рекомендации"); on the way they bunch together."""
TIMEOUT_S = (5.0, 20.0)
"""To connect, and to hear something."""
MOST_KEPT = 1_000
MAX_BATCH = 25
"""Calls in one ``execute``."""

_T = TypeVar("_T")


class Pace:
    """Stands in for vk_api's lock: spaces calls of all threads, and lets them run side by side."""

    def __init__(self, per_s: float) -> None:
        self._gap_s = 1 / per_s
        self._next = 0.0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            now = time.monotonic()
            slot = max(self._next, now)
            self._next = slot + self._gap_s
        if slot > now:
            time.sleep(slot - now)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class VkClient:
    """One community's calls; threads and connections are made at the first one.

    Args:
        token: The community's key.
        api_url: Where ``/method/…`` is.
        name: The channel's name, for the log.
    """

    def __init__(self, token: str, api_url: str, name: str) -> None:
        self._token = token
        self._api_url = api_url
        self._name = name
        self._pace = Pace(CALLS_PER_S)
        self._pool: ThreadPoolExecutor | None = None
        self._mine = threading.local()
        self._uploading = asyncio.Lock()
        self._kept: Newest[tuple[str, int], str] = Newest(MOST_KEPT)

    async def call(self, method: str, **values: object) -> Any:
        """One method's answer. Raises ChannelError."""
        return await self._in_thread(lambda vk: vk.method(method, _filled(values)))

    async def batch(self, sends: Sequence[Mapping[str, object]]) -> list[Any]:
        """Several ``messages.send`` in one call; at most 25.

        Returns, in order, VK's answer or the ChannelError of each. Raises ChannelError where the whole call failed.
        """
        return await self._in_thread(partial(_executed, sends=[_filled(values) for values in sends]))

    async def uploaded(self, file_id: int, data: bytes, name: str, *, picture: bool, peer_id: int) -> str:
        """Hand a file over to VK, once; what ``attachment`` calls it. Raises ChannelError."""
        kept_as = ("photo" if picture else "doc", file_id)
        async with self._uploading:  # of an announcement's many sendings one hands its picture over
            if kept_as not in self._kept:
                work = partial(_upload, data=data, name=name, picture=picture, to=peer_id)
                self._kept[kept_as] = await self._in_thread(work)
            return self._kept[kept_as]

    def has(self, file_id: int, *, picture: bool) -> str:
        """What ``attachment`` calls a file that VK has already, "" where it has not."""
        return self._kept.get(("photo" if picture else "doc", file_id), "")

    def forget(self, file_id: int) -> None:
        """VK does not know the file any more."""
        for kind in ("photo", "doc"):
            self._kept.pop((kind, file_id), None)

    async def aclose(self) -> None:
        """Take nothing new; calls under way end by their time limit."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    async def _in_thread(self, work: "Callable[[VkApiGroup], _T]") -> _T:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix=f"vk {self._name}")
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._guarded, work)

    def _guarded(self, work: "Callable[[VkApiGroup], _T]") -> _T:
        """Our errors instead of vk_api's; ``from None``, as theirs hold the token."""
        from requests import RequestException
        from vk_api.exceptions import ApiError, ApiHttpError, Captcha

        try:
            return work(self._vk())
        except Captcha:
            raise self._told(CAPTCHA, "Captcha needed") from None
        except ApiError as error:
            raise self._told(int(error.code), str(error.error.get("error_msg", ""))) from None
        except ApiHttpError as error:
            raise _http_error(error.response.status_code, error.response.headers.get("Retry-After", "")) from None
        except UnicodeError:
            raise MessageRefused("the message holds signs that cannot be sent") from None
        except RequestException as error:
            raise ChannelUnavailable(f"VK: {type(error).__name__}") from None
        except (KeyError, TypeError, ValueError, AttributeError, StopIteration, RuntimeError) as error:
            raise ChannelUnavailable(f"VK answered something else: {type(error).__name__}") from None

    def _told(self, code: int, text: str) -> ChannelError:
        if code in (CAPTCHA, METHOD_LIMIT):
            log.error("messenger pauses us", channel=self._name, code=code)
        return error_of(code, text)

    def _vk(self) -> "VkApiGroup":
        """This thread's own: a session of requests is not made for several."""
        if not hasattr(self._mine, "vk"):
            from jconfig import MemoryConfig
            from vk_api import VkApiGroup
            from vk_api.exceptions import TOO_MANY_RPS_CODE

            vk = VkApiGroup(
                token=self._token, api_version=API_VERSION, config=MemoryConfig, session=session(self._api_url)
            )
            vk.RPS_DELAY = 0.0
            vk.lock = self._pace
            vk.error_handlers.pop(TOO_MANY_RPS_CODE)
            self._mine.vk = vk
        return self._mine.vk


def session(api_url: str) -> "Session":
    """A session with time limits, whose calls of the VK API go to ``api_url``; it asks no proxy of the environment."""
    from requests import Session
    from requests.adapters import HTTPAdapter

    class Redirected(HTTPAdapter):
        def send(self, request: Any, *args: Any, **what: Any) -> Any:
            if api_url != API_URL and request.url.startswith(API_URL + "/"):
                request.url = api_url + request.url.removeprefix(API_URL)
            what["timeout"] = TIMEOUT_S
            return super().send(request, *args, **what)

    made = Session()
    made.trust_env = False
    made.max_redirects = 0
    for scheme in ("https://", "http://"):
        made.mount(scheme, Redirected(pool_maxsize=1))
    return made


def _executed(vk: "VkApiGroup", sends: Sequence[Mapping[str, object]]) -> list[Any]:
    from vk_api.requests_pool import VkRequestsPool

    pool = VkRequestsPool(vk)
    results = [pool.method("messages.send", dict(values)) for values in sends]
    try:
        pool.execute()
    except UnicodeError:
        raise BatchNotUnderstood("one of the messages cannot be encoded") from None
    if not all(result.ready for result in results):
        raise BatchNotUnderstood("VK left out answers")
    return [
        error_of(int(result.error["error_code"]), str(result.error.get("error_msg", "")))
        if result.error
        else result.result
        for result in results
    ]


def _upload(vk: "VkApiGroup", data: bytes, name: str, picture: bool, to: int) -> str:
    from vk_api.upload import VkUpload

    upload = VkUpload(vk)
    upload.http = vk.http
    file = io.BytesIO(data)
    file.name = name
    if picture:
        saved = upload.photo_messages(file, peer_id=to)[0]
        kind = "photo"
    else:
        answer = upload.document_message(file, title=name, peer_id=to)
        kind, saved = "doc", answer["doc"]
    key = f"_{saved['access_key']}" if saved.get("access_key") else ""
    return f"{kind}{int(saved['owner_id'])}_{int(saved['id'])}{key}"


def _http_error(status: int, retry_after: str) -> ChannelError:
    if status == 429:
        return RateLimited(float(retry_after) if retry_after.isdecimal() else 1.0)
    return ChannelUnavailable(f"VK answered HTTP {status}")


def _filled(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}
