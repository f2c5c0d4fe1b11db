"""The floor below which answers to the development questions may not fall: ``python -m tools.floor``.

``--raise`` writes what is reached now into ``tests/data/floor.json``, one question below it, and never lowers anything:
who lowers a floor edits the file, for all to see. The file says which figures count; English books are not in
the demonstration's catalogue, so of the English questions only the intents do.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from math import floor as rounded_down
from pathlib import Path

from bench.recall import demo_works
from bot.cli import evaluation, scoring
from bot.cli.comparing import LESS_IS_BETTER
from bot.cli.scoring import Answer, Score
from understanding.understander import PhraseUnderstanding

ROOT = Path(__file__).resolve().parent.parent
FLOOR = ROOT / "tests" / "data" / "floor.json"
QUESTIONS = ROOT / "tests" / "data" / "queries"
DISTRICT = ROOT / "demo" / "district.mrc.gz"
EACH_INTENT = "each intent"

Floor = dict[str, dict[str, dict[str, float]]]
"""File of questions → ``all``, ``each intent``, ``intent NAME`` or ``tag NAME`` → figure → least (or most) allowed."""


async def measured(files: Iterator[str]) -> dict[str, list[Answer]]:
    """Every question of the files answered from the demonstration's catalogue."""
    understanding = PhraseUnderstanding()
    with tempfile.TemporaryDirectory(prefix="bb-floor-") as name:
        async with evaluation.throw_away([demo_works(Path(name)), DISTRICT]) as catalogue:
            return {
                file: [await evaluation.answer(catalogue, understanding, line) for line in scoring.read(_path(file))]
                for file in files
            }


def _path(file: str) -> Path:
    """Where a file of questions lies: beside the shared ones, or under ``tests/`` as the floor names it."""
    return QUESTIONS / file if "/" not in file else ROOT / "tests" / file


def scores(place: str, answers: list[Answer]) -> Mapping[str, Score]:
    """The scores that a place of the floor speaks of, by name."""
    if place == "all":
        return {place: Score.of(answers)}
    if place == EACH_INTENT:
        return {f"intent {name}": score for name, score in scoring.by_intent(answers).items()}
    group, _, name = place.partition(" ")
    found = scoring.by_tag(answers) if group == "tag" else scoring.by_intent(answers)
    return {place: found[name]} if name in found else {}


def faults(floor: Floor, answers: Mapping[str, list[Answer]]) -> list[str]:
    """What lies below the floor, a line each."""
    found = []
    for file, places in floor.items():
        for place, figures in places.items():
            there = scores(place, answers[file])
            if not there:
                found.append(f"{file}: no question for {place!r}")
            for name, score in there.items():
                for figure, least in figures.items():
                    value = getattr(score, figure)
                    if value is not None and _below(figure, value, least):
                        found.append(f"{file}: {name}: {figure} is {value:.4f}, the floor is {least:.4f}")
    return found


def raised(floor: Floor, answers: Mapping[str, list[Answer]]) -> Floor:
    """The floor one question below what is reached now, nowhere lower than it was."""
    return {
        file: {
            place: {figure: _raised(figure, least, scores(place, answers[file])) for figure, least in figures.items()}
            for place, figures in places.items()
        }
        for file, places in floor.items()
    }


def _below(figure: str, value: float, least: float) -> bool:
    return value > least if figure in LESS_IS_BETTER else value < least


def _raised(figure: str, least: float, there: Mapping[str, Score]) -> float:
    reached: list[tuple[float, int]] = [
        (getattr(score, figure), score.n) for score in there.values() if getattr(score, figure) is not None
    ]
    if not reached:
        return least
    if figure in LESS_IS_BETTER:
        return min(least, max(-rounded_down(-(value + 1 / n) * 1000) / 1000 for value, n in reached))
    return max(least, min(rounded_down((value - 1 / n) * 1000) / 1000 for value, n in reached))


def main(argv: list[str]) -> int:
    """Measure; 1 where something lies below the floor."""
    parser = argparse.ArgumentParser(prog="python -m tools.floor", description=__doc__)
    parser.add_argument("--raise", action="store_true", dest="up", help="write what is reached now into the file")
    options = parser.parse_args(argv)
    floor: Floor = json.loads(FLOOR.read_text("utf-8"))
    answers = asyncio.run(measured(iter(floor)))
    found = faults(floor, answers)
    for fault in found:
        print(fault)
    for file, each in answers.items():
        score = Score.of(each)
        told = ", ".join(f"{name} {getattr(score, name):.1%}" for name in floor[file]["all"])
        print(f"{file}: {told}")
    if options.up and not found:
        FLOOR.write_text(json.dumps(raised(floor, answers), indent=2) + "\n", "utf-8")
        print(f"raised: {FLOOR.relative_to(ROOT)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
