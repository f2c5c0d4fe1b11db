"""Books shown to readers who asked for none: messages about no book, put to the search.

``python -m bench unasked [--errors] [FILE…]``

Every message of the held files of tests/understanding that is about no book goes to the demonstration's catalogue
twice: as if it had been heard as a search, which shows what the search itself would suggest, and as it really is heard.
Counted is how often books are shown as found and how often they are only asked about.
"""

import argparse
import asyncio
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.recall import ROOT, demo_works
from bot.asking import look_up
from bot.cli import evaluation, scoring
from bot.engine.titles import Titled
from bot.ports.catalogue import Found, Verdict
from bot.ports.understanding import Request
from understanding.understander import PhraseUnderstanding

MESSAGES = tuple(sorted((ROOT / "tests" / "understanding").glob("messages_*held*.jsonl")))
ABOUT_BOOKS = frozenset({"search", "availability", "recommend", "hold", "renew", "suggest_purchase"})
_SHOWN = {Verdict.FOUND: "told", Verdict.CHOICE: "told", Verdict.NEAR: "asked about"}


def main(argv: Sequence[str]) -> int:
    """Run the measurement and print both counts."""
    parser = argparse.ArgumentParser(prog="python -m bench unasked", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=MESSAGES)
    parser.add_argument("--errors", action="store_true", help="list what is shown where the search alone is asked")
    options = parser.parse_args(argv)
    lines = [line for file in options.files for line in scoring.read(file) if ABOUT_BOOKS.isdisjoint(line.intent_ok)]
    with tempfile.TemporaryDirectory(prefix="bb-unasked-") as name:
        searched, heard = asyncio.run(_measure(lines, [demo_works(Path(name)), ROOT / "demo" / "district.mrc.gz"]))
    for title, shown in (("as if a search", searched), ("as it is heard", heard)):
        print(f"{title}: {len(lines)} messages, {_counted(shown)}")
    if options.errors:
        for line, found in zip(lines, searched, strict=True):
            if found is not None and found.verdict in _SHOWN:
                titles = "; ".join(work.title for work in found.works[:3])
                print(f"{found.verdict.name:6} [{line.intent}] {line.text[:90]} → {titles}")
    return 0


async def _measure(
    lines: Sequence[scoring.Line], files: Sequence[Path]
) -> tuple[list[Found | None], list[Found | None]]:
    """The first answer of the catalogue to each message: asked as a search, and as the message is heard."""
    async with evaluation.throw_away(files) as catalogue:
        understanding = Titled(PhraseUnderstanding(), catalogue)
        searched, heard = list[Found | None](), list[Found | None]()
        for line in lines:
            as_search = Request(intent="search", confidence=1.0, rest=line.text)
            searched.append((await look_up(catalogue, as_search))[0])
            asked = [one for one in understanding.understand(line.text) if one.intent in scoring.BOOKISH]
            heard.append((await look_up(catalogue, asked[0]))[0] if asked else None)
    return searched, heard


def _counted(shown: Sequence[Found | None]) -> str:
    counted = Counter(_SHOWN[found.verdict] for found in shown if found is not None and found.verdict in _SHOWN)
    return f"told {counted['told']}, asked about {counted['asked about']}"
