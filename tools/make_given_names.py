"""Derives ``catalogue/given_names.txt``: which words are given names, in lists that write the given name first.

``python -m tools.make_given_names authors_ru_wikidata.csv books_ru.csv``. A word counts as a given name where it
opens names and closes hardly any. The source of the first file is Wikidata (CC0).
"""

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.language.folding import words

TARGET = Path(__file__).parent.parent / "catalogue" / "given_names.txt"
PATRONYMIC = re.compile(r"\w{2,}(?:вич|ьич|кич|мич|вна|ична|инична)")
NATURAL_ORDER = {"classics", "readers-reviews", "drama"}
MIN_SEEN = 1
OPENS_PER_CLOSE = 3


def names(authors: Path, books: Path) -> Iterator[str]:
    """Names with the given name first."""
    with authors.open(encoding="utf-8") as rows:
        yield from (row["name"] for row in csv.DictReader(rows) if "," not in row["name"])
    with books.open(encoding="utf-8") as rows:
        yield from {row["author"] for row in csv.DictReader(rows) if row["source"] in NATURAL_ORDER}


def main() -> None:
    """Count first and last words; keep what is nearly always first."""
    first: Counter[str] = Counter()
    last: Counter[str] = Counter()
    for name in names(Path(sys.argv[1]), Path(sys.argv[2])):
        if re.search(r"[.,;(]", name):
            continue
        parts = words(name)
        if len(parts) < 2 or any(len(part) < 3 for part in (parts[0], parts[-1])):
            continue
        first[parts[0]] += 1 + 2 * (len(parts) == 3 and PATRONYMIC.fullmatch(parts[1]) is not None)
        last[parts[-1]] += 1
    kept = sorted(word for word, seen in first.items() if seen >= MIN_SEEN and seen >= OPENS_PER_CLOSE * last[word])
    TARGET.write_text("\n".join(kept) + "\n", encoding="utf-8")
    print(f"{len(kept)} given names")


if __name__ == "__main__":
    main()
