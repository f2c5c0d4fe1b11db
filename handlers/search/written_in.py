"""Whether books are there in a language, as their records tell."""

from collections.abc import Sequence

from bot.language.folding import fold
from bot.library.model import WorkCard
from bot.ports.catalogue import Taste
from bot.ports.library import Library
from bot.quick import replace

_LOOKED_AT = 40


async def told_in(library: Library, works: Sequence[WorkCard], codes: tuple[str, ...]) -> tuple[WorkCard, ...]:
    """Those of the works whose records say that they are in a language, then their namesakes that are.

    A title is asked for alone: that finds the author's own book, too. Only where so many are called alike that some
    may be left out the author is asked for as well.
    """
    ids, titles = {work.work_id for work in works}, {fold(work.title) for work in works}
    told: dict[int, WorkCard] = {}
    crowded: dict[str, bool] = {}

    async def ask(taste: Taste) -> int:
        found = (await library.catalogue.suggest(taste, _LOOKED_AT)).works
        told.update({work.work_id: work for work in found if work.work_id in ids or fold(work.title) in titles})
        return len(found)

    for work in works:
        title = Taste(subject=work.title, languages=codes)
        if work.title not in crowded:
            crowded[work.title] = await ask(title) >= _LOOKED_AT
        if crowded[work.title] and work.author:
            await ask(replace(title, author=work.author))
    return tuple(sorted(told.values(), key=lambda work: work.work_id not in ids))
