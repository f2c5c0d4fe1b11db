"""«Где вы находитесь?»: the address, the way, and a point on the map."""

import re
from collections.abc import Sequence

from bot.library.model import Branch
from bot.library.places import branch_behind, branch_key, find_branches, main_branch
from bot.messages import Button, Location, Reply, bold, reply
from bot.ports.library import Library
from bot.routing import Answer, Router, Turn, follows, intent, not_followed, pressed, same_for_all
from bot.wording import gettext as _
from bot.wording.opening import right_now
from bot.wording.reaching import phone_beside
from handlers import (
    Row,
    find_button,
    in_lines,
    librarian_button,
    names_a_branch,
    not_one_of_ours,
    which_branch,
    words_of,
)

router = Router("location")

_ALL = re.compile(
    r"(?i)\bвс[еёхa-z]\w*\s+(?:\w+\s+)?(?:адрес|филиал|библиотек)|\b(?:филиалы|адреса)\b(?!\s+(?:эл|почт))|\b(?:филиалов|адресов)\b"
    r"|\b(?:branches|addresses|locations)\b|\ball (?:your )?(?:librar|address|branch)"
)
"""Of several buildings at once."""
_NEAREST = ("ближайш", "ближе", "рядом", "поближе", "недалеко", "nearest", "closest", "near ")


@router.on(intent("location"))
@same_for_all
async def where(turn: Turn, library: Library) -> Reply | Answer:
    """The branch that the message names, else the main one; of all, or of the nearest, the reader picks."""
    text = words_of(turn)
    branches = await library.branches.all()
    named = find_branches(text, branches)
    if len(branches) > 1 and len(named) != 1 and (_asks_for_the_nearest(text) or _ALL.search(text)):
        return _addresses(branches)
    if (elsewhere := not_one_of_ours(turn, branches)) is not None:
        return elsewhere
    if len(named) > 1:
        return which_branch("location", named)
    return _place(turn, library, named[0] if named else main_branch(branches), branches)


@router.on(follows("elsewhere:location"))
@same_for_all
async def where_elsewhere(turn: Turn, library: Library) -> Reply | Answer:
    """«А детская?»; anything that is no branch is a wish of its own."""
    return await where(turn, library) if await names_a_branch(turn, library) else not_followed(turn)


@router.on(follows("there:location"))
@same_for_all
async def where_there(turn: Turn, library: Library) -> Reply | Answer:
    """«А адрес?»: of the building that was spoken of last, unless another one, or the nearest, is asked for."""
    branches = await library.branches.all()
    branch = branch_behind(turn.argument, branches)
    if branch is None or _asks_for_the_nearest(turn.text) or await names_a_branch(turn, library):
        return await where(turn, library)
    return _place(turn, library, branch, branches)


@router.on(pressed("location"))
@same_for_all
async def where_is(turn: Turn, library: Library) -> Reply | Answer:
    """``location`` or ``location:03``."""
    branches = await library.branches.all()
    branch = branch_behind(turn.argument, branches) if turn.argument else main_branch(branches)
    return _place(turn, library, branch, branches)


@router.on(pressed("addresses"))
@same_for_all
async def everywhere(turn: Turn, library: Library) -> Reply:
    """Every address."""
    del turn
    return _addresses(await library.branches.all())


def _asks_for_the_nearest(text: str) -> bool:
    return any(word in text.casefold() for word in _NEAREST)


def _addresses(branches: Sequence[Branch]) -> Reply:
    lines = [f"{branch.name}: {branch.address}" for branch in branches if branch.address]
    said = _("Наши адреса:") if lines else _("Адресов библиотек пока не знаю.")
    return reply(said, "".join(f"\n{line}" for line in lines), buttons=((find_button(), librarian_button()),))


def _place(turn: Turn, library: Library, branch: Branch | None, branches: Sequence[Branch]) -> Reply | Answer:
    if branch is None or not (branch.address or branch.how_to_get):
        said = [_("Адреса пока не знаю: {library}.").format(library=branch.name if branch else library.name)]
        said.append(phone_beside(branch, main_branch(branches), turn.now, library.holidays))
        return reply(in_lines(*said), buttons=((librarian_button(),), (find_button(),)))
    lines = [line for line in (branch.address, branch.how_to_get) if line]
    if now := right_now(branch, turn.now, library.holidays):
        lines.append(now)
    point: tuple[Location, ...] = ()
    if branch.latitude is not None and branch.longitude is not None:
        point = (
            Location(latitude=branch.latitude, longitude=branch.longitude, title=branch.name, address=branch.address),
        )
    rows: list[Row] = [(Button(_("Все адреса"), "addresses"),)] if len(branches) > 1 else []
    rows.append((Button(_("Часы работы"), f"hours:{branch_key(branch.code)}"), find_button()))
    told = reply(bold(branch.name), "".join(f"\n{line}" for line in lines), buttons=rows, at=point)
    return Answer(replies=(told,), about=f"location:{branch_key(branch.code)}")
