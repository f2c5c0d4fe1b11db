"""Talking with the bot as a reader does, and measuring how it answers."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.commands.base import Config

commands = typer.Typer()


@commands.command()
def ask(
    text: Annotated[str, typer.Argument(help="What the reader says; with --picture its caption.")] = "",
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    contact: Annotated[str, typer.Option(help="Go on as this reader; default is a new one.")] = "",
    explain: Annotated[bool, typer.Option(help="Print why it was understood so.")] = False,
    picture: Annotated[Path | None, typer.Option(help="A photograph that the reader sends: a book's barcode.")] = None,
) -> None:
    """One message as a reader; prints the answer."""
    from bot.cli import talk

    if not text and picture is None:
        raise typer.BadParameter("expected what the reader says, or --picture FILE")
    asked = talk.Asked(text=text, as_json=as_json, contact=contact, explain=explain, picture=picture)
    raise typer.Exit(talk.ask(config, asked))


@commands.command()
def chat(config: Config = None) -> None:
    """A dialogue in the terminal."""
    from bot.cli import talk

    raise typer.Exit(talk.chat(config))


@commands.command()
def evaluate(
    files: Annotated[list[Path], typer.Argument(help="Questions, one JSON object a line.")],
    catalogue: Annotated[
        list[Path] | None, typer.Option(help="Evaluate against a throw-away store loaded from these files.")
    ] = None,
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    errors: Annotated[bool, typer.Option("--errors", help="List what went wrong.")] = False,
    against: Annotated[
        Path | None, typer.Option(help="Compare with what an earlier run printed with --json (--details).")
    ] = None,
    details: Annotated[
        bool, typer.Option("--details", help="How sure answers were, too; with --json every question.")
    ] = False,
) -> None:
    """Run files of questions through understanding and search."""
    from bot.cli import evaluation

    asked = evaluation.Asked(
        catalogues=tuple(catalogue or ()), as_json=as_json, details=details, errors=errors, against=against
    )
    raise typer.Exit(evaluation.evaluate(config, files, asked))
