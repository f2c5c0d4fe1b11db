"""Blocks of the configuration about readers' accounts and personal data."""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator

from bot.accounts import Proof
from bot.errors import ConfigError
from bot.library.card_codes import CardBarcode
from bot.library.linking import Codes, Limits
from bot.section import Section


class LimitSettings(Section):
    """How often linking a card may fail."""

    failures: int = Field(
        5, ge=1, le=20, description="In a day, of one reader or with one card number: then it is locked."
    )
    lock_minutes: int = Field(
        60, ge=1, le=1440, description="For how long, from the last failure; every further so many failures double it."
    )
    failures_a_day: int = Field(20, ge=1, le=200, description="From so many failures on it is locked for a day.")
    channel_an_hour: int = Field(
        100, ge=5, description="Failures of all readers of a channel in an hour, after which it takes no attempts."
    )
    all_an_hour: int = Field(300, ge=5, description="The same over all channels.")


LEAST_KEY = 32
"""Characters of a key drawn at random."""


class AccountSettings(Section):
    """How a reader proves that a card is theirs."""

    code: bool = Field(True, description="By a one-time code from the desk: the safest way, works without any system.")
    pin: bool = Field(False, description="By card number and PIN (`bibliobot card pin`).")
    birth_date: bool = Field(
        False, description="By card number and date of birth: weak, both are easily guessed; never with a child's card."
    )
    phone: bool = Field(
        True, description="By a number that the messenger vouches for, if exactly one card in the register has it."
    )
    code_length: int = Field(8, ge=6, le=10, description="Digits of a one-time code.")
    code_minutes: int = Field(15, ge=1, le=1440, description="How long a code is good; it works once.")
    card_barcode: CardBarcode = Field(
        CardBarcode.AUTO,
        description="Of «Мой билет», for the desk's scanners: `code128`, `ean13` or `code39`; `auto`: EAN-13 for "
        "thirteen digits with a right check digit, else Code 128. A QR code stands beneath it anyway.",
    )
    limits: LimitSettings = Field(LimitSettings(), description="Against guessing.")
    key: SecretStr = Field(
        SecretStr(""),
        description="At least 32 characters drawn at random, the same for all processes: digests of codes and of "
        "addresses are made with it. Empty: it is drawn at the first start and kept in `key_file`.",
    )
    key_file: str = Field(
        "data/accounts.key", description="Where the drawn key is kept, relative to the configuration's folder."
    )

    @field_validator("key")
    @classmethod
    def _long_enough(cls, key: SecretStr) -> SecretStr:
        if 0 < len(key.get_secret_value()) < LEAST_KEY:
            raise ValueError("expected at least 32 characters, or nothing")
        return key

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """The ways that are on, the best first."""
        on = ((Proof.CODE, self.code), (Proof.PIN, self.pin), (Proof.BIRTH_DATE, self.birth_date))
        return tuple(proof for proof, is_on in (*on, (Proof.PHONE, self.phone)) if is_on)

    def secret(self, folder: Path) -> bytes:
        """The key, drawn and kept where there is none yet. Raises ConfigError where it cannot be."""
        if self.key.get_secret_value():
            return self.key.get_secret_value().encode()
        file = folder / self.key_file
        try:
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                _draw(file)
            key = file.read_bytes().strip()
        except OSError as error:
            raise ConfigError(f"accounts.key_file: {file} cannot be kept: {error.strerror}") from None
        if len(key) < LEAST_KEY:  # cut off by a power cut or a full disk: digests made with it could be guessed
            raise ConfigError(f"accounts.key_file: {file} holds no key: put it back from a backup, or delete it")
        return key

    def code_rules(self) -> Codes:
        """What codes are like."""
        return Codes(length=self.code_length, life=timedelta(minutes=self.code_minutes))

    def limit_rules(self) -> Limits:
        """How often attempts may fail."""
        limits = self.limits
        return Limits(
            failures=limits.failures,
            lock=timedelta(minutes=limits.lock_minutes),
            failures_a_day=limits.failures_a_day,
            channel_an_hour=limits.channel_an_hour,
            all_an_hour=limits.all_an_hour,
        )


def _draw(file: Path) -> None:
    """Keep a new key for our eyes only; of two processes that start at once the first one's stands, whole."""
    drawn = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(drawn, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(secrets.token_hex(32) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(drawn, file)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        if not file.exists():
            drawn.replace(file)
    finally:
        drawn.unlink(missing_ok=True)


class RetentionSettings(Section):
    """How many days things are kept; 0 is for ever."""

    messages: int = Field(90, ge=0, description="What was said: afterwards only that something was said stays.")
    files: int = Field(7, ge=0, description="Personal files that were sent: «мои данные», a card's picture.")
    attempts: int = Field(30, ge=0, description="Attempts to link a card, and codes.")
    audit: int = Field(1095, ge=0, description="The audit log, and consents that were taken back.")
    contacts: int = Field(365, ge=0, description="Names and addresses of readers without a card who are silent.")


class ConsentSettings(Section):
    """The library's own consent text; the built-in one says who, what, why, how long and how to take it back."""

    ru: str = Field("", max_length=4000, description="In Russian; empty: the built-in text.")
    en: str = Field("", max_length=4000, description="In English; empty: the built-in text.")


class PrivacySettings(Section):
    """Personal data."""

    profile: Literal["", "ru"] = Field(
        "",
        description="`ru`: Russian law; foreign messengers are `data: public_only` unless their block says otherwise.",
    )
    policy_url: str = Field("", description="The library's text on personal data.")
    consent: ConsentSettings = Field(
        ConsentSettings(), description="What readers agree to; after a change they are asked again."
    )
    retention_days: RetentionSettings = Field(
        RetentionSettings(), description="How long things are kept; one number is that of `messages`."
    )

    @field_validator("retention_days", mode="before")
    @classmethod
    def _one_number(cls, value: Any) -> Any:
        return {"messages": value} if isinstance(value, int | str) and str(value).isdecimal() else value
