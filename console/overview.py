"""How the day goes: figures beside those of a week ago, who waits, how the messengers stand."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from aiohttp import web

from bot.messages import Lane
from bot.overview import (
    STALE,
    ChannelBook,
    ChannelState,
    Day,
    Figures,
    OverviewBook,
    Place,
    Queue,
    Standing,
    Way,
    together,
    whole,
)
from bot.quick import dataclass, replace
from bot.wording import gettext as _
from console.room import ROOT, ConsoleSetting, Room, Visit

MOST_OPINIONS = 50
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a table of places: a channel, or a branch.

    Attributes:
        share: Percent answered without a person, None where nothing was asked.
    """

    name: str
    day: Day
    waiting: int
    share: int | None

    @property
    def quiet(self) -> bool:
        """Nothing has happened here today: it takes no line among many branches."""
        return not (self.day.asked or self.day.missed or self.day.taken or self.waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a channel stands, in words.

    Attributes:
        tone: good, bad, unsure or off.
        since: Since when it has stood so badly.
    """

    name: str
    tone: str
    said: str
    since: datetime | None = None
    last_heard: datetime | None = None
    last_sent: datetime | None = None


class OverviewScreen:
    """A page that keeps itself fresh.

    Args:
        room: The console.
        book: The figures.
        standings: How the messengers stand.
    """

    def __init__(self, room: Room, book: OverviewBook, standings: ChannelBook) -> None:
        self._room, self._book, self._standings = room, book, standings

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        screen = self._room.screen
        return [
            web.get(ROOT + "overview", screen(self.show)),
            web.get(ROOT + "overview/now", screen(self.piece)),
            web.get(ROOT + "overview/opinions", screen(self.opinions)),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """The page."""
        return self._room.page(visit, "overview.html", now_on="overview", **await self._values(visit))

    async def piece(self, visit: Visit) -> web.Response:
        """What changes on it."""
        return self._room.page(visit, "_overview.html", **await self._values(visit))

    async def opinions(self, visit: Visit) -> web.Response:
        """What readers said about the help: their words, so it is written down who read them."""
        setting, mine = self._room.setting, visit.me.branches
        found = await self._book.opinions(setting.sources, mine, MOST_OPINIONS)
        await self._room.audit.note(visit.me.login, "view.opinions")
        return self._room.page(visit, "opinions.html", now_on="overview", opinions=found)

    async def _values(self, visit: Visit) -> dict[str, Any]:
        setting, mine = self._room.setting, visit.me.branches
        figures = await self._book.figures(visit.now, setting.sources)
        states = await self._standings.all()
        seen = scoped(figures, mine)
        today, before = whole(seen.today), whole(seen.week_ago)
        waiting = list(seen.waiting.values())
        return {
            "today": today,
            "before": before,
            "waiting": sum(queue.waiting for queue in waiting),
            "longest": min((queue.oldest for queue in waiting if queue.oldest), default=None),
            "renewed": (sum(seen.renewed.values()), sum(seen.renewed_week_ago.values())),
            "held": (sum(seen.held.values()), sum(seen.held_week_ago.values())),
            "rated": today.helped + today.not_helped,
            "channels": by(seen, 0, setting.channels),
            "branches": by(seen, 1, branch_names(setting, mine)) if len(setting.branches) > 1 else [],
            "unhandled": figures.oldest_unhandled,
            "queued": lanes(figures.queued),
            "healths": healths(setting, states, together(figures.today, 0), visit.now),
            "at": visit.now,
        }


# --- choosing and adding up ----------------------------------------------------------------------


def scoped(figures: Figures, mine: frozenset[str]) -> Figures:
    """What somebody of these branches may see: theirs, and of messages what belongs to no branch."""
    if not mine:
        return figures

    def of_places(found: Mapping[Place, Value]) -> dict[Place, Value]:
        return {place: value for place, value in found.items() if place[1] in ("", *mine)}

    def of_branches(found: Mapping[str, Value]) -> dict[str, Value]:
        return {branch: value for branch, value in found.items() if branch in mine}

    return replace(
        figures,
        today=of_places(figures.today),
        week_ago=of_places(figures.week_ago),
        waiting=of_places(figures.waiting),
        renewed=of_branches(figures.renewed),
        held=of_branches(figures.held),
        renewed_week_ago=of_branches(figures.renewed_week_ago),
        held_week_ago=of_branches(figures.held_week_ago),
    )


def branch_names(setting: ConsoleSetting, mine: frozenset[str]) -> dict[str, str]:
    """The branches that somebody sees, and what belongs to none."""
    seen = {code: name for code, name in setting.branches.items() if not mine or code in mine}
    return {**seen, "": _("филиал неизвестен")}


def by(figures: Figures, which: int, names: Mapping[str, str]) -> list[Row]:
    """The day by channel (0) or branch (1), in the order of ``names``; what nobody names comes last, by its code."""
    days, waiting = together(figures.today, which), _waits(figures.waiting, which)
    known = [*names, *sorted((days.keys() | waiting.keys()) - names.keys())]
    return [
        Row(
            name=names.get(code, code),
            day=days.get(code, Day()),
            waiting=waiting.get(code, 0),
            share=days.get(code, Day()).without_a_person,
        )
        for code in known
        if code or code in days or code in waiting
    ]


def _waits(queues: Mapping[Place, Queue], which: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, queue in queues.items():
        found[place[which]] = found.get(place[which], 0) + queue.waiting
    return found


def lanes(queued: Mapping[int, int]) -> list[tuple[str, int]]:
    """What is to be sent, by kind."""
    names = {
        Lane.REPLY: _("ответы"),
        Lane.NOTICE: _("напоминания"),
        Lane.ANNOUNCEMENT: _("объявления"),
    }
    return [(name, queued.get(lane.value, 0)) for lane, name in names.items()]


# --- how the messengers stand --------------------------------------------------------------------


def healths(
    setting: ConsoleSetting, states: Iterable[ChannelState], days: Mapping[str, Day], now: datetime
) -> list[Health]:
    """Every channel that the configuration names, the worst first."""
    known: dict[str, list[ChannelState]] = {}
    for state in states:
        known.setdefault(state.channel, []).append(state)
    order = {"bad": 0, "unsure": 1, "good": 2, "off": 3}
    found = [
        replace(
            health(title, known.get(name, []), now, on=name in setting.sending),
            last_heard=days.get(name, Day()).last_heard,
            last_sent=days.get(name, Day()).last_sent,
        )
        for name, title in setting.channels.items()
    ]
    return sorted(found, key=lambda one: order[one.tone])


def health(title: str, states: Sequence[ChannelState], now: datetime, *, on: bool) -> Health:
    """One channel in words; what nobody has said lately is not known."""
    if not on:
        return Health(name=title, tone="off", said=_("выключен в настройках"))
    fresh = [state for state in states if now - state.seen_at <= STALE]
    faults: tuple[tuple[Callable[[ChannelState], bool], str], ...] = (
        (
            lambda state: state.standing is Standing.REFUSED,
            _("мессенджер не принимает ключ: скажите тому, кто ведёт бота"),
        ),
        (lambda state: state.standing is Standing.LOST and state.way is Way.OUT, _("нет связи: ответы не уходят")),
        (lambda state: state.standing is Standing.LOST, _("нет связи: сообщения читателей не приходят")),
    )
    for is_so, said in faults:
        if bad := [state for state in fresh if is_so(state)]:
            return Health(name=title, tone="bad", said=said, since=min(state.since for state in bad))
    if not any(state.way is Way.OUT for state in fresh):
        last = max((state.seen_at for state in states if state.way is Way.OUT), default=None)
        return Health(
            name=title, tone="unsure", said=_("неизвестно, уходят ли ответы: скажите тому, кто ведёт бота"), since=last
        )
    return Health(name=title, tone="good", said=_("работает"))


def trouble(setting: ConsoleSetting, states: Iterable[ChannelState], channel: str, now: datetime) -> Health | None:
    """What stands in the way of an answer through a channel that is on; None where nothing does."""
    ours = [state for state in states if state.channel == channel and state.way is Way.OUT]
    found = health(setting.channels.get(channel, channel), ours, now, on=channel in setting.sending)
    return found if found.tone == "bad" else None
