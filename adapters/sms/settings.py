"""Options of one account at a gateway."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from bot.section import whole_address

API_URLS = {"smsru": "https://sms.ru", "smsc": "https://smsc.ru", "smsaero": "https://gate.smsaero.ru"}


class SmsSettings(BaseModel):
    """A block of ``channels`` in ``config.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    provider: Literal["smsru", "smsc", "smsaero"] = Field(description="The gateway.")
    key: SecretStr = Field(SecretStr(""), description="API key: `api_id` of sms.ru, the key of SMS Aero.")
    login: str = Field("", max_length=100, description="Login: smsc.ru, and the e-mail of SMS Aero.")
    password: SecretStr = Field(SecretStr(""), description="Password: smsc.ru.")
    sender: str = Field("", max_length=20, description="Sender's name that the gateway has registered for the library.")
    reports: Literal["callback", "polling"] = Field(
        "polling",
        description="How the fate of a message is learnt: `callback` (needs a public address, `secret`) or by asking.",
    )
    secret: SecretStr = Field(
        SecretStr(""),
        description="At least 16 characters of your own; the callback is `https://…/hooks/<channel>/<secret>`.",
    )
    poll_s: float = Field(60, gt=0, le=3600, description="Seconds between two questions about sent messages.")
    two_way: bool = Field(
        False, description="Readers can answer (a number of your own at smsc.ru): choices are numbered."
    )
    transliterate: bool = Field(False, description="Write Russian in Latin letters: twice as much fits into a part.")
    max_parts: int = Field(5, ge=1, le=8, description="No message is longer; the rest is cut off with «…».")
    price_per_part: Decimal = Field(Decimal(0), ge=0, description="Roubles a part by your contract: for estimates.")
    rate_per_s: float = Field(10, gt=0, le=100, description="Messages a second that the gateway allows.")
    api_url: Annotated[str, AfterValidator(whole_address(API_URLS["smsru"], may_be_left_out=True))] = Field(
        "", description="Address of the gateway; empty: its own. Only for tests."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        wanted = {"smsru": ("key",), "smsc": ("login", "password"), "smsaero": ("login", "key")}[self.provider]
        missing = [name for name in wanted if not _plain(getattr(self, name))]
        if missing:
            raise ValueError(f"{', '.join(missing)}: {self.provider} needs it")
        if self.reports == "callback" and len(self.secret.get_secret_value()) < 16:
            raise ValueError("secret: at least 16 characters, without it anybody could report deliveries")
        return self

    @property
    def address(self) -> str:
        """Where the gateway is."""
        return self.api_url or API_URLS[self.provider]


def _plain(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value
