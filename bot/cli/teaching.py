"""``misses`` and ``synonyms``: what readers asked in vain, and what the librarians teach the bot of it."""

import asyncio
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.app.answering import handler_table, intents_of
from bot.app.store import Opened, misses_of, open_database, opened
from bot.cli import sheets
from bot.cli.days import day_of
from bot.clock import SystemClock
from bot.errors import InputError, WrongUse
from bot.language.folding import fold
from bot.library.model import WorkCard
from bot.ports.catalogue import Verdict, Wanted
from bot.settings import load
from bot.spreadsheet import FORMULA
from bot.teaching import Miss, Synonym, SynonymKind, key_of, kind_of

LACKS = {"not_understood": "not understood", "not_found": "not found", "no_answer": "no answer"}
MISSES_HEADER = ("id", "times", "text", "missed", "intent", "language", "where", "first", "last", "other wordings")
SYNONYMS_HEADER = ("kind", "said", "meant")
_HEADINGS = {
    "kind": ("kind", "вид", "тип", "что это"),
    "said": ("said", "читатель пишет", "пишут", "как говорят", "сказано", "синоним"),
    "meant": ("meant", "значит", "имеется в виду", "что значит", "смысл"),
}
LOOKED_AT = 5
"""Works in which a title with the very words of a synonym is looked for."""


# --- misses --------------------------------------------------------------------------------------


def misses(
    config: Path | None, *, since: str, limit: int, as_json: bool, csv_file: Path | None, forget: int | None
) -> int:
    """List what readers asked in vain, most frequent first, or forget one of it.

    Returns:
        0; 1 where there is nothing to forget under that id.

    Raises:
        InputError: The date is none, or the file cannot be written.
        StoreUnavailable: From the store.
    """
    day = day_of(since, "--since")
    return asyncio.run(_misses(config, day, limit, as_json=as_json, csv_file=csv_file, forget=forget))


async def _misses(
    config: Path | None, day: date | None, limit: int, *, as_json: bool, csv_file: Path | None, forget: int | None
) -> int:
    settings, folder = load(config)
    zone = settings.library.timezone
    database = await open_database(settings, folder, make_tables=True)
    try:
        kept = misses_of(settings, database, SystemClock())
        if forget is not None:
            gone = await kept.forget(forget)
            sys.stdout.write(f"forgotten: {gone} wordings\n" if gone else f"there is no miss {forget}\n")
            return 0 if gone else 1
        await kept.gather()
        found = await kept.all(datetime.combine(day, time(), zone) if day else None)
    finally:
        await database.aclose()
    shown = found[:limit] if limit else found
    if csv_file is not None:
        sheets.write(csv_file, MISSES_HEADER, [_cells(miss, zone) for miss in shown])
        sys.stdout.write(f"{len(shown)} of {len(found)} misses in {csv_file}\n")
    elif as_json:
        sys.stdout.write(json.dumps([_for_programs(miss) for miss in shown], ensure_ascii=False, indent=2) + "\n")
    else:
        _show_misses(shown, len(found), zone)
    return 0


def _cells(miss: Miss, zone: Any) -> Sequence[str | int]:
    def moment(at: datetime) -> str:
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"

    return (
        miss.miss_id,
        miss.count,
        miss.text,
        ", ".join(LACKS[lack] for lack in miss.lacks),
        ", ".join(miss.intents),
        ", ".join(miss.languages),
        ", ".join(f"{kind} {count}" for kind, count in miss.channels.items()),
        moment(miss.first_at),
        moment(miss.last_at),
        " | ".join(miss.variants),
    )


def _for_programs(miss: Miss) -> dict[str, Any]:
    return {
        "id": miss.miss_id,
        "text": miss.text,
        "count": miss.count,
        "missed": list(miss.lacks),
        "intents": list(miss.intents),
        "languages": list(miss.languages),
        "channels": miss.channels,
        "first": miss.first_at.isoformat(),
        "last": miss.last_at.isoformat(),
        "variants": list(miss.variants),
    }


