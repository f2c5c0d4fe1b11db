"""How moments, channels and states are put into words on the screens."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from bot.audit import DESK, ENGINE, READER
from bot.circulation import OpenHold, OpenLoan
from bot.clock import Clock
from bot.quick import dataclass
from bot.staff import StaffRole
from bot.wording import clock_time, counted, day, in_figures
from bot.wording import gettext as _
from console import reader_words

if TYPE_CHECKING:
    from console.room import ConsoleSetting


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a press, told on the page that follows; ``bad``: it was not done."""

    text: str
    bad: bool = False


def messenger(title: str) -> str:
    """What a messenger is called, in the language of whoever looks; a name of its own stays."""
    return {
        "Чат на сайте": _("Чат на сайте"),
        "ВКонтакте": _("ВКонтакте"),
        "Одноклассники": _("Одноклассники"),
        "Терминал": _("Терминал"),
    }.get(title, title)


def role(value: StaffRole) -> str:
    """What a role is called."""
    return {
        StaffRole.LIBRARIAN: _("библиотекарь"),
        StaffRole.EDITOR: _("редактор"),
        StaffRole.ADMIN: _("администратор"),
    }[value]


def actor(name: str) -> str:
    """Who acted: a member of the staff by login, the others in words."""
    others = {READER: _("читатель"), ENGINE: _("бот"), DESK: _("командная строка")}
    return others.get(name) or name.removeprefix("staff:")


_BROWSERS = {"YaBrowser": "Яндекс Браузер", "Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox"}
_BROWSERS |= {"CriOS": "Chrome", "Chrom": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


def browser(agent: str) -> str:
    """A browser as people call it, out of what it says of itself: «Яндекс Браузер, Windows»; the first mark counts."""
    found = [next((name for mark, name in known.items() if mark in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, found)) or agent[:60]


def duration(seconds: float, *, within: bool = False) -> str:
    """How long: «меньше минуты», «1 минута», «2 часа», «3 дня»; ``within`` a sentence: «ждёт 1 минуту»."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return _("меньше минуты")
    if minutes < 60 and within:
        return counted(minutes, "минуту", "минуты", "минут")
    if minutes < 60:
        return counted(minutes, "минута", "минуты", "минут")
    hours = minutes // 60
    return counted(hours, "час", "часа", "часов") if hours < 48 else counted(hours // 24, "день", "дня", "дней")


def unbroken(name: str) -> str:
    """A name as it is shown: no line ends between «№» and its number."""
    return name.replace("№ ", "№\N{NO-BREAK SPACE}")


def _clock(local: datetime) -> str:
    """«09:30», or "9:30 am" where the country says so: in columns the figures stand below each other."""
    told = clock_time(local.time())
    return f"{local:%H:%M}" if told[-1:].isdigit() else told


class Shown:
    """What a template may put a value through that the house or the day has a word in."""

    def __init__(self, setting: "ConsoleSetting", clock: Clock) -> None:
        self._setting, self._clock = setting, clock

    def _today(self) -> date:
        return self._clock.now().astimezone(self._setting.zone).date()

    def moment(self, at: datetime) -> str:
        """«12:30» today, «3 марта, 12:30» this year."""
        local, today = at.astimezone(self._setting.zone), self._today()
        if local.date() == today:
            return _clock(local)
        if local.year == today.year:
            return f"{day(local.date())}, {_clock(local)}"
        return f"{in_figures(local.date())}, {_clock(local)}"

    def date_of(self, at: datetime) -> str:
        """«Сегодня», «Вчера», or the day."""
        local, today = at.astimezone(self._setting.zone).date(), self._today()
        days = (today - local).days
        if days < 2:
            return _("Сегодня") if days < 1 else _("Вчера")
        return self.whole_day(local)

    def time_of(self, at: datetime) -> str:
        """«12:30»."""
        return _clock(at.astimezone(self._setting.zone))

    def age(self, at: datetime) -> str:
        """How long ago."""
        return duration((self._clock.now() - at).total_seconds())

    def lasting(self, at: datetime) -> str:
        """The same within a sentence: «ждёт 1 минуту», «1 минуту назад»."""
        return duration((self._clock.now() - at).total_seconds(), within=True)

    def stamp(self, at: datetime) -> str:
        """«27.11.2026, 12:30»: what is printed is read on other days."""
        local = at.astimezone(self._setting.zone)
        return f"{in_figures(local.date())}, {_clock(local)}"

    def whole_day(self, value: date) -> str:
        """A day, with its year where that is another one."""
        return day(value) if value.year == self._today().year else in_figures(value)

    def is_over(self, last: date) -> bool:
        """Whether a last day is past."""
        return last < self._today()

    def channel(self, name: str) -> str:
        """What the library calls a channel."""
        return self._setting.channels.get(name, name)

    def branch(self, code: str) -> str:
        """What a branch is called."""
        return unbroken(self._setting.branches.get(code, code))

    def hold_told(self, waited: OpenHold) -> str:
        """How far a hold has come."""
        return reader_words.hold_told(waited, self.branch(waited.pickup))

    def due_told(self, loan: OpenLoan) -> str:
        """Until when a book is lent."""
        return reader_words.due_told(loan, self._today(), self.whole_day)


def filters(setting: "ConsoleSetting", clock: Clock) -> Mapping[str, Callable[..., Any]]:
    """What templates may put a value through."""
    shown = Shown(setting, clock)
    return {
        "calendar_day": day,
        "moment": shown.moment,
        "date_of": shown.date_of,
        "time_of": shown.time_of,
        "age": shown.age,
        "lasting": shown.lasting,
        "stamp": shown.stamp,
        "in_figures": in_figures,
        "messenger": messenger,
        "channel": shown.channel,
        "branch": shown.branch,
        "iso": lambda at: at.isoformat(timespec="seconds"),
        "is_over": shown.is_over,
        "hold_told": shown.hold_told,
        "due_told": shown.due_told,
        "outlook": reader_words.outlook,
        "kept_here": reader_words.kept_here,
        "renewable": reader_words.may_be_renewed,
        "action": reader_words.action,
        "actor": actor,
        "browser": browser,
        "unbroken": unbroken,
        "whole_day": shown.whole_day,
        "role": role,
        "duration": duration,
    }
