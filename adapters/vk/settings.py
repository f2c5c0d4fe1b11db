"""Options of one community."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from bot.section import whole_address

API_URL = "https://api.vk.ru"
_CONFIRMATION = re.compile(r"[A-Za-z0-9]{0,64}")


class VkSettings(BaseModel):
    """A community's token and how its messages reach us."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    token: SecretStr = Field(min_length=1, description="Access key of the community, with the right to its messages.")
    group_id: int = Field(gt=0, description="Number of the community, without a minus.")
    mode: Literal["longpoll", "callback"] = Field(
        "longpoll", description="`longpoll`: we ask VK; `callback`: VK calls `server.public_url`/hooks/<name>."
    )
    secret: SecretStr = Field(
        SecretStr(""), description="Secret key of the Callback API server; needed with `mode: callback`."
    )
    confirmation: str = Field(
        "", description="The line that VK wants to hear from the Callback API server; needed with `mode: callback`."
    )
    api_url: Annotated[str, AfterValidator(whole_address(API_URL))] = Field(
        API_URL, description="Address of the VK API."
    )
    rate_per_s: float = Field(
        20, gt=0, le=500, description="Messages a second; VK allows 20 calls a second, and 25 messages fit into a call."
    )
    staff_chat: int | None = Field(
        None,
        gt=0,
        description="Number (peer_id) of the staff's own chat, which is told of readers who wait too long; the "
        "community must be in it.",
    )
    catch_up_h: float = Field(
        12,
        ge=0,
        le=168,
        description="`longpoll`: after a start, unanswered messages of so many last hours are taken; 0: none.",
    )

    @field_validator("confirmation")
    @classmethod
    def _plain_line(cls, value: str) -> str:
        """VK obeys some words in an answer (``remove`` deletes the server): only a line like its own may stand here."""
        if not _CONFIRMATION.fullmatch(value) or value == "remove":
            raise ValueError("expected the line shown by VK: Latin letters and digits")
        return value

    @model_validator(mode="after")
    def _callback_is_complete(self) -> Self:
        missing = [
            name
            for name, value in (("secret", self.secret.get_secret_value()), ("confirmation", self.confirmation))
            if self.mode == "callback" and not value
        ]
        if missing:
            raise ValueError(f"mode: callback needs {' and '.join(missing)}")
        return self
