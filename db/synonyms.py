"""The librarians' synonyms: kept in the store, answered from memory, followed by every process."""

import asyncio
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import InputError
from bot.quick import dataclass
from bot.teaching import Synonym, SynonymBook, SynonymKind, faults, key_of
from db.connect import Database, store_errors
from db.models import SynonymRow
from db.versions import keep_up, raise_version, read_if_changed

NAME = "synonyms"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a change did."""

    added: int
    changed: int
    unchanged: int


class SqlSynonyms:
    """The synonyms of one store; ``book`` is what is in force here."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._version = -1
        self._book = SynonymBook()

    @property
    def book(self) -> SynonymBook:
        """All synonyms, as they were when last looked at."""
        return self._book

    async def refresh(self) -> bool:
        """Read the synonyms where they changed; True where they did. Raises StoreUnavailable."""
        changed = await read_if_changed(self._database, NAME, self._version, _stored)
        if changed is None:
            return False
        version, found = changed
        # The words are reduced to their stems: the first time loads a dictionary.
        self._book = await asyncio.to_thread(SynonymBook, found) if found else SynonymBook()
        self._version = version
        return True

    async def follow(self) -> None:
        """Follow the store until cancelled."""
        await keep_up(self._database, NAME, lambda: self._version, self.refresh)

    async def put(self, synonyms: Iterable[Synonym], targets: Iterable[str]) -> Kept:
        """Keep synonyms; one that is said already gets its new meaning.

        Args:
            synonyms: New or changed ones.
            targets: Intents and topics that a phrase may mean.

        Raises:
            InputError: Together with the stored ones they may not be kept (``teaching.faults``): nothing was.
            StoreUnavailable: From the store.
        """
        new = {(one.kind, _key(one)): one for one in synonyms}
        async with self._database.writing() as connection:
            await raise_version(connection, NAME)  # first: it is the lock
            stored = {(one.kind, _key(one)): one for one in await _stored(connection)}
            wrong = faults(list((stored | new).values()), [*targets, *_meant(stored.values())])
            if wrong:
                raise InputError("\n".join(wrong))
            kept = await self._write(connection, new, stored)
        await self.refresh()
        return kept

    async def _write(
        self,
        connection: AsyncConnection,
        new: dict[tuple[SynonymKind, str], Synonym],
        stored: dict[tuple[SynonymKind, str], Synonym],
    ) -> Kept:
        added = {key: one for key, one in new.items() if key not in stored}
        changed = {key: one for key, one in new.items() if key in stored and one != stored[key]}
        now = self._clock.now()
        if added:
            rows = [
                {"kind": kind.value, "key": key, "said": one.said, "meant": one.meant, "updated_at": now}
                for (kind, key), one in added.items()
            ]
            await connection.execute(insert(SynonymRow), rows)
        for (kind, key), one in changed.items():
            where = (SynonymRow.kind == kind.value, SynonymRow.key == key)
            values = {"said": one.said, "meant": one.meant, "updated_at": now}
            await connection.execute(update(SynonymRow).where(*where).values(values))
        return Kept(len(added), len(changed), len(new) - len(added) - len(changed))

    async def remove(self, kind: SynonymKind, said: str) -> bool:
        """Forget a synonym, in whatever form it is named; False where there is none. Raises StoreUnavailable."""
        key = _key(Synonym(kind=kind, said=said, meant=""))
        where = (SynonymRow.kind == kind.value, SynonymRow.key == key)
        async with self._database.writing() as connection:
            await raise_version(connection, NAME)
            gone = await connection.scalars(delete(SynonymRow).where(*where).returning(SynonymRow.id))
            removed = bool(gone.all())
        await self.refresh()
        return removed

    async def all(self) -> list[Synonym]:
        """Every synonym, by kind and words. Raises StoreUnavailable."""
        with store_errors():
            async with self._database.engine.connect() as connection:
                return list(await _stored(connection))


async def _stored(connection: AsyncConnection) -> Sequence[Synonym]:
    columns = (SynonymRow.kind, SynonymRow.said, SynonymRow.meant)
    found = await connection.execute(select(*columns).order_by(SynonymRow.kind, SynonymRow.said))
    return [Synonym(kind=SynonymKind(kind), said=said, meant=meant) for kind, said, meant in found]


def _meant(synonyms: Iterable[Synonym]) -> list[str]:
    """What kept phrases mean: a topic whose entry has gone since must not stop every other change."""
    return [one.meant for one in synonyms if one.kind is SynonymKind.PHRASE]


def _key(one: Synonym) -> str:
    return " ".join(key_of(one.said))
