"""«двадцать тысяч», «третья», «IV» and 20000, 3, 4 are the same to a reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import numbers
from bot.language.folding import words


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("двадцать тысяч лье под водой", "20000 лье под водой"),
        ("вокруг света за восемьдесят дней", "вокруг света за 80 дней"),
        ("семнадцать мгновений весны", "17 мгновений весны"),
        ("сто двадцать три", "123"),
        ("два три", "2 3"),
        ("часть третья", "часть 3"),
        ("третьей книги", "3 книги"),
        ("четырнадцатого декабря", "14 декабря"),
        ("двадцать первый", "21"),
        ("тысяча и одна ночь", "1000 и 1 ночь"),
        ("два миллиона пятьсот тысяч", "2500000"),
        ("том IV", "том 4"),
        ("Людовик XXXIX", "людовик 39"),
        ("seven dwarfs", "7 dwarfs"),
        ("семью семей", "семью семей"),
        ("mix", "mix"),
        ("", ""),
    ],
)
def test_numerals_become_digits_and_other_words_stay(said: str, read: str) -> None:
    assert " ".join(numbers.to_digits(words(said))) == read


@pytest.mark.parametrize(
    ("word", "value"),
    [("7", 7), ("пятого", 5), ("xii", 12), ("eleven", 11), ("книга", None), ("", None), ("9" * 40, None)],
)
def test_one_word_has_one_value(word: str, value: int | None) -> None:
    assert numbers.value_of(word) == value


@given(st.lists(st.text(max_size=12), max_size=12))
def test_any_words_are_read(said: list[str]) -> None:
    assert len(numbers.to_digits(said)) <= len(said)
