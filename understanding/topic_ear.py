"""The FAQ topic of a question of rules, by all of its words and by the topics whose phrases fit.

«С котом в переноске пустите?», «сын порисовал в книжке»: there are more such words than anybody writes down; and where
the phrases of two topics fit («не успею сдать»), the other words tell which is meant. The table of weights is made by
``python -m tools.train_topics`` from messages that people gave a topic.
"""

from functools import cache, reduce
from math import exp
from operator import or_
from pathlib import Path

from bot.newest import Newest
from understanding.features import Features, signs
from understanding.judging import Stretch
from understanding.lexicon import Phrases
from understanding.model import Model, Row, read
from understanding.scorer import Scorer
from understanding.slots import topics
from understanding.tokens import Message

FILE = Path(__file__).with_name("topics.npz")
OF_ALL = "rules"
"""The topic of the rules as such, and of whatever none of the others fits."""
SURE = 0.25
"""From so large a share on a topic is named; below it a person knows better."""
_REMEMBERED, _FITS = 10_000, 512
"""Words and pairs, and sets of topics' words that stand together, whose rows are kept."""


class TopicEar:
    """Hears topics; the table is read with the first question that needs it.

    Args:
        phrases: Whose topics and groups of words are heard.
        model: Another table than the one that comes with the program.
    """

    def __init__(self, phrases: Phrases, model: Model | None = None) -> None:
        self._phrases, self._model = phrases, model
        self._scorer: Scorer | None = None
        self._telling = reduce(or_, (mask for topic in phrases.topics[OF_ALL] for mask in topic.masks), 0)
        self._fits: Newest[int, Row] = Newest(_FITS)

    def heard(self, message: Message, words: Stretch) -> tuple[str, str]:
        """The likeliest topic, the rules as such where none is sure enough; and why, for ``ask --explain``."""
        best, share = self.likeliest(message, words)
        telling = self._scored().telling(message, words, best)
        because = f"{best} {share:.0%}" + (f", most by {telling}" if telling else "")
        if share < SURE:
            return OF_ALL, f"topic: none is sure, the likeliest is {because}"
        return best, f"topic: {because}"

    def likeliest(self, message: Message, words: Stretch) -> tuple[str, float]:
        """The likeliest topic and how likely it is, 0..1, sure or not."""
        scorer = self._scored()
        row = scorer.row(scorer.known(message, words), words.last - words.first, signs(message, words))
        said = words.present & self._telling
        fits = self._fits.get(said)
        if fits is None:
            fits = self._fits[said] = scorer.model.row(named(self._phrases, said))
        scores = scorer.model.scores(row + fits)
        most = max(scores)
        return scorer.model.intents[scores.index(most)], 1 / sum(exp(score - most) for score in scores)

    def _scored(self) -> Scorer:
        if self._scorer is None:
            self._scorer = Scorer(Features(self._phrases), self._model or topic_model(), _REMEMBERED, {})
        return self._scorer


@cache
def topic_model() -> Model:
    """The model that comes with the program."""
    return read(FILE)


def named(phrases: Phrases, present: int) -> list[str]:
    """What the model looks at beside the words: whose phrases fit, and which of them comes first."""
    keys = list(topics(OF_ALL, present, phrases))
    return [f"§{keys[0]}" if keys else "§", *(f"§§{key}" for key in keys)]
