"""Whatever comes, the reader gets an answer that fits a person."""

from datetime import timedelta

import pytest

from bot.errors import StoreUnavailable
from bot.messages import Reply
from bot.ports.library import Library
from bot.routing import Router, Turn, intent
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, FakeCatalogue, at
from tests.support.reader import Reader


@pytest.mark.parametrize(
    "text", ["", "   \n\t", "😀😀😀", "👩‍👩‍👧‍👦", "?!...", "\u202e\u200b\ufeff", "\x00\x01\x02", "•"]
)
async def test_a_message_without_words_is_asked_for_words(reader: Reader, text: str) -> None:
    await reader.says(text)

    reader.hears("Напишите название книги, автора или вопрос")
    reader.may_press("Позвать библиотекаря")


@pytest.mark.parametrize(
    ("kind", "heard"),
    [
        ("voice", "Пока не умею слушать голосовые сообщения."),
        ("sticker", "я понимаю только слова"),
        ("photo", "Пока не умею смотреть картинки."),
        ("video_note", "Я понимаю только текст."),
    ],
)
async def test_what_is_no_text_is_told_kindly(reader: Reader, kind: str, heard: str) -> None:
    await reader.sends(kind)

    reader.hears(heard)


async def test_a_hundred_kilobytes_are_read_at_their_beginning(reader: Reader, catalogue: FakeCatalogue) -> None:
    await reader.says("Что это за книга такая? " * 5_000)

    assert reader.heard
    assert len(reader.text) < 1_000
    assert all(len(wanted.text) <= 4_000 for wanted in catalogue.asked)


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE works; --",
        "1 OR 1=1",
        "<script>alert('книга')</script>",
        "<b>Каштанка</b> & {title} %s {0} {query}",
        "{}",
        "ספר על כלב",
        "كتاب عن كلب",
        "Каштанка\x00\x07\u202e",
        "я" * 500,
        "\ud83d книга",
    ],
)
async def test_strange_signs_are_plain_text(reader: Reader, catalogue: FakeCatalogue, text: str) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 2))

    await reader.says(text)

    assert len(reader.heard) == 1
    assert reader.last_message.error is None


async def test_a_title_with_braces_is_shown_as_it_is(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Язык {C} и <b>другие</b>", "Автор {0}", at(CENTRAL, 1, 2))

    await reader.says("язык c и b другие b")

    reader.hears("Язык {C} и <b>другие</b>, Автор {0}. Есть: 1 из 2.")


async def test_a_button_that_nobody_knows_is_told_kindly(reader: Reader) -> None:
    for payload in ("nonsense", "", ":", "x" * 64):
        await reader.presses_payload(payload)
        reader.hears("Эта кнопка уже не действует. Напишите, что вам нужно, своими словами.")


async def test_a_button_from_last_month_still_finds_its_book(
    reader: Reader, catalogue: FakeCatalogue, clock: StandingClock
) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 2))
    await reader.says("привет")
    clock.turn(timedelta(days=31))

    await reader.presses_payload("work:1")

    reader.hears("Каштанка, А. П. Чехов. Есть: 1 из 2.")


async def test_a_number_after_a_day_is_no_choice_any_more(
    reader: Reader, catalogue: FakeCatalogue, clock: StandingClock
) -> None:
    catalogue.holds("Каштанка. Рассказ", "", at(CENTRAL, 1, 1))
    catalogue.holds("Каштанка. Раскраска", "", at(CENTRAL, 1, 1))
    await reader.says("каштанка")
    reader.hears("Какая нужна?")
    clock.turn(timedelta(days=2))

    await reader.says("2")

    reader.hears_nothing_of(". Есть: ")


async def test_a_number_beyond_the_list_chooses_nothing(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Война и мир. Том 1", "Лев Толстой", at(CENTRAL, 1, 1))
    catalogue.holds("Война и мир. Том 2", "Лев Толстой", at(CENTRAL, 1, 1))
    await reader.says("война и мир")

    await reader.says("9")

    assert reader.heard
    reader.hears_nothing_of(". Есть: ")


async def test_the_same_text_twenty_times_is_not_answered_for_ever(reader: Reader) -> None:
    for _ in range(19):
        await reader.says("привет")
        assert reader.heard
    await reader.says("привет")
    reader.hears("Вы прислали одно и то же много раз.")
    for _ in range(5):
        await reader.says("привет")
        reader.hears_nothing()

    await reader.says("до скольки вы сегодня?")
    reader.hears("Сегодня: с 9:00 до 19:00")


async def test_another_bot_is_not_answered_for_ever(reader: Reader) -> None:
    answered = 0
    for _ in range(30):
        await reader.says("Здравствуйте! Я бот.", automated=True)
        answered += bool(reader.heard)

    assert answered <= 2


async def test_a_handler_that_raises_apologises_keeps_the_message_and_blocks_nothing(
    library: Library, clock: StandingClock
) -> None:
    broken = Router("broken")

    @broken.on(intent("hours"))
    async def fails(turn: Turn, library: Library) -> Reply:
        raise ZeroDivisionError("the clock stands")

    reader = Reader(library, clock, before=[broken])
    await reader.says("до скольки вы сегодня?")
    reader.hears("Простите, у меня что-то сломалось. Я сохранил ваш вопрос для библиотекаря.")
    assert reader.last_message.outcome == "failed"
    assert reader.last_message.error == "ZeroDivisionError: the clock stands"

    await reader.says("ваш адрес")
    reader.hears("с. Донское, ул. Ленина, 5")


async def test_while_the_store_is_away_nothing_is_claimed_of_books(
    reader: Reader, catalogue: FakeCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.engine.dispatcher.PAUSES_S", (0.0,))
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 2))
    catalogue.broken = True

    await reader.says("каштанка")
    reader.hears_nothing()
    assert reader.last_message.state == "waiting"
    assert StoreUnavailable.__name__ in (reader.last_message.error or "")

    catalogue.broken = False
    await reader.says("спасибо")
    kept = [message.reply.text for message in reader.log.messages.values() if message.inbound is None]
    assert "Каштанка, А. П. Чехов. Есть: 1 из 2." in kept[0]


async def test_every_button_keeps_to_what_messengers_can_carry(reader: Reader, catalogue: FakeCatalogue) -> None:
    for number in range(1, 9):
        catalogue.holds(f"Очень длинное название книги про путешествия, часть {number}", "Автор", at(CENTRAL, 1, 1))
    said = ("привет", "путешествия", "часы работы", "адрес", "человек", "продлить", "зверушка", "как записаться")
    for text in said:
        await reader.says(text)
        for button in reader.offered():
            assert 0 < len(button.label) <= 40
            assert len(button.payload.encode()) <= 64
