"""The service and its store: started, looked after, shown to readers and told of."""

import gc
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.commands.base import Config, group

commands = typer.Typer()
database = group(commands, "db", "The database's tables.")


@commands.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where the demonstration keeps its data.")] = Path("demo-data"),
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the web chat; the next free one if taken.")
    ] = 8080,
    messengers: Annotated[
        bool, typer.Option("--messengers", help="Phones of all messengers on one page (in a copy of the source).")
    ] = False,
) -> None:
    """Start everything with a real catalogue; no tokens, no configuration."""
    from bot.cli import service

    raise typer.Exit(service.demo(folder, port, messengers=messengers))


@commands.command()
def run(
    config: Config = None,
    role: Annotated[str, typer.Option(help="all, web, worker or sender (several processes need PostgreSQL).")] = "all",
) -> None:
    """Run the service until it is told to stop."""
    gc.disable()  # until all is there; the service turns it on
    try:
        from bot.cli import service

        raise typer.Exit(service.run(config, role))
    finally:
        gc.enable()


@commands.command()
def check(config: Config = None) -> None:
    """Say whether everything works, and what to do about what does not."""
    from bot.cli import care

    raise typer.Exit(care.check(config))


@database.command()
def upgrade(config: Config = None) -> None:
    """Bring the tables to this version."""
    from bot.cli import care

    raise typer.Exit(care.upgrade(config))


@commands.command()
def backup(file: Annotated[Path, typer.Argument(help="The file to write.")], config: Config = None) -> None:
    """Copy the whole store into one file."""
    from bot.cli import care

    raise typer.Exit(care.backup(config, file))


@commands.command()
def restore(file: Annotated[Path, typer.Argument(help="A file written by backup.")], config: Config = None) -> None:
    """Fill an empty store from a backup; nothing in it is sent by itself."""
    from bot.cli import care

    raise typer.Exit(care.restore(config, file))


@commands.command()
def invite(
    config: Config = None,
    channel: Annotated[str, typer.Option(help="The channel's name in config.yaml.")] = "",
    everywhere: Annotated[bool, typer.Option("--all", help="Every configured channel.")] = False,
    branch: Annotated[
        str, typer.Option(help="Code of the branch where it will hang: the bot knows who came from it.")
    ] = "",
    output: Annotated[
        Path | None, typer.Option(help="A poster (.pdf, A4) or the QR code alone (.png, .svg); default is the link.")
    ] = None,
) -> None:
    """A link, a QR code or a poster that brings readers to the bot."""
    from bot.cli import inviting

    raise typer.Exit(inviting.invite(config, channel, branch, output, everywhere=everywhere))


@commands.command()
def report(
    config: Config = None,
    since: Annotated[str, typer.Option(help="From this day on: 2026-03-01; else the first of the month.")] = "",
    until: Annotated[str, typer.Option(help="To the end of this day; else today.")] = "",
    table_file: Annotated[
        Path | None, typer.Option("--table", help="Write the figures into this file (.csv or .xlsx).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """What was asked, answered, passed on, renewed and held in some days, by channel and branch."""
    from bot.cli import reporting

    raise typer.Exit(reporting.report(config, since=since, until=until, table_file=table_file, as_json=as_json))
