"""``make check``'s own part: migrations match the models, documents tell the truth.

Each check returns its faults as lines; one that finds nothing returns an empty list.
"""

import asyncio
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tools import channels_page, check_names, config_reference

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
GUIDE, GUIDE_WORDS = ROOT / "docs" / "librarian.ru.md", 1_300
"""The librarian's guide, and how many words of it are read in ten minutes."""
LARGEST_PICTURE = 60_000
HEADING = re.compile(r"^#{1,6}\s+(.*)$", re.MULTILINE)
TEST = re.compile(r"`(?:([\w/]+\.py)::)?(test_\w+)`")
DEFINED = re.compile(r"^\s*(?:async )?def (test_\w+)", re.MULTILINE)
FORBIDDEN = re.compile(r"/(?:work|root|home/[a-z]+)/|(?:pypi|npmjs|pythonhosted)\.(?:org|com)")


def migrations_match_models() -> list[str]:
    """The tables that the migrations make are the tables of the models."""
    from db.connect import connect
    from db.migrate import differences, upgrade

    async def compare(folder: str) -> list[str]:
        database = await connect(f"sqlite:///{folder}/check.sqlite3")
        try:
            await upgrade(database)
            return [f"migrations differ from the models: {line}" for line in await differences(database)]
        finally:
            await database.aclose()

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(compare(folder))


def tracked(*patterns: str) -> list[Path]:
    """Files under version control, or new and not ignored, that match."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def links_lead_somewhere() -> list[str]:
    """Every relative link of every Markdown file names a file, and a heading where it says one."""
    faults = []
    for page in tracked("*.md"):
        for target in LINK.findall(page.read_text("utf-8")):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            file = (page.parent / name).resolve() if name else page
            if not file.exists():
                faults.append(f"{page.relative_to(ROOT)}: the link {target} leads nowhere")
            elif anchor and file.suffix == ".md" and anchor not in _anchors(file):
                faults.append(f"{page.relative_to(ROOT)}: there is no heading #{anchor} in {file.name}")
    return faults


def _anchors(file: Path) -> set[str]:
    titles = HEADING.findall(file.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def named_tests_are_there() -> list[str]:
    """Every test that a document names stands, in the file that it names where it names one (below ``tests/``)."""
    defined = {
        file.relative_to(ROOT / "tests").as_posix(): set(DEFINED.findall(file.read_text("utf-8")))
        for file in tracked("tests/*.py")
    }
    everywhere = set().union(*defined.values())
    faults = []
    for page in tracked("*.md"):
        for file, name in TEST.findall(page.read_text("utf-8")):
            if name not in (defined.get(file, set()) if file else everywhere):
                faults.append(f"{page.relative_to(ROOT)}: there is no test {file}::{name}".replace(" ::", " "))
    return faults


def pictures_are_there_and_told() -> list[str]:
    """Every picture of a document stands, is told in words and is light; none lies there unused; the guide is short."""
    faults, shown = [], set()
    for page in tracked("*.md"):
        for words, target in IMAGE.findall(page.read_text("utf-8")):
            file = (page.parent / target).resolve()
            shown.add(file)
            if not file.is_file():
                faults.append(f"{page.relative_to(ROOT)}: there is no picture {target}")
            elif not words.strip():
                faults.append(f"{page.relative_to(ROOT)}: {target} says nothing to who cannot see it")
    for file in sorted((ROOT / "docs" / "pictures").iterdir()):
        if file not in shown:
            faults.append(f"{file.relative_to(ROOT)}: no document shows it")
        elif file.stat().st_size > LARGEST_PICTURE:
            faults.append(f"{file.relative_to(ROOT)}: larger than {LARGEST_PICTURE} bytes")
    words = len(IMAGE.sub("", GUIDE.read_text("utf-8")).split())
    if words > GUIDE_WORDS:
        faults.append(f"{GUIDE.relative_to(ROOT)}: {words} words are not read in ten minutes; {GUIDE_WORDS} are")
    return faults


def nothing_of_one_machine() -> list[str]:
    """No path of a developer's machine and no package registry's host in the tree."""
    faults = []
    for file in tracked():
        if file == Path(__file__).resolve() or file.suffix in {".gz", ".png", ".xlsx", ".mrc", ".dat", ".iso"}:
            continue
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        faults += [f"{file.relative_to(ROOT)}: says {found!r}" for found in sorted(set(FORBIDDEN.findall(text)))]
    return faults


def reference_is_fresh() -> list[str]:
    """docs/configuration.md is what the settings model says."""
    page = ROOT / "docs" / "configuration.md"
    if page.exists() and page.read_text("utf-8") == config_reference.page():
        return []
    return ["docs/configuration.md is out of date: run python -m tools.config_reference"]


def channels_are_shown_as_they_are() -> list[str]:
    """docs/channels.md and its pictures are what the channels' renderers make today."""
    return channels_page.faults()


def what_is_named_is_there() -> list[str]:
    """Commands, options and figures that a document names."""
    return check_names.not_there({str(page.relative_to(ROOT)): page.read_text("utf-8") for page in tracked("*.md")})


CHECKS: tuple[Callable[[], list[str]], ...] = (
    migrations_match_models,
    links_lead_somewhere,
    named_tests_are_there,
    pictures_are_there_and_told,
    nothing_of_one_machine,
    reference_is_fresh,
    channels_are_shown_as_they_are,
    what_is_named_is_there,
)


def main() -> int:
    """Run every check; 1 if any found a fault."""
    faults = [fault for check in CHECKS for fault in check()]
    for fault in faults:
        print(fault)
    print(f"{len(CHECKS)} checks of the project, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
