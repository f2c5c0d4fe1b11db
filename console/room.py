"""What all screens share: who is there, may they, what language do they read, and the headers of every answer."""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.allowance import address_of
from bot.assets import Assets
from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.quick import dataclass
from bot.staff import Audit, StaffBook, StaffMember, StaffRole, StaffSession
from bot.wording import gettext, in_language, language_of
from console import words
from console.compiled import CompiledOnce
from console.done import done
from console.passwords import digest
from console.sections import SECTIONS, section_of

log = structlog.get_logger(__name__)

HERE = Path(__file__).resolve().parent
_COMPILED = CompiledOnce()
ROOT = "/console/"
DOOR = "bibliobot_door"
"""The cookie of somebody who is not signed in: what the door's form is bound to."""
SESSION = "bibliobot_staff"
TOKEN_LENGTH = 43
LONGEST_FORM = 64 * 1024
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "media-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere, in nobody's frame."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSetting:
    """What the console is built with.

    Attributes:
        key: The service's own, beside the store and not in it: second factors are made with it.
        secure: The world reaches us by https: cookies are for nothing else.
        client_address_header: Where our proxy writes a visitor's address, "" where there is none.
        idle: A session in which nothing was done for so long ends.
        longest: A session ends after this whatever is done.
        undo: How long an answer may be taken back.
        branches: Code → name, in the order of answers.
        sources: Start parameter of a link → code of its branch.
        channels: Name of a channel → what people call it.
        channel_kinds: Kind of messenger → what people call it.
        sending: Channels that are on.
        windows: Name of a channel → hours in which its readers may be written to after their last words.
        public_only: Channels that may carry nothing of a person.
        largest_upload: Bytes of a catalogue that is loaded at the console.
    """

    library: str
    language: str
    zone: ZoneInfo
    key: bytes = field(repr=False)
    secure: bool = False
    client_address_header: str = ""
    idle: timedelta = timedelta(hours=3)
    longest: timedelta = timedelta(hours=12)
    undo: timedelta = timedelta(seconds=5)
    branches: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    channel_kinds: Mapping[str, str] = field(default_factory=dict)
    sending: frozenset[str] = frozenset()
    windows: Mapping[str, float] = field(default_factory=dict)
    public_only: frozenset[str] = frozenset()
    long_wait: timedelta | None = timedelta(minutes=15)
    largest_upload: int = 500 * 1024 * 1024


def is_row(said: str) -> bool:
    """Whether this is the number of a row: anybody may write anything into a form or an address."""
    return said.isascii() and said.isdigit() and len(said) < 19


def one_line(said: str, longest: int) -> str:
    """What somebody typed into a field of one line or an address: single blanks, no NUL, cut to so many signs."""
    return " ".join(said.replace("\x00", "").split())[:longest]


def row_number(said: str) -> int:
    """The number of a row; 0 for anything else."""
    return int(said) if is_row(said) else 0


@dataclass(slots=True)
class Visit:
    """One request: who makes it, in which language, with which form.

    Attributes:
        token: What the forms are bound to: the session's token, or the door's.
        form: The fields of a POST; empty otherwise.
    """

    request: web.Request
    now: datetime
    language: str
    token: str
    session: StaffSession | None
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def me(self) -> StaffMember:
        """Who it is; only behind the door."""
        assert self.session is not None
        return self.session.member

    @property
    def csrf(self) -> str:
        """What every form must bring along."""
        return hmac.new(self.token.encode(), b"form", hashlib.sha256).hexdigest()

    @property
    def in_place(self) -> bool:
        """Htmx asks: for a piece of the page, not for a page."""
        return self.request.headers.get("HX-Request") == "true"

    def number(self, name: str) -> int:
        """A number in the address; 0 for anything else."""
        return row_number(self.request.query.get(name, ""))

    def row(self, name: str) -> int:
        """The row that a field of the form names. Raises Stop."""
        said = self.form.get(name, "")
        if not is_row(said):
            raise outdated()
        return int(said)


