"""The files of pages of our own: read once, served from memory with a content hash, compressed where it helps."""

import gzip
import hashlib
from pathlib import Path

from aiohttp import web

from bot.quick import dataclass

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOREVER = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of a page.

    Attributes:
        address: Where the page finds it; another content, another address.
        version: Changes with its content.
    """

    name: str
    address: str
    content_type: str
    body: bytes
    packed: bytes
    version: str

    @classmethod
    def read(cls, path: Path, prefix: str) -> "Asset":
        """A file, served under a prefix."""
        body = path.read_bytes()
        version = hashlib.sha256(body).hexdigest()[:16]
        return cls(
            name=path.name,
            address=f"{prefix}{path.name}?v={version}",
            content_type=TYPES[path.suffix],
            body=body,
            packed=gzip.compress(body, mtime=0),
            version=version,
        )

    def caching(self, request: web.Request) -> str:
        """For ever where the address that was asked for names this content."""
        return FOREVER if request.query.get("v") == self.version else AN_HOUR

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
    """All files that pages may ask for.

    Args:
        folders: Where they are; names are unique.
        prefix: Where they are served: ``chat/static/`` as seen from the page, or an absolute path.
    """

    def __init__(self, *folders: Path, prefix: str) -> None:
        paths = [path for folder in folders for path in sorted(folder.iterdir()) if path.suffix in TYPES]
        self._files = {path.name: Asset.read(path, prefix) for path in paths}

    def __getitem__(self, name: str) -> Asset:
        return self._files[name]

    def find(self, name: str) -> Asset | None:
        """A file by its name, None for any other word."""
        return self._files.get(name)
