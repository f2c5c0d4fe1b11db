"""Folding is fixed for ever: the works' keys and the index on every library's disk are made of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.folding import fold, words

GOLDEN = [
    ("Ёлка", "елка"),
    ("ЙОД, йод", "йод йод"),
    ("Преступле́ние и наказа́ние", "преступление и наказание"),
    ("Толсто́й", "толстой"),
    ("и\u0306од", "йод"),
    ("«Мы»", "мы"),
    ("  Война\tи\nмир.  ", "война и мир"),
    ("Винни-Пух и все-все-все", "винни пух и все все все"),
    ("Н. В. Гоголь", "н в гоголь"),
    ("Д’Артаньян", "д артаньян"),
    ("O'Henry", "o henry"),
    ("Brontë", "bronte"),
    ("Tolstoĭ", "tolstoi"),
    ("20-й век, 5-го класса, 2-я часть", "20 век 5 класса 2 часть"),
    ("№5", "5"),
    ("Том2", "том 2"),
    ("10кл", "10 кл"),
    ("3D", "3d"),
    ("дoм cтoль", "дом столь"),
    ("Xерсон", "херсон"),
    ("ІV", "iv"),
    ("Ⅷ", "viii"),
    ("½", "1 2"),
    ("𝐖ar 𝟏", "war 1"),
    ("ﬁn", "fin"),
    ("İstanbul", "istanbul"),
    ("ß", "ss"),
    ("Українська їжа", "украінська іжа"),
    ("Z̶a̷l̸g̵o̶", "zalgo"),
    ("кни\u00adга\u200b", "книга"),
    ("🙂 книга", "книга"),
    ("C++", "c"),
    ("1984", "1984"),
    ("", ""),
    ("?!…", ""),
]


@pytest.mark.parametrize(("typed", "folded"), GOLDEN, ids=[folded or "nothing" for _, folded in GOLDEN])
def test_a_text_folds_as_it_always_did(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@given(st.text(max_size=80))
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    folded = fold(text)

    assert fold(folded) == folded
    assert folded == " ".join(folded.split())


@given(st.text(alphabet="абвеёийкорсуя" + "abceiopxy" + "0123-.’ іѣ\u0306\u0301", max_size=30))
def test_mixed_scripts_fold_once_and_for_all(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_wordless_text_has_no_words() -> None:
    assert words("— … —") == []


def test_words_come_in_order() -> None:
    assert words("Отцы и дети") == ["отцы", "и", "дети"]


def test_a_long_text_is_folded_in_a_moment() -> None:
    assert len(fold("Ёлки-палки, №5! " * 20_000).split()) == 60_000
