"""Where the command line meets a terminal: what cannot be shown, what is no text, and what nobody thought of."""

import errno
import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.errors import InputError

CONFIG = "config.yaml"
PREFIX = "BIBLIOBOT_"
HELP = "--help"
TRACEBACK = f"{PREFIX}TRACEBACK"
"""Set in the environment, faults of ours are shown as Python tells them."""


def show_what_can_be_shown() -> None:
    """A terminal without Russian letters shows question marks; without this, nothing and a Python error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def see_that_all_is_text(words: Sequence[str]) -> None:
    """Raises InputError where the terminal writes in another charset: no store can keep such letters."""
    try:
        "".join(words).encode()
    except UnicodeEncodeError:
        raise InputError(
            "the command holds letters that are not UTF-8: set the terminal to it, or rename the file"
        ) from None


def tell_of_defaults(command: str, words: Sequence[str], environ: Mapping[str, str]) -> None:
    """Whoever stands in another folder than they think would wonder at an empty library, and leave one there."""
    named = any(word.startswith("--config") for word in words) or any(name.startswith(PREFIX) for name in environ)
    if command == "demo" or named or HELP in words or Path(CONFIG).is_file():
        return
    sys.stderr.write(
        f"note: there is no {CONFIG} in {Path.cwd()}: defaults are used, what is kept goes into data/ here\n"
    )


def unexpected(error: Exception) -> str:
    """A fault of ours without what it was about: that may be a reader's words, or a secret."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "there is no room on the disk: free some space and say it again\n"
    import traceback  # slow to load, and nobody should need it

    steps = traceback.extract_tb(error.__traceback__)
    ours = [step for step in steps if "site-packages" not in step.filename] or steps
    place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
    return (
        f"this is a fault of the program, not of yours ({type(error).__name__} at {place}): please report it with the "
        f"command; {TRACEBACK}=1 in the environment shows the whole of it\n"
    )
