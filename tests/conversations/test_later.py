"""What readers ask and the bot cannot do yet: understood, and answered honestly."""

import pytest

from bot.ports.log import Mode
from tests.support.fake_library import CENTRAL, FakeCatalogue, FakeFaq, at
from tests.support.reader import Reader


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("продлите мне книги", "Продлевать книги сам я пока не умею."),
        ("какие книги у меня на руках?", "Какие книги у вас на руках и до какого числа, я пока не вижу."),
        ("хочу забронировать книгу", "Откладывать книги сам я пока не умею."),
        ("какие у вас мероприятия в субботу?", "Афиши у меня пока нет."),
        ("подпишите меня на рассылку", "подписаться нельзя"),
    ],
)
async def test_it_is_told_honestly_and_a_person_is_offered(reader: Reader, said: str, heard: str) -> None:
    await reader.says(said)

    reader.hears(heard)
    reader.may_press("Позвать библиотекаря")


async def test_renewal_is_told_in_the_librarys_words_where_it_wrote_them(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("rules.renew", "Позвоните до срока возврата, продлим на 15 дней.")

    await reader.says("продлите, пожалуйста, книги")

    reader.hears("Позвоните до срока возврата", "Телефон: 8 (86546) 3-11-22, сегодня до 19:00.")


async def test_general_rules_are_no_answer_to_a_renewal(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("rules", "Берегите книги.")

    await reader.says("продлите, пожалуйста, книги")

    reader.hears_nothing_of("Берегите книги.")


async def test_who_wants_a_book_put_aside_hears_where_it_is(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 2))

    await reader.says("забронируйте Каштанку")
    reader.hears("Показать, где сейчас есть «Каштанка», А. П. Чехов?")
    await reader.says("да")

    reader.hears("Центральная библиотека, сегодня до 19:00: 1 из 2.")


async def test_a_hold_that_was_made_elsewhere_is_not_guessed_at(reader: Reader) -> None:
    await reader.says("пришла ли моя бронь?")

    reader.hears("Брони и заказы я пока не вижу.")


async def test_events_are_told_where_the_library_wrote_them(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("events", "По пятницам в 16:00 громкие чтения.")

    await reader.says("какие у вас мероприятия?")

    reader.hears("По пятницам в 16:00 громкие чтения.")


async def test_a_complaint_is_passed_on_to_a_person(reader: Reader) -> None:
    await reader.says("хочу пожаловаться на библиотекаря, нахамила")
    reader.hears("Мне жаль, что так вышло.")
    await reader.says("да")

    reader.hears("Записал ваш вопрос для библиотекаря.")
    assert reader.conversation.mode is Mode.WAITING


async def test_praise_is_thanked_for(reader: Reader) -> None:
    await reader.says("мне очень понравилась книга")

    reader.hears("Спасибо, что поделились!")
    reader.may_press("Передать библиотекарю")


async def test_stop_is_confirmed_in_a_word(reader: Reader) -> None:
    await reader.says("стоп")

    reader.hears("ничего не рассылаю")
