"""Understanding and catalogue with the librarians' synonyms before them; both stay as pure as they are."""

from collections.abc import Mapping
from typing import Protocol

from bot.asking import better
from bot.library.model import WorkCard
from bot.ports.catalogue import Catalogue, Found, Suggested, Taste, Verdict, Wanted, Withheld
from bot.ports.understanding import Request, Understanding
from bot.quick import replace
from bot.teaching import Rewritten, SynonymBook

_YES = frozenset({Verdict.FOUND, Verdict.CHOICE})


class Synonyms(Protocol):
    """Where the synonyms come from; a change is seen at the next message."""

    @property
    def book(self) -> SynonymBook:
        """Those in force."""
        ...


class TaughtUnderstanding:
    """Fills ``Understanding``: a phrase that a librarian explained means what the librarian said.

    Args:
        inner: What understands everything else.
        synonyms: The librarians' phrases.
        topics: FAQ topic → the intent that carries it; a topic that is not there is the library's own.
        intents: Every intent that has a handler.
    """

    def __init__(
        self, inner: Understanding, synonyms: Synonyms, topics: Mapping[str, str], intents: frozenset[str]
    ) -> None:
        self._inner, self._synonyms = inner, synonyms
        self._topics, self._intents = topics, intents

    def understand(self, text: str) -> tuple[Request, ...]:
        known = self._synonyms.book.phrase(text)
        if known is None:
            return self._inner.understand(text)
        intent, slots = known.meant, {"whole": text}
        if known.meant in self._topics or known.meant not in self._intents:
            intent = self._topics.get(known.meant, "rules")
            slots["topic"] = known.meant
        return (Request(intent=intent, confidence=1.0, slots=slots, because=(f"synonym: {known}",)),)


class TaughtCatalogue:
    """Fills ``Catalogue``: titles and authors by the names that readers have for them.

    Who says nothing but a synonym gets what it means. Where one stands among other words, it may be a piece of
    a title («дом» in «Дом у дороги»): then both are looked for, and the surer answer counts.
    """

    def __init__(self, inner: Catalogue, synonyms: Synonyms) -> None:
        self._inner, self._synonyms = inner, synonyms

    async def find(self, wanted: Wanted, limit: int = 5) -> Found:
        book = self._synonyms.book
        way = None if wanted.isbn else book.rewritten(wanted.text)
        if way is None:
            return await self._inner.find(wanted, limit)
        meant = await self._inner.find(_reworded(wanted, way, book), limit)
        if not way.whole:
            plain = await self._inner.find(wanted, limit)
            if better(meant, plain) is plain:
                return plain
        told = way.text if meant.verdict in _YES else ""
        return replace(meant, corrected=meant.corrected or told, synonyms=tuple(map(str, way.used)))

    async def suggest(self, taste: Taste, limit: int = 5) -> Suggested:
        return await self._inner.suggest(taste, limit)

    async def card(self, work_id: int) -> WorkCard | Withheld | None:
        return await self._inner.card(work_id)


def _reworded(wanted: Wanted, way: Rewritten, book: SynonymBook) -> Wanted:
    """The question with the synonyms replaced in the slots as well as in the text."""
    title, author = (book.rewritten(slot) for slot in (wanted.title, wanted.author))
    return replace(
        wanted,
        text=way.text,
        title=title.text if title else wanted.title,
        author=author.text if author else wanted.author,
    )
