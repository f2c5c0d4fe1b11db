"""Patterns that are looked for only where a piece of them stands find what they would find anywhere."""

import pytest

from tests.understanding.messages import DEV, FRESH_TUNE, HELD_OUT, PEOPLE_TRAIN, TUNE, VOICES_TRAIN, read
from understanding import book_slots, circumstances, pasted, plots, slots
from understanding.sought import AnyOf, Sought

SOUGHT = {
    name: value
    for module in (book_slots, circumstances, pasted, plots, slots)
    for name, value in vars(module).items()
    if isinstance(value, Sought)
}


@pytest.mark.parametrize("name", SOUGHT)
def test_in_readers_messages_the_same_is_found(name: str) -> None:
    sought = SOUGHT[name]
    texts = [one.text for one in read(*DEV, TUNE, HELD_OUT, FRESH_TUNE, VOICES_TRAIN, PEOPLE_TRAIN)]

    assert [str(sought.search(text)) for text in texts] == [str(sought.pattern.search(text)) for text in texts]
    assert [sought.without(text) for text in texts] == [sought.pattern.sub(" ", text) for text in texts]


def test_of_several_patterns_any_may_match_where_a_piece_of_one_stands() -> None:
    any_of = AnyOf(Sought(r"(?i)\b(лето|\d+ лет)\b", "лет"), Sought(r"том \w+", "том", r"\d"))

    assert any_of.may_match("Мне 8 ЛЕТ")
    assert any_of.may_match("часть 2")
    assert not any_of.may_match("осень")


def test_where_no_piece_stands_nothing_is_looked_for() -> None:
    sought = Sought(r"(?i)\b(лето|\d+ лет)\b", "лет")

    assert sought.search("Мне 8 ЛЕТ") is not None
    assert sought.search("осень") is None
    assert sought.without("восемь лето зим") == "восемь   зим"
    assert Sought(r"том \w+", "часть", r"\d").search("том 2") is not None
    assert Sought(r"том \w+", "часть т", r"\d").search(f"{'а' * 50}том вес") is not None
