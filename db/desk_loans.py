"""The port ``DeskLoans`` on our own store: what is renewed with the book in hand."""

from collections.abc import Sequence

from bot.circulation import Ok, OpenLoan, Refused, RenewalOutcome, RenewalWish, Result
from bot.clock import Clock
from bot.library.renewal import RenewalBlock
from bot.ports.library import Branches
from db.circulation import lent
from db.circulation_house import LendingHouse
from db.circulation_scene import read_scene
from db.connect import Database, store_errors
from db.renewing import renew_all


class SqlDeskLoans:
    """Fills the port ``DeskLoans``; one transaction a call, with the locks of ``SqlCirculation``."""

    def __init__(self, database: Database, branches: Branches, clock: Clock, house: LendingHouse) -> None:
        self._database, self._branches, self._clock, self._house = database, branches, clock, house

    async def loans(self, patron_id: int) -> Result[tuple[OpenLoan, ...]]:
        places, now = await self._house.places(self._branches), self._clock.now()
        with store_errors():
            async with self._database.engine.connect() as connection:
                return lent(await read_scene(connection, self._house, places, now, patron_id, remote=False))

    async def renew(
        self, patron_id: int, wishes: Sequence[RenewalWish], key: str, by: str
    ) -> Result[tuple[RenewalOutcome, ...]]:
        places, now = await self._house.places(self._branches), self._clock.now()
        async with self._database.writing() as connection:
            scene = await read_scene(connection, self._house, places, now, patron_id, to_write=True, remote=False)
            if scene is None:
                return Refused(RenewalBlock.LOAN_NOT_FOUND.value)
            return Ok(await renew_all(connection, scene, wishes, key, now, by=by), scene.as_of)
