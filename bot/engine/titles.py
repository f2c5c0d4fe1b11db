"""A message that is a title of this very catalogue, word for word, is no other wish, or not surely.

«Личные финансы. Для тех, кто хочет всё успеть» sounds like a request for advice, «Больше не игрушка» like an end of
the newsletter. The catalogue knows better: long titles are looked up, short ones are asked about, misspelt ones, too.
What is only written as English titles are is looked up first, too.
"""

from bot.language.folding import words
from bot.language.spoken import is_english_title
from bot.ports.catalogue import Titles
from bot.ports.understanding import Request, Understanding
from bot.quick import replace

_BOOKISH = frozenset({"search", "availability", "hold", "renew"})
_ORDERS = frozenset({"link_card", "unlink_card", "my_card", "reminders", "my_data", "erase_me", "withdraw", "away"})
_NEVER_TITLES = _ORDERS | {"out_of_scope", "cancel", "help"}
"""What looks into the catalogue itself, and orders about an account, which nobody means as a title."""
_SMALL_TALK = frozenset({"greeting", "thanks"})
_FEWEST, _LONG, _LONGEST = 2, 6, 30
"""Words: one alone is no title for sure, of so many a title is nothing else, more are not looked at."""
_SOMEWHAT_LONG, _SURE = 4, 0.85
"""A wish in so many words is still doubted where it was heard less surely."""
_CONFIDENCE = 0.9
_WRITTEN_SO = 0.4
"""A wish whose words are written as a title's, «How to Stop Time»: looked up first, asked about if it is not here."""


class Titled:
    """Fills ``Understanding`` by another one, with the catalogue's titles beside it.

    Args:
        inner: What understands readers without a catalogue.
        titles: What knows titles.
    """

    def __init__(self, inner: Understanding, titles: Titles) -> None:
        self._understand = inner.understand
        self._titles = titles

    def understand(self, text: str) -> tuple[Request, ...]:
        """At least one request, in the order of the message; never raises."""
        heard = self._understand(text)
        if any(one.anywhere or one.intent in _BOOKISH or one.intent in _ORDERS for one in heard):
            return heard
        if len(heard) == 1 and is_english_title(text):
            return (_written_as_a_title(text, heard[0]),)
        if any(one.intent in _NEVER_TITLES for one in heard):
            return heard
        return self._of_this_catalogue(text, heard)

    def _of_this_catalogue(self, text: str, heard: tuple[Request, ...]) -> tuple[Request, ...]:
        """What was heard, unless the whole message is a title word for word."""
        count = len(words(text)) if len(text) < _LONGEST * 20 else 0
        if not _FEWEST <= count <= _LONGEST:
            return heard
        if not self._titles.is_title(text):
            return self._misspelt(text, heard) if count < _LONG else heard
        if count >= _LONG or (count >= _SOMEWHAT_LONG and max(one.confidence for one in heard) < _SURE):
            because = ("search: a title of this catalogue, word for word", *heard[0].because)
            return (Request(intent="search", confidence=_CONFIDENCE, rest=text, because=because),)
        if len(heard) > 1 or (count == _FEWEST and heard[0].intent in _SMALL_TALK):
            return heard  # «Добрый день» may be a novel: who says it greets
        return (_or_a_book(text, heard[0]),)

    def _misspelt(self, text: str, heard: tuple[Request, ...]) -> tuple[Request, ...]:
        """«По ком звонит колокал» is no question for a telephone."""
        if len(heard) > 1 or heard[0].intent in _SMALL_TALK or not self._titles.is_misspelt_title(text):
            return heard
        return (_or_a_book(text, heard[0]),)


def _or_a_book(text: str, heard: Request) -> Request:
    return replace(heard, slots={**heard.slots, "rival": "search", "whole": text})


def _written_as_a_title(text: str, heard: Request) -> Request:
    slots = {"whole": text, "rival": heard.intent}
    because = ("search: written as English titles are", *heard.because)
    return Request(intent="search", confidence=_WRITTEN_SO, rest=text, slots=slots, because=because)