def _show_misses(shown: Sequence[Miss], of: int, zone: Any) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if not of:
        console.print("nothing was asked in vain")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("id", "times"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("text", overflow="fold", min_width=28)
    for heading in ("missed", "last", "where"):
        table.add_column(heading)
    for miss in shown:
        more = f" (+{len(miss.variants)} wordings)" if miss.variants else ""
        lacks = ", ".join(LACKS[lack] for lack in miss.lacks)
        last = f"{miss.last_at.astimezone(zone):%Y-%m-%d}"
        row = (str(miss.miss_id), str(miss.count), escape(miss.text + more), lacks, last, ", ".join(miss.channels))
        table.add_row(*row)
    console.print(table)
    if len(shown) < of:
        console.print(f"{len(shown)} of {of}; all of them: --limit 0")


# --- synonyms ------------------------------------------------------------------------------------


def add(config: Path | None, kind: str, said: str, meant: str) -> int:
    """Teach one synonym; says what a librarian should know about it. Raises InputError where it may not be kept."""
    one = Synonym(kind=_kind(kind), said=said.strip(), meant=meant.strip())

    async def work(what: Opened) -> int:
        kept = await what.synonyms.put([one], await _targets(what))
        word = "added" if kept.added else "changed" if kept.changed else "kept already"
        sys.stdout.write(f"{word}: {one}\n")
        for line in await _warnings(what, [one]):
            sys.stdout.write(f"warning: {line}\n")
        return 0

    return _with_store(config, work)


def remove(config: Path | None, kind: str, said: str) -> int:
    """Forget one synonym; 1 where there is none."""
    of = _kind(kind)

    async def work(what: Opened) -> int:
        gone = await what.synonyms.remove(of, said)
        sys.stdout.write(f"removed: {of} «{said}»\n" if gone else f"there is no {of} «{said}»\n")
        return 0 if gone else 1

    return _with_store(config, work)


def listing(config: Path | None, *, as_json: bool) -> int:
    """Print every synonym."""

    async def work(what: Opened) -> int:
        known = await what.synonyms.all()
        if as_json:
            rows = [{"kind": one.kind.value, "said": one.said, "meant": one.meant} for one in known]
            sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
            return 0
        for one in known:
            sys.stdout.write(f"{one}\n")
        if not known:
            sys.stdout.write("no synonyms yet: bibliobot synonyms add title «гп» «Гарри Поттер»\n")
        return 0

    return _with_store(config, work)


def import_file(config: Path | None, file: Path, *, encoding: str, dry_run: bool) -> int:
    """Teach every synonym of a CSV or Excel file; all of them or, with a fault in one, none.

    Raises:
        InputError: Says which row is wrong and what was expected.
    """
    found = read(file, encoding)

    async def work(what: Opened) -> int:
        if dry_run:
            for one in found:
                sys.stdout.write(f"  {one}\n")
            sys.stdout.write(f"synonyms read, nothing was written: this was a dry run: {len(found)}\n")
        else:
            kept = await what.synonyms.put(found, await _targets(what))
            sys.stdout.write(f"added {kept.added}, changed {kept.changed}, unchanged {kept.unchanged}\n")
        for line in await _warnings(what, found):
            sys.stdout.write(f"warning: {line}\n")
        return 0

    return _with_store(config, work)


def export_file(config: Path | None, file: Path) -> int:
    """Write every synonym into a CSV or Excel file that ``import`` reads."""

    async def work(what: Opened) -> int:
        known = await what.synonyms.all()
        sheets.write(file, SYNONYMS_HEADER, [(one.kind.value, one.said, one.meant) for one in known])
        sys.stdout.write(f"{len(known)} synonyms in {file}\n")
        return 0

    return _with_store(config, work)


def read(file: Path, encoding: str = "") -> list[Synonym]:
    """The synonyms of a table with the columns kind, said, meant (вид, читатель пишет, значит).

    Raises:
        InputError: Says which row is wrong and what was expected.
    """
    rows = sheets.rows_of(file, encoding)
    expected = "kind (вид: title, author, phrase), said (читатель пишет), meant (значит)"
    header = next((row for row in rows if any(row)), ())
    columns = {name: at for at, cell in enumerate(header) for name, known in _HEADINGS.items() if fold(cell) in known}
    if len(columns) < len(_HEADINGS):
        raise InputError(f"{file.name}: the first row must name the columns {expected}; found: {', '.join(header)}")
    found = []
    for number, row in enumerate(rows, start=1):
        if row is header or not any(row):
            continue
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
        kind = kind_of(cells["kind"])
        if kind is None or not cells["said"] or not cells["meant"]:
            raise InputError(f"{file.name}: row {number}: expected {expected}")
        found.append(Synonym(kind=kind, said=_unescaped(cells["said"]), meant=_unescaped(cells["meant"])))
    if not found:
        raise InputError(f"{file.name}: no synonyms in it; expected rows with {expected}")
    return found


def _unescaped(cell: str) -> str:
    """A cell as it was before an export made it harmless."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _kind(word: str) -> SynonymKind:
    kind = kind_of(word)
    if kind is None:
        raise WrongUse(f"{word}: expected title, author or phrase")
    return kind


def _with_store(config: Path | None, work: Any) -> int:
    async def whole() -> int:
        async with opened(*load(config)) as what:
            done: int = await work(what)
            return done

    return asyncio.run(whole())


async def _targets(what: Opened) -> list[str]:
    """What a phrase may mean: an intent with a handler, a topic, one of the library's own topics."""
    from understanding.topics import topics

    intents = intents_of(handler_table(what.settings))
    return [*intents, *topics(), *await what.faq.topics()]


async def _warnings(what: Opened, synonyms: Iterable[Synonym]) -> list[str]:
    """What these synonyms hide: a book whose whole title a reader could have meant."""
    await what.catalogue.start()
    await what.catalogue.catch_up()
    found = []
    for one in synonyms:
        hidden = await _titled(what, one.said)
        if hidden is not None:
            found.append(f"«{one.said}» is also the title of a book ({hidden.author or 'no author'}): it is hidden")
        if one.kind is not SynonymKind.PHRASE and not await _leads_somewhere(what, one.meant):
            found.append(f"nothing in the catalogue fits «{one.meant}»")
    return found


async def _titled(what: Opened, title: str) -> WorkCard | None:
    """A work that has exactly this title."""
    found = await what.catalogue.find(Wanted(text=title), LOOKED_AT)
    return next((work for work in found.works if key_of(work.title) == key_of(title)), None)


async def _leads_somewhere(what: Opened, text: str) -> bool:
    return (await what.catalogue.find(Wanted(text=text), 1)).verdict is not Verdict.NOTHING
