"""Options of one group in Odnoklassniki. Most limits are not published: each is a setting with a careful default."""

import re
from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator

from bot.section import whole_address

API_URL = "https://api.ok.ru/graph"
ADDRESSES = ("217.20.145.192/28", "217.20.151.160/28", "217.20.153.48/28")
"""Source: apiok.ru, POST graph.user.subscribe, read 2026-11-25."""


def _network(value: str) -> str:
    try:
        return str(ip_network(value.strip()))
    except ValueError:
        raise ValueError("expected an address or a network, such as 217.20.145.192/28") from None


def _join_url(value: str) -> str:
    if value and not value.startswith("https://"):
        raise ValueError("expected an address such as https://ok.ru/messages/g123")
    return value


Network = Annotated[str, AfterValidator(_network)]


class OkSettings(BaseModel):
    """The block ``channels.ok`` of ``config.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    token: SecretStr = Field(min_length=1, description="The group's access key (adapters/ok/README.md).")
    secret: SecretStr = Field(
        description="A password of your own, 16 to 200 of `A-Za-z0-9_-`: it stands in the webhook's address, since "
        "Odnoklassniki signs nothing."
    )
    api_url: Annotated[str, AfterValidator(whole_address(API_URL))] = Field(
        API_URL, description="Where the Graph API is."
    )
    addresses: tuple[Network, ...] = Field(
        ADDRESSES, description="Networks that events may come from; an empty list believes every address."
    )
    proxies: tuple[Network, ...] = Field(
        (), description="Your own proxies (`127.0.0.1`): behind them the sender is read from `X-Forwarded-For`."
    )
    join_url: Annotated[str, AfterValidator(_join_url)] = Field(
        "", description="The link that opens a dialogue with the group; empty: `https://ok.ru/messages/g` and its id."
    )
    max_text: int = Field(2000, ge=100, description="Characters in one message.")
    max_buttons: int = Field(20, ge=0, le=210, description="Buttons under one message; more become a numbered list.")
    max_row: int = Field(3, ge=1, le=7, description="Buttons in one row.")
    max_label: int = Field(40, ge=10, le=128, description="Characters of a button's label.")
    rate_per_s: float = Field(5, ge=0, description="Messages a second of the whole group; 0: no limit.")
    rate_per_chat_per_s: float = Field(1, ge=0, description="Messages a second to one reader; 0: no limit.")
    watch_every_s: float = Field(300, ge=1, description="How often the webhook's registration is looked at, seconds.")

    @field_validator("secret")
    @classmethod
    def _cannot_be_guessed(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[A-Za-z0-9_-]{16,200}", value.get_secret_value()):
            raise ValueError("expected 16 to 200 of A-Za-z0-9_-")
        return value
