"""``bibliobot import``: a catalogue, readers, loans or answers from files into the store."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.app.store import open_database
from bot.cli.faq_file import read_answers
from bot.clock import SystemClock
from bot.errors import InputError, WrongUse
from bot.language.folding import fold
from bot.library.model import Branch
from bot.memory import collecting_soon
from bot.quick import dataclass
from bot.settings import Settings
from bot.settings import load as load_settings
from catalogue.importers import recognise
from catalogue.importers.source import SourceFile
from catalogue.loading import MAY_DISAPPEAR, Plan, Summary, load_files
from catalogue.places import WORTH_A_WORD, described, names, placed
from catalogue.rejects import OnDisk, Report
from db.branches import SqlBranches
from db.catalogue import SqlCatalogueWriter
from db.connect import Database
from db.faq import SqlFaq

KINDS = ("catalogue", "patrons", "loans", "hidden", "faq")
LATER = {"events": "events come with announcements"}
REPORT = "import-rejected.csv"
"""Where rejected records are listed if ``--report`` names no file."""
PLACES_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line said beside the files; see ``bibliobot import --help``."""

    kind: str = "catalogue"
    branch: str = ""
    encoding: str = ""
    source: str = ""
    report: Path | None = None
    dry_run: bool = False
    accept_disappeared: bool = False


def load(config: Path | None, files: Sequence[Path], asked: Asked) -> int:
    """Import the files; prints what became of them.

    Returns:
        0 when it is done; 1 when nothing could be read, or so much is gone that a person must confirm it.

    Raises:
        WrongUse: There is no such kind.
        InputError: A file or an option cannot be used; nothing was written.
        ConfigError: From the configuration.
        StoreUnavailable: The store does not answer or its tables are of another version.
    """
    console = Console(highlight=False, soft_wrap=True)
    if asked.kind in LATER:
        raise WrongUse(f"--kind {asked.kind}: {LATER[asked.kind]}; this version imports {', '.join(KINDS)}")
    if asked.kind not in KINDS:
        raise WrongUse(f"--kind {asked.kind}: expected {', '.join(KINDS)}")
    settings, folder = load_settings(config)
    if asked.kind == "faq":
        return asyncio.run(_load_answers(settings, folder, files, asked, console))
    if asked.kind in ("patrons", "loans"):
        from bot.cli import lists

        return lists.load(settings, folder, files, asked, console)
    if asked.kind == "hidden":
        from bot.cli import hiding

        return hiding.load(settings, folder, files, asked, console)
    branches = settings.library.values()
    sources = [recognise(file, asked.encoding, branches, month_first=settings.library.month_first) for file in files]
    check_branch(asked.branch, branches)
    return asyncio.run(_load_catalogue(settings, folder, sources, asked, console))


# --- a catalogue ---------------------------------------------------------------------------------


async def _load_catalogue(
    settings: Settings, folder: Path, sources: Sequence[SourceFile], asked: Asked, console: Console
) -> int:
    plan = Plan(
        source=asked.source,
        branch=asked.branch or only_branch(settings),
        dry_run=asked.dry_run,
        accept_disappeared=asked.accept_disappeared,
    )
    report = Report(asked.report if asked.report or asked.dry_run else Path(REPORT), asked=asked.report is not None)
    database = await open_database(settings, folder, make_tables=True)
    with ExitStack() as closing:
        closing.callback(report.close)
        closing.enter_context(collecting_soon())
        try:
            if not asked.dry_run:
                await put_branches(settings, database)
            tick = closing.enter_context(progress(sources, console))
            writer = SqlCatalogueWriter(database, SystemClock())
            summary = await load_files(writer, sources, plan, tick, report.note)
            stored = await SqlBranches(database, settings.library.timezone).all()
            branches = [*settings.library.values(), *described(stored)]
        finally:
            await database.aclose()
    _tell(console, sources, summary, report, dry_run=asked.dry_run)
    for line in _unplaced(summary, branches, all_of_them=asked.dry_run):
        console.print(escape(line))
    for line in _otherwise(sources) if branches else ():
        console.print(escape(line))
    return 1 if summary.unconfirmed or not summary.read else 0


async def put_branches(settings: Settings, database: Database) -> None:
    """The configured branches first, so that the files' names of them are recognised."""
    await SqlBranches(database, settings.library.timezone).put(settings.library.values())


def only_branch(settings: Settings) -> str:
    """The branch of all copies that name none, where the library has one only."""
    branches = settings.library.branches
    return branches[0].code if len(branches) == 1 else ""


