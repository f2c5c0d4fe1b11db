"""Translations of what readers are told (gettext)."""
