"""Which known questions a lesson may touch, without answering them; pure.

An answer hangs on what librarians taught in three ways only: a phrase that the whole message is, names of books and
authors in it that are replaced, and what the library's own answers say on its topic or on its words. Where none of
these differs the answer cannot, so that only few questions have to be asked for real. Too many may be picked here,
never too few (``tests/engine/test_rehearsal.py`` compares with asking all).
"""

from collections.abc import Sequence
from typing import Protocol

from bot.ports.library import FaqAnswer
from bot.ports.understanding import Request, Understanding
from bot.quick import dataclass
from bot.teaching import Key, SynonymBook, SynonymKind, key_of


class Spoken(Protocol):
    """The library's answers at one moment, in memory."""

    def about(self, topic: str, language: str) -> FaqAnswer | None:
        """As ``bot.ports.library.Faq.about``."""
        ...

    def nearest(self, text: str, language: str) -> FaqAnswer | None:
        """As ``bot.ports.library.Faq.nearest``."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """What is taught: as it is, or as it would be."""

    answers: Spoken
    book: SynonymBook


class Difference:
    """Between two worlds.

    Args:
        before: As it is.
        after: As it would be.
        answers_differ: Whether anything of the library's answers does.
        understanding: What understands messages that no librarian explained.
    """

    def __init__(self, before: World, after: World, *, answers_differ: bool, understanding: Understanding) -> None:
        self._before, self._after = before, after
        self._answers_differ = answers_differ
        self._understand = understanding.understand
        changed = set(before.book.synonyms) ^ set(after.book.synonyms)
        self._names: list[frozenset[str]] = [
            frozenset(key_of(one.said)) for one in changed if one.kind is not SynonymKind.PHRASE
        ]

    def may_touch(self, text: str, language: str) -> bool:
        """Whether the answer to this may differ."""
        if self._before.book.phrase(text) != self._after.book.phrase(text):
            return True
        if not self._answers_differ and not self._names:
            return False
        requests = self._understand(text)
        if self._names and self._has_name(text, requests):
            return True
        return self._answers_differ and self._is_told_otherwise(text, language, requests)

    def _has_name(self, text: str, requests: Sequence[Request]) -> bool:
        said: set[str] = set(_tokens(text))
        for request in requests:
            for words in (request.rest, *request.slots.values()):
                said.update(_tokens(words))
        return any(name <= said for name in self._names)

    def _is_told_otherwise(self, text: str, language: str, requests: Sequence[Request]) -> bool:
        topics = {topic for one in requests for topic in (one.slots.get("topic", ""), one.intent) if topic}
        known = self._before.book.phrase(text)
        if known is not None:
            topics.add(known.meant)
        before, after = self._before.answers, self._after.answers
        if any(before.about(topic, language) != after.about(topic, language) for topic in topics):
            return True
        texts = {text, *(words for one in requests for words in (one.rest, one.slots.get("whole", "")) if words)}
        return any(before.nearest(words, language) != after.nearest(words, language) for words in texts)


def _tokens(text: str) -> Key:
    return key_of(text)
