"""What takes the place of another file is on the disk before it does."""

import os
from pathlib import Path

import pytest

from bot import lasting
from catalogue.index.folder import Builder, current
from db.backup import backup
from db.connect import Database
from db.migrate import head
from tests.catalogue.index.shelf import book


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers (inodes) of the files that reached the disk, in order."""
    synced: list[int] = []
    to_disk = os.fsync

    def notes(file: int) -> None:
        synced.append(os.fstat(file).st_ino)
        to_disk(file)

    monkeypatch.setattr(os, "fsync", notes)
    return synced


def test_a_file_reaches_the_disk_before_its_new_name_does(
    tmp_path: Path, reached: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    new, place = tmp_path / "copy.partial", tmp_path / "copy"
    new.write_text("new")
    place.write_text("old")
    renamed, rename = list[list[int]](), Path.replace

    def renames(path: Path, to: Path) -> Path:
        renamed.append([*reached])
        return rename(path, to)

    monkeypatch.setattr(Path, "replace", renames)
    number = new.stat().st_ino

    lasting.put(new, place)

    assert place.read_text() == "new"
    assert (renamed, reached) == ([[number]], [number, tmp_path.stat().st_ino])


async def test_a_backup_reaches_the_disk_before_it_takes_the_last_one_s_place(
    sqlite: Database, tmp_path: Path, reached: list[int]
) -> None:
    file = tmp_path / "copy.gz"

    await backup(sqlite.engine, head(), file)

    assert file.stat().st_ino in reached


def test_all_that_the_index_names_has_reached_the_disk(tmp_path: Path, reached: list[int]) -> None:
    with Builder(tmp_path) as builder:
        builder.add([book("Вий")])
        builder.finish("store")

    build = current(tmp_path)
    assert build is not None
    named = [tmp_path / "current.json", build / "state.json", *(build / "words-0").iterdir()]
    assert [file.name for file in named if file.stat().st_ino not in reached] == []
