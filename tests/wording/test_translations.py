"""English readers get English: every sentence is translated and fills in the same things."""

from pathlib import Path

import pytest

from bot import wording
from bot.wording import counted, gettext, in_language
from tools import check_wording


@pytest.mark.parametrize("language", check_wording.TRANSLATED)
def test_every_sentence_has_its_translation(language: str) -> None:
    assert check_wording.faults(language) == []


def test_a_sentence_without_a_translation_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    said = check_wording.messages() | {"Чай и {cake}": "handlers/tea.py"}
    monkeypatch.setattr(check_wording, "messages", lambda: said)

    assert "handlers/tea.py: no en translation of 'Чай и {cake}'" in check_wording.faults("en")


@pytest.mark.parametrize("language", check_wording.TRANSLATED)
def test_a_file_is_read_as_babel_reads_it(language: str) -> None:
    read = {str(entry.id): entry.string for entry in check_wording.translation(language) if entry.id and entry.string}

    assert {message: wording.translated(message, language) for message in read} == read


def test_what_a_translator_doubts_is_not_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    folder.joinpath("bibliobot.po").write_text(
        'msgid ""\nmsgstr "Language: xx\\n"\n\n#: a.py\n#, fuzzy, python-brace-format\nmsgid "да"\nmsgstr "perhaps"\n'
        'msgid "нет"\nmsgstr ""\n"no, \\"sir\\"\\n"\n"so"\n#~ msgid "было"\n#~ msgstr "was"\nmsgid "еще"\nmsgstr ""\n',
        "utf-8",
    )
    monkeypatch.setattr(wording, "LOCALES", tmp_path)

    said = [wording.translated(message, "xx") for message in ("да", "нет", "было", "еще", "")]

    assert said == ["да", 'no, "sir"\nso', "было", "еще", ""]


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
        assert counted(1, "раз", "раза", "раз") == "1 time"
        assert counted(2, "раз", "раза", "раз") == "2 times"
