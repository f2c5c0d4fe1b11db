"""English readers get English: every sentence is translated and fills in the same things."""

import pytest

from bot.wording import counted, gettext, in_language
from tools import check_wording


@pytest.mark.parametrize("language", check_wording.TRANSLATED)
def test_every_sentence_has_its_translation(language: str) -> None:
    assert check_wording.faults(language) == []


def test_a_sentence_without_a_translation_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    said = check_wording.messages() | {"Чай и {cake}": "handlers/tea.py"}
    monkeypatch.setattr(check_wording, "messages", lambda: said)

    assert "handlers/tea.py: no en translation of 'Чай и {cake}'" in check_wording.faults("en")


def test_the_language_of_a_turn_ends_with_it() -> None:
    with in_language("en"):
        assert gettext("Найти книгу") == "Find a book"
    assert gettext("Найти книгу") == "Найти книгу"


def test_a_language_without_translations_speaks_russian() -> None:
    with in_language("tt"):
        assert gettext("Найти книгу") == "Найти книгу"


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1 библиотека"), (3, "3 библиотеки"), (12, "12 библиотек"), (21, "21 библиотека")]
)
def test_numbers_take_their_russian_form(number: int, said: str) -> None:
    assert counted(number, "библиотека", "библиотеки", "библиотек") == said


def test_numbers_take_their_english_form() -> None:
    with in_language("en"):
        assert counted(1, "библиотека", "библиотеки", "библиотек") == "1 library"
        assert counted(2, "библиотека", "библиотеки", "библиотек") == "2 libraries"
