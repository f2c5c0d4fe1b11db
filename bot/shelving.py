"""The catalogue at the librarians' hands: what they see of a work, what they may decide, what they load.

Values and ports; the console asks through these.
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bot.library.lists import HidingSummary, Listed, ListPlan, ListSummary, LoanData, OnRejected, PatronData, TitleData
from bot.library.model import ItemStatus
from bot.quick import dataclass

# --- a work and its copies -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfItem:
    """A copy, or a lump of copies counted together, as the staff see it.

    Attributes:
        hidden: The staff hid it from readers.
        gone: The library's system no longer has it.
    """

    item_id: int
    branch_code: str
    branch_name: str
    status: ItemStatus
    copies: int
    issued: int
    lendable: bool
    inventory_number: str = ""
    call_number: str = ""
    due_on: date | None = None
    hidden: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfRecord:
    """An edition, as the staff see it.

    Attributes:
        source: The system that the file came from.
        items_unknown: The file says nothing of copies.
        hidden / gone: As of a copy.
        placed: The staff put it into this work.
    """

    record_id: int
    title: str
    author: str
    year: int | None
    publisher: str
    isbns: tuple[str, ...]
    source: str
    source_file: str
    items_unknown: bool
    hidden: bool
    gone: bool
    placed: bool
    items: tuple[ShelfItem, ...]


class DecisionKind(StrEnum):
    """What a librarian may change in the catalogue."""

    MERGE = "merge"
    SPLIT = "split"
    HIDE = "hide"
    SHOW = "show"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One such change.

    Attributes:
        work_id: Where it is told.
        about: Titles that it concerned, a few.
        undone_by: Login of who took it back, "" where it stands.
    """

    decision_id: int
    kind: DecisionKind
    work_id: int
    login: str
    at: datetime
    reason: str = ""
    about: tuple[str, ...] = ()
    undone_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfWork:
    """A work with all its editions and copies, hidden and lost ones among them.

    Attributes:
        holds: Readers who wait for it.
        decisions: The latest first.
    """

    work_id: int
    title: str
    author: str
    records: tuple[ShelfRecord, ...]
    holds: int
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenWork:
    """A work of which something is hidden from readers."""

    work_id: int
    title: str
    author: str
    records: int
    items: int


class CatalogueDesk(Protocol):
    """What librarians decide about works; a later import keeps to it. Each act is one transaction.

    Raises StoreUnavailable.
    """

    async def work(self, work_id: int) -> ShelfWork | None:
        """Everything of one work; None where there is none."""
        ...

    async def merge(self, into: int, other: int, *, login: str, reason: str = "") -> int:
        """Put the editions of ``other`` into ``into``, also those to come; who waited for it waits on. The decision.

        Raises:
            InputError: One of the works is not there, or both are the same.
        """
        ...

    async def split(self, work_id: int, records: Collection[int], *, login: str, reason: str = "") -> int:
        """Make a work of its own out of some of its editions; the id of that work.

        Raises:
            InputError: No edition is left, or none is taken out.
        """
        ...

    async def hide(
        self, work_id: int, *, records: Collection[int] = (), items: Collection[int] = (), login: str, reason: str = ""
    ) -> int:
        """Readers are told of these no more; the decision.

        Raises:
            InputError: Nothing of it belongs to this work.
        """
        ...

    async def show(
        self, work_id: int, *, records: Collection[int] = (), items: Collection[int] = (), login: str
    ) -> int:
        """Readers are told of these again; as :meth:`hide`."""
        ...

    async def undo(self, decision_id: int, *, login: str) -> int:
        """Take a decision back; the work to look at.

        Raises:
            InputError: There is none, or it was taken back already.
        """
        ...

    async def hidden(self, limit: int = 200) -> Sequence[HiddenWork]:
        """Works of which something is hidden, by title."""
        ...


# --- loading -------------------------------------------------------------------------------------


