"""``evaluate``: how right the bot is about questions with known answers, and the floor below which it may not fall."""

import csv
import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app, evaluation, scoring
from bot.cli.scoring import Answer, Score
from bot.errors import InputError
from understanding.understander import PhraseUnderstanding

QUESTIONS = Path(__file__).parent.parent / "data" / "queries"
OF_THE_CATALOGUE = Path(__file__).parent.parent / "understanding" / "questions_of_the_catalogue.jsonl"
BOOKS = Path(__file__).parent.parent.parent / "demo" / "books.csv.gz"
DISTRICT = BOOKS.with_name("district.mrc.gz")


GOOD = {"id": "1", "text": "идиот", "intent": "search", "intent_ok": ["search"], "expected": ["Достоевский|Идиот"]}


# --- the command -----------------------------------------------------------------------------------


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    file = tmp_path / "inventory.csv"
    rows = ["автор;заглавие;год", "Достоевский Ф. М.;Идиот;1998", "Чехов А. П.;Чайка;2001", "Остен Дж.;Эмма;2015"]
    file.write_text("\n".join(rows), encoding="utf-8")
    return file


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    asked = [
        GOOD,
        {"id": "2", "text": "до скольки вы работаете", "intent": "hours", "intent_ok": ["hours"], "tags": ["easy"]},
        {"id": "3", "text": "трактор для улиток", "intent": "search", "intent_ok": ["search"], "expected": []},
        {"id": "4", "text": "чайка", "intent": "hold", "intent_ok": ["hold"], "expected": ["Чехов|Эмма"]},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in asked), encoding="utf-8")
    return file


def test_the_figures_go_to_programs_as_one_json_object(inventory: Path, questions: Path) -> None:
    ran = CliRunner().invoke(app, ["evaluate", str(questions), "--catalogue", str(inventory), "--json"])

    figures = json.loads(ran.stdout)
    assert ran.exit_code == 0
    assert figures["n"] == 4
    assert figures["intent_accuracy"] == 0.75
    assert figures["recall_at_1"] == 0.5
    assert figures["absent_correct"] == 1.0
    assert figures["by_tag"]["easy"]["intent_accuracy"] == 1.0


def test_a_person_gets_tables_and_the_reason_of_each_error(inventory: Path, questions: Path) -> None:
    ran = CliRunner().invoke(app, ["evaluate", str(questions), "--catalogue", str(inventory), "--errors"])

    assert ran.exit_code == 0
    assert "all questions" in ran.stdout
    assert "by intent" in ran.stdout
    assert "75.0%" in ran.stdout
    assert "4 чайка: understood as search, right: hold; another book" in ran.stdout
    assert "no phrase fits, so it is taken for a title" in ran.stdout
    assert "found: Чехов А. П.|Чайка" in ran.stdout
    assert "до скольки" not in ran.stdout


