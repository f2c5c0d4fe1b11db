"""Questions with known answers, and how right we were: the arithmetic of ``evaluate``, without any store.

Only what a reader would see counts. FOUND and CHOICE are a yes, shown as a book or as a list to choose
from; NEAR («Может быть, вы имели в виду…?») and NOTHING are a no.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from bot.cli.picking import picked_out, stands_in
from bot.errors import InputError
from bot.language.folding import fold
from bot.library.model import WorkCard
from bot.ports.catalogue import Found, Verdict
from bot.ports.understanding import Request
from bot.quick import dataclass

BOOKISH = frozenset({"search", "availability", "hold", "renew", "review", "recommend"})
"""Requests that may name a book: what they name is looked up."""
_T = TypeVar("_T")
_YES = frozenset({Verdict.FOUND, Verdict.CHOICE})
_SUBTITLE = re.compile(r"\s*(?::\s.*|\([^)]*\)\s*)$")
_SHORTEST_NAME = 3


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a file of questions; keys that we do not know are let pass."""

    id: str
    text: str
    intent: str
    intent_ok: list[str]
    expected: list[str] | None = None
    expected_groups: list[list[str]] = []
    intents: list[str] = []
    tags: list[str] = []
    slots: dict[str, Any] = {}
    file: str = ""

    def __post_init__(self) -> None:
        """Refuse what no answer could match."""
        if not self.intent_ok:
            raise ValueError("`intent_ok` names no intent")
        for row in [*(self.expected or []), *(row for group in self.expected_groups for row in group)]:
            if "|" not in row:
                raise ValueError(f"`expected` rows read author|title, this one does not: {row!r}")

    @property
    def groups(self) -> list[list[str]]:
        """The books asked for, each with its acceptable rows; empty where none is or none exists."""
        if self.expected_groups:
            return self.expected_groups
        return [self.expected] if self.expected else []

    @property
    def about_a_book(self) -> bool:
        """The answer is a book, or that there is none such."""
        return self.expected is not None or bool(self.expected_groups)

    @property
    def absent(self) -> bool:
        """A book is asked for that the catalogue does not hold."""
        return self.expected == [] and not self.expected_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one question.

    Attributes:
        requests: As the message was understood.
        books: The catalogue's answers, one a book asked for; empty where it was not asked.
    """

    line: Line
    requests: tuple[Request, ...]
    books: tuple[Found, ...] = ()

    @property
    def intent_right(self) -> bool:
        """The first request is one that counts as right."""
        return self.requests[0].intent in self.line.intent_ok

    def hit(self, depth: int) -> bool:
        """Every book asked for is among the first ``depth`` works that the reader is shown."""
        shown = _shown(self.books, depth, len(self.line.groups))
        return all(any(fits(row, work) for row in group for work in shown) for group in self.line.groups)

    @property
    def said_yes(self) -> bool:
        """The reader was told of a book."""
        return any(found.verdict in _YES for found in self.books)

    @property
    def wrong_found(self) -> bool:
        """The reader was told of a book, and it is not the one: FOUND names its first, CHOICE its list."""
        if not self.said_yes or not self.line.about_a_book:
            return False
        if self.line.absent:
            return True
        sure = all(found.verdict is Verdict.FOUND for found in self.books if found.verdict in _YES)
        return not self.hit(1 if sure else 5)

    @property
    def wrong_not_found(self) -> bool:
        """The book is there and the reader was not told of it."""
        return bool(self.line.groups) and not self.said_yes

    @property
    def slots_right(self) -> dict[str, bool]:
        """For each piece of the message that a person picked out, whether it is among ours, on stems."""
        told = {name: value for name, value in self.line.slots.items() if stands_in(value, self.line.text)}
        return {name: picked_out(name, value, self.requests) for name, value in told.items()}

    @property
    def wrong(self) -> tuple[str, ...]:
        """What was wrong, in words; empty where nothing was."""
        faults = []
        if missing := [name for name, right in self.slots_right.items() if not right]:
            faults.append(f"slots not picked out: {', '.join(f'{name} {self.line.slots[name]}' for name in missing)}")
        return (*self.wrong_for_the_reader, *faults)

    @property
    def wrong_for_the_reader(self) -> tuple[str, ...]:
        """What of it a reader would notice: the intent and the books."""
        faults = []
        if not self.intent_right:
            faults.append(f"understood as {self.requests[0].intent}, right: {', '.join(self.line.intent_ok)}")
        if self.line.absent and self.said_yes:
            faults.append("found, but there is no such book")
        elif self.wrong_not_found:
            faults.append("not found, but it is there")
        elif self.line.groups and not self.hit(1):
            faults.append("not the first" if self.hit(5) else "another book")
        return tuple(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How right a set of answers was; shares are 0..1, None where no question asks for it.

    Attributes:
        n: Questions.
        recall_at_1: Over questions with a book that is there: it is the first shown.
        recall_at_5: The same, among the first five shown.
        absent_correct: Over questions for a book that is not there: nothing is shown for it.
        wrong_found: Over all questions for a book: another one is shown as the answer.
        wrong_not_found: Over questions with a book that is there: nothing is shown.
        slots_accuracy: Over all pieces that a person picked out of the messages: picked out here, too.
    """

    n: int
    intent_accuracy: float | None
    recall_at_1: float | None
    recall_at_5: float | None
    absent_correct: float | None
    wrong_found: float | None
    wrong_not_found: float | None
    slots_accuracy: float | None = None

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> "Score":
        """Count."""
        held = [answer for answer in answers if answer.line.groups]
        absent = [answer for answer in answers if answer.line.absent]
        return cls(
            n=len(answers),
            intent_accuracy=_share(answers, lambda answer: answer.intent_right),
            recall_at_1=_share(held, lambda answer: answer.hit(1)),
            recall_at_5=_share(held, lambda answer: answer.hit(5)),
            absent_correct=_share(absent, lambda answer: not answer.said_yes),
            wrong_found=_share(held + absent, lambda answer: answer.wrong_found),
            wrong_not_found=_share(held, lambda answer: answer.wrong_not_found),
            slots_accuracy=_share([right for answer in answers for right in answer.slots_right.values()], bool),
        )


