"""The command line, a module a group of commands.

Exit codes: 0 done, 1 it failed (one line says why and what to do), 2 wrong use. Commands import
what they need when they run, so that ``--help`` and ``ask`` start quickly.
"""

import atexit
import gc
import importlib
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # it would read the papers of every package installed
from bot.cli import edge
from bot.errors import BibliobotError

app = typer.Typer(
    name="bibliobot",
    help="A public library talks with its readers in the messengers they already have.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
database = typer.Typer(no_args_is_help=True, help="The database's tables.")
app.add_typer(database, name="db")
synonyms = typer.Typer(no_args_is_help=True, help="What readers say and what they mean by it; in force at once.")
app.add_typer(synonyms, name="synonyms")

staff_group = typer.Typer(no_args_is_help=True, help="Who may come in at the librarians' console.")
app.add_typer(staff_group, name="staff")
card = typer.Typer(no_args_is_help=True, help="What the desk does with readers' cards; all of it is in the audit log.")
app.add_typer(card, name="card")
notices = typer.Typer(no_args_is_help=True, help="What readers were told by themselves.")
app.add_typer(notices, name="notices")

COLLECT_AFTER = (20_000, 20, 20)
"""What a command loads stays: with its usual figures the collector would look at it again and again."""
LARGEST = 2**63 - 1
"""What a database keeps as a whole number."""
Config = Annotated[
    Path | None, typer.Option("--config", help="The configuration; default ./config.yaml where it stands.")
]


@app.callback()
def before_any(context: typer.Context) -> None:
    """Before any command."""
    edge.tell_of_defaults(context.invoked_subcommand or "", sys.argv[1:], os.environ)
    structlog_alone()


def structlog_alone() -> None:
    """Structlog would load rich, and pygments, for tracebacks of a kind that we never print."""
    if "rich" not in sys.modules:
        sys.modules["rich"] = None  # type: ignore[assignment]  # the way to have an import refused
        try:
            importlib.import_module("structlog")
        finally:
            del sys.modules["rich"]


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where the demonstration keeps its data.")] = Path("demo-data"),
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the web chat; the next free one if taken.")
    ] = 8080,
    messengers: Annotated[
        bool, typer.Option("--messengers", help="Phones of all messengers on one page (in a copy of the source).")
    ] = False,
) -> None:
    """Start everything with a real catalogue; no tokens, no configuration."""
    from bot.cli import service

    raise typer.Exit(service.demo(folder, port, messengers=messengers))


@app.command()
def run(
    config: Config = None,
    role: Annotated[str, typer.Option(help="all, web, worker or sender (several processes need PostgreSQL).")] = "all",
) -> None:
    """Run the service until it is told to stop."""
    gc.disable()  # until all is there; the service turns it on
    try:
        from bot.cli import service

        raise typer.Exit(service.run(config, role))
    finally:
        gc.enable()


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="What the reader says; with --picture its caption.")] = "",
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    contact: Annotated[str, typer.Option(help="Go on as this reader; default is a new one.")] = "",
    explain: Annotated[bool, typer.Option(help="Print why it was understood so.")] = False,
    picture: Annotated[Path | None, typer.Option(help="A photograph that the reader sends: a book's barcode.")] = None,
) -> None:
    """One message as a reader; prints the answer."""
    from bot.cli import talk

    if not text and picture is None:
        raise typer.BadParameter("expected what the reader says, or --picture FILE")
    asked = talk.Asked(text=text, as_json=as_json, contact=contact, explain=explain, picture=picture)
    raise typer.Exit(talk.ask(config, asked))


@app.command()
def chat(config: Config = None) -> None:
    """A dialogue in the terminal."""
    from bot.cli import talk

    raise typer.Exit(talk.chat(config))


