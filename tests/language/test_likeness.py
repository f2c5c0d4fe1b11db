"""A wish for something like a book that does not say like which; and what only looks so."""

import pytest

from bot.language import likeness


@pytest.mark.parametrize(
    "said",
    [
        "а что-нибудь похожее?",
        "похожее",
        "посоветуй похожие книги",
        "а есть в таком же духе?",
        "что-то подобное",
        "что-нибудь типа этого",
        "ещё что-нибудь этого же автора",
        "something similar",
        "anything like it?",
        "other books by the same author",
    ],
)
def test_something_like_it_is_wanted(said: str) -> None:
    assert likeness.is_all(said)


@pytest.mark.parametrize(
    "said",
    [
        "что-нибудь похожее на «Дюну»",
        "похожие книги о войне",
        "дай типа книгу",
        "подобные звёздам",
        "что-нибудь",
        "в том доме",
        "этого автора",
        "books like Dune",
    ],
)
def test_what_says_like_which_or_wants_another_thing_is_left(said: str) -> None:
    assert not likeness.is_all(said)
