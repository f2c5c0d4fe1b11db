"""djqyf b vbh: the right words on the wrong keyboard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import layout


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("djqyf b vbh", "война и мир"),
        (",tksq rksr", "белый клык"),
        ("lbtnjkjubz lkz dct[", "диетология для всех"),
        ("`krb", "ёлки"),
        ("Djqyf", "Война"),
        ("руддщ", "hello"),
        ("фтшьфд афкь", "animal farm"),
    ],
)
def test_a_text_turns_into_what_the_keys_give_on_the_other_layout(typed: str, meant: str) -> None:
    assert layout.other_layout(typed) == meant


def test_a_stop_behind_a_word_may_be_a_letter_or_a_stop() -> None:
    assert layout.readings("vbh.") == ("мир", "мирю")
    assert layout.readings("vbh") == ("мир",)


def test_a_russian_word_has_one_reading_in_latin_letters() -> None:
    assert layout.readings("руддщ,")[0].startswith("hello")


@given(st.text(alphabet="абвгдежзийклмнопрстуфхцчшщъыьэюяё ", max_size=40))
def test_there_and_back_is_the_same_text(text: str) -> None:
    assert layout.to_russian(layout.to_latin(text)) == text


@given(st.text(max_size=40))
def test_turning_never_changes_the_length(text: str) -> None:
    assert len(layout.to_russian(text)) == len(layout.to_latin(text)) == len(text)


@pytest.mark.parametrize("text", ["ckjdfhm", "cjkzhbc", "rjkkbyp", "рфккн зщееук", "вщ нщг рфму еру вф мштсш сщву"])
def test_what_nobody_can_speak_was_typed_on_the_other_layout(text: str) -> None:
    assert layout.looks_typed_on_another(text)


@pytest.mark.parametrize(
    "text", ["english in dentistry", "html css", "kubernetes", "green witchcraft", "Ржевский", "фишман м.в.", "мчс", ""]
)
def test_what_can_be_spoken_was_not(text: str) -> None:
    assert not layout.looks_typed_on_another(text)
