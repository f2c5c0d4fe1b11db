"""A server that cannot keep a file says so, and the next file need not wait for this one."""

from pathlib import Path

import pytest

from tests.console.test_list_loading import PEOPLE, Come, come, left, sends, settled

__all__ = ["come"]


async def test_a_file_that_finds_no_place_is_told_and_the_next_one_is_taken(come: Come, tmp_path: Path) -> None:
    admin = await come()
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / "1").write_text("in the way")

    _, page = await sends(admin, PEOPLE, "patrons")

    assert "Сервер не смог сохранить файл: нет места на диске или прав." in page
    assert left(tmp_path) == ["1"], "nothing of the people is left"
    status, job = await sends(admin, PEOPLE, "patrons")
    assert status == 204
    assert "<dt>Строк прочитано</dt><dd>2</dd>" in await settled(admin, job)


@pytest.mark.parametrize("name", ["ж" * 200 + ".csv", "წ" * 120 + ".csv", "книги." + "я" * 200])
async def test_a_name_that_is_too_long_for_the_disk_is_cut(come: Come, name: str) -> None:
    admin = await come()

    status, job = await sends(admin, PEOPLE, "patrons", name=name)

    assert status == 204
    assert "<dt>Строк прочитано</dt><dd>2</dd>" in await settled(admin, job)
