"""What is heard of words that nobody knows."""

from understanding.features import Features
from understanding.judging import stretch
from understanding.lexicon import phrases
from understanding.tokens import Reader


def test_the_kinds_of_neighbours_are_seen_where_nobody_knows_the_words() -> None:
    message = Reader(phrases()).read("хочу глокую куздру")

    seen = Features(phrases()).of(message, stretch(message))

    assert any(feature.startswith("+VERB+1per ") for feature in seen)
