"""What the bot knows: loaded from files, taught by synonyms, and what it was asked in vain."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.commands.base import LARGEST, Config, group

commands = typer.Typer()
hidden = group(commands, "hidden", "Titles that readers may not be shown; loaded by import --kind hidden.")
synonyms = group(commands, "synonyms", "What readers say and what they mean by it; in force at once.")


@commands.command(name="import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="MARC21, MARCXML, RUSMARC, IRBIS, CSV or Excel.")],
    config: Config = None,
    kind: Annotated[str, typer.Option(help="catalogue, patrons, loans, hidden or faq.")] = "catalogue",
    branch: Annotated[
        str, typer.Option(help="Code of the branch whose copies these are, where the file does not say.")
    ] = "",
    encoding: Annotated[str, typer.Option(help="The file's charset, where the found one is wrong.")] = "",
    source: Annotated[
        str, typer.Option(help="Name of the system the file came from; default from the file's name.")
    ] = "",
    report: Annotated[Path | None, typer.Option(help="Where to list rejected records.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what would change.")] = False,
    accept_disappeared: Annotated[
        bool, typer.Option("--accept-disappeared", help="Yes, so many records are really gone from the source.")
    ] = False,
) -> None:
    """Load a catalogue, readers, loans, titles to hide or answers; running it again changes nothing."""
    from bot.cli import loading

    options = loading.Asked(
        kind=kind,
        branch=branch,
        encoding=encoding,
        source=source,
        report=report,
        dry_run=dry_run,
        accept_disappeared=accept_disappeared,
    )
    raise typer.Exit(loading.load(config, files, options))


@hidden.command(name="list")
def hidden_list(config: Config = None) -> None:
    """Print the lists that hide titles, with how many works each."""
    from bot.cli import hiding

    raise typer.Exit(hiding.listing(config))


@hidden.command(name="undo")
def hidden_undo(
    name: Annotated[str, typer.Argument(help="The list's name, as bibliobot hidden list prints it.")],
    config: Config = None,
) -> None:
    """Show again what a list hid."""
    from bot.cli import hiding

    raise typer.Exit(hiding.undo(config, name))


@commands.command()
def misses(
    config: Config = None,
    since: Annotated[str, typer.Option(help="Only what was asked on this day or later: 2026-03-01.")] = "",
    limit: Annotated[int, typer.Option(min=0, max=LARGEST, help="So many at most; 0 for all.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write them into this file (.csv or .xlsx).")] = None,
    forget: Annotated[
        int | None, typer.Option(max=LARGEST, help="Drop the miss with this id and all its wordings.")
    ] = None,
) -> None:
    """What readers asked in vain, most frequent first, without the readers."""
    from bot.cli import teaching

    done = teaching.misses(config, since=since, limit=limit, as_json=as_json, csv_file=csv_file, forget=forget)
    raise typer.Exit(done)


Kind = Annotated[str, typer.Argument(help="title, author or phrase.")]
Said = Annotated[str, typer.Argument(help="What readers write.")]


@synonyms.command(name="add")
def synonyms_add(
    kind: Kind,
    said: Said,
    meant: Annotated[str, typer.Argument(help="The title or author; for a phrase an intent or a FAQ topic.")],
    config: Config = None,
) -> None:
    """Teach a synonym, or change what it means."""
    from bot.cli import teaching

    raise typer.Exit(teaching.add(config, kind, said, meant))


@synonyms.command(name="remove")
def synonyms_remove(kind: Kind, said: Said, config: Config = None) -> None:
    """Forget a synonym."""
    from bot.cli import teaching

    raise typer.Exit(teaching.remove(config, kind, said))


@synonyms.command(name="list")
def synonyms_list(
    config: Config = None, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False
) -> None:
    """Print all synonyms."""
    from bot.cli import teaching

    raise typer.Exit(teaching.listing(config, as_json=as_json))


@synonyms.command(name="import")
def synonyms_import(
    file: Annotated[Path, typer.Argument(help="CSV or Excel with the columns kind, said, meant.")],
    config: Config = None,
    encoding: Annotated[str, typer.Option(help="The file's charset, where the found one is wrong.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what is in it.")] = False,
) -> None:
    """Teach the synonyms of a file."""
    from bot.cli import teaching

    raise typer.Exit(teaching.import_file(config, file, encoding=encoding, dry_run=dry_run))


@synonyms.command(name="export")
def synonyms_export(
    file: Annotated[Path, typer.Argument(help="The file to write: .csv or .xlsx.")], config: Config = None
) -> None:
    """Write all synonyms into a file."""
    from bot.cli import teaching

    raise typer.Exit(teaching.export_file(config, file))
