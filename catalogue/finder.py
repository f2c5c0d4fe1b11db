"""The port ``Catalogue`` over the index: opened, built and followed here, off the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from bot.bibliography import Cards, IndexSource
from bot.errors import StoreUnavailable
from bot.language import morphology
from bot.library.model import WorkCard
from bot.ports.catalogue import Found, Suggested, Taste, Verdict, Wanted
from catalogue.index import latin_names
from catalogue.index.folder import BROKEN, Builder, Opened, WriterLock, open_index
from catalogue.index.questions import Question
from catalogue.index.ranking import Scored
from catalogue.index.searching import Answer, Search
from catalogue.index.suggesting import Suggester
from catalogue.index.terms import keys

LOOK_EVERY_S = 0.25
"""How often the store is asked for its version: a change is found within a second."""
RETRY_S = 2.0
"""The pause after a failure (a full disk, a store that does not answer)."""
BATCH = 1_000
MOST_FAILURES = 3
"""So many searches failing in a row mean that the index is damaged."""
_SPARE = 3
_SHELF = 4
"""So many times more works are looked at than are told, because some of them are out."""
_T = TypeVar("_T")


class IndexedCatalogue:
    """Finds works in an index that follows the store.

    One process on a host writes the index (it holds the folder's lock), all read it. A search
    itself takes a fraction of a millisecond and runs on the event loop; opening, building and
    following run in one thread.

    Args:
        folder: Where the index lies; it may be deleted at any time while nobody runs.
        source: The store as the index follows it.
        cards: Where the found works are read.
    """

    def __init__(self, folder: Path, source: IndexSource, cards: Cards) -> None:
        self._folder = folder
        self._source = source
        self._cards = cards
        self._lock = WriterLock(folder)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="index")
        self._opened: Opened | None = None
        self._search: Search | None = None
        self._edition = 0
        self._suggester: Suggester | None = None
        self._identity = ""
        self._fault = "the search index is not open yet"
        self._turn = asyncio.Lock()
        self._damaged = False
        self._failures = 0

    async def start(self) -> None:
        """Open the index, or build it where there is none that fits; ready to search when it returns.

        Raises:
            StoreUnavailable: The store does not answer, or the index can neither be read nor written.
        """
        async with self._turn:  # ``follow`` may have begun already, and only one of them may build
            try:
                if self._opened is None:
                    await self._open_or_build()
            except BROKEN as error:
                self._fault = self._told("cannot be built", error)
                raise StoreUnavailable(self._fault) from error
        self._thread.submit(_warm)  # last in the one thread: the dictionaries come while the first reader types

    async def follow(self) -> None:
        """Follow the store until cancelled: what an import or a librarian changed is found within a second."""
        while True:
            pause = LOOK_EVERY_S
            try:
                await self._step()
                self._fault = ""
            except StoreUnavailable as error:
                self._fault, pause = f"the search index cannot follow the store: {error}", RETRY_S
            except BROKEN as error:
                self._fault, pause = self._told("stands still", error), RETRY_S
            await asyncio.sleep(pause)

    async def catch_up(self) -> None:
        """Bring the index up to the store now, wherever the lock is.

        Raises:
            StoreUnavailable: The store does not answer, or the index cannot be written.
        """
        try:
            target = await self._source.version()
            await self._step()
            while self._opened is None or self._opened.state.version < target:
                await asyncio.sleep(LOOK_EVERY_S)  # another process writes
                await self._step()
        except BROKEN as error:
            raise StoreUnavailable(self._told("cannot be written", error)) from error

    def _told(self, what: str, error: Exception) -> str:
        why = (isinstance(error, OSError) and error.strerror) or str(error).partition(":")[0]
        return f"the search index {what} ({why}): see that {self._folder} may be written and has room"

    async def fault(self) -> str:
        """What is wrong with the index, "" when it is well."""
        return self._fault

    async def aclose(self) -> None:
        """Let the thread end and another process write."""
        await asyncio.to_thread(self._thread.shutdown, wait=True)
        self._search = self._suggester = None
        self._edition += 1
        self._opened = None
        self._lock.free()

    async def find(self, wanted: Wanted, limit: int = 5) -> Found:
        answer = self.look(wanted)
        asked = [work_id for work_id, _ in answer.hits[: limit + _SPARE]]
        cards = await self._cards.cards(asked) if asked else {}
        kept = [(cards[work_id], score) for work_id, score in answer.hits if work_id in cards][:limit]
        verdict = answer.verdict
        if not kept:
            verdict = Verdict.NOTHING
        elif verdict is Verdict.CHOICE and len(kept) == 1:
            verdict = Verdict.FOUND
        return Found(
            verdict=verdict,
            works=tuple(card for card, _ in kept),
            scores=tuple(score for _, score in kept),
            corrected=answer.corrected,
            isbn_note=answer.isbn_note,
        )

    @property
    def edition(self) -> int:
        """Another number whenever another index is looked into."""
        return self._edition

    def is_title(self, text: str) -> bool:
        """Whether a work is called exactly so; False while the index is not open."""
        return self._search is not None and self._search.is_title(text)

    def is_misspelt_title(self, text: str) -> bool:
        """Whether a work is called so but for slips; False while the index is not open."""
        return self._search is not None and self._search.is_misspelt_title(text)

    async def suggest(self, taste: Taste, limit: int = 5) -> Suggested:
        if self._suggester is None:
            raise StoreUnavailable(self._fault or "the search index is not open")
        numbers, met = self._suggester.choose(taste)
        cards = await self._cards.cards(numbers[: limit * _SHELF]) if numbers else {}
        works = [cards[number] for number in numbers if number in cards]
        # What is in now comes first, within what fits as well.
        works.sort(key=lambda work: not (work.available or work.items_unknown))
        return Suggested(works=tuple(works[:limit]), met=met if works else frozenset())

    async def card(self, work_id: int) -> WorkCard | None:
        return (await self._cards.cards([work_id])).get(work_id)

    def ranked(self, wanted: Wanted) -> tuple[Question, list[Scored]]:
        """A question as it is read here and its candidates, for measurements. Raises StoreUnavailable."""
        if self._search is None:
            raise StoreUnavailable(self._fault or "the search index is not open")
        return self._search.ranked(wanted)

    def look(self, wanted: Wanted) -> Answer:
        """Search the index alone, without the store: numbers of works with scores. Raises StoreUnavailable."""
        if self._search is None:
            raise StoreUnavailable(self._fault or "the search index is not open")
        try:
            answer = self._search.find(wanted)
        except BROKEN as error:
            # One odd question must not cost the index: only where nothing is found any more it is damaged.
            self._failures += 1
            self._fault = f"the search index fails: {error}"
            if self._failures >= MOST_FAILURES:
                self._opened, self._damaged = None, True
                self._fault = f"the search index is damaged and will be rebuilt: {error}"
            raise StoreUnavailable(self._fault) from error
        self._failures = 0
        return answer

    async def _step(self) -> None:
        """One look: follow the store where we write, follow the writer where another process does."""
        async with self._turn:
            if self._opened is None:
                await self._open_or_build()
            changed, ours = await self._run(self._look)
            if changed:
                await self._reopen()
            if ours:
                await self._apply_changes()

    def _look(self) -> tuple[bool, bool]:
        """In the thread, at one go: whether another process changed what is open, and whether we are who writes."""
        ours = self._lock.take()  # first: what is read with the lock held nobody changes meanwhile
        return self._opened is None or self._opened.changed(), ours

    async def _apply_changes(self) -> None:
        opened = self._opened
        if opened is None:
            await self._build()
            return
        version = await self._source.version()
        if version < opened.state.version:  # another store's history: a backup was restored
            await self._build()
            return
        while version > opened.state.version:
            entries = await self._source.entries((opened.state.version, opened.state.work_id), BATCH)
            if not entries:
                return
            await self._run(opened.apply, entries)
            self._serve(opened)

    async def _reopen(self) -> None:
        """Take what the writer has made; where the folder is gone we answer from what is open until it is built."""
        if not await self._open():
            self._opened = None

    async def _open(self) -> bool:
        opened = await self._run(open_index, self._folder, self._identity)
        if opened is None:
            return False
        self._serve(opened)
        return True

    async def _open_or_build(self) -> None:
        if not self._identity:
            self._identity = await self._source.identity()
        if self._damaged or not await self._open():
            await self._build_or_wait()

    async def _build_or_wait(self) -> None:
        """Build with the lock held; where another process holds it, wait for its build (or for its end)."""
        while not await self._run(self._lock.take):
            if not self._damaged and await self._open():
                return
            await asyncio.sleep(LOOK_EVERY_S)
        if self._damaged or not await self._open():
            await self._build()

    async def _build(self) -> None:
        builder = await self._run(Builder, self._folder)
        with builder:
            entries = await self._source.entries((0, 0), BATCH)
            while entries:
                after = (entries[-1].version, entries[-1].work_id)
                # The store reads the next batch meanwhile, on another core; nothing goes on when this loop ends.
                coming, added = await asyncio.gather(
                    self._source.entries(after, BATCH), self._run(builder.add, entries), return_exceptions=True
                )
                for fault in (added, coming):
                    if isinstance(fault, BaseException):
                        raise fault
                assert not isinstance(coming, BaseException)
                entries = coming
            await self._run(builder.finish, self._identity)
        self._damaged = False
        if not await self._open():
            raise OSError(f"the index just built in {self._folder} cannot be read")

    def _serve(self, opened: Opened) -> None:
        self._opened = opened
        searcher = opened.index.searcher()
        self._search = Search(searcher, opened.vocabulary)
        self._edition += 1
        self._suggester = Suggester(searcher)
        self._fault = ""

    async def _run(self, function: Callable[..., _T], *arguments: object) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: function(*arguments))


def _warm() -> None:
    morphology.warm()
    keys("слово")
    latin_names.warm()
