"""``python -m bot`` is ``bibliobot``."""

from bot.cli import main

main()
