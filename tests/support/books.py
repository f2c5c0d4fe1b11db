"""Records as an import makes them, in a line each."""

import hashlib
from typing import Any

from bot.bibliography import Keyed
from bot.language.folding import fold
from bot.library.model import ItemStatus
from bot.library.records import ItemData, RecordData


def book(
    title: str,
    author: str = "",
    *copies: ItemData,
    source_id: str = "",
    year: int | None = None,
    ordinal: int = 1,
    **fields: Any,
) -> Keyed:
    """A record with its keys: equal author, title and part are one work; with the year, one fingerprint."""
    part = str(fields.get("part_number", ""))
    fields.setdefault("items_unknown", not copies)
    record = RecordData(
        title=title,
        author=author,
        authors=(author,) if author else (),
        source_id=source_id,
        year=year,
        items=copies,
        **fields,
    )
    return Keyed(
        record=record,
        work_key=_digest(author, title, part),
        fingerprint=_digest(author, title, part, str(year)),
        title=f"{title}. {part}" if part else title,
        author=author,
        source_file="books.mrc",
        ordinal=ordinal,
    )


def copy(branch: str = "01", number: str = "", **fields: Any) -> ItemData:
    """One copy on the shelf: ``copy("01", "1024", call_number="84(2)6")``."""
    return ItemData(branch=branch, inventory_number=number, **fields)


def lent(branch: str = "01", number: str = "", **fields: Any) -> ItemData:
    """One copy on loan."""
    return copy(branch, number, status=ItemStatus.ON_LOAN, **fields)


def _digest(*words: str) -> str:
    return hashlib.sha256("|".join(fold(word) for word in words).encode()).hexdigest()[:32]
