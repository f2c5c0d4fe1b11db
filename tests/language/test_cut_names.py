"""Names that are written only half: «достоевск» is one, a whole word of the language is none."""

import pytest

from bot.language import names


@pytest.mark.parametrize(("cut", "name"), [("достоевск", "достоевский"), ("толст", "толстой"), ("пушк", "пушкин")])
def test_a_cut_name_stands_for_the_best_known(cut: str, name: str) -> None:
    assert names.expanded(cut)[0] == name


def test_a_word_that_ends_as_words_do_is_no_cut_name() -> None:
    assert names.expanded("лето") == ()
