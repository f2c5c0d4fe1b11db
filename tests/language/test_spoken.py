"""Which language a message is in; titles and spelling in Latin letters tell nothing."""

import pytest

from bot.language.spoken import Spoken, spoken


@pytest.mark.parametrize(
    "said",
    ["Do you have The Hobbit?", "hello", "hi there", "when are you open on Sunday", "how do I renew my books please",
     "I need to speak to a librarian", "Do you have Мастер и Маргарита?", "is there a book about space for my son",
     "can i get a library card", "thank you very much", "hours", "thanks", "new arrivals", "phone please",
     "books in English", "1984 in English", "science fiction", "fantasy books for kids", "poetry", "children's books",
     "crime stories", "manga and comics for teens", "memoirs or biographies", "thrillers and westerns"],
)  # fmt: skip
def test_english(said: str) -> None:
    assert spoken(said) == Spoken(language="en", plainly=True)


@pytest.mark.parametrize(
    "said",
    ["есть ли у вас Harry Potter and the Goblet of Fire", "Здравствуйте! до скольки вы сегодня", "продлите книги",
     "где вы находитесь, как доехать до вас", "подскажите, The Great Gatsby есть?"],
)  # fmt: skip
def test_russian(said: str) -> None:
    assert spoken(said) == Spoken(language="ru", plainly=True)


@pytest.mark.parametrize("said", ["Идиот", "Что делать?", "Как закалялась сталь", "қазақша кітап"])
def test_cyrillic_letters_alone_are_a_hint(said: str) -> None:
    assert spoken(said) == Spoken(language="ru")


@pytest.mark.parametrize(
    "said",
    ["", "5", "Harry Potter", "The Lord of the Rings", "voina i mir", "est li u vas voina i mir", "djqyf b vbh",
     "tcnm kb e dfc rybuf", "ghbdtn", "stop", "ok", "link card", "978-5-17-080115-2", "Stephen King It",
     "dostoevskii prestuplenie i nakazanie",
     "fantasy", "comics", "manga", "drama", "western", "crime", "Adventure Time",
     "Horror Story of Ours", "Detective Monk", "Lost in Time"],
)  # fmt: skip
def test_these_tell_nothing(said: str) -> None:
    assert spoken(said) == Spoken()


@pytest.mark.parametrize(
    ("said", "language"),
    [("по-русски", "ru"), ("Можно по-русски?", "ru"), ("на русском языке, пожалуйста", "ru"),
     ("in Russian please", "ru"),
     ("in English", "en"), ("Can you speak English?", "en"), ("можно на английском?", "en"),
     ("switch to english", "en")],
)  # fmt: skip
def test_a_language_is_asked_for(said: str, language: str) -> None:
    assert spoken(said) == Spoken(language=language, plainly=True, order=True)


@pytest.mark.parametrize("said", ["русский язык 5 класс", "английский язык", "книги на английском", "Russian grammar"])
def test_a_subject_is_no_such_wish(said: str) -> None:
    assert not spoken(said).order


@pytest.mark.parametrize(
    "title",
    [
        "How to Stop Time",
        "What to Expect When You're Expecting",
        "«Where the Crawdads Sing»",
        "Are You My Mother, Dear",
    ],
)
def test_an_english_title_tells_no_language(title: str) -> None:
    assert not spoken(title.strip("«»")).language


@pytest.mark.parametrize(
    "said",
    [
        "What time do you open", "Are You Open on Sundays?", "WHAT ARE YOUR HOURS",
        "Anything by Dostoevsky in English", "Books by Jane Austen in English",
    ],
)  # fmt: skip
def test_an_english_question_does(said: str) -> None:
    assert spoken(said).language == "en"
