"""A house with the web chat in front and the console behind; the bot answers by script."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from aiohttp import web

from bot.clock import Clock
from bot.ports.catalogue import Catalogue
from bot.ports.library import Library
from bot.ports.understanding import Understanding
from bot.routing import Handler, Trigger
from console.app import Console
from console.room import ConsoleSetting
from db.account_store import account_store
from db.channel_states import SqlChannelStates
from db.connect import Database
from db.desk import SqlConsoleDesk
from db.desk_audit import SqlStaffAudit
from db.files import SqlFiles
from db.overview import SqlOverview
from db.staff import SqlStaffBook
from tests.adapters.house import House
from tests.console.conftest import SETTING, of_the_catalogue, places_of
from tests.support.accounts import setup_of
from tests.support.clock import StandingClock
from tests.support.desk_readers import ports_of
from tests.support.fake_library import empty_library
from tests.support.lending import LendingLibrary
from tests.support.lessons import TABLE, school


class ConsoleHouse(House):
    """Opens and closes like :class:`House`.

    Args:
        database: The store.
        clock: Where moments come from.
        undo: How long an answer may be taken back.
        library: What may be asked while answering.
        catalogue: What librarians choose from when they teach.
        taught: The bot answers by what it is taught, not by script.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        undo: timedelta = timedelta(seconds=1),
        library: Library | None = None,
        catalogue: Catalogue | None = None,
        taught: bool = False,
    ) -> None:
        super().__init__(database, clock)
        channels = {"webchat": "Чат на сайте", "vk": "ВКонтакте", "wa": "WhatsApp"}
        self.setting: ConsoleSetting = replace(
            SETTING, undo=undo, channels=channels, sending=frozenset({"webchat", "wa"})
        )
        self.library = library or empty_library()
        self.database = database
        self._parts = (database, clock, self.library)
        self.clock, self._folder = clock, TemporaryDirectory()
        self.desk: SqlConsoleDesk
        self.console: Console
        self.school = school(database, clock, catalogue, [("webchat", "Чат на сайте", self.channel)])
        self._taught = taught

    def bot(self) -> tuple[Understanding, Mapping[Trigger, Handler], Library]:
        if not self._taught:
            return super().bot()
        return self.school.understanding, TABLE, self.school.library

    def more_routes(self) -> Sequence[web.AbstractRouteDef]:
        database, clock, library = self._parts
        self.desk = SqlConsoleDesk(database, self.log, clock)
        self.lending = LendingLibrary(database, cast("StandingClock", clock))
        self.accounts = account_store(database, clock, self.log, setup_of(), self.lending.circulation)
        self.readers = ports_of(database, clock, self.accounts, self.lending, library)
        self.console = Console(
            self.setting,
            staff=SqlStaffBook(database, clock),
            audit=SqlStaffAudit(database, clock),
            clock=clock,
            desk=self.desk,
            files=SqlFiles(database, clock),
            library=library,
            lessons=self.school.lessons,
            readers=self.readers,
            places=places_of(database, self.lending.branches, clock),
            **of_the_catalogue(database, clock, Path(self._folder.name)),
            overview=SqlOverview(database, self.setting.zone),
            standings=SqlChannelStates(database, clock),
        )
        return self.console.routes()

    async def close(self) -> None:
        await self.console.aclose()
        await self.desk.aclose()
        await super().close()
        self._folder.cleanup()
