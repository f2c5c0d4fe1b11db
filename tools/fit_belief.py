"""Fits the weights of ``catalogue/index/belief.py``: ``python -m tools.fit_belief [LIST.csv …]``.

Made-up readers' messages over a list of books (the demonstration's works where none is given), 700 books of it
withheld: logistic regression over the half that may be tuned on, measured on the other half. Prints the weights to
be copied, and what they come to at several thresholds beside the plain score.
"""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bench import recall
from bench._books import Books, read_books
from bench._readers import Asked, absent, is_held_out, messages, withheld
from bot.asking import readings
from bot.cli import evaluation, scoring
from bot.language.folding import fold
from catalogue.finder import IndexedCatalogue
from catalogue.index.belief import RIVAL, Signs, signs
from understanding.understander import PhraseUnderstanding

EACH, WITHHELD = 150, 700
_NOT_OURS = ("isbn", "initials", "voice", "english")
"""Found by number, or hard because of how the message is taken apart: no measure of a candidate."""
_RIDGE = 0.5
Floats = npt.NDArray[np.float64]


class Seen(NamedTuple):
    """One message: whether it is held out, whether a book answers it, the candidate's score, its signs, is it right."""

    held: bool
    there: bool
    score: float
    signs: tuple[float, ...]
    right: bool


def main(files: Sequence[Path]) -> None:
    """Fit and print."""
    with tempfile.TemporaryDirectory(prefix="bb-belief-") as name:
        folder = Path(name)
        seen = asyncio.run(_collect(files or [recall.demo_works(folder)], folder))
    values = np.array([(1.0, *one.signs) for one in seen])
    right = np.array([one.right for one in seen], dtype=float)
    held = np.array([one.held for one in seen])
    weights = _fit(values[~held], right[~held])
    print(f"CONSTANT = {weights[0]:.2f}")
    print(f"WEIGHTS = Signs({', '.join(f'{f.name}={w:.2f}' for f, w in zip(fields(Signs), weights[1:], strict=True))})")
    likely = 1 / (1 + np.exp(-values @ weights))
    scores = np.array([one.score for one in seen])
    there = np.array([one.there for one in seen])
    for half, mask in (("tuned on", ~held), ("held out", held)):
        print(f"{half}: {mask.sum()} messages with a candidate")
        for what, measure, thresholds in (("score", scores, (0.75, 0.8)), ("belief", likely, (0.4, 0.45, 0.5, 0.6))):
            for threshold in thresholds:
                yes = measure >= threshold
                print(
                    f"  {what} {threshold:.2f}: right {(yes & (right > 0))[mask & there].mean():.1%}, "
                    f"wrong {(yes & (right == 0))[mask & there].mean():.1%}, absent {1 - yes[mask & ~there].mean():.1%}"
                )


async def _collect(files: Sequence[Path], folder: Path) -> list[Seen]:
    rows = read_books(files)
    gone = withheld(rows, WITHHELD)
    titles = {fold(book.main) for book in gone}
    kept = [recall.without(file, titles, folder) for file in files]
    books = Books([book for book in rows if fold(book.main) not in titles])
    asked = [(one, is_held_out(book)) for one, book in messages(books, EACH) if not one.tag.startswith(_NOT_OURS)]
    asked += [(one, is_held_out(book)) for book in gone for one in absent([book])]
    understanding = PhraseUnderstanding()
    async with evaluation.throw_away(kept) as catalogue:
        assert isinstance(catalogue, IndexedCatalogue)
        found = [await _one(catalogue, understanding, one, held) for one, held in asked]
    return [one for one in found if one is not None]


async def _one(
    catalogue: IndexedCatalogue, understanding: PhraseUnderstanding, asked: Asked, held: bool
) -> Seen | None:
    requests = [one for one in understanding.understand(asked.text) if one.intent in scoring.BOOKISH]
    ways = readings(requests[0]) if requests else ()
    if not ways:
        return None
    question, ranked = catalogue.ranked(ways[0])
    if not ranked or ranked[0].by_author:
        return None
    alike = [one for one in ranked[:5] if one.score >= ranked[0].score - RIVAL]
    works = [await catalogue.card(one.work.work_id) for one in alike]
    right = any(scoring.fits(row, work) for row in asked.rows for work in works if work is not None)
    return Seen(held, bool(asked.rows), ranked[0].score, astuple(signs(question, ranked)), right)


def _fit(values: Floats, right: Floats) -> Floats:
    """Logistic regression by Newton's steps, with a little ridge."""
    scale = values.std(axis=0)
    scale[scale == 0] = 1
    scaled, weights = values / scale, np.zeros(values.shape[1])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (right - likely) - _RIDGE * weights
        bend = (scaled * (likely * (1 - likely))[:, None]).T @ scaled + _RIDGE * np.eye(len(weights))
        weights = weights + np.linalg.solve(bend, slope)
    fitted: Floats = weights / scale
    return fitted


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
