"""Messages and notes of a conversation in one order, parted by days."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from bot.desk import Note, Said, Talk
from bot.ports.log import Heard
from bot.quick import dataclass
from bot.wording import gettext as _


@dataclass(frozen=True, slots=True)
class Line:
    """One thing on the screen; ``new_day``: a date stands above it."""

    said: Said | None
    note: Note | None
    new_day: bool


def lines_of(talk: Talk, zone: ZoneInfo) -> Sequence[Line]:
    """Everything, the oldest first; answers that have not left yet at the end."""
    gone = [(said.at, said, None) for said in talk.said if said.state != "held"]
    notes = [(note.at, None, note) for note in talk.notes]
    held = [(said.at, said, None) for said in talk.said if said.state == "held"]
    lines, day = [], date.min
    for at, said, note in [*sorted([*gone, *notes], key=lambda one: one[0]), *held]:
        today = at.astimezone(zone).date()
        lines.append(Line(said, note, new_day=today != day))
        day = today
    return lines


def states() -> dict[str, str]:
    """What became of a message, in words."""
    return {
        "queued": _("ждёт отправки"),
        "sent": _("отправлено"),
        "delivered": _("доставлено"),
        "read": _("прочитано"),
        "failed": _("не доставлено"),
        "held": _("уходит"),
        "waiting": _("бот ещё не прочёл"),
        "aside": _("бот не смог ответить"),
    }


def heard() -> dict[Heard, str]:
    """What the bot heard while a librarian had the conversation and it said nothing."""
    return {
        Heard.STOP: _("Бот услышал «стоп»: сам он этому читателю больше не пишет."),
        Heard.OWN_DATA: _(
            "Речь о личных данных. Если просит их удалить, верните диалог боту и попросите повторить: он всё сделает."
        ),
    }
