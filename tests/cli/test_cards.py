"""``bibliobot card`` and ``audit``: a code at the desk, a reader forgotten, and who did it."""

import csv
import io
import json
import sqlite3
import sys
from pathlib import Path

import pytest

from bot.cli.cards import big
from tests.cli.library import SmallLibrary


@pytest.fixture
def library(tmp_path: Path) -> SmallLibrary:
    """A library with one card."""
    made = SmallLibrary.in_folder(tmp_path)
    made.runs("db", "upgrade")
    with sqlite3.connect(tmp_path / "data" / "bibliobot.sqlite3") as store:
        store.execute(
            "INSERT INTO patrons (card_number, surname, given_name, patronymic, phone, email, category) "
            "VALUES ('0001001', 'Каренина', 'Анна', '', '', '', '')"
        )
    store.close()
    return made


def test_a_code_is_printed_big_and_once(library: SmallLibrary) -> None:
    told = json.loads(library.runs("card", "code", "--card", "1001", "--json"))
    said = library.runs("card", "code", "--card", "1001", "--child")

    assert told["card"] == "0001001"
    assert len(told["code"]) == 8
    assert "card 0001001 Анна, good until" in said
    assert "for a parent" in said
    assert "█████" in said
    with sqlite3.connect(library.folder / "data" / "bibliobot.sqlite3") as store:
        kept = store.execute("SELECT * FROM link_codes").fetchall()
    store.close()
    assert len(kept) == 2
    assert told["code"] not in repr(kept)


def test_big_figures_stand_in_five_lines() -> None:
    assert big("12 8").splitlines() == [
        "      █    █████      █████",
        "     ██        █      █   █",
        "      █    █████      █████",
        "      █    █          █   █",
        "     ███   █████      █████",
    ]


def test_there_is_no_such_card(library: SmallLibrary) -> None:
    for command in ("code", "links"):
        assert "there is no card 7" in library.runs("card", command, "--card", "7", code=1)
    assert "cut off: 0" in library.runs("card", "unlink", "--card", "7", code=1)


def test_the_key_of_digests_is_drawn_once_and_kept_for_our_eyes(library: SmallLibrary) -> None:
    library.runs("card", "code", "--card", "1001")
    key = library.folder / "data" / "accounts.key"
    first = key.read_text()

    library.runs("card", "code", "--card", "1001")

    assert key.read_text() == first
    assert len(first.strip()) == 64
    assert key.stat().st_mode & 0o077 == 0
    assert [file.name for file in key.parent.glob("accounts.key*")] == ["accounts.key"]


def test_a_pin_is_set_and_taken_away(library: SmallLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("4815\n"))
    assert "the PIN is set\nnote: readers cannot use it until" in library.runs("card", "pin", "--card", "1001")
    monkeypatch.setattr(sys, "stdin", io.StringIO("1\n"))
    assert "at least four" in library.runs("card", "pin", "--card", "1001", code=1)
    assert "the PIN is gone" in library.runs("card", "pin", "--card", "1001", "--remove")


def test_a_reader_is_forgotten_at_the_desk_after_a_question(
    library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("нет\n"))
    assert "nothing was changed" in library.runs("card", "erase", "--card", "1001", code=1)
    monkeypatch.setattr(sys, "stdin", io.StringIO("да\n"))
    assert "forgotten" in library.runs("card", "erase", "--card", "1001")

    said = library.runs("card", "code", "--card", "1001")
    assert "card 0001001, good" in said  # the number without a name


def test_the_audit_log_is_printed_and_written_into_a_file(library: SmallLibrary) -> None:
    assert "nothing is written down" in library.runs("audit")
    library.runs("card", "code", "--card", "1001")
    library.runs("card", "erase", "--card", "1001", "--yes")

    shown = library.runs("audit")
    (erased,) = json.loads(library.runs("audit", "--json", "--limit", "1"))
    written = library.runs("audit", "--csv", str(library.folder / "audit.csv"))
    since = json.loads(library.runs("audit", "--json", "--since", "2020-01-01", "--card", "1001"))

    assert "code_issued" in shown
    assert (erased["what"], erased["who"], erased["patron"]) == ("erased", "desk", 1)
    assert "2 lines in" in written
    with (library.folder / "audit.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert [row[2] for row in rows] == ["what", "code_issued", "erased"]
    assert [line["what"] for line in since] == ["code_issued", "erased"]
    assert json.loads(library.runs("audit", "--json", "--until", "2020-01-01")) == []
    assert "expected a date" in library.runs("audit", "--since", "вчера", code=2)
    assert "there is no card 7" in library.runs("audit", "--card", "7", code=1)
