"""Options of one bot in MAX."""

import re
import ssl
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from bot.section import whole_address

API_URL = "https://platform-api2.max.ru"
_SECRET = re.compile(r"[A-Za-z0-9_-]{5,256}")


def _certificates(value: str) -> str:
    if not value:
        return ""
    if not Path(value).is_file():
        raise ValueError("there is no such file; expected certificates in PEM")
    try:
        ssl.create_default_context().load_verify_locations(value)
    except ssl.SSLError:
        raise ValueError("the file holds no certificate in PEM") from None
    return value


class MaxSettings(BaseModel):
    """The block ``channels.max`` of ``config.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    token: SecretStr = Field(min_length=1, description="The bot's token (adapters/max/README.md).")
    mode: Literal["webhook", "polling"] = Field(
        "webhook", description="`polling` asks instead of listening: for development only, says MAX."
    )
    secret: SecretStr = Field(
        SecretStr(""),
        description="With `webhook`: a password of your own, 5 to 256 of `A-Za-z0-9_-`; MAX sends it with every event.",
    )
    api_url: Annotated[str, AfterValidator(whole_address(API_URL))] = Field(API_URL, description="Where MAX's API is.")
    ca_file: Annotated[str, AfterValidator(_certificates)] = Field(
        "", description="Further authorities (PEM) that are believed for MAX only: the Russian root certificate."
    )
    max_text: int = Field(4000, ge=100, le=4000, description="Characters in one message.")
    rate_per_s: float = Field(
        29, ge=0, description="Messages a second of the whole bot, a little below MAX's 30; 0: no limit."
    )
    rate_per_chat_per_s: float = Field(2, ge=0, description="Messages a second to one reader; 0: no limit.")
    watch_every_s: float = Field(300, ge=1, description="How often the webhook's registration is looked at, seconds.")

    @model_validator(mode="after")
    def _webhooks_have_a_secret(self) -> "MaxSettings":
        if self.mode == "webhook" and not _SECRET.fullmatch(self.secret.get_secret_value()):
            raise ValueError("secret: with mode webhook, expected 5 to 256 of A-Za-z0-9_-")
        return self
