"""«Напоминания»: how many days before, overdue or not, titles or not, in which chat, or nothing at all."""

from dataclasses import replace
from datetime import date

import pytest

from bot.accounts import Cardholder, NoticeWishes
from bot.messages import Contact
from bot.ports.library import Library
from tests.support.clock import StandingClock
from tests.support.fake_accounts import FakeAccounts
from tests.support.fake_circulation import FakeCirculation
from tests.support.fake_library import CENTRAL, FakeCatalogue, at
from tests.support.reader import Reader

USUAL = "О сроке напоминаю за 3 дня и за 1 день.\nО просрочке пишу.\nНазвания книг пишу."


async def test_what_is_set_is_told_with_a_button_for_each_change(reader: Reader) -> None:
    await reader.says("напоминания")

    assert reader.text == USUAL
    reader.may_press("За 5 дней", "За день", "Не писать о просрочке", "Скрыть названия", "Ничего не присылать")


@pytest.mark.parametrize(
    ("said", "wished"),
    [
        ("напоминай за 2 дня", NoticeWishes(due_days=(2,))),
        ("напоминай за неделю и за день", NoticeWishes(due_days=(7, 1))),
        ("напоминай за день", NoticeWishes(due_days=(1,))),
        ("напоминай за ５ дней", NoticeWishes(due_days=(5,))),
        ("напоминай за пять дней", NoticeWishes(due_days=(5,))),
        ("не пиши о просрочке", NoticeWishes(overdue=False)),
        ("скрой названия книг", NoticeWishes(hide_titles=True)),
        ("remind me 4 days before", NoticeWishes(due_days=(4,))),
        ("hide titles", NoticeWishes(hide_titles=True)),
        ("пишите мне сюда", NoticeWishes(here=True)),
        ("напоминай в этом чате", NoticeWishes(here=True)),
        ("remind me here", NoticeWishes(here=True)),
    ],
)
async def test_a_wish_in_words_is_kept(reader: Reader, accounts: FakeAccounts, said: str, wished: NoticeWishes) -> None:
    await reader.says(said)

    reader.hears("Готово.")
    assert accounts.wishes[reader.contact] == wished


@pytest.mark.parametrize("said", ["напоминай за 99 дней", "напоминай за 0 дней"])
async def test_a_day_that_cannot_be_changes_nothing(reader: Reader, accounts: FakeAccounts, said: str) -> None:
    await reader.says(said)

    assert not accounts.wishes
    reader.hears(USUAL)


@pytest.mark.parametrize(
    ("label", "heard", "back"),
    [
        ("За день", "О сроке напоминаю за 1 день.", "За 3 дня и за день"),
        ("Не писать о просрочке", "О просрочке не пишу.", "Писать о просрочке"),
        ("Скрыть названия", "Названий книг не пишу.", "Показывать названия"),
        ("Ничего не присылать", "Сам я ничего не присылаю, только отвечаю на вопросы.", "Напоминать"),
    ],
)
async def test_every_button_does_what_it_says_and_can_be_undone(
    reader: Reader, label: str, heard: str, back: str
) -> None:
    await reader.says("напоминания")
    await reader.presses(label)
    reader.hears("Готово.", heard)

    await reader.presses(back)

    reader.hears("Готово.")
    assert reader.text.removeprefix("Готово.\n") == USUAL


@pytest.mark.parametrize("payload", ["reminders:days=", "reminders:days=0,99,x", "reminders:nonsense", "reminders:=on"])
async def test_a_made_up_button_changes_nothing(reader: Reader, accounts: FakeAccounts, payload: str) -> None:
    await reader.presses_payload(payload)

    reader.hears(USUAL)
    assert not accounts.wishes


# --- stop ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["стоп", "СТОП!", "stop", "не присылайте мне больше ничего", "отпишите меня"])
async def test_stop_is_heard_and_taken_back_by_a_word(reader: Reader, accounts: FakeAccounts, word: str) -> None:
    await reader.says(word)
    reader.hears("больше ничего не присылаю, только отвечаю на вопросы")
    assert accounts.wishes[reader.contact].muted

    await reader.says("напоминай")

    reader.hears("Готово.", "О сроке напоминаю за 3 дня и за 1 день.")
    assert not accounts.wishes[reader.contact].muted


async def test_to_look_at_the_settings_takes_no_stop_back(reader: Reader, accounts: FakeAccounts) -> None:
    await reader.says("стоп")
    await reader.says("напоминания")

    reader.hears("Сам я ничего не присылаю")
    assert accounts.wishes[reader.contact].muted


async def test_stop_is_heard_while_something_else_is_asked(reader: Reader, accounts: FakeAccounts) -> None:
    await reader.says("привяжи билет")
    await reader.says("стоп")

    assert accounts.wishes[reader.contact].muted
    await reader.says("123456")
    reader.hears_nothing_of("Не подошло")


