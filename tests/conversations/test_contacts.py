"""«Какой у вас телефон?»"""

from tests.support.clock import StandingClock
from tests.support.fake_library import VILLAGE, FakeBranches, FakeCatalogue, FakeFaq, sample_library
from tests.support.reader import Reader


async def test_phone_and_mail_are_told_with_todays_hours(reader: Reader) -> None:
    await reader.says("какой у вас телефон?")

    reader.hears("Центральная библиотека", "8 (86546) 3-11-22, сегодня до 19:00.", "Почта: knigi@example.org")


async def test_the_named_branch_has_its_own_phone(reader: Reader) -> None:
    await reader.says("телефон детской библиотеки")

    reader.hears("8 (86546) 3-44-55")


async def test_all_phones_are_one_press_away(reader: Reader) -> None:
    await reader.says("ваш телефон")
    await reader.presses("Все телефоны")

    reader.hears("Центральная библиотека: 8 (86546) 3-11-22", "Детская библиотека: 8 (86546) 3-44-55")
    reader.hears_nothing_of("Сосновская")


async def test_what_the_library_wrote_itself_comes_first(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("contacts", "Мы ВКонтакте: example.org/biblioteka", "группа вконтакте")

    await reader.says("есть ли у вас группа вконтакте")

    reader.hears("Мы ВКонтакте")


async def test_a_phone_that_nobody_has_told_is_not_invented(
    clock: StandingClock, catalogue: FakeCatalogue, faq: FakeFaq
) -> None:
    reader = Reader(sample_library(catalogue, faq, FakeBranches(VILLAGE)), clock)

    await reader.says("ваш телефон")

    reader.hears("Телефона и почты библиотеки пока не знаю.")
    reader.may_press("Позвать библиотекаря")
