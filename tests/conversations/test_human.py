"""«Позовите библиотекаря»"""

import pytest

from bot.ports.log import Mode
from tests.support.clock import StandingClock
from tests.support.fake_library import (
    CENTRAL,
    VILLAGE,
    FakeBranches,
    FakeCatalogue,
    FakeFaq,
    at,
    moment,
    sample_library,
)
from tests.support.reader import Reader


async def test_the_conversation_waits_and_the_reader_hears_how_to_reach_a_person(reader: Reader) -> None:
    await reader.says("позовите библиотекаря")

    reader.hears(
        "Записал, что вам нужен библиотекарь. Напишите здесь, что ему передать.",
        "Библиотека сейчас работает, сегодня до 19:00.",
        "Быстрее всего позвонить: 8 (86546) 3-11-22.",
        "Чтобы спросить меня, нажмите «Вернуться к боту».",
    )
    assert reader.conversation.mode is Mode.WAITING
    assert reader.conversation.handover_reason == "asked"


@pytest.mark.parametrize(
    ("day", "time", "said"),
    [
        ("2026-03-02", "20:00", "Сейчас библиотека закрыта. Ответят не раньше чем завтра в 9:00."),
        ("2026-03-02", "13:20", "Сейчас перерыв. Ответят не раньше чем сегодня в 14:00."),
        ("2026-03-07", "20:00", "Ответят не раньше чем во вторник, 10 марта, в 9:00."),
    ],
)
async def test_out_of_hours_the_reader_hears_when_an_answer_can_come(
    reader: Reader, clock: StandingClock, day: str, time: str, said: str
) -> None:
    clock.moment = moment(day, time)

    await reader.says("человек")

    reader.hears(said, "Телефон: 8 (86546) 3-11-22.")
    reader.hears_nothing_of("Быстрее всего")


async def test_where_no_hours_are_known_none_are_promised(
    clock: StandingClock, catalogue: FakeCatalogue, faq: FakeFaq
) -> None:
    reader = Reader(sample_library(catalogue, faq, FakeBranches(VILLAGE)), clock)

    await reader.says("человек")

    reader.hears("Библиотекари отвечают в часы работы библиотеки.")
    reader.hears_nothing_of("не раньше", "Телефон", "позвонить")


async def test_it_is_said_once(reader: Reader) -> None:
    await reader.says("человек")
    await reader.says("оператор")

    reader.hears("Ваш вопрос уже ждёт библиотекаря, второй раз звать не нужно.")
    reader.hears_nothing_of("Библиотека сейчас работает")
    assert reader.conversation.mode is Mode.WAITING


async def test_what_the_reader_adds_is_for_the_librarian_and_not_for_the_catalogue(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    await reader.says("человек")
    await reader.says("Тётя Валя обещала мне Астрид Линдгрен на четверг")

    reader.hears("Записал, библиотекарь это увидит.")
    assert catalogue.asked == []


async def test_who_writes_on_hears_how_to_ask_the_bot_again(reader: Reader) -> None:
    await reader.says("человек")
    await reader.says("Тётя Валя обещала мне Астрид Линдгрен на четверг")

    await reader.says("а книга про пауков у неё тоже была")
    reader.hears("Записал и это. Если вопрос ко мне, нажмите «Вернуться к боту»")

    await reader.says("верни бота")
    reader.hears("Хорошо, дальше отвечаю я.")


async def test_while_waiting_the_bot_still_answers_what_it_can(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 1))
    await reader.says("человек")

    await reader.says("до скольки вы сегодня работаете?")
    reader.hears("Сегодня: с 9:00 до 19:00")
    await reader.says("каштанка")
    reader.hears("Каштанка, А. П. Чехов. Есть: 1 из 1.")
    assert reader.conversation.mode is Mode.WAITING


async def test_while_waiting_what_the_bot_cannot_answer_is_for_the_librarian(reader: Reader) -> None:
    await reader.says("человек")
    await reader.says("до скольки вы сегодня?")
    await reader.says("неведомая зверушка")

    reader.hears("Записал это и для библиотекаря.")


async def test_while_waiting_what_the_bot_cannot_do_is_noted_too(reader: Reader) -> None:
    await reader.says("человек")
    await reader.says("продлите мне книги")

    reader.hears("Это я тоже записал для библиотекаря. Продлевать книги сам я пока не умею.")


async def test_the_reader_may_go_back_to_the_bot(reader: Reader) -> None:
    await reader.says("человек")
    await reader.presses("Вернуться к боту")

    reader.hears("Хорошо, дальше отвечаю я.")
    assert reader.conversation.mode is Mode.BOT


async def test_cancel_goes_back_to_the_bot_too(reader: Reader) -> None:
    await reader.says("человек")
    await reader.says("отмена")

    reader.hears("библиотекаря больше не жду")
    assert reader.conversation.mode is Mode.BOT


async def test_a_trouble_that_is_told_at_once_is_not_asked_for_again(reader: Reader) -> None:
    await reader.says("я вернула книги неделю назад, а они всё ещё числятся за мной, разберитесь")

    reader.hears("Записал ваш вопрос для библиотекаря.")
    reader.hears_nothing_of("Напишите здесь")


async def test_a_trouble_that_the_library_has_a_word_on_is_told_it(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("trouble.account", "Пароль восстанавливает библиотекарь по паспорту.")

    await reader.says("не могу войти в личный кабинет")

    reader.hears("Пароль восстанавливает библиотекарь по паспорту.", "Записал")
    assert reader.conversation.mode is Mode.WAITING


async def test_while_a_librarian_holds_the_conversation_the_bot_is_silent(reader: Reader) -> None:
    await reader.says("человек")
    reader.librarian_takes()

    await reader.says("до скольки вы сегодня?")
    reader.hears_nothing()
    await reader.presses_payload("hours")
    reader.hears_nothing()
    await reader.says("стоп")
    reader.hears_nothing()


async def test_when_the_librarian_gives_it_back_the_bot_answers_again(reader: Reader) -> None:
    await reader.says("человек")
    reader.librarian_takes()
    await reader.says("спасибо")
    reader.librarian_gives_back()

    await reader.says("до скольки вы сегодня?")

    reader.hears("Сегодня: с 9:00 до 19:00")


async def test_who_was_not_answered_hears_an_apology(reader: Reader) -> None:
    await reader.says("я уже третий раз пишу, никто не отвечает!!!")

    reader.hears("Извините, что вам не ответили.", "Записал")


@pytest.mark.parametrize(
    "said", ["вы бот? мне ваши отписки не нужны", "хватит шаблонных ответов", "ваши отписки надоели"]
)
async def test_who_wants_no_more_ready_answers_is_led_to_a_person(reader: Reader, said: str) -> None:
    """«Отписки» are poor answers: nobody wants to unsubscribe."""
    await reader.says(said)

    reader.hears("Записал, что вам нужен библиотекарь.")
    assert reader.conversation.mode is Mode.WAITING


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("звоню, никто не берет трубку", "Извините, что вам не ответили."),
        ("почему трубку не берёте?", "Позвать библиотекаря?"),
        ("вы когда-нибудь трубку берёте?", "Извините, что вам не ответили."),
    ],
)
async def test_who_calls_in_vain_is_led_to_a_person(reader: Reader, said: str, told: str) -> None:
    await reader.says(said)

    reader.hears(told)
