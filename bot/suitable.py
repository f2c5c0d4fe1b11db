"""What a reader who is known to be a child is not shown: books that the law marks for adults (436-FZ)."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime

from bot.accounts import Account
from bot.clock import local_day
from bot.library.linking import years_old
from bot.library.model import WorkCard
from bot.library.places import main_branch
from bot.messages import Contact
from bot.ports.catalogue import Catalogue, Found, Suggested, Taste, Verdict, Wanted, Withheld
from bot.ports.library import Library
from bot.quick import replace

ADULT = 18
"""The age from which on everything may be shown, and the mark of what may not be shown before."""


def is_minor(account: Account, today: date) -> bool:
    """Whether the reader's own card is known to be a child's: a guardian's is not, nor one without a date of birth."""
    own = [holder.born for holder in account.holders if not holder.child]
    return bool(own) and all(born is not None and born <= today and years_old(born, today) < ADULT for born in own)


def suited(library: Library, contact: Contact, now: datetime) -> Library:
    """The library as this reader may see it; whose reader it is is asked only where something is marked 18+."""
    accounts = library.accounts
    if accounts is None:
        return library

    async def asks_a_minor() -> bool:
        account = await accounts.behind(contact)
        if not account.holders:
            return False
        branch = main_branch(await library.branches.all())
        return is_minor(account, local_day(now, branch.zone) if branch else now.date())

    return replace(library, catalogue=Suited(library.catalogue, asks_a_minor))


class Suited:
    """Fills ``Catalogue`` by another one, for one reader.

    Args:
        inner: The whole catalogue.
        asks_a_minor: Whether the reader is known to be a child.
    """

    def __init__(self, inner: Catalogue, asks_a_minor: Callable[[], Awaitable[bool]]) -> None:
        self._inner, self._asks_a_minor = inner, asks_a_minor

    async def find(self, wanted: Wanted, limit: int = 5) -> Found:
        found = await self._inner.find(wanted, limit)
        return _left(found) if await self._is_withheld(found.works) else found

    async def suggest(self, taste: Taste, limit: int = 5) -> Suggested:
        found = await self._inner.suggest(taste, limit)
        if not await self._is_withheld(found.works):
            return found
        works = tuple(work for work in found.works if not is_for_adults(work))
        return Suggested(works=works, met=found.met if works else frozenset())

    async def card(self, work_id: int) -> WorkCard | Withheld | None:
        work = await self._inner.card(work_id)
        return Withheld() if isinstance(work, WorkCard) and await self._is_withheld((work,)) else work

    async def _is_withheld(self, works: Sequence[WorkCard]) -> bool:
        return any(map(is_for_adults, works)) and await self._asks_a_minor()


def is_for_adults(work: WorkCard) -> bool:
    """Whether it is marked 18+."""
    return work.age_mark is not None and work.age_mark >= ADULT


def _left(found: Found) -> Found:
    """What is left without the books for adults: where the one that was meant is one, nothing else was meant."""
    kept = [pair for pair in zip(found.works, found.scores, strict=True) if not is_for_adults(pair[0])]
    if not kept or (found.verdict is Verdict.FOUND and is_for_adults(found.works[0])):
        return replace(found, verdict=Verdict.NOTHING, works=(), scores=(), corrected="", withheld=True)
    verdict = Verdict.FOUND if found.verdict is Verdict.CHOICE and len(kept) == 1 else found.verdict
    works, scores = zip(*kept, strict=True)
    return replace(found, verdict=verdict, works=works, scores=scores)
