"""Phrases and the model together: which intent a stretch of a message speaks for."""

from collections.abc import Mapping
from dataclasses import replace
from math import exp, log

from understanding.features import EDGE, Features, Word, asks
from understanding.judging import BARE, Judge, Opinion, Stretch
from understanding.lexicon import LEVELS, OF_ACCOUNTS, Pattern, Phrases
from understanding.model import Model, Row
from understanding.tokens import Message

LOOKED_FOR = "search"
_PHRASES_WEIGH = 2.0
"""What a phrase's score adds to the logarithm of the model's share."""
_TITLE = 0.3
"""The score of a title where no phrase fits: anything may be one."""
_ASKED_FOR = 0.45
"""The most that «есть ли у вас», «нужна» say for a book: so a lift is asked for, too."""
_FEWER_TITLES = 0.2
"""Off the logarithm of a title's share: the model has learned from more titles than readers write."""
_OVER_A_TITLE = 0.25
"""A few words that no phrase fits are a title where no intent is so likely."""
_NOT_OURS = 0.5
"""What is not ours must be surer by so much: to look into the catalogue first costs nothing («Что делать?»)."""
_SHORT, _FADES = 4, 0.5
"""Content words up to which a phrase counts fully, and how fast it fades beyond: in a story words meet by chance."""
_FEW, _WRITTEN_FOR_IT, _WRITTEN_FOR_SOME = 2, 4.5, 2.0
"""Of so few words, all of them in a phrase, the phrase was written for just that; of a few more it may have been."""
_SHORTEST = 4
"""Letters of a word that may speak alone: «нет» and «да» answer something, or are a title."""
_LEAST = 0.01
"""No share is taken for less: the model has not heard everything."""
_REMEMBERED = 20_000
"""Words, and as many pairs, whose rows are kept: 170 bytes each."""
_TOLD = 3
"""So many words are named in an explanation."""
_MOSTLY = 1
_ONLY_PHRASES = frozenset(OF_ACCOUNTS.split())
_SURELY, _BARELY = 0.93, 0.62
"""Scores of what only the model has heard, where it is quite sure and where it only leans to it."""


_OVER_A_SHORT_ONE = 0.6
"""«Мим, пожалуйста» is no wish that courtesy alone speaks for; «нет, спасибо» is thanks."""


