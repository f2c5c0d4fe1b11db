"""What cannot work is refused at the start, with its reason and without its secret."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.max.channel import MaxPolling, MaxWebhook, build
from adapters.max.settings import MaxSettings
from bot.channels import Setting
from tests.support.clock import StandingClock


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"secret": "s3cret"}, "token"),
        ({"token": "t"}, "5 to 256 of A-Za-z0-9_-"),
        ({"token": "t", "secret": "with space"}, "5 to 256 of A-Za-z0-9_-"),
        ({"token": "t", "secret": "s3cret", "api_url": "platform-api2.max.ru"}, "expected the whole address, such as"),
        ({"token": "t", "secret": "s3cret", "ca_file": "/nowhere.pem"}, "there is no such file"),
        ({"token": "t", "secret": "s3cret", "max_text": 5000}, "4000"),
        ({"token": "t", "mode": "push"}, "polling"),
    ],
)
def test_a_wrong_option_is_refused(options: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        MaxSettings.model_validate(options)
    assert why in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert "with space" not in str(refused.value)


def test_a_file_without_certificates_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "root.pem"
    file.write_text("-----BEGIN CERTIFICATE-----\nнет\n-----END CERTIFICATE-----\n", "utf-8")
    with pytest.raises(ValidationError, match="no certificate in PEM"):
        MaxSettings(token="t", secret="s3cret", ca_file=str(file))


def test_the_mode_makes_the_channel() -> None:
    setting = Setting(name="max", library_name="Б", language="ru", public_url="", clock=StandingClock())
    assert isinstance(build(MaxSettings(token="t", secret="s3cret"), setting), MaxWebhook)
    assert isinstance(build(MaxSettings(token="t", mode="polling"), setting), MaxPolling)
