"""Kinds of books in readers' words."""

import pytest

from bot.language.kinds import IN_ENGLISH
from bot.library.genres import kind_of, kinds_in, told


@pytest.mark.parametrize(
    ("said", "like"), [("fairy tales", "сказки"), ("textbooks", "учебник"), ("science fiction", "фантастика")]
)
def test_a_kind_is_the_same_in_english(said: str, like: str) -> None:
    assert kinds_in(said) == (kind_of(like),)


def test_words_that_are_a_kind_together_are_none_apart() -> None:
    assert told("science fiction") == ["фантастика"]
    assert not kind_of("science")
    assert not kind_of("tales")


def test_every_english_word_of_a_kind_tells_that_a_message_is_english() -> None:
    assert {"fairy", "tales", "thriller", "science", "fiction"} <= IN_ENGLISH
    assert all(word.isascii() and word.isalpha() for word in IN_ENGLISH)
