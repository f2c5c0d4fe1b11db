"""IRBIS64 and IRBIS32 → ``RecordData``, from text export and from ISO 2709 with IRBIS tags.

Source: ManagedIrbis (ExemplarStatus), exports of two universities. Codes of subfields come in either case.
"""

import re
from collections.abc import Iterator, Mapping

from bot.library.model import ItemStatus, Kind
from bot.library.records import ItemData, RecordData
from catalogue.importers import cleaning
from catalogue.importers.cleaning import distinct, phrase, phrases, tidy, trimmed, unbracketed
from catalogue.importers.fields import UNKNOWN_STATUS, Field, Fields
from catalogue.importers.unimarc import copies, person

TAGS = [
    "10", "11", "101", "1119", "200", "205", "210", "215", "225", "300", "331", "333", "454", "461", "463", "510",
    "600", "601", "606", "607", "610", "621", "675", "700", "701", "702", "710", "711", "900", "903", "906", "908",
    "910", "920", "923", "933", "934", "936", "951", "961",
]  # fmt: skip

_ARTICLE = "ASP"
_KINDS = {"J": Kind.SERIAL, "NJ": Kind.SERIAL, "NJP": Kind.SERIAL, "NJK": Kind.SERIAL, _ARTICLE: Kind.ARTICLE}
_KINDS |= {"MUSP": Kind.OTHER}
# The sorts of field 900 ^t are those of UNIMARC's leader/06; «g3» is a slide.
_TYPES = {
    "c": Kind.MUSIC, "d": Kind.MUSIC, "e": Kind.MAP, "f": Kind.MAP, "g": Kind.VIDEO, "i": Kind.AUDIO, "j": Kind.AUDIO,
    "k": Kind.OTHER, "l": Kind.ELECTRONIC, "m": Kind.OTHER, "r": Kind.OTHER,
}  # fmt: skip
_JOURNAL = re.compile(rb"^#?920\s*:\s*J\s*$|\x1faJ\x1e", re.MULTILINE | re.IGNORECASE)
_LUMPS = frozenset("UC")
_STATUSES = {
    "0": ItemStatus.AVAILABLE,
    "1": ItemStatus.ON_LOAN,
    "9": ItemStatus.ON_HOLD,
    "2": ItemStatus.ON_ORDER,
    "8": ItemStatus.IN_TRANSIT,
    "3": ItemStatus.UNAVAILABLE,
    "5": ItemStatus.UNAVAILABLE,
    "4": ItemStatus.LOST,
    "6": ItemStatus.WITHDRAWN,
    "P": ItemStatus.WITHDRAWN,  # bound into a volume that has a record of its own: not lent by itself
    "R": ItemStatus.WITHDRAWN,  # a template that the cataloguer has yet to multiply: no copy
}


def maybe_journal(data: bytes) -> bool:
    """Whether a record's bytes may be a journal's (worksheet J): quick, to be asked of every record."""
    return _JOURNAL.search(data) is not None


def journal(fields: Fields) -> dict[str, str]:
    """A journal's code and its title; empty for every other record."""
    code, title = _value(fields, "903"), phrase(fields.first("200", "a"))
    return {code: title} if _value(fields, "920").upper() == "J" and code and title else {}


def to_record(fields: Fields, journals: Mapping[str, str] | None = None) -> RecordData:
    """One record; the title is "" where there is neither a title, a parent nor a number. Never raises.

    Args:
        fields: The record.
        journals: Titles of the file's journals by their codes, for their issues.
    """
    worksheet = _value(fields, "920").upper()
    kind = _KINDS.get(worksheet) or _TYPES.get(fields.first("900", "t")[:1].lower(), Kind.BOOK)
    whole = _Whole(fields, worksheet, journals or {})
    title = phrase(fields.first("200", "a"))
    volume = tidy(fields.first("200", "v") or fields.first("923", "h"))
    part_number = volume or whole.number
    isbns, isbn_raw = cleaning.isbns(fields.all("10", "a"))
    authors, contributors = _people(fields)
    subtitle = "; ".join(distinct(map(trimmed, fields.all("200", "e"))))
    audience = tidy(" ".join(_values(fields, "333")))
    items = () if kind is Kind.ARTICLE else tuple(_items(fields))
    return RecordData(
        source_id=_value(fields, "903") or _value(fields, "1119"),
        kind=kind,
        title=title or part_number or whole.title,
        subtitle=subtitle,
        part_number=part_number,
        part_name=phrase(fields.first("923", "i")),
        original_title=cleaning.original(title, (*fields.all("454", "a"), *fields.all("510", "d"))),
        parent_id=whole.id,
        parent_title=whole.title,
        responsibility=trimmed("; ".join(fields.all("200", "fg"))),
        author=authors[0] if authors else "",
        authors=authors,
        contributors=contributors,
        edition=tidy(fields.first("205", "a")),
        place=unbracketed(fields.first("210", "a")),
        publisher=unbracketed(fields.first("210", "c")),
        year=cleaning.year(*(fields.all("210", "d") or [whole.date])),
        extent=tidy(fields.first("215", "a")),
        isbns=isbns,
        isbn_raw="; ".join(distinct((isbn_raw, *map(tidy, fields.all("10", "z"))))),
        issn=tidy(fields.first("11", "a")),
        series=_series(fields),
        languages=cleaning.languages(_values(fields, "101")),
        subjects=distinct(_subject(field) for field in fields.fields("600", "601", "606", "607")),
        keywords=phrases(_values(fields, "610")),
        udc=_value(fields, "675"),
        bbk=_value(fields, "621"),
        call_number=" ".join(filter(None, (_value(fields, "906"), _value(fields, "908")))),
        annotation=tidy(" ".join(_values(fields, "331"))),
        url=fields.first("951", "i"),
        audience=audience,
        age_mark=cleaning.age_mark(audience, subtitle, *_values(fields, "300")),
        grade=cleaning.grade(subtitle, title, audience),
        items=items,
        items_unknown=not items,
        warnings=tuple(fields.warnings),
    )


