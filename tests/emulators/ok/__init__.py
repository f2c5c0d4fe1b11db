"""Odnoklassniki on loopback, as strict as its pages."""

from tests.emulators.ok.server import OkServer

__all__ = ["OkServer"]
