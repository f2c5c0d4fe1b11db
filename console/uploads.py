"""Files that librarians attach: read up to a limit, known by what they are and not by what they are called."""

import asyncio
import io
import re
import zipfile
from dataclasses import field
from urllib.parse import quote

from aiohttp import BodyPartReader

from bot.messages import Attachment, Contact, Document, Picture, StoredFile
from bot.ports.files import Files
from bot.quick import dataclass
from bot.wording import gettext as _
from console.room import LONGEST_FORM, Stop, Visit, outdated

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes: what every messenger that takes files takes."""
LONGEST_NAME = 100
UPLOAD_S = 120.0
_SIGNS = (
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"GIF87a", "image/gif", ".gif"),
    (b"GIF89a", "image/gif", ".gif"),
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"AT&TFORM", "image/vnd.djvu", ".djvu"),
)
_OFFICE = {
    "word/": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "xl/": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    "ppt/": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
}
_OPEN_OFFICE = {
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
    b"application/epub+zip": ".epub",
}
_BAD_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]')


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came; ``name`` has the ending of what it is."""

    name: str
    media_type: str
    data: bytes


@dataclass(slots=True)
class Form:
    """The fields of a form, and the file in it."""

    fields: dict[str, str] = field(default_factory=dict)
    file: Upload | None = None


def kind_of(data: bytes) -> tuple[str, str] | None:
    """Media type and ending by the content; None for what readers are never sent (programs, pages, archives)."""
    for sign, media_type, ending in _SIGNS:
        if data.startswith(sign):
            return media_type, ending
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp", ".webp"
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_package(data)
    return ("text/plain; charset=utf-8", ".txt") if _is_text(data) else None


def _kind_of_package(data: bytes) -> tuple[str, str] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
            if "mimetype" in names and package.getinfo("mimetype").file_size < 100:
                said = package.read("mimetype").strip()
                return (said.decode("ascii"), _OPEN_OFFICE[said]) if said in _OPEN_OFFICE else None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return None
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for folder, kind in _OFFICE.items() if any(name.startswith(folder) for name in names)), None)


def _is_text(data: bytes) -> bool:
    """Words and nothing that a browser or a shell would run."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    head = text[:2000].lstrip("\ufeff \t\r\n").casefold()
    if not head or head.startswith(("<", "#!", "{\\rtf", "@echo")):
        return False
    return not any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in text)


def named(name: str, ending: str) -> str:
    """A name that is safe everywhere, with the ending of what the file is."""
    base = _BAD_IN_NAMES.sub(" ", name.replace("\\", "/").rpartition("/")[2])
    stem = " ".join(base.rsplit(".", 1)[0].split()).strip(". ")[:LONGEST_NAME]
    return (stem or "file") + ending


async def read(visit: Visit) -> Form:
    """The form of an answer, with a file or without. Raises Stop."""
    if visit.request.content_type != "multipart/form-data":
        return Form(dict(visit.form))
    if (visit.request.content_length or 0) > LARGEST_FILE + LONGEST_FORM:
        raise too_large()
    form, left = Form(), LARGEST_FILE + LONGEST_FORM
    try:
        async with asyncio.timeout(UPLOAD_S):
            async for part in await visit.request.multipart():
                if not isinstance(part, BodyPartReader):
                    raise outdated()
                data = await _bytes(part, left)
                left -= len(data)
                if part.filename:
                    form.file = await _upload(part.filename, data)
                elif part.name and not part.filename and len(data) < LONGEST_FORM:
                    form.fields[part.name] = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\x00", "")
    except TimeoutError:
        raise Stop(408, _("Файл идёт слишком долго. Попробуйте файл поменьше.")) from None
    except (ValueError, AssertionError):
        raise outdated() from None
    return form


async def _bytes(part: BodyPartReader, most: int) -> bytes:
    kept = bytearray()
    while piece := await part.read_chunk(64 * 1024):
        kept += piece
        if len(kept) > most:
            raise too_large()
    return bytes(kept)


async def _upload(name: str, data: bytes) -> Upload | None:
    if not data:
        return None
    if len(data) > LARGEST_FILE:
        raise too_large()
    kind = await asyncio.to_thread(kind_of, data)
    if kind is None:
        raise Stop(415, _("Такие файлы читателям не отправляют. Можно картинку, PDF, документ или текст."))
    return Upload(named(name, kind[1]), kind[0], data)


def too_large() -> Stop:
    """What is said of a file beyond the limit."""
    return Stop(413, _("Файл слишком большой: можно до {count} МБ.").format(count=LARGEST_FILE // 1024 // 1024))


async def attached(upload: Upload, files: Files, words: str, reader: Contact) -> Attachment:
    """The file in the store, as what goes along with an answer; it is the reader's, and forgotten with them."""
    kept = await files.keep(upload.name, upload.media_type, upload.data, reader, of_talk=True)
    if upload.media_type.startswith("image/") and "djvu" not in upload.media_type:
        return Picture(file=kept, alt=words.splitlines()[0][:200] if words else upload.name)
    return Document(file=kept)


def headers(file: StoredFile, *, inline: bool) -> dict[str, str]:
    """How a browser may show a file: a picture in the page, anything else only saved."""
    shown = inline and file.media_type in {"image/png", "image/jpeg", "image/gif", "image/webp"}
    way = "inline" if shown else "attachment"
    return {
        "Content-Type": file.media_type if shown else "application/octet-stream",
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(file.name)}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=3600",
    }
