"""Questions for known works, spoilt as readers spoil them; the same seed gives the same questions."""

import random
import re
from collections.abc import Callable, Sequence

from bot.bibliography import IndexEntry
from bot.language.folding import fold, words
from bot.language.layout import to_latin
from bot.language.morphology import analyser

_KEYS = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_LATIN = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюя",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "h",
            "c",
            "ch",
            "sh",
            "sch",
            "",
            "y",
            "",
            "e",
            "yu",
            "ya",
        ],
        strict=True,
    )
)
_CHAT = (("zh", "j"), ("sch", "w"), ("ch", "4"), (r"(?<![czs])h", "x"), ("ya", "ja"), ("yu", "ju"))
_CASES = ("gent", "datv", "accs", "ablt", "loct")


def ask(kind: str, entry: IndexEntry, chance: random.Random) -> str:
    """A question of a kind for a work, "" where the work does not lend itself to it."""
    title, author = entry.variants[0]
    said = " ".join(words(title)[:8])
    if not said:
        return ""
    return KINDS[kind](said, _surname(author), chance)


def _exact(title: str, surname: str, chance: random.Random) -> str:
    return title


def _with_author(title: str, surname: str, chance: random.Random) -> str:
    if not surname:
        return ""
    return f"{surname} {title}" if chance.random() < 0.5 else f"{title} {surname}"


def by_author(title: str, surname: str, chance: random.Random) -> str:
    """The title with the author in the genitive («шинель гоголя»), "" where no form is known."""
    form = _form(surname, "gent")
    if not form:
        return ""
    return f"{form} {title}" if chance.random() < 0.5 else f"{title} {form}"


def inflected(title: str, surname: str, chance: random.Random) -> str:
    """One or two words of the title in another case, half of the time with the author's name."""
    said = title.split()
    places = [place for place, word in enumerate(said) if len(word) >= 4]
    chance.shuffle(places)
    changed = 0
    case = chance.choice(_CASES)
    for place in places:
        form = _form(said[place], case)
        if form and form != said[place]:
            said[place] = form
            changed += 1
        if changed == 2:
            break
    if not changed:
        return ""
    return _maybe_author(" ".join(said), surname, chance)


def _edits(count: int) -> Callable[[str, str, random.Random], str]:
    def spoilt(title: str, surname: str, chance: random.Random) -> str:
        said = title
        for _ in range(count):
            said = slip(said, chance)
        return _maybe_author(said, surname, chance) if said != title else ""

    return spoilt


def _edit_inflected(title: str, surname: str, chance: random.Random) -> str:
    said = inflected(title, "", chance)
    return slip(said, chance) if said else ""


def _hard(title: str, surname: str, chance: random.Random) -> str:
    """Words in another case, two slips, and the author named in the genitive, all together."""
    said, form = inflected(title, "", chance), _form(surname, "gent") or surname
    if not said or not form:
        return ""
    spoilt = slip(slip(said, chance), chance)
    return f"{form} {spoilt}" if chance.random() < 0.5 else f"{spoilt} {form}"


def _latin(title: str, surname: str, chance: random.Random) -> str:
    said = "".join(_LATIN.get(char, char) for char in title)
    if said == title:
        return ""
    for usual, chat in _CHAT:
        if chance.random() < 0.25:
            said = re.sub(usual, chat, said)
    return said if said.isascii() else ""


def _layout(title: str, surname: str, chance: random.Random) -> str:
    return to_latin(title)


def _layout_inside(title: str, surname: str, chance: random.Random) -> str:
    """Part of the words on the wrong layout."""
    said = title.split()
    if len(said) < 2:
        return ""
    cut = chance.randint(1, len(said) - 1)
    return " ".join((*said[:cut], *(to_latin(word) for word in said[cut:])))


