"""Which branch a file means: by code, name or another spelling, whatever the case and the punctuation."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.language.folding import fold
from db.models import BranchRow

CODE_LENGTH, NAME_LENGTH = 64, 200
_NUMBER = re.compile(r"(\d{1,9})")


class Known(NamedTuple):
    """A branch as far as finding it goes."""

    id: int
    code: str
    name: str
    configured: bool
    aliases: tuple[str, ...]


async def known_branches(connection: AsyncConnection) -> list[Known]:
    """Every branch of the store: the configured ones first, in their order."""
    table = BranchRow
    found = await connection.execute(
        select(table.id, table.code, table.name, table.configured, table.details).order_by(
            table.configured.desc(), table.position, table.id
        )
    )
    return [Known(row.id, row.code, row.name, row.configured, _aliases(row.details)) for row in found]


def _aliases(details: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(details.get("aliases", ()))


@lru_cache(maxsize=4096)
def in_order(name: str) -> tuple[str | int, ...]:
    """A key to sort branches by name as people do: филиал 2 before филиал 14."""
    return tuple(int(part) if place % 2 else part for place, part in enumerate(_NUMBER.split(name.casefold())))


class BranchBook:
    """Names of branches → their ids, for one transaction."""

    def __init__(self, known: Iterable[Known]) -> None:
        branches = list(known)
        self._ids: dict[str, int] = {}
        # A code is what a library means most exactly, an alias the least.
        for branch in branches:
            self._ids.setdefault(_key(branch.code), branch.id)
        for branch in branches:
            self._ids.setdefault(_key(branch.name), branch.id)
        for branch in branches:
            for alias in branch.aliases:
                self._ids.setdefault(_key(alias), branch.id)
        self._codes = {branch.code for branch in branches}
        self._found: dict[str, int | None] = {}

    def find(self, name: str) -> int | None:
        """The id of the branch that is called so; None if nobody is, or the name says nothing."""
        if name not in self._found:
            self._found[name] = self._ids.get(_key(name))
        return self._found[name]

    async def meet(self, names: Iterable[str], connection: AsyncConnection | None) -> None:
        """Give every unknown name a branch of its own; without a connection only in this book (a dry run)."""
        for name in names:
            key = _key(name)
            if not key or key in self._ids:
                continue
            if connection is None:
                self._ids[key] = -1 - len(self._ids)
                continue
            called = _called(name)
            code = self._code(called)
            row = {"code": code, "name": called, "details": {}, "configured": False}
            added = await connection.execute(insert(BranchRow).values(row).returning(BranchRow.id))
            self._ids[key] = added.scalar_one()
            self._codes.add(code)

    def _code(self, name: str) -> str:
        """The name itself, or a digest of it where it is too long for a code or the code is taken."""
        if len(name) <= CODE_LENGTH and name not in self._codes:
            return name
        return hashlib.sha256(name.encode()).hexdigest()[:16]


def _called(name: str) -> str:
    """A file's words for a branch, as the store keeps them."""
    return name.strip()[:NAME_LENGTH]


def _key(name: str) -> str:
    return fold(_called(name))
