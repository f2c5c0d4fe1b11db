"""A yes is a yes only where nothing speaks against it."""

import pytest

from bot.language.folding import words
from bot.language.yes_or_no import Said, answer, tones


@pytest.mark.parametrize(
    "said",
    [
        "да", "Да!", "не против", "я не против", "Мы не против.", "не возражаю", "возражений нет", "ну ладно, согласна",
        "согласен на всё", "да, на обработку данных согласна", "почему бы и нет", "без проблем", "хорошо, спасибо",
        "I don't mind", "no problem", "yes please", "of course", "why not",
    ],
)  # fmt: skip
def test_yes(said: str) -> None:
    assert answer(words(said)) is Said.YES


@pytest.mark.parametrize(
    "said",
    ["нет", "не", "я против", "нет, я против", "не согласен", "нет, не надо", "не хочу", "не сейчас", "возражаю",
     "I don't agree", "no thanks", "of course not"],
)  # fmt: skip
def test_no(said: str) -> None:
    assert answer(words(said)) is Said.NO


@pytest.mark.parametrize(
    "said",
    ["да нет", "нет, да", "не знаю", "может быть", "наверное, да", "не уверена", "потом", "нет, не против",
     "да, я против", "конечно нет", "maybe", "ага, не надо"],
)  # fmt: skip
def test_what_could_be_either_is_neither(said: str) -> None:
    assert answer(words(said)) is Said.UNSURE


@pytest.mark.parametrize("said", ["", "да, где мой билет?", "это всё хорошо", "война и мир", "не присылайте мне", "5"])
def test_what_says_something_else_is_no_answer(said: str) -> None:
    assert answer(words(said)) is None


def test_the_tones_of_a_longer_sentence_are_all_heard() -> None:
    assert tones(words("не против, но сначала объясните")) == {Said.YES}
    assert tones(words("да, только звонить не надо")) == {Said.YES, Said.NO}
    assert tones(words("есть ли у вас Обломов")) == frozenset()
