"""The index on disk: one writer, any number of readers in any number of processes.

    writer.lock             held (flock) by the one process that builds and follows; freed when it dies
    current.json            which build readers use, of which store, made by which version: replaced by a rename
    build-…/                one build
        tantivy/            documents
        words-…/            the vocabulary: one part from the build, small ones from later changes
        state.json          up to where the store is followed, and the parts: replaced after every change

A build that was interrupted is not named by current.json and goes with the next one. A change that was
interrupted before state.json is applied again: it comes out the same.
"""

import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import tantivy

from bot import lasting
from bot.bibliography import IndexEntry
from bot.quick import dataclass
from catalogue.index.documents import describe, document, forget_words, schema
from catalogue.index.terms import VERSION
from catalogue.index.vocabulary import Part, Vocabulary, write_part

BROKEN = (OSError, ValueError, KeyError, TypeError, EOFError)
"""What reading a damaged or foreign folder raises."""
_BUILD_HEAP = 48_000_000
_CHANGE_HEAP = 15_000_000
_MOST_PARTS = 10
_BLOCK = 2_048
"""Bytes of documents that are packed together: with eight times as many, as is usual, one takes three times as long to
read; the index is a tenth smaller then."""
_MAPPED = tuple[int, int, int]


class WriterLock:
    """Held by at most one process on this host; the system frees it when the holder dies."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "writer.lock"
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None

    def take(self) -> bool:
        """Try to take it, without waiting; True where it is ours. Raises OSError where there is no room or right."""
        if self._file is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        if _lock(file):
            self._file = file
            return True
        os.close(file)
        return False

    def free(self) -> None:
        """Let another process have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far a build follows the store.

    Attributes:
        version / work_id: The last entry applied.
        parts: Folders of the vocabulary, in order.
    """

    version: int = 0
    work_id: int = 0
    parts: tuple[str, ...] = ()


class Opened:
    """One build, open for reading; ``changed`` says whether the writer has gone on meanwhile."""

    def __init__(self, folder: Path, build: Path) -> None:
        self.folder = folder
        self.build = build
        self._mark = _mark(build / "state.json")
        self.state = _read_state(build)
        self.index = tantivy.Index.open(str(build / "tantivy"))
        self._parts = {name: Part(build / name) for name in self.state.parts}
        self.vocabulary = Vocabulary(self._parts.values())

    def changed(self) -> bool:
        """Whether this build has grown, or another one took its place."""
        return _mark(self.build / "state.json") != self._mark or current(self.folder) != self.build

    def reload(self) -> None:
        """Read what the writer has added to this build."""
        self._mark = _mark(self.build / "state.json")
        self.state = _read_state(self.build)
        self.index.reload()
        self._parts = {name: self._parts.get(name) or Part(self.build / name) for name in self.state.parts}
        self.vocabulary = Vocabulary(self._parts.values())

    def apply(self, entries: Sequence[IndexEntry]) -> None:
        """Take over changes, in the order of their versions. Only with the lock held.

        Raises:
            OSError, ValueError: Nothing of the batch counts; it can be applied again.
        """
        if not entries:
            return
        writer = self.index.writer(_CHANGE_HEAP, 1)
        words: Counter[str] = Counter()
        try:
            for entry in entries:
                # By a query: deletion by term takes a number for a signed one and meets no unsigned field.
                writer.delete_documents_by_query(tantivy.Query.term_query(schema(), "id", entry.work_id))
                if not entry.gone:
                    described = describe(entry)
                    writer.add_document(document(entry, described))
                    words.update(word for word in described.words if word not in self.vocabulary)
            writer.commit()
        finally:
            writer.wait_merging_threads()
        last = entries[-1]
        parts = _with_words(self.build, self.state.parts, words)
        _write_state(self.build, State(version=last.version, work_id=last.work_id, parts=parts))
        self.reload()
        _forget(self.build, parts)


class Builder:
    """Makes a new build beside the one in use. Only with the lock held."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._build = Path(tempfile.mkdtemp(prefix="build-", dir=folder))
        (self._build / "tantivy").mkdir()
        self._index = _made(self._build / "tantivy")
        self._writer: Any = self._index.writer(_BUILD_HEAP, 1)
        self._words: Counter[str] = Counter()
        self._last = (0, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._writer = None
            shutil.rmtree(self._build, ignore_errors=True)

    def add(self, entries: Iterable[IndexEntry]) -> None:
        """Take in a batch, in the order of versions."""
        words: list[str] = []
        for entry in entries:
            self._last = (entry.version, entry.work_id)
            if not entry.gone:
                described = describe(entry)
                self._writer.add_document(document(entry, described))
                words += described.words
        self._words.update(words)  # of a batch together: counting them by the work takes several times as long

    def finish(self, identity: str) -> None:
        """Complete the build and let it take the place of the one in use; older builds are removed."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._writer = None
        write_part(self._build / "words-0", self._words)
        forget_words()
        version, work_id = self._last
        _write_state(self._build, State(version=version, work_id=work_id, parts=("words-0",)))
        stamp = {"build": self._build.name, "identity": identity, "made_by": VERSION}
        _replace(self._folder / "current.json", json.dumps(stamp))
        for other in self._folder.glob("build-*"):
            if other != self._build:
                shutil.rmtree(other, ignore_errors=True)


def _made(folder: Path) -> tantivy.Index:
    """A new index of documents in small blocks: each candidate is read by itself, and for each a block is unpacked.

    The binding offers no choice of their size, but the library reads it where it keeps it.
    """
    tantivy.Index(schema(), path=str(folder))
    settings = folder / "meta.json"
    kept = json.loads(settings.read_text("utf-8"))
    kept["index_settings"]["docstore_blocksize"] = _BLOCK
    settings.write_text(json.dumps(kept), "utf-8")
    return tantivy.Index.open(str(folder))


def open_index(folder: Path, identity: str) -> Opened | None:
    """The build in use, if it belongs to this store and was made by this version; None where there is none.

    A damaged or foreign folder counts as none.
    """
    try:
        stamp = json.loads((folder / "current.json").read_text("utf-8"))
        if stamp["identity"] != identity or stamp["made_by"] != VERSION:
            return None
        return Opened(folder, folder / Path(str(stamp["build"])).name)
    except BROKEN:
        return None


def current(folder: Path) -> Path | None:
    """The folder of the build in use, None where there is none."""
    try:
        return folder / Path(str(json.loads((folder / "current.json").read_text("utf-8"))["build"])).name
    except BROKEN:
        return None


def _with_words(build: Path, parts: tuple[str, ...], words: Counter[str]) -> tuple[str, ...]:
    """Keep new words; many small parts become one."""
    if not words:
        return parts
    number = 1 + max((int(name.rpartition("-")[2]) for name in parts), default=0)
    name = f"words-{number}"
    shutil.rmtree(build / name, ignore_errors=True)
    if len(parts) < _MOST_PARTS:
        write_part(build / name, words)
        return (*parts, name)
    merged = Counter(words)
    for part in parts:
        merged.update(dict(Part(build / part).items()))
    write_part(build / name, merged)
    return (name,)


def _forget(build: Path, parts: Sequence[str]) -> None:
    for other in build.glob("words-*"):
        if other.name not in parts:
            shutil.rmtree(other, ignore_errors=True)


def _read_state(build: Path) -> State:
    read = json.loads((build / "state.json").read_text("utf-8"))
    return State(version=int(read["version"]), work_id=int(read["work_id"]), parts=tuple(map(str, read["parts"])))


def _write_state(build: Path, state: State) -> None:
    _replace(build / "state.json", json.dumps(asdict(state)))


def _replace(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text, "utf-8")
    lasting.put(new, path)


def _mark(path: Path) -> _MAPPED:
    try:
        seen = path.stat()
    except OSError:
        return (0, 0, 0)
    return (seen.st_ino, seen.st_mtime_ns, seen.st_size)


def _lock(file: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        with contextlib.suppress(OSError):
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            return True
        return False
    import fcntl

    with contextlib.suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
