"""A question in a language that the bot does not speak; titles, Russian and English are none."""

import pytest

from bot.language.foreign import Foreign, heard
from bot.language.spoken import Spoken, spoken


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Guten Tag, wann haben Sie geöffnet?", "немецком"),
        ("Was kann ich in der Bibliothek am Samstag tun?", "немецком"),
        ("Est-ce que vous avez Harry Potter", "французском"),
        ("¿Dónde está la biblioteca?", "испанском"),
        ("Buongiorno, avete Il nome della rosa?", "итальянском"),
        ("Dzień dobry, czy macie książki po polsku?", "польском"),
        ("Merhaba, Türkçe kitap var mı?", "турецком"),
        ("Assalomu alaykum, o'zbekcha kitob bormi?", "узбекском"),
        ("Сездә Тукай шигырьләре бармы?", "татарском"),
        ("мин татарча гына беләм", "татарском"),
        ("Кітаптар бар ма?", "казахском"),
        ("Доброго дня, чи є у вас Кобзар?", "украинском"),
        ("Ці ёсць у вас кнігі на беларускай мове?", "белорусском"),
        ("你们有中文书吗？", "китайском"),
    ],
)
def test_a_question_in_another_language_is_heard_as_one(said: str, language: str) -> None:
    found = heard(said)

    assert found is not None
    assert found.language == language


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Der Prozess",
        "Haben oder Sein",
        "Wo die wilden Kerle wohnen",
        "Le Petit Prince",
        "Les Misérables",
        "Don Quijote de la Mancha",
        "Quo vadis?",
        "Ave Maria",
        "u vas est voina i mir",
        "dobry den, est li voina i mir",
        "do you have war and peace?",
        "Эдэплэр",
        "ذاكرة الجسد",
        "Исәнмесез, есть ли у вас Тукай?",
        "доброго дня, есть ли у вас Кобзарь?",
        "книги и книжки",
        "до скольки вы?",
    ],
)
def test_a_title_or_one_of_our_languages_is_none(said: str) -> None:
    assert heard(said) is None


@pytest.mark.parametrize(
    ("said", "title", "narrower"),
    [
        ("Haben Sie Faust von Goethe?", "Faust von Goethe", "Faust Goethe"),
        ("Ich suche Der Prozess von Kafka", "Der Prozess von Kafka", "Prozess Kafka"),
        ("Bonjour, avez-vous Le Petit Prince ?", "Le Petit Prince", "Petit Prince"),
        ("чи є у вас Кобзар?", "Кобзар", "Кобзар"),
        ("Коли ви працюєте?", "", ""),
    ],
)
def test_the_title_is_what_is_left(said: str, title: str, narrower: str) -> None:
    found = heard(said)

    assert found is not None
    assert (found.title, found.narrower) == (title, narrower)


def test_books_in_that_language_are_asked_for() -> None:
    assert heard("Haben Sie Bücher auf Deutsch?") == Foreign("немецком", of_books=True)


def test_german_is_no_english() -> None:
    assert spoken("Was kann ich in der Bibliothek am Samstag tun, please?") == Spoken()
