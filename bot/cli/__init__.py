"""The command line: ``commands`` says what may be asked, the modules beside it do it, a module a group of commands.

Exit codes: 0 done, 1 it failed (one line says why and what to do), 2 wrong use. Commands import
what they need when they run, so that ``--help`` and ``ask`` start quickly.
"""

import atexit
import gc
import os
import sys

os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # it would read the papers of every package installed
try:
    from bot.cli import edge
    from bot.cli.commands import app, structlog_alone
    from bot.errors import BibliobotError, WrongUse
    from bot.memory import COLLECT_AFTER
except KeyboardInterrupt:  # a third of a second of every command is its imports
    sys.exit(130)

__all__ = ["app", "main", "structlog_alone"]


def main() -> None:
    """Run a command; whatever it ends with becomes words and an exit code."""
    gc.set_threshold(*COLLECT_AFTER)
    atexit.register(gc.freeze)  # what is loaded goes with the process: it need not be looked through at the end
    edge.show_what_can_be_shown()
    try:
        edge.see_that_all_is_text(sys.argv[1:])
        app()
    except BibliobotError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2 if isinstance(error, WrongUse) else 1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get(edge.TRACEBACK):
            raise
        sys.stderr.write(edge.unexpected(error))
        sys.exit(1)
