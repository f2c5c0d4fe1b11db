"""What is no table of books is refused with what was found in it."""

from pathlib import Path

import pytest

from bot.errors import InputError
from catalogue.importers import recognise
from catalogue.importers.tables import recognise_table
from tests.catalogue.importers.support import csv


def test_a_table_without_titles_is_refused_with_what_was_found(tmp_path: Path) -> None:
    path = csv(tmp_path, "дата;сумма;организация", "01.01.2024;100;АО")

    with pytest.raises(InputError, match=r"inventory\.csv.*«дата», «сумма», «организация».*expected: Заглавие"):
        recognise(path)


def test_a_table_without_a_header_is_not_read_by_its_first_row(tmp_path: Path) -> None:
    path = csv(tmp_path, "1;Чайка;Чехов А. П.;Книга", "2;Мать;Горький М.;Книга")

    with pytest.raises(InputError, match="«Чайка»"):
        recognise(path)


def test_a_list_of_readers_is_no_catalogue(tmp_path: Path) -> None:
    path = csv(tmp_path, "№ билета;ФИО читателя;Название;Дата выдачи", "7;Иванова А.;Чайка;01.01.2024")

    with pytest.raises(InputError, match="list of readers or of loans"):
        recognise(path)


def test_prose_and_programs_are_no_tables(tmp_path: Path) -> None:
    prose = tmp_path / "notes.txt"
    prose.write_text("Это просто текст, в котором есть запятые.\nИ ещё строка; с точкой с запятой.\nКонец.", "utf-8")
    program = tmp_path / "program.py"
    program.write_text("import os\nrows = [\n    ['Автор', 'Заглавие', 'Инв. №'],\n]\nprint(rows, os.name)\n", "utf-8")

    assert recognise_table(prose) is None
    assert recognise_table(program) is None


def test_a_named_charset_overrules_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    path = csv(tmp_path, "Название;Автор", "Чайка;Чехов", encoding="cp866")

    assert recognise(path, "cp866").charset == "cp866"
    with pytest.raises(InputError):
        recognise(path, "klingon")
