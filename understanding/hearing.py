"""Phrases and the model together: which intent a stretch of a message speaks for."""

from collections.abc import Container, Sequence
from math import exp, log

from bot.newest import Newest
from understanding.features import Features, signs
from understanding.judging import BARE, Judge, Opinion, Stretch
from understanding.lexicon import LEVELS, ONLY_BY_PHRASES, Phrases
from understanding.meaning import Pattern
from understanding.model import Model
from understanding.scorer import Known, Scorer
from understanding.tokens import Message

LOOKED_FOR = "search"
_PHRASES_WEIGH = 1.0
"""What a phrase's score adds to the logarithm of the model's share."""
_TITLE = 0.3
"""The score of a title where no phrase fits: anything may be one."""
_ASKED_FOR = 0.45
"""The most that «есть ли у вас», «нужна» say for a book: so a lift is asked for, too."""
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
_LEAST_POWER = log(_LEAST)
_REMEMBERED = 40_000
"""Words and pairs whose rows are kept."""
_OPINIONS, _LONGEST_REMEMBERED = 512, 20
"""Opinions that are kept of stretches so short that a phrase fits: the same sentence comes with another greeting or
number, a greeting before anything; 2 kB each."""
_MOSTLY = 1
_ONLY_PHRASES = frozenset(ONLY_BY_PHRASES)
_SURELY, _BARELY = 0.93, 0.62
"""Scores of what only the model has heard, where it is quite sure and where it only leans to it."""


_OVER_A_SHORT_ONE = 0.6
"""«Мим, пожалуйста» is no wish that courtesy alone speaks for; «нет, спасибо» is thanks."""


class Ear:
    """Hears a stretch by phrases and by all of its words."""

    def __init__(self, phrases: Phrases, judge: Judge, model: Model) -> None:
        self._judge = judge
        self._model = model
        self._opinions: Newest[tuple[object, ...], Opinion] = Newest(_OPINIONS)
        self._scorer = Scorer(Features(phrases), model, _REMEMBERED, self._opinions)
        self._intents = dict.fromkeys(model.intents)
        self._unless = [(intent, mask) for intent, mask in phrases.unless.items() if mask and intent in model.intents]
        self._unless_any = 0
        for _, mask in self._unless:
            self._unless_any |= mask
        self._patterns = {intent: Pattern(intent, _MOSTLY, 0, 0, 0, "") for intent in model.intents}

    def opinion(self, message: Message, words: Stretch, judged: Opinion | None = None) -> Opinion:
        """The likeliest intent of a stretch, by both."""
        judged = judged or self._judge.opinion(words)
        if judged.intent in _ONLY_PHRASES:
            return judged
        heard, written = self._scorer.known(message, words), signs(message, words)
        if judged.pattern is None or len(heard) > _LONGEST_REMEMBERED:
            return self._weighed(message, words, judged, heard, written)
        said = tuple(heard), words.masks, words.quiet, written, judged.intent, judged.pattern
        opinion = self._opinions.get(said)
        if opinion is None:
            opinion = self._opinions[said] = self._weighed(message, words, judged, heard, written)
        return opinion

    def _weighed(
        self, message: Message, words: Stretch, judged: Opinion, heard: Sequence[Known], written: int
    ) -> Opinion:
        scores = self._model.scores(self._scorer.row(heard, words.last - words.first, written))
        together = self._together(judged, scores, words.present)
        best, second = _likeliest(together)
        if (
            judged.pattern is None
            and best != LOOKED_FOR
            and _may_be_a_title(message, words, judged, together[best] * (_NOT_OURS if best == "out_of_scope" else 1.0))
        ):
            best, second = LOOKED_FOR, best
        intent, score, pattern, explained, strange = best, BARE, None, 0, judged.content
        if best == judged.intent or (best == LOOKED_FOR and judged.intent == "availability"):
            intent, score, pattern = judged.intent, judged.score, judged.pattern
            explained, strange = judged.explained, judged.strange
        elif best != LOOKED_FOR or best in judged.scores:
            sure = _BARELY + (_SURELY - _BARELY) * max(0.0, 2 * together[best] - 1)
            score, pattern, strange = max(judged.scores.get(best, 0.0), sure), self._patterns[best], judged.strange
        next_best = (second, together.get(second, 0.0))
        return Opinion(intent, score, pattern, explained, strange, judged.content, next_best, judged.scores, together)

    def telling(self, message: Message, words: Stretch, intent: str) -> str:
        """The words of a stretch that speak most for an intent, the strongest first."""
        return self._scorer.telling(message, words, intent)

    def _together(self, judged: Opinion, scores: Sequence[float], present: int) -> dict[str, float]:
        """How likely each intent is, phrases and model weighed against each other.

        Most intents are as unlikely as any can be: only the others are reckoned one by one.
        """
        intents = self._intents if present & self._unless_any == 0 else self._wanted(present)
        most = max(scores)
        total = most + log(sum(map(exp, map((-most).__add__, scores))))
        least = total + _LEAST_POWER
        powers = {
            intent: score - total
            for intent, score in zip(self._model.intents, scores, strict=True)
            if score > least and intent in intents
        }
        _add_phrases(powers, judged, intents)
        most = max(powers.values())
        likely = {intent: exp(power - most) for intent, power in powers.items()}
        unlikely = exp(_LEAST_POWER - most)
        whole = sum(likely.values()) + unlikely * (len(intents) - len(likely))
        together = dict.fromkeys(intents, unlikely / whole)
        for intent, power in likely.items():
            together[intent] = power / whole
        return together

    def _wanted(self, present: int) -> dict[str, None]:
        """The intents that no word forbids."""
        unwanted = {intent for intent, mask in self._unless if mask & present}
        return {intent: None for intent in self._intents if intent not in unwanted}


def _add_phrases(powers: dict[str, float], judged: Opinion, intents: Container[str]) -> None:
    """What the phrases say, added to the logarithms of the model's shares; who has none there has the least."""
    scores, believed = judged.scores, min(1.0, _SHORT / max(judged.content, 1)) ** _FADES
    asked_for = max(min(scores.get(LOOKED_FOR, 0.0), _ASKED_FOR), scores.get("availability", 0.0))
    for intent, score in scores.items():
        if intent != LOOKED_FOR and intent in intents:
            powers[intent] = powers.get(intent, _LEAST_POWER) + _PHRASES_WEIGH * (score * believed)
    title = _PHRASES_WEIGH * max(asked_for * believed, _TITLE)
    powers[LOOKED_FOR] = powers.get(LOOKED_FOR, _LEAST_POWER) + title
    intent = judged.intent
    if not judged.strange and judged.content <= _SHORT and intent in intents:
        powers[intent] = powers.get(intent, _LEAST_POWER) + _written_for_it(judged)


def _likeliest(together: dict[str, float]) -> tuple[str, str]:
    """The likeliest and the next one, "" where there is only one; of equal ones the first."""
    share = together.__getitem__
    best = max(together, key=share)
    likely, together[best] = together[best], -1.0
    second = max(together, key=share)
    together[best] = likely
    return best, second if second != best else ""


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
