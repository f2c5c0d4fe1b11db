"""``bibliobot evaluate``: a file of questions through understanding and search, and how right they were."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.app.answering import handler_table, intents_of, understanding
from bot.app.store import opened
from bot.asking import look_up
from bot.cli import comparing, scoring
from bot.cli.scoring import Answer, Line, Score
from bot.engine.titles import Titled
from bot.ports.catalogue import Catalogue
from bot.ports.understanding import Understanding
from bot.quick import dataclass
from bot.settings import load

if TYPE_CHECKING:
    from catalogue.finder import IndexedCatalogue

_AT_ONCE = 8
"""Questions in hand at the same time."""
_COLUMNS = (
    ("n", "n"),
    ("intent", "intent_accuracy"),
    ("recall@1", "recall_at_1"),
    ("recall@5", "recall_at_5"),
    ("absent", "absent_correct"),
    ("wrong found", "wrong_found"),
    ("wrong not found", "wrong_not_found"),
    ("slots", "slots_accuracy"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of the command.

    Attributes:
        catalogues: Load these into a throw-away store and ask that one; else the configured store is asked.
        as_json: Print figures for programs instead of tables.
        details: Also what confidences were worth; in the JSON every question, too: ``against`` of a later run needs it.
        errors: List what went wrong, and why it was understood so.
        against: What an earlier run printed as JSON.
    """

    catalogues: Sequence[Path] = ()
    as_json: bool = False
    details: bool = False
    errors: bool = False
    against: Path | None = None


def evaluate(config: Path | None, files: Sequence[Path], asked: Asked) -> int:
    """Answer every question of ``files`` and print how many answers were right.

    Args:
        config: The configuration whose store is asked where no catalogue is given.
        files: Questions, one JSON object a line (docs: readme of the message files).
        asked: The options.

    Raises:
        InputError: A file cannot be used.
        StoreUnavailable: The configured store does not answer.
    """
    questions = [line for file in files for line in scoring.read(file)]
    before = comparing.earlier(asked.against) if asked.against else None
    console = Console(stderr=asked.as_json, highlight=False, soft_wrap=True)
    answers = asyncio.run(_answers(config, questions, asked.catalogues))
    if asked.as_json:
        figures = scoring.in_detail(answers) if asked.details else scoring.as_json(answers)
        sys.stdout.write(msgspec.json.encode(figures).decode() + "\n")
    else:
        for table in _tables(answers):
            console.print(table)
        if asked.details:
            console.print(_sureness(answers))
    if asked.errors:
        for answer in answers:
            if answer.wrong:
                console.print(_explained(answer))
    if before is not None:
        for line in _compared(before, scoring.in_detail(answers)):
            console.print(line)
    return 0


async def answer(catalogue: Catalogue, understanding: Understanding, line: Line) -> Answer:
    """One question as the bot would answer it: understood, and every book in it looked up."""
    requests = understanding.understand(line.text)
    asked = [request for request in requests if request.intent in scoring.BOOKISH] if line.about_a_book else []
    books = [found for request in asked for found in await look_up(catalogue, request)]
    return Answer(line=line, requests=requests, books=tuple(books))


@asynccontextmanager
async def throw_away(files: Sequence[Path]) -> "AsyncIterator[IndexedCatalogue]":
    """A catalogue loaded from files, in a folder that is gone afterwards; the environment has no say in it.

    Raises:
        InputError: A file is no catalogue.
    """
    from catalogue.importers import recognise
    from catalogue.loading import Plan, load_files
    from db.catalogue import SqlCatalogueWriter

    sources = [recognise(file) for file in files]
    with tempfile.TemporaryDirectory(prefix="bibliobot-") as name:
        nothing = Path(name) / "config.yaml"
        nothing.touch()
        settings, folder = load(nothing, environ={})
        async with opened(settings, folder) as what:
            await load_files(SqlCatalogueWriter(what.database, what.clock), sources, Plan())
            await what.catalogue.start()
            yield what.catalogue


@asynccontextmanager
async def _configured(config: Path | None) -> AsyncIterator[tuple[Catalogue, Understanding]]:
    settings, folder = load(config)
    async with opened(settings, folder) as what:
        await what.catalogue.start()
        await what.catalogue.catch_up()  # an index of yesterday would be measured otherwise
        table = handler_table(settings)
        yield what.library.catalogue, understanding(what.synonyms, intents_of(table), what.catalogue)


