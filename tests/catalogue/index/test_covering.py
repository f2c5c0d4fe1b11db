"""How much of a title was asked for."""

from itertools import product

from catalogue.index.covering import LIGHT_WEIGHT, is_small, share_asked_for
from catalogue.index.documents import Variant

CREDITS = (0.0, 0.8, 1.0)


def test_what_was_asked_for_is_weighed_word_by_word() -> None:
    told = ("война", "и", "мир")
    title = Variant(title=tuple((word,) for word in told), main=3, author=())
    weights = [LIGHT_WEIGHT if is_small(word) else 1.0 for word in told]
    for credited in product(CREDITS, repeat=3):
        asked_for = sum(weight * credit for weight, credit in zip(weights, credited, strict=True)) / sum(weights)
        assert abs(share_asked_for(title, credited) - asked_for) < 1e-9


def test_all_before_a_subtitle_is_nearly_the_whole_title() -> None:
    title = Variant(title=(("мцыри",), ("поэма",), ("лермонтова",)), main=1, author=())

    assert share_asked_for(title, (1.0, 0.0, 0.0)) == 0.99
    assert share_asked_for(title, (1.0, 1.0, 1.0)) == 1.0
    assert share_asked_for(title, (0.0, 0.0, 0.0)) == 0.0
