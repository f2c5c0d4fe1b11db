"""``notices``: readers whom no channel reached, and going on after a store was restored."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.app.store import Opened, opened, resume_notices
from bot.errors import InputError
from bot.library.notices import NoticeKind, Subject
from bot.notices import UnreachedReader
from bot.settings import load

WORDS = {
    NoticeKind.DUE: "due",
    NoticeKind.OVERDUE: "overdue since",
    NoticeKind.HOLD_READY: "hold ready since",
    NoticeKind.HOLD_EXPIRING: "hold kept until",
    NoticeKind.HOLD_EXPIRED: "hold not fetched",
    NoticeKind.HOLD_REFUSED: "hold refused",
    NoticeKind.RENEWAL_DECIDED: "renewal decided",
    NoticeKind.CARD_EXPIRES: "card valid until",
}


def unreached(config: Path | None, branch: str, limit: int, *, as_json: bool) -> int:
    """Print whom nothing reached: to be phoned. Raises InputError, StoreUnavailable."""

    async def work(what: Opened) -> int:
        codes = [known.code for known in what.settings.library.branches]
        if branch and codes and branch not in codes:
            raise InputError(f"--branch: there is no {branch!r}; known: {', '.join(codes)}")
        readers = await what.unreached.unreached([branch] if branch else (), limit)
        if as_json:
            sys.stdout.write(json.dumps([_row(reader) for reader in readers], ensure_ascii=False) + "\n")
        elif readers:
            _print(readers)
        else:
            sys.stdout.write("everybody who was written to was reached\n")
        return 0

    return _with_store(config, work)


def settle(config: Path | None, number: int) -> int:
    """Take a reader off the list: somebody has told them; 1 where they are not on it."""

    async def work(what: Opened) -> int:
        if await what.unreached.settle(number, "desk"):
            sys.stdout.write("off the list\n")
            return 0
        sys.stderr.write(f"there is no {number} on the list: see bibliobot notices unreached\n")
        return 1

    return _with_store(config, work)


def resume(config: Path | None) -> int:
    """Let readers be written to again after the store was restored."""

    async def work(what: Opened) -> int:
        done = await resume_notices(what.database)
        said = "readers are reminded again, from the next hour on" if done else "readers are reminded as ever"
        sys.stdout.write(f"{said}\n")
        return 0

    return _with_store(config, work)


def _print(readers: Iterable[UnreachedReader]) -> None:
    table = Table("no.", "card", "reader", "phone", "what", "tried", box=box.SIMPLE_HEAD, pad_edge=False)
    for reader in readers:
        tried = "; ".join(f"{channel}: {why or 'not delivered'}" for channel, why in reader.tried) or reader.why
        words = "; ".join(_told(item) for item in reader.items)
        row = (str(reader.notice_id), reader.card_number, reader.name, reader.phone, words, tried)
        table.add_row(*map(escape, row))
    Console(highlight=False).print(table)


def _told(item: Subject) -> str:
    return f"{WORDS[item.kind]} {item.day.isoformat()}"


def _row(reader: UnreachedReader) -> dict[str, object]:
    return {
        "id": reader.notice_id,
        "card": reader.card_number,
        "name": reader.name,
        "phone": reader.phone,
        "since": reader.since.isoformat(),
        "what": [{"kind": item.kind.value, "day": item.day.isoformat()} for item in reader.items],
        "tried": [{"channel": channel, "why": why} for channel, why in reader.tried],
    }


def _with_store(config: Path | None, work: Callable[[Opened], Awaitable[int]]) -> int:
    async def whole() -> int:
        async with opened(*load(config)) as what:
            return await work(what)

    return asyncio.run(whole())
