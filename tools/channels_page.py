"""Writes docs/channels.md and a picture of each channel's screen: ``python -m tools.channels_page``."""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from textwrap import wrap

from bot.app.channels import channel_spec
from bot.lessons import Bubble
from bot.messages import Button, Location, Reply, bold, link, reply
from tools.screens import KINDS, REPLIES, capabilities, screens

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "channels.md"
PICTURES = DOCS / "channels"
HEAD = """# Channels: what each one shows

Written out of the channels' own renderers by `python -m tools.channels_page`; `make check` fails when it is stale.

A handler answers with one `Reply`; the channel shows of it what its messenger can, and says the rest in words:
buttons become a list or numbers that the reader types, links and map points are written out, long texts are parted at
the ends of sentences. Nothing is dropped in silence (`tests/adapters/test_degradation.py` holds every channel to it),
but for two things on purpose: a button that asks for the phone number where the messenger has none, and choices in an
SMS that nobody can answer.

"""
EXAMPLE = reply(
    bold("Обломов"),
    "\nИ. А. Гончаров\n\nДа, есть: 2 из 3 экземпляров.\nЦентральная библиотека: сегодня до 19:00.\nПодробнее: ",
    link("запись в каталоге", "https://library.example/1"),
    buttons=[
        [Button("Забронировать", "hold:1"), Button("Другие издания", "editions:1")],
        [Button("Похожие книги", "like:1"), Button("Афиша", "", url="https://library.example/events")],
    ],
    at=[Location(latitude=45.0448, longitude=41.9692, title="Центральная библиотека", address="ул. Ленина, 12")],
)
"""What the pictures show."""


def page() -> str:
    """The whole page."""
    titles = {kind: channel_spec(kind).title for kind in KINDS}
    parts = [HEAD, "## Limits\n\n", *_limits(titles), "\n## What becomes of a reply\n\n", *_table(titles)]
    parts.append("\n## How it looks\n\nOne and the same reply in every channel.\n")
    parts += [f"\n### {titles[kind]}\n\n![The reply in {titles[kind]}](channels/{kind}.svg)\n" for kind in KINDS]
    return "".join(parts)


def pictures() -> dict[Path, str]:
    """The drawing of each channel's screen, by its file."""
    return {PICTURES / f"{kind}.svg": drawn(screens(kind, EXAMPLE)) for kind in KINDS}


def faults() -> list[str]:
    """What is out of date."""
    wanted = {PAGE: page(), **pictures()}
    stale = [file for file, text in wanted.items() if not file.is_file() or file.read_text("utf-8") != text]
    stale += [file for file in PICTURES.glob("*.svg") if file not in wanted]
    names = ", ".join(sorted(str(file.relative_to(DOCS.parent)) for file in stale))
    return [f"{names}: out of date: run python -m tools.channels_page"] if stale else []


# --- tables --------------------------------------------------------------------------------------


def _limits(titles: dict[str, str]) -> Iterator[str]:
    heads = (
        "channel",
        "text",
        "buttons",
        "label",
        "list",
        "formatting",
        "map point",
        "picture",
        "document",
        "a second",
    )
    yield f"| {' | '.join(heads)} | to one reader |\n" + "| --- " * 11 + "|\n"
    for kind, title in titles.items():
        can = capabilities(kind)
        cells = [
            title,
            str(can.max_text),
            str(can.max_buttons or "no"),
            str(can.max_label or "no"),
            str(can.max_list or "no"),
            *("yes" if able else "no" for able in (can.formatting, can.locations, can.pictures, can.documents)),
            f"{can.rate_per_s:g}" if can.rate_per_s else "any",
            f"{can.rate_per_chat_per_s:g}" if can.rate_per_chat_per_s else "any",
        ]
        yield f"| {' | '.join(cells)} |\n"


def _table(titles: dict[str, str]) -> Iterator[str]:
    yield f"| reply | {' | '.join(titles.values())} |\n"
    yield "| --- " * (len(titles) + 1) + "|\n"
    for name, said in REPLIES.items():
        yield f"| {name} | {' | '.join(summary(said, screens(kind, said)) for kind in titles)} |\n"


