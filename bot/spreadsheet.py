"""Cells that a spreadsheet program opens: no text of somebody else's may act as a formula there."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would take for a formula."""


def harmless(text: str) -> str:
    """No cell that a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