@app.command(name="import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="MARC21, MARCXML, RUSMARC, IRBIS, CSV or Excel.")],
    config: Config = None,
    kind: Annotated[str, typer.Option(help="catalogue, patrons, loans or faq.")] = "catalogue",
    branch: Annotated[
        str, typer.Option(help="Code of the branch whose copies these are, where the file does not say.")
    ] = "",
    encoding: Annotated[str, typer.Option(help="The file's charset, where the found one is wrong.")] = "",
    source: Annotated[
        str, typer.Option(help="Name of the system the file came from; default from the file's name.")
    ] = "",
    report: Annotated[Path | None, typer.Option(help="Where to list rejected records.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what would change.")] = False,
    accept_disappeared: Annotated[
        bool, typer.Option("--accept-disappeared", help="Yes, so many records are really gone from the source.")
    ] = False,
) -> None:
    """Load a catalogue, readers, loans or answers; running it again changes nothing."""
    from bot.cli import loading

    options = loading.Asked(
        kind=kind,
        branch=branch,
        encoding=encoding,
        source=source,
        report=report,
        dry_run=dry_run,
        accept_disappeared=accept_disappeared,
    )
    raise typer.Exit(loading.load(config, files, options))


@app.command()
def evaluate(
    files: Annotated[list[Path], typer.Argument(help="Questions, one JSON object a line.")],
    catalogue: Annotated[
        list[Path] | None, typer.Option(help="Evaluate against a throw-away store loaded from these files.")
    ] = None,
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    errors: Annotated[bool, typer.Option("--errors", help="List what went wrong.")] = False,
    against: Annotated[
        Path | None, typer.Option(help="Compare with what an earlier run printed with --json (--details).")
    ] = None,
    details: Annotated[
        bool, typer.Option("--details", help="How sure answers were, too; with --json every question.")
    ] = False,
) -> None:
    """Run files of questions through understanding and search."""
    from bot.cli import evaluation

    asked = evaluation.Asked(
        catalogues=tuple(catalogue or ()), as_json=as_json, details=details, errors=errors, against=against
    )
    raise typer.Exit(evaluation.evaluate(config, files, asked))


@app.command()
def misses(
    config: Config = None,
    since: Annotated[str, typer.Option(help="Only what was asked on this day or later: 2026-03-01.")] = "",
    limit: Annotated[int, typer.Option(min=0, max=LARGEST, help="So many at most; 0 for all.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write them into this file (.csv or .xlsx).")] = None,
    forget: Annotated[
        int | None, typer.Option(max=LARGEST, help="Drop the miss with this id and all its wordings.")
    ] = None,
) -> None:
    """What readers asked in vain, most frequent first, without the readers."""
    from bot.cli import teaching

    done = teaching.misses(config, since=since, limit=limit, as_json=as_json, csv_file=csv_file, forget=forget)
    raise typer.Exit(done)


Kind = Annotated[str, typer.Argument(help="title, author or phrase.")]
Said = Annotated[str, typer.Argument(help="What readers write.")]


@synonyms.command(name="add")
def synonyms_add(
    kind: Kind,
    said: Said,
    meant: Annotated[str, typer.Argument(help="The title or author; for a phrase an intent or a FAQ topic.")],
    config: Config = None,
) -> None:
    """Teach a synonym, or change what it means."""
    from bot.cli import teaching

    raise typer.Exit(teaching.add(config, kind, said, meant))


@synonyms.command(name="remove")
def synonyms_remove(kind: Kind, said: Said, config: Config = None) -> None:
    """Forget a synonym."""
    from bot.cli import teaching

    raise typer.Exit(teaching.remove(config, kind, said))


@synonyms.command(name="list")
def synonyms_list(
    config: Config = None, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False
) -> None:
    """Print all synonyms."""
    from bot.cli import teaching

    raise typer.Exit(teaching.listing(config, as_json=as_json))


