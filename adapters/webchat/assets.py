"""The page's files: read once, served from memory with a content hash, compressed where it helps."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).resolve().parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOREVER = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the page; ``version`` changes with its content."""

    name: str
    content_type: str
    body: bytes
    packed: bytes
    version: str

    @classmethod
    def read(cls, name: str) -> "Asset":
        """A file of ``static/``."""
        path = STATIC / name
        body = path.read_bytes()
        return cls(
            name=name,
            content_type=TYPES[path.suffix],
            body=body,
            packed=gzip.compress(body, mtime=0),
            version=hashlib.sha256(body).hexdigest()[:16],
        )

    @property
    def address(self) -> str:
        """Where the page finds it, from the page's own folder: another content, another address."""
        return f"chat/static/{self.name}?v={self.version}"

    def answer(self, request: web.Request, caching: str) -> web.Response:
        """The file, or 304 to a browser that has it."""
        tag = f'"{self.version}"'
        headers = {"Cache-Control": caching, "ETag": tag, "Vary": "Accept-Encoding"}
        known = request.headers.get("If-None-Match", "")
        if tag in (word.strip().removeprefix("W/") for word in known.split(",")):
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = self.content_type
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=self.packed, headers=headers | {"Content-Encoding": "gzip"})
        return web.Response(body=self.body, headers=headers)


class Assets:
    """All files that pages may ask for."""

    def __init__(self) -> None:
        self._files = {path.name: Asset.read(path.name) for path in sorted(STATIC.iterdir()) if path.suffix in TYPES}

    def __getitem__(self, name: str) -> Asset:
        return self._files[name]

    def find(self, name: str) -> Asset | None:
        """A file by its name, None for any other word."""
        return self._files.get(name)
