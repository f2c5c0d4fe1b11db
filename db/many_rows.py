"""One SQLite statement over many rows.

A statement a row hands the interpreter's lock to and fro with the event loop's thread; one JSON array for all is
parsed by SQLite again and again. So the rows are parameters of one statement, whose text is made for 1, 2, 4, …
rows and prepared once; what is missing to the next such number is filled up with rows of NULLs that it leaves out.
"""

import sqlite3
from collections.abc import Sequence
from functools import cache
from itertools import chain

MOST_ROWS = 512
"""In one statement: times the columns below SQLite's limit of 32,766 parameters."""


class ManyRows:
    """A statement with ``{rows}`` where its rows stand, as a table with these columns.

    The first column is never NULL in a real row; the statement leaves out rows where it is. Its other values are
    ``?1``, ``?2``, …
    """

    def __init__(self, columns: str, statement: str) -> None:
        self._names = [name.strip() for name in columns.split(",")]
        self._statement = statement
        self._text = cache(self._made_for)

    def _made_for(self, count: int, first: int) -> str:
        width = len(self._names)
        starts = range(first, first + count * width, width)
        rows = ", ".join(f"({', '.join(f'?{number}' for number in range(start, start + width))})" for start in starts)
        named = ", ".join(f"column{number} AS {name}" for number, name in enumerate(self._names, start=1))
        return self._statement.replace("{rows}", f"(SELECT {named} FROM (VALUES {rows}))")  # noqa: S608 - our own names and numbers

    def execute(self, db: sqlite3.Connection, rows: Sequence[Sequence[object]], *values: object) -> int:
        """Run it over these rows; returns how many rows of the table it changed."""
        changed = 0
        for begin in range(0, len(rows), MOST_ROWS):
            some = rows[begin : begin + MOST_ROWS]
            count = 1 << (len(some) - 1).bit_length()
            nothing = [None] * ((count - len(some)) * len(self._names))
            parameters = [*values, *chain.from_iterable(some), *nothing]
            changed += db.execute(self._text(count, len(values) + 1), parameters).rowcount
        return changed
