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


@pytest.mark.parametrize(
    "said",
    [
        "Guten Tag, wann haben Sie geöffnet?",
        "Bonjour, avez-vous Le Petit Prince ?",
        "Was kann ich in der Bibliothek am Samstag tun?",
        "你们有中文书吗？",
    ],
)
async def test_who_writes_another_language_hears_in_both_of_ours_which_we_speak(reader: Reader, said: str) -> None:
    await reader.says(said)

    reader.hears("Я понимаю только по-русски и по-английски.", "I understand only Russian and English.")
    reader.hears_nothing_of("не нашлось", "Not found")
    reader.may_press("Часы работы", "Позвать библиотекаря")


@pytest.mark.parametrize("said", ["Сездә Тукай шигырьләре бармы?", "Чи є у вас Кобзар?", "мин татарча гына беләм"])
async def test_who_writes_in_cyrillic_letters_hears_it_in_russian(reader: Reader, said: str) -> None:
    await reader.says(said)

    reader.hears("Я понимаю только по-русски и по-английски.")
    reader.hears_nothing_of("не нашлось", "I understand")


async def test_a_book_that_is_named_in_another_language_is_shown(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Кобзар", "Шевченко Т. Г.", at(CENTRAL, 1, 1))

    await reader.says("чи є у вас Кобзар?")

    reader.hears("Кобзар, Шевченко Т. Г. Есть: 1 из 1.")
    reader.hears_nothing_of("Я понимаю только")


async def test_books_in_ones_own_language_are_shown(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Die Verwandlung", "Kafka", at(CENTRAL, 1, 1), language="ger")

    await reader.says("Haben Sie Bücher auf Deutsch?")

    reader.hears("I understand only Russian and English.", "Вот что у нас есть на этом языке:")
    reader.may_press("Die Verwandlung, Kafka")


@pytest.mark.parametrize("said", ["Добрий день! Як записатися?", "Де ви знаходитесь?"])
async def test_what_is_understood_in_a_near_language_is_answered(reader: Reader, said: str) -> None:
    await reader.says(said)

    reader.hears_nothing_of("Я понимаю только")


@pytest.mark.parametrize("said", ["Guten Tag", "Hola", "Исәнмесез", "Салом", "你好", "გამარჯობა"])
async def test_a_greeting_in_another_language_is_a_greeting(reader: Reader, said: str) -> None:
    await reader.says(said)

    reader.hears("Здравствуйте!")


async def test_thanks_before_the_wish_for_a_language_are_no_answer_to_it(reader: Reader) -> None:
    await reader.says("are you open on Sunday")

    await reader.says("спасибо, а по-русски можно?")

    reader.hears("Хорошо, отвечаю по-русски.")
