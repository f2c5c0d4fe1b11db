"""Which intent a stretch of a message speaks for, and how surely."""

from collections.abc import Mapping
from dataclasses import field

from bot.newest import Newest
from bot.quick import dataclass
from understanding.lexicon import LEVELS, SECOND, Phrases
from understanding.meaning import QUIET, Pattern, Sequence
from understanding.tokens import Message

_ALWAYS, _MOSTLY, _ALONE = range(len(LEVELS))
_SURE = (0.95, 0.88, 0.9)
_COST = (0.035, 0.12, 1.0)
"""What each word that the intent does not explain takes off; nothing from intents with a free object."""
_COST_ASKED_FOR_A_BOOK = 0.1
_COST_FREE = (0.008, 0.03, 0.0)
_EVIDENCE = 0.004
"""What each word that the intent explains adds: of two that fit, the one that explains more."""
_LEAST = (0.66, 0.3, 0.0)
_FREE = (0.93, 0.84, 0.9)
_SEARCH = (0.8, 0.6, 0.8)
"""An outright question for a book gives way to whatever is named more exactly."""
_MOST_SMALL = 3
"""So many small words may stand beside one that stands alone: «а вы до скольки?», not «Пока мы были не с вами»."""
_OPINIONS, _LONGEST_REMEMBERED = 512, 20
"""Opinions that are kept, of stretches so short that a phrase fits: half a kB each."""
BARE = 0.5
"""A stretch that no phrase fits is taken for a title."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of tokens with what its words mean together.

    Attributes:
        masks: Terms of each token, rows of words included.
        quiet: Which tokens count for nothing (politeness, small words).
        present: All terms.
        patterns: Patterns that might fit.
        rows: Rows of words that stand in the whole message: (first token, just behind the last, row).
    """

    first: int
    last: int
    masks: tuple[int, ...]
    quiet: tuple[bool, ...]
    present: int
    patterns: tuple[Pattern, ...]
    rows: tuple[tuple[int, int, Sequence], ...]

    def part(self, first: int, last: int) -> "Stretch":
        """The same for some of its tokens (numbers in the message)."""
        start, end = first - self.first, last - self.first
        masks = self.masks[start:end]
        present = 0
        for mask in masks:
            present |= mask
        return Stretch(first, last, masks, self.quiet[start:end], present, self.patterns, self.rows)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a stretch wants: ``pattern`` is None where it is only taken for a title.

    Attributes:
        explained: Terms of all patterns of the intent that fitted.
        strange: Words that neither the patterns nor the intent's usual company explain.
        runner_up: The next best intent's score.
        scores: The score of each intent that some phrase fits.
        heard: How likely the model takes each intent for; empty where it was not asked.
    """

    intent: str
    score: float
    pattern: Pattern | None
    explained: int
    strange: int
    content: int
    runner_up: tuple[str, float] = ("", 0.0)
    scores: Mapping[str, float] = field(default_factory=dict)
    heard: Mapping[str, float] = field(default_factory=dict)


def stretch(message: Message) -> Stretch:
    """The whole message, rows of words recognised; the longest row wins where several begin."""
    tokens = message.tokens
    masks = [token.meaning.mask for token in tokens]
    quiet = [token.meaning.quiet for token in tokens]
    found: dict[Pattern, None] = {}
    rows = []
    for number, token in enumerate(tokens):
        found.update(dict.fromkeys(token.meaning.patterns))
        if not token.meaning.rows or number + 1 == len(tokens):
            continue
        for row in token.meaning.rows.get(tokens[number + 1].word[:SECOND], ()):
            if not _runs(row, message, number + 1):
                continue
            last = number + 1 + len(row.parts)
            rows.append((number, last, row))
            for place in range(number, last):
                masks[place] |= row.mask
                quiet[place] = quiet[place] or row.role in QUIET
            for pattern in row.patterns:
                found[pattern] = None
    present = 0
    for mask in masks:
        present |= mask
    # Of what the whole lacks no part of it has all.
    patterns = tuple([pattern for pattern in found if pattern.mask & present == pattern.mask])
    return Stretch(0, len(tokens), tuple(masks), tuple(quiet), present, patterns, tuple(rows))


def _stands(pattern: Pattern, words: Stretch) -> bool:
    """Whether at least two words make a pattern of two: one word is no sentence, whatever it may mean."""
    standing = False
    for mask in words.masks:
        if mask & pattern.mask:
            if standing:
                return True
            standing = True
    return False


def _runs(row: Sequence, message: Message, place: int) -> bool:
    tokens = message.tokens
    if place + len(row.parts) > len(tokens):
        return False
    for offset, (part, starred) in enumerate(row.parts):
        token = tokens[place + offset]
        if token.gap == "." or not (token.word.startswith(part) if starred else token.word == part):
            return False
    return True


class Judge:
    """Weighs the intents of a stretch against each other."""

    def __init__(self, phrases: Phrases) -> None:
        self._company = phrases.company
        self._free = phrases.free
        self._opinions: Newest[tuple[object, ...], Opinion] = Newest(_OPINIONS)

    def opinion(self, words: Stretch) -> Opinion:
        """The best intent of a stretch; a search for a title where nothing fits."""
        present = words.present
        fits = [
            pattern
            for pattern in words.patterns
            if pattern.mask & present == pattern.mask
            and not pattern.unwanted & present
            and (pattern.size < 2 or _stands(pattern, words))
        ]
        if not fits or len(words.masks) > _LONGEST_REMEMBERED:
            return self._opinion(words, fits)
        said = words.masks, words.quiet, *fits
        opinion = self._opinions.get(said)
        if opinion is None:
            opinion = self._opinions[said] = self._opinion(words, fits)
        return opinion

    def _opinion(self, words: Stretch, fits: list[Pattern]) -> Opinion:
        fitting: dict[str, list[Pattern]] = {}
        for pattern in fits:
            fitting.setdefault(pattern.intent, []).append(pattern)
        content = len(words.quiet) - sum(words.quiet)
        best = Opinion("search", BARE, None, 0, content, content)
        if not fitting:
            return best
        asked = "search" in fitting
        second = ("search", BARE)
        scores: dict[str, float] = {}
        for intent, patterns in fitting.items():
            opinion = self._weigh(intent, patterns, words, content, asked)
            if opinion is None:
                continue
            scores[intent] = opinion.score
            if opinion.score > best.score:
                second = (best.intent, best.score)
                best = opinion
            elif opinion.score > second[1]:
                second = (opinion.intent, opinion.score)
        return Opinion(
            best.intent, best.score, best.pattern, best.explained, best.strange, best.content, second, scores
        )

    def _weigh(self, intent: str, patterns: list[Pattern], words: Stretch, content: int, asked: bool) -> Opinion | None:
        explained = 0
        for pattern in patterns:
            explained |= pattern.mask
        familiar = explained | self._company[intent]
        strange = covered = small = 0
        for mask, quiet in zip(words.masks, words.quiet, strict=True):
            if mask & explained:
                covered += 1
            elif not mask & familiar:
                strange += not quiet
                small += quiet
        best: Opinion | None = None
        for pattern in patterns:
            level = pattern.level
            if level == _ALONE and (strange or small > _MOST_SMALL):
                continue
            if intent == "search":
                score = _SEARCH[level]
            elif intent in self._free:
                score = _FREE[level] - _COST_FREE[level] * min(strange, 3)
            else:
                cost = max(_COST[level], _COST_ASKED_FOR_A_BOOK if asked else 0.0)
                score = max(_SURE[level] - cost * strange, _LEAST[level])
            score += _EVIDENCE * min(covered, 8)
            if best is None or score > best.score:
                best = Opinion(intent, score, pattern, explained, strange, content)
        return best
