"""Copies in MARC21 records, in the fields where the systems of libraries put them.

MARC21 has one field for them, 852, and every system has a habit of its own:

* Koha 952; Evergreen, Destiny, Voyager, Alma and most others 852, with 876 to 878 where pieces are told apart;
* Sierra and Millennium 945; Symphony 999, or 949 where the file was made for another system; Alma's AVA.

Source: MARC 21 Format for Holdings Data (852, 876-878), Koha's table of 952, Evergreen's ``marc_export``, the tables
of 945 that consortia on Sierra publish, read 2026-11-27.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from bot.language.folding import fold
from bot.library.model import ItemStatus
from bot.library.records import ItemData
from catalogue.importers import cleaning
from catalogue.importers.cleaning import tidy, trimmed
from catalogue.importers.fields import UNKNOWN_STATUS, Field, Fields
from catalogue.importers.tables import values

TAGS = ["852", "876", "877", "878", "945", "949", "952", "999", "AVA"]

MOST_OTHERS = 10

_PIECES = ("876", "877", "878")
_SIERRA = {
    "-": ItemStatus.AVAILABLE, "": ItemStatus.AVAILABLE, "!": ItemStatus.ON_HOLD, "t": ItemStatus.IN_TRANSIT,
    "m": ItemStatus.LOST, "n": ItemStatus.LOST, "$": ItemStatus.LOST, "z": ItemStatus.LOST,
    "o": ItemStatus.AVAILABLE,
}  # fmt: skip
"""The codes of 945 $s that the system sets itself; all others are each library's own."""
_SIERRA_IN_THE_LIBRARY = "o"
_TWO_AND_A_YEAR = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4}|\d{2})(?!\d)")
_SYMPHONY = {
    "checkedout": ItemStatus.ON_LOAN, "longoverdue": ItemStatus.ON_LOAN, "holds": ItemStatus.ON_HOLD,
    "intransit": ItemStatus.IN_TRANSIT, "onorder": ItemStatus.ON_ORDER, "inprocess": ItemStatus.ON_ORDER,
    "bindery": ItemStatus.UNAVAILABLE, "repair": ItemStatus.UNAVAILABLE, "missing": ItemStatus.LOST,
    "lost": ItemStatus.LOST, "lostpaid": ItemStatus.LOST, "lostclaim": ItemStatus.LOST,
    "lostassum": ItemStatus.LOST, "discard": ItemStatus.WITHDRAWN, "withdrawn": ItemStatus.WITHDRAWN,
}  # fmt: skip
"""What Symphony writes in the place of a shelf, without hyphens."""
_NOT_LENT = {"reference", "noncirculating"}
_HIDDEN = "hidden"
"""Evergreen's words in 852 $x."""


class Placing(NamedTuple):
    """Where 852 names the branch.

    Attributes:
        subfield: "a" or "b".
        otherwise: Where no name of a branch decided: what stands in the other one, the most first.
    """

    subfield: str
    otherwise: tuple[str, ...] = ()


def items(fields: Fields, branch_in: str) -> tuple[ItemData, ...]:
    """The copies of one record; numbered ones before those of which only a call number is told.

    Args:
        fields: The record, bibliographic or of holdings.
        branch_in: Which subfield of 852 names the branch, "a" or "b" (``placing``).
    """
    for read in _WAYS:
        if found := tuple(read(fields, branch_in)):
            return found
    return ()


def placing(places: Iterable[Field], known: Mapping[str, str]) -> Placing:
    """Whether 852 $a or $b names the branch: by the standard $a is the organisation, $b a part of it.

    The part may be a building or a collection. What the library calls its branches decides; else the file does: $b
    is the branch where each field has two (Evergreen: who owns a copy, where it is), where there is no $a, or where
    all have one $a and $b has shelves ($c) in it. A part without shelves is a collection («РГБ», «FB»).

    Args:
        places: Fields 852 of the file's first records.
        known: Names of branches, folded; empty where the library has none.
    """
    seen = [field for field in places if field.has("b")]
    if not seen:
        return Placing("a")
    words = {code: Counter(filter(None, (trimmed(_last(field, code)) for field in seen))) for code in "ab"}
    hits = {code: sum(count for word, count in words[code].items() if fold(word) in known) for code in "ab"}
    if hits["a"] != hits["b"]:
        return Placing(max(hits, key=lambda code: hits[code]))
    if hits["a"] or len(set(known.values())) == 1:
        return Placing("a")  # where there is one building, $b is a room in it
    twice = sum(len(field.all("b")) > 1 for field in seen) * 2 > len(seen)
    shelved = sum(field.has("c") for field in seen) * 2 > len(seen)
    alone = not words["a"] or (len(words["a"]) == 1 and shelved)
    code, other = ("b", "a") if twice or alone else ("a", "b")
    return Placing(code, tuple(word for word, _ in words[other].most_common(MOST_OTHERS)))


