"""One record as tags and subfields, whatever file it came from."""

from collections.abc import Iterable, Iterator

MARK = "\x1f"
"""Stands before every subfield code; a field is ``head MARK code text MARK code text …``."""


class Field:
    """One field.

    Attributes:
        head: What stands before the first subfield: indicators in MARC, the field's own value in IRBIS.
        subfields: (code, text) in the order of the file; texts are as they stood.
    """

    __slots__ = ("head", "subfields")

    def __init__(self, text: str, *, any_case: bool = False) -> None:
        self.head, *parts = text.split(MARK)
        if any_case:
            self.subfields = [(part[0].lower(), part[1:]) for part in parts if part]
        else:
            self.subfields = [(part[0], part[1:]) for part in parts if part]

    def first(self, codes: str) -> str:
        """The first subfield with one of the codes that says something, "" if there is none."""
        for code, text in self.subfields:
            if code in codes and (stripped := text.strip()):
                return stripped
        return ""

    def all(self, codes: str) -> list[str]:
        """Every subfield with one of the codes that says something, in the order of the file."""
        return [stripped for code, text in self.subfields if code in codes and (stripped := text.strip())]

    def has(self, codes: str) -> bool:
        """Whether a subfield with one of the codes is there, be it empty."""
        return any(code in codes for code, _ in self.subfields)


class Fields:
    """One record before it is understood: the leader, and the wanted fields by tag.

    Attributes:
        leader: 24 characters in MARC, "" in IRBIS text.
        warnings: Codes of what was mended so far.
    """

    __slots__ = ("_any_case", "_raw", "leader", "warnings")

    def __init__(
        self, raw: dict[str, list[str]], *, leader: str = "", any_case: bool = False, warnings: Iterable[str] = ()
    ) -> None:
        self._raw = raw
        self._any_case = any_case
        self.leader = leader
        self.warnings = list(warnings)

    def at(self, position: int) -> str:
        """One character of the leader, a space where it is too short."""
        return self.leader[position] if position < len(self.leader) else " "

    def texts(self, tag: str) -> list[str]:
        """The fields of a tag, not taken apart: for control fields."""
        return self._raw.get(tag, [])

    def control(self, tag: str) -> str:
        """The first control field of a tag, "" if there is none."""
        return self._raw[tag][0].strip() if tag in self._raw else ""

    def fields(self, *tags: str) -> Iterator[Field]:
        """The fields of some tags, in the order of the tags given."""
        for tag in tags:
            for text in self._raw.get(tag, ()):
                yield Field(text, any_case=self._any_case)

    def first(self, tag: str, codes: str) -> str:
        """The first of the codes in the first field of a tag that has one of them."""
        for field in self.fields(tag):
            if found := field.first(codes):
                return found
        return ""

    def all(self, tag: str, codes: str) -> list[str]:
        """Every subfield with one of the codes in all fields of a tag."""
        return [text for field in self.fields(tag) for text in field.all(codes)]

    def __contains__(self, tag: str) -> bool:
        return tag in self._raw
