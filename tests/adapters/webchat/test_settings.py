"""The block of the web chat in config.yaml."""

import pytest
from pydantic import ValidationError

from adapters.webchat.settings import WebChatSettings


def test_everything_has_a_default() -> None:
    assert WebChatSettings().embed_on == ()


@pytest.mark.parametrize(
    "site", ["https://library.example", "https://*.library.example:8443", "*", "https://l.example/"]
)
def test_sites_that_may_show_the_chat_are_origins(site: str) -> None:
    assert WebChatSettings(embed_on=(site,)).embed_on == (site.rstrip("/"),)


@pytest.mark.parametrize(
    "site", ["library.example", "https://l.example/path", "https://l.example; script-src *", "'none'"]
)
def test_nothing_else_reaches_the_policy(site: str) -> None:
    with pytest.raises(ValidationError, match="expected an address without a path"):
        WebChatSettings(embed_on=(site,))


def test_a_header_has_a_name() -> None:
    with pytest.raises(ValidationError, match="expected the name of a header"):
        WebChatSettings(client_address_header="X-Real-IP: 1")


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        WebChatSettings(embed="https://l.example")  # type: ignore[call-arg]
