"""An invitation to the bot: a QR code, or a whole poster for a branch's wall. Pure: values in, bytes out."""

from collections.abc import Sequence
from io import BytesIO

import font_roboto
import segno
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from bot.quick import dataclass
from bot.wording import gettext as _

PAGE_MM = (210, 297)
MARGIN_MM = 18
QR_MM = 104
QUIET = 4
"""Modules of white around a QR code (ISO/IEC 18004)."""
INK, BAND, PAPER, GREY = (33, 37, 41), (0, 82, 136), (255, 255, 255), (90, 96, 102)
"""The band on white, and white on the band, are beyond 7:1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What one page says.

    Attributes:
        messenger: What people call it: «MAX».
        link: What the QR code opens.
        branch: Where the page hangs, "" for anywhere.
    """

    messenger: str
    link: str
    library: str
    branch: str = ""


def qr_png(link: str) -> bytes:
    """The QR code alone, fit for a printer: 16 pixels a module."""
    return _saved(link, "png", scale=16)


def qr_svg(link: str) -> bytes:
    """The QR code alone, at any size."""
    return _saved(link, "svg", scale=4)


def posters(invitations: Sequence[Invitation]) -> bytes:
    """A PDF, an A4 page for each invitation, in the language of the moment."""
    document = FPDF(format="A4")
    document.set_auto_page_break(False)
    document.set_margin(MARGIN_MM)
    document.set_title(_("Приглашение в бот библиотеки"))
    document.add_font("Roboto", "", font_roboto.font_files["Roboto"])
    document.add_font("Roboto", "B", font_roboto.font_files["RobotoBold"])
    for invitation in invitations:
        document.add_page()
        _draw(document, invitation)
    return bytes(document.output())


def _saved(link: str, kind: str, scale: int) -> bytes:
    out = BytesIO()
    _qr(link).save(out, kind=kind, scale=scale, border=QUIET)
    return out.getvalue()


def _qr(link: str) -> segno.QRCode:
    """A quarter of it may be torn off or scribbled over."""
    return segno.make_qr(link, error="q")


def _draw(page: FPDF, what: Invitation) -> None:
    page.set_fill_color(*BAND)
    name = _fitting(page, what.library, size=26, lines=3)
    branch = _fitting(page, what.branch, size=20, lines=2) if what.branch else (0, 0)
    band = 14 + name[1] + (branch[1] + 3 if what.branch else 0) + 12
    page.rect(0, 0, PAGE_MM[0], band, style="F")
    page.set_text_color(*PAPER)
    page.set_y(14)
    _lines(page, what.library, name[0], bold=True)
    if what.branch:
        page.set_y(page.get_y() + 3)
        _lines(page, what.branch, branch[0])
    page.set_text_color(*INK)
    page.set_y(band + 8)
    _lines(page, _("Спросите библиотеку"), 34, bold=True)
    _lines(page, _("{messenger}: ответим днём и ночью").format(messenger=what.messenger), 20)
    top = page.get_y() + 3
    _draw_qr(page, what.link, top)
    page.set_text_color(*GREY)
    page.set_y(top + QR_MM + 1)
    shown = what.link.removeprefix("https://")
    if len(shown) <= 60:
        _lines(page, shown, 13)
    page.set_text_color(*INK)
    _draw_steps(page)


def _draw_steps(page: FPDF) -> None:
    steps = (
        _("Наведите камеру телефона на квадрат."),
        _("Нажмите на ссылку: откроется чат."),
        _("Напишите, какую книгу ищете."),
    )
    room = PAGE_MM[0] - 2 * MARGIN_MM - 18
    size = min(_fitting(page, words, size=22, lines=1, width=room)[0] for words in steps)
    height = 15
    top = PAGE_MM[1] - MARGIN_MM + 6 - height * len(steps)
    for number, words in enumerate(steps, 1):
        middle = top + height * (number - 0.5)
        page.set_fill_color(*BAND)
        page.ellipse(MARGIN_MM, middle - 6, 12, 12, style="F")
        page.set_text_color(*PAPER)
        page.set_font("Roboto", "B", 20)
        page.set_xy(MARGIN_MM, middle - 6)
        page.cell(12, 12.5, str(number), align="C")
        page.set_text_color(*INK)
        page.set_font("Roboto", "", size)
        page.set_xy(MARGIN_MM + 17, middle - 6)
        page.cell(0, 12.5, words)


def _draw_qr(page: FPDF, link: str, top: float) -> None:
    """Black stretches of each row as one rectangle: no hairlines between modules."""
    rows = [bytes(row) for row in _qr(link).matrix]
    module = QR_MM / (len(rows) + 2 * QUIET)
    left = (PAGE_MM[0] - QR_MM) / 2
    page.set_fill_color(0, 0, 0)
    for down, row in enumerate(rows, QUIET):
        at = 0
        while (start := row.find(1, at)) >= 0:
            at = row.find(0, start)
            at = len(row) if at < 0 else at
            page.rect(left + (start + QUIET) * module, top + down * module, (at - start) * module, module, style="F")


def _fitting(page: FPDF, words: str, *, size: float, lines: int, width: float = 0) -> tuple[float, float]:
    """The largest type up to ``size`` points in which the words take at most so many lines; with their height in mm."""
    width = width or PAGE_MM[0] - 2 * MARGIN_MM
    while True:
        page.set_font("Roboto", "B", size)
        height = page.multi_cell(width, _leading(size), words, align="C", dry_run=True, output="HEIGHT")
        assert isinstance(height, float | int)
        if height <= (lines + 0.5) * _leading(size) or size <= 8:
            return size, height
        size -= 1


def _lines(page: FPDF, words: str, size: float, *, bold: bool = False) -> None:
    page.set_font("Roboto", "B" if bold else "", size)
    page.set_x(MARGIN_MM)
    page.multi_cell(0, _leading(size), words, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _leading(size: float) -> float:
    """Millimetres from line to line of a type in points."""
    return size * 0.353 * 1.22
