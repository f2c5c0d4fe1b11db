"""``bibliobot evaluate``: a file of questions through understanding and search, and how right they were."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot import app
from bot.asking import look_up
from bot.cli import scoring
from bot.cli.scoring import Answer, Line, Score
from bot.ports import Catalogue, Understanding
from bot.settings import load

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
)


def evaluate(config: Path | None, file: Path, catalogue_files: Sequence[Path], *, as_json: bool, errors: bool) -> int:
    """Answer every question of ``file`` and print how many answers were right.

    Args:
        config: The configuration whose store is asked where no catalogue is given.
        file: Questions, one JSON object a line (docs: readme of the message files).
        catalogue_files: Load these into a throw-away store and ask that one.
        as_json: Print figures for programs instead of tables.
        errors: List what went wrong, and why it was understood so.

    Raises:
        InputError: A file cannot be used.
        StoreUnavailable: The configured store does not answer.
    """
    questions = scoring.read(file)
    console = Console(stderr=as_json, highlight=False, soft_wrap=True)
    answers = asyncio.run(_answers(config, questions, catalogue_files))
    if as_json:
        sys.stdout.write(msgspec.json.encode(scoring.as_json(answers)).decode() + "\n")
    else:
        for table in _tables(answers):
            console.print(table)
    if errors:
        for answer in answers:
            if answer.wrong:
                console.print(_explained(answer))
    return 0


async def answer(catalogue: Catalogue, understanding: Understanding, line: Line) -> Answer:
    """One question as the bot would answer it: understood, and every book in it looked up."""
    requests = understanding.understand(line.text)
    asked = [request for request in requests if request.intent in scoring.BOOKISH] if line.about_a_book else []
    books = [found for request in asked for found in await look_up(catalogue, request)]
    return Answer(line=line, requests=requests, books=tuple(books))


@asynccontextmanager
async def throw_away(files: Sequence[Path]) -> AsyncIterator[Catalogue]:
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
        async with app.opened(settings, folder) as what:
            await load_files(SqlCatalogueWriter(what.database, what.clock), sources, Plan())
            await what.catalogue.start()
            yield what.catalogue


@asynccontextmanager
async def _configured(config: Path | None) -> AsyncIterator[tuple[Catalogue, Understanding]]:
    settings, folder = load(config)
    async with app.opened(settings, folder) as what:
        await what.catalogue.start()
        await what.catalogue.catch_up()  # an index of yesterday would be measured otherwise
        yield what.library.catalogue, app.understanding(what.synonyms, app.intents_of(app.handler_table(settings)))


@asynccontextmanager
async def _asked(config: Path | None, files: Sequence[Path]) -> AsyncIterator[tuple[Catalogue, Understanding]]:
    """What the questions go to: the configured store as it is, or a throw-away one that nobody has taught."""
    if files:
        from understanding.understander import PhraseUnderstanding

        async with throw_away(files) as catalogue:
            yield catalogue, PhraseUnderstanding()
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
    return [
        _table("all questions", {"": Score.of(answers)}),
        _table("by intent", scoring.by_intent(answers)),
        _table("by tag", scoring.by_tag(answers)),
    ]


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
        shown = ", ".join(f"{work.author}|{work.title}" for work in found.works[:5]) or "nothing"
        lines.append(escape(f"    {found.verdict}: {shown}"))
    if answer.line.groups:
        wanted = "; ".join(" or ".join(group) for group in answer.line.groups)
        lines.append(escape(f"    right: {wanted}"))
    return "\n".join(lines)
