"""``bibliobot ask`` and ``chat``: a reader at the terminal, answered by the whole of it."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.library import SmallLibrary
from tests.support.photographs import code, file, photograph


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> SmallLibrary:
    made = SmallLibrary.in_folder(tmp_path_factory.mktemp("library"))
    made.imports()
    return made


def test_a_question_is_answered_from_the_store(library: SmallLibrary) -> None:
    said = library.runs("ask", "есть ли у вас мастер и маргарита?")

    assert "Мастер и Маргарита" in said
    assert "1 из 2" in said
    assert "Центральная библиотека" in said


def test_programs_get_the_answer_as_json(library: SmallLibrary) -> None:
    answer = json.loads(library.runs("ask", "идиот достоевского", "--json"))

    assert list(answer) == ["intent", "confidence", "slots", "replies", "works", "handover"]
    assert answer["intent"] in {"search", "availability"}
    assert 0 < answer["confidence"] <= 1
    assert answer["slots"] == {"title": "идиот", "author": "Достоевский"}, "what a person would pick out"
    work = {"title": "Идиот", "author": "Достоевский Ф. М.", "available": 1, "total": 1}
    assert answer["works"] == [work | {"branches": [{"name": "Центральная библиотека", "available": 1, "total": 1}]}]
    assert "Идиот" in answer["replies"][0]["text"]
    assert answer["replies"][0]["buttons"][0][0].keys() == {"label", "payload"}
    assert answer["handover"] is False


def test_a_call_for_a_person_is_told_to_programs(library: SmallLibrary) -> None:
    assert json.loads(library.runs("ask", "позовите библиотекаря", "--json"))["handover"] is True


def test_the_same_contact_goes_on_with_the_dialogue(library: SmallLibrary) -> None:
    library.runs("ask", "до скольки вы работаете", "--contact", "anna")
    first = json.loads(library.runs("ask", "привет", "--json", "--contact", "anna"))
    label = first["replies"][-1]["buttons"][0][0]["label"]

    assert library.runs("ask", "1", "--contact", "anna") == library.runs("ask", label, "--contact", "anna")


def test_why_it_was_understood_so_is_explained(library: SmallLibrary) -> None:
    said = library.runs("ask", "как записаться в библиотеку", "--explain")

    assert "Приходите с паспортом" in said
    assert "join (" in said


def test_a_dialogue_in_the_terminal(library: SmallLibrary) -> None:
    done = subprocess.run(
        library.command("chat"), input="вий\n", capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "Пробная библиотека" in done.stdout
    assert "Вий" in done.stdout
    assert done.stdout.endswith("> \n")  # the shell goes on at the beginning of a line
    assert done.stderr == ""


def test_nothing_of_a_terminal_dialogue_stays_unsent(library: SmallLibrary) -> None:
    import sqlite3

    with sqlite3.connect(library.folder / "data" / "bibliobot.sqlite3") as store:
        left = store.execute("SELECT count(*) FROM messages WHERE state IN ('queued', 'waiting')").fetchone()[0]

    assert left == 0


def test_a_question_before_the_first_import_gets_an_answer(tmp_path: Path) -> None:
    said = SmallLibrary.in_folder(tmp_path).runs("ask", "до скольки вы сегодня?")

    assert "Центральная библиотека" in said


def test_an_endless_contact_is_refused(library: SmallLibrary) -> None:
    assert "--contact: expected at most 100 characters" in library.runs("ask", "да", "--contact", "x" * 101, code=2)


def test_a_photograph_is_looked_at(library: SmallLibrary, tmp_path: Path) -> None:
    cover, cat = tmp_path / "cover.jpg", tmp_path / "cat.jpg"
    cover.write_bytes(file(photograph(code("9785170978335"))))
    cat.write_bytes(file(photograph()))

    absent = json.loads(library.runs("ask", "--picture", str(cover), "--json"))

    assert absent["intent"] == "search"
    assert absent["slots"] == {"isbn": "9785170978335"}
    assert "ISBN" in absent["replies"][0]["text"]
    assert "Штрих-кода на снимке не вижу" in library.runs("ask", "--picture", str(cat))
    assert "Вий" in library.runs("ask", "вий", "--picture", str(cat))
    assert "cannot be read" in library.runs("ask", "--picture", str(tmp_path / "none.jpg"), code=1)
    assert "expected what the reader says" in library.runs("ask", code=2)


def test_in_an_english_library_no_word_of_an_answer_is_russian(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("library: {name: Riverside, language: en, country: US}", "utf-8")

    said = SmallLibrary(tmp_path).runs("ask", "show me my data")

    assert "File: my-data.json" in said
    assert re.search("[а-яё]", said, re.IGNORECASE) is None, said
