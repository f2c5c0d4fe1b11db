"""A list of books as its rows stand, for questions to be made from."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.language.folding import fold, words
from bot.language.isbn import isbn13
from catalogue.names import read_name, split_authors

_SUBTITLE = re.compile(r"\s*(?:[:(\[/].*|\.\s.*|\s[-–—]\s.*)$")
_SERIES = re.compile(r"(.+?)\s#(\d{1,2})$")


@dataclass(frozen=True, slots=True)
class Book:
    """A row of a list of books."""

    title: str
    author: str
    isbn: str = ""
    series: str = ""
    number: str = ""
    grade: str = ""

    @property
    def row(self) -> str:
        """As a question's ``expected`` names it."""
        return f"{self.author}|{self.title}"

    @property
    def main(self) -> str:
        """The title before its subtitle."""
        return _SUBTITLE.sub("", self.title).strip() or self.title

    @property
    def surname(self) -> str:
        """Of the first author, as it is written; "" where it cannot be told."""
        first = next(iter(split_authors(self.author)), "")
        known = read_name(first).surname
        return next((word for word in re.findall(r"[\w-]+", first) if fold(word) == known), "")

    @property
    def english(self) -> bool:
        """Whether the title has no Cyrillic letter."""
        return not re.search("[а-яё]", self.title.lower())


@dataclass(slots=True)
class Books:
    """All rows, and what tells them apart."""

    rows: list[Book]
    by_title: dict[str, list[Book]] = field(default_factory=lambda: defaultdict(list))
    series: dict[tuple[str, str], list[Book]] = field(default_factory=lambda: defaultdict(list))
    words: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        """Index the titles."""
        for place, book in enumerate(self.rows):
            for title in {fold(book.title), fold(book.main)}:
                self.by_title[title].append(book)
            if book.number:
                self.series[fold(book.series), book.number].append(book)
            for word in set(words(book.title)):
                self.words[word].add(place)

    def with_words(self, said: Sequence[str]) -> list[Book]:
        """Books whose title has all of the words."""
        places = set.intersection(*(self.words.get(word, set()) for word in said)) if said else set()
        return [self.rows[place] for place in sorted(places)]


def read_books(files: Iterable[Path]) -> list[Book]:
    """The books of lists in the columns of ``books_ru.csv``, of goodbooks, or of the demonstration's works."""
    found: dict[str, Book] = {}
    for file in files:
        with file.open(encoding="utf-8", newline="") as lines:
            delimiter = ";" if ";" in lines.readline() else ","
            lines.seek(0)
            for row in csv.DictReader(lines, delimiter=delimiter):
                title = row.get("title") or row.get("заглавие") or ""
                author = row.get("author") or row.get("authors") or row.get("автор") or ""
                series = _SERIES.match(row.get("series") or row.get("серия") or "")
                book = Book(
                    title=title,
                    author=author,
                    isbn=isbn13(row.get("isbn13") or row.get("isbn") or ""),
                    series=series[1] if series else "",
                    number=series[2] if series else "",
                    grade=row.get("grade") or row.get("класс") or "",
                )
                if title:
                    found.setdefault(book.row, book)
    return list(found.values())
