"""«Есть ли у вас…?»: where the book is, whether it is in, and in which editions."""

from dataclasses import replace
from datetime import date

from bot.library.model import DayKind, Hours, Kind, SpecialDays
from bot.ports.library import Library
from tests.support.clock import StandingClock
from tests.support.fake_library import (
    CENTRAL,
    CHILDREN,
    VILLAGE,
    FakeBranches,
    FakeCatalogue,
    FakeFaq,
    at,
    edition,
    moment,
    sample_library,
)
from tests.support.reader import Reader


# --- a book that is there ------------------------------------------------------------------------
async def test_a_book_is_told_with_its_branches_copies_shelf_and_todays_hours(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    catalogue.holds(
        "Мастер и Маргарита", "Михаил Булгаков", at(CHILDREN, 1, 2), at(CENTRAL, 2, 3, "84(2)6 Б90"), age_mark=16
    )

    await reader.says("здраствуйте а есть мастир и маргорита?")

    reader.hears(
        "Мастер и Маргарита, Михаил Булгаков, 16+. Есть: 3 из 5.",
        "Центральная библиотека, сегодня до 19:00: 2 из 3, полка 84(2)6 Б90.",
        "Детская библиотека, сегодня до 18:00: 1 из 2.",
    )


async def test_the_branch_that_has_it_in_comes_before_the_one_that_has_not(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 0, 2), at(VILLAGE, 1, 1))

    await reader.says("каштанка")

    reader.hears("Сосновская сельская библиотека: 1 из 1.", "Центральная библиотека: сейчас нет.")


async def test_the_branch_that_the_reader_named_comes_first(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 2), at(CHILDREN, 1, 1))

    await reader.says("каштанка есть в детской библиотеке?")

    reader.hears("Детская библиотека", "Центральная библиотека")


async def test_a_named_branch_that_lacks_the_book_says_so(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 2))

    await reader.says("каштанка есть в детской библиотеке?")

    reader.hears("Детская библиотека: этой книги нет.", "Центральная библиотека")


async def test_a_branch_is_known_by_its_village(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 2), at(VILLAGE, 0, 1))

    await reader.says("каштанка в сосновской")

    reader.hears("Сосновская сельская библиотека: сейчас нет.", "Центральная библиотека")


async def test_words_of_the_title_are_no_branch(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Детская энциклопедия", "", at(CENTRAL, 1, 1))

    await reader.says("детская энциклопедия")

    reader.hears("Детская энциклопедия. Есть: 1 из 1.")
    reader.hears_nothing_of("этой книги нет")


async def test_what_the_query_was_read_as_is_told_where_the_title_does_not_show_it(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    catalogue.holds("Война и мир. Том 1", "Лев Толстой", at(CENTRAL, 1, 1))
    catalogue.holds("Война и мир. Том 2", "Лев Толстой", at(CENTRAL, 1, 1))

    await reader.says("вайна мир")

    reader.hears("Понял так: «война мир».", "Какая нужна?")


async def test_the_other_books_that_fitted_are_one_press_away(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Дети капитана Гранта", "Жюль Верн", at(CENTRAL, 1, 1))
    catalogue.holds("Капитан Грант. Раскраска", "", at(CHILDREN, 1, 1))
    catalogue.holds("Капитан Грант", "", at(CHILDREN, 1, 1))

    await reader.says("капитан грант")
    reader.hears("Капитан Грант. Есть: 1 из 1.")
    await reader.presses("Не та книга")

    reader.may_press("Дети капитана Гранта, Жюль Верн", "Капитан Грант. Раскраска")


# --- a book that is not to be had now ------------------------------------------------------------
async def test_a_copy_that_is_due_on_a_closed_day_is_expected_when_the_branch_opens(
    library: Library, catalogue: FakeCatalogue, clock: StandingClock
) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 0, 2, next_due=date(2026, 3, 2)))
    week = CENTRAL.hours
    assert week is not None

    def shut(last: date | None, week: Hours = week) -> Library:
        days = (SpecialDays(kind=DayKind.URGENT, first=date(2026, 3, 2), last=last, note="авария"),)
        return replace(library, branches=FakeBranches(replace(CENTRAL, days=days, hours=replace(week, days=days))))

    told = Reader(shut(date(2026, 3, 2)), clock)
    await told.says("каштанка")
    told.hears("Ближайший срок возврата: 3 марта.")

    told = Reader(shut(None), clock)
    await told.says("каштанка")
    told.hears("Когда вернут, пока не знаю.")


async def test_a_book_that_is_out_is_told_with_the_next_due_date(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds(
        "Каштанка",
        "А. П. Чехов",
        at(CENTRAL, 0, 2, next_due=date(2026, 3, 12)),
        at(CHILDREN, 0, 1, next_due=date(2026, 3, 20)),
    )

    await reader.says("есть ли Каштанка")

    reader.hears("Сейчас все экземпляры заняты. Ближайший срок возврата: 12 марта.")
    reader.hears("Детская библиотека: сейчас нет, срок возврата 20 марта.")
    reader.may_press("Позвать библиотекаря")


async def test_a_due_date_that_nobody_knows_is_not_invented(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 0, 2))

    await reader.says("каштанка")

    reader.hears("Когда вернут, пока не знаю.")


async def test_a_due_date_in_the_past_is_no_promise(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 0, 2, next_due=date(2026, 2, 1)))

    await reader.says("каштанка")

    reader.hears("Срок возврата уже прошёл, но книгу ещё не вернули.")
    reader.hears_nothing_of("февраля")


