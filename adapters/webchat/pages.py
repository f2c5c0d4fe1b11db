"""The page at ``/``, the same page for a frame on another site, and the files they need."""

import html
import json
from collections.abc import Sequence
from pathlib import Path
from string import Template

from aiohttp import web

from adapters.webchat.parse import LONGEST_TEXT
from adapters.webchat.settings import WebChatSettings
from adapters.webchat.words import for_page, for_script
from bot.assets import AN_HOUR, Assets
from bot.channels import Setting
from bot.wording import LANGUAGES, language_of

STATIC = Path(__file__).resolve().parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)
"""Nothing inline, nothing from elsewhere."""


class Pages:
    """Renders the page in each language once; a reader's text never passes through here.

    Args:
        options: The channel's block of the configuration.
        setting: The library's name and language; ``extra`` may hold ``policy_url`` and ``phone``.
    """

    def __init__(self, options: WebChatSettings, setting: Setting) -> None:
        self._options = options
        self._setting = setting
        self._assets = Assets(STATIC, prefix="chat/static/")
        self._template = Template((STATIC / "page.html").read_text("utf-8"))
        ancestors = " ".join(("'self'", *options.embed_on))
        self._headers = {
            "Content-Security-Policy": POLICY.format(ancestors=ancestors),
            "Cache-Control": "no-cache",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        }
        self._rendered = {
            (language, framed): self._render(language, framed=framed)
            for language in LANGUAGES
            for framed in (False, True)
        }

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Everything that a browser opens."""
        return [
            web.get("/", self.page),
            web.get("/chat/frame", self.frame),
            web.get("/chat/widget.js", self.widget),
            web.get("/chat/static/{name}", self.file),
            web.get("/favicon.ico", self.icon),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """The chat as a page of its own."""
        return self._answer(request, framed=False)

    async def frame(self, request: web.Request) -> web.Response:
        """The chat inside another page (``embed_on`` says whose)."""
        return self._answer(request, framed=True)

    async def widget(self, request: web.Request) -> web.Response:
        """The one script tag of another site."""
        response = self._assets["widget.js"].answer(request, AN_HOUR)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    async def file(self, request: web.Request) -> web.Response:
        """A file of the page; for ever where the address names its content."""
        found = self._assets.find(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        return found.answer(request, found.caching(request))

    async def icon(self, request: web.Request) -> web.Response:
        """What browsers ask for unasked."""
        return self._assets["icon.svg"].answer(request, AN_HOUR)

    def _answer(self, request: web.Request, *, framed: bool) -> web.Response:
        language = language_of(request.query.get("lang", ""), self._setting.language)
        page = self._rendered[language, framed]
        response = web.Response(text=page, content_type="text/html", headers=self._headers)
        response.enable_compression()
        return response

    def _render(self, language: str, *, framed: bool) -> str:
        library = self._options.title or self._setting.library_name
        phone = self._options.phone or self._setting.extra.get("phone", "")
        words = for_page(language, library=library, phone=phone)
        known = {
            "language": language,
            "limit": LONGEST_TEXT,
            "policyUrl": self._setting.extra.get("policy_url", ""),
            "words": for_script(language),
        }
        folder = "../" if framed else ""
        addresses = {name: folder + self._assets[f"{name}.{kind}"].address for name, kind in FILES}
        return self._template.substitute(
            {key: html.escape(value) for key, value in (words | addresses).items()},
            language=language,
            library=html.escape(library),
            framed="framed" if framed else "whole",
            limit=str(LONGEST_TEXT),
            known=_script_data(known),
        )


FILES = (
    ("memory", "js"),
    ("line", "js"),
    ("view", "js"),
    ("outbox", "js"),
    ("chat", "js"),
    ("style", "css"),
    ("icon", "svg"),
)


def _script_data(value: object) -> str:
    """JSON that may stand inside a script element: nothing in it can end the element."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
