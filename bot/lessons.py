"""What librarians teach at the console: answers with their history, missed questions, trials; ports and values.

Nothing here is shown to readers. Raises StoreUnavailable throughout, as the ports of ``bot.ports`` do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Content, Reply
from bot.own_words import OwnWordsBook
from bot.ports.library import FaqEntry, Library
from bot.quick import dataclass
from bot.teaching import Lack, Miss, Synonym, SynonymKind
from bot.wording.own import LONGEST, Words

# --- missed questions ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MissesAsked:
    """Which groups of missed questions are wanted.

    Attributes:
        words: Only groups in one of whose wordings these stand, "" for all.
        lack: Only groups of which a wording lacked this.
        skip: So many, from the most frequent on, are left out.
    """

    words: str = ""
    lack: Lack | None = None
    skip: int = 0
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MissPage:
    """Some of the groups, the most frequent first, and how many there are in all."""

    misses: tuple[Miss, ...]
    total: int


class MissDesk(Protocol):
    """What readers asked in vain, for those who teach."""

    async def page(self, asked: MissesAsked) -> MissPage:
        """Groups as they are now."""
        ...

    async def one(self, miss_id: int) -> Miss | None:
        """A group by the id that the page named it with, None where it is gone."""
        ...

    async def forget(self, miss_id: int) -> int:
        """The group is taught or not needed; returns how many wordings went, 0 where it is gone already."""
        ...

    async def recall(self, miss_id: int) -> int:
        """Bring back what was forgotten lately; returns how many wordings came back."""
        ...

    async def frequent(self, limit: int) -> Sequence[tuple[str, str]]:
        """The wordings that came most often, with their language."""
        ...


# --- answers -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer as the staff sees it.

    Attributes:
        source: ``config`` (the file of settings), ``import`` or ``console``.
        enabled: Readers hear it.
        version: Raised by every change.
        updated_by: Login; "" where a file said it.
    """

    entry_id: int
    entry: FaqEntry
    source: str
    enabled: bool
    version: int
    updated_at: datetime
    updated_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An answer as it was from one moment on."""

    revision_id: int
    version: int
    entry: FaqEntry
    enabled: bool
    source: str
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody who may not save would like the bot to answer.

    Attributes:
        entry_id: The answer that would change, None for a new one.
        version: Of that answer when the proposal was written.
        miss_id: The group of missed questions that it came from, 0 for none.
    """

    proposal_id: int
    entry: FaqEntry
    entry_id: int | None
    version: int
    miss_id: int
    at: datetime
    by: str


class Saving(StrEnum):
    """How an attempt to save an answer ended."""

    SAVED = "saved"
    NEWER = "newer"
    """Somebody saved another version meanwhile: nothing was changed."""
    TAKEN = "taken"
    """The topic has an answer in this language already: nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The outcome, with the answer as it is now."""

    how: Saving
    kept: KeptAnswer


class AnswerBook(Protocol):
    """The library's own answers, for those who write them."""

    async def all(self) -> Sequence[KeptAnswer]:
        """Every answer, also those that are switched off."""
        ...

    async def one(self, entry_id: int) -> KeptAnswer | None:
        """One answer, None where there is none."""
        ...

    async def add(self, entry: FaqEntry, by: str) -> Saved:
        """Keep a new answer; it is told from now on."""
        ...

    async def change(self, entry_id: int, entry: FaqEntry, *, version: int, enabled: bool, by: str) -> Saved | None:
        """Change an answer that was at ``version``; topic and language stay. None where it is gone."""
        ...

    async def history(self, entry_id: int) -> Sequence[Revision]:
        """What the answer was, the latest first."""
        ...

    async def propose(
        self, entry: FaqEntry, by: str, *, entry_id: int | None = None, version: int = 0, miss_id: int = 0
    ) -> int:
        """Keep a proposal for those who may save; returns its id."""
        ...

    async def proposals(self) -> Sequence[Proposal]:
        """What waits to be looked at, the oldest first."""
        ...

    async def settle(self, proposal_id: int, *, taken: bool) -> bool:
        """A proposal was taken or declined; False where somebody settled it before."""
        ...


# --- synonyms ------------------------------------------------------------------------------------


class SynonymDesk(Protocol):
    """The librarians' synonyms."""

    async def all(self) -> Sequence[Synonym]:
        """Every synonym, by kind and words."""
        ...

    async def teach(self, synonym: Synonym) -> None:
        """Keep one; it is in force from now on. Raises InputError where it may not be kept, with the reason."""
        ...

    async def remove(self, kind: SynonymKind, said: str) -> bool:
        """Forget one; False where there is none."""
        ...


