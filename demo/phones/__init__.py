"""Phones on a page: every messenger's emulator, and what its reader sees and may do.

The bot talks to the emulators as it would to the messengers, by the real adapters over HTTP on this machine. They are a
part of the tests, so all of this works in a copy of the source only.
"""

from demo.phones.stand import Stand

__all__ = ["Stand"]
