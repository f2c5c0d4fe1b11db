"""What hangs on a branch's wall: a QR code that a camera reads, in a poster that says what to do."""

import asyncio
import re
import zlib
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from bot.cli.poster import Invitation, posters
from bot.library.model import Branch
from bot.library.places import branch_behind, start_parameter
from bot.messages import Contact, Inbound, Started
from bot.wording import in_language
from db.connect import connect
from db.messages import open_log
from tests.cli.library import SmallLibrary
from tests.support.clock import MORNING, StandingClock

CHANNELS = """
channels:
  webchat: {}
  terminal: {}
  "off": {kind: webchat, data: "off"}
"""
PUBLIC = "server: {port: 0, public_url: https://bot.library.example}"
LINK = "https://bot.library.example/?start=branch-01"
DOTS = 4
"""Pixels a point, when a page is drawn again."""


@pytest.fixture
def library(tmp_path: Path) -> SmallLibrary:
    made = SmallLibrary.in_folder(tmp_path, CHANNELS)
    file = tmp_path / "config.yaml"
    file.write_text(file.read_text("utf-8").replace("server: {port: 0}", PUBLIC), "utf-8")
    return made


def streams(pdf: bytes) -> list[bytes]:
    return [
        zlib.decompress(found)
        for found in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
        if found[:1] == b"x"
    ]


def seen_by_a_camera(pdf: bytes) -> list[str]:
    """The QR codes of all pages, read off their black rectangles."""
    found = []
    for stream in streams(pdf):
        if b" re f" not in stream:
            continue
        picture = Image.new("L", (596 * DOTS, 842 * DOTS), 255)
        draw = ImageDraw.Draw(picture)
        ink = False
        for line in stream.decode("latin-1").splitlines():
            if re.fullmatch(r"[\d. ]+(?:rg|g)", line):
                ink = line in ("0 0 0 rg", "0 g", "0.000 g", "0.000 0.000 0.000 rg")
            if ink and (box := re.fullmatch(r"([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) re f", line)):
                x, y, width, height = (float(part) * DOTS for part in box.groups())
                draw.rectangle((x, 842 * DOTS - y, x + width, 842 * DOTS - y - height), fill=0) if height < 0 else None
        found += [code.text for code in zxingcpp.read_barcodes(picture)]
    return found


def test_the_link_is_printed(library: SmallLibrary) -> None:
    assert library.runs("invite", "--channel", "webchat", "--branch", "01") == f"webchat: {LINK}\n"
    assert library.runs("invite", "--channel", "webchat") == "webchat: https://bot.library.example/\n"


def test_who_came_by_a_link_is_counted(library: SmallLibrary) -> None:
    library.runs("db", "upgrade")

    async def come() -> None:
        database = await connect("sqlite:///data/bibliobot.sqlite3", library.folder)
        log = await open_log(database, StandingClock())
        for address in ("1", "2"):
            await log.record(
                Inbound(
                    contact=Contact(channel="webchat", address=address),
                    content=Started("branch-01"),
                    idempotency_key=address,
                    sent_at=MORNING,
                )
            )
        await log.aclose()
        await database.aclose()

    asyncio.run(come())
    said = library.runs("invite", "--channel", "webchat", "--branch", "01")
    assert said == f"webchat: {LINK}  (readers it has brought: 2)\n"


def test_the_code_alone_is_read_by_a_camera(library: SmallLibrary) -> None:
    library.runs("invite", "--channel", "webchat", "--branch", "01", "--output", str(library.folder / "code.png"))
    picture = Image.open(BytesIO((library.folder / "code.png").read_bytes()))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [LINK]
    library.runs("invite", "--channel", "webchat", "--output", str(library.folder / "code.svg"))
    assert (library.folder / "code.svg").read_text("utf-8").startswith("<?xml")


def test_the_poster_is_one_page_whose_code_is_read_by_a_camera(library: SmallLibrary) -> None:
    said = library.runs("invite", "--all", "--branch", "01", "--output", str(library.folder / "wall.pdf"))
    pdf = (library.folder / "wall.pdf").read_bytes()
    assert "written:" in said
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") == 1
    assert seen_by_a_camera(pdf) == [LINK]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_any_names_fit_and_each_channel_has_its_page(language: str) -> None:
    long = "Межпоселенческая центральная районная библиотека " * 6
    with in_language(language):
        pdf = posters(
            [
                Invitation(messenger="MAX", link="https://max.ru/lib_bot?start=branch-03", library=long, branch=long),
                Invitation(messenger="ВКонтакте", link="https://vk.me/lib?ref=" + "x" * 200, library="Б"),
            ]
        )
    assert seen_by_a_camera(pdf) == ["https://max.ru/lib_bot?start=branch-03", "https://vk.me/lib?ref=" + "x" * 200]


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        ((), 2, "--all"),
        (("--channel", "webchat", "--all"), 2, "--all"),
        (("--all", "--output", "x.png"), 2, "PDF"),
        (("--channel", "webchat", "--output", "x.jpg"), 2, ".pdf, .png, .svg"),
        (("--channel", "vk"), 1, "there is no 'vk'; configured: webchat, terminal, off"),
        (("--channel", "off"), 1, "nothing to invite to"),
        (("--channel", "terminal"), 1, "nothing to invite to"),
        (("--channel", "webchat", "--branch", "77"), 1, "there is no branch '77'; known: 01"),
        (("--channel", "webchat", "--output", "/nowhere/x.pdf"), 1, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(library: SmallLibrary, words: tuple[str, ...], code: int, why: str) -> None:
    assert why in library.runs("invite", *words, code=code)


@pytest.mark.parametrize("code", ["03", "branch_7", "Ф/4", "длинный код филиала " * 3, "a" * 41, "~x"])
def test_a_parameter_fits_every_messenger_and_leads_back(code: str) -> None:
    parameter = start_parameter(code)
    assert re.fullmatch(r"branch-[A-Za-z0-9_-]{1,40}", parameter)
    branches = [Branch(code=code, name="Филиал"), Branch(code="04", name="Другой")]
    assert branch_behind(parameter.removeprefix("branch-"), branches) is branches[0]
