"""Reading on the hot path from PostgreSQL (see ``db.reading``)."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import URL

from db.postgres import PASSING, ended_if_confused, open_session, passing_faults
from db.reading import Answer, Decode

LONG_ANSWER = 100_000
"""Letters of JSON that are decoded in a thread: shorter ones take less than a millisecond."""

FEW_ROWS = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}
"""All questions are for a few rows by their keys; a plan made while the tables were empty must know it too."""

POSTGRES_WORDS = {
    "ids": "(SELECT unnest($1::bigint[]))",
    "one": "$1::bigint",
    "two": "$2::bigint",
    "three": "$3::bigint",
    "array": "json_build_array",
    "rows": "json_agg",
    "json": "to_json",
}


class PostgresReader:
    """Asks a PostgreSQL store over one connection, made anew after a loss."""

    words = POSTGRES_WORDS

    def __init__(self, url: URL, purpose: str) -> None:
        self._url, self._purpose = url, purpose
        self._connection: Any = None
        self._turn = asyncio.Lock()

    @staticmethod
    def fields(column: str, *names: str) -> str:
        """An array of the named fields of a JSON column, null where one is missing."""
        values = ", ".join(f"{column}->'{name}'" for name in names)
        return f"json_build_array({values})"

    @staticmethod
    def ids(numbers: Sequence[int]) -> object:
        """The value for ``{ids}``."""
        return numbers

    async def ask(self, statement: str, values: Sequence[object], decode: Decode[Answer]) -> Answer:
        """The decoded first column of the first row. Raises StoreUnavailable."""
        with passing_faults():
            async with self._turn:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await open_session(self._url, self._purpose, **FEW_ROWS)
                with ended_if_confused(self._connection):
                    raw: str = await self._connection.fetchval(statement, *values)
        return await asyncio.to_thread(decode, raw) if len(raw) > LONG_ANSWER else decode(raw)

    async def aclose(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            with suppress(*PASSING):
                await self._connection.close(timeout=5)
