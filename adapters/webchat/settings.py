"""Options of the web chat; all have working defaults."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_ORIGIN = re.compile(r"https?://[a-z0-9*.:-]+", re.IGNORECASE)
_HEADER = re.compile(r"[A-Za-z0-9-]*")


def _origin(value: str) -> str:
    """Only what may stand in ``frame-ancestors``: a path or a space would change its meaning."""
    trimmed = value.strip().rstrip("/")
    if trimmed != "*" and not _ORIGIN.fullmatch(trimmed):
        raise ValueError("expected an address without a path, such as https://library.example")
    return trimmed


def _header(value: str) -> str:
    if not _HEADER.fullmatch(value):
        raise ValueError("expected the name of a header, such as X-Forwarded-For")
    return value


class WebChatSettings(BaseModel):
    """The block ``channels.webchat`` of ``config.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    title: str = Field("", max_length=100, description="Heading of the page; empty: the library's name.")
    phone: str = Field("", max_length=100, description="Shown where the chat cannot work (no JavaScript, no answer).")
    embed_on: tuple[Annotated[str, AfterValidator(_origin)], ...] = Field(
        (), description="Sites that may show the chat in their pages: `https://library.example`; `*` for any."
    )
    client_address_header: Annotated[str, AfterValidator(_header)] = Field(
        "",
        description="Behind a proxy: the header in which it passes the reader's address (`X-Forwarded-For`, "
        "`X-Real-IP`). Leave empty without a proxy: anybody can write such a header.",
    )
    per_session_per_minute: int = Field(600, ge=0, description="Messages a minute of one reader; 0: no limit.")
    per_address_per_minute: int = Field(
        3000,
        ge=0,
        description="Messages a minute from one network address, and ten times as many readings; 0: no limit. "
        "A school class shares an address.",
    )
    streams_at_once: int = Field(800, ge=1, description="Open pages that get answers by a stream; further ones ask.")
