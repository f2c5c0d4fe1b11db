"""voina i mir: Russian in Latin letters, by the standards and by habit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import translit


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("voina i mir", "война и мир"),
        ("mertvie duwi", "мертвие души"),
        ("dom na krayu no4i", "дом на краю ночи"),
        ("Prestuplenie i nakazanie", "преступление и наказание"),
        ("chayka", "чайка"),
        ("zhizn' i sud'ba", "жизнь и судьба"),
        ("Evgenij Onegin", "евгений онегин"),
        ("Tolstoĭ", "толстой"),
    ],
)
def test_the_likeliest_reading_comes_first(typed: str, meant: str) -> None:
    assert " ".join(translit.word_readings(word)[0][0] for word in typed.split()) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        # ALA-LC, GOST 7.79-2000 A and B, GOST R 52535.1, ICAO Doc 9303, BGN/PCGN, and what people type
        ("Dostoevskiĭ", "достоевский"),
        ("Ŝukin", "щукин"),
        ("Shhukin", "щукин"),
        ("Shchukin", "щукин"),
        ("Chaikovskii", "чайковский"),
        ("Yershov", "ершов"),
        ("drugix", "других"),
        ("4exov", "чехов"),
        ("shinel", "шинель"),
        ("mertvye", "мертвые"),
        ("mertvie", "мертвые"),
        ("geroj", "герой"),
        ("vyjti", "выйти"),
    ],
)
def test_every_way_to_write_a_word_is_among_its_readings(typed: str, meant: str) -> None:
    assert meant in [made for made, _ in translit.word_readings(typed)]


def test_readings_cost_more_the_odder_they_are() -> None:
    costs = [cost for _, cost in translit.word_readings("shinel")]

    assert costs[0] == 0
    assert costs == sorted(costs)


def test_there_are_no_more_readings_than_asked_for() -> None:
    assert len(translit.word_readings("prestuplenie", 5)) == 5


@pytest.mark.parametrize(("word", "latin"), [("voina", True), ("no4i", True), ("мир", False), ("1984", False)])
def test_a_latin_word_is_known_by_its_letters(word: str, latin: bool) -> None:
    assert translit.is_latin(word) is latin


@given(st.text(max_size=60))
def test_any_text_is_read_or_left(text: str) -> None:
    for made, cost in translit.word_readings(text):
        assert made
        assert cost >= 0


def test_a_word_without_end_is_read_in_a_moment() -> None:
    assert len(translit.word_readings("shchya" * 5_000)) > 0
