"""Writes ISO 2709 records, sound ones and damaged ones: for tests, and for the demonstration's catalogue.

The opposite of ``catalogue.importers.iso2709``, and written without it: a mistake in one shows in the other.
"""

from collections.abc import Iterable, Sequence

MARK = "\x1f"
LEADER = "     nam0 22     3i 450 "
"""A book in RUSMARC; lengths are filled in."""
MARC21_LEADER = "     nam a22     7a 4500"

Subfields = Sequence[tuple[str, str]]


def field(tag: str, subfields: Subfields, indicators: str = "  ") -> tuple[str, str]:
    """A data field: ``field("200", [("a", "Каштанка")], "1 ")``."""
    return tag, indicators + "".join(f"{MARK}{code}{text}" for code, text in subfields)


def control(tag: str, text: str) -> tuple[str, str]:
    """A control field: ``control("001", "RU/1")``."""
    return tag, text


def build_record(
    fields: Iterable[tuple[str, str]],
    charset: str = "utf-8",
    *,
    leader: str = LEADER,
    count_characters: bool = False,
    shuffled: bool = False,
) -> bytes:
    """One record with its terminator.

    Args:
        fields: (tag, content) as ``field`` and ``control`` make them; a content may hold 1E within itself.
        charset: Python's name of the encoding.
        leader: 24 characters; the length and the base address in it are overwritten.
        count_characters: Write lengths and offsets in characters, as some programs wrongly do.
        shuffled: Store the fields in the reverse of the directory's order, as some programs rightly do.
    """
    made = list(fields)
    contents = [text.encode(charset) + b"\x1e" for _, text in made]
    sizes = [len(text) + 1 for _, text in made] if count_characters else [len(content) for content in contents]
    order = list(reversed(range(len(made)))) if shuffled else list(range(len(made)))
    places = dict.fromkeys(order, 0)
    offset = 0
    for at in order:
        places[at] = offset
        offset += sizes[at]
    directory = "".join(f"{tag}{sizes[at] % 10_000:04}{places[at] % 100_000:05}" for at, (tag, _) in enumerate(made))
    body = directory.encode("ascii") + b"\x1e" + b"".join(contents[at] for at in order) + b"\x1d"
    base = 24 + len(directory) + 1
    length = 24 + len(body)
    head = f"{length % 100_000:05}{leader[5:12]}{base:05}{leader[17:24]}"
    return head.encode("ascii") + body
