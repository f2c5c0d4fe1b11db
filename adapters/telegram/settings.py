"""Options of one Telegram bot."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from bot.section import whole_address

API_URL = "https://api.telegram.org"
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,100}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def _token(value: SecretStr) -> SecretStr:
    if not _TOKEN.fullmatch(value.get_secret_value()):
        raise ValueError("expected a token as BotFather gives it: digits, a colon, letters")
    return value


class TelegramSettings(BaseModel):
    """The block ``channels.telegram`` of ``config.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    token: Annotated[SecretStr, AfterValidator(_token)] = Field(description="The bot's token, from @BotFather.")
    mode: Literal["polling", "webhook"] = Field(
        "polling",
        description="`polling` needs no address of ours; `webhook` needs `server.public_url` and `secret`.",
    )
    secret: SecretStr = Field(
        SecretStr(""),
        description="With `webhook`: a password of your own, 1 to 256 of `A-Za-z0-9_-`; Telegram sends it every time.",
    )
    api_url: Annotated[str, AfterValidator(whole_address(API_URL))] = Field(
        API_URL, description="Where the Bot API is: Telegram's, or a Bot API server of your own."
    )
    staff_chat: int | None = Field(
        None,
        description="Id of a group of the staff: it is told of readers who wait too long, and the bot hears commands "
        "there; all other groups are ignored.",
    )
    rate_per_s: float = Field(29, ge=0, description="Messages a second of the whole bot; 0: no limit.")
    rate_per_chat_per_s: float = Field(1, ge=0, description="Messages a second to one reader; 0: no limit.")
    watch_every_s: float = Field(600, ge=1, description="How often the webhook's registration is looked at, seconds.")

    @model_validator(mode="after")
    def _webhooks_have_a_secret(self) -> "TelegramSettings":
        if self.mode == "webhook" and not _SECRET.fullmatch(self.secret.get_secret_value()):
            raise ValueError("secret: with mode webhook, expected 1 to 256 of A-Za-z0-9_-")
        return self
