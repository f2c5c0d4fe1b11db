"""``card`` and ``audit``: what the desk does with readers' cards, and who did what."""

import asyncio
import getpass
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.app.store import Opened, opened
from bot.audit import DESK, Entry, Which
from bot.cli import sheets
from bot.cli.days import day_of
from bot.errors import InputError
from bot.settings import load

HEADER = ("moment", "who", "what", "patron", "contact", "channel", "details")
SHOWN_SUBJECT = 12
"""Figures of a contact's digest on the screen; a file has all of them."""


def code(config: Path | None, card_number: str, *, child: bool, as_json: bool) -> int:
    """Issue a one-time code and print it big; 1 where there is no such card."""

    async def work(what: Opened) -> int:
        issued = await what.accounts.desk.issue_code(card_number, DESK, child=child)
        if issued is None:
            return _no_card(card_number)
        until = issued.expires_at.astimezone(what.settings.library.timezone)
        if as_json:
            told = {"code": issued.code, "card": issued.card_number, "expires": until.isoformat(), "child": child}
            sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
            return 0
        whose = f"{issued.card_number} {issued.given_name}".strip()
        sys.stdout.write(f"\n{big(issued.spaced)}\n\n    {issued.spaced}\n\n")
        sys.stdout.write(f"card {whose}, good until {until:%H:%M}, works once\n")
        if child:
            sys.stdout.write("for a parent: whoever sends it sees this card as a child's\n")
        return 0

    return _with_store(config, work)


def pin(config: Path | None, card_number: str, *, remove: bool) -> int:
    """Set a card's PIN, asked for without showing it, or take it away; 1 where there is no such card."""
    said = "" if remove else _asked_for_pin()

    async def work(what: Opened) -> int:
        if not await what.accounts.desk.set_pin(card_number, said, DESK):
            return _no_card(card_number)
        sys.stdout.write("the PIN is gone\n" if remove else "the PIN is set\n")
        if not remove and not what.settings.accounts.pin:
            sys.stdout.write("note: readers cannot use it until accounts.pin is true\n")
        return 0

    return _with_store(config, work)


def _asked_for_pin() -> str:
    if not sys.stdin.isatty():
        said = sys.stdin.readline().strip()
    else:
        said = getpass.getpass("PIN: ").strip()
        if getpass.getpass("once more: ").strip() != said:
            raise InputError("the two are not the same; nothing was changed")
    if len(said) < 4:
        raise InputError("expected a PIN of at least four characters; nothing was changed")
    return said


def links(config: Path | None, card_number: str) -> int:
    """Print who sees a card; 1 where there is no such card."""

    async def work(what: Opened) -> int:
        found = await what.accounts.desk.links(card_number)
        if found is None:
            return _no_card(card_number)
        zone = what.settings.library.timezone
        for one in found:
            child = ", a parent" if one.child else ""
            silent = "" if one.reachable else ", cannot be reached"
            at = f"{one.linked_at.astimezone(zone):%Y-%m-%d %H:%M}"
            sys.stdout.write(f"{one.contact_id}: {one.channel}, by {one.proof}, since {at}{child}{silent}\n")
        if not found:
            sys.stdout.write("nobody\n")
        return 0

    return _with_store(config, work)


def unlink(config: Path | None, card_number: str, contact_id: int | None) -> int:
    """Cut one contact, or all, off a card; 1 where none was linked."""

    async def work(what: Opened) -> int:
        gone = await what.accounts.desk.unlink(card_number, DESK, contact_id)
        sys.stdout.write(f"cut off: {gone}\n")
        return 0 if gone else 1

    return _with_store(config, work)


def erase(config: Path | None, card_number: str, *, yes: bool) -> int:
    """Forget a reader at their wish, after a question; 1 where there is no such card or the answer is no."""
    if not yes and not _confirmed(card_number):
        sys.stdout.write("nothing was changed\n")
        return 1

    async def work(what: Opened) -> int:
        if not await what.accounts.desk.erase(card_number, DESK):
            return _no_card(card_number)
        await what.accounts.retention.finish_erasures()
        sys.stdout.write(
            "forgotten: links, codes, PIN, what was said, names; the card's number stays, since loans hang on it. "
            "Backups hold the rest until they are deleted (docs/privacy.md)\n"
        )
        return 0

    return _with_store(config, work)


