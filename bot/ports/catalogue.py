"""The catalogue, as the core asks it: books that are looked for, and books for a taste."""

from enum import StrEnum
from typing import Protocol

from bot.library.model import WorkCard
from bot.quick import dataclass


class Verdict(StrEnum):
    """How sure a search is."""

    FOUND = "found"
    """The first hit is what the reader means."""
    CHOICE = "choice"
    """Several works fit equally well: let the reader choose."""
    NEAR = "near"
    """Nothing fits; the hits are near misses, to be shown as a question only."""
    NOTHING = "nothing"
    """Nothing fits and nothing is near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to look for: ``text`` is searched whole; slots sharpen it where they are known."""

    text: str
    title: str = ""
    author: str = ""
    isbn: str = ""
    volume: str = ""
    grade: str = ""
    age: str = ""
    series: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The outcome of a search, best first, at most the asked number of works.

    Attributes:
        scores: 0..1, one a work.
        corrected: What was searched instead of a misspelt query, "" if nothing was changed.
        isbn_note: "bad_check_digit" where the ISBN asked for cannot be right, else "".
        synonyms: The librarians' synonyms that were used, in words.
        withheld: It is ``NOTHING`` because what was meant is for adults, and the reader is known to be a child.
    """

    verdict: Verdict
    works: tuple[WorkCard, ...] = ()
    scores: tuple[float, ...] = ()
    corrected: str = ""
    isbn_note: str = ""
    synonyms: tuple[str, ...] = ()
    withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """What a reader would like to read, where no book is named; empty values mean that it was not said.

    Attributes:
        subject / genre / author: In the reader's words.
        age: Of who will read it, in years.
        grade: School class, 1 to 11.
        children: It is for a child, of whatever age.
        newest: What is new in the library.
        languages: Codes that records have for the language it is to be in, any of them.
    """

    subject: str = ""
    genre: str = ""
    author: str = ""
    age: int | None = None
    grade: int | None = None
    children: bool = False
    newest: bool = False
    languages: tuple[str, ...] = ()

    @property
    def tells_of_books(self) -> bool:
        """Whether it says what kind of books is wanted, and not only who reads them."""
        return bool(self.subject or self.genre or self.author or self.newest or self.languages)


class Wish(StrEnum):
    """One of the things that a taste may name."""

    SUBJECT = "subject"
    GENRE = "genre"
    AUTHOR = "author"
    AGE = "age"
    GRADE = "grade"
    NEWEST = "newest"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """Works for a taste: what is in now first.

    Attributes:
        met: The wishes that every work of the list meets, as far as the catalogue tells.
    """

    works: tuple[WorkCard, ...] = ()
    met: frozenset[Wish] = frozenset()


@dataclass(frozen=True, slots=True)
class Withheld:
    """In place of a work that is there: it is for adults, and the reader is known to be a child."""


class Catalogue(Protocol):
    """Books, as readers ask for them."""

    async def suggest(self, taste: Taste, limit: int = 5) -> Suggested:
        """Choose by what the records say of subject, kind, age and class. Raises StoreUnavailable."""
        ...

    async def find(self, wanted: Wanted, limit: int = 5) -> Found:
        """Search; the cards are read from the store in one query. Raises StoreUnavailable."""
        ...

    async def card(self, work_id: int) -> WorkCard | Withheld | None:
        """One work as it is now, None if it is gone or hidden from all readers."""
        ...


class Titles(Protocol):
    """Knows the titles of a catalogue by heart."""

    @property
    def edition(self) -> int:
        """Another number after every change of what it knows."""
        ...

    def is_title(self, text: str) -> bool:
        """Whether a work is called exactly so, with or without its subtitle. Synchronous, some microseconds."""
        ...

    def is_misspelt_title(self, text: str) -> bool:
        """Whether a work is called so but for slips that leave no word of the language. Synchronous, as a search."""
        ...