Screen = Callable[[Visit], Awaitable[web.StreamResponse]]
Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Stop(Exception):
    """This request ends here, with a page that says why."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said


def outdated() -> Stop:
    """For a form that is not as our pages make it: an old page, or somebody's own."""
    return Stop(400, gettext("Форма устарела: обновите страницу и повторите."))


class Room:
    """The console's walls.

    Args:
        setting: What the library has decided.
        staff: Who may come in.
        audit: Where it is written down what they did.
        clock: Where moments come from.
    """

    def __init__(self, setting: ConsoleSetting, staff: StaffBook, audit: Audit, clock: Clock) -> None:
        self.setting, self.staff, self.audit, self.clock = setting, staff, audit, clock
        self.banner: Callable[[datetime], str] = lambda _: ""
        """What stands above every page, "" for nothing."""
        self.assets = Assets(HERE / "static", HERE / "static" / "vendor", prefix=f"{ROOT}static/")
        self.asked_of: dict[Endpoint, StaffRole | None] = {}
        """The role that each screen asks for; None: it is before the door."""
        self._pages = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            bytecode_cache=_COMPILED,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.globals.update(
            _=gettext,
            asset=lambda name: self.assets[name].address,
            library=setting.library,
            Role=StaffRole,
            banner=self._banner_now,
            root=ROOT,
            sections=SECTIONS,
        )
        self._pages.globals.update(signals=self._signals)
        self._pages.filters.update(words.filters(setting, clock))

    def _banner_now(self, now: datetime) -> str:
        return self.banner(now)

    def _signals(self) -> Markup:
        """What a page that listens for calls tells its script."""
        long = self.setting.long_wait
        words = gettext("Читатель ждёт дольше обычного"), gettext("Читатель ждёт библиотекаря")
        return Markup('data-long-seconds="{}" data-long="{}" data-called="{}"').format(
            int(long.total_seconds()) if long else 0, *words
        )

    # --- answers ---------------------------------------------------------------------------------

    def page(self, visit: Visit, template: str, /, status: int = 200, **values: Any) -> web.Response:
        """A rendered page or piece of one."""
        return web.Response(status=status, text=self.piece(visit, template, **values), content_type="text/html")

    def piece(self, visit: Visit, template: str, /, **values: Any) -> str:
        """The HTML alone."""
        me = visit.session.member if visit.session else None
        told = done().get(visit.request.query.get("done", ""), "") if visit.request.method == "GET" else ""
        of_visit = {"visit": visit, "me": me, "csrf": visit.csrf, "now": visit.now, "done": told}
        return self._pages.get_template(template).render(of_visit, **values)

    def go(self, visit: Visit, path: str, became: str = "") -> web.Response:
        """Another page of ours, after a form was taken; ``became``: what it says first, a code of ``console.done``."""
        if became:
            path += ("&" if "?" in path else "?") + f"done={became}"
        if visit.in_place:
            return web.Response(status=204, headers={"HX-Redirect": path})
        return web.Response(status=303, headers={"Location": path})

    def put_cookie(self, response: web.Response, name: str, value: str, age: timedelta | None = None) -> None:
        """A cookie that no script reads and no other site sends along."""
        response.set_cookie(
            name,
            value,
            path=ROOT,
            max_age=int(age.total_seconds()) if age else None,
            secure=self.setting.secure,
            httponly=True,
            samesite="Lax" if name == SESSION else "Strict",
        )

    def address(self, request: web.Request) -> str:
        """The network address that a request is counted for, "" for this machine."""
        return address_of(request, self.setting.client_address_header)

    # --- the guard at every screen ---------------------------------------------------------------

    def screen(self, screen: Screen, role: StaffRole = StaffRole.LIBRARIAN) -> Endpoint:
        """A screen for those who are signed in and have this role."""
        return self._guarded(screen, role)

    def open_to_all(self, screen: Screen) -> Endpoint:
        """A screen before the door."""
        return self._guarded(screen, None)

    def _guarded(self, screen: Screen, role: StaffRole | None) -> Endpoint:
        async def answered(request: web.Request) -> web.StreamResponse:
            try:
                visit = self._visit(request, await self._session(request))
            except StoreUnavailable:  # who it is cannot be told, and nobody is sent to the door for that
                visit = self._visit(request, None)
                with in_language(visit.language):
                    return self._dressed(visit, self._away(visit))
            with in_language(visit.language):
                try:
                    stopped = await self._stopped(visit, role)
                    response = stopped if stopped is not None else await screen(visit)
                except Stop as stop:
                    response = self._said(visit, stop)
                except StoreUnavailable:
                    response = self._away(visit)
            return response if response.prepared else self._dressed(visit, response)

        self.asked_of[answered] = role
        return answered

    async def _session(self, request: web.Request) -> StaffSession | None:
        token = request.cookies.get(SESSION, "")
        if len(token) != TOKEN_LENGTH:
            return None
        return await self.staff.session(digest(token), self._idle_since())

    async def goes_on(self, visit: Visit) -> bool:
        """Whether the session of a page that stays open still does, and its owner may what they might.

        To ask is no sign of life: a page that nobody touches does not keep its session.
        """
        begun = visit.session
        assert begun is not None
        alive = await self.staff.sessions(begun.member.staff_id)
        found = next((one for one in alive if one.session_id == begun.session_id), None)
        return found is not None and found.member == begun.member and self.is_alive(found)

    def is_alive(self, session: StaffSession) -> bool:
        """Whether something was done there lately."""
        return session.seen_at >= self._idle_since()

    def _idle_since(self) -> datetime:
        return self.clock.now() - self.setting.idle

    def _visit(self, request: web.Request, session: StaffSession | None) -> Visit:
        token = request.cookies.get(SESSION if session else DOOR, "")
        token = token if len(token) == TOKEN_LENGTH else secrets.token_urlsafe(32)
        language = self._language(request, session)
        return Visit(request=request, now=self.clock.now(), language=language, token=token, session=session)

    def _language(self, request: web.Request, session: StaffSession | None) -> str:
        wanted = session.member.language if session else request.query.get("lang", "")
        return language_of(wanted, self.setting.language)

    async def _stopped(self, visit: Visit, role: StaffRole | None) -> web.Response | None:
        """Where this request may not go on, what is answered instead."""
        request = visit.request
        if role is not None and visit.session is None:
            if request.method == "GET" and not visit.in_place and "text/html" in request.headers.get("Accept", ""):
                return web.Response(status=303, headers={"Location": f"{ROOT}login?next={_quoted(request.path_qs)}"})
            raise Stop(401, gettext("Вход закончился. Войдите снова: написанное не пропадёт."))
        if request.method == "POST":
            await self._check_form(visit)
        if role is not None and not visit.me.role.may(role):
            await self.audit.note(visit.me.login, "refused.role", request.path)
            raise Stop(403, gettext("Это могут другие сотрудники: спросите администратора."))
        if role is not None and visit.me.must_change and request.path not in _BEFORE_A_NEW_PASSWORD:
            return self.go(visit, f"{ROOT}password")
        return None

    async def _check_form(self, visit: Visit) -> None:
        """A POST comes from a page of ours. Raises Stop."""
        request = visit.request
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise Stop(403, gettext("Эта форма пришла с чужого сайта."))
        said = request.headers.get("X-CSRF", "")
        if request.content_type == "application/x-www-form-urlencoded":
            if (request.content_length or 0) > LONGEST_FORM:
                raise Stop(413, gettext("Слишком длинно."))
            try:
                fields = await request.post()
            except (ValueError, web.HTTPRequestEntityTooLarge):
                raise Stop(413, gettext("Слишком длинно.")) from None
            visit.form = {
                name: value.replace("\r\n", "\n").replace("\x00", "")  # PostgreSQL keeps no NUL
                for name, value in fields.items()
                if isinstance(value, str)
            }
            said = said or visit.form.get("csrf", "")
        if not hmac.compare_digest(said.encode(errors="replace"), visit.csrf.encode()):
            raise Stop(403, gettext("Форма устарела: обновите страницу и повторите."))

    def _said(self, visit: Visit, stop: Stop) -> web.Response:
        if visit.in_place or visit.request.headers.get("X-CSRF"):
            return web.Response(status=stop.status, text=stop.said, content_type="text/plain")
        came = urlsplit(visit.request.headers.get("Referer", ""))
        onward = inside(f"{came.path}?{came.query}".removesuffix("?"))
        back = section_of(visit.request.path.removeprefix(ROOT), visit.me.role) if visit.session else SECTIONS[0]
        return self.page(visit, "stopped.html", stop.status, said=stop.said, code=stop.status, onward=onward, back=back)

    def _away(self, visit: Visit) -> web.Response:
        """What is said while the store does not answer, in a page or to a script."""
        return self._said(visit, Stop(503, gettext("База данных не отвечает. Повторите через минуту.")))

    def _dressed(self, visit: Visit, response: web.StreamResponse) -> web.StreamResponse:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if self.setting.secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if not visit.session and isinstance(response, web.Response) and DOOR not in visit.request.cookies:
            self.put_cookie(response, DOOR, visit.token)
        return response

    async def people(self) -> Mapping[str, str]:
        """Login → name: what colleagues call one another."""
        return {who.login: who.name for who in await self.staff.all()}

    async def whole_library(self, visit: Visit, said: str) -> None:
        """This is for staff who are responsible for all branches. Raises Stop with ``said`` for others."""
        if visit.me.branches:
            await self.refuse_branch(visit, visit.request.path, said)

    async def refuse_branch(self, visit: Visit, whom: str, said: str) -> NoReturn:
        """Somebody tries what belongs to another branch: it is written down, of whom or what. Raises Stop."""
        await self.audit.note(visit.me.login, "refused.branch", whom)
        raise Stop(403, said)

    # --- files -----------------------------------------------------------------------------------

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """What every page needs."""
        return [web.get(ROOT + "static/{name}", self._file), web.get(ROOT.rstrip("/"), self._to_the_door)]

    def nowhere(self) -> web.RouteDef:
        """Every other address, said as the other pages are; after all of them.

        Where a form is sent there is nothing to read: a browser that opens its windows again, or comes back from the
        door, goes on to the page that the form stands on.
        """

        async def no_page(visit: Visit) -> web.StreamResponse:
            request, path = visit.request, visit.request.path
            if not await _is_known(request, "POST", path):
                raise Stop(404, gettext("Такой страницы нет."))
            while (path := path.rpartition("/")[0]).startswith(ROOT):
                if await _is_known(request, "GET", path):
                    return self.go(visit, path)
            return self.go(visit, ROOT)

        return web.get(ROOT + "{nowhere:.*}", self.screen(no_page))

    async def _file(self, request: web.Request) -> web.Response:
        found = self.assets.find(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        return found.answer(request, found.caching(request))

    async def _to_the_door(self, _: web.Request) -> web.Response:
        return web.Response(status=308, headers={"Location": ROOT})


_BEFORE_A_NEW_PASSWORD = frozenset({f"{ROOT}password", f"{ROOT}logout", f"{ROOT}language"})


async def _is_known(request: web.Request, method: str, path: str) -> bool:
    """Whether a page of its own answers there."""
    found = await request.app.router.resolve(request.clone(method=method, rel_url=path))
    return found.http_exception is None and "nowhere" not in found


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path, safe="")


def inside(path: str) -> str:
    """Where to go after the door: a page of ours, whatever was asked for."""
    ours = path.startswith(ROOT) and "\\" not in path and not any(ord(character) < 32 for character in path)
    return path if ours else ROOT
