"""The terminal as a channel: what is sent is written to the screen."""

import shutil
import sys
from typing import TextIO

from adapters.terminal.render import render
from adapters.terminal.settings import TerminalSettings
from bot.channels import Capabilities, Setting
from bot.messages import Outbound, Reply, Sent

WIDEST = 100
"""Longer lines are hard to read on any screen."""


def on_screen(reply: Reply, out: TextIO, width: int = 0) -> str:
    """A reply as ``out`` shows it: bold for a person, lines of its width (``width`` overrules it)."""
    room = width or min(shutil.get_terminal_size((80, 24)).columns, WIDEST)
    return render(reply, width=room, tty=out.isatty())


class Terminal:
    """Writes replies to ``out`` (fills ``bot.channels.Channel``).

    Attributes:
        out: Where replies go; standard output by default.
    """

    capabilities = Capabilities(max_text=20_000, max_buttons=0, max_label=80, formatting=False, locations=False)

    def __init__(self, options: TerminalSettings, setting: Setting, out: TextIO | None = None) -> None:
        self._options = options
        self._setting = setting
        self.out = out or sys.stdout

    async def send(self, message: Outbound) -> Sent:
        self.out.write(f"{self.worded(message.reply)}\n\n")
        self.out.flush()
        return Sent(external_ids=())

    def worded(self, reply: Reply) -> str:
        """The reply as this terminal shows it."""
        return on_screen(reply, self.out, self._options.width)

    async def ping(self) -> str:
        return self._setting.name

    async def aclose(self) -> None:
        """The screen is not ours to close."""
