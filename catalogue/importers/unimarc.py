"""UNIMARC and its Russian form RUSMARC → ``RecordData``. Source: the description of RUSMARC of 2015."""

import re
from collections.abc import Iterator

from bot.library.model import ItemStatus, Kind
from bot.library.records import ItemData, RecordData
from catalogue.importers import cleaning
from catalogue.importers.cleaning import distinct, phrase, phrases, tidy, trimmed, unbracketed
from catalogue.importers.fields import UNKNOWN_STATUS, Field, Fields

TAGS = [
    "001", "010", "011", "090", "100", "101", "200", "205", "210", "215", "225", "300", "330", "333", "454", "461",
    "462", "463", "500", "510", "541", "600", "601", "606", "607", "608", "610", "621", "675", "686", "700", "701",
    "702", "710", "711", "712", "852", "856", "899", "995",
]  # fmt: skip

_KINDS = {
    "c": Kind.MUSIC, "d": Kind.MUSIC, "e": Kind.MAP, "f": Kind.MAP, "g": Kind.VIDEO, "i": Kind.AUDIO, "j": Kind.AUDIO,
    "k": Kind.OTHER, "l": Kind.ELECTRONIC, "m": Kind.OTHER, "r": Kind.OTHER,
}  # fmt: skip
_LEVELS = {"a": Kind.ARTICLE, "s": Kind.SERIAL}
_READERS = {"b": "0–5", "c": "5–10", "d": "9–14", "e": "14–20"}
_AUTHOR_ROLE = "070"
_PART = re.compile(r"(?:ч|т|кн|вып|том|часть|книга|выпуск|сер|серия|№)\W{0,3}[\w,./-]{1,8}", re.IGNORECASE)
_COPY_OF_BRANCH = re.compile(r"^\d+-")


def to_record(fields: Fields) -> RecordData:
    """One record; the title is "" where there is neither a title nor a parent. Never raises."""
    kind = _kind(fields)
    parent = _Parent(fields)
    title, part, subtitle = _title(fields)
    part_number = phrase(fields.first("200", "h") or fields.first("200", "v") or part)
    if not part_number and kind is not Kind.ARTICLE:  # an article's $v tells its pages
        part_number = phrase(parent.volume)
    general = fields.field("100")
    coded = (general.parts[-1][1:] if general.parts else general.head) if general else ""
    items = () if kind is Kind.ARTICLE else tuple(_items(fields))
    isbns, isbn_raw = cleaning.isbns(fields.all("010", "a"))
    authors, contributors = _people(fields)
    audience = tidy(" ".join(fields.all("333", "a")))
    notes = fields.all("300", "a")
    return RecordData(
        source_id=fields.control("001").strip(),
        kind=kind,
        title=title or part_number or parent.title,
        subtitle=subtitle,
        part_number=part_number,
        part_name=phrase(fields.first("200", "i")),
        original_title=cleaning.original(title, _originals(fields), notes),
        parent_id=parent.id,
        parent_title=parent.title,
        responsibility=trimmed("; ".join(fields.all("200", "fg"))),
        author=authors[0] if authors else "",
        authors=authors,
        contributors=contributors,
        edition=tidy(fields.first("205", "a")),
        place=unbracketed(fields.first("210", "a")),
        publisher=unbracketed(fields.first("210", "c")),
        year=cleaning.year(coded[9:13], *fields.all("210", "d"), parent.date),
        extent=tidy(fields.first("215", "a")),
        isbns=isbns,
        isbn_raw="; ".join(distinct((isbn_raw, *map(tidy, fields.all("010", "z"))))),
        issn=tidy(fields.first("011", "a")),
        series=_series(fields),
        languages=cleaning.languages(fields.all("101", "a")),
        subjects=distinct(_subject(field) for field in fields.fields("600", "601", "606", "607")),
        genres=phrases(fields.all("608", "a")),
        keywords=phrases(fields.all("610", "a")),
        udc=tidy(fields.first("675", "a")),
        bbk=_bbk(fields),
        call_number=_call_number(fields, items),
        annotation=tidy(" ".join(fields.all("330", "a"))),
        url=fields.first("856", "u"),
        audience=audience or _READERS.get(coded[17:18], ""),
        age_mark=cleaning.age_mark(audience, *fields.all("200", "e"), *notes),
        grade=cleaning.grade(subtitle, title, audience),
        items=items,
        items_unknown=not items,
        warnings=tuple(fields.warnings),
    )


def _originals(fields: Fields) -> Iterator[str]:
    """The original of a translation (454, embedded or not), the uniform title (500), then what else it is called.

    That is a title in another language beside its own (200 $d, 510), or one that the cataloguer translated (541).
    """
    for field in fields.fields("454"):
        yield embedded(field).first("200", "a") or field.first("t")
    yield from fields.all("500", "a")
    yield from fields.all("200", "d")
    yield from fields.all("510", "a")
    yield from fields.all("541", "a")


class _Parent:
    """The set, series or journal that a record is part of.

    RUSMARC keeps it in embedded fields (``$1`` begins one: tag, indicators, subfields), some systems in
    the standard subfields. An article has its journal in 461 and the issue in 463.

    Attributes:
        volume: The part's number in the parent («Вып. 13»).
        date: When the issue appeared.
    """

    def __init__(self, fields: Fields) -> None:
        self.id = self.title = self.volume = self.date = ""
        titles: list[str] = []
        for field in fields.fields("461", "462", "463"):
            inner = embedded(field)
            title = inner.first("200", "a") or field.first("t")
            titles.append(phrase(title))
            self.id = self.id or inner.control("001").strip() or field.first("3")
            self.volume = self.volume or inner.first("200", "v") or field.first("v")
            self.date = self.date or inner.first("210", "d") or field.first("d")
        self.title = ". ".join(distinct(titles)[:2])


