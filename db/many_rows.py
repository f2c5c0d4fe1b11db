"""One SQLite statement over many rows.

A statement a row hands the interpreter's lock to and fro with the event loop's thread; one JSON array for all is
parsed by SQLite again and again. So the rows are parameters of one statement, whose text is made for 1, 2, 3, 4, 6,
8, 12, … rows and prepared once; what is missing to the next such number is filled up with rows that it leaves out.
"""

import sqlite3
from collections.abc import Sequence
from functools import cache
from itertools import chain

MOST_ROWS = 512
"""In one statement: times the columns below SQLite's limit of 32,766 parameters."""


class ManyRows:
    """A statement with ``{rows}`` where its rows stand, as a table with these columns.

    The first column is a number above 0, and the other values of the statement are ``?1``, ``?2``, … Rows hold numbers
    and texts only: ``sqlite3`` looks ten times as long at anything else, a None or a bool included. So a column with a
    question mark is NULL where a row has "".
    """

    def __init__(self, columns: str, statement: str) -> None:
        self._names = [name.strip() for name in columns.split(",")]
        self._statement = statement
        self._text = cache(self._made_for)

    def _made_for(self, count: int, first: int) -> str:
        width = len(self._names)
        starts = range(first, first + count * width, width)
        rows = ", ".join(f"({', '.join(f'?{number}' for number in range(start, start + width))})" for start in starts)
        named = ", ".join(_named(*column) for column in enumerate(self._names, start=1))
        return self._statement.replace("{rows}", f"(SELECT {named} FROM (VALUES {rows}) WHERE column1)")  # noqa: S608 - our own names and numbers

    def execute(self, db: sqlite3.Connection, rows: Sequence[Sequence[int | float | str]], *values: object) -> int:
        """Run it over these rows; returns how many rows of the table it changed."""
        changed = 0
        for begin in range(0, len(rows), MOST_ROWS):
            some = rows[begin : begin + MOST_ROWS]
            count = _filled_up(len(some))
            nothing = [0] * ((count - len(some)) * len(self._names))
            parameters = [*values, *chain.from_iterable(some), *nothing]
            changed += db.execute(self._text(count, len(values) + 1), parameters).rowcount
        return changed


def _named(number: int, name: str) -> str:
    return f"nullif(column{number}, '') AS {name[:-1]}" if name.endswith("?") else f"column{number} AS {name}"


def _filled_up(count: int) -> int:
    """The next number that has no more than two leading binary digits: a third of the rows at most is for nothing."""
    step = 1 << max(count.bit_length() - 2, 0)
    return -(-count // step) * step
