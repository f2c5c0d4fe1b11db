"""Whether books are there in a language, as their records tell."""

from collections.abc import Sequence

from bot.language.folding import fold
from bot.library.model import WorkCard
from bot.ports.catalogue import Taste
from bot.ports.library import Library

_LOOKED_AT = 40


async def told_in(library: Library, works: Sequence[WorkCard], codes: tuple[str, ...]) -> tuple[WorkCard, ...]:
    """Those of the works whose records say that they are in a language, and their namesakes that are."""
    ids, titles = {work.work_id for work in works}, {fold(work.title) for work in works}
    asked = [Taste(subject=work.title, author=by, languages=codes) for work in works for by in (work.author, "")]
    told: dict[int, WorkCard] = {}
    for taste in dict.fromkeys(asked):
        for work in (await library.catalogue.suggest(taste, _LOOKED_AT)).works:
            if work.work_id in ids or fold(work.title) in titles:
                told[work.work_id] = work
    return tuple(told.values())
