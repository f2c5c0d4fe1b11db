"""Cells that a spreadsheet program opens: no text of somebody else's may act as a formula there."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that a spreadsheet would take for a formula; some read the wide signs of East Asia alike.

Source: OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection, read 2026-11-26.
"""


def harmless(text: str) -> str:
    """No cell that a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