async def test_where_the_catalogue_holds_no_copies_nothing_is_claimed(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", items_unknown=True)

    await reader.says("каштанка")

    reader.hears("Книга есть в каталоге. Есть ли она сейчас на полке, каталог не говорит")
    reader.hears_nothing_of("Есть: ", "из 0")


async def test_a_book_for_the_reading_room_says_so(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Атлас птиц", "", at(CENTRAL, 0, 1, reading_room=1))

    await reader.says("атлас птиц")

    reader.hears("Домой не выдаётся", "Центральная библиотека, сегодня до 19:00: только читать в библиотеке.")


async def test_copies_for_the_reading_room_are_not_counted_as_free(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Атлас птиц", "", at(CENTRAL, 1, 3, reading_room=1))

    await reader.says("атлас птиц")

    reader.hears("Есть: 1 из 2.", "1 из 2, ещё 1 читать в библиотеке.")


async def test_a_book_whose_copies_are_gone_is_not_promised(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов")

    await reader.says("каштанка")

    reader.hears("экземпляров, которые можно взять, сейчас нет")


async def test_an_electronic_edition_is_a_link(reader: Reader, catalogue: FakeCatalogue) -> None:
    page = edition("Летопись села", 2020, url="https://example.org/letopis")
    catalogue.holds("Летопись села", "", kind=Kind.ELECTRONIC, items_unknown=True, editions=[page])

    await reader.says("летопись села")

    reader.hears("Это электронное издание.", "Читать онлайн")
    assert reader.heard[0].marks[-1].url == "https://example.org/letopis"


async def test_old_knowledge_tells_its_age(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 2, as_of=moment("2026-02-20")))

    await reader.says("каштанка")

    reader.hears("Сведения каталога на 20 февраля.")


async def test_fresh_knowledge_says_nothing_of_its_age(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 2, as_of=moment("2026-03-02", "9:30".zfill(5))))

    await reader.says("каштанка")

    reader.hears_nothing_of("Сведения каталога")


# --- many branches, many editions ----------------------------------------------------------------
async def test_of_many_branches_the_first_answer_names_a_few_and_a_button_all(
    clock: StandingClock, catalogue: FakeCatalogue, faq: FakeFaq
) -> None:
    villages = [replace(VILLAGE, code=f"{n:02}", name=f"Филиал № {n}") for n in range(3, 24)]
    catalogue.holds("Каштанка", "А. П. Чехов", *(at(village, 0, 1) for village in villages[:19]),
                    at(villages[19], 1, 1), at(villages[20], 2, 2), at(CENTRAL, 1, 5))  # fmt: skip
    reader = Reader(sample_library(catalogue, faq, FakeBranches(CENTRAL, *villages)), clock)

    await reader.says("каштанка")

    reader.hears("Центральная библиотека", "Филиал № 22: 1 из 1", "Филиал № 23: 2 из 2", "И ещё: 18 библиотек.")
    assert len(reader.text.splitlines()) == 6
    await reader.presses("Все библиотеки (22)")
    reader.hears("Филиал № 23: 2 из 2.", "Сейчас нет: Филиал № 3; Филиал № 4;")


async def test_editions_are_one_press_away_newest_first(reader: Reader, catalogue: FakeCatalogue) -> None:
    newer = edition("Каштанка", 2015, "АСТ", "9785170878895", 1, 2)
    older = edition("Каштанка. Рассказы", 1984, "Детская литература")
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 2), editions=(newer, older))

    await reader.says("каштанка")
    await reader.presses("Издания (2)")

    reader.hears("2015, АСТ, ISBN 9785170878895: 1 из 2.", "«Каштанка. Рассказы», 1984, Детская литература.")
    await reader.presses("Где взять")
    reader.hears("Есть: 1 из 2.")


async def test_what_the_book_is_about_is_one_press_away(reader: Reader, catalogue: FakeCatalogue) -> None:
    work = catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 2))
    catalogue.cards[work.work_id] = replace(work, annotation="О собаке. " * 100, series="Школьная библиотека")

    await reader.says("каштанка")
    await reader.presses("О книге")

    reader.hears("О собаке.", "…", "Серия: Школьная библиотека.")
    assert len(reader.text) < 800
