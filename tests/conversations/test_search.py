"""«Есть ли у вас…?»"""

from datetime import date

from tests.support.fake_library import CENTRAL, CHILDREN, FakeCatalogue, at, edition
from tests.support.reader import Reader


async def test_a_book_is_answered_with_its_branches_copies_shelf_and_todays_hours(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    catalogue.holds(
        "Мастер и Маргарита", "Михаил Булгаков", at(CHILDREN, 1, 2), at(CENTRAL, 2, 3, "84(2)6 Б90"), age_mark=16
    )

    await reader.says("здраствуйте а есть мастир и маргорита?")

    reader.hears("Мастер и Маргарита, Михаил Булгаков, 16+. Есть: 3 из 5.")
    reader.hears("Центральная библиотека, сегодня до 19:00: 2 из 3, полка 84(2)6 Б90.")
    reader.hears("Детская библиотека, сегодня до 18:00: 1 из 2.")


async def test_a_book_that_is_out_is_told_with_the_next_due_date(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 0, 2, next_due=date(2026, 3, 12)))

    await reader.says("есть ли Каштанка")

    reader.hears("Сейчас все экземпляры заняты. Ближайший срок возврата: 12 марта.")
    reader.may_press("Позвать библиотекаря")


async def test_a_due_date_that_nobody_knows_is_not_invented(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 0, 2))

    await reader.says("каштанка")

    reader.hears("Когда вернут, пока не знаю.")


async def test_editions_are_one_press_away(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds(
        "Каштанка",
        "А. П. Чехов",
        at(CENTRAL, 1, 2),
        editions=(
            edition("Каштанка", 2015, "АСТ", "9785170878895", 1, 2),
            edition("Каштанка", 1984, "Детская литература"),
        ),
    )

    await reader.says("каштанка")
    await reader.presses("Издания (2)")

    reader.hears("2015, АСТ, ISBN 9785170878895: 1 из 2.", "1984, Детская литература.")
