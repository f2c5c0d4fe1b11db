"""«Есть ли у вас…?»: what is meant, and what is said where that is not sure."""

import pytest

from bot.ports.catalogue import Found, Verdict, Wanted
from bot.ports.library import Library
from bot.ports.understanding import Request
from bot.routing import Answer, Turn
from handlers.search import search
from tests.support.clock import StandingClock
from tests.support.fake_library import (
    CENTRAL,
    CHILDREN,
    FakeCatalogue,
    FakeFaq,
    at,
    edition,
    moment,
)
from tests.support.reader import Reader


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


async def test_two_writers_in_one_message_are_both_answered(reader: Reader, catalogue: FakeCatalogue) -> None:
    for title, author in (("Покер", "Донцова Д."), ("Сафари", "Донцова Д."), ("Шестёрки", "Маринина А.")):
        catalogue.holds(title, author, at(CENTRAL, 1, 1))
    catalogue.holds("Каприз", "Александра Маринина", at(CENTRAL, 1, 1))

    await reader.says("у вас есть Донцова и Маринина?")

    reader.hears("«Донцова»: нашлось несколько книг.", "«Маринина»: нашлось несколько книг.")


async def test_books_behind_a_colon_are_all_answered(reader: Reader, catalogue: FakeCatalogue) -> None:
    for title in ("Обломов", "Отцы и дети", "Гроза"):
        catalogue.holds(title, "", at(CENTRAL, 1, 1))

    await reader.says("а можно сразу три книги: Обломов, Отцы и дети и Гроза")

    reader.hears("Обломов. Есть: 1 из 1.", "Отцы и дети. Есть: 1 из 1.", "Гроза. Есть: 1 из 1.")