def _unplaced(summary: Summary, branches: Sequence[Branch], *, all_of_them: bool) -> Iterator[str]:
    """Copies of which readers hear no address and no hours, and what to do about it; nothing without branches.

    A dry run names ``all_of_them``: somebody is about to write them into ``config.yaml``.
    """
    if not branches:
        return
    if (nowhere := summary.places[""]) * WORTH_A_WORD > summary.copies:
        yield f"copies of no branch: {nowhere:,}; if they are all in one, run the import again with --branch CODE"
    foreign = [place for place in placed(summary.places, branches) if not place.code]
    if foreign:
        shown = foreign if all_of_them else foreign[:PLACES_SHOWN]
        named = ", ".join(f"«{place.word}» ({place.copies:,})" for place in shown)
        more = f" and {len(foreign) - len(shown)} more (--dry-run names them)" if len(foreign) > len(shown) else ""
        yield f"unknown branches: {named}{more}; name each in config.yaml, as a branch or among the aliases of one"


def _otherwise(sources: Sequence[SourceFile]) -> Iterator[str]:
    """Where it was guessed which of two places in a file names the branch: what the other one says."""
    for source in sources:
        if source.branches_otherwise:
            other = "b" if source.branch_in == "a" else "a"
            named = ", ".join(f"«{word}»" for word in source.branches_otherwise)
            yield (
                f"{source.path.name}: no name of a branch stands in 852, so ${source.branch_in} is taken for it; if "
                f"${other} is your branches ({named}), write these among their aliases and run the import again"
            )


def check_branch(asked: str, branches: Sequence[Branch]) -> None:
    """Raises InputError where the configuration knows no such branch."""
    if not asked or not branches:
        return
    if fold(asked) not in names(branches):
        codes = ", ".join(branch.code for branch in branches)
        raise InputError(f"--branch {asked}: there is no such branch in the configuration; known codes: {codes}")


@contextmanager
def progress(sources: Sequence[OnDisk], console: Console) -> Iterator[Callable[[OnDisk, int], None]]:
    """A bar a file; nothing where the output is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        tasks: dict[Path, TaskID] = {
            source.path: bars.add_task(escape(source.path.name), total=source.size) for source in sources
        }
        yield lambda source, done: bars.update(tasks[source.path], completed=done)


def _tell(console: Console, sources: Sequence[SourceFile], summary: Summary, report: Report, *, dry_run: bool) -> None:
    for source in sources:
        evidence = f" ({source.evidence})" if source.evidence else ""
        console.print(escape(f"{source.path.name}: {source.format}, {source.charset}{evidence}"))
    if dry_run:
        for title in summary.samples:
            console.print(escape(f"  {title}"))
    console.print(_table(summary, dry_run=dry_run))
    for line in report.shown:
        console.print(escape(f"rejected: {line}"))
    if report.written:
        console.print(escape(f"rejected records are listed in {report.path}"))
    if not summary.read and not summary.rejected:
        console.print(escape(f"no records in {', '.join(source.path.name for source in sources)}"))
    for name in summary.truncated:
        console.print(escape(f"{name}: ends in the middle of a record: the file is not whole, export it again"))
    if summary.unconfirmed:
        console.print(escape(_question(summary)))
    if dry_run:
        console.print("nothing was written: this was a dry run")


def _table(summary: Summary, *, dry_run: bool) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right")
    rows = {
        "read": summary.read,
        "copies in them": summary.copies,
        "to add" if dry_run else "added": summary.added,
        "to update" if dry_run else "updated": summary.updated,
        "unchanged": summary.unchanged,
        **{f"rejected: {reason.value}": count for reason, count in summary.rejected.most_common()},
        "gone from the source": summary.disappeared,
        **{f"mended: {code}": count for code, count in summary.warnings.most_common()},
    }
    for name, count in rows.items():
        table.add_row(escape(name), f"{count:,}")
    return table


def _question(summary: Summary) -> str:
    names = ", ".join(summary.unconfirmed)
    why = "a file is not whole" if summary.truncated else f"more than {MAY_DISAPPEAR:.0%}"
    return (
        f"{summary.disappeared:,} of {summary.had:,} records of {names} are in these files no longer ({why}). They are "
        "still offered to readers. If they are really gone, run the import again with --accept-disappeared; if the "
        "file is only a part, import it under another name with --source."
    )


# --- answers -------------------------------------------------------------------------------------


async def _load_answers(settings: Settings, folder: Path, files: Sequence[Path], asked: Asked, console: Console) -> int:
    entries = [
        entry for file in files for entry in read_answers(file, asked.encoding, language=settings.library.language)
    ]
    if not asked.dry_run:
        database = await open_database(settings, folder, make_tables=True)
        try:
            await SqlFaq(database, SystemClock()).put(entries, source="import")
        finally:
            await database.aclose()
    for entry in entries if asked.dry_run else ():
        console.print(escape(f"  {entry.topic} ({entry.language}): {entry.answer.splitlines()[0]}"))
    done = "read, nothing was written: this was a dry run" if asked.dry_run else "kept"
    console.print(f"answers {done}: {len(entries)}")
    return 0
