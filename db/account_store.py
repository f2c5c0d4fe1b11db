"""Everything about accounts over one store, put together."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.accounts import ConsentText
from bot.audit import LinkWatch
from bot.circulation import Circulation
from bot.clock import Clock
from bot.ports.log import MessageLog
from bot.quick import dataclass
from db.accounts import SqlAccounts, versions_of
from db.audit import SqlAudit
from db.card_desk import SqlCardDesk
from db.connect import Database
from db.digests import Digests
from db.linking import LinkRules, SqlLinking
from db.personal import Personal
from db.proving import Proving
from db.retention import KeepDays, SqlRetention

if TYPE_CHECKING:
    from argon2 import PasswordHasher


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSetup:
    """What the library has decided.

    Attributes:
        key: For digests.
        texts: The consent text in force, by language, the library's own language first.
        zone: Whose day it is, for ages and for moments that people read.
        title: What a channel is called.
        hasher: For PINs; None takes argon2id with the library's parameters.
    """

    key: bytes
    texts: Mapping[str, ConsentText]
    rules: LinkRules
    keep: KeepDays
    zone: ZoneInfo
    title: Callable[[str], str]
    hasher: "PasswordHasher | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStore:
    """The ports, filled."""

    accounts: SqlAccounts
    desk: SqlCardDesk
    audit: SqlAudit
    retention: SqlRetention
    linking: SqlLinking

    def watched_by(self, watch: LinkWatch) -> None:
        """Tell what becomes of linking to somebody who counts."""
        self.linking.watch = watch


def account_store(
    database: Database,
    clock: Clock,
    message_log: MessageLog,
    setup: AccountSetup,
    circulation: Circulation | None = None,
) -> AccountStore:
    """Accounts, the desk, the audit log and retention over one store."""
    digests = Digests(setup.key)
    proving = Proving(database, clock, setup.zone, setup.hasher)
    personal = Personal(database, clock, digests, setup.zone, setup.title, circulation)
    linking = SqlLinking(database, clock, digests, setup.rules, versions_of(setup.texts), proving)
    return AccountStore(
        accounts=SqlAccounts(database, clock, digests, setup.texts, setup.rules, linking, personal),
        desk=SqlCardDesk(database, clock, digests, setup.rules.codes, personal, proving),
        audit=SqlAudit(database, clock),
        retention=SqlRetention(database, clock, message_log, setup.keep),
        linking=linking,
    )
