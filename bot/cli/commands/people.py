"""Librarians' accounts, readers' cards, whom no notice reached, and who did what."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.commands.base import LARGEST, Config, group

commands = typer.Typer()
staff_group = group(commands, "staff", "Who may come in at the librarians' console.")
card = group(commands, "card", "What the desk does with readers' cards; all of it is in the audit log.")
notices = group(commands, "notices", "What readers were told by themselves.")


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


@commands.command()
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
