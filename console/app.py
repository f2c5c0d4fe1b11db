"""The whole console: its screens, put together."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from aiohttp import web

from bot.clock import Clock
from bot.desk import Desk
from bot.lessons import Lessons
from bot.overview import ChannelBook, OverviewBook
from bot.ports.files import Files
from bot.ports.library import Library
from bot.shelving import CatalogueDesk, ImportDesk
from bot.staff import Audit, StaffBook, StaffRole
from bot.streams import Streams
from console.account import OwnAccount
from console.answers import AnswersScreen
from console.books import BooksScreen
from console.canned import CannedScreen
from console.card_summary import CardSummary
from console.conversation import ConversationScreen
from console.door import Door
from console.inbox import InboxScreen
from console.journal import JournalScreen
from console.loading import LoadingScreen
from console.meanings import MeaningScreen
from console.overview import OverviewScreen
from console.own_words import OwnWordsScreen
from console.people import People
from console.places import PlacesPorts, PlacesScreen
from console.reader_loans import Lending
from console.reader_ports import ReaderPorts
from console.readers import ReadersScreen
from console.requests import RequestsScreen
from console.room import ConsoleSetting, Room
from console.streams import MOST
from console.teach import TeachScreen


class Part(Protocol):
    """A few screens."""

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Their addresses."""
        ...


class Console:
    """The librarians' pages.

    Args:
        setting: What the library has decided.
        staff: Who may come in.
        audit: Where it is written down what they did.
        clock: Where moments come from.
        desk: Conversations.
        files: What readers are sent.
        library: What may be asked while answering.
        shelving: What may be decided about works.
        imports: What loads catalogues.
        lessons: What the bot is taught, and tried with.
        readers: Cards, requests and the journal; None leaves these screens out.
        places: Branches, hours and closed days; None leaves these screens out.
        overview: The figures of the day.
        standings: How the messengers stand.
    """

    def __init__(
        self,
        setting: ConsoleSetting,
        *,
        staff: StaffBook,
        audit: Audit,
        clock: Clock,
        desk: Desk,
        files: Files,
        library: Library,
        shelving: CatalogueDesk,
        imports: ImportDesk,
        lessons: Lessons,
        overview: OverviewBook,
        standings: ChannelBook,
        readers: ReaderPorts | None = None,
        places: PlacesPorts | None = None,
    ) -> None:
        self._room = room = Room(setting, staff, audit, clock)
        card, about_readers = _about_readers(room, readers, lessons)
        self._streams, self._imports, self._rehearsal = Streams(MOST), imports, lessons.rehearsal
        self._parts: Sequence[Part] = (
            room,
            Door(room),
            InboxScreen(room, desk, self._streams, card),
            ConversationScreen(room, desk, self._streams, files, library, standings, card),
            OverviewScreen(room, overview, standings),
            CannedScreen(room, desk),
            BooksScreen(room, library, shelving),
            LoadingScreen(room, imports, setting.largest_upload),
            TeachScreen(room, lessons),
            AnswersScreen(room, lessons),
            MeaningScreen(room, lessons),
            OwnWordsScreen(room, lessons),
            OwnAccount(room),
            People(room),
            *about_readers,
            *([PlacesScreen(room, places)] if places is not None else []),
        )

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Everything under ``/console/``."""
        return [*(route for part in self._parts for route in part.routes()), self._room.nowhere()]

    def guards(self) -> Mapping[tuple[str, str], StaffRole | None]:
        """(Method, address) of every screen → the role it asks for, None where it is before the door.

        An address that is not here is guarded by nobody.
        """
        asked_of, found = self._room.asked_of, {}
        for route in self.routes():
            assert isinstance(route, web.RouteDef)
            if route.handler in asked_of:
                found[route.method, route.path] = asked_of[route.handler]
        return found

    async def aclose(self) -> None:
        """End the open streams, what is being loaded and what is being prepared."""
        await self._streams.aclose()
        await self._imports.aclose()
        await self._rehearsal.aclose()


def _about_readers(
    room: Room, ports: ReaderPorts | None, lessons: Lessons
) -> tuple[CardSummary | None, Sequence[Part]]:
    """The card beside a conversation, and the screens."""
    if ports is None:
        return None, ()
    lending = Lending(room, ports)
    journal = JournalScreen(room, ports, lessons)
    screens = (ReadersScreen(room, ports, lending), lending, RequestsScreen(room, ports), journal)
    return CardSummary(room, ports, lending), screens
