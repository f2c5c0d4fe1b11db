"""What a word has in common with its other forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import morphology


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("книгами", "книга"),
        ("достоевского", "достоевский"),
        ("мертвых", "мертвый"),
        ("маргариту", "маргарита"),
        ("ежика", "ежик"),
        ("books", "book"),
        ("1984", "1984"),
    ],
)
def test_a_form_leads_to_its_dictionary_word(form: str, lemma: str) -> None:
    assert morphology.lemma(form) == lemma


def test_a_form_of_several_words_leads_to_each() -> None:
    assert {"йог", "йога"} <= set(morphology.lemmas("йог"))


def test_forms_share_a_stem() -> None:
    assert morphology.stem("капитанская") == morphology.stem("капитанскую")
    assert morphology.stem("reading") == morphology.stem("reads")


@pytest.mark.parametrize(
    ("word", "surname"), [("пелевина", True), ("донцовой", True), ("книга", False), ("king", False)]
)
def test_a_surname_is_known_in_any_form(word: str, surname: bool) -> None:
    assert morphology.is_surname(word) is surname


@pytest.mark.parametrize(("word", "known"), [("наказание", True), ("наказанее", False), ("war", False), ("", False)])
def test_only_russian_words_in_their_right_spelling_are_known(word: str, known: bool) -> None:
    assert morphology.is_known(word) is known


@pytest.mark.parametrize(("word", "kind"), [("бежать", "INFN"), ("книга", "NOUN"), ("red", ""), ("", "")])
def test_a_russian_word_has_a_part_of_speech(word: str, kind: str) -> None:
    assert morphology.part_of_speech(word) == kind


def test_a_run_of_letters_that_is_no_word_stays() -> None:
    run = "ы" * 5_000

    assert morphology.lemma(run) == morphology.stem(run) == run


@given(st.text(max_size=20))
def test_every_word_has_a_lemma_and_a_stem(word: str) -> None:
    assert len(morphology.lemmas(word)) >= 1
    assert isinstance(morphology.stem(word), str)


@pytest.mark.parametrize(
    "word",
    [
        "красивого",
        "зелено",
        "летел",
        "булгакова",
        "все",
        "и",
        "а",
        "зюзюкинского",
        "сверхзюзя",
        "бякает",
        "по-зюзюкински",
        "аbв",
        "xyz",
    ],
)
def test_readings_are_those_of_the_library_that_finds_them(word: str) -> None:
    expected = [(one.normal_form, one.tag, one.score) for one in morphology.analyser().parse(word)]

    assert [(one.normal_form, one.tag, one.score) for one in morphology.parses(word)] == expected