async def test_stop_of_who_has_no_card_is_answered_too(stranger: Reader, accounts: FakeAccounts) -> None:
    await stranger.says("стоп")

    stranger.hears("Первым я вам не пишу и ничего не рассылаю.")
    assert not accounts.wishes


# --- which of several chats ----------------------------------------------------------------------


@pytest.fixture
def elsewhere(accounts: FakeAccounts, anna: Cardholder, reader: Reader) -> Contact:
    """Anna has linked her card in another messenger, too."""
    other = Contact(channel="max", address="anna")
    accounts.links_to(other, anna)
    return other


async def test_of_several_chats_the_reader_chooses_one(
    reader: Reader, accounts: FakeAccounts, elsewhere: Contact
) -> None:
    await reader.says("напоминания")
    reader.hears("Пишу в тот чат, где вы были последним.")
    await reader.presses("Писать сюда")

    reader.hears("Готово.", "Пишу сюда, а если не дойдёт, в другой ваш чат.")
    assert accounts.wishes[reader.contact].here
    await reader.presses("Писать где угодно")
    reader.hears("Пишу в тот чат, где вы были последним.")


async def test_with_one_chat_there_is_nothing_to_choose(reader: Reader) -> None:
    await reader.says("напоминания")

    reader.hears_nothing_of("чат")
    assert "Писать сюда" not in [button.label for button in reader.offered()]


@pytest.mark.parametrize("word", ["напоминай", "пишите мне сюда", "[Напоминать]"])
async def test_who_said_stop_elsewhere_is_told_and_may_have_them_here(
    reader: Reader, accounts: FakeAccounts, elsewhere: Contact, word: str
) -> None:
    accounts.wishes[elsewhere] = replace(NoticeWishes(), muted=True)
    await reader.says("напоминания")
    reader.hears("Вы сказали «стоп» в другом чате, поэтому сам я ничего не присылаю и сюда.")

    if word.startswith("["):
        await reader.presses("Напоминать")
    else:
        await reader.says(word)

    reader.hears("Готово.", "О сроке напоминаю", "Пишу сюда")
    assert accounts.wishes[reader.contact].here
    assert accounts.wishes[elsewhere].muted


async def test_not_here_is_stop_here(reader: Reader, accounts: FakeAccounts) -> None:
    await reader.says("не пиши сюда")

    reader.hears("Сам я ничего не присылаю")
    assert accounts.wishes[reader.contact].muted


# --- English -------------------------------------------------------------------------------------


async def test_in_english(reader: Reader, accounts: FakeAccounts, elsewhere: Contact) -> None:
    reader.speaks("en")
    await reader.says("reminders")
    reader.hears("I remind you 3 days before and 1 day before the due date.")
    await reader.presses("Write here")

    reader.hears("Done.", "I write here")
    assert accounts.wishes[reader.contact].here


@pytest.fixture
def visitor(library: Library, clock: StandingClock, accounts: FakeAccounts, anna: Cardholder) -> Reader:
    """Anna at the page of the web chat: what comes by itself finds nobody there."""
    reader = Reader(library, clock)
    accounts.links_to(reader.contact, anna)
    return Reader(replace(library, silent=frozenset({reader.contact.channel})), clock)


async def test_nothing_is_promised_where_nobody_is_written_to(visitor: Reader) -> None:
    for words in ("напоминания", "напоминай за 2 дня"):
        await visitor.says(words)
        assert visitor.text == (
            "В этот чат я сам не пишу. Привяжите билет в мессенджере библиотеки, и напоминания придут туда."
        )


async def test_where_another_chat_is_written_to_that_is_said(
    visitor: Reader, accounts: FakeAccounts, anna: Cardholder
) -> None:
    accounts.links_to(Contact(channel="vk", address="anna"), anna)
    await visitor.says("напоминания")
    visitor.hears("О сроке напоминаю за 3 дня", "Пишу в другой ваш чат, сюда я сам не пишу.")
    assert "Писать сюда" not in [button.label for button in visitor.offered()]


async def test_a_hold_promises_no_message_there(
    visitor: Reader, catalogue: FakeCatalogue, circulation: FakeCirculation
) -> None:
    card = catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 0, 1))
    circulation.knows(card.work_id, card.title, card.author)
    await visitor.says("забронируй Каштанку")
    await visitor.presses("Да")
    await visitor.presses("Центральная библиотека")
    visitor.hears("Когда её можно будет забрать, видно в «Моих бронях».")
    visitor.hears_nothing_of("Напишу")


async def test_until_when_does_not_promise_to_remind_there(
    visitor: Reader, circulation: FakeCirculation, anna: Cardholder
) -> None:
    circulation.lends(anna.patron_id, "Каштанка", date(2026, 3, 10))
    await visitor.says("скажи, когда уже нельзя будет продлить")
    visitor.hears("В этот чат я сам не пишу, поэтому загляните сюда до срока.")
