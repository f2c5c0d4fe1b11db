"""Two runs of ``evaluate`` side by side: what became better, what worse, which questions changed. Pure."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bot.errors import InputError
from bot.quick import dataclass

FIGURES = (
    "intent_accuracy",
    "recall_at_1",
    "recall_at_5",
    "absent_correct",
    "wrong_found",
    "wrong_not_found",
    "slots_accuracy",
)
LESS_IS_BETTER = frozenset({"wrong_found", "wrong_not_found"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure that is another one now.

    Attributes:
        place: "" for all questions, else the intent or the tag.
        gain: How much better (above 0) or worse, 0..1.
    """

    place: str
    figure: str
    before: float
    now: float

    @property
    def gain(self) -> float:
        """How much better; below 0 where it is worse."""
        grown = self.now - self.before
        return -grown if self.figure in LESS_IS_BETTER else grown


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A question that is answered otherwise now; ``before`` and ``now`` say what is wrong, empty where nothing is."""

    key: str
    text: str
    before: tuple[str, ...]
    now: tuple[str, ...]


def earlier(file: Path) -> dict[str, Any]:
    """What ``evaluate --json`` printed once. Raises InputError where the file is nothing of the kind."""
    try:
        found = msgspec.json.decode(file.read_bytes())
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict) or not _is_whole(found):
        raise InputError(f"{file}: expected what `bibliobot evaluate --json` printed")
    return found


def _is_whole(found: Mapping[str, Any]) -> bool:
    groups = [found.get("by_intent"), found.get("by_tag"), found.get("questions", {})]
    return "n" in found and all(isinstance(group, dict) for group in groups)


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """Every figure that both runs have and that differs: over all, by intent, by tag; the greatest first."""
    found = _differing("", before, now)
    for group, name in (("by_intent", "intent"), ("by_tag", "tag")):
        for key in before[group].keys() & now[group].keys():
            found += _differing(f"{name} {key}", before[group][key], now[group][key])
    return sorted(found, key=lambda change: (bool(change.place), -abs(change.gain), change.place, change.figure))


def _differing(place: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    return [
        Change(place=place, figure=figure, before=before[figure], now=now[figure])
        for figure in FIGURES
        if before.get(figure) is not None and now.get(figure) is not None and before[figure] != now[figure]
    ]


def turned(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[list[Turned], list[Turned], list[Turned]] | None:
    """Questions that are right now, wrong now, and wrong in another way; None where the earlier run has no questions.

    Questions that only one of the runs asked are left out.
    """
    if "questions" not in before:
        return None
    mended: list[Turned] = []
    broken: list[Turned] = []
    other: list[Turned] = []
    for key, question in now["questions"].items():
        known = before["questions"].get(key)
        if known is None or known["wrong"] == question["wrong"]:
            continue
        one = Turned(key=key, text=question["text"], before=_lines(known), now=_lines(question))
        (mended if not one.now else broken if not one.before else other).append(one)
    return mended, broken, other


def _lines(question: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(question["wrong"])
