"""``bibliobot demo``: the newcomer's first minute."""

import asyncio
import csv
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

import demo
from bot.cli import service
from bot.errors import InputError
from bot.settings import load
from db.connect import connect
from db.migrate import downgrade
from tests.cli.test_service import asks
from tests.support.patience import SOON_S


@contextmanager
def demonstration(folder: Path, **environment: str) -> Iterator[tuple[str, str]]:
    """A running demonstration: its address, and all that it printed until then."""
    command = [sys.executable, "-m", "bot", "demo", "--folder", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}) as process:
        assert process.stdout is not None
        said = ""
        try:
            for line in process.stdout:
                said += line
                if "password" in line:
                    found = re.search(r"http://[\d.]+:\d+", said)
                    assert found is not None
                    yield found.group(), said
                    break
            process.send_signal(signal.SIGTERM)
            assert process.wait(SOON_S) == 0
        finally:
            process.kill()


def password_in(said: str) -> str:
    found = re.search(r"login demo, password (\S+)", said)
    assert found is not None
    return found[1]


def enters(address: str, password: str) -> bool:
    """Whether the console lets the demonstration's librarian in."""
    jar = urllib.request.HTTPCookieProcessor()
    browser = urllib.request.build_opener(jar)
    with browser.open(f"{address}/console/login", timeout=SOON_S) as page:
        csrf = re.search(r'name="csrf" value="(\w+)"', page.read().decode())
    assert csrf is not None
    form = urllib.parse.urlencode({"csrf": csrf[1], "login": "demo", "password": password}).encode()
    try:
        with browser.open(f"{address}/console/login", form, timeout=SOON_S) as page:
            return bool(page.geturl().endswith("/console/"))
    except urllib.error.HTTPError as refused:
        return refused.code != 403


async def as_the_version_before_left_it(folder: Path) -> None:
    database = await connect(f"sqlite:///{folder}/bibliobot.sqlite3")
    await downgrade(database, "-1")
    await database.aclose()


def test_one_command_answers_from_a_real_catalogue_and_goes_on_the_next_day(tmp_path: Path) -> None:
    folder = tmp_path / "demo-data"
    ours = {
        "BIBLIOBOT_DATABASE__URL": f"sqlite:///{tmp_path}/ours.sqlite3",
        "BIBLIOBOT_CHANNELS__VK__TOKEN": "of the library",
        "BIBLIOBOT_CIRCULATION__CONFIRMATION": "staff_confirms",
    }
    with demonstration(folder, **ours) as (address, said):
        assert "Not used by the demonstration: BIBLIOBOT_CHANNELS__VK__TOKEN, BIBLIOBOT_DATABASE__URL\n" in said
        assert not (tmp_path / "ours.sqlite3").exists(), "a library's own store gets no invented readers"
        assert "Loading the catalogue" in said
        assert "Вий" in asks(address, "есть вий гоголя?")
        first = password_in(said)
        assert enters(address, first)

    asyncio.run(as_the_version_before_left_it(folder))
    with demonstration(folder) as (address, said):
        assert "Loading the catalogue" not in said
        assert "паспорт" in asks(address, "как записаться?")
        assert enters(address, password_in(said))
        assert not enters(address, first)
    assert not (folder / demo.BOOKS).exists()
    with sqlite3.connect(folder / "bibliobot.sqlite3") as store:
        at_home = store.execute(
            "SELECT card_number, count(loans.id) FROM patrons LEFT JOIN loans ON patron_id = patrons.id GROUP BY 1"
        ).fetchall()
        assert at_home == [("1000001", 4), ("1000002", 2), ("1000003", 2)]
        assert store.execute("SELECT count(*) FROM holds WHERE state = 'queued'").fetchone() == (1,)


def test_due_dates_lie_ahead_of_the_first_start() -> None:
    row = "d1;100;Гоголь;Вий;1835;;;;;АБ;84 Г1;выдана;+9\n"

    assert demo.with_due_dates(row, date(2026, 11, 25)) == row.replace("+9", "04.12.2026")


def test_a_disk_that_is_full_leaves_no_half_of_a_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:3000])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfile", half)
        with pytest.raises(OSError, match="No space"):
            demo.unpack(tmp_path)

    assert demo.unpack(tmp_path).read_bytes() == (demo.HERE / "config.yaml").read_bytes()


def test_an_edited_configuration_is_kept(tmp_path: Path) -> None:
    config = demo.unpack(tmp_path)
    config.write_text("library: {name: Моя}\n", "utf-8")

    assert load(demo.unpack(tmp_path), {})[0].library.name == "Моя"


def test_every_branch_of_the_catalogue_is_a_branch_of_the_demonstration(tmp_path: Path) -> None:
    settings, _ = load(demo.unpack(tmp_path), {})
    known = {spelling for branch in settings.library.branches for spelling in (branch.code, *branch.aliases)}
    with (tmp_path / demo.BOOKS).open(encoding="utf-8", newline="") as file:
        named = {row["филиал"] for row in csv.DictReader(file, delimiter=";")}

    assert named <= known


def test_phones_need_the_source_and_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "__file__", str(tmp_path / "site-packages" / "demo" / "__init__.py"))

    with pytest.raises(InputError, match="come with the source only"):
        service.demo(tmp_path, 0, messengers=True)

    assert list(tmp_path.iterdir()) == []


def test_what_to_type_into_the_shell_can_be_copied_from_any_folder(tmp_path: Path) -> None:
    config = demo.unpack(tmp_path / "демо [данные] 1")
    said = StringIO()
    console = Console(file=said, highlight=False, soft_wrap=True)

    service._invite(console, load(config, {})[0], config, 8080, "p", ["BIBLIOBOT_CONFIG"])

    (command,) = re.findall(r"From the shell: +(.*)", said.getvalue())
    words = shlex.split(command)
    assert words[:3] == ["env", "-u", "BIBLIOBOT_CONFIG"]
    assert words[4:7] == ["ask", "--config", str(config)]
