"""Makes the demonstration's catalogue: ``python -m tools.make_demo DATA`` (a folder with books_ru.csv and marc/).

``demo/books.csv.gz``: titles, authors, years, ISBNs, genres, series and classes are facts; which branch has
how many copies is invented, the same in every run. ``demo/district.mrc.gz``: the records and copies of a real
district library system, written anew out of those facts with the quirks of its export (cp866, CR LF between
records, a field terminator inside field 995).
"""

import csv
import gzip
import io
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.language.folding import fold
from catalogue.names import read_name
from tests.support.iso2709 import build_record, control, field

DEMO = Path(__file__).resolve().parent.parent / "demo"
COLUMNS = (
    "id", "инвентарный номер", "автор", "заглавие", "год", "isbn", "жанр", "серия", "класс",
    "филиал", "полочный шифр", "статус", "вернуть до",
)  # fmt: skip
MAIN, CHILDREN = "АБ", "ДО"
VILLAGES = [str(number) for number in (*range(1, 16), 18)]
OWN_RECORDS = "library-stavropol-a"
"""Works of this source come with the district's own records and real copies."""


def books(data: Path) -> Iterator[list[str]]:
    """One row a copy."""
    number = 100_001
    with (data / "books_ru.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["source"] == OWN_RECORDS:
                continue
            chance = random.Random(row["id"])  # noqa: S311 - no secret
            described = [row[name] for name in ("author", "title", "year", "isbn", "genre", "series", "grade")]
            for branch in _branches(row, chance):
                status, due = _status(chance)
                mark = _shelf_mark(row, chance)
                yield [row["id"], str(number), *described, branch, mark, status, due]
                number += 1


def _branches(row: dict[str, str], chance: random.Random) -> list[str]:
    """Where the copies are: school books and what many lists name stand in more branches."""
    lists = row["source"].count("+") + 1
    copies = 1 + min(6, int(chance.expovariate(0.9) + 1.2 * (lists - 1) + 1.5 * bool(row["grade"])))
    places = [MAIN, *([CHILDREN] if row["grade"] and int(row["grade"].split("-")[0]) <= 9 else [])]
    return [places[n] if n < len(places) else chance.choice([MAIN, *VILLAGES]) for n in range(copies)]


def _status(chance: random.Random) -> tuple[str, str]:
    roll = chance.random()
    if roll < 0.70:
        return "в наличии", ""
    if roll < 0.93:
        return "выдана", f"+{chance.randint(1, 15)}"
    if roll < 0.97:
        return "читальный зал", ""
    return chance.choice(["списана", "утеряна"]), ""


def _shelf_mark(row: dict[str, str], chance: random.Random) -> str:
    surname = read_name(row["author"].split(",")[0]).surname or fold(row["title"])
    letter = next((char for char in surname.upper() if char.isalpha()), "А")
    return f"84 {letter}{chance.randint(10, 99)}"


def district(data: Path) -> Iterator[bytes]:
    """The records of the district library system."""
    with (data / "marc/rusmarc/stavropol_cbs_a_expected.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield build_record(_fields(json.loads(line)), "cp866") + b"\r\n"


def _fields(record: dict[str, Any]) -> list[tuple[str, str]]:
    fields = [control("001", record["id"])]
    if record["isbn"]:
        fields.append(field("010", [("a", record["isbn"])]))
    fields.append(field("100", [("a", f"20100101d{record['year'] or '    ':4}    m  y0rusy0179    ca")]))
    fields.append(field("101", [("a", "rus")], "0 "))
    title = [("a", record["title"]), ("e", record["subtitle"]), ("f", record["responsibility"])]
    fields.append(field("200", [pair for pair in title if pair[1]], "1 "))
    if record["year"]:
        fields.append(field("210", [("d", record["year"])]))
    if record["series"]:
        fields.append(field("225", [("a", record["series"])], "1 "))
    if record["author"]:
        surname, _, initials = record["author"].partition(" ")
        fields.append(field("700", [("a", surname), *([("b", initials)] if initials else [])], " 1"))
    return fields + [_item(copy) for copy in record["copies"]]


def _item(copy: dict[str, str]) -> tuple[str, str]:
    """This export has a field terminator inside 995: only the directory finds what follows it."""
    pairs = [("a", copy["branch"]), ("b", copy["kind"]), ("l", copy["shelf"]), ("f", copy["inventory"])]
    kept = [(code, value) for code, value in pairs if value]
    department = copy["branch"].rpartition(", ")[2]
    return field("995", [*kept[:-1], (kept[-1][0], kept[-1][1] + "\x1e"), ("k", f"{copy['inventory']}-{department}")])


def _pack(name: str, content: bytes) -> None:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as stream:
        stream.write(content)
    (DEMO / f"{name}.gz").write_bytes(packed.getvalue())
    print(f"{name}.gz: {len(packed.getvalue())} bytes")


def main() -> None:
    """Write both files."""
    data = Path(sys.argv[1])
    table = io.StringIO()
    writer = csv.writer(table, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(books(data))
    _pack("books.csv", table.getvalue().encode())
    _pack("district.mrc", b"".join(district(data)))


if __name__ == "__main__":
    main()
