"""The librarians' synonyms as the console keeps them."""

from collections.abc import Iterable, Sequence

from bot.teaching import Synonym, SynonymKind
from db.faq_desk import SqlAnswerBook
from db.synonyms import SqlSynonyms


class SqlSynonymDesk:
    """Fills the port ``SynonymDesk``.

    Args:
        synonyms: Those of this process; other processes notice by themselves.
        answers: Whose topics a phrase may mean.
        targets: What else a phrase may mean.
    """

    def __init__(self, synonyms: SqlSynonyms, answers: SqlAnswerBook, targets: Iterable[str]) -> None:
        self._synonyms, self._answers = synonyms, answers
        self._targets = tuple(targets)

    async def all(self) -> Sequence[Synonym]:
        return await self._synonyms.all()

    async def teach(self, synonym: Synonym) -> None:
        own = [entry.topic for entry in await self._answers.spoken()]
        await self._synonyms.put([synonym], [*self._targets, *own])

    async def remove(self, kind: SynonymKind, said: str) -> bool:
        return await self._synonyms.remove(kind, said)