def summary(said: Reply, bubbles: Sequence[Bubble]) -> str:
    """What became of a reply, in a few words."""
    found = [f"{len(bubbles)} messages"] if len(bubbles) > 1 else []
    text = "\n".join(bubble.text for bubble in bubbles)
    buttons = [label for bubble in bubbles for row in bubble.buttons for label in row]
    choices = [label for bubble in bubbles for label in bubble.choices]
    if said.marks:
        found.append("formatted" if any(bubble.formatted for bubble in bubbles) else "plain")
    if buttons:
        found.append(f"{len(buttons)} buttons" if len(buttons) > 1 else "a button")
    elif choices:
        found.append(f"a list of {len(choices)}")
    elif said.buttons and "1. " in text:
        found.append("numbers")
    elif any(button.is_choice for row in said.buttons for button in row):
        found.append("no choices")
    if not buttons and any(button.url for row in said.buttons for button in row):
        found.append("the address in words")
    if not buttons and any(button.asks_phone for row in said.buttons for button in row):
        found.append("left out")
    if said.attachments:
        attached = [what.partition(":")[0] for bubble in bubbles for what in bubble.attached]
        found += attached or ["in words"]
    if text.endswith("…"):
        found.append("shortened")
    return ", ".join(found) or "as it is"


# --- pictures ------------------------------------------------------------------------------------

WIDE, PAD, LINE, LETTERS = 360, 12, 18, 41
_STYLE = (
    "text{font:14px Roboto,'Segoe UI',Arial,sans-serif;fill:#1d2125}.b{fill:#fff;stroke:#c9d1d9}"
    ".k{fill:#e8f1fb;stroke:#7aa7d6}.l{fill:#0b4f8a}.a{fill:#eef0f2}"
)


def drawn(bubbles: Sequence[Bubble]) -> str:
    """The messages as a telephone shows them."""
    shapes: list[str] = []
    y = PAD
    for bubble in bubbles:
        y = _bubble(bubble, y, shapes) + PAD
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{y}" viewBox="0 0 {WIDE} {y}">'
    back = f'<rect width="{WIDE}" height="{y}" fill="#f4f6f8"/>'
    return "\n".join([head, f"<style>{_STYLE}</style>", back, *shapes, "</svg>", ""])


def _bubble(bubble: Bubble, top: int, shapes: list[str]) -> int:
    """Draws one message; returns where it ends."""
    lines = (
        [piece for line in bubble.text.split("\n") for piece in (wrap(line, LETTERS) or [""])] if bubble.text else []
    )
    lines += [f"[{what}]" for what in bubble.attached]
    height = len(lines) * LINE + 2 * 8
    if lines:
        shapes.append(_box("b", PAD, top, WIDE - 2 * PAD, height))
        shapes += [_words(PAD + 10, top + 8 + LINE * (n + 1) - 5, words) for n, words in enumerate(lines) if words]
    y = top + (height if lines else 0)
    for row in bubble.buttons:
        y += 4
        each = (WIDE - 2 * PAD - 4 * (len(row) - 1)) // len(row)
        for place, label in enumerate(row):
            shapes += _key(PAD + place * (each + 4), y, each, label)
        y += 30
    for choice in bubble.choices:
        y += 4
        shapes += _key(PAD, y, WIDE - 2 * PAD, choice)
        y += 30
    return y


def _key(x: int, y: int, wide: int, label: str) -> list[str]:
    room = max(wide // 8, 4)
    shown = label if len(label) <= room else label[: room - 1] + "…"
    return [_box("k", x, y, wide, 30), _words(x + wide // 2, y + 20, shown, ' class="l" text-anchor="middle"')]


def _box(name: str, x: int, y: int, wide: int, high: int) -> str:
    return f'<rect class="{name}" x="{x}" y="{y}" width="{wide}" height="{high}" rx="8"/>'


def _words(x: int, y: int, words: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}"{more}>{escape(words)}</text>'


def main() -> None:
    """Write the page and the pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for file in PICTURES.glob("*.svg"):
        file.unlink()
    for file, text in {PAGE: page(), **pictures()}.items():
        file.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