def _confirmed(card_number: str) -> bool:
    sys.stdout.write(f"forget the reader of card {card_number}? It cannot be undone. Type yes: ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in {"yes", "да"}


def audit(
    config: Path | None, *, since: str, until: str, limit: int, card: str, csv_file: Path | None, as_json: bool
) -> int:
    """Print the newest lines of the audit log, or write those of some days into a file.

    Raises:
        InputError: A date is none, there is no such card, or the file cannot be written.
        StoreUnavailable: From the store.
    """

    async def work(what: Opened) -> int:
        zone = what.settings.library.timezone
        began, ended = _moment(since, "--since", zone), _moment(until, "--until", zone)
        patron = await what.accounts.desk.patron_of(card) if card else None
        if card and patron is None:
            return _no_card(card)
        log, until_midnight = what.accounts.audit, None if ended is None else ended + timedelta(days=1)
        which = Which(since=began, until=until_midnight, patron_id=patron)
        if csv_file is None and limit:
            found = list(reversed(await log.last(limit, which)))
        else:
            found = [entry async for entry in log.entries(which)]
        if csv_file is not None:
            sheets.write(csv_file, HEADER, [_cells(one, zone) for one in found])
            sys.stdout.write(f"{len(found)} lines in {csv_file}\n")
        elif as_json:
            lines = [dict(zip(HEADER, _cells(one, zone), strict=True)) for one in found]
            sys.stdout.write(json.dumps(lines, ensure_ascii=False, indent=2) + "\n")
        else:
            _show(found, zone)
        return 0

    return _with_store(config, work)


def _moment(text: str, option: str, zone: ZoneInfo) -> datetime | None:
    day = day_of(text, option)
    return None if day is None else datetime.combine(day, time(), zone)


def _cells(entry: Entry, zone: ZoneInfo) -> Sequence[str | int]:
    return (
        "" if entry.at is None else f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        entry.actor,
        str(entry.action),
        "" if entry.patron_id is None else entry.patron_id,
        entry.subject,
        entry.channel,
        ", ".join(f"{key} {value}" for key, value in entry.details.items()),
    )


def _show(entries: Sequence[Entry], zone: ZoneInfo) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if not entries:
        console.print("nothing is written down")
        return
    table = Table(*HEADER, box=box.SIMPLE_HEAD, pad_edge=False)
    for entry in entries:
        cells = [escape(str(cell)) for cell in _cells(entry, zone)]
        cells[4] = cells[4][:SHOWN_SUBJECT]
        table.add_row(*cells)
    console.print(table)


def _no_card(card_number: str) -> int:
    sys.stdout.write(f"there is no card {card_number}: import the register with bibliobot import --kind patrons\n")
    return 1


def _with_store(config: Path | None, work: Callable[[Opened], Awaitable[int]]) -> int:
    async def whole() -> int:
        async with opened(*load(config)) as what:
            return await work(what)

    return asyncio.run(whole())


# --- big figures ---------------------------------------------------------------------------------

_FIGURES = {
    "0": ("#####", "#   #", "#   #", "#   #", "#####"),
    "1": ("  #  ", " ##  ", "  #  ", "  #  ", " ### "),
    "2": ("#####", "    #", "#####", "#    ", "#####"),
    "3": ("#####", "    #", " ####", "    #", "#####"),
    "4": ("#   #", "#   #", "#####", "    #", "    #"),
    "5": ("#####", "#    ", "#####", "    #", "#####"),
    "6": ("#####", "#    ", "#####", "#   #", "#####"),
    "7": ("#####", "    #", "   # ", "  #  ", "  #  "),
    "8": ("#####", "#   #", "#####", "#   #", "#####"),
    "9": ("#####", "#   #", "#####", "    #", "#####"),
    " ": ("  ", "  ", "  ", "  ", "  "),
}


def big(figures: str) -> str:
    """Figures five lines high, to be read from the other side of a desk."""
    lines = ["    " + "  ".join(_FIGURES[one][line] for one in figures) for line in range(5)]
    return "\n".join(lines).replace("#", "█")