# --- trials --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What would be taught: answers and synonyms put beside, or in place of, those in force.

    Attributes:
        answers: Each takes the place of the one on its topic in its language.
        dropped: Topic and language of answers that would be told no more.
        synonyms: Each takes the place of one with the same words.
        unlearned: Synonyms that would go.
    """

    answers: tuple[FaqEntry, ...] = ()
    dropped: tuple[tuple[str, str], ...] = ()
    synonyms: tuple[Synonym, ...] = ()
    unlearned: tuple[Synonym, ...] = ()


class Origin(StrEnum):
    """Where a known question comes from."""

    MISSED = "missed"
    """Readers asked it in vain."""
    ANSWERS = "answers"
    """It is written as a wording of an answer."""
    SAMPLE = "sample"
    """One of the questions that come with the bot."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is known, and where from."""

    text: str
    language: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A known question whose answer would change."""

    question: Question
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What a lesson would change.

    Attributes:
        changes: The questions whose answer differs, those that readers really asked first.
        known: So many questions are known.
        asked: So many of them were looked at before time was up; ``known`` where nothing was left out.
        spent_s: How long it took.
    """

    changes: tuple[Effect, ...] = ()
    known: int = 0
    asked: int = 0
    spent_s: float = 0.0


class Rehearsing(Protocol):
    """The running bot, asked what it would say if something were taught; nobody hears it and nothing is kept."""

    def prepare(self) -> None:
        """A trial is likely soon: what takes long at first is done now, once, in the background."""
        ...

    async def aclose(self) -> None:
        """End what is being prepared; nothing is read from the store any more."""
        ...

    async def effects(self, lesson: Lesson) -> Effects:
        """Which known questions would be answered otherwise. Bounded in time."""
        ...

    async def hears(self, text: str, language: str, lesson: Lesson) -> tuple[Reply, ...]:
        """What a reader who writes this would hear."""
        ...

    async def shows(self, topic: str, language: str, lesson: Lesson) -> tuple[Reply, ...]:
        """What a reader who presses the button of a topic would hear."""
        ...

    async def says(self, said: Content, language: str, words: Words) -> tuple[Reply, ...]:
        """What a reader who writes or presses this would hear if the library said these words."""
        ...

    def topic_of(self, text: str) -> str:
        """The topic that the bot recognises in these words by itself, "" for none. Pure."""
        ...

    async def complete(self, lesson: Lesson, answer: FaqEntry, wordings: Sequence[str]) -> Lesson:
        """The lesson with a phrase for each wording that would not lead to the answer by itself."""
        ...


# --- how it looks to readers ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as it stands on the reader's screen.

    Attributes:
        formatted: Whether something of the text is bold, slanted or a link.
        buttons: Labels, row by row.
        choices: Labels of a list that opens.
        attached: ``map: …``, ``picture: …``, ``file: …`` with all the words that go along.
    """

    text: str
    formatted: bool = False
    buttons: tuple[tuple[str, ...], ...] = ()
    choices: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Everything that can be read."""
        labels = [label for row in self.buttons for label in row]
        return "\n".join([self.text, *labels, *self.choices, *self.attached])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A reply as a channel shows it, or several that show it alike.

    Attributes:
        titles: What people call the channels.
        parts: So many paid messages it takes, 0 where messages cost nothing.
        price: What they cost together, in ``currency``; "" where nothing is known.
    """

    titles: tuple[str, ...]
    bubbles: tuple[Bubble, ...]
    parts: int = 0
    price: str = ""


class Screens(Protocol):
    """The library's channels, as their readers see them."""

    def shown(self, replies: Sequence[Reply]) -> Sequence[Shown]:
        """The replies in each channel; channels that show the same are one. Pure."""
        ...


# --- all of it together --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Something that the library may write an answer on.

    Attributes:
        about: Language → what the answer should say, for the librarian who writes it.
    """

    key: str
    about: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """All that the section needs.

    Attributes:
        topics: The topics that the bot recognises by itself.
        intents: What a phrase may mean beside a topic.
        longest_words: Characters of one of the bot's own words, filled in: one message in every channel.
    """

    misses: MissDesk
    answers: AnswerBook
    synonyms: SynonymDesk
    words: OwnWordsBook
    rehearsal: Rehearsing
    screens: Screens
    library: Library
    topics: Sequence[Topic] = ()
    intents: frozenset[str] = field(default_factory=frozenset)
    longest_words: int = LONGEST