def _koha(fields: Fields, _: str) -> Iterator[ItemData]:
    """Koha's 952."""
    return (_item_952(field) for field in fields.fields("952") if field.has("abip"))


def _item_952(field: Field) -> ItemData:
    due_on = cleaning.day(field.first("q"))
    status = ItemStatus.AVAILABLE
    if _set(field, "0"):
        status = ItemStatus.WITHDRAWN
    elif _set(field, "1"):
        status = ItemStatus.LOST
    elif _set(field, "4"):
        status = ItemStatus.UNAVAILABLE
    elif due_on:
        status = ItemStatus.ON_LOAN
    elif field.first("7").startswith("-"):  # Koha: below zero is «ordered» and its kin
        status = ItemStatus.ON_ORDER
    return ItemData(
        branch=trimmed(field.first("a") or field.first("b")),
        location=trimmed(field.first("c")),
        inventory_number=tidy(field.first("i")),
        barcode=tidy(field.first("p")),
        call_number=tidy(field.first("o")),
        status=status,
        lendable=not _set(field, "7"),
        due_on=due_on,
    )


def _set(field: Field, code: str) -> bool:
    return field.first(code) not in {"", "0"}


def _numbered_852(fields: Fields, branch_in: str) -> Iterator[ItemData]:
    """852 with a number of its own; the others of the record, which have a mark, are copies then too."""
    places = fields.fields("852")
    if any(field.has("p") for field in places):
        yield from _marked_852(fields, branch_in)


def _marked_852(fields: Fields, branch_in: str) -> Iterator[ItemData]:
    return (_item_852(field, branch_in, fields) for field in fields.fields("852") if field.has("jhp"))


def _item_852(field: Field, branch_in: str, fields: Fields) -> ItemData:
    """One copy; $s (its status in words) and $x are Evergreen's."""
    by_b = branch_in == "b" and field.has("b")
    remarks = {text.lower() for text in field.all("x")}
    status = _in_words(field.first("s"), fields)
    number = tidy(field.first("p"))
    return ItemData(
        branch=trimmed(_last(field, "b") if by_b else field.first("a")),
        location=trimmed(field.first("c") if by_b else field.first("b") or field.first("c")),
        inventory_number=number,
        barcode=number,  # $p is either, and lists of loans ask for either
        call_number=_call_number(field),
        status=ItemStatus.WITHDRAWN if _HIDDEN in remarks else status,
        lendable=_NOT_LENT.isdisjoint(remarks),
    )


def _call_number(field: Field) -> str:
    """$k and $m stand before and behind it («FIC», «v.2»)."""
    middle = field.first("j") or " ".join(field.all("hi"))
    return tidy(" ".join((field.first("k"), middle, field.first("m")))) if middle else ""


def _pieces(fields: Fields, branch_in: str) -> Iterator[ItemData]:
    """876 to 878: pieces with a number each, at the place of the 852 that has the same link ($8 or $3)."""
    places = fields.fields("852")
    for piece in fields.fields(*_PIECES):
        number = tidy(piece.first("p") or piece.first("a"))
        if not number:
            continue
        place = _place_of(piece, places)
        home = _item_852(place, branch_in, fields) if place else ItemData()
        yield ItemData(
            branch=home.branch,
            location=trimmed(piece.first("l")) or home.location,
            inventory_number=number,
            barcode=tidy(piece.first("p")),
            call_number=home.call_number,
            status=_in_words(piece.first("j"), fields),
            lendable=home.lendable and not values.in_reading_room(piece.first("h")),
        )


