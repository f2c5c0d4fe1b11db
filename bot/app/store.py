"""The store, and everything that answers readers from it, opened and closed."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.app.accounts import account_setup, lending_house
from bot.app.channels import kind_of, silent_channels
from bot.clock import Clock, SystemClock
from bot.engine.pictures import PictureDesk
from bot.errors import StoreUnavailable
from bot.library.customs import live_in
from bot.ports.letters import Deliveries
from bot.ports.library import FaqEntry, Library
from bot.quick import dataclass
from bot.settings import Settings
from bot.taught import TaughtCatalogue
from bot.wording import speak
from catalogue.finder import IndexedCatalogue
from db import migrate, notice_rest
from db.account_store import AccountStore, account_store
from db.branches import SqlBranches
from db.cards import SqlCards
from db.circulation import SqlCirculation
from db.connect import Database, connect
from db.deliveries import SqlDeliveries
from db.faq import SqlFaq
from db.files import SqlFiles
from db.index_source import SqlIndexSource
from db.lending_desk import SqlDesk
from db.messages import StoredLog, open_log
from db.misses import SqlMisses
from db.own_words import SqlOwnWords
from db.people import SqlPeople
from db.renewal_requests import SqlRequests
from db.synonyms import SqlSynonyms
from db.unreached import SqlUnreached

TABLES_ADVICE = {
    migrate.Tables.EMPTY: "the tables are missing: run bibliobot db upgrade",
    migrate.Tables.BEHIND: "the tables are of an older version: make a backup, then run bibliobot db upgrade",
    migrate.Tables.NEWER: "the tables are newer than this program: start the newer version, or restore a backup",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything that answers readers, with its store open.

    Attributes:
        folder: Where relative paths of the configuration start.
    """

    settings: Settings
    folder: Path
    clock: Clock
    database: Database
    log: StoredLog
    catalogue: IndexedCatalogue
    branches: SqlBranches
    faq: SqlFaq
    synonyms: SqlSynonyms
    words: SqlOwnWords
    misses: SqlMisses
    pictures: PictureDesk
    accounts: AccountStore
    unreached: SqlUnreached
    lending: SqlDesk
    requests: SqlRequests
    library: Library


async def open_database(settings: Settings, folder: Path, *, make_tables: bool = False) -> Database:
    """Open the store and see that its tables are of this version.

    Args:
        settings: The configuration.
        folder: Where its relative paths start.
        make_tables: Make the tables of an SQLite file that has none yet: a first start.

    Raises:
        StoreUnavailable: It does not answer, or its tables are of another version: says what to do.
    """
    database = await connect(settings.database.url.get_secret_value(), folder)
    try:
        if make_tables and database.dialect == "sqlite" and await migrate.state(database) is migrate.Tables.EMPTY:
            await migrate.upgrade(database)
        fault = await tables_fault(database)
        if fault:
            raise StoreUnavailable(fault)
    except BaseException:
        await database.aclose()
        raise
    return database


async def resume_notices(database: Database) -> bool:
    """Let a restored store write to readers by itself; False where it did already. Raises StoreUnavailable."""
    return await notice_rest.resume(database)


async def notices_rest(database: Database) -> bool:
    """Whether a restored store still writes to nobody by itself. Raises StoreUnavailable."""
    return await notice_rest.is_resting(database)


async def tables_fault(database: Database) -> str:
    """What is wrong with the tables, and what to do; "" when they are current."""
    return TABLES_ADVICE.get(await migrate.state(database), "")


@asynccontextmanager
async def opened(
    settings: Settings, folder: Path, clock: Clock | None = None, *, serves: bool = False
) -> AsyncIterator[Opened]:
    """Open the store and all that answers from it; closes it at the end.

    What ``config.yaml`` says of branches and answers is put into the store first.

    Args:
        settings: The configuration.
        folder: Where its relative paths start.
        clock: Where moments come from; the system's unless given.
        serves: Whether readers will write, and not one command alone: what writes their messages down on SQLite is a
            process of its own then.

    Raises:
        ConfigError: From the configuration's hours.
        StoreUnavailable: From the store.
    """
    clock = clock or SystemClock()
    live_in(settings.library.country)
    speak(settings.library.language)
    known_branches = settings.library.values()
    async with AsyncExitStack() as closing:
        database = await open_database(settings, folder, make_tables=True)
        closing.push_async_callback(database.aclose)
        branches, faq = SqlBranches(database, settings.library.timezone), SqlFaq(database, clock)
        await branches.put(known_branches)
        await faq.put([FaqEntry(**entry.model_dump()) for entry in settings.faq])
        source, cards = SqlIndexSource(database), SqlCards(database, clock, settings.library.timezone)
        catalogue = IndexedCatalogue(folder / settings.search.folder, source, cards)
        synonyms, pictures = SqlSynonyms(database, clock), PictureDesk(settings.server.public_url)
        for close in (source.aclose, cards.aclose, catalogue.aclose, pictures.aclose):
            closing.push_async_callback(close)
        words = SqlOwnWords(database, clock)
        await synonyms.refresh()
        await words.refresh()
        message_log = await open_log(database, clock, apart=serves)
        closing.push_async_callback(message_log.aclose)
        house = lending_house(settings)
        circulation = SqlCirculation(database, branches, clock, house)
        accounts = account_store(database, clock, message_log, account_setup(settings, folder), circulation)
        library = Library(
            name=settings.library.name,
            catalogue=TaughtCatalogue(catalogue, synonyms),
            faq=faq,
            branches=branches,
            holidays=house.holidays,
            reply_hours=settings.library.reply_branch,
            policy_url=settings.privacy.policy_url,
            pictures=pictures,
            accounts=accounts.accounts,
            circulation=circulation,
            files=SqlFiles(database, clock),
            card_barcode=settings.accounts.card_barcode,
            people=SqlPeople(database, clock, branches, house.holidays, settings.library.reply_branch),
            words=words,
            silent=silent_channels(settings),
        )
        yield Opened(
            settings=settings,
            folder=folder,
            clock=clock,
            database=database,
            log=message_log,
            catalogue=catalogue,
            branches=branches,
            faq=faq,
            synonyms=synonyms,
            words=words,
            misses=misses_of(settings, database, clock),
            pictures=pictures,
            accounts=accounts,
            unreached=SqlUnreached(database, clock),
            lending=SqlDesk(database, branches, clock, house),
            requests=SqlRequests(database, branches, clock, house),
            library=library,
        )


def deliveries(what: Opened) -> Deliveries:
    """How far our messages have come."""
    return SqlDeliveries(what.database)


def misses_of(settings: Settings, database: Database, clock: Clock) -> SqlMisses:
    """What readers asked in vain, in this store."""
    kinds = {name: kind_of(name, settings) for name in settings.channels}
    language = settings.library.language
    return SqlMisses(database, clock, keep=settings.misses.keep, kinds=kinds, language=language)
