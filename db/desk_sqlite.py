"""What librarians do, kept on SQLite: by the writer, in the transaction of the batch."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from bot.desk_actions import Acted, DeskAction
from db import rows
from db.desk_acts import script
from db.handover_acts import Statement, for_sqlite


def act(db: sqlite3.Connection, action: DeskAction, now: datetime, topics: set[object]) -> Acted:
    """Run an action's script."""
    steps, found = script(action, now, topics), None
    while True:
        try:
            statement, values = next(steps) if found is None else steps.send(found)
        except StopIteration as end:
            acted: Acted = end.value
            return acted
        found = db.execute(for_sqlite(statement), _kept(values)).fetchall()


def keep(db: sqlite3.Connection, statements: Iterable[Statement]) -> None:
    """Run statements whose rows nobody needs."""
    for statement, values in statements:
        db.execute(for_sqlite(statement), _kept(values))


def _kept(values: Iterable[object]) -> list[object]:
    return [rows.to_sqlite(value) if isinstance(value, datetime) else value for value in values]
