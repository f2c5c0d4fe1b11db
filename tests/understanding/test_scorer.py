"""A model is heard word by word, remembered; it was trained on all features of a message at once."""

import pytest

from tests.understanding import messages
from understanding.features import Features, signs
from understanding.judging import stretch
from understanding.lexicon import phrases
from understanding.model import model
from understanding.scorer import Scorer
from understanding.tokens import Reader

FEW = 300


@pytest.mark.parametrize("remembered", [40_000, FEW])
def test_remembered_words_and_pairs_come_to_what_all_features_come_to(remembered: int) -> None:
    reader, features = Reader(phrases()), Features(phrases())
    scorer = Scorer(features, model(), remembered, {})
    texts = [message.text for message in messages.read(messages.VOICES_TRAIN)][:150]
    for text in [*texts, *texts[::-1]]:  # first met and remembered
        message = reader.read(text)
        words = stretch(message)
        row = scorer.row(scorer.known(message, words), words.last - words.first, signs(message, words))

        assert model().scores(row) == pytest.approx(model().scores(model().row(features.of(message, words)))), text


def test_what_is_kept_by_the_words_is_forgotten_with_them() -> None:
    reader, kept = Reader(phrases()), {"said": "heard"}
    scorer = Scorer(Features(phrases()), model(), 3, kept)

    for text in ("где моя книга", "когда вы открыты"):
        assert kept
        message = reader.read(text)
        scorer.known(message, stretch(message))

    assert not kept


def test_so_few_lengths_are_remembered_that_they_need_no_bound() -> None:
    scorer = Scorer(Features(phrases()), model(), FEW, {})
    for count in range(1, 4_000):
        scorer.row((), count, 0)

    assert len(scorer._wholes) < 20
