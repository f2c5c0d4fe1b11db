"""How moments, channels and states are put into words on the screens."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from bot.audit import DESK, ENGINE, READER
from bot.circulation import OpenHold, OpenLoan
from bot.clock import Clock
from bot.quick import dataclass
from bot.staff import StaffRole
from bot.wording import counted, day
from bot.wording import gettext as _
from console import reader_words

if TYPE_CHECKING:
    from console.room import ConsoleSetting


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a press, told on the page that follows; ``bad``: it was not done."""

    text: str
    bad: bool = False


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


def duration(seconds: float) -> str:
    """How long: «меньше минуты», «5 минут», «2 часа», «3 дня»."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return _("меньше минуты")
    if minutes < 60:
        return counted(minutes, "минута", "минуты", "минут")
    hours = minutes // 60
    return counted(hours, "час", "часа", "часов") if hours < 48 else counted(hours // 24, "день", "дня", "дней")


def unbroken(name: str) -> str:
    """A name as it is shown: no line ends between «№» and its number."""
    return name.replace("№ ", "№\N{NO-BREAK SPACE}")


def filters(setting: "ConsoleSetting", clock: Clock) -> Mapping[str, Callable[..., Any]]:
    """What templates may put a value through."""

    def moment(at: datetime) -> str:
        local, today = at.astimezone(setting.zone), clock.now().astimezone(setting.zone).date()
        if local.date() == today:
            return f"{local:%H:%M}"
        if local.year == today.year:
            return f"{day(local.date())}, {local:%H:%M}"
        return f"{local:%d.%m.%Y, %H:%M}"

    def date_of(at: datetime) -> str:
        local, today = at.astimezone(setting.zone).date(), clock.now().astimezone(setting.zone).date()
        days = (today - local).days
        if days < 2:
            return _("Сегодня") if days < 1 else _("Вчера")
        return day(local) if local.year == today.year else f"{local:%d.%m.%Y}"

    def time_of(at: datetime) -> str:
        return f"{at.astimezone(setting.zone):%H:%M}"

    def age(at: datetime) -> str:
        return duration((clock.now() - at).total_seconds())

    def channel(name: str) -> str:
        return setting.channels.get(name, name)

    def branch(code: str) -> str:
        return unbroken(setting.branches.get(code, code))

    def hold(waited: OpenHold) -> str:
        return reader_words.hold_told(waited, branch(waited.pickup))

    def iso(at: datetime) -> str:
        return at.isoformat(timespec="seconds")

    def whole_day(value: date) -> str:
        this_year = value.year == clock.now().astimezone(setting.zone).year
        return day(value) if this_year else f"{value:%d.%m.%Y}"

    def is_over(last: date) -> bool:
        return last < clock.now().astimezone(setting.zone).date()

    def due_told(loan: OpenLoan) -> str:
        return reader_words.due_told(loan, clock.now().astimezone(setting.zone).date(), whole_day)

    return {
        "calendar_day": day,
        "moment": moment,
        "date_of": date_of,
        "time_of": time_of,
        "age": age,
        "channel": channel,
        "branch": branch,
        "iso": iso,
        "is_over": is_over,
        "hold_told": hold,
        "due_told": due_told,
        "outlook": reader_words.outlook,
        "kept_here": reader_words.kept_here,
        "renewable": reader_words.may_be_renewed,
        "action": reader_words.action,
        "actor": actor,
        "browser": browser,
        "unbroken": unbroken,
        "whole_day": whole_day,
        "role": role,
        "duration": duration,
    }
