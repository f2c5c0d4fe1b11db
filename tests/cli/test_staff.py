"""``bibliobot staff``: the first librarian is made on the command line."""

import ast
import pkgutil
import subprocess
from pathlib import Path

import bot.cli
from tests.cli.library import SmallLibrary


def test_the_first_admin_is_made_in_a_process_of_its_own(tmp_path: Path) -> None:
    """As an operator does it: in this process other tests may have loaded what the command needs."""
    library = SmallLibrary.in_folder(tmp_path)
    library.runs("db", "upgrade")
    add = library.command("staff", "add", "masha", "--name", "Мария Петровна", "--role", "admin")

    made = subprocess.run(add, capture_output=True, text=True, check=False)

    assert made.returncode == 0, made.stderr
    assert "masha" in made.stdout
    assert "Мария Петровна" in library.runs("staff", "list")


def test_accounts_are_listed_reset_and_disabled(tmp_path: Path) -> None:
    library = SmallLibrary.in_folder(tmp_path)
    library.runs("db", "upgrade")
    library.runs("staff", "add", "anna", "--role", "admin")
    library.runs("staff", "add", "masha", "--role", "editor")

    library.runs("staff", "disable", "masha")
    library.runs("staff", "reset", "masha")
    assert "masha" in library.runs("staff", "list")
    assert "known" in library.runs("staff", "add", "pete", "--role", "editor", "--branch", "77", code=1)


def test_who_is_no_admin_is_disabled_though_there_is_no_admin(tmp_path: Path) -> None:
    library = SmallLibrary.in_folder(tmp_path)
    library.runs("db", "upgrade")
    library.runs("staff", "add", "masha")

    assert "may not come in any more" in library.runs("staff", "disable", "masha")
    library.runs("staff", "add", "anna", "--role", "admin")
    assert "make another one first" in library.runs("staff", "disable", "anna", code=1)


def test_no_group_of_commands_hides_the_module_behind_it() -> None:
    """``from bot.cli import staff`` gives whatever bears that name in the package first."""
    modules = {module.name for module in pkgutil.iter_modules(bot.cli.__path__)}
    tree = ast.parse(Path(bot.cli.__file__).read_text("utf-8")).body
    brought = [part for part in tree if isinstance(part, ast.ImportFrom) and part.module != "bot.cli"]
    named = {name.asname or name.name for part in brought for name in part.names} | {
        word.id if isinstance(word, ast.Name) else word.name
        for part in tree
        for word in (part.targets if isinstance(part, ast.Assign) else [part])
        if isinstance(word, ast.Name | ast.FunctionDef)
    }
    assert named
    assert not named & modules
