"""MARC21 → ``RecordData``; its copies: ``marc21_items``. Source: the MARC 21 formats."""

import re
from collections.abc import Iterator, Sequence

from bot.library.model import Kind
from bot.library.records import ItemData, RecordData
from catalogue.importers import cleaning, marc21_items
from catalogue.importers.cleaning import distinct, phrase, phrases, tidy, unbracketed
from catalogue.importers.fields import Field, Fields

TAGS = [
    "001", "004", "008", "020", "022", "041", "080", "084", "100", "110", "111", "240", "245", "246", "250", "260",
    "264", "300", "440", "490", "500", "520", "521", "600", "610", "611", "650", "651", "653", "655", "700", "710",
    "711", "765", "773", "800", "830", "856", "880", *marc21_items.TAGS,
]  # fmt: skip

_KINDS = {
    "c": Kind.MUSIC, "d": Kind.MUSIC, "e": Kind.MAP, "f": Kind.MAP, "g": Kind.VIDEO, "i": Kind.AUDIO, "j": Kind.AUDIO,
    "k": Kind.OTHER, "m": Kind.ELECTRONIC, "o": Kind.OTHER, "p": Kind.OTHER, "r": Kind.OTHER,
}  # fmt: skip
_LEVELS = {"a": Kind.ARTICLE, "b": Kind.ARTICLE, "s": Kind.SERIAL}
_CYRILLIC = re.compile(r"[\u0400-\u04ff]{2}")
_AUTHOR_ROLES = {"", "aut", "070", "автор", "author", "co-author"}
_PARALLEL = "1"
"""Second indicator of field 246: the title in another language that the title page has as well."""
_AUDIENCE = {"a": "0–5", "b": "5–8", "c": "9–13", "d": "14–17"}


def to_record(fields: Fields, branch_in: str = "a", held: Sequence[ItemData] = ()) -> RecordData:
    """One record; the title is "" where there is neither a title nor a parent. Never raises.

    Args:
        fields: The record.
        branch_in: Which subfield of 852 names the branch.
        held: Copies that holdings records of the file tell of.
    """
    parent = fields.field("773")
    parent_title = _parent_title(parent)
    title = _vernacular(fields, "245") or fields.field("245")
    main_title = phrase(title.main()) if title else ""
    subtitle = "; ".join(map(phrase, title.all("b"))) if title else ""
    part_number = phrase(title.first("n")) if title else ""
    part_name = phrase(title.first("p")) if title else ""
    fixed = fields.control("008")
    kind = _LEVELS.get(fields.at(7)) or _KINDS.get(fields.at(6), Kind.BOOK)
    items = () if kind is Kind.ARTICLE else (*held, *marc21_items.items(fields, branch_in))
    isbns, isbn_raw = cleaning.isbns(fields.all("020", "a"))
    authors, contributors = _people(fields)
    audience = tidy(" ".join(fields.all("521", "a")))
    imprint = "264" if "264" in fields else "260"
    return RecordData(
        source_id=fields.control("001").strip(),
        kind=kind,
        title=main_title or part_name or part_number or parent_title,
        subtitle=subtitle,
        part_number=part_number or (phrase(parent.first("g")) if parent and kind is not Kind.ARTICLE else ""),
        part_name=part_name,
        original_title=cleaning.original(main_title, _originals(fields), fields.all("500", "a")),
        parent_id=re.sub(r"^\(.*\)", "", parent.first("w")) if parent else "",
        parent_title=parent_title,
        responsibility=phrase(title.first("c")) if title else "",
        author=authors[0] if authors else "",
        authors=authors,
        contributors=contributors,
        edition=phrase(fields.first("250", "a")),
        place=unbracketed(fields.first(imprint, "a")),
        publisher=unbracketed(fields.first(imprint, "b")),
        year=cleaning.year(fixed[7:11], *fields.all(imprint, "c")),
        extent=phrase(fields.first("300", "a")),
        isbns=isbns,
        isbn_raw="; ".join(distinct((isbn_raw, *map(tidy, fields.all("020", "z"))))),
        issn=tidy(fields.first("022", "a")),
        series=_series(fields),
        languages=_languages(fields, fixed),
        subjects=distinct(_subject(field) for field in fields.fields("600", "610", "611", "650", "651")),
        genres=phrases(fields.all("655", "a")),
        keywords=phrases(fields.all("653", "a")),
        udc=tidy(fields.first("080", "a")),
        bbk=_bbk(fields),
        call_number=tidy(fields.first("852", "j"))
        or next((item.call_number for item in items if item.call_number), ""),
        annotation=tidy(" ".join(fields.all("520", "a"))),
        url=fields.first("856", "u"),
        audience=audience or (_AUDIENCE.get(fixed[22:23], "") if kind is Kind.BOOK else ""),
        age_mark=cleaning.age_mark(audience, subtitle, *fields.all("500", "a")),
        grade=cleaning.grade(subtitle, main_title, audience),
        items=items,
        items_unknown=not items,
        warnings=tuple(fields.warnings),
    )


