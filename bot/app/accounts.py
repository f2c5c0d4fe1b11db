"""How the library lends and whom it knows: what the configuration decides of accounts and circulation."""

from functools import cache
from pathlib import Path

from bot.app.channels import data_class, spec_of
from bot.consent import consent_text, linked_elsewhere
from bot.engine.privacy import DataClass
from bot.library.holidays import OfficialHolidays
from bot.library.places import main_branch
from bot.messages import Reply
from bot.settings import Settings
from bot.wording import LANGUAGES, in_language, language_of
from db.account_store import AccountSetup
from db.circulation_house import LendingHouse
from db.linking import LinkRules
from db.retention import KeepDays


def lending_house(settings: Settings) -> LendingHouse:
    """How the library lends, as its configuration tells."""
    lending = settings.circulation
    return LendingHouse(
        rules=lending.values(),
        zone=settings.library.timezone,
        holidays=OfficialHolidays(settings.library.country, settings.library.language),
        keeping=lending.keeping,
        keeping_of=lending.keeping_of,
        transfers=lending.transfers,
        returned_days=lending.returned_days,
    )


def account_setup(settings: Settings, folder: Path) -> AccountSetup:
    """What the library has decided about accounts. Raises ConfigError."""
    main = main_branch(settings.library.values())
    phone = main.phone if main else ""
    own = settings.library.language
    languages = sorted(LANGUAGES, key=lambda name: name != own)

    @cache
    def carries(channel: str) -> bool:
        return channel not in settings.channels or data_class(channel, settings) is DataClass.FULL

    @cache
    def title(channel: str) -> str:
        return spec_of(channel, settings).title if channel in settings.channels else channel

    def told(channel: str, name: str, language: str) -> Reply:
        with in_language(language_of(language, own)):
            return linked_elsewhere(title(channel), name, phone)

    return AccountSetup(
        key=settings.accounts.secret(folder),
        texts={
            name: consent_text(
                name,
                library=settings.library.name,
                address=main.address if main else "",
                words=getattr(settings.privacy.consent, name),
                url=settings.privacy.policy_url,
                kept_days=settings.privacy.retention_days.messages,
            )
            for name in languages
        },
        rules=LinkRules(
            proofs=settings.accounts.proofs,
            codes=settings.accounts.code_rules(),
            limits=settings.accounts.limit_rules(),
            carries=carries,
            told=told,
        ),
        keep=KeepDays(**settings.privacy.retention_days.model_dump()),
        zone=settings.library.timezone,
        title=title,
    )
