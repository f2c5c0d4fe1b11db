"""English titles of well-known works that a catalogue has in Russian: «war and peace» is «Война и мир»."""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from importlib import resources

from bot.language.folding import words

_MOST = 2
_TELLING_LETTERS, _TELLING_WORDS = 3, 2
"""A title of so many words that have more letters than that is one work's, even where a record names no author."""
Titles = tuple[tuple[frozenset[str], tuple[str, ...]], ...]


def in_english(title: Sequence[str], main: Sequence[str], author: str) -> tuple[str, ...]:
    """What a work is called in English, the commonest title first; empty where the table does not know it for sure.

    Args:
        title: The folded words of its title.
        main: Those before the subtitle; what follows them follows the English title, too: «War and Peace. том 2».
        author: As the record has it.
    """
    table = _by_russian()
    found, behind = table.get(" ".join(title)), ""
    if found is None and len(main) < len(title):
        found, behind = table.get(" ".join(main)), " ".join(title[len(main) :])
    if found is None:
        return ()
    return tuple([f"{english}. {behind}" if behind else english for english in _of(found, main or title, author)])


def _of(found: Titles, title: Sequence[str], author: str) -> tuple[str, ...]:
    """The English titles of the works of this name that are by this author."""
    writer = frozenset(words(author))
    if writer:
        return next((english for names, english in found if not writer.isdisjoint(names)), ())
    is_telling = sum(len(word) > _TELLING_LETTERS for word in title) >= _TELLING_WORDS
    return found[0][1] if is_telling and len(found) == 1 else ()


def listed() -> Iterator[tuple[Collection[str], Sequence[str], Sequence[str]]]:
    """The table: words of the author's name, titles in Russian, titles in English."""
    text = resources.files("catalogue").joinpath("english_titles.txt").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            names, russian, english = line.split(" | ")
            yield frozenset(words(names)), russian.split(" / "), english.split(" / ")


@cache
def _by_russian() -> dict[str, Titles]:
    table: dict[str, Titles] = {}
    for names, russian, english in listed():
        for title in dict.fromkeys(" ".join(words(one)) for one in russian):
            table[title] = (*table.get(title, ()), (frozenset(names), tuple(english[:_MOST])))
    return table
