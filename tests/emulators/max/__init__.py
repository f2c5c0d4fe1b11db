"""MAX on loopback, as strict as its contract."""

from tests.emulators.max.server import MaxServer
from tests.emulators.max.updates import Updates

__all__ = ["MaxServer", "Updates"]
