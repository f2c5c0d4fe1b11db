"""«Есть ли у вас…?»"""

from dataclasses import replace
from datetime import date

from bot.library.model import Kind
from bot.ports import Library, Request
from bot.routing import Answer, Turn
from handlers.search import search
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


# --- several that fit ----------------------------------------------------------------------------


async def test_several_books_that_fit_are_a_list_to_choose_from(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Война и мир. Том 1", "Лев Толстой", at(CENTRAL, 1, 1))
    catalogue.holds("Война и мир. Том 2", "Лев Толстой", at(CENTRAL, 0, 1))

    await reader.says("война и мир")
    reader.hears("Нашлось несколько книг. Какая нужна?")
    await reader.presses("Война и мир. Том 2, Лев Толстой")

    reader.hears("Война и мир. Том 2, Лев Толстой. Сейчас все экземпляры заняты.")


async def test_a_list_is_answered_by_number_too(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Война и мир. Том 1", "Лев Толстой", at(CENTRAL, 1, 1))
    catalogue.holds("Война и мир. Том 2", "Лев Толстой", at(CENTRAL, 1, 1))

    await reader.says("война и мир")
    await reader.says("вторая")

    reader.hears("Война и мир. Том 2, Лев Толстой. Есть")


async def test_titles_too_long_for_a_button_are_told_whole_beside_their_number(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    long = "Математика. 5 класс. Учебник для общеобразовательных организаций. Часть "
    catalogue.holds(long + "1", "Виленкин Н. Я.", at(CENTRAL, 1, 1))
    catalogue.holds(long + "2", "Виленкин Н. Я.", at(CENTRAL, 0, 1))

    await reader.says("математика 5 класс учебник виленкин")

    reader.hears("1. «" + long + "1», Виленкин Н. Я.: есть", "2. «" + long + "2», Виленкин Н. Я.: сейчас нет")
    reader.may_press("1. Математика. 5 класс. Учебник для…")
    assert all(len(button.label) <= 40 for button in reader.offered())
    await reader.says("2")
    reader.hears(long + "2, Виленкин Н. Я. Сейчас все экземпляры заняты.")


async def test_books_of_one_name_are_told_apart_by_their_years(reader: Reader, catalogue: FakeCatalogue) -> None:
    old, new = edition("Мы", 1989), edition("Мы", 2015)
    catalogue.holds("Мы и наши дети", "Никитины", at(CENTRAL, 1, 1), editions=[new, old])
    catalogue.holds("Мы и наши дети", "Никитины", at(CHILDREN, 0, 1), editions=[new])

    await reader.says("мы и наши дети")

    reader.hears("1. «Мы и наши дети», Никитины, 1989–2015: есть", "2. «Мы и наши дети», Никитины, 2015: сейчас нет")


async def test_two_books_in_one_message_are_both_answered(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Вишнёвый сад", "А. П. Чехов", at(CENTRAL, 1, 1))
    catalogue.holds("Чайка", "А. П. Чехов", at(CENTRAL, 1, 2))
    catalogue.holds("Чайка по имени Джонатан Ливингстон", "Ричард Бах", at(CHILDREN, 0, 2))

    await reader.says("нужен вишнёвый сад и чайка")

    assert len(reader.heard) == 2
    reader.hears("Вишнёвый сад, А. П. Чехов. Есть: 1 из 1.", "Чайка, А. П. Чехов. Есть: 1 из 2.")


async def test_none_of_the_list_leads_on(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Война и мир. Том 1", "Лев Толстой", at(CENTRAL, 1, 1))
    catalogue.holds("Война и мир. Том 2", "Лев Толстой", at(CENTRAL, 1, 1))

    await reader.says("война и мир")
    await reader.presses("Ни одна из них")

    reader.hears("напишите о книге ещё что-нибудь")
    reader.may_press("Позвать библиотекаря")


# --- nothing that surely fits --------------------------------------------------------------------


async def test_a_near_miss_is_a_question_and_never_an_answer(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Вишнёвый сад", "А. П. Чехов", at(CENTRAL, 1, 1))

    await reader.says("вишневый компот")

    reader.hears("Точно такой книги в каталоге не вижу", "Может быть, вы имели в виду «Вишнёвый сад», А. П. Чехов?")
    reader.hears_nothing_of("Есть: ")
    await reader.says("да")
    reader.hears("Вишнёвый сад, А. П. Чехов. Есть: 1 из 1.")


async def test_a_near_miss_may_be_refused(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Вишнёвый сад", "А. П. Чехов", at(CENTRAL, 1, 1))

    await reader.says("вишневый компот")
    await reader.says("нет")

    reader.hears("Тогда напишите о книге ещё что-нибудь")


async def test_a_book_that_is_not_there_is_an_honest_no_with_a_way_on(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 1))

    await reader.says("у вас есть Гарри Поттер и узник Азкабана?")

    reader.hears("В каталоге не нашлось: «Гарри Поттер и узник Азкабана».")
    reader.hears_nothing_of("Каштанка")
    reader.may_press("Найти книгу", "Позвать библиотекаря")
    assert reader.last_message.outcome == "missed"


async def test_where_the_library_orders_from_others_an_honest_no_offers_it(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("rules.mba", "Закажем книгу в краевой библиотеке, это бесплатно.")

    await reader.says("есть ли Сумерки богов")
    await reader.presses("Заказать из другой библиотеки")

    reader.hears("Закажем книгу в краевой библиотеке")


async def test_what_is_no_title_may_be_a_question_that_the_library_has_answered(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("own.chess", "Шахматный кружок по средам в 15:00.", "шахматы дети")

    await reader.says("дети шахматы")

    reader.hears("Шахматный кружок по средам в 15:00.")


async def test_the_name_of_a_branch_alone_is_most_likely_a_question_about_it(reader: Reader) -> None:
    await reader.says("а сосновская 7 марта")

    reader.hears("Вы про часы работы? Сосновская сельская библиотека, в субботу, 7 марта.")
    await reader.presses("Адрес")
    reader.hears("с. Сосновка, ул. Садовая, 12")


# --- ISBN ----------------------------------------------------------------------------------------


async def test_an_isbn_finds_its_edition(reader: Reader, catalogue: FakeCatalogue) -> None:
    book = edition("Каштанка", 2015, "АСТ", "9785170878895", 1, 2)
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 2), editions=[book])

    await reader.says("978-5-17-087889-5")

    reader.hears("Каштанка, А. П. Чехов. Есть: 1 из 2.")


async def test_a_slip_in_an_isbn_is_told(reader: Reader, catalogue: FakeCatalogue) -> None:
    book = edition("Каштанка", 2015, "АСТ", "9785170878895", 1, 2)
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 2), editions=[book])

    await reader.says("978-5-17-087889-4")

    reader.hears("В этом ISBN, похоже, опечатка", "Может быть, вы имели в виду «Каштанка»")


async def test_an_isbn_that_the_catalogue_lacks_asks_for_the_title(reader: Reader) -> None:
    await reader.says("9785170878895")

    reader.hears("Книги с таким ISBN в каталоге не нашлось. Попробуйте название")


# --- the question itself -------------------------------------------------------------------------


async def test_a_question_that_names_no_book_is_asked_back(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Мы", "Евгений Замятин", at(CENTRAL, 1, 1))

    await reader.says("есть ли у вас книга?")
    reader.hears("Какую книгу ищете?")
    await reader.says("Мы")

    reader.hears("Мы, Евгений Замятин. Есть: 1 из 1.")


async def test_while_a_title_is_awaited_a_word_of_small_talk_is_a_title(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 1))
    await reader.says("привет")
    await reader.presses("Найти книгу")

    await reader.says("Каштанка")

    reader.hears("Каштанка, А. П. Чехов.")


async def test_while_a_title_is_awaited_cancel_is_heard(reader: Reader) -> None:
    await reader.says("привет")
    await reader.presses("Найти книгу")
    await reader.says("отмена")

    reader.hears("начнём сначала")


async def test_a_book_that_has_left_the_catalogue_is_told_kindly(reader: Reader) -> None:
    await reader.presses_payload("work:123456")

    reader.hears("Этой книги в каталоге больше не вижу.")
    reader.may_press("Найти книгу")


async def test_senseless_numbers_of_a_button_do_no_harm(reader: Reader) -> None:
    for payload in (
        "work:",
        "work:abc",
        "work:²",
        "work:" + "9" * 40,
        "editions:x",
        "branches:-1",
        "about:0",
        "choose:a,,b",
    ):
        await reader.presses_payload(payload)
        reader.hears("Этой книги в каталоге больше не вижу.")


async def test_what_was_found_is_told_to_programs_too(library: Library, catalogue: FakeCatalogue) -> None:
    work = catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 1, 1))
    reader = Reader(library, StandingClock())
    turn = Turn(
        contact=reader.contact,
        content=None,  # type: ignore[arg-type]  # no handler of books looks at the raw content
        text="каштанка",
        request=Request(intent="search", confidence=0.5, rest="каштанка"),
        now=moment("2026-03-02"),
    )

    answer = await search(turn, library)

    assert isinstance(answer, Answer)
    assert answer.works == (work,)


async def test_one_letter_is_no_authors_initial_but_may_be_a_title(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Пигмалион", "Шоу Б.", at(CENTRAL, 1, 1))
    catalogue.holds("Я", "Владимир Маяковский", at(CENTRAL, 1, 1))

    await reader.says("ш")
    reader.hears("Какую книгу ищете?")

    await reader.presses("Отмена")
    await reader.says("я")
    reader.hears("Я, Владимир Маяковский.")
