"""Options of one WhatsApp number."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from bot.section import whole_address

API_URL = "https://graph.facebook.com/v23.0"


class WhatsAppTemplate(BaseModel):
    """One template that Meta has approved."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=512, description="Its name in WhatsApp Manager.")
    language: str = Field("ru", min_length=2, max_length=16, description="Its language there: `ru`, `en_US`.")


class WhatsAppSettings(BaseModel):
    """A block of ``channels`` in ``config.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    token: SecretStr = Field(min_length=1, description="Permanent token of a system user (README of the adapter).")
    phone_number_id: str = Field(
        pattern=r"^\d{5,20}$", description="Meta's id of the number, not the number itself: digits only."
    )
    app_secret: SecretStr = Field(min_length=1, description="App secret: signs every webhook.")
    verify_token: SecretStr = Field(
        min_length=8,
        description="A word of yours, at least 8 characters; typed again where the webhook is registered.",
    )
    api_url: Annotated[str, AfterValidator(whole_address(API_URL))] = Field(
        API_URL, description="Address of the Graph API with its version; only for tests and newer versions."
    )
    templates: dict[str, WhatsAppTemplate] = Field(
        {},
        description="Approved templates by our own key: what may be sent later than 24 hours after the reader's last "
        "message: `due_soon: {name: loan_due_soon, language: ru}`.",
    )
    rate_per_s: float = Field(80, gt=0, le=1000, description="Messages a second that Meta allows to the number.")