class JobState(StrEnum):
    """How far an uploaded file is."""

    CHECKING = "checking"
    CHECKED = "checked"
    LOADING = "loading"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"


class ImportKind(StrEnum):
    """What an uploaded file tells of."""

    CATALOGUE = "catalogue"
    PATRONS = "patrons"
    LOANS = "loans"
    HIDDEN = "hidden"

    @property
    def listed(self) -> bool:
        """Whether it is a list of rows, and no catalogue."""
        return self is not ImportKind.CATALOGUE

    @property
    def personal(self) -> bool:
        """Whether it is of people: for admins, and gone from the disk as soon as it has served."""
        return self in (ImportKind.PATRONS, ImportKind.LOANS)


BUSY = frozenset({JobState.CHECKING, JobState.LOADING})
"""States in which a process is at work."""


class Fault(StrEnum):
    """Why a file cannot be loaded; the words for it are the console's."""

    BUSY = "busy"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    DISK = "disk"
    NOT_CHECKED = "not_checked"
    FILE_GONE = "file_gone"
    UNKNOWN_KIND = "unknown_kind"
    OLD_EXCEL = "old_excel"
    ARCHIVE = "archive"
    WEB_PAGE = "web_page"
    OTHER_OFFICE = "other_office"
    PICTURE = "picture"
    NO_HEADER = "no_header"
    CUT_SHORT = "cut_short"
    OF_BOOKS = "of_books"
    UNREADABLE = "unreadable"
    NOTHING_READ = "nothing_read"
    STORE = "store"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a check or a load found.

    Attributes:
        format / charset / evidence: What the file was recognised as, and by what.
        samples: The first titles, to see whether the letters are right; of a list of titles what it hides.
        rejected: Reason → how many records were left out: unreadable ones, and such as do not fit what is known.
        read / unread: Records that could be read, and that could not; together the whole file.
        warnings: Code → how often something was mended.
        gone / had: Records that the source had and the file has not, of how many.
        unconfirmed: So much is gone that a person must say that it is right.
        truncated: The file ends in the middle of a record.
        fault: A :class:`Fault`, "" where it went well.
        detail: The fault as the program says it, in English, for whoever helps.
        interrupted: The process stopped in the middle; what was kept stays.
        returned: Loans that the list has no more, or calls returned.
        stopped: Branches of a list of which too much is gone: name, gone, had.
        rows: The first rows of a list that were left out: number, and why; nothing of what stands in them.
        copies: Copies that the records of a catalogue tell of.
        places: Where they are said to be, the most first: code of the branch ("" where none is called so), the file's
            word for it, how many.
        nowhere: How many are said to be nowhere, where that is more than a slip.
        otherwise: The file's other words that may be meant for branches, where none of its words is a branch's name.
    """

    format: str = ""
    charset: str = ""
    evidence: str = ""
    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    samples: tuple[str, ...] = ()
    rejected: Mapping[str, int] = field(default_factory=dict)
    unread: int = 0
    warnings: Mapping[str, int] = field(default_factory=dict)
    gone: int = 0
    had: int = 0
    unconfirmed: bool = False
    truncated: bool = False
    fault: str = ""
    detail: str = ""
    interrupted: bool = False
    returned: int = 0
    stopped: tuple[tuple[str, int, int], ...] = ()
    rows: tuple[tuple[int, str], ...] = ()
    copies: int = 0
    places: tuple[tuple[str, str, int], ...] = ()
    nowhere: int = 0
    otherwise: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportJob:
    """A file on its way into the store.

    Attributes:
        name: What the librarian's file is called.
        size: Bytes.
        source: Name of the system that it came from: records are found again within it.
        branch: Code of the branch of copies that name none.
        progress: Hundredths of the check or the load.
    """

    job_id: int
    login: str
    name: str
    size: int
    source: str
    branch: str
    state: JobState
    progress: int
    created_at: datetime
    beat_at: datetime
    ended_at: datetime | None = None
    outcome: Outcome = field(default_factory=Outcome)
    kind: ImportKind = ImportKind.CATALOGUE


class ImportJobs(Protocol):
    """Where jobs are kept: every process sees them. Raises StoreUnavailable."""

    async def add(
        self, login: str, name: str, size: int, source: str, branch: str, kind: ImportKind = ImportKind.CATALOGUE
    ) -> ImportJob | None:
        """A new one, being checked; None where another one is at work (a dead one is ended first)."""
        ...

    async def job(self, job_id: int) -> ImportJob | None:
        """One of them."""
        ...

    async def latest(self, limit: int = 30) -> Sequence[ImportJob]:
        """The newest first."""
        ...

    async def begin(self, job_id: int) -> bool:
        """From checked to loading; False where it is not checked or another one is at work."""
        ...

    async def beat(self, job_id: int, progress: int) -> None:
        """It is at work still."""
        ...

    async def end(self, job_id: int, state: JobState, outcome: Outcome) -> None:
        """It is checked, done, failed or dropped."""
        ...

    async def end_dead(self) -> Sequence[int]:
        """Jobs whose process died are failed; which."""
        ...


class ListWriter(Protocol):
    """Where lists of readers and of loans go; each branch whole or not at all. Raises StoreUnavailable."""

    async def patrons(
        self, rows: Callable[[], Iterator[Listed[PatronData]]], plan: ListPlan, rejected: OnRejected
    ) -> ListSummary:
        """Readers; ``rows`` begins the list."""
        ...

    async def loans(
        self, rows: Callable[[], Iterator[Listed[LoanData]]], plan: ListPlan, rejected: OnRejected
    ) -> ListSummary:
        """Open loans; ``rows`` begins the list."""
        ...


class TitleHider(Protocol):
    """Hides what a list of titles names. Raises StoreUnavailable."""

    async def hide(
        self, rows: Iterable[Listed[TitleData]], rejected: OnRejected, *, source: str, login: str, dry_run: bool
    ) -> HidingSummary:
        """Hide editions by ISBN or by title and author, copies by inventory number; what is hidden stays so.

        What is not found, or may be several books, is rejected. An edition whose last copy goes is hidden with it.
        """
        ...

    async def show_again(self, source: str, *, login: str) -> int:
        """Take back all that the lists of this name hid; how many works."""
        ...

    async def lists(self) -> Mapping[str, int]:
        """Names of lists that hide something now, with how many works, in the order in which they came."""
        ...


class ImportDesk(Protocol):
    """Loads files for the console, by the same code as ``bibliobot import``. Raises StoreUnavailable."""

    async def take(
        self,
        name: str,
        pieces: AsyncIterator[bytes],
        *,
        login: str,
        branch: str = "",
        source: str = "",
        kind: ImportKind = ImportKind.CATALOGUE,
    ) -> ImportJob:
        """Keep an uploaded file and begin to check it; nothing is written into the store.

        A list of people is removed once it is loaded, cannot be read, or has waited for an hour.

        Raises:
            InputError: It is too large, empty or of no known kind, or another one is at work.
        """
        ...

    async def load(self, job_id: int, *, login: str, accept_disappeared: bool = False) -> ImportJob:
        """Begin to load a checked file.

        Raises:
            InputError: It is not checked, its file is gone, or another one is at work.
        """
        ...

    async def drop(self, job_id: int) -> None:
        """Forget a checked file. Raises InputError where it is at work."""
        ...

    async def job(self, job_id: int) -> ImportJob | None:
        """One of them."""
        ...

    async def latest(self) -> Sequence[ImportJob]:
        """The newest first."""
        ...

    async def show_again(self, job_id: int, *, login: str) -> int:
        """Take back what a loaded list of titles hid; how many works. Raises InputError where it is no such list."""
        ...

    def rejected(self, job_id: int) -> Path | None:
        """The list of records that were left out, None where none was."""
        ...

    async def aclose(self) -> None:
        """Stop what is at work: it is told as interrupted."""
        ...