@synonyms.command(name="import")
def synonyms_import(
    file: Annotated[Path, typer.Argument(help="CSV or Excel with the columns kind, said, meant.")],
    config: Config = None,
    encoding: Annotated[str, typer.Option(help="The file's charset, where the found one is wrong.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what is in it.")] = False,
) -> None:
    """Teach the synonyms of a file."""
    from bot.cli import teaching

    raise typer.Exit(teaching.import_file(config, file, encoding=encoding, dry_run=dry_run))


@synonyms.command(name="export")
def synonyms_export(
    file: Annotated[Path, typer.Argument(help="The file to write: .csv or .xlsx.")], config: Config = None
) -> None:
    """Write all synonyms into a file."""
    from bot.cli import teaching

    raise typer.Exit(teaching.export_file(config, file))


Login = Annotated[str, typer.Argument(help="Latin letters and digits.")]
AskFor = Annotated[bool, typer.Option("--ask", help="Ask for the password instead of making one.")]


@staff_group.command(name="add")
def staff_add(
    login: Login,
    config: Config = None,
    role: Annotated[str, typer.Option(help="librarian, editor or admin.")] = "librarian",
    name: Annotated[str, typer.Option(help="As colleagues see it; default is the login.")] = "",
    branch: Annotated[str, typer.Option(help="Code of the only branch they answer for; default all.")] = "",
    ask: AskFor = False,
) -> None:
    """Make an account; its password is printed once."""
    from bot.cli import staff

    raise typer.Exit(staff.add(config, login, role, name, branch, ask=ask))


@staff_group.command(name="list")
def staff_list(config: Config = None) -> None:
    """Print everybody."""
    from bot.cli import staff

    raise typer.Exit(staff.listing(config))


@staff_group.command(name="reset")
def staff_reset(login: Login, config: Config = None, ask: AskFor = False) -> None:
    """Give a new password; the second factor goes, every session ends."""
    from bot.cli import staff

    raise typer.Exit(staff.reset(config, login, ask=ask))


@staff_group.command(name="disable")
def staff_disable(
    login: Login,
    config: Config = None,
    back: Annotated[bool, typer.Option("--back", help="They may come in again.")] = False,
) -> None:
    """Let somebody in no more."""
    from bot.cli import staff

    raise typer.Exit(staff.disable(config, login, back=back))


@app.command()
def check(config: Config = None) -> None:
    """Say whether everything works, and what to do about what does not."""
    from bot.cli import care

    raise typer.Exit(care.check(config))


@app.command()
def invite(
    config: Config = None,
    channel: Annotated[str, typer.Option(help="The channel's name in config.yaml.")] = "",
    everywhere: Annotated[bool, typer.Option("--all", help="Every configured channel.")] = False,
    branch: Annotated[
        str, typer.Option(help="Code of the branch where it will hang: the bot knows who came from it.")
    ] = "",
    output: Annotated[
        Path | None, typer.Option(help="A poster (.pdf, A4) or the QR code alone (.png, .svg); default is the link.")
    ] = None,
) -> None:
    """A link, a QR code or a poster that brings readers to the bot."""
    from bot.cli import inviting

    raise typer.Exit(inviting.invite(config, channel, branch, output, everywhere=everywhere))


@database.command()
def upgrade(config: Config = None) -> None:
    """Bring the tables to this version."""
    from bot.cli import care

    raise typer.Exit(care.upgrade(config))