class Ear:
    """Hears a stretch by phrases and by all of its words."""

    def __init__(self, phrases: Phrases, judge: Judge, model: Model) -> None:
        self._judge = judge
        self._model = model
        self._features = Features(phrases)
        self._words: dict[Word, Row] = {}
        self._pairs: dict[tuple[Word, Word], Row] = {}
        self._wholes: dict[tuple[int, bool], Row] = {}
        self._unless = [(intent, mask) for intent, mask in phrases.unless.items() if mask and intent in model.intents]
        self._patterns = {intent: Pattern(intent, _MOSTLY, 0, 0, 0, "") for intent in model.intents}

    def opinion(self, message: Message, words: Stretch, judged: Opinion | None = None) -> Opinion:
        """The likeliest intent of a stretch, by both."""
        judged = judged or self._judge.opinion(words)
        if judged.intent in _ONLY_PHRASES:
            return judged
        shares = self._shares(message, words)
        for intent, mask in self._unless:
            if mask & words.present:
                shares[intent] = 0.0
        together = self._together(judged, shares)
        best = max(together, key=lambda intent: together[intent])
        second = max((intent for intent in together if intent != best), key=lambda intent: together[intent], default="")
        if (
            judged.pattern is None
            and best != LOOKED_FOR
            and _may_be_a_title(message, words, judged, together[best] * (_NOT_OURS if best == "out_of_scope" else 1.0))
        ):
            best, second = LOOKED_FOR, best
        next_best = (second, together.get(second, 0.0))
        if best == judged.intent or (best == LOOKED_FOR and judged.intent == "availability"):
            return replace(judged, runner_up=next_best, heard=together)
        if best == LOOKED_FOR and best not in judged.scores:
            return Opinion(best, BARE, None, 0, judged.content, judged.content, next_best, judged.scores, together)
        score = judged.scores.get(best, 0.0)
        pattern = self._patterns[best]
        heard = _BARELY + (_SURELY - _BARELY) * max(0.0, 2 * together[best] - 1)
        return Opinion(
            best, max(score, heard), pattern, 0, judged.strange, judged.content, next_best, judged.scores, together
        )

    def telling(self, message: Message, words: Stretch, intent: str) -> str:
        """The words of a stretch that speak most for an intent, the strongest first."""
        number = self._model.intents.index(intent)
        spoken = {word[0]: self._word(word)[number] for word in self._features.words(message, words)}
        told = sorted(spoken, key=lambda word: -spoken[word])[:_TOLD]
        return ", ".join(f"«{word}»" for word in told if spoken[word] > 0)

    def _shares(self, message: Message, words: Stretch) -> dict[str, float]:
        said = self._features.words(message, words)
        row = self._whole(words.last - words.first, asking=asks(message, words)).copy()
        before = EDGE
        for word in said:
            row += self._word(word)
            row += self._pair(before, word)
            before = word
        row += self._pair(before, EDGE)
        return self._model.shares(row)

    def _word(self, word: Word) -> Row:
        known = self._words.get(word)
        if known is None:
            if len(self._words) >= _REMEMBERED:
                self._words.clear()
            known = self._words[word] = self._model.row(self._features.of_word(word))
        return known

    def _pair(self, one: Word, two: Word) -> Row:
        known = self._pairs.get((one, two))
        if known is None:
            if len(self._pairs) >= _REMEMBERED:
                self._pairs.clear()
            known = self._pairs[one, two] = self._model.row(self._features.of_pair(one, two))
        return known

    def _whole(self, count: int, *, asking: bool) -> Row:
        known = self._wholes.get((count, asking))
        if known is None:
            known = self._wholes[count, asking] = self._model.row(self._features.of_whole(count, asks=asking))
        return known

    @staticmethod
    def _together(judged: Opinion, shares: Mapping[str, float]) -> dict[str, float]:
        """How likely each intent is, phrases and model weighed against each other."""
        scores = dict(judged.scores)
        if LOOKED_FOR in scores:
            scores[LOOKED_FOR] = min(scores[LOOKED_FOR], _ASKED_FOR)
        if "availability" in scores:
            scores[LOOKED_FOR] = max(scores.get(LOOKED_FOR, 0.0), scores["availability"])
        powers = {}
        believed = min(1.0, _SHORT / max(judged.content, 1)) ** _FADES
        for intent, share in shares.items():
            score = scores.get(intent, 0.0) * believed
            if intent == LOOKED_FOR:
                score = max(score, _TITLE)
            if share:
                powers[intent] = log(max(share, _LEAST)) + _PHRASES_WEIGH * score
        if judged.intent in powers and not judged.strange and judged.content <= _SHORT:
            powers[judged.intent] += _written_for_it(judged)
        powers[LOOKED_FOR] -= _FEWER_TITLES
        most = max(powers.values())
        whole = sum(exp(power - most) for power in powers.values())
        return {intent: exp(power - most) / whole for intent, power in powers.items()}


def _written_for_it(judged: Opinion) -> float:
    """What is added where a phrase knows all of a few words: less where it needs a sentence to itself."""
    alone = judged.pattern is not None and LEVELS[judged.pattern.level] == "alone"
    if judged.content <= _FEW:
        return _WRITTEN_FOR_IT
    return 0.0 if alone else _WRITTEN_FOR_SOME


def _may_be_a_title(message: Message, words: Stretch, judged: Opinion, share: float) -> bool:
    """A few words that no phrase fits and no intent surely: above all a single short one."""
    said = [token for token in message.tokens[words.first : words.last] if "polite" not in token.meaning.roles]
    if (
        len(said) == 1
        and len(said[0].word) < _SHORTEST
        and (words.last - words.first == 1 or share < _OVER_A_SHORT_ONE)
    ):
        return True
    return judged.content <= _FEW and share < _OVER_A_TITLE
