"""Derives ``bot/language/authors.txt``: surnames of writers with their initials and how well known they are.

``python -m tools.make_authors authors_ru_wikidata.csv books_ru.csv``. The first file is from Wikidata (CC0): its names
of writers with the count of wikis that know them. The second is any list of books with a column ``author``: of it
only the names are taken, those of writers with several works, and the count of these works.
"""

import csv
import re
import sys
from collections import Counter
from pathlib import Path

from catalogue.names import read_name

TARGET = Path(__file__).parent.parent / "bot" / "language" / "authors.txt"
LEAST_WIKIS = 4
LEAST_WORKS = 2
_REMARK = re.compile(r"\s*\([^)]*\)")
_SURNAME = re.compile(r"[а-яіѣ]{3,}(?:\s[а-я]{3,})?")


def main() -> None:
    """Read both lists; keep the best known bearer of each surname with these initials."""
    known: Counter[tuple[str, str]] = Counter()
    with Path(sys.argv[1]).open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            wikis = int(row["sitelinks"])
            if wikis >= LEAST_WIKIS:
                _count(known, _REMARK.sub("", row["name"]), wikis)
    works: Counter[tuple[str, str]] = Counter()
    with Path(sys.argv[2]).open(encoding="utf-8") as rows:
        for author, _ in sorted({(row["author"], row["title"]) for row in csv.DictReader(rows)}):
            for name in re.split("[,;]", author) if ";" in author or author.count(",") > 1 else [author]:
                read = read_name(name)
                works[read.surname, read.initials[:2]] += 1
    for (surname, initials), count in works.items():
        if count >= LEAST_WORKS:
            _keep(known, surname, initials, count * 4)
    kept = sorted(known.items(), key=lambda entry: (-entry[1], entry[0]))
    lines = [f"{surname}\t{initials}\t{weight}" for (surname, initials), weight in kept]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} writers, {len({surname for (surname, _), _ in kept})} surnames")


def _count(known: Counter[tuple[str, str]], name: str, weight: int) -> None:
    read = read_name(name)
    _keep(known, read.surname, read.initials[:2], weight)


def _keep(known: Counter[tuple[str, str]], surname: str, initials: str, weight: int) -> None:
    if _SURNAME.fullmatch(surname):
        known[surname, initials] = max(known[surname, initials], weight)


if __name__ == "__main__":
    main()
