"""The library's own words: what may stand in them, and that nothing else is ever told."""

import pytest

from bot.wording import in_language, own
from bot.wording.own import BadPlace, Own, OwnWords

HELLO = "Привет! Вы в {библиотека}.\nСпрашивайте."


@pytest.mark.parametrize("which", list(Own))
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_text_is_built_in_and_comes_back_from_the_form_as_it_was(which: Own, language: str) -> None:
    text = own.built_in(which, language)

    assert text
    assert own.canonical(which, own.editable(text, language)) == text
    assert len(text) < own.LONGEST
    with in_language(language):
        said = OwnWords().say(which, **dict.fromkeys(own.places(which), "сто"))
    assert "{" not in said
    assert said.count("сто") >= len(own.places(which))


def test_places_are_called_in_russian_or_as_in_the_code_and_kept_as_in_the_code() -> None:
    assert own.canonical(Own.HELLO, HELLO) == "Привет! Вы в {library}.\nСпрашивайте."
    assert own.canonical(Own.HELLO, " { Библиотека } и {library}\r\n\x00 ") == "{library} и {library}"
    assert own.editable("{library}, hello", "ru") == "{библиотека}, hello"
    assert own.editable("{library}, hello", "en") == "{library}, hello"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Это {имя}.", "{имя}"),
        ("Это {query}.", "{query}"),
        ("Скобка { одна", "{"),
        ("Скобка } одна", "}"),
        ("Пусто {}", "{"),
        ("{0}", "{0}"),
        ("{library.name}", "{"),
        ("{library!r}", "{"),
        ("{{library}}", "{"),
        ("{library:>99999}", "{"),
    ],
)
def test_another_place_is_refused_and_named(text: str, what: str) -> None:
    with pytest.raises(BadPlace) as refused:
        own.canonical(Own.HELLO, text)
    assert refused.value.what == what


def test_an_own_text_is_said_in_its_language_only() -> None:
    words = OwnWords([(Own.THANKS, "ru", "Всегда рады!")])

    assert words.say(Own.THANKS) == "Всегда рады!"
    with in_language("en"):
        assert words.say(Own.THANKS) == own.built_in(Own.THANKS, "en")


def test_a_place_may_be_left_out_and_what_is_filled_in_stays_as_it_is() -> None:
    words = OwnWords([(Own.HELLO, "ru", "Привет."), (Own.NOT_FOUND, "ru", "Нет «{query}».")])

    assert words.say(Own.HELLO, library="Мы") == "Привет."
    assert words.say(Own.NOT_FOUND, query="{library} {0} {") == "Нет «{library} {0} {»."


def test_what_could_not_be_filled_in_is_not_told() -> None:
    """A row of another version of the bot, or one that somebody wrote by hand."""
    words = OwnWords([(Own.HELLO, "ru", "{gone}"), (Own.THANKS, "ru", "")])

    assert words.say(Own.HELLO, library="Мы").startswith("Здравствуйте! Это Мы.")
    assert words.say(Own.THANKS).startswith("Рад помочь!")
