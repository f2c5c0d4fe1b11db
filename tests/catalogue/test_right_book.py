"""The right book first, and an honest no: a small run of ``bench recall``, below whose floor no change may go."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bench import recall
from bot.cli.scoring import Answer, Score

EVERY = 6
"""Every sixth work of the demonstration: what a search can find loads in a second."""
FLOORS = {
    "exact": 0.9, "author+title": 0.9, "inflected": 0.85, "typo 1": 0.9, "translit": 0.85, "layout": 0.9,
    "series": 0.85, "isbn13": 1.0, "isbn10": 1.0, "isbn dashes": 1.0, "isbn bad": 1.0,
}  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def answers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[Answer]]:
    folder: Path = tmp_path_factory.mktemp("recall")
    whole = recall.demo_works(folder)
    heading, *rows = whole.read_text("utf-8").splitlines(keepends=True)
    some = folder / "some.csv"
    some.write_text(heading + "".join(rows[::EVERY]), "utf-8")
    yield await recall.measure([some], folder, each=10, out=50)


def _of(answers: list[Answer], tag: str) -> list[Answer]:
    return [answer for answer in answers if answer.line.tags == [tag]]


@pytest.mark.parametrize(("tag", "floor"), FLOORS.items())
def test_the_right_book_is_first(answers: list[Answer], tag: str, floor: float) -> None:
    asked = _of(answers, tag)
    score = Score.of(asked)
    told = "\n".join(f"{each.line.text}: {'; '.join(each.wrong)}" for each in asked if not each.hit(1))

    assert len(asked) >= 10
    assert score.recall_at_1 is not None
    assert score.recall_at_1 >= floor, told


def test_a_book_that_is_not_there_is_not_found(answers: list[Answer]) -> None:
    asked = [*_of(answers, "absent"), *_of(answers, "absent+author")]
    score = Score.of(asked)
    told = "\n".join(each.line.text for each in asked if each.said_yes)

    assert len(asked) >= 100
    assert score.absent_correct is not None
    assert score.absent_correct >= 0.85, told


def test_a_wrong_book_is_seldom_told_as_the_right_one(answers: list[Answer]) -> None:
    asked = [answer for answer in answers if answer.line.groups]
    told = "\n".join(f"{each.line.text}: {'; '.join(each.wrong)}" for each in asked if each.wrong_found)

    assert sum(answer.wrong_found for answer in asked) <= 0.04 * len(asked), told
