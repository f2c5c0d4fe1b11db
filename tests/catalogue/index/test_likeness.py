"""A misspelt word and the words of candidates."""

import pytest
from rapidfuzz.distance import DamerauLevenshtein

from catalogue.index import likeness
from catalogue.index.likeness import Likenesses
from catalogue.index.questions import Word


def _word(text: str) -> Word:
    return Word(
        text=text, best=text, options={}, spelt=(), forms=(), weight=0.9, light=False, about=False, known=False,
        name=False, number=False, keys=(text,), guesses=(text,),
    )  # fmt: skip


def test_a_word_is_compared_with_each_word_of_all_candidates_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    class Counting:
        @staticmethod
        def distance(one: str, two: str, score_cutoff: int) -> int:
            compared.append(two)
            return DamerauLevenshtein.distance(one, two, score_cutoff=score_cutoff)

    monkeypatch.setattr(likeness, "DamerauLevenshtein", Counting)
    alike, said = Likenesses(), _word("маргарида")

    fits = [alike.to(said)[text] for text in ("маргарита", "маргарита", "маргарина")]

    assert fits[0] == fits[1] > 0.8
    assert compared == ["маргарита", "маргарина"]


def test_the_last_word_alone_may_be_unfinished() -> None:
    alike, said = Likenesses(), _word("тер")

    assert alike.to(said, unfinished_too=True)["терновник"] > 0.5
    assert alike.to(said)["терновник"] == 0.0


def test_too_few_letters_are_like_nothing() -> None:
    assert Likenesses().to(_word("лес"), unfinished_too=True)["ле"] == 0.0
