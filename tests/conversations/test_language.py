"""The bot answers in the language in which a reader plainly writes, and goes back when they do."""

import pytest

from tests.support.fake_library import CENTRAL, FakeCatalogue, at
from tests.support.reader import Reader


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("hello", "Hello!"),
        ("are you open on sunday?", "On Sunday, 8 March: closed"),
        ("Can I talk to a librarian please", "I have noted that you need a librarian."),
        ("do you have Twilight Zone", "Not found in the catalogue: “Twilight Zone”."),
    ],
)
async def test_who_writes_english_is_answered_in_english(reader: Reader, said: str, heard: str) -> None:
    await reader.says(said)

    reader.hears(heard)
    assert [button.label for button in reader.offered() if any("а" <= char <= "я" for char in button.label)] == []


async def test_a_press_is_answered_in_the_language_of_the_dialogue(reader: Reader) -> None:
    await reader.says("hello there")
    await reader.presses("Find a book")

    reader.hears("author")


async def test_who_goes_on_in_russian_is_answered_in_russian(reader: Reader) -> None:
    await reader.says("when are you open on sunday?")
    await reader.says("до скольки вы сегодня?")

    reader.hears("с 9:00 до 19:00")


async def test_a_russian_title_leaves_the_language_as_it_is(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Идиот", "Достоевский Ф. М.", at(CENTRAL, 1, 3, ""))
    await reader.says("hello, do you have books by Dostoevsky?")
    await reader.says("Идиот")

    reader.hears("Available: 1 of 3.")


@pytest.mark.parametrize("title", ["Harry Potter and the Goblet of Fire", "What is art", "voina i mir"])
async def test_a_title_in_latin_letters_is_answered_in_russian(
    reader: Reader, catalogue: FakeCatalogue, title: str
) -> None:
    catalogue.holds(title, "Автор", at(CENTRAL, 1, 3, ""))
    await reader.says(title)

    reader.hears("1 из 3")


async def test_an_english_messenger_does_not_outvote_russian_words(english: Reader) -> None:
    await english.says("Идиот")
    english.hears("В каталоге не нашлось")
    await english.says("Please, when are you open today?")
    english.hears("open")


async def test_a_language_is_chosen_in_a_word_and_kept(reader: Reader) -> None:
    await reader.says("in English please")
    reader.hears("All right, I will answer in English.")
    await reader.says("Twilight Zone")
    reader.hears("Not found in the catalogue")
    await reader.says("по-русски")
    reader.hears("Хорошо, отвечаю по-русски.")
    await reader.says("Twilight Zone")
    reader.hears("В каталоге не нашлось")


@pytest.mark.parametrize("said", ["books in English", "science fiction", "poetry", "magazines"])
async def test_english_words_that_name_no_book_are_answered_in_english(reader: Reader, said: str) -> None:
    await reader.says(said)

    assert [button.label for button in reader.offered() if any("а" <= char <= "я" for char in button.label)] == []