def embedded(field: Field) -> Fields:
    """The fields inside a linking field (461 and its kin); empty where it has standard subfields only."""
    inner: dict[str, list[Field]] = {}
    inside: Field | None = None
    for code, text in field.subfields():
        if code == "1":
            inside = Field(text[3:] if text.startswith("00") else text[3:5])
            inner.setdefault(text[:3], []).append(inside)
        elif inside:
            inside.parts.append(code + text)
    return Fields(inner)


def _title(fields: Fields) -> tuple[str, str, str]:
    """Title proper, a part's designation that stands before it in a $a of its own, and what else the title says."""
    field = fields.field("200")
    if field is None:
        return "", "", ""
    part, titles = "", list(phrases(field.all("a")) or (phrase(field.main()),))
    if len(titles) > 1 and _PART.fullmatch(titles[0]):
        part = titles.pop(0)
    return "; ".join(titles), part, "; ".join(distinct(map(trimmed, field.all("e"))))


def _kind(fields: Fields) -> Kind:
    return _LEVELS.get(fields.at(7)) or _KINDS.get(fields.at(6), Kind.BOOK)


def _people(fields: Fields) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Authors, main first, and those who otherwise took part."""
    # A second 700 with $7 is the same person in other letters.
    main = [person(field) for field in fields.fields("700", "701") if not field.has("7")]
    others: list[str] = []
    for field in fields.fields("702"):
        (main if field.first("4")[:3] == _AUTHOR_ROLE else others).append(person(field))
    main += [phrase(field.first("a")) for field in fields.fields("710")]
    others += [phrase(field.first("a")) for field in fields.fields("711", "712")]
    return distinct(main), distinct(others)


def person(field: Field) -> str:
    """«Хереш Э.»: surname and initials as the file gives them; given names where there are no initials."""
    surname, given = tidy(field.first("a")).rstrip(","), tidy(field.first("b") or field.first("g"))
    if given.startswith(","):
        return f"{surname}, {given.lstrip(', ')}"
    return f"{surname} {given}".strip()


def _series(fields: Fields) -> tuple[tuple[str, str], ...]:
    found = [
        (". ".join(map(phrase, (field.first("a"), *field.all("i")))).strip(". "), tidy(field.first("v")))
        for field in fields.fields("225")
    ]
    return tuple(dict.fromkeys(pair for pair in found if pair[0]))


def _subject(field: Field) -> str:
    return " — ".join(phrases(field.all("abxyzj")))


def _bbk(fields: Fields) -> str:
    for field in fields.fields("686"):
        if "bbk" in field.first("2").lower():
            return tidy(field.first("a"))
    return tidy(fields.first("621", "a") or fields.first("090", "a"))


def _call_number(fields: Fields, items: tuple[ItemData, ...]) -> str:
    own = fields.first("899", "j") or fields.first("852", "j") or fields.first("686", "b")
    own = tidy(own) or next((item.call_number for item in items if item.call_number), "")
    local = fields.field("090")  # MegaPro: class and author mark
    return own or (tidy(" ".join(local.all("ax"))) if local is not None and local.has("x") else "")


def _items(fields: Fields) -> Iterator[ItemData]:
    for field in fields.fields("995"):
        if field.parts:
            item = _item_995(field)
            if item.status is ItemStatus.UNKNOWN:
                fields.warn(UNKNOWN_STATUS)
            yield item
    for field in fields.fields("899"):
        if field.has("pjt") and not field.has("1"):
            yield _item_899(field)
    for field in fields.fields("852"):
        if field.has("jpmn"):
            yield ItemData(
                branch=trimmed(field.first("a")),
                location=trimmed(field.first("b") or field.first("c")),
                inventory_number=tidy(field.first("n") or field.first("m")),
                barcode=tidy(field.first("p")),
                call_number=tidy(field.first("j") or field.first("h")),
            )


def _item_899(field: Field) -> ItemData:
    return ItemData(
        branch=trimmed(field.first("a")),
        location=trimmed(field.first("b") or field.first("c")),
        inventory_number=tidy(field.first("p")),
        call_number=tidy(field.first("j") or " ".join(field.all("hi"))),
        copies=copies(field.first("t")),
    )


def _item_995(field: Field) -> ItemData:
    """Two dialects of one local field.

    LIBER and its kin: $a branch, $b kind of document, $j accession book, $l shelf mark, $f inventory
    number, $k the same with the branch. Koha's recommendation: $b owner, $c holder, $e location,
    $f barcode, $j inventory number, $k call number, $o status.
    """
    if field.has("l") or _COPY_OF_BRANCH.match(field.first("k")):
        return ItemData(
            branch=trimmed(field.first("a")),
            inventory_number=tidy(field.first("f")),
            call_number=tidy(field.first("l")),
        )
    due_on = cleaning.day(field.first("n"))
    status = ItemStatus.AVAILABLE if field.first("o") in {"", "0"} else ItemStatus.UNKNOWN
    return ItemData(
        branch=trimmed(field.first("c") or field.first("b") or field.first("a")),
        location=trimmed(field.first("e")),
        inventory_number=tidy(field.first("j") or field.first("f")),
        barcode=tidy(field.first("f")),
        call_number=tidy(field.first("k")),
        status=ItemStatus.ON_LOAN if due_on else status,
        due_on=due_on,
    )


def copies(text: str) -> int:
    """A number of copies, 1 where the text is none or no sensible one."""
    digits = text.strip()
    return min(int(digits), 10_000) or 1 if digits.isascii() and digits.isdigit() and len(digits) < 6 else 1