def _originals(fields: Fields) -> Iterator[str]:
    """The entry of the original (765), the uniform title (240), then a title in another language beside its own."""
    yield from (field.first("t") for field in fields.fields("765"))
    yield from fields.all("240", "a")
    yield from (field.first("a") for field in fields.fields("246") if field.head[1:2] == _PARALLEL)
    title = fields.field("245")
    if title and title.first("a").endswith("="):
        yield title.first("b")


def _vernacular(fields: Fields, tag: str) -> Field | None:
    """The field in its own Cyrillic letters, which 880 keeps where the field itself is romanised."""
    for field in fields.fields("880"):
        if field.first("6").startswith(tag) and _CYRILLIC.search(field.first("a")):
            return field
    return None


def _parent_title(parent: Field | None) -> str:
    if parent is None:
        return ""
    title, _, responsibility = parent.first("t").partition(" / ")
    del responsibility  # the whole statement stands in $t of records that were converted from RUSMARC
    return phrase(title) or phrase(parent.first("a"))


def _people(fields: Fields) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Authors, main first, and those who otherwise took part."""
    main: list[str] = []
    others: list[str] = []
    for tag in ("100", "110", "111"):
        field = _vernacular(fields, tag) or fields.field(tag)
        if field:
            main.append(_name(field))
    for field in fields.fields("700", "710", "711"):
        role = phrase(field.first("4") or field.first("e")).lower().rstrip(".")
        if not field.has("t"):  # a name with a title is a work within, not a person of this book
            (main if role in _AUTHOR_ROLES and (main or field.has("4e")) else others).append(_name(field))
    return distinct(main), distinct(others)


def _name(field: Field) -> str:
    """«Roatcap, Adela Spindler»; numbers of kings stand beside the name, parts of bodies behind a stop."""
    name, part = phrase(field.first("a")), phrase(field.first("b"))
    if not part:
        return name
    return f"{name} {part}" if part.strip("IVXLCDM. ,") == "" else f"{name.rstrip('.')}. {part}"


def _series(fields: Fields) -> tuple[tuple[str, str], ...]:
    tags = ("490", "440") if "490" in fields or "440" in fields else ("830", "800")
    found = [(phrase(field.first("a") or field.first("t")), phrase(field.first("v"))) for field in fields.fields(*tags)]
    return tuple(dict.fromkeys(pair for pair in found if pair[0]))


def _languages(fields: Fields, fixed: str) -> tuple[str, ...]:
    return cleaning.languages(fields.all("041", "a") or [fixed[35:38]])


def _subject(field: Field) -> str:
    return " — ".join(distinct(map(phrase, field.all("axyz"))))


def _bbk(fields: Fields) -> str:
    for field in fields.fields("084"):
        if "bbk" in field.first("2").lower():
            return tidy(field.first("a"))
    return ""
