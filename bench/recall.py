"""The right book first, by kind of question, over a real list of books; and an honest no for books taken out of it.

``python -m bench recall [--books LIST.csv …] [--each 60] [--withhold 100] [--half tune|held|both] [--errors [TAG]]``

Without ``--books`` the demonstration's works are asked for. Books of both halves are in the catalogue; ``tune`` may be
looked at, ``held`` is only measured. ``--withhold`` takes so many books out of the catalogue before it is loaded:
their near neighbours stay. Books that the development questions name are not asked for.
"""

import argparse
import asyncio
import csv
import gzip
import json
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from bench._books import Book, Books, read_books
from bench._readers import Asked, absent, is_held_out, messages, withheld
from bot.cli import evaluation
from bot.cli.scoring import Answer, Line, Score
from bot.language.folding import fold
from understanding.understander import PhraseUnderstanding

ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT = ROOT / "tests" / "data" / "queries"
BOOKS = ROOT / "demo" / "books.csv.gz"
_FIGURES = ("recall_at_1", "recall_at_5", "absent_correct", "wrong_found", "wrong_not_found")


def main(argv: Sequence[str]) -> int:
    """Run the measurement and print a table a half."""
    parser = argparse.ArgumentParser(prog="python -m bench recall", description=__doc__)
    parser.add_argument("--books", type=Path, action="append", help="a list of books; may be repeated")
    parser.add_argument("--each", type=int, default=60, help="messages of each kind in each half")
    parser.add_argument("--withhold", type=int, default=200, help="books taken out of the catalogue")
    parser.add_argument("--half", choices=("tune", "held", "both"), default="both")
    parser.add_argument("--errors", nargs="?", const="", help="list what went wrong (of one tag), never of held")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bb-recall-") as name:
        folder = Path(name)
        files = options.books or [demo_works(folder)]
        answers = asyncio.run(measure(files, folder, each=options.each, out=options.withhold, half=options.half))
    for half, told in (("tune", False), ("held", True)):
        if mine := [answer for answer in answers if answer.line.intents == [half]]:
            print(f"\n{half}: {len(mine)} messages\n{table(mine)}")
            if options.errors is not None and not told:
                print("\n".join(line for answer in mine for line in _error(answer, options.errors)))
    return 0


async def measure(files: Sequence[Path], folder: Path, *, each: int, out: int, half: str = "both") -> list[Answer]:
    """Load the lists without what is withheld, ask, and score; an answer's ``line.intents`` names its half."""
    rows = read_books(files)
    gone = withheld(rows, out)
    titles = {fold(book.main) for book in gone}
    kept = [without(file, titles, folder) for file in files]
    books = Books([book for book in rows if fold(book.main) not in titles])
    named = _named_in_development()
    asked = [(one, book) for one, book in messages(books, each) if fold(book.main) not in named]
    asked += [(one, book) for book in gone for one in absent([book])]
    understanding = PhraseUnderstanding()
    lines = [_line(one, book, number) for number, (one, book) in enumerate(asked)]
    lines = [line for line in lines if half in ("both", line.intents[0])]
    async with evaluation.throw_away(kept) as catalogue:
        return [await evaluation.answer(catalogue, understanding, line) for line in lines]


def table(answers: Sequence[Answer]) -> str:
    """Shares by tag, in percent."""
    by_tag: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_tag[answer.line.tags[0]].append(answer)
    lines = [f"{'':18}{'n':>6}" + "".join(f"{name.replace('_', ' '):>17}" for name in _FIGURES)]
    for name, some in (("all", answers), *by_tag.items()):
        score = Score.of(some)
        figures = [getattr(score, figure) for figure in _FIGURES]
        lines.append(
            f"{name:18}{len(some):6}" + "".join(f"{'' if one is None else f'{one:.1%}':>17}" for one in figures)
        )
    return "\n".join(lines)


def demo_works(folder: Path) -> Path:
    """The demonstration's works, each once and without copies."""
    file, met = folder / "works.csv", set[str]()
    with gzip.open(BOOKS, "rt", encoding="utf-8", newline="") as rows, file.open("w", encoding="utf-8") as kept:
        names = ("id", "автор", "заглавие", "год", "isbn", "жанр", "серия", "класс")
        made = csv.DictWriter(kept, names, delimiter=";", extrasaction="ignore")
        made.writeheader()
        for row in csv.DictReader(rows, delimiter=";"):
            if row["id"] not in met:
                met.add(row["id"])
                made.writerow(row)
    return file


def without(file: Path, titles: set[str], folder: Path) -> Path:
    """The list without these titles, whoever wrote them."""
    lesser = folder / f"kept-{file.name}"
    with file.open(encoding="utf-8", newline="") as rows, lesser.open("w", encoding="utf-8", newline="") as kept:
        delimiter = ";" if ";" in rows.readline() else ","
        rows.seek(0)
        table_ = csv.DictReader(rows, delimiter=delimiter)
        made = csv.DictWriter(kept, table_.fieldnames or (), delimiter=delimiter)
        made.writeheader()
        for row in table_:
            title = row.get("title") or row.get("заглавие") or ""
            if not {fold(title), fold(Book(title, "").main)} & titles:
                made.writerow(row)
    return lesser


def _named_in_development() -> set[str]:
    named: set[str] = set()
    for file in DEVELOPMENT.glob("*.jsonl"):
        for line in file.read_text("utf-8").splitlines():
            question = json.loads(line)
            rows = [*(question.get("expected") or ()), *(row for g in question.get("expected_groups", ()) for row in g)]
            named |= {fold(Book(row.partition("|")[2], "").main) for row in rows}
    return named


def _line(asked: Asked, book: Book, number: int) -> Line:
    return Line(
        id=f"r{number:05d}",
        text=asked.text,
        intent="search",
        intent_ok=["search", "availability"],
        expected=list(asked.rows),
        intents=["held" if is_held_out(book) else "tune"],
        tags=[asked.tag],
    )


def _error(answer: Answer, tag: str) -> list[str]:
    if (not answer.wrong and not answer.wrong_found) or tag not in ("", answer.line.tags[0]):
        return []
    sought = " / ".join(f"{request.intent} «{request.rest}»" for request in answer.requests)
    told = f"[{answer.line.tags[0]}] {answer.line.text}: {'; '.join(answer.wrong)}"
    shown = [
        f"{found.verdict} {score:.3f} {work.author}|{work.title}"
        for found in answer.books
        for work, score in list(zip(found.works, found.scores, strict=True))[:3]
    ]
    right = "; ".join((answer.line.expected or ["nothing"])[:3])
    return [told, f"    {sought}", *(f"    {line}" for line in shown), f"    right: {right}"]