@app.command()
def report(
    config: Config = None,
    since: Annotated[str, typer.Option(help="From this day on: 2026-03-01; else the first of the month.")] = "",
    until: Annotated[str, typer.Option(help="To the end of this day; else today.")] = "",
    table_file: Annotated[
        Path | None, typer.Option("--table", help="Write the figures into this file (.csv or .xlsx).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """What was asked, answered, passed on, renewed and held in some days, by channel and branch."""
    from bot.cli import reporting

    raise typer.Exit(reporting.report(config, since=since, until=until, table_file=table_file, as_json=as_json))


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The file to write.")], config: Config = None) -> None:
    """Copy the whole store into one file."""
    from bot.cli import care

    raise typer.Exit(care.backup(config, file))


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file written by backup.")], config: Config = None) -> None:
    """Fill an empty store from a backup; nothing in it is sent by itself."""
    from bot.cli import care

    raise typer.Exit(care.restore(config, file))


Card = Annotated[str, typer.Option("--card", help="The card's number, as it stands on the card.")]


@card.command(name="code")
def card_code(
    card_number: Card,
    config: Config = None,
    child: Annotated[bool, typer.Option("--child", help="For a parent: they see the card as a child's.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Issue a one-time code by which a reader links the card to a chat."""
    from bot.cli import cards

    raise typer.Exit(cards.code(config, card_number, child=child, as_json=as_json))


@card.command(name="pin")
def card_pin(
    card_number: Card,
    config: Config = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the PIN away.")] = False,
) -> None:
    """Set a card's PIN; it is asked for and not shown."""
    from bot.cli import cards

    raise typer.Exit(cards.pin(config, card_number, remove=remove))


@card.command(name="links")
def card_links(card_number: Card, config: Config = None) -> None:
    """Say which chats see a card."""
    from bot.cli import cards

    raise typer.Exit(cards.links(config, card_number))


@card.command(name="unlink")
def card_unlink(
    card_number: Card,
    config: Config = None,
    contact: Annotated[int | None, typer.Option(max=LARGEST, help="Only this one (bibliobot card links).")] = None,
) -> None:
    """Cut chats off a card."""
    from bot.cli import cards

    raise typer.Exit(cards.unlink(config, card_number, contact))


@card.command(name="erase")
def card_erase(
    card_number: Card,
    config: Config = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget a reader at their wish: links, codes, PIN, words, names."""
    from bot.cli import cards

    raise typer.Exit(cards.erase(config, card_number, yes=yes))


@notices.command(name="unreached")
def notices_unreached(
    config: Config = None,
    branch: Annotated[str, typer.Option(help="Only readers of this branch.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=LARGEST, help="So many at most.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Whom no channel reached, with their phones."""
    from bot.cli import noticing

    raise typer.Exit(noticing.unreached(config, branch, limit, as_json=as_json))


@notices.command(name="settle")
def notices_settle(
    number: Annotated[int, typer.Argument(max=LARGEST, help="The number in the list.")], config: Config = None
) -> None:
    """Take a reader off the list: somebody has told them."""
    from bot.cli import noticing

    raise typer.Exit(noticing.settle(config, number))


@notices.command(name="resume")
def notices_resume(config: Config = None) -> None:
    """Remind readers again: a store that was restored reminds nobody until this is said."""
    from bot.cli import noticing

    raise typer.Exit(noticing.resume(config))


@app.command()
def audit(
    config: Config = None,
    since: Annotated[str, typer.Option(help="From this day on: 2026-03-01.")] = "",
    until: Annotated[str, typer.Option(help="To the end of this day.")] = "",
    limit: Annotated[
        int, typer.Option(min=0, max=LARGEST, help="So many of the newest lines at most; 0 for all.")
    ] = 50,
    card_number: Annotated[str, typer.Option("--card", help="Only about this card.")] = "",
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="Write all of them into this file (.csv or .xlsx).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Who did what with readers' cards and data, and when; names nobody."""
    from bot.cli import cards

    done = cards.audit(
        config, since=since, until=until, limit=limit, card=card_number, csv_file=csv_file, as_json=as_json
    )
    raise typer.Exit(done)


def main() -> None:
    """Run a command; whatever it ends with becomes words and an exit code."""
    gc.set_threshold(*COLLECT_AFTER)
    atexit.register(gc.freeze)  # what is loaded goes with the process: it need not be looked through at the end
    edge.show_what_can_be_shown()
    try:
        edge.see_that_all_is_text(sys.argv[1:])
        app()
    except BibliobotError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get(edge.TRACEBACK):
            raise
        sys.stderr.write(edge.unexpected(error))
        sys.exit(1)
