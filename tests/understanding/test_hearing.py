"""The model is heard word by word, remembered; it was trained on all features of a message at once."""

import pytest

from tests.understanding import messages
from understanding.features import Features, signs
from understanding.hearing import Ear
from understanding.judging import Judge, stretch
from understanding.lexicon import phrases
from understanding.model import model
from understanding.tokens import Reader


@pytest.fixture(scope="module")
def ear() -> Ear:
    return Ear(phrases(), Judge(phrases()), model())


def test_remembered_words_and_pairs_come_to_what_all_features_come_to(ear: Ear) -> None:
    reader, features = Reader(phrases()), Features(phrases())
    texts = [message.text for message in messages.read(messages.VOICES_TRAIN)][:150]
    for text in [*texts, *texts[::-1]]:  # first met and remembered
        message = reader.read(text)
        words = stretch(message)
        heard = ear._scores(ear._known_words(message, words), words.last - words.first, signs(message, words))

        assert heard == pytest.approx(model().scores(model().row(features.of(message, words)))), text


def test_so_few_lengths_are_remembered_that_they_need_no_bound(ear: Ear) -> None:
    before = len(ear._wholes)
    for count in range(1, 4_000):
        ear._whole(count, 0)

    assert len(ear._wholes) - before < 20


def test_the_kinds_of_neighbours_are_seen_where_nobody_knows_the_words() -> None:
    message = Reader(phrases()).read("хочу глокую куздру")

    seen = Features(phrases()).of(message, stretch(message))

    assert any(feature.startswith("+VERB+1per ") for feature in seen)
