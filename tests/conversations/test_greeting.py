"""Hello, help, thanks, and doors that lead here."""

from tests.support.fake_library import CENTRAL, FakeCatalogue, at
from tests.support.reader import Reader


async def test_a_new_reader_hears_who_answers_and_what_to_write(reader: Reader) -> None:
    await reader.starts()

    reader.hears("Здравствуйте! Это Труновская районная библиотека. Я бот", "Напишите название книги или автора")
    reader.may_press("Найти книгу", "Часы работы", "Адрес", "Телефон", "Как записаться", "Позвать библиотекаря")


async def test_every_button_of_the_menu_leads_somewhere(reader: Reader) -> None:
    await reader.starts()
    menu = [button.payload for button in reader.offered()]

    for payload in menu:
        await reader.presses_payload(payload)
        assert reader.heard
        reader.hears_nothing_of("Эта кнопка уже не действует")


async def test_one_who_has_been_here_is_greeted_shortly(reader: Reader) -> None:
    await reader.says("до скольки вы сегодня?")
    await reader.says("Добрый день!")

    reader.hears("Здравствуйте! Что вам подсказать?")
    reader.hears_nothing_of("Я бот")


async def test_a_link_to_a_book_leads_to_it(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 2))

    await reader.starts("work_1")
    reader.hears("Вы пришли за книгой «Каштанка», А. П. Чехов.")
    await reader.presses("Где взять")

    reader.hears("Центральная библиотека, сегодня до 19:00: 1 из 2.")


async def test_the_code_on_the_door_of_a_branch_leads_to_it(reader: Reader) -> None:
    await reader.starts("branch_02")
    reader.hears("Это Детская библиотека.", "работаем до 18:00", "Какую книгу вам найти?")
    await reader.presses("Часы работы")

    reader.hears("Детская библиотека", "Пн–Пт: с 10:00 до 18:00")


async def test_a_parameter_that_means_nothing_is_a_plain_start(reader: Reader) -> None:
    for parameter in ("work_99", "work_abc", "branch_77", "promo2026", "<script>"):
        await reader.starts(parameter)
        reader.hears("Это Труновская районная библиотека.")


async def test_help_tells_what_the_bot_can_do(reader: Reader) -> None:
    await reader.says("что ты умеешь?")

    reader.hears("найти книгу", "часы работы", "как записаться", "позвать библиотекаря")


async def test_thanks_are_answered(reader: Reader) -> None:
    await reader.says("большое спасибо!")

    reader.hears("Рад помочь!")
