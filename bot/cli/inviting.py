"""Links that open a dialogue with the bot, as QR codes and posters."""

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

from bot.app.channels import build_channel, data_class, spec_of
from bot.app.store import open_database
from bot.channels import Linked
from bot.engine.privacy import DataClass
from bot.errors import BibliobotError, InputError, StoreUnavailable, WrongUse
from bot.library.model import Branch
from bot.library.places import branch_behind, start_parameter
from bot.settings import Settings, load
from bot.wording import in_language
from db.branches import SqlBranches
from db.sources import came

SUFFIXES = (".pdf", ".png", ".svg")


def invite(config: Path | None, channel: str, branch: str, output: Path | None, *, everywhere: bool) -> int:
    """Print the links, or write them as a poster or a QR code."""
    if bool(channel) == everywhere:
        raise WrongUse("name one channel with --channel, or take all of them with --all")
    if output is not None and output.suffix.lower() not in SUFFIXES:
        raise WrongUse(f"--output: expected a name that ends with {', '.join(SUFFIXES)}")
    if everywhere and output is not None and output.suffix.lower() != ".pdf":
        raise WrongUse("--all needs a PDF: it has a page for each channel")
    settings, folder = load(config)
    if channel and channel not in settings.channels:
        raise InputError(f"--channel: there is no {channel!r}; configured: {', '.join(settings.channels)}")
    names = [channel] if channel else list(settings.channels)
    links, faults, where, brought = asyncio.run(_found(settings, folder, names, branch))
    console = Console(highlight=False, soft_wrap=True)
    for name, link in links.items():
        console.print(
            f"{name}: {link}" + (f"  (readers it has brought: {brought[name]})" if brought.get(name) else ""),
            markup=False,
        )
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    if not links:
        raise InputError("there is nothing to invite to: see what bibliobot check says of the channels")
    if output is not None:
        try:
            output.write_bytes(_written(settings, links, where, output.suffix.lower()))
        except OSError as error:
            raise InputError(f"{output}: cannot be written: {error.strerror}") from None
        console.print(f"written: {output}", markup=False)
    return 1 if faults else 0


async def _found(
    settings: Settings, folder: Path, names: list[str], code: str
) -> tuple[dict[str, str], list[str], Branch | None, dict[str, int]]:
    """The links, what is wrong with the others, the branch, and how many each link has brought."""
    where = await _branch(settings, folder, code) if code else None
    parameter = start_parameter(where.code) if where else ""
    links, faults = await _links(settings, names, parameter)
    brought = await _came(settings, folder, links, parameter) if parameter else {}
    return links, faults, where, brought


async def _came(settings: Settings, folder: Path, names: Iterable[str], parameter: str) -> dict[str, int]:
    try:
        database = await open_database(settings, folder)
    except StoreUnavailable:
        return {}
    try:
        return {name: await came(database, name, parameter) for name in names}
    finally:
        await database.aclose()


async def _links(settings: Settings, names: Iterable[str], parameter: str) -> tuple[dict[str, str], list[str]]:
    """The link of each channel that has one, and what is wrong with the others."""
    links, faults = {}, []
    for name in names:
        if data_class(name, settings) is DataClass.OFF:
            continue
        channel = build_channel(name, settings)
        try:
            if isinstance(channel, Linked):
                links[name] = await channel.join_link(parameter)
        except BibliobotError as error:
            faults.append(f"channel {name}: {error}")
        finally:
            await channel.aclose()
    return links, faults


def _written(settings: Settings, links: dict[str, str], where: Branch | None, suffix: str) -> bytes:
    from bot.cli import poster

    if suffix != ".pdf":
        draw = poster.qr_png if suffix == ".png" else poster.qr_svg
        return draw(next(iter(links.values())))
    with in_language(settings.library.language):
        return poster.posters(
            [
                poster.Invitation(
                    messenger=spec_of(name, settings).title,
                    link=link,
                    library=settings.library.name,
                    branch=where.name if where else "",
                )
                for name, link in links.items()
            ]
        )


async def _branch(settings: Settings, folder: Path, code: str) -> Branch:
    """A branch of the configuration, else one that only imported files know. Raises InputError."""
    known = list(settings.library.values())
    if branch_behind(code, known) is None:
        known += await _imported(settings, folder)
    found = next((branch for branch in known if branch.code == code), None) or branch_behind(code, known)
    if found is None:
        codes = ", ".join(branch.code for branch in known) or "none at all"
        raise InputError(f"--branch: there is no branch {code!r}; known: {codes}")
    return found


async def _imported(settings: Settings, folder: Path) -> list[Branch]:
    try:
        database = await open_database(settings, folder)
    except StoreUnavailable:
        return []
    try:
        return list(await SqlBranches(database, settings.library.timezone).all())
    finally:
        await database.aclose()
