"""A small library on the disk: a configuration, a catalogue, and the command line to run on them."""

import os
import sys
from collections.abc import Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from bot.cli import main
from bot.cli.edge import TRACEBACK
from bot.engine import logs

CONFIG = """
library:
  name: Пробная библиотека
  branches:
    - code: "01"
      name: Центральная библиотека
      main: true
      address: улица Садовая, 12
      phone: 8 (800) 000-00-01
      hours: {mon-sun: "0:00-24:00"}
      holidays_closed: false
server: {port: 0}
faq:
  - {topic: join, questions: [как записаться], answer: Приходите с паспортом.}
"""
BOOKS = """инв. №;автор;заглавие;год;филиал;статус
1;Булгаков М. А.;Мастер и Маргарита;1988;01;в наличии
2;Булгаков М. А.;Мастер и Маргарита;1988;01;выдана
3;Достоевский Ф. М.;Идиот;1990;01;в наличии
4;Гоголь Н. В.;Вий;1979;01;выдана
"""


@dataclass(frozen=True, slots=True)
class SmallLibrary:
    """A folder with ``config.yaml`` and ``books.csv``."""

    folder: Path

    @classmethod
    def in_folder(cls, folder: Path, extra: str = "") -> "SmallLibrary":
        """Write its files."""
        (folder / "config.yaml").write_text(CONFIG + extra, "utf-8")
        (folder / "books.csv").write_text(BOOKS, "utf-8")
        return cls(folder)

    def command(self, *words: str) -> list[str]:
        """The whole command line; the configuration is named where a command takes one."""
        return [sys.executable, "-m", "bot", *words, "--config", str(self.folder / "config.yaml")]

    def runs(self, *words: str, code: int = 0) -> str:
        """Run a command to its end, in this process; returns what it printed on both streams."""
        said = StringIO()
        arguments = ["bibliobot", *words, "--config", str(self.folder / "config.yaml")]
        # Logging is the process's own: a command that sets it up here would do it for all later tests.
        with (
            patch.object(sys, "argv", arguments),
            patch.dict(os.environ, {TRACEBACK: "1"}),  # a test that fails shows where
            patch.object(logs, "configure"),
            redirect_stdout(said),
            redirect_stderr(said),
            chdir(self.folder),
        ):
            ended = exit_code()
        assert ended == code, said.getvalue()
        return said.getvalue()

    def imports(self, files: Sequence[str] = ("books.csv",)) -> None:
        """Load the catalogue."""
        self.runs("import", *[str(self.folder / name) for name in files])


def exit_code() -> object:
    """Of the command that ``sys.argv`` is, run in this process."""
    try:
        main()
    except SystemExit as ended:
        return ended.code or 0
    return 0
