"""What documents tell an administrator to type or to look for is there: commands, their options, figures."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.engine.metrics import Metrics

SAID = re.compile(r"\bbibliobot((?: +(?:\\\n\s*)?[^\s`#|;)]+)+)")
FIGURE = re.compile(r"`(bibliobot_[a-z_]+)")
OPTION = re.compile(r"--[a-z][a-z-]*")


def not_there(pages: Mapping[str, str]) -> list[str]:
    """Faults of pages by their names: an option that a command has not, a figure that /metrics does not tell."""
    from typer.main import get_command

    from bot.cli.commands import app

    commands, figures = get_command(app), _figures()
    faults = []
    for name, text in pages.items():
        for words in SAID.findall(text):
            said, options = _command(commands, words.split())
            faults += [
                f"{name}: bibliobot {' '.join(said)} has no {option}"
                for option in OPTION.findall(words)
                if said and option not in options
            ]
        faults += [f"{name}: /metrics has no {figure}" for figure in FIGURE.findall(text) if figure not in figures]
    return faults


def _command(command: Any, words: Iterable[str]) -> tuple[list[str], set[str]]:
    """The command that the words name, as far as they name one, and the options that it has."""
    said: list[str] = []
    for word in words:
        inner = getattr(command, "commands", {}).get(word)
        if inner is None:
            break
        command = inner
        said.append(word)
    return said, {"--help"} | {option for one in command.params for option in (*one.opts, *one.secondary_opts)}


def _figures() -> set[str]:
    """Every name under which something is told; counters end in ``_total`` there."""
    told = Metrics().page(None).decode()
    return set(re.findall(r"^# TYPE (\w+) ", told, re.MULTILINE))
