"""docs/extending.md is followed: its files, put into a copy of the source, work as the page says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.settings import DEFAULT_INTENTS

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "extending.md"
FILE = re.compile(r"^```\w+\n(?:# |<!-- )([\w/]+\.\w+)(?: -->)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
COPIED = ("adapters", "handlers", "understanding", "tests/adapters", "tests/contract", "tools")
"""Folders that get something new, or look for it beside themselves; everything else is the source's own."""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source with the files of the page in it."""
    copy = tmp_path_factory.mktemp("grown")
    (copy / "tests").mkdir()
    for name in (*COPIED, "tests/conftest.py", "tests/__init__.py", "tests/support", "tests/emulators"):
        put = shutil.copytree if name in COPIED else os.symlink
        put(ROOT / name, copy / name)
    for name in ("bot", "catalogue", "console", "db", "demo", "locales", "migrations", "docs", "pyproject.toml"):
        (copy / name).symlink_to(ROOT / name)
    for name, text in FILE.findall(PAGE.read_text("utf-8")):
        assert not (ROOT / name).exists()
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text(text, "utf-8")
    return copy


def run(copy: Path, *command: str, said: str = "") -> str:
    environment = {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin", "COLUMNS": "120"}
    done = subprocess.run(
        [sys.executable, *command], check=False, cwd=copy, env=environment, input=said, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_intent_is_heard_and_answered(grown: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    intents = [*DEFAULT_INTENTS[:-1], "quote", DEFAULT_INTENTS[-1]]
    config.write_text(yaml.safe_dump({"intents": intents}), "utf-8")
    asked = "цитата дня\nПришлите цитату на сегодня, пожалуйста\nquote of the day\n"
    told = run(grown, "-m", "bot", "chat", "--config", str(config), said=asked)
    assert told.count("Рукописи не горят.") + told.count("Привычка свыше нам дана") == 3, told


def test_the_channel_keeps_the_promises_of_all_channels(grown: Path) -> None:
    promises = ("tests/contract/test_channels.py", "tests/adapters/test_degradation.py")
    told = run(grown, "-m", "pytest", "-q", "-p", "no:cacheprovider", *promises, "-k", "kiosk")
    assert re.search(r"^\d{2,} passed", told, re.MULTILINE), told


def test_what_the_page_shows_is_written_as_the_rest(grown: Path) -> None:
    files = [name for name, _ in FILE.findall(PAGE.read_text("utf-8")) if name.endswith(".py")]
    assert len(files) == 6
    run(grown, "-m", "ruff", "check", "--no-cache", *files)
    run(grown, "-m", "ruff", "format", "--check", "--no-cache", *files)