def _prefix(title: str, surname: str, chance: random.Random) -> str:
    """The last word is not typed to its end."""
    last = title.rsplit(maxsplit=1)[-1]
    if len(last) < 6 or len(title.split()) < 2:
        return ""
    return title[: len(title) - len(last) + max(3, len(last) // 2)]


def _noisy(title: str, surname: str, chance: random.Random) -> str:
    """A word too many."""
    extra = chance.choice(("срочно", "школьная", "новая", "мне", "читать", "полностью", "бумажная", "хочу"))
    return _maybe_author(f"{extra} {title}" if chance.random() < 0.5 else f"{title} {extra}", surname, chance)


def _frequent(title: str, surname: str, chance: random.Random) -> str:
    """One word of the title, mostly a frequent one, as who types «история»."""
    said = [word for word in title.split() if len(word) >= 4]
    return chance.choice(said) if said else ""


KINDS: dict[str, Callable[[str, str, random.Random], str]] = {
    "exact": _exact,
    "author": _with_author,
    "by author": by_author,
    "inflected": inflected,
    "1 edit": _edits(1),
    "2 edits": _edits(2),
    "edit+infl.": _edit_inflected,
    "all of it": _hard,
    "translit": _latin,
    "layout": _layout,
    "layout in": _layout_inside,
    "prefix": _prefix,
    "noisy": _noisy,
    "one word": _frequent,
}


def questions(entries: Sequence[IndexEntry], kind: str, count: int, seed: int = 5) -> list[tuple[str, IndexEntry]]:
    """At most ``count`` questions of a kind with the works they mean."""
    chance = random.Random(f"{kind} {seed}")
    asked: list[tuple[str, IndexEntry]] = []
    for entry in chance.sample(list(entries), min(len(entries), count * 4)):
        question = ask(kind, entry, chance)
        if question:
            asked.append((question, entry))
        if len(asked) == count:
            break
    return asked


def means(entry: IndexEntry, title: str) -> bool:
    """Whether a title is the one asked for, whoever wrote it."""
    return fold(entry.variants[0][0]) == fold(title)


def _surname(author: str) -> str:
    said = [word for word in words(author.split(",", maxsplit=1)[0].split(";", maxsplit=1)[0]) if len(word) > 2]
    if not said:
        return ""
    # «Толстой Л. Н.» begins with the surname, «Лев Толстой» ends with it.
    return said[0] if len(words(author)) > len(said) or len(said) == 1 else said[-1]


def _maybe_author(said: str, surname: str, chance: random.Random) -> str:
    drawn = chance.random()
    if drawn < 0.5 or not surname:
        return said
    return f"{surname} {said}" if drawn < 0.75 else f"{said} {surname}"


def _form(word: str, case: str) -> str:
    for parse in analyser().parse(word)[:1]:
        if {"NOUN", "ADJF"} & {str(parse.tag.POS)} and parse.tag.case == "nomn":
            form = parse.inflect({case})
            return fold(form.word) if form else ""
    return ""


def slip(text: str, chance: random.Random) -> str:
    """One edit in a word of five letters or more: a neighbour key, a letter dropped, doubled or swapped."""
    said = text.split()
    places = [place for place, word in enumerate(said) if len(word) >= 5]
    if not places:
        return text
    place = chance.choice(places)
    word = said[place]
    at = chance.randrange(len(word))
    kind = chance.randrange(4)
    if kind == 0:
        word = word[:at] + _neighbour(word[at], chance) + word[at + 1 :]
    elif kind == 1:
        word = word[:at] + word[at + 1 :]
    elif kind == 2:
        word = word[:at] + _neighbour(word[at], chance) + word[at:]
    elif at + 1 < len(word):
        word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    said[place] = word
    return " ".join(said)


def _neighbour(char: str, chance: random.Random) -> str:
    for row in _KEYS:
        at = row.find(char)
        if at >= 0:
            return row[max(0, min(len(row) - 1, at + chance.choice((-1, 1))))]
    return chance.choice("аеиоутнсл")