async def test_of_more_books_than_a_list_holds_the_rest_is_one_press_away(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    for number in range(1, 8):
        catalogue.holds(f"Дживс, книга {number}", "", at(CENTRAL, 1, 1))

    await reader.says("дживс")
    assert [button.label for button in reader.offered()][4:] == [
        "Дживс, книга 5", "Ещё варианты", "Ни одна из них",
    ]  # fmt: skip
    await reader.presses("Ещё варианты")

    assert [button.label for button in reader.offered()] == ["Дживс, книга 6", "Дживс, книга 7", "Ни одна из них"]


async def test_of_books_that_share_one_word_with_the_question_those_in_now_come_first(
    reader: Reader, catalogue: FakeCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = catalogue.holds("Детектив под Рождество", "", at(CENTRAL, 0, 1))
    inside = catalogue.holds("Дживс и дух Рождества", "", at(CENTRAL, 1, 1))

    async def find(wanted: Wanted, limit: int = 5) -> Found:
        del wanted, limit
        return Found(verdict=Verdict.NEAR, works=(out, inside), scores=(0.9, 0.8))

    monkeypatch.setattr(catalogue, "find", find)
    await reader.says("рождество")
    reader.hears("Может быть, вы имели в виду одну из этих?")
    assert [button.label for button in reader.offered()][:2] == ["Дживс и дух Рождества", "Детектив под Рождество"]

    await reader.says("рождественская ёлка")
    assert [button.label for button in reader.offered()][:2] == ["Детектив под Рождество", "Дживс и дух Рождества"]


async def test_the_name_of_a_feast_is_rather_looked_for_than_come_on(
    reader: Reader, catalogue: FakeCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = tuple(catalogue.holds(title, "", at(CENTRAL, 1, 1)) for title in ("Детям о Дне России", "День в России"))

    async def find(wanted: Wanted, limit: int = 5) -> Found:
        del wanted, limit
        return Found(verdict=Verdict.NEAR, works=near, scores=(0.9, 0.8))

    monkeypatch.setattr(catalogue, "find", find)
    await reader.says("день россии")

    reader.hears("Может быть, вы имели в виду одну из этих?")


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


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("часы работы сосновской", "Часов работы пока не знаю: Сосновская сельская библиотека."),
        ("сосновская режим работы", "Часов работы пока не знаю: Сосновская сельская библиотека."),
        ("адрес сосновской", "Сосновская сельская библиотека"),
    ],
)
async def test_what_is_asked_of_a_branch_by_its_name_is_no_title(reader: Reader, said: str, heard: str) -> None:
    await reader.says(said)

    reader.hears(heard)
    reader.hears_nothing_of("не нашлось")


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

    reader.hears("Показать эту книгу больше не могу.")
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
        reader.hears("Показать эту книгу больше не могу.")


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


# --- a writer and nothing else -------------------------------------------------------------------
@pytest.mark.parametrize("asked", ["булгаков", "есть булгаков?", "книги булгакова", "что есть у Булгакова"])
async def test_a_writer_alone_is_answered_with_what_he_wrote(
    reader: Reader, catalogue: FakeCatalogue, asked: str
) -> None:
    catalogue.holds("Морфий", "Михаил Булгаков", at(CENTRAL, 1, 1))
    catalogue.holds("Бег", "Михаил Булгаков", at(CENTRAL, 1, 1))

    await reader.says(asked)

    reader.hears("Нашлось несколько книг. Какая нужна?")
    assert {"Морфий, Михаил Булгаков", "Бег, Михаил Булгаков"} <= {button.label for button in reader.offered()}


async def test_a_writers_name_that_is_a_title_too_shows_both(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Пушкин", "Дмитрий Мережковский", at(CENTRAL, 1, 1))
    catalogue.holds("Капитанская дочка", "Александр Пушкин", at(CENTRAL, 1, 1))

    await reader.says("Пушкин")

    assert [button.label for button in reader.offered()[:2]] == [
        "Пушкин, Дмитрий Мережковский",
        "Капитанская дочка, Александр Пушкин",
    ]


@pytest.mark.parametrize("said", ["вторая", "а какие", "да этот", "любую"])
async def test_words_that_only_point_at_something_name_no_book(
    reader: Reader, catalogue: FakeCatalogue, said: str
) -> None:
    catalogue.holds("Вторая любовь", "А. Автор", at(CENTRAL, 1, 1))
    catalogue.holds("Какие этот люди", "А. Автор", at(CENTRAL, 1, 1))

    await reader.says(said)

    reader.hears("Какую книгу ищете?")


async def test_a_pronoun_may_be_a_title(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Она", "Г. Хаггард", at(CENTRAL, 1, 1))

    await reader.says("она")

    reader.hears("Она, Г. Хаггард. Есть: 1 из 1.")


async def test_a_plot_is_for_a_librarian_to_know(reader: Reader) -> None:
    await reader.says("ищу книгу где мужчина просыпается насекомым")

    reader.hears("По сюжету книгу не найду", "Библиотекари часто узнают книгу по рассказу.")
    reader.hears_nothing_of("не нашлось")


@pytest.mark.parametrize(
    "said", ["где?", "ну?", "почему нет то", "а какая лучше?", "1 том", "она сейчас свободна или кто-то взял"]
)
async def test_words_that_only_point_are_asked_about(reader: Reader, catalogue: FakeCatalogue, said: str) -> None:
    catalogue.holds("Где кончается небо?", "Джейн Бингэм", at(CENTRAL, 1, 1))
    catalogue.holds("Ну, «братец», погоди!", "Ольга Коротаева", at(CENTRAL, 1, 1))
    catalogue.holds("Почему никто не рассказал", "Тина Силиг", at(CENTRAL, 1, 1))

    await reader.says(said)

    reader.hears("Какую книгу ищете?")


async def test_behind_a_remark_no_title_is_awaited(reader: Reader) -> None:
    await reader.says("ну?")

    await reader.says("а вы до скольки?")

    reader.hears("Центральная библиотека")


async def test_a_book_that_is_called_by_such_a_word_is_found(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Там", "Борис Акунин", at(CENTRAL, 1, 1))

    await reader.says("там")

    reader.hears("Там, Борис Акунин. Есть: 1 из 1.")


async def test_who_asks_what_there_is_is_shown_some_of_it(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "Чехов А. П.", at(CENTRAL, 1, 1))

    await reader.says("а какие у вас вообще есть книги?")

    reader.hears("Вот что у нас читают.")
    reader.may_press("Каштанка, Чехов А. П.")


async def test_what_is_not_here_is_told_without_the_words_around_it(reader: Reader) -> None:
    await reader.says("а майнкрафт есть")

    reader.hears("«майнкрафт»")
    reader.hears_nothing_of("майнкрафт есть")


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("нужно 30 экземпляров «Муму» для класса", "Столько экземпляров у нас нет."),
        ("нужно 5 экземпляров «Муму»", "Столько сейчас нет: часть на руках."),
    ],
)
async def test_more_copies_than_there_are_are_not_promised(
    reader: Reader, catalogue: FakeCatalogue, said: str, heard: str
) -> None:
    catalogue.holds("Муму", "И. С. Тургенев", at(CENTRAL, 3, 6))

    await reader.says(said)
    reader.hears(heard, "Муму")

    await reader.says("есть 2 экземпляра «Муму»?")
    reader.hears("Муму")
    reader.hears_nothing_of("Столько")


@pytest.mark.parametrize("said", ["мне бы донцову последнюю какая есть", "последняя книга Донцовой", "новую донцову"])
async def test_any_book_of_a_writer_is_no_title(reader: Reader, catalogue: FakeCatalogue, said: str) -> None:
    catalogue.holds("Крутые наследнички", "Донцова Д. А.", at(CENTRAL, 1, 1))
    catalogue.holds("Покер с акулой", "Донцова Д. А.", at(CENTRAL, 1, 1))

    await reader.says(said)

    reader.hears_nothing_of("не нашлось", "не вижу")
    reader.may_press("Крутые наследнички, Донцова Д. А.", "Покер с акулой, Донцова Д. А.")


async def test_a_title_that_begins_so_stays_one(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Последний поклон", "Астафьев В. П.", at(CENTRAL, 1, 1))

    await reader.says("последний поклон астафьева")

    reader.hears("Последний поклон, Астафьев В. П. Есть: 1 из 1.")
