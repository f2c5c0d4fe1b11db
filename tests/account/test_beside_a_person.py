"""While a librarian has the conversation the bot says nothing; what is a reader's right is heard all the same."""

import pytest

from tests.support.fake_accounts import FakeAccounts
from tests.support.reader import Reader


async def held(reader: Reader) -> None:
    """A librarian has taken the conversation."""
    await reader.says("человек")
    reader.librarian_takes()


@pytest.mark.parametrize("said", ["стоп", "Стоп!", "не присылайте мне больше ничего", "stop"])
async def test_stop_is_done_at_once_and_without_a_word(reader: Reader, accounts: FakeAccounts, said: str) -> None:
    await held(reader)

    await reader.says(said)

    reader.hears_nothing()
    assert accounts.wishes[reader.contact].muted
    assert (reader.last_message.outcome, reader.last_message.intent) == ("silent", "unsubscribe")


@pytest.mark.parametrize("said", ["хватит", "мне хватит двух книг", "спасибо, не надо", "отмена"])
async def test_what_is_said_to_the_librarian_ends_no_reminders(
    reader: Reader, accounts: FakeAccounts, said: str
) -> None:
    await held(reader)

    await reader.says(said)

    reader.hears_nothing()
    assert reader.contact not in accounts.wishes
    assert reader.last_message.intent in (None, "")


@pytest.mark.parametrize("said", ["удалите мои данные", "забудь меня", "отзываю согласие"])
async def test_who_wants_to_be_forgotten_is_pointed_out_and_nothing_is_deleted(
    reader: Reader, accounts: FakeAccounts, said: str
) -> None:
    await held(reader)
    before = set(accounts.links)

    await reader.says(said)

    reader.hears_nothing()
    assert (reader.last_message.outcome, reader.last_message.intent) == ("silent", "my_data")
    assert set(accounts.links) == before


async def test_a_press_and_a_picture_are_for_the_librarian(reader: Reader) -> None:
    await held(reader)

    await reader.presses_payload("erase_surely")
    reader.hears_nothing()

    await reader.shows("p1", "стоп")
    reader.hears_nothing()
    assert reader.last_message.intent in (None, "")
