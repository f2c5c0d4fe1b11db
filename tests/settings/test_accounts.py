"""What the configuration says of accounts and personal data reaches the store."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.accounts import Proof
from bot.app.accounts import account_setup
from bot.errors import ConfigError
from bot.settings import Settings, load


def written(tmp_path: Path, text: str) -> tuple[Settings, Path]:
    """The settings of a file."""
    (tmp_path / "config.yaml").write_text(text, "utf-8")
    return load(tmp_path / "config.yaml", {})


def test_by_default_a_code_and_a_vouched_phone_prove_a_card(tmp_path: Path) -> None:
    setup = account_setup(*written(tmp_path, ""))

    assert tuple(setup.rules.proofs) == (Proof.CODE, Proof.PHONE)
    assert (setup.rules.codes.length, setup.rules.codes.life) == (8, timedelta(minutes=15))
    assert (setup.rules.limits.failures, setup.rules.limits.lock) == (5, timedelta(hours=1))
    assert (setup.keep.messages, setup.keep.audit) == (90, 1095)


def test_everything_can_be_said_otherwise(tmp_path: Path) -> None:
    setup = account_setup(
        *written(
            tmp_path,
            """
library: {timezone: Asia/Omsk}
accounts:
  code: false
  pin: true
  birth_date: true
  phone: false
  code_minutes: 5
  limits: {failures: 3, lock_minutes: 10, channel_an_hour: 7}
privacy:
  retention_days: {messages: 30, contacts: 0}
""",
        )
    )

    assert tuple(setup.rules.proofs) == (Proof.PIN, Proof.BIRTH_DATE)
    assert setup.rules.codes.life == timedelta(minutes=5)
    limits = setup.rules.limits
    assert (limits.failures, limits.lock, limits.channel_an_hour) == (3, timedelta(minutes=10), 7)
    assert (setup.keep.messages, setup.keep.contacts, setup.keep.files) == (30, 0, 7)
    assert setup.zone == ZoneInfo("Asia/Omsk")


def test_one_number_of_days_is_that_of_messages(tmp_path: Path) -> None:
    setup = account_setup(*written(tmp_path, "privacy: {retention_days: 14}"))

    assert (setup.keep.messages, setup.keep.attempts) == (14, 30)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("accounts: {codes: true}", "did you mean"),
        ("accounts: {key: short}", "at least 32 characters"),
        ("accounts: {code_length: 4}", "accounts.code_length"),
        ("privacy: {retention_days: {message: 3}}", "did you mean 'messages'"),
        ("privacy: {retention_days: -1}", "privacy.retention_days"),
    ],
)
def test_a_wrong_key_is_refused_with_its_path(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        written(tmp_path, text)
    assert "short" not in str(refused.value).replace("should", "")


def test_a_key_from_the_environment_is_taken_and_none_is_drawn(tmp_path: Path) -> None:
    settings, folder = written(tmp_path, f"accounts: {{key: {'x' * 32}}}")

    assert account_setup(settings, folder).key == b"x" * 32
    assert not (tmp_path / "data").exists()


def test_a_key_that_cannot_be_kept_is_told_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    settings, folder = written(tmp_path, "")

    with pytest.raises(ConfigError, match=r"accounts\.key_file"):
        account_setup(settings, folder)


@pytest.mark.parametrize("kept", ["", "\n", "cut"])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, kept: str) -> None:
    """A power cut leaves such a file; digests that were made with it could be guessed."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "accounts.key").write_text(kept)
    settings, folder = written(tmp_path, "")

    with pytest.raises(ConfigError, match="holds no key"):
        account_setup(settings, folder)


def test_foreign_messengers_have_no_accounts_under_russian_law(tmp_path: Path) -> None:
    text = "privacy: {profile: ru}\nchannels: {webchat: {}, telegram: {token: '1:x'}}"
    rules = account_setup(*written(tmp_path, text)).rules

    assert rules.carries("webchat")
    assert not rules.carries("telegram")
    assert rules.carries("terminal")  # not configured: the command line


def test_the_consent_text_names_the_library_and_its_version_is_its_words(tmp_path: Path) -> None:
    base = """
library:
  name: Районная библиотека
  branches: [{code: "01", name: Центр, main: true, address: "улица Садовая, 12"}]
privacy: {policy_url: "https://library.example/privacy"POLICY}
"""
    texts = account_setup(*written(tmp_path, base.replace("POLICY", ""))).texts
    other = account_setup(*written(tmp_path, base.replace("POLICY", ", consent: {ru: Согласен}"))).texts

    assert list(texts) == ["ru", "en"]
    assert "Кому: Районная библиотека, улица Садовая, 12." in texts["ru"].text
    assert "To whom: Районная библиотека" in texts["en"].text
    assert "Кто ещё видит: мессенджер, если вы пишете в нём." in texts["ru"].text, "on the library's page nobody else"
    assert texts["ru"].url == "https://library.example/privacy"
    assert len(texts["ru"].version) == 64
    assert other["ru"].text == "Согласен"
    assert other["ru"].version != texts["ru"].version
    assert other["en"].version == texts["en"].version
    assert len(texts["ru"].text) < 900


def test_what_other_chats_are_told_is_personal_and_in_their_language(tmp_path: Path) -> None:
    text = 'library: {branches: [{code: "01", name: Центр, main: true, phone: "8 800"}]}\nchannels: {webchat: {}}'
    told = account_setup(*written(tmp_path, text)).rules.told

    assert told("webchat", "", "ru").text == (
        "Ваш читательский билет привязали ещё к одному чату: Чат на сайте. "
        "Если это не вы, позвоните в библиотеку: 8 800."
    )
    assert told("webchat", "Таня", "en-GB").text.startswith("The library card (Таня) has been linked to one more chat")
    assert told("webchat", "", "").personal
