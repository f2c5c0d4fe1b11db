"""Whether a slot that a person picked out of a message was picked out by us, too: on stems, never letter by letter."""

from collections.abc import Sequence

from bot.language import isbn
from bot.language.folding import words
from bot.language.morphology import lemma, stem
from bot.language.numbers import to_digits
from bot.ports.understanding import Request

_LOOKED_UP_WHOLE = frozenset({"title", "author", "series", "volume", "grade"})
"""Need not be told apart: what is looked up whole holds them."""
_SMALL = frozenset(words("в во на с со к о об от до за из по для и"))


def picked_out(name: str, value: object, requests: Sequence[Request]) -> bool:
    """Whether any of the requests holds the slot with these words."""
    wanted = _stems(value)
    for request in requests:
        if _alike(wanted, _stems(request.slots.get(name, ""))):
            return True
        if name in _LOOKED_UP_WHOLE and wanted <= _stems(request.rest):
            return True
    return False


def stands_in(value: object, text: str) -> bool:
    """Whether the words of a slot are in the message.

    A person also notes what is not: the author of a title that was named alone, a spelling as it should be. That is
    for the catalogue to know.
    """
    wanted = _stems(value)
    return bool(wanted) and wanted <= _stems(text) | _words(text)


def _alike(wanted: frozenset[str], found: frozenset[str]) -> bool:
    """The same words, or most of them: a person's cut is not ours («в субботу» and «субботу»)."""
    return bool(found) and 2 * len(wanted & found) >= len(wanted | found)


def _stems(value: object) -> frozenset[str]:
    """The words of a slot that tell something; a list counts as its pieces together."""
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    found = _words(text)
    return frozenset(book.isbn13 for book in isbn.find(text)) or found - _SMALL or found


def _words(text: str) -> frozenset[str]:
    return frozenset(stem(lemma(word)) for word in to_digits(words(text)))
