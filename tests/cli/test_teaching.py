"""``bibliobot misses`` and ``synonyms``: a librarian sees what was asked in vain, and teaches the bot."""

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from tests.cli.library import SmallLibrary


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> SmallLibrary:
    made = SmallLibrary.in_folder(tmp_path_factory.mktemp("library"))
    made.imports()
    return made


@pytest.fixture
def library(shared: SmallLibrary) -> SmallLibrary:
    """The library with nothing learned."""
    for one in json.loads(shared.runs("synonyms", "list", "--json")):
        shared.runs("synonyms", "remove", one["kind"], one["said"])
    for miss in json.loads(shared.runs("misses", "--json", "--limit", "0")):
        shared.runs("misses", "--forget", str(miss["id"]))
    return shared


def test_from_a_miss_to_a_synonym_to_an_answer(library: SmallLibrary) -> None:
    library.runs("ask", "есть мим?")
    library.runs("ask", "мим, пожалуйста")
    library.runs("ask", "квантовая хромодинамика")
    first, second = json.loads(library.runs("misses", "--json"))
    assert (first["text"], first["count"], first["missed"]) == ("есть мим", 2, ["not_found"])
    assert first["channels"] == {"terminal": 2}
    assert second["text"] == "квантовая хромодинамика"

    assert "added: title: «мим» → «Мастер и Маргарита»" in library.runs(
        "synonyms", "add", "title", "мим", "Мастер и Маргарита"
    )

    said = library.runs("ask", "есть мим?", "--explain")
    assert "1 из 2" in said
    assert "synonym: title: «мим» → «Мастер и Маргарита»" in said
    assert "forgotten: 2 wordings" in library.runs("misses", "--forget", str(first["id"]))
    assert "there is no miss" in library.runs("misses", "--forget", str(first["id"]), code=1)
    assert len(json.loads(library.runs("misses", "--json"))) == 1


def test_misses_as_a_table_and_as_a_file(library: SmallLibrary, tmp_path: Path) -> None:
    assert "nothing was asked in vain" in library.runs("misses")
    library.runs("ask", "=гиперболоид инженера гарина")
    library.runs("ask", "позвоните +7 912 345-67-89 насчёт гиперболоида")

    assert "гиперболоид инженера гарина" in library.runs("misses")
    assert "1 of 2; all of them" in library.runs("misses", "--limit", "1")
    assert "nothing was asked in vain" in library.runs("misses", "--since", "2100-01-01")
    assert "expected a date" in library.runs("misses", "--since", "вчера", code=2)
    file = tmp_path / "misses.csv"
    assert "2 of 2 misses" in library.runs("misses", "--csv", str(file))
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert {row["times"] for row in rows} == {"1"}
    assert "345" not in file.read_text("utf-8-sig")
    assert "cannot be written" in library.runs("misses", "--csv", str(tmp_path / "none" / "misses.csv"), code=1)


def test_a_synonym_that_hides_a_title_is_kept_with_a_warning(library: SmallLibrary) -> None:
    said = library.runs("synonyms", "add", "название", "Вий", "Идиот")

    assert "added" in said
    assert "warning: «Вий» is also the title of a book (Гоголь Н. В.)" in said
    assert "nothing in the catalogue fits" in library.runs("synonyms", "add", "title", "гп", "Гарри Поттер и тайная")


def test_what_may_not_be_kept_is_refused(library: SmallLibrary) -> None:
    library.runs("synonyms", "add", "title", "мим", "Мастер и Маргарита")

    assert "a chain" in library.runs("synonyms", "add", "title", "роман булгакова", "МиМ", code=1)
    assert "no intent and no FAQ topic" in library.runs("synonyms", "add", "phrase", "живы?", "пирог", code=1)
    assert "expected title, author or phrase" in library.runs("synonyms", "add", "пирог", "а", "б", code=2)
    assert "there is no title «вий»" in library.runs("synonyms", "remove", "title", "вий", code=1)


@pytest.mark.parametrize("encoding", ["marc8", "iso5426"])
def test_a_charset_that_no_table_has_is_refused(library: SmallLibrary, tmp_path: Path, encoding: str) -> None:
    table = tmp_path / "synonyms.csv"
    table.write_text("kind;said;meant\ntitle;гп;Гарри Поттер\n", "utf-8")

    assert "this table cannot be in it" in library.runs(
        "synonyms", "import", str(table), "--encoding", encoding, code=1
    )


def test_a_number_beyond_all_numbers_is_refused(library: SmallLibrary) -> None:
    beyond = str(2**63)
    for words in (("misses", "--forget"), ("misses", "--limit"), ("audit", "--limit"), ("notices", "settle")):
        assert "Invalid value" in library.runs(*words, beyond, code=2)


def test_a_phrase_leads_to_a_topic_of_the_library(library: SmallLibrary) -> None:
    library.runs("synonyms", "add", "фраза", "хочу к вам в читатели", "join")

    assert "Приходите с паспортом" in library.runs("ask", "хочу к вам в читатели")


@pytest.mark.parametrize("name", ["synonyms.csv", "synonyms.xlsx"])
def test_synonyms_go_out_into_a_file_and_come_back(library: SmallLibrary, tmp_path: Path, name: str) -> None:
    library.runs("synonyms", "add", "title", "мим", "Мастер и Маргарита")
    library.runs("synonyms", "add", "author", "=булгаш", "Булгаков")
    before = library.runs("synonyms", "list")
    file = str(tmp_path / name)

    assert "2 synonyms" in library.runs("synonyms", "export", file)
    library.runs("synonyms", "remove", "title", "мим")
    assert "added 1, changed 0, unchanged 1" in library.runs("synonyms", "import", file)

    assert library.runs("synonyms", "list") == before


def test_a_librarian_s_own_table_is_read(library: SmallLibrary, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (("Вид", "Читатель пишет", "Значит"), ("название", "мим", "Мастер и Маргарита"), (None, None, None)):
        sheet.append(row)
    book.save(tmp_path / "наши.xlsx")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("вид;читатель пишет;значит\nназвание;;Идиот\n", "utf-8")
    strange = tmp_path / "strange.csv"
    strange.write_text("а;б\n1;2\n", "utf-8")

    assert "this was a dry run: 1" in library.runs("synonyms", "import", str(tmp_path / "наши.xlsx"), "--dry-run")
    assert "no synonyms yet" in library.runs("synonyms", "list")
    assert "added 1" in library.runs("synonyms", "import", str(tmp_path / "наши.xlsx"))
    assert "wrong.csv: row 2: expected" in library.runs("synonyms", "import", str(wrong), code=1)
    assert "must name the columns" in library.runs("synonyms", "import", str(strange), code=1)
    assert "cannot be read" in library.runs("synonyms", "import", str(tmp_path / "none.csv"), code=1)


def test_the_library_s_own_words_are_said_and_a_broken_row_is_not(library: SmallLibrary) -> None:
    rows = [("thanks", "Всегда рады!"), ("hello", "{nobody}")]
    with closing(sqlite3.connect(library.folder / "data" / "bibliobot.sqlite3")) as store, store:
        adding = (
            "INSERT INTO own_words (name, language, text, by, at) VALUES (?, 'ru', ?, 'masha', '2026-03-02 10:00:00')"
        )
        store.executemany(adding, rows)

    assert "Всегда рады!" in library.runs("ask", "спасибо")
    assert "Это Пробная библиотека." in library.runs("ask", "привет")
