"""How the messengers stand, in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import case, select

from bot.clock import Clock
from bot.overview import ChannelState, Standing, Way
from db.connect import Database, store_errors
from db.models_handover import ChannelStateRow as Row
from db.upserts import insert_of


class SqlChannelStates:
    """Fills the port ``ChannelBook``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def keep(self, states: Mapping[tuple[str, Way], Standing]) -> None:
        if not states:
            return
        now = self._clock.now()
        make: Any = insert_of(self._database.dialect)
        values = [
            {"channel": channel, "way": way.value, "state": standing.value, "since": now, "seen_at": now}
            for (channel, way), standing in sorted(states.items())  # always in one order: nobody waits in a ring
        ]
        adding = make(Row).values(values)
        new = adding.excluded
        since = case((Row.state == new.state, Row.since), else_=new.since)
        changed = {"state": new.state, "since": since, "seen_at": new.seen_at}
        async with self._database.writing() as connection:
            await connection.execute(adding.on_conflict_do_update(index_elements=[Row.channel, Row.way], set_=changed))

    async def all(self) -> Sequence[ChannelState]:
        wanted = select(Row.channel, Row.way, Row.state, Row.since, Row.seen_at).order_by(Row.channel, Row.way)
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = (await connection.execute(wanted)).all()
        return [
            ChannelState(
                channel=row.channel,
                way=Way(row.way),
                standing=Standing(row.state),
                since=row.since,
                seen_at=row.seen_at,
            )
            for row in found
        ]