def read(file: Path) -> list[Line]:
    """The questions of a file.

    Raises:
        InputError: The file cannot be read or a line is no question: which one, and what was expected.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{file}: expected UTF-8 text, one JSON object a line") from None
    rows = [(number, row) for number, row in enumerate(text.split("\n"), start=1) if row.strip()]
    lines = [msgspec.structs.replace(_line(row, number, file), file=file.name) for number, row in rows]
    if not lines:
        raise InputError(f"{file}: holds no question; expected one JSON object a line")
    return lines


def by_intent(answers: Iterable[Answer]) -> dict[str, Score]:
    """Scores for each intent that was expected, in the order of their names."""
    return _by(answers, lambda line: [line.intent])


def by_slot(answers: Iterable[Answer]) -> dict[str, tuple[int, float]]:
    """How often each slot was asked for, and the share that was picked out."""
    seen: dict[str, list[bool]] = {}
    for answer in answers:
        for name, right in answer.slots_right.items():
            seen.setdefault(name, []).append(right)
    return {name: (len(seen[name]), round(sum(seen[name]) / len(seen[name]), 4)) for name in sorted(seen)}


def by_file(answers: Iterable[Answer]) -> dict[str, Score]:
    """Scores for each file, in the order of their names."""
    return _by(answers, lambda line: [line.file])


def by_tag(answers: Iterable[Answer]) -> dict[str, Score]:
    """Scores for each tag; a question counts under every tag it has."""
    return _by(answers, lambda line: line.tags)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sureness:
    """Answers that claimed about the same confidence, and what it was worth: 0..1 each."""

    n: int
    claimed: float
    right: float


def by_confidence(answers: Sequence[Answer]) -> dict[str, Sureness]:
    """How often the intent was right where it was said so surely, by steps of a tenth («0.9-1.0»)."""
    steps: dict[int, list[Answer]] = {}
    for answer in answers:
        steps.setdefault(min(int(answer.requests[0].confidence * 10), 9), []).append(answer)
    return {
        f"{step / 10:.1f}-{(step + 1) / 10:.1f}": Sureness(
            n=len(group),
            claimed=sum(answer.requests[0].confidence for answer in group) / len(group),
            right=sum(answer.intent_right for answer in group) / len(group),
        )
        for step, group in sorted(steps.items())
    }


def as_json(answers: Sequence[Answer]) -> dict[str, Any]:
    """The figures for programs: the keys that other people's scripts read, and no other."""

    def figures(score: Score) -> dict[str, Any]:
        return {
            name: getattr(score, name)
            for name in ("n", "intent_accuracy", "recall_at_1", "recall_at_5", "absent_correct", "wrong_found")
        }

    return figures(Score.of(answers)) | {
        "by_intent": {name: figures(score) for name, score in by_intent(answers).items()},
        "by_tag": {name: figures(score) for name, score in by_tag(answers).items()},
    }