@asynccontextmanager
async def _asked(config: Path | None, files: Sequence[Path]) -> AsyncIterator[tuple[Catalogue, Understanding]]:
    """What the questions go to: the configured store as it is, or a throw-away one that nobody has taught."""
    if files:
        from understanding.understander import PhraseUnderstanding

        async with throw_away(files) as catalogue:
            yield catalogue, Titled(PhraseUnderstanding(), catalogue)
    else:
        async with _configured(config) as both:
            yield both


async def _answers(config: Path | None, questions: Sequence[Line], files: Sequence[Path]) -> list[Answer]:
    async with _asked(config, files) as (catalogue, understanding):
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(line: Line) -> Answer:
            async with gate:
                return await answer(catalogue, understanding, line)

        return list(await asyncio.gather(*[one(line) for line in questions]))


def _tables(answers: Sequence[Answer]) -> list[Table]:
    tables = [_table("all questions", {"": Score.of(answers)})]
    if len(files := scoring.by_file(answers)) > 1:
        tables.append(_table("by file", files))
    tables += [_table("by intent", scoring.by_intent(answers)), _table("by tag", scoring.by_tag(answers))]
    if slots := scoring.by_slot(answers):
        table = Table(title="by slot", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column("", no_wrap=True)
        for heading in ("n", "picked out"):
            table.add_column(heading, justify="right")
        for name, (n, share) in slots.items():
            table.add_row(escape(name), str(n), f"{share:.1%}")
        tables.append(table)
    return tables


def _sureness(answers: Sequence[Answer]) -> Table:
    """What a confidence was worth."""
    table = Table(title="by confidence", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", no_wrap=True)
    for heading in ("n", "claimed", "right"):
        table.add_column(heading, justify="right")
    for name, step in scoring.by_confidence(answers).items():
        table.add_row(name, str(step.n), f"{step.claimed:.1%}", f"{step.right:.1%}")
    return table


def _compared(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Better, worse, and the questions behind it."""
    changed = comparing.changes(before, now)
    if before["n"] != now["n"]:
        yield f"other questions: {now['n']} now, {before['n']} then"
    for heading, wanted in (("better", True), ("worse", False)):
        found = [change for change in changed if (change.gain > 0) is wanted]
        yield f"[bold]{heading}[/]: {len(found) or 'nothing'}"
        for change in found:
            figure = change.figure.replace("_", " ")
            yield escape(f"  {change.place or 'all questions'}, {figure}: {change.before:.1%} → {change.now:.1%}")
    questions = comparing.turned(before, now)
    if questions is None:
        yield "the earlier run names no questions: make it with --json --details to see which changed"
        return
    for heading, turned in zip(("right now", "wrong now", "wrong in another way"), questions, strict=True):
        yield f"[bold]{heading}[/]: {len(turned) or 'no question'}"
        for one in turned:
            told = "; ".join(one.now or one.before)
            yield escape(f"  {one.key} {one.text}: {'was: ' if not one.now else ''}{told}")


def _table(title: str, rows: Mapping[str, Score]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", no_wrap=True, min_width=max(map(len, rows)))
    for heading, _ in _COLUMNS:
        table.add_column(heading, justify="right", no_wrap=" " not in heading)
    for name, score in rows.items():
        table.add_row(escape(name), *[_figure(getattr(score, column)) for _, column in _COLUMNS])
    return table


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.1%}"


def _explained(answer: Answer) -> str:
    """What went wrong with a question, what was shown for it, and why it was understood so."""
    lines = [f"[bold]{escape(answer.line.id)}[/] {escape(answer.line.text)}: {escape('; '.join(answer.wrong))}"]
    for request in answer.requests:
        sought = f" «{request.rest}»" if request.intent in scoring.BOOKISH else ""
        why = "; ".join(request.because)
        lines.append(escape(f"    {request.intent} {request.confidence:.2f}{sought} ({why})"))
    for found in answer.books:
        lines += [escape(f"    synonym: {said}") for said in found.synonyms]
        shown = ", ".join(f"{work.author}|{work.title}" for work in found.works[:5]) or "nothing"
        lines.append(escape(f"    {found.verdict}: {shown}"))
    if answer.line.groups:
        wanted = "; ".join(" or ".join(group) for group in answer.line.groups)
        lines.append(escape(f"    right: {wanted}"))
    return "\n".join(lines)
