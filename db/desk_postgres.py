"""What librarians do, kept on PostgreSQL: in the batch's transaction."""

from collections.abc import Iterable
from datetime import datetime

from bot.desk_actions import Acted, DeskAction
from db.desk_acts import script
from db.handover_acts import Statement
from db.postgres import Session


async def act(db: Session, action: DeskAction, now: datetime, topics: set[object]) -> Acted:
    """Run an action's script."""
    steps, found = script(action, now, topics), None
    while True:
        try:
            statement, values = next(steps) if found is None else steps.send(found)
        except StopIteration as end:
            acted: Acted = end.value
            return acted
        found = await db.fetch(statement, *values)


async def keep(db: Session, statements: Iterable[Statement]) -> None:
    """Run statements whose rows nobody needs."""
    for statement, values in statements:
        await db.execute(statement, *values)
