"""How the library lends, as the store has to know it: rules, calendars, and how each branch keeps its loans."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.circulation import Ability, Keeping
from bot.clock import local_day
from bot.library.due_dates import BranchCalendar
from bot.library.hours import DaysOff, counted
from bot.library.policy import LendingPolicy, LendingRules
from bot.ports.library import Branches
from bot.quick import dataclass

_ALL = frozenset(Ability)
_ON_PAPER = _ALL - {Ability.RENEW}


@dataclass(frozen=True, slots=True)
class Place:
    """A branch as due dates see it."""

    zone: ZoneInfo
    calendar: BranchCalendar

    def today(self, now: datetime) -> date:
        """The branch's own day."""
        return local_day(now, self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class LendingHouse:
    """Everything about lending that is configuration.

    Attributes:
        zone: The library's own, for branches of which no more is known.
        keeping / keeping_of: How branches keep their loans, and those that keep them otherwise, by code.
        transfers: Whether a copy travels to another branch to be fetched there.
        returned_days: How long a returned loan stays for the questions that come after it.
    """

    rules: LendingRules
    zone: ZoneInfo
    holidays: DaysOff
    keeping: Keeping = Keeping.SNAPSHOT
    keeping_of: Mapping[str, Keeping] = field(default_factory=dict)
    transfers: bool = False
    returned_days: int = 7

    def kept(self, branch_code: str) -> Keeping:
        """How a branch keeps its loans."""
        return self.keeping_of.get(branch_code, self.keeping)

    def abilities(self, branch_code: str) -> frozenset[Ability]:
        """What can be done there: of loans on paper nothing is known."""
        return _ON_PAPER if self.kept(branch_code) is Keeping.MANUAL else _ALL

    async def places(self, branches: Branches) -> "Places":
        """The calendars of all branches, from memory."""
        known = {
            branch.code: Place(branch.zone, BranchCalendar(counted(branch), self.holidays))
            for branch in await branches.all()
        }
        return Places(known, Place(self.zone, BranchCalendar(None, self.holidays)))

    def policy(self, branch_code: str, category: str, item_type: str = "") -> LendingPolicy:
        """The parameters for one loan or hold."""
        return self.rules.policy(branch_code, category, item_type)


@dataclass(frozen=True, slots=True)
class Places:
    """Branches by code; one that only files know has every day open."""

    known: Mapping[str, Place]
    elsewhere: Place

    def at(self, branch_code: str) -> Place:
        """The branch, or what holds where nobody has told of it."""
        return self.known.get(branch_code, self.elsewhere)
