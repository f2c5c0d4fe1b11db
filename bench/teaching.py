"""How long a librarian waits to see what a lesson would change: ``python -m bench teaching [--answers 200]``.

A library with so many answers, three wordings each; 300 missed questions and those that come with the bot. Cold is
the first trial of a process, warm every other; beside it how far a reader's turn on the same loop was held up.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter, process_time

from bot.clock import SystemClock
from bot.engine.rehearsal import Rehearsal
from bot.lessons import Lesson
from bot.ports.library import FaqEntry
from bot.quick import replace
from bot.teaching import Synonym, SynonymKind
from db.connect import connect
from db.migrate import upgrade
from tests.support.fake_library import CENTRAL, FakeCatalogue, at
from tests.support.lessons import school
from understanding.topics import known_questions

WORDS = "книга зал билет чтение кружок встреча урок выставка музей сказка компьютер принтер газета журнал карта".split()  # noqa: SIM905
DOGS = FaqEntry(topic="own.dogs", language="ru", answer="С собаками можно.", questions=("можно с собакой", "собаки"))
RULES = FaqEntry(topic="rules", language="ru", answer="Все правила здесь.", questions=("правила библиотеки",))
LESSONS = {
    "an answer of one's own": Lesson(answers=(DOGS,)),
    "an answer on all rules": Lesson(answers=(RULES,)),
    "the same again": Lesson(answers=(RULES,)),
    "a name for a book": Lesson(synonyms=(Synonym(kind=SynonymKind.TITLE, said="гп", meant="Гарри Поттер"),)),
    "a phrase": Lesson(synonyms=(Synonym(kind=SynonymKind.PHRASE, said="вы там живы", meant="hours"),)),
}


def main(argv: Sequence[str]) -> int:
    """Run the measurement and print a line a lesson."""
    parser = argparse.ArgumentParser(prog="python -m bench teaching", description=__doc__)
    parser.add_argument("--answers", type=int, default=200)
    asyncio.run(_measure(parser.parse_args(argv).answers))
    return 0


async def _measure(answers: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bb-teaching-") as folder:
        database, clock = await connect(f"sqlite:///{Path(folder) / 'teaching.sqlite3'}"), SystemClock()
        await upgrade(database)
        books = FakeCatalogue()
        books.holds("Гарри Поттер", "Дж. К. Роулинг", at(CENTRAL, 1, 1))
        house = school(database, clock, books, questions=known_questions())
        await house.faq.put([_entry(number) for number in range(answers)])
        stage = replace(house.rehearsal._stage, frequent=_missed)
        print(f"{answers} answers, {len(known_questions())} questions of the bot's own, 300 missed")
        print(f"{'':28}{'ms':>8}{'CPU ms':>8}{'turn held up':>14}{'tried':>8}{'known':>8}{'change':>8}")
        rehearsal = Rehearsal(stage)
        await _tried("cold: an answer", rehearsal, LESSONS["an answer of one's own"])
        rehearsal.prepare()
        assert rehearsal._warming is not None
        await rehearsal._warming
        for name, lesson in LESSONS.items():
            await _tried(name, rehearsal, lesson)
        await database.aclose()


async def _tried(name: str, rehearsal: Rehearsal, lesson: Lesson) -> None:
    held = [0.0]
    watching = asyncio.create_task(_watch(held))
    await asyncio.sleep(0.01)
    cpu = process_time()
    effects = await rehearsal.effects(lesson)
    cpu = process_time() - cpu
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    figures = f"{effects.spent_s * 1000:8.0f}{cpu * 1000:8.0f}{held[0] * 1000:14.0f}{effects.asked:8}{effects.known:8}"
    print(f"{name:28}{figures}{len(effects.changes):8}", flush=True)


async def _watch(held: list[float]) -> None:
    """The longest time for which the loop let nobody else go on."""
    while True:
        began = perf_counter()
        await asyncio.sleep(0.001)
        held[0] = max(held[0], perf_counter() - began - 0.001)


def _entry(number: int) -> FaqEntry:
    pick = [WORDS[(number * step + step) % len(WORDS)] for step in (1, 2, 4, 7)]
    questions = (" ".join(pick), f"где {pick[0]} и {pick[1]}", f"сколько стоит {pick[2]} {number}")
    return FaqEntry(topic=f"own.{number}", language="ru", answer=f"Ответ {number}.", questions=questions)


async def _missed(limit: int) -> Sequence[tuple[str, str]]:
    return [(f"{WORDS[n % 15]} {WORDS[n // 15 % 15]} {WORDS[n * 7 % 15]} {n}", "ru") for n in range(limit)]
