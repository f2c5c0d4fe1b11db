"""``bibliobot import --kind hidden`` and ``bibliobot hidden``."""

from pathlib import Path

import pytest

from bot.cli import hiding, loading
from bot.cli.loading import Asked
from bot.errors import InputError
from tests.cli.library import SmallLibrary
from tests.cli.test_import import inventory, stored

HIDDEN = "SELECT title FROM records WHERE suppressed ORDER BY title"


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallLibrary:
    made = SmallLibrary.in_folder(tmp_path)
    monkeypatch.chdir(made.folder)
    return made


def test_a_list_is_tried_loaded_loaded_again_and_taken_back(
    library: SmallLibrary, capsys: pytest.CaptureFixture[str]
) -> None:
    config = library.folder / "config.yaml"
    loading.load(config, [Path(inventory(library, "1;Чехов А. П.;Каштанка", "2;Чехов А. П.;Ванька"))], Asked())
    titles = library.folder / "Список.csv"
    titles.write_text("Автор;Название\nЧехов;Каштанка\nТолстой;Муму\n", "utf-8")
    capsys.readouterr()

    def loads(*, dry_run: bool = False) -> str:
        assert loading.load(config, [titles], Asked(kind="hidden", dry_run=dry_run)) == 0
        return capsys.readouterr().out

    tried = loads(dry_run=True)
    assert "2: Чехов А. П. Каштанка: editions 1" in tried
    assert "read 2, to hide 1, hidden before 0, left out 1" in tried
    assert "left out: Список.csv" in tried
    assert "not found in the catalogue" in tried
    assert stored(library, HIDDEN) == []

    loaded = loads()
    assert "read 2, hidden 1, hidden before 0, left out 1" in loaded
    assert stored(library, HIDDEN) == [("Каштанка",)]
    assert "hidden 0, hidden before 1" in loads()

    assert hiding.listing(config) == 0
    (line,) = capsys.readouterr().out.splitlines()
    name, _, works = line.rpartition(": ")
    assert works == "1"
    assert f"bibliobot hidden undo {name!r}" in loaded
    assert hiding.undo(config, name) == 0
    assert stored(library, HIDDEN) == []
    capsys.readouterr()
    assert hiding.listing(config) == 0
    assert capsys.readouterr().out == "no list hides anything: bibliobot import FILE --kind hidden\n"
    with pytest.raises(InputError, match="no list of this name hides anything"):
        hiding.undo(config, name)


def test_a_list_of_which_nothing_is_found_fails(library: SmallLibrary) -> None:
    config = library.folder / "config.yaml"
    loading.load(config, [Path(inventory(library, "1;Чехов А. П.;Каштанка"))], Asked())
    (library.folder / "list.csv").write_text("Автор;Название\nТолстой;Муму\n", "utf-8")

    assert loading.load(config, [Path("list.csv")], Asked(kind="hidden")) == 1