def test_without_files_the_configured_store_is_asked(tmp_path: Path, inventory: Path, questions: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("library: {name: Библиотека}\n", encoding="utf-8")
    loaded = CliRunner().invoke(app, ["import", str(inventory), "--config", str(config)])

    ran = CliRunner().invoke(app, ["evaluate", str(questions), "--config", str(config), "--json"])

    assert loaded.exit_code == 0
    assert json.loads(ran.stdout)["recall_at_1"] == 0.5


def test_the_environment_has_no_say_in_a_throw_away_store(
    inventory: Path, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIBLIOBOT_DATABASE__URL", "postgresql://nobody@127.0.0.1:1/nothing")

    ran = CliRunner().invoke(app, ["evaluate", str(questions), "--catalogue", str(inventory), "--json"])

    assert ran.exit_code == 0


def test_a_file_that_is_no_catalogue_is_refused(tmp_path: Path, questions: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 64)

    ran = CliRunner().invoke(app, ["evaluate", str(questions), "--catalogue", str(picture)])

    assert isinstance(ran.exception, InputError)
    assert "picture.png" in str(ran.exception)


# --- the floor -------------------------------------------------------------------------------------


@pytest.fixture
def works(tmp_path: Path) -> Path:
    """The demonstration's works, each once and without its copies: what a search can find loads in half the time."""
    file, met = tmp_path / "works.csv", set[str]()
    with (
        gzip.open(BOOKS, "rt", encoding="utf-8", newline="") as rows,
        file.open("w", encoding="utf-8", newline="") as kept,
    ):
        wanted = ("id", "автор", "заглавие", "год", "isbn", "жанр", "серия", "класс")
        table = csv.DictWriter(kept, wanted, delimiter=";", extrasaction="ignore")
        table.writeheader()
        for row in csv.DictReader(rows, delimiter=";"):
            if row["id"] not in met:
                met.add(row["id"])
                table.writerow(row)
    return file


async def test_readers_get_the_right_book(works: Path) -> None:
    """The floor of the project: below it no change may go, whatever else it brings."""
    understanding = PhraseUnderstanding()
    async with evaluation.throw_away([works, DISTRICT]) as catalogue:
        questions = scoring.read(QUESTIONS / "queries_ru_dev.jsonl")
        answers = [await evaluation.answer(catalogue, understanding, line) for line in questions]
        own = [await evaluation.answer(catalogue, understanding, line) for line in scoring.read(OF_THE_CATALOGUE)]
    _are_as_right_as_ever(own)
    score = Score.of(answers)
    told = _wrong(answers)

    assert score.recall_at_1 is not None
    assert score.recall_at_1 >= 0.90, told
    assert score.recall_at_5 is not None
    assert score.recall_at_5 >= 0.95, told
    assert score.absent_correct is not None
    assert score.absent_correct >= 0.80, told
    assert score.intent_accuracy is not None
    assert score.intent_accuracy >= 0.97, told


def _are_as_right_as_ever(answers: list[Answer]) -> None:
    """Questions put to this catalogue on purpose: slips, school lists, series, names in Latin letters, absent books."""
    score, told = Score.of(answers), _wrong(answers)

    assert (score.recall_at_1 or 0.0) >= 0.93, told
    assert (score.absent_correct or 0.0) >= 0.8, told
    assert (score.wrong_found or 0.0) <= 0.02, told


def _wrong(answers: list[Answer]) -> str:
    return "\n".join(f"{each.line.id} {each.line.text}: {'; '.join(each.wrong)}" for each in answers if each.wrong)


def test_details_show_what_confidences_were_worth(inventory: Path, questions: Path) -> None:
    assert "by confidence" not in run(str(questions), "--catalogue", str(inventory))
    assert "by confidence" in run(str(questions), "--catalogue", str(inventory), "--details")


# --- against an earlier run ------------------------------------------------------------------------


def run(*words: str) -> str:
    ran = CliRunner().invoke(app, ["evaluate", *words])
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def test_two_runs_are_compared(inventory: Path, questions: Path, tmp_path: Path) -> None:
    before = json.loads(run(str(questions), "--catalogue", str(inventory), "--json", "--details"))
    first, third = (f"questions.jsonl:{number}" for number in (1, 3))
    assert before["questions"][first]["works"] == ["Достоевский Ф. М.|Идиот"]
    before["questions"][first]["wrong"] = ["not found, but it is there"]
    before["recall_at_1"], before["wrong_found"] = 0.25, 0.1
    before["by_tag"]["easy"]["intent_accuracy"] = 0.5
    earlier = tmp_path / "earlier.json"
    earlier.write_text(json.dumps(before), "utf-8")

    said = run(str(questions), "--catalogue", str(inventory), "--against", str(earlier))

    assert "all questions, recall at 1: 25.0% → 50.0%" in said
    assert "tag easy, intent accuracy: 50.0% → 100.0%" in said
    better, worse = said.split("worse: ")
    assert "better: 2" in better
    assert worse.startswith("1\n  all questions, wrong found: 10.0% → 33.3%")
    assert f"right now: 1\n  {first} идиот: was: not found, but it is there" in said
    assert "wrong now: no question" in said
    assert third not in said


def test_a_run_without_its_questions_is_compared_by_its_figures(
    inventory: Path, questions: Path, tmp_path: Path
) -> None:
    earlier = tmp_path / "earlier.json"
    earlier.write_text(run(str(questions), "--catalogue", str(inventory), "--json"), "utf-8")

    said = run(str(questions), "--catalogue", str(inventory), "--against", str(earlier))

    assert "better: nothing" in said
    assert "worse: nothing" in said
    assert "make it with --json --details" in said


def test_several_files_are_told_apart(inventory: Path, questions: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.jsonl"
    second.write_text(json.dumps(GOOD) + "\n", "utf-8")

    said = run(str(questions), str(second), "--catalogue", str(inventory))

    assert "by file" in said
    assert "second.jsonl" in said


@pytest.mark.parametrize("content", ["{}", "[1]", "not json", '{"n": 1, "by_intent": 5, "by_tag": {}}'])
def test_what_no_run_printed_is_refused(questions: Path, tmp_path: Path, content: str) -> None:
    strange = tmp_path / "strange.json"
    strange.write_text(content, "utf-8")

    ran = CliRunner().invoke(app, ["evaluate", str(questions), "--against", str(strange)])

    assert isinstance(ran.exception, InputError)
    assert "evaluate --json" in str(ran.exception)