def _place_of(piece: Field, places: Sequence[Field]) -> Field | None:
    """«1.2» of $8 is the second piece of the 852 that says «1» or «1.1»; the only 852 is that of all."""
    for code in "83":
        if link := piece.first(code).partition(".")[0]:
            for place in places:
                if link == place.first(code).partition(".")[0]:
                    return place
    return places[0] if places else None


def _sierra(fields: Fields, _: str) -> Iterator[ItemData]:
    """Sierra's and Millennium's 945: $l place, $i barcode, $s status, $h due, $y the item's own number."""
    for field in fields.fields("945"):
        own = field.first("y")
        if not field.has("l") or not (own.startswith(".i") or (field.has("i") and field.has("s"))):
            continue
        due_on = _sierra_day(field.first("h"))
        lent = any(map(str.isdigit, field.first("h")))
        code = field.first("s").lower()
        status = _SIERRA.get(code, ItemStatus.UNKNOWN)
        if status is ItemStatus.UNKNOWN:
            fields.warn(UNKNOWN_STATUS)
        yield ItemData(
            branch=trimmed(field.first("l")),
            inventory_number=tidy(own),
            barcode=tidy(field.first("i")),
            call_number=tidy(" ".join((*field.all("f"), *field.all("ab"), *field.all("k")))),
            status=ItemStatus.ON_LOAN if lent and status is ItemStatus.AVAILABLE else status,
            lendable=code != _SIERRA_IN_THE_LIBRARY,
            due_on=due_on,
        )


def _sierra_day(text: str) -> date | None:
    """«12-25-26», «12-25-2026»; which of the two comes first each installation sets: what could be either is None."""
    found = _TWO_AND_A_YEAR.match(text.strip())
    if not found:
        return cleaning.day(text)
    one, other, year = int(found[1]), int(found[2]), int(found[3])
    if one != other and max(one, other) <= 12:
        return None
    with suppress(ValueError):
        return date(year if year > 99 else 2000 + year, min(one, other), max(one, other))
    return None


def _symphony(fields: Fields, _: str) -> Iterator[ItemData]:
    """Symphony's 999 (949): $m library, $l home and $k present place, $i number, $a call number, $w its scheme."""
    for tag in ("999", "949"):
        copies = [field for field in fields.fields(tag) if all(map(field.has, "lmiw"))]
        for field in copies:
            here = field.first("k") or field.first("l")
            yield ItemData(
                branch=trimmed(field.first("m")),
                location=trimmed(field.first("l")),
                inventory_number=tidy(field.first("i")),
                barcode=tidy(field.first("i")),
                call_number=tidy(" ".join((field.first("a"), field.first("v")))),
                status=_SYMPHONY.get(here.lower().replace("-", ""), ItemStatus.AVAILABLE),
            )
        if copies:
            return


def _alma(fields: Fields, _: str) -> Iterator[ItemData]:
    """Alma's AVA: one for a shelf, with how many copies there are ($f) and how many of them are out ($g)."""
    for field in fields.fields("AVA"):
        if not field.has("bq"):
            continue
        copies = _count(field.first("f")) or 1
        free = field.first("e").lower() in {"available", "check_holdings", ""}
        yield ItemData(
            branch=trimmed(field.first("b") or field.first("q")),
            location=trimmed(field.first("c") or field.first("j")),
            call_number=tidy(field.first("d")),
            status=ItemStatus.AVAILABLE if free else ItemStatus.UNAVAILABLE,
            copies=copies,
            issued=min(copies, _count(field.first("g"))) if free else 0,
        )


def _count(text: str) -> int:
    return min(int(text), 10_000) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _in_words(text: str, fields: Fields) -> ItemStatus:
    if not text:
        return ItemStatus.AVAILABLE
    status = values.status(text)
    if status is ItemStatus.UNKNOWN:
        fields.warn(UNKNOWN_STATUS)
    return status


def _last(field: Field, code: str) -> str:
    found = field.all(code)
    return found[-1] if found else ""


_WAYS: tuple[Callable[[Fields, str], Iterable[ItemData]], ...] = (
    _koha, _pieces, _numbered_852, _sierra, _symphony, _marked_852, _alma,
)  # fmt: skip
"""The surest first: a number belongs to one copy, a call number alone to who knows how many."""
