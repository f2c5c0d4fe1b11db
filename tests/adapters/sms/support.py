"""An account at a gateway as the tests have it."""

from typing import Any

from adapters.sms import CHANNEL
from adapters.sms.channel import Sms
from bot.channels import Setting
from bot.clock import Clock

NAME = "sms"
SECRET = "0123456789abcdef"
ACCOUNTS: dict[str, dict[str, Any]] = {
    "smsru": {"provider": "smsru", "key": "test-key"},
    "smsc": {"provider": "smsc", "login": "library", "password": "test-password"},
    "smsaero": {"provider": "smsaero", "login": "library@example.org", "key": "test-key"},
}
CALLBACK: dict[str, Any] = {"reports": "callback", "secret": SECRET}


def sms(clock: Clock, provider: str = "smsru", api_url: str = "http://127.0.0.1:9", **options: Any) -> Sms:
    """The channel, sending as «Library»."""
    setting = Setting(name=NAME, library_name="Библиотека", language="ru", public_url="", clock=clock)
    built = CHANNEL.build(CHANNEL.settings(**ACCOUNTS[provider], sender="Library", api_url=api_url, **options), setting)
    assert isinstance(built, Sms)
    return built