def in_detail(answers: Sequence[Answer]) -> dict[str, Any]:
    """``as_json`` with everything that a later run may be compared with: all figures, and each question."""

    def figures(score: Score) -> dict[str, Any]:
        return {name: getattr(score, name) for name in Score.__dataclass_fields__}

    return figures(Score.of(answers)) | {
        "by_intent": {name: figures(score) for name, score in by_intent(answers).items()},
        "by_tag": {name: figures(score) for name, score in by_tag(answers).items()},
        "by_slot": {name: {"n": n, "accuracy": share} for name, (n, share) in by_slot(answers).items()},
        "by_confidence": {
            name: {"n": step.n, "claimed": step.claimed, "right": step.right}
            for name, step in by_confidence(answers).items()
        },
        "questions": {
            f"{answer.line.file}:{answer.line.id}": {
                "text": answer.line.text,
                "intent": answer.requests[0].intent,
                "confidence": answer.requests[0].confidence,
                "verdicts": [found.verdict.value for found in answer.books],
                "works": [f"{work.author}|{work.title}" for found in answer.books for work in found.works[:5]],
                "wrong": list(answer.wrong),
            }
            for answer in answers
        },
    }


def fits(row: str, work: WorkCard) -> bool:
    """Whether a work is the one that ``author|title`` means, in the spelling of any of its editions.

    The title must be the same when folded, a subtitle or a bracket aside; of the author one name is
    enough («Толстой Л. Н.» is «Лев Толстой»). ``author|*`` takes any work of the author.
    """
    author, title = row.split("|", 1)
    variants = [(work.author, work.title), *((edition.author, edition.title) for edition in work.editions)]
    if title.strip() == "*":
        names = set(fold(author).split())
        return any(names <= set(fold(known).split()) for known, _ in variants)
    wanted = _titles(title)
    return any(wanted & _titles(known) and _same_author(author, by) for by, known in variants)


def _titles(title: str) -> set[str]:
    return {fold(title), fold(_SUBTITLE.sub("", title))} - {""}


def _same_author(one: str, two: str) -> bool:
    first, second = _names(one), _names(two)
    return not first or not second or bool(first & second)


def _names(author: str) -> set[str]:
    return {name for name in fold(author).split() if len(name) >= _SHORTEST_NAME}


def _shown(books: Sequence[Found], depth: int, asked: int) -> list[WorkCard]:
    """The first works of each answer; where one answer must serve for several books, so many more of it."""
    answers = [found.works for found in books if found.verdict in _YES]
    each = depth * max(1, -(-asked // len(answers))) if answers else 0
    return [work for works in answers for work in works[:each]]


def _share(answers: Sequence[_T], right: Callable[[_T], bool]) -> float | None:
    return round(sum(map(right, answers)) / len(answers), 4) if answers else None


def _by(answers: Iterable[Answer], names: Callable[[Line], list[str]]) -> dict[str, Score]:
    grouped: dict[str, list[Answer]] = {}
    for answer in answers:
        for name in dict.fromkeys(names(answer.line)):
            grouped.setdefault(name, []).append(answer)
    return {name: Score.of(grouped[name]) for name in sorted(grouped)}


def _line(raw: str, number: int, file: Path) -> Line:
    try:
        return msgspec.json.decode(raw, type=Line)
    except (msgspec.DecodeError, ValueError) as error:
        raise InputError(
            f"{file}, line {number}: {error}. Expected a JSON object with id, text, intent, intent_ok and, "
            "where a book is asked for, expected: a list of author|title."
        ) from None
