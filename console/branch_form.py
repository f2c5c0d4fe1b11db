"""A branch as a form: its fields in words of librarians, and what they mean."""

import re
from collections.abc import Mapping, Sequence
from datetime import time
from itertools import pairwise

from bot.library.hours import parse_intervals
from bot.library.model import Branch, Hours, Interval
from bot.quick import replace
from bot.wording import capital, clock_time, weekday
from bot.wording import gettext as _

LONGEST = {"name": 200, "address": 300, "phone": 100, "email": 200, "how_to_get": 500, "aliases": 500}
_MAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
_CODE = re.compile(r"[\w.-]{1,64}")
_COPIED = range(1, 5)
"""Tuesday to Friday: what «как в понедельник» fills."""


def fields_of(branch: Branch) -> dict[str, str]:
    """What stands in the form when it is opened."""
    hours = branch.hours
    fields = {
        "code": branch.code,
        "name": branch.name,
        "address": branch.address,
        "phone": branch.phone,
        "email": branch.email,
        "how_to_get": branch.how_to_get,
        "aliases": ", ".join(branch.aliases),
        "point": f"{branch.latitude}, {branch.longitude}" if branch.latitude is not None else "",
        "children": "1" if branch.children else "",
        "holidays_closed": "1" if hours is None or hours.holidays_closed else "",
        "sanitary_which": hours.sanitary_day[0] if hours and hours.sanitary_day else "",
        "sanitary_weekday": str(hours.sanitary_day[1]) if hours and hours.sanitary_day else "3",
    }
    for number in range(7):
        intervals = hours.week[number] if hours is not None else ()
        fields[f"open-{number}"] = _span(intervals[0].start, intervals[-1].end) if intervals else ""
        fields[f"break-{number}"] = ", ".join(_span(one.end, two.start) for one, two in pairwise(intervals))
    return fields


def like_monday(fields: Mapping[str, str]) -> dict[str, str]:
    """Tuesday to Friday as Monday."""
    copied = {f"{name}-{number}": fields.get(f"{name}-0", "") for name in ("open", "break") for number in _COPIED}
    return {**fields, **copied}


def read(fields: Mapping[str, str], old: Branch) -> tuple[Branch, list[str]]:
    """What the form means, and what is wrong with it: then the branch is not to be kept.

    Args:
        fields: As typed.
        old: What the form does not tell of stays as here; its code counts.
    """
    faults: list[str] = []
    said = {name: " ".join(fields.get(name, "").split()) for name in LONGEST}
    if not _CODE.fullmatch(old.code):
        faults.append(_("Код: буквы, цифры, точка и чёрточка, без пробелов, до 64 знаков."))
    if not said["name"]:
        faults.append(_("Название: напишите, как филиал называют читатели."))
    faults += [
        _("Слишком длинно (больше {number} знаков): {words}…").format(number=longest, words=said[name][:30])
        for name, longest in LONGEST.items()
        if len(said[name]) > longest
    ]
    if said["email"] and not _MAIL.fullmatch(said["email"]):
        faults.append(_("Почта: адрес выглядит так: biblioteka@example.ru"))
    point = _point(fields.get("point", ""), faults)
    branch = replace(
        old,
        name=said["name"],
        address=said["address"],
        phone=said["phone"],
        email=said["email"],
        how_to_get=said["how_to_get"],
        aliases=tuple(filter(None, (alias.strip() for alias in said["aliases"].split(",")))),
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        children=bool(fields.get("children")),
        hours=_hours(fields, old.hours, faults),
    )
    return branch, faults


def _hours(fields: Mapping[str, str], old: Hours | None, faults: list[str]) -> Hours | None:
    """None where no day is told of: then the bot claims nothing."""
    if not any(fields.get(f"open-{number}", "").strip() for number in range(7)):
        if any(fields.get(f"break-{number}", "").strip() for number in range(7)):
            faults.append(_("Перерыв указан, а часов работы нет."))
        return None
    week = tuple(_day(number, fields, faults) for number in range(7))
    which, number = fields.get("sanitary_which", ""), fields.get("sanitary_weekday", "")
    sanitary = (which, int(number)) if which in ("1", "2", "3", "4", "last") and number in set("0123456") else None
    closed = bool(fields.get("holidays_closed"))
    base = old or Hours(week=week)
    return replace(base, week=week, sanitary_day=sanitary, holidays_closed=closed)


def _day(number: int, fields: Mapping[str, str], faults: list[str]) -> tuple[Interval, ...]:
    day = capital(weekday(number))
    said, pauses = fields.get(f"open-{number}", "").strip(), fields.get(f"break-{number}", "").strip()
    if not said:
        if pauses:
            faults.append(_("{day}: перерыв указан, а часов работы нет.").format(day=day))
        return ()
    whole = intervals_of(said, day, faults)
    if pauses and len(whole) == 1:
        return _without(whole[0], intervals_of(pauses, _("{day}, перерыв").format(day=day), faults), day, faults)
    return whole


def _without(whole: Interval, pauses: Sequence[Interval], day: str, faults: list[str]) -> tuple[Interval, ...]:
    """What is left of a day when its breaks are taken out."""
    if any(pause.start <= whole.start or pause.end >= whole.end for pause in pauses):
        faults.append(_("{day}: перерыв должен быть внутри часов работы.").format(day=day))
        return (whole,)
    starts, ends = [whole.start, *(pause.end for pause in pauses)], [*(pause.start for pause in pauses), whole.end]
    return tuple(Interval(start, end) for start, end in zip(starts, ends, strict=True))


def intervals_of(said: str, where: str, faults: list[str]) -> tuple[Interval, ...]:
    """Hours as typed; empty, with a fault added, where they are none."""
    try:
        return parse_intervals(said)
    except ValueError as error:
        if "after the start" in str(error):
            faults.append(_("{where}: конец раньше начала: {said}").format(where=where, said=said[:40]))
        elif "do not meet" in str(error):
            faults.append(_("{where}: промежутки должны идти по порядку: {said}").format(where=where, said=said[:40]))
        else:
            faults.append(
                _("{where}: часы пишутся так: 10:00-19:00. Написано: {said}").format(where=where, said=said[:40])
            )
        return ()


def _point(said: str, faults: list[str]) -> tuple[float, float] | None:
    if not said.strip():
        return None
    numbers = re.findall(r"-?\d{1,3}(?:\.\d{1,12})?", said)
    if len(numbers) == 2:
        latitude, longitude = map(float, numbers)
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return latitude, longitude
    faults.append(_("Точка на карте: широта и долгота через запятую: 55.0121, 50.0304"))
    return None


def _span(start: time, end: time) -> str:
    return f"{clock_time(start)}-{clock_time(end)}"
