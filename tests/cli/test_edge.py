"""Where the command line meets a terminal."""

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from unittest.mock import patch

import pytest

from bot.cli import care, edge, main
from bot.engine import logs
from tests.cli.library import SmallLibrary, exit_code


def ended(library: SmallLibrary, words: list[str | bytes], **environ: str) -> subprocess.CompletedProcess[bytes]:
    """A command in a process of its own, as a terminal starts it."""
    command = library.command("words")
    at = command.index("words")
    whole = [*command[:at], *words, *command[at + 1 :]]
    return subprocess.run(whole, capture_output=True, check=False, env=os.environ | environ, cwd=library.folder)


def test_a_terminal_without_russian_letters_shows_question_marks(tmp_path: Path) -> None:
    library = SmallLibrary.in_folder(tmp_path)

    done = ended(library, ["ask", "до скольки вы сегодня?"], PYTHONIOENCODING="ascii")

    assert done.returncode == 0, done.stderr
    assert b"???" in done.stdout


def test_the_version_is_told() -> None:
    done = subprocess.run([sys.executable, "-m", "bot", "--version"], capture_output=True, check=False)

    assert (done.returncode, done.stdout.decode().split()) == (0, ["bibliobot", metadata.version("bibliobot")])


def test_letters_that_are_not_utf_8_are_refused(tmp_path: Path) -> None:
    library = SmallLibrary.in_folder(tmp_path)

    done = ended(library, ["staff", "add", "masha", "--name", "Маша".encode("cp1251")])

    assert done.returncode == 1
    assert done.stderr == b"the command holds letters that are not UTF-8: set the terminal to it, or rename the file\n"


def test_who_changes_their_mind_while_it_starts_is_shown_no_fault() -> None:
    pressed = """
import sys
class Pressed:
    def find_spec(self, name, path=None, target=None):
        if name == "bot.cli.commands":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Pressed())
import bot.cli
"""

    done = subprocess.run([sys.executable, "-c", pressed], capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (130, b"")


def test_what_nobody_thought_of_is_told_without_what_it_was_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def falls(_: object) -> int:
        raise RuntimeError("Иванова Анна, билет 17")

    monkeypatch.setattr(care, "check", falls)
    monkeypatch.delenv(edge.TRACEBACK, raising=False)

    with patch("sys.argv", ["bibliobot", "check"]), pytest.raises(SystemExit) as end:
        main()

    told = capsys.readouterr().err
    assert end.value.code == 1
    assert "a fault of the program, not of yours (RuntimeError at test_edge.py:" in told
    assert "Иванова" not in told
    assert told.count("\n") == 1
    monkeypatch.setenv(edge.TRACEBACK, "1")
    with patch("sys.argv", ["bibliobot", "check"]), pytest.raises(RuntimeError):
        main()


def test_a_full_disk_behind_the_output_is_told(tmp_path: Path) -> None:
    library = SmallLibrary.in_folder(tmp_path)

    with Path("/dev/full").open("w") as full:
        done = subprocess.run(library.command("check"), stdout=full, stderr=subprocess.PIPE, check=False, cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr == b"there is no room on the disk: free some space and say it again\n"


def test_a_folder_without_a_configuration_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    library = SmallLibrary.in_folder(tmp_path)
    monkeypatch.setattr(logs, "configure", lambda *_, **__: None)  # it is the process's own
    for name in [name for name in os.environ if name.startswith(edge.PREFIX)]:
        monkeypatch.delenv(name)

    def notes(folder: Path, *words: str) -> str:
        monkeypatch.chdir(folder)
        monkeypatch.setattr("sys.argv", ["bibliobot", *words])
        assert exit_code() == 0
        return capsys.readouterr().err

    (elsewhere := tmp_path / "elsewhere").mkdir()
    assert f"there is no config.yaml in {elsewhere}" in notes(elsewhere, "staff", "list")
    assert notes(elsewhere, "staff", "list", "--config", str(library.folder / "config.yaml")) == ""
    assert notes(tmp_path, "staff", "list") == ""
    assert notes(elsewhere, "staff", "--help") == ""
