"""What the service achieved, at the command line."""

import csv
import json
from datetime import date
from pathlib import Path

from bot.cli.reporting import made
from bot.overview import Day, Stretch
from tests.cli.library import SmallLibrary
from tests.support.fake_library import CENTRAL, CHILDREN


def test_what_readers_asked_stands_in_the_report(tmp_path: Path) -> None:
    library = SmallLibrary.in_folder(tmp_path)
    library.runs("ask", "как записаться")

    report = json.loads(library.runs("report", "--json"))
    assert (report["all"]["questions"], report["all"]["answered_by_the_bot"], report["all"]["of_100"]) == (1, 1, 100)
    assert report["by_channel"]["terminal"]["questions"] == 1
    assert report["by_branch"]["01"]["name"] == "Центральная библиотека"
    assert report["since"].endswith("-01")
    said = library.runs("report")
    assert "terminal" in said
    assert "nothing happened" in said

    table = tmp_path / "report.csv"
    assert str(table) in library.runs("report", "--table", str(table))
    rows = list(csv.DictReader(table.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert [row["questions"] for row in rows if row["where"] in ("all", "terminal")] == ["1", "1"]
    assert json.loads(library.runs("report", "--json", "--until", "2020-01-31"))["all"]["questions"] == 0


def test_wrong_days_are_refused_in_words(tmp_path: Path) -> None:
    library = SmallLibrary.in_folder(tmp_path)

    assert "--since 2026-13-01: expected a date" in library.runs("report", "--since", "2026-13-01", code=2)
    for words in (("report",), ("misses",), ("audit", "--csv", "log.csv")):
        for day in ("0001-01-01", "9999-12-31"):
            assert f"--since {day}: expected a date" in library.runs(*words, "--since", day, code=2)
    said = library.runs("report", "--since", "2026-03-02", "--until", "2026-03-01", code=2)
    assert "nothing lies between" in said


def test_every_known_place_has_a_line_and_unknown_ones_are_not_lost() -> None:
    stretch = Stretch(
        days={
            ("vk", "01"): Day(asked=4, answered=3, missed=1),
            ("vk", ""): Day(asked=1, answered=1),
            ("gone", "99"): Day(asked=2, called=2),
        },
        renewed={"01": 5, "02": 1},
        held={"99": 2},
    )

    report = made(stretch, date(2026, 3, 1), date(2026, 3, 31), ["webchat", "vk"], [CENTRAL, CHILDREN])

    assert report.everywhere.figures == (7, 4, 57, 1, 2, 0, 0, 0, 6, 2)
    assert [(line.name, line.figures[0]) for line in report.channels] == [("webchat", 0), ("vk", 5), ("gone", 2)]
    assert [(line.code, line.figures[0], line.figures[-2:]) for line in report.branches] == [
        ("01", 4, (5, 0)),
        ("02", 0, (1, 0)),
        ("", 1, (None, None)),
        ("99", 2, (0, 2)),
    ]