class _Whole:
    """What a volume, an issue or an article is part of.

    Attributes:
        number: Of an issue: «№ 2».
    """

    def __init__(self, fields: Fields, worksheet: str, journals: Mapping[str, str]) -> None:
        self.id = self.title = self.number = self.date = ""
        for field in fields.fields("461"):
            self.title = phrase(field.first("c"))
            self.date = field.first("h") or field.first("z")
            break
        if worksheet == _ARTICLE:
            for field in fields.fields("463"):
                self.title = ". ".join(filter(None, (phrase(field.first("c")), tidy(field.first("h")))))
                self.id, self.date = field.first("w"), field.first("j")
                break
        elif "933" in fields:  # an issue: its journal's code, the year, the number
            self.id = _value(fields, "933")
            self.title = self.title or journals.get(self.id, "")
            number = _value(fields, "936")
            self.number = f"№ {number}" if number[:1].isdigit() else number
            self.date = _value(fields, "934")
            self.number = ", ".join(filter(None, (self.date, self.number)))


def _value(fields: Fields, tag: str) -> str:
    """A field's own value; in ISO 2709 it was moved into $a."""
    return next(iter(_values(fields, tag)), "")


def _values(fields: Fields, tag: str) -> list[str]:
    return [text for field in fields.fields(tag) if (text := _own(field))]


def _own(field: Field) -> str:
    return tidy(field.head.strip() or field.first("a"))


def _people(fields: Fields) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Authors, main first, and those who otherwise took part; 961 and 461 ^x are those of the whole set."""
    main = [person(field) for field in fields.fields("700", "701")]
    whole = [person(field) for field in fields.fields("961") if field.first("z").upper() in {"", "ДА"}]
    main += [] if main else whole or fields.all("461", "x")[:1]
    main += [phrase(field.first("a")) for field in fields.fields("710")]
    others = [person(field) for field in fields.fields("702")]
    return distinct(main), distinct(others + [phrase(field.first("a")) for field in fields.fields("711")])


def _series(fields: Fields) -> tuple[tuple[str, str], ...]:
    found = [(phrase(field.first("a")), tidy(field.first("v"))) for field in fields.fields("225")]
    return tuple(dict.fromkeys(pair for pair in found if pair[0]))


def _subject(field: Field) -> str:
    return " — ".join(distinct(phrase(text) for code, text in field.subfields() if code.isalpha()))


def _items(fields: Fields) -> Iterator[ItemData]:
    for field in fields.fields("910"):
        if not field.parts:
            continue
        code = field.first("a").upper()
        lump = code in _LUMPS
        total = copies(field.first("1")) if lump else 1
        issued = min(_number(field.first("2")), total) if lump else 0
        status = ItemStatus.AVAILABLE if lump else _STATUSES.get(code, ItemStatus.UNKNOWN)
        if lump and issued == total:
            status = ItemStatus.ON_LOAN
        if status is ItemStatus.UNKNOWN:
            fields.warn(UNKNOWN_STATUS)
        yield ItemData(
            branch=trimmed(field.first("d")),
            location=trimmed(field.first("!") or field.first("q")),
            inventory_number=tidy(field.first("b")),
            barcode=tidy(field.first("h")),
            call_number=tidy(field.first("r")),
            status=status,
            copies=total,
            issued=issued,
        )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
