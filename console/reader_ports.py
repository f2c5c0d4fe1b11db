"""What the screens about readers ask, and the guard that all of them share."""

from collections.abc import Awaitable, Callable, Collection, Mapping

from bot.audit import AuditLog
from bot.card_desk import CardDesk
from bot.circulation import Circulation, DeskLoans
from bot.hold_shelf import HoldShelf
from bot.notices import UnreachedReaders
from bot.ports.library import Library
from bot.quick import dataclass
from bot.reader_desk import KnownReader, ReaderBook
from bot.renewal_requests import Requests
from bot.staff import StaffMember
from bot.wording import gettext as _
from console.room import Room, Stop, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderPorts:
    """Everything about readers.

    Attributes:
        book: The register.
        cards: Codes, links, erasure.
        circulation: Loans and holds.
        in_hand: Loans whose books are on the desk.
        requests: Renewals that wait for the staff.
        shelf: Holds for which a copy was found.
        unreached: Whom no notice reached.
        journal: Who did what.
        library: The catalogue and the branches.
        finish_erasures: Lets the addresses of the forgotten go.
        links: Links that open a dialogue, by channel; the start parameter is said.
    """

    book: ReaderBook
    cards: CardDesk
    circulation: Circulation
    in_hand: DeskLoans
    requests: Requests
    shelf: HoldShelf
    unreached: UnreachedReaders
    journal: AuditLog
    library: Library
    finish_erasures: Callable[[], Awaitable[object]]
    links: Callable[[str], Awaitable[Mapping[str, str]]]


def sees(who: StaffMember, places: Collection[str]) -> bool:
    """Whether somebody may see what belongs to these branches; what belongs to none is everybody's."""
    return not who.branches or not places or not who.branches.isdisjoint(places)


async def reader_of(room: Room, visit: Visit, ports: ReaderPorts) -> KnownReader:
    """The reader of the address, where this librarian may see them; a stranger's attempt is written down. Stop."""
    number = int(visit.request.match_info["id"])
    reader = await ports.book.reader(number)
    if reader is None:
        raise Stop(404, _("Такого читателя нет."))
    if not sees(visit.me, reader.places):
        await room.refuse_branch(visit, f"patron:{number}", _("Это читатель другого филиала."))
    return reader


def by(visit: Visit) -> str:
    """Who acts, as the store writes it down."""
    return f"staff:{visit.me.login}"
