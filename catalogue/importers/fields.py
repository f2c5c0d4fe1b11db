"""One record as tags and subfields, whatever file it came from."""

from collections.abc import Iterable, Iterator, Sequence

MARK = "\x1f"
"""Stands before every subfield code; a field is ``head MARK code text MARK code text …``."""


UNKNOWN_STATUS = "unknown_status"
"""Warning: a copy has a status that its format does not know."""


class Field:
    """One field.

    Attributes:
        head: What stands before the first subfield: indicators in MARC, the field's own value in IRBIS.
        parts: Subfields in the order of the file, the code before the text; texts are as they stood.
    """

    __slots__ = ("head", "parts")

    def __init__(self, text: str, *, any_case: bool = False) -> None:
        self.parts = text.split(MARK)
        self.head = self.parts.pop(0)
        if any_case:
            self.parts = [part[:1].lower() + part[1:] for part in self.parts]

    def first(self, codes: str) -> str:
        """The first subfield with one of the codes that says something, "" if there is none."""
        for part in self.parts:
            if part and part[0] in codes and (text := part[1:].strip()):
                return text
        return ""

    def all(self, codes: str) -> list[str]:
        """Every subfield with one of the codes that says something, in the order of the file."""
        return [text for part in self.parts if part and part[0] in codes and (text := part[1:].strip())]

    def main(self) -> str:
        """$a, or the first subfield where its code is no code at all (a letter with an accent, a control sign)."""
        if text := self.first("a"):
            return text
        first = next((part for part in self.parts if part), "")
        return first[1:].strip() if first and not (first[0].isascii() and first[0].isalnum()) else ""

    def has(self, codes: str) -> bool:
        """Whether a subfield with one of the codes is there, be it empty."""
        for part in self.parts:  # noqa: SIM110 - a dozen times a record, and ``any`` takes three times as long
            if part and part[0] in codes:
                return True
        return False

    def subfields(self) -> Iterator[tuple[str, str]]:
        """(code, text) in the order of the file."""
        return ((part[0], part[1:]) for part in self.parts if part)


class Fields:
    """One record before it is understood: the leader, and the wanted fields by tag.

    Attributes:
        leader: 24 characters in MARC, "" in IRBIS text.
        warnings: Codes of what was mended so far.
    """

    __slots__ = ("_by_tag", "leader", "warnings")

    def __init__(self, by_tag: dict[str, list[Field]], *, leader: str = "", warnings: Iterable[str] = ()) -> None:
        self._by_tag = by_tag
        self.leader = leader
        self.warnings = list(warnings)

    def add(self, tag: str, field: Field) -> None:
        """Put a field behind the others of its tag."""
        if tag in self._by_tag:
            self._by_tag[tag].append(field)
        else:
            self._by_tag[tag] = [field]

    def warn(self, code: str) -> None:
        """Note something mended, once."""
        if code not in self.warnings:
            self.warnings.append(code)

    def at(self, position: int) -> str:
        """One character of the leader, a space where it is too short."""
        return self.leader[position] if position < len(self.leader) else " "

    def tags(self) -> list[str]:
        """The tags that occur."""
        return list(self._by_tag)

    def control(self, tag: str) -> str:
        """The first control field of a tag as it stands, "" if there is none."""
        found = self._by_tag.get(tag)
        return found[0].head if found else ""

    def fields(self, *tags: str) -> Sequence[Field]:
        """The fields of some tags, in the order of the tags given."""
        if len(tags) == 1:
            return self._by_tag.get(tags[0], ())
        return [field for tag in tags for field in self._by_tag.get(tag, ())]

    def field(self, tag: str) -> Field | None:
        """The first field of a tag."""
        found = self._by_tag.get(tag)
        return found[0] if found else None

    def first(self, tag: str, codes: str) -> str:
        """The first of the codes in the first field of a tag that has one of them."""
        for field in self._by_tag.get(tag, ()):
            if found := field.first(codes):
                return found
        return ""

    def all(self, tag: str, codes: str) -> list[str]:
        """Every subfield with one of the codes in all fields of a tag."""
        found = self._by_tag.get(tag)
        if found is None:
            return []
        if len(found) == 1:  # nearly always
            return found[0].all(codes)
        return [text for field in found for text in field.all(codes)]

    def __contains__(self, tag: str) -> bool:
        return tag in self._by_tag
