"""What is heard of words that nobody knows."""

import pytest

from understanding.features import Features
from understanding.judging import stretch
from understanding.lexicon import phrases
from understanding.tokens import Reader
from understanding.understander import PhraseUnderstanding


def test_the_kinds_of_neighbours_are_seen_where_nobody_knows_the_words() -> None:
    message = Reader(phrases()).read("хочу глокую куздру")

    seen = Features(phrases()).of(message, stretch(message))

    assert any(feature.startswith("+VERB+1per ") for feature in seen)


@pytest.mark.parametrize(
    "said",
    [
        "Устинову-то новую купите нам все бабы ждут",
        "не хочу снова прозевать встречу садоводов, предупредите меня накануне",
    ],
)
def test_nobody_is_put_on_a_list_or_taken_off_it_on_a_guess(said: str) -> None:
    for request in PhraseUnderstanding().understand(said):
        assert request.intent not in ("subscribe", "unsubscribe") or request.slots.get("rival")


def test_a_guess_beside_other_wishes_takes_nobody_off_a_list() -> None:
    said = "Скажите телефон. Больше пользоваться вами не намерена. Как это оформляется по закону?"

    assert "unsubscribe" not in [request.intent for request in PhraseUnderstanding().understand(said)]
