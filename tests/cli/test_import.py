"""``bibliobot import``: what the person at the keyboard is told, and what is in the store afterwards."""

import csv
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.cli import loading
from bot.cli.faq_file import read_answers
from bot.cli.loading import Asked
from bot.errors import ConfigError, InputError, StoreUnavailable, WrongUse
from bot.library.records import Rejected, Rejection
from catalogue.rejects import Report
from tests.cli.library import SmallLibrary
from tests.support import iso2709 as marc

HEADER = "Инв. №;Автор;Заглавие"
ROWS = [f"{at};Чехов А. П.;Рассказ {at}-й" for at in range(1, 6)]

Imports = Callable[..., tuple[int, str]]


@pytest.fixture
def library(tmp_path: Path) -> SmallLibrary:
    return SmallLibrary.in_folder(tmp_path)


@pytest.fixture
def imports(library: SmallLibrary, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Imports:
    """Import files as the command does; returns the exit code and what was printed."""
    monkeypatch.chdir(library.folder)

    def run(*files: str, **asked: Any) -> tuple[int, str]:
        code = loading.load(library.folder / "config.yaml", [Path(file) for file in files], Asked(**asked))
        return code, capsys.readouterr().out

    return run


def inventory(library: SmallLibrary, *rows: str, name: str = "inventory.csv") -> str:
    (library.folder / name).write_text("\n".join([HEADER, *rows]), "utf-8")
    return name


def stored(library: SmallLibrary, question: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(library.folder / "data" / "bibliobot.sqlite3") as store:
        return store.execute(question).fetchall()


def figure(said: str, name: str) -> int:
    """A figure of the table that the import prints."""
    (line,) = (line for line in said.splitlines() if line.startswith(f"{name} "))
    return int(line.removeprefix(name).replace(",", ""))


# --- a catalogue ---------------------------------------------------------------------------------


def test_an_import_says_what_became_of_every_record_and_again_changes_nothing(
    library: SmallLibrary, imports: Imports
) -> None:
    code, said = imports("books.csv")

    assert (code, figure(said, "read"), figure(said, "added")) == (0, 3, 3)
    assert "books.csv: table, utf-8" in said
    assert stored(library, "SELECT count(*) FROM items") == [(4,)]

    code, said = imports("books.csv")

    assert (code, figure(said, "added"), figure(said, "unchanged")) == (0, 0, 3)


def gets_a_second_branch(library: SmallLibrary) -> None:
    """«Детская», 02."""
    config = library.folder / "config.yaml"
    second = '  branches:\n    - {code: "02", name: Детская, hours: {mon-sun: "9:00-18:00"}}\n'
    config.write_text(config.read_text("utf-8").replace("  branches:\n", second), "utf-8")


def test_copies_that_readers_would_not_find_are_told(library: SmallLibrary, imports: Imports) -> None:
    gets_a_second_branch(library)
    places = ["01", "детская", "", "Сельский филиал", "Сельский филиал"]
    rows = [f"{at};Чайка {at};{place}" for at, place in enumerate(places)]
    (library.folder / "one.csv").write_text("\n".join(["Инв. №;Название;Филиал", *rows]), "utf-8")

    code, said = imports("one.csv")

    assert (code, figure(said, "copies in them")) == (0, 5)
    assert "copies of no branch: 1; if they are all in one, run the import again with --branch CODE" in said
    assert "unknown branches: «Сельский филиал» (2); name each in config.yaml" in said
    assert "unknown branches: «Сельский филиал» (2); " in imports("one.csv", dry_run=True)[1]


def test_a_guess_which_words_of_marc_are_branches_is_told_with_the_other_ones(
    library: SmallLibrary, imports: Imports
) -> None:
    gets_a_second_branch(library)
    title = marc.field("245", [("a", "Нос")], "10")
    places = [marc.field("852", [("a", "РГБ"), ("b", word), ("j", "1")]) for word in ("FB", "IZO")]
    records = [marc.build_record([marc.control("001", "1"), title, place]) for place in places]
    (library.folder / "rsl.mrc").write_bytes(b"".join(records))

    _, said = imports("rsl.mrc", dry_run=True)

    assert "unknown branches: «РГБ» (2); name each in config.yaml" in said
    assert "$a is taken for it; if $b is your branches («FB», «IZO»), write these among their aliases" in said


def test_a_dry_run_names_every_branch_that_is_to_be_written_into_the_configuration(
    library: SmallLibrary, imports: Imports
) -> None:
    gets_a_second_branch(library)
    rows = [f"{at};Чайка {at};Филиал {at}" for at in range(11, 19)]
    (library.folder / "one.csv").write_text("\n".join(["Инв. №;Название;Филиал", *rows]), "utf-8")

    tried, loaded = (imports("one.csv", dry_run=trying)[1] for trying in (True, False))

    assert all(f"«Филиал {at}» (1)" in tried for at in range(11, 19))
    assert "and 3 more (--dry-run names them)" in loaded


def test_a_slip_in_one_row_of_many_is_no_advice(library: SmallLibrary, imports: Imports) -> None:
    gets_a_second_branch(library)
    rows = [f"{at};Чайка {at};{'02' if at else ''}" for at in range(100)]
    (library.folder / "one.csv").write_text("\n".join(["Инв. №;Название;Филиал", *rows]), "utf-8")

    code, said = imports("one.csv")

    assert (code, figure(said, "copies in them")) == (0, 100)
    assert "copies of no branch" not in said


def test_a_file_with_nothing_under_its_header_is_no_success(library: SmallLibrary, imports: Imports) -> None:
    code, said = imports(inventory(library))

    assert (code, "no records in inventory.csv" in said) == (1, True)


def test_the_branches_of_the_configuration_are_known_to_the_files(library: SmallLibrary, imports: Imports) -> None:
    (library.folder / "one.csv").write_text("Название;Филиал\nЧайка;Центральная библиотека\nДом;01\n", "utf-8")

    imports("one.csv")

    assert stored(library, "SELECT code FROM branches") == [("01",)]


def test_a_dry_run_shows_titles_and_the_charset_and_writes_nothing(library: SmallLibrary, imports: Imports) -> None:
    (library.folder / "old.csv").write_bytes("\n".join([HEADER, *ROWS * 3]).encode("cp1251"))

    code, said = imports("old.csv", dry_run=True)

    assert code == 0
    assert "cp1251" in said
    assert said.count("Чехов А. П. Рассказ") == 5
    assert figure(said, "to add") > 0
    assert "nothing was written" in said
    assert stored(library, "SELECT count(*) FROM records") == [(0,)]


def test_rejected_records_are_listed_in_a_report_that_excel_opens(library: SmallLibrary, imports: Imports) -> None:
    code, said = imports(inventory(library, ROWS[0], "2;Чехов А. П.;", ROWS[1]))

    assert (code, figure(said, "read"), figure(said, "rejected: no_title")) == (0, 2, 1)
    assert "inventory.csv: record 3 at" in said
    report = library.folder / loading.REPORT
    assert report.read_bytes().startswith(b"\xef\xbb\xbf")
    with report.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file, delimiter=";")
    assert (row["file"], row["ordinal"], row["reason"]) == ("inventory.csv", "3", "no_title")
    assert bytes.fromhex(row["head_hex"]).decode() == "2;Чехов А. П."


def test_the_report_stands_where_it_was_asked_for(library: SmallLibrary, imports: Imports) -> None:
    imports(inventory(library, "1;Чехов А. П.;"), report=library.folder / "bad.csv", dry_run=True)

    assert (library.folder / "bad.csv").exists()
    assert not (library.folder / loading.REPORT).exists()


def test_a_report_that_cannot_be_written_is_told(library: SmallLibrary, imports: Imports) -> None:
    with pytest.raises(InputError, match="the report cannot be written"):
        imports(inventory(library, "1;Чехов А. П.;"), report=library.folder / "nowhere" / "bad.csv")


def test_a_report_that_nobody_asked_for_does_not_cost_the_import(
    library: SmallLibrary, imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "REPORT", "nowhere/bad.csv")

    code, said = imports(inventory(library, ROWS[0], "2;Чехов А. П.;"))

    assert (code, figure(said, "added")) == (0, 1)
    assert "are listed in" not in said


def test_a_full_disk_costs_the_report_that_nobody_asked_for_and_not_the_summary(
    library: SmallLibrary, imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "REPORT", "/dev/full")

    code, said = imports(inventory(library, ROWS[0], "2;Чехов А. П.;"))

    assert (code, figure(said, "added")) == (0, 1)
    assert "are listed in" not in said
    with pytest.raises(InputError, match="No space left"):
        imports(inventory(library, "1;Чехов А. П.;"), report=Path("/dev/full"))


def test_no_cell_of_the_report_is_a_formula(tmp_path: Path, library: SmallLibrary, imports: Imports) -> None:
    imports(inventory(library, ROWS[0]))
    from catalogue.importers import recognise

    report = Report(tmp_path / "report.csv")
    evil = Rejected(ordinal=1, offset=0, reason=Rejection.NO_TITLE, source_id='=HYPERLINK("http://x")')
    report.note(recognise(library.folder / "inventory.csv"), evil)
    report.close()

    assert "'=HYPERLINK" in (tmp_path / "report.csv").read_text("utf-8-sig")


def test_when_most_is_gone_the_import_asks_and_the_readers_still_see_it(
    library: SmallLibrary, imports: Imports
) -> None:
    imports(inventory(library, *ROWS))

    code, said = imports(inventory(library, *ROWS[:2]))

    assert code == 1
    assert "3 of 5 records of inventory are in these files no longer (more than 20%)" in said
    assert "--accept-disappeared" in said
    assert stored(library, "SELECT count(*) FROM records WHERE missing_since IS NOT NULL") == [(0,)]

    code, said = imports(inventory(library, *ROWS[:2]), accept_disappeared=True)

    assert code == 0
    assert stored(library, "SELECT count(*) FROM records WHERE missing_since IS NOT NULL") == [(3,)]


def test_an_import_of_which_nothing_could_be_read_has_failed(library: SmallLibrary, imports: Imports) -> None:
    assert imports(inventory(library, "1;Чехов А. П.;"))[0] == 1


def test_a_branch_that_nobody_knows_is_a_slip_of_the_pen(library: SmallLibrary, imports: Imports) -> None:
    with pytest.raises(InputError, match=r"--branch 10: .*known codes: 01"):
        imports("books.csv", branch="10")
    assert not (library.folder / "data").exists()


def test_copies_without_a_branch_go_to_the_one_that_is_named(library: SmallLibrary, imports: Imports) -> None:
    imports(inventory(library, ROWS[0]), branch="центральная библиотека")

    assert stored(library, "SELECT code FROM branches JOIN items ON branch_id = branches.id") == [("01",)]


def test_copies_without_a_branch_go_to_the_only_one_there_is(library: SmallLibrary, imports: Imports) -> None:
    imports(inventory(library, ROWS[0]))

    assert stored(library, "SELECT code FROM branches JOIN items ON branch_id = branches.id") == [("01",)]


def test_one_wrong_file_stops_all_before_anything_is_written(library: SmallLibrary, imports: Imports) -> None:
    with pytest.raises(InputError, match="no-such"):
        imports("books.csv", "no-such.mrc")

    assert not (library.folder / "data").exists()


@pytest.mark.parametrize("kind", ["events", "pigeons"])
def test_what_this_version_does_not_import_is_said(imports: Imports, kind: str) -> None:
    with pytest.raises(WrongUse, match=r"catalogue, patrons, loans, hidden, faq"):
        imports("books.csv", kind=kind)


def test_an_import_holds_while_a_reader_is_served(library: SmallLibrary, imports: Imports) -> None:
    imports("books.csv")
    with sqlite3.connect(library.folder / "data" / "bibliobot.sqlite3") as reader:
        seen = reader.execute("SELECT title FROM works")
        first = seen.fetchone()

        assert imports(inventory(library, *ROWS))[0] == 0
        assert first is not None


def test_a_store_that_is_locked_is_told_in_one_line(
    library: SmallLibrary, imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked(*_: object, **__: object) -> None:
        raise StoreUnavailable("the database is locked")

    monkeypatch.setattr(loading, "load_files", locked)

    with pytest.raises(StoreUnavailable):
        imports("books.csv")


def test_the_command_itself_exits_with_one_line_and_no_traceback(library: SmallLibrary) -> None:
    assert "there is no such file" in library.runs("import", "no-such.mrc", code=1)


# --- answers -------------------------------------------------------------------------------------


def answers(library: SmallLibrary, text: str, name: str = "faq.csv", encoding: str = "utf-8") -> Path:
    path = library.folder / name
    path.write_bytes(text.encode(encoding))
    return path


TABLE = 'Тема;Вопросы;Ответ;Ссылка\njoin;как записаться|нужен ли паспорт;"Приходите с паспортом.\nЭто бесплатно.";\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_answers_come_from_a_table(library: SmallLibrary, encoding: str) -> None:
    (entry,) = read_answers(answers(library, TABLE, encoding=encoding))

    assert (entry.topic, entry.language) == ("join", "ru")
    assert entry.questions == ("как записаться", "нужен ли паспорт")
    assert entry.answer == "Приходите с паспортом.\nЭто бесплатно."


def test_answers_come_from_excel(library: SmallLibrary) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["topic", "language", "answer", "url"])
    book.active.append(["rules.fine", "en", "Ten roubles a day.", "https://library.example/rules"])
    book.save(library.folder / "faq.xlsx")

    (entry,) = read_answers(library.folder / "faq.xlsx")

    assert (entry.topic, entry.language, entry.url) == ("rules.fine", "en", "https://library.example/rules")


def test_answers_come_from_yaml(library: SmallLibrary, imports: Imports) -> None:
    answers(library, "faq:\n- {topic: join, answer: Приходите., questions: как записаться}\n", "faq.yaml")

    code, said = imports("faq.yaml", kind="faq")

    assert (code, said.strip()) == (0, "answers kept: 1")
    assert stored(library, "SELECT topic, answer, source FROM faq_entries") == [("join", "Приходите.", "import")]


def test_a_dry_run_shows_the_answers(library: SmallLibrary, imports: Imports) -> None:
    answers(library, TABLE)

    code, said = imports("faq.csv", kind="faq", dry_run=True)

    assert code == 0
    assert "join (ru): Приходите с паспортом." in said
    assert not (library.folder / "data").exists()


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("faq.csv", "тема;вопрос\njoin;как\n", r"expected topic .*found: тема, вопрос"),
        ("faq.csv", "тема;ответ\njoin;а\njoin;б\n", r"row 3: the topic 'join' \(ru\) stands here twice"),
        ("faq.csv", "тема;ответ\njoin;\n", "row 2: answer: is missing"),
        ("faq.csv", "тема;язык;ответ\njoin;fr;а\n", "row 2: language: "),
        ("faq.csv", "тема;ответ\n", "no answers in it"),
        ("faq.yaml", "- {topic: join}\n", "entry 1: answer: is missing"),
        ("faq.yaml", "- {topic: join, answer: a, colour: red}\n", "entry 1: colour: unknown key"),
        ("faq.yaml", "- just words\n", "entry 1: expected topic"),
        ("faq.yaml", "answer: a\n", "expected a list of entries"),
        ("faq.yaml", "- {topic: join, answer: 2026-99-01}\n", "line 1, column 25: looks like a day"),
        ("faq.yaml", "- {topic: join, answer: {{ANSWER}}}\n", "needs quotes"),
        ("faq.yaml", "- {topic: [\n", r"faq\.yaml, line"),
    ],
)
def test_a_wrong_file_of_answers_says_where(library: SmallLibrary, name: str, text: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        read_answers(answers(library, text, name))


def test_a_missing_or_huge_file_of_answers_is_told(library: SmallLibrary) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_answers(library.folder / "nowhere.yaml")
    with pytest.raises(InputError, match="no file of answers"):
        read_answers(answers(library, "x" * 5_000_001))


def test_a_wrong_configuration_is_told_before_the_files_are_read(library: SmallLibrary, imports: Imports) -> None:
    (library.folder / "config.yaml").write_text("librari: {}", "utf-8")

    with pytest.raises(ConfigError, match="did you mean 'library'"):
        imports("books.csv")


# --- readers and loans ---------------------------------------------------------------------------


def test_readers_and_loans_come_from_lists(library: SmallLibrary, imports: Imports) -> None:
    imports(inventory(library, *ROWS))
    readers = library.folder / "readers.csv"
    readers.write_text("№ билета;ФИО\n17;Иванова Анна\n18;Петров Борис\n;Никто\n", "utf-8")
    loans = library.folder / "loans.csv"
    loans.write_text("№ билета;Инв. №;Дата выдачи;Вернуть до\n17;1;20.02.2026;07.03.2026\n99;2;;07.03.2026\n", "utf-8")

    code, said = imports("readers.csv", kind="patrons")
    assert (code, figure(said, "added"), figure(said, "left out")) == (0, 2, 1)
    code, said = imports("loans.csv", kind="loans", dry_run=True)
    assert (code, figure(said, "to add")) == (0, 1)
    assert stored(library, "SELECT count(*) FROM loans") == [(0,)]
    code, said = imports("loans.csv", kind="loans")
    assert (code, figure(said, "added"), figure(said, "left out")) == (0, 1, 1)
    assert "no reader has the card 99" in said
    assert stored(library, "SELECT due_on, item_id IS NOT NULL FROM loans") == [("2026-03-07", 1)]
    code, said = imports("loans.csv", kind="loans")
    assert (figure(said, "added"), figure(said, "unchanged")) == (0, 1)
    loans.write_text("№ билета;Инв. №;Вернуть до\n17;3;07.03.2026\n", "utf-8")
    code, said = imports("loans.csv", kind="loans", branch="01")
    assert code == 1
    assert "Nothing was written" in said
