"""What several groups of commands share."""

from pathlib import Path
from typing import Annotated

import typer

LARGEST = 2**63 - 1
"""What a database keeps as a whole number."""
Config = Annotated[
    Path | None, typer.Option("--config", help="The configuration; default ./config.yaml where it stands.")
]


def group(commands: typer.Typer, name: str, about: str) -> typer.Typer:
    """Commands that go under one word: ``bibliobot staff add``."""
    made = typer.Typer(no_args_is_help=True, help=about)
    commands.add_typer(made, name=name)
    return made
