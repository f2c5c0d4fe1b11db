"""What of a message goes to the catalogue: the title, without politeness and request words."""

from dataclasses import dataclass

from understanding.tokens import Message

_ROLES = {"polite": 3, "strong": 2, "noun": 2, "weak": 1}


@dataclass(frozen=True, slots=True)
class Rest:
    """The part to look up.

    Attributes:
        text: Without noise, as the reader spelt it.
        wider: With the word «книга» that stood before it, "" where none did.
        stripped: Whether anything but politeness was cut off.
    """

    text: str
    wider: str = ""
    stripped: bool = False


def rest(message: Message, first: int, last: int) -> Rest:
    """Cut noise off both ends of ``message.tokens[first:last]``.

    Strong words go with all weak ones between them and the end; weak words alone stay, so a
    title that begins with one is kept. A message of nothing but noise is kept whole: «Мы», «Ищу человека».
    """
    marks = _marks(message, first, last)
    start = _edge([marks[number] for number in range(first, last)])
    end = _edge([marks[number] for number in range(last - 1, first - 1, -1)])
    if start + end >= last - first:
        polite = _polite(marks, first, last)
        return Rest(_spelt(message, *polite)) if polite[0] < polite[1] else Rest(_spelt(message, first, last))
    begin, stop = first + start, last - end
    wider = ""
    if begin > first and marks[begin - 1][1] == "noun":
        wider = _spelt(message, begin - 1, stop)
    stripped = any(marks[n][1] != "polite" for n in [*range(first, begin), *range(stop, last)])
    return Rest(_spelt(message, begin, stop), wider, stripped)


def _marks(message: Message, first: int, last: int) -> dict[int, tuple[int, str]]:
    """Strength (0 keeps) and role of each word; a row of words marks all of its words."""
    marks = {}
    for number in range(first, last):
        roles = message.tokens[number].meaning.roles
        strength, role = 0, ""
        for name in roles:
            if _ROLES.get(name, 0) > strength:
                strength, role = _ROLES[name], name
        marks[number] = (strength, role)
    for number in range(first, last):
        for row in message.tokens[number].meaning.sequences:
            strength = _ROLES.get(row.role, 0)
            end = number + 1 + len(row.parts)
            if strength and end <= last and _runs(message, row.parts, number + 1):
                for place in range(number, end):
                    if strength > marks[place][0]:
                        marks[place] = (strength, row.role)
    return marks


def _runs(message: Message, parts: tuple[tuple[str, bool], ...], place: int) -> bool:
    for offset, (part, starred) in enumerate(parts):
        word = message.tokens[place + offset].word
        if not (word.startswith(part) if starred else word == part):
            return False
    return True


def _edge(marks: list[tuple[int, str]]) -> int:
    """How many words to cut: up to the last strong one that noise alone parts from the end."""
    cut = 0
    strong = False
    for number, (strength, role) in enumerate(marks):
        if strength == 0:
            break
        if strength >= 2 and (role != "noun" or strong or number == 0):
            cut = number + 1
            strong = strong or role == "strong"
    return cut


def _polite(marks: dict[int, tuple[int, str]], first: int, last: int) -> tuple[int, int]:
    while first < last and marks[first][1] == "polite":
        first += 1
    while last > first and marks[last - 1][1] == "polite":
        last -= 1
    return first, last


def _spelt(message: Message, first: int, last: int) -> str:
    if first >= last:
        return ""
    text = message.text[message.tokens[first].start : message.tokens[last - 1].end]
    return text.strip()
