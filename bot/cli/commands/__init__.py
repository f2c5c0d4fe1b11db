"""What may be asked of the command line: words, options, help, a module a group; in this order they are listed."""

import importlib
import os
import sys
from typing import Annotated

import typer

from bot.cli import edge
from bot.cli.commands import contents, people, running, talking

app = typer.Typer(
    name="bibliobot",
    help="A public library talks with its readers in the messengers they already have.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for group in (running.commands, talking.commands, contents.commands, people.commands):
    app.add_typer(group)


def _tell_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"bibliobot {version('bibliobot')}")
        raise typer.Exit


@app.callback()
def before_any(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell which version this is.")
    ] = False,
) -> None:
    """Before any command."""
    edge.tell_of_defaults(context.invoked_subcommand or "", sys.argv[1:], os.environ)
    structlog_alone()


def structlog_alone() -> None:
    """Structlog would load rich, and pygments, for tracebacks of a kind that we never print."""
    if "rich" not in sys.modules:
        sys.modules["rich"] = None  # type: ignore[assignment]  # the way to have an import refused
        try:
            importlib.import_module("structlog")
        finally:
            del sys.modules["rich"]
