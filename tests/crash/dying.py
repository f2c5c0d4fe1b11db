"""A command that dies by SIGKILL on the way: ``python -m tests.crash.dying PLACE TIMES COPY COMMAND…``.

It dies where it calls PLACE (``module:name``) for the so manieth time. Before that its folder is copied to COPY, as a
power failure would leave the files of an SQLite store.
"""

import os
import shutil
import signal
import sys
from importlib import import_module
from itertools import count
from operator import attrgetter
from pathlib import Path
from typing import Any, NoReturn

from bot.cli import main


def dies(copy: Path) -> NoReturn:
    """The end, without a word to anybody."""
    shutil.copytree(Path.cwd(), copy)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


if __name__ == "__main__":
    place, times, copy, *command = sys.argv[1:]
    module, _, name = place.partition(":")
    owner, _, last = name.rpartition(".")
    there = attrgetter(owner)(import_module(module)) if owner else import_module(module)
    as_ever, calls = getattr(there, last), count(1)

    def dies_in_time(*arguments: Any, **options: Any) -> Any:
        return dies(Path(copy)) if next(calls) == int(times) else as_ever(*arguments, **options)

    setattr(there, last, dies_in_time)
    sys.argv = ["bibliobot", *command]
    main()
