"""A reader whose messenger speaks English is answered in English."""

import pytest

from tests.support.fake_library import CENTRAL, FakeCatalogue, FakeFaq, at
from tests.support.reader import Reader


async def test_a_book_is_told_in_english(english: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Harry Potter and the Goblet of Fire", "J. K. Rowling", at(CENTRAL, 1, 3, "82(4) R 88"))

    await english.says("do you have harry potter and the goblet of fire?")

    english.hears("Harry Potter and the Goblet of Fire, J. K. Rowling. Available: 1 of 3.")
    english.hears("open today until 19:00: 1 of 3, shelf 82(4) R 88.")


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("hello", "Hello!"),
        ("what can you do", "Here is what I can do"),
        ("opening hours please", "Open now. There is a break from 13:00 to 14:00"),
        ("are you open on sunday", "On Sunday, 8 March: closed, public holiday"),
        ("where are you located", "Open now. There is a break from 13:00 to 14:00"),
        ("what is your phone number", "Phone: 8 (86546) 3-11-22"),
        ("can I talk to a librarian", "I have noted that you need a librarian."),
        ("renew my books", "I cannot renew books myself yet."),
        ("what is the weather like today", "I am the library's bot"),
        ("stop", "send nothing unasked"),
        ("cancel", "from the beginning"),
        ("thank you", "Glad to help!"),
        ("do you have Twilight Zone", "Not found in the catalogue: “Twilight Zone”."),
    ],
)
async def test_the_answer_is_english(english: Reader, said: str, heard: str) -> None:
    await english.says(said)

    english.hears(heard)
    letters = [button.label for button in english.offered() if any("а" <= char <= "я" for char in button.label)]
    assert letters == []


async def test_the_librarys_english_answer_is_preferred(english: Reader, faq: FakeFaq) -> None:
    faq.answers("join", "Приходите с паспортом.")
    faq.answers("join", "Bring your passport.", language="en")

    await english.says("how do I get a library card?")

    english.hears("Bring your passport.")


async def test_an_answer_says_its_language_where_it_is_not_the_librarys(english: Reader) -> None:
    await english.says("opening hours please")
    assert {reply.language for reply in english.heard} == {"en"}

    english.speaks("ru")
    await english.says("часы работы")
    assert {reply.language for reply in english.heard} == {""}
