"""How the day goes, and how the messengers stand: what the console shows at a glance. Values and ports."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.quick import dataclass

STALE = timedelta(minutes=3)
"""A state that was last said so long ago is not known any more: the process that says it is gone, or stuck."""


class Way(StrEnum):
    """A direction of a messenger."""

    OUT = "out"
    IN = "in"
    WEBHOOK = "webhook"
    """Its messenger calls us; somebody of ours sees that it still wants to."""


class Standing(StrEnum):
    """How it stands."""

    UP = ""
    LOST = "lost"
    """The messenger does not answer."""
    REFUSED = "refused"
    """The messenger does not want us: the token is wrong, or was taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """How one direction of a channel stood when the process that serves it last said so.

    Attributes:
        since: Since when it has stood so.
        seen_at: When it was last said.
    """

    channel: str
    way: Way
    standing: Standing
    since: datetime
    seen_at: datetime


class ChannelBook(Protocol):
    """What all processes know of the messengers. Raises StoreUnavailable."""

    async def keep(self, states: Mapping[tuple[str, Way], Standing]) -> None:
        """How they stand now, as this process sees it."""
        ...

    async def all(self) -> Sequence[ChannelState]:
        """What was last said of each."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What happened in a stretch of time, in one channel, for one branch.

    Attributes:
        heard: Messages of readers.
        asked: Those of them that asked the bot something: no greeting, no thanks, not said to a librarian.
        answered: Of these, what the bot answered.
        missed: What it failed.
        called: What went to a person.
        last_heard / last_sent: The latest of either, None where there was none.
    """

    heard: int = 0
    asked: int = 0
    answered: int = 0
    missed: int = 0
    called: int = 0
    taken: int = 0
    helped: int = 0
    not_helped: int = 0
    last_heard: datetime | None = None
    last_sent: datetime | None = None

    def __add__(self, other: "Day") -> "Day":
        return Day(
            heard=self.heard + other.heard,
            asked=self.asked + other.asked,
            answered=self.answered + other.answered,
            missed=self.missed + other.missed,
            called=self.called + other.called,
            taken=self.taken + other.taken,
            helped=self.helped + other.helped,
            not_helped=self.not_helped + other.not_helped,
            last_heard=_later(self.last_heard, other.last_heard),
            last_sent=_later(self.last_sent, other.last_sent),
        )

    @property
    def without_a_person(self) -> int | None:
        """Percent of the questions that the bot answered, rounded down; None where nothing was asked."""
        return self.answered * 100 // self.asked if self.asked else None


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Who waits for a person, in one channel, for one branch."""

    waiting: int = 0
    oldest: datetime | None = None


Place = tuple[str, str]
"""Channel, and code of the branch ("" where nobody knows)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What happened in a stretch of time.

    Attributes:
        days: By place, all its days together.
        renewed / held: Renewals and holds done by code of the branch.
    """

    days: Mapping[Place, Day] = field(default_factory=dict)
    renewed: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The state of things.

    Attributes:
        today / week_ago: By place: since midnight; and of the same weekday a week ago up to the same hour.
        waiting: By place.
        renewed / held: Renewals and holds done today by code of the branch.
        renewed_week_ago / held_week_ago: Of the whole day a week ago.
        oldest_unhandled: When the oldest message came that the bot has not read, None where there is none.
        queued: Messages that are to be sent, by lane (``bot.messages.Lane``).
    """

    today: Mapping[Place, Day] = field(default_factory=dict)
    week_ago: Mapping[Place, Day] = field(default_factory=dict)
    waiting: Mapping[Place, Queue] = field(default_factory=dict)
    renewed: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    renewed_week_ago: Mapping[str, int] = field(default_factory=dict)
    held_week_ago: Mapping[str, int] = field(default_factory=dict)
    oldest_unhandled: datetime | None = None
    queued: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one reader said about a librarian's help.

    Attributes:
        conversation_id: None once nobody may know whose it was.
    """

    conversation_id: int | None
    channel: str
    branch: str
    helped: bool
    words: str
    at: datetime


class OverviewBook(Protocol):
    """The figures of the day, and of longer times. Raises StoreUnavailable."""

    async def figures(self, now: datetime, sources: Mapping[str, str]) -> Figures:
        """All of them, in a fixed number of queries.

        Args:
            now: The moment.
            sources: Start parameter of a link → code of its branch.
        """
        ...

    async def between(self, first: date, last: date, sources: Mapping[str, str]) -> Stretch:
        """What happened from one day on to the end of another, as far as messages are still kept."""
        ...

    async def opinions(self, sources: Mapping[str, str], branches: Collection[str], limit: int) -> Sequence[Opinion]:
        """What readers said lately, of these branches and of none (all where empty), the latest first."""
        ...


def whole(days: Mapping[Place, Day]) -> Day:
    """All places together."""
    return sum(days.values(), Day())


def together(days: Mapping[Place, Day], which: int) -> dict[str, Day]:
    """What happened by channel (0) or by code of the branch (1)."""
    found: dict[str, Day] = {}
    for place, day in days.items():
        found[place[which]] = found.get(place[which], Day()) + day
    return found
