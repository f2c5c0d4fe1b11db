"""«Есть ли книги на татарском?»: what records tell, else what titles do, and that no more is known."""

import pytest

from bot.ports.catalogue import Suggested, Taste
from tests.support.fake_library import CENTRAL, FakeCatalogue, FakeFaq, at
from tests.support.reader import Reader

UNTOLD = "На каком языке книга, в каталоге сказано не всегда."


@pytest.mark.parametrize(
    "asked",
    [
        "а художественная литература на татарском языке есть?",
        "хочу почитать что-нибудь на татарском",
        "книги на татарском нужны бабушке",
    ],
)
async def test_titles_that_tell_a_language_are_shown(reader: Reader, catalogue: FakeCatalogue, asked: str) -> None:
    catalogue.holds("Эдэплэр (на татарском языке)", "аль-Газали", at(CENTRAL, 1, 1))
    catalogue.holds("Книга", "Бунин И. А.", at(CENTRAL, 1, 1))

    await reader.says(asked)

    reader.hears(UNTOLD, "По названиям нашлось вот что.")
    reader.may_press("Эдэплэр (на татарском языке), аль-Газали", "Позвать библиотекаря")
    reader.hears_nothing_of("Бунин")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("книги на татарском есть?", "tat"),
        ("что-нибудь на немецком языке", "deu"),
        ("do you have books in German", "ger"),
        ("детские книги на удмуртском", "udm"),
    ],
)
async def test_records_that_tell_the_language_are_believed(
    reader: Reader, catalogue: FakeCatalogue, asked: str, code: str
) -> None:
    catalogue.holds("Ничего о нём", "", at(CENTRAL, 1, 1), language=code)
    catalogue.holds("Самоучитель (на татарском языке)", "", at(CENTRAL, 1, 1), language="rus")

    await reader.says(asked)

    reader.may_press("Ничего о нём")
    assert not any("Самоучитель" in button.label for button in reader.offered())


async def test_a_kind_of_two_words_beside_a_language_is_no_title(english: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Фантастика", "", at(CENTRAL, 1, 1), language="ger")

    await english.says("science fiction in German")

    english.hears("This is what we have in that language:")
    english.may_press("Фантастика")


async def test_a_book_that_only_speaks_of_the_language_is_none_in_it(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Немецкий язык для юристов", "", at(CENTRAL, 1, 1))
    catalogue.holds("Песни на немецком языке", "", at(CENTRAL, 1, 1))

    await reader.says("литература на немецком имеется?")

    reader.may_press("Песни на немецком языке")
    assert not any("юристов" in button.label for button in reader.offered())


async def test_where_no_title_tells_it_books_on_the_language_are_shown_and_none_on_the_people(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    catalogue.holds("Немецкий язык для юристов", "", at(CENTRAL, 1, 1))
    catalogue.holds("Немецкий дом", "", at(CENTRAL, 1, 1))

    await reader.says("литература на немецком имеется?")

    reader.may_press("Немецкий язык для юристов")
    assert not any("дом" in button.label for button in reader.offered())


async def test_where_no_title_tells_it_nothing_is_said_to_be_missing(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("rules.accessibility", "Пандус у входа.")

    await reader.says("книжки на чувашском бывают?")

    reader.hears("Таких книг по каталогу не видно, но язык в нём указан не всегда. Точно знает библиотекарь.")
    reader.may_press("Позвать библиотекаря")
    assert reader.last_message.outcome == "missed"


async def test_a_book_that_is_named_is_looked_up_as_ever(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "Чехов А. П.", at(CENTRAL, 1, 1))

    await reader.says("есть каштанка на французском?")

    reader.hears("Издания на этом языке в каталоге не вижу.", "Каштанка, Чехов А. П. Есть: 1 из 1.")


async def test_books_for_somebody_are_no_title(english: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Moscow (на английском языке)", "", at(CENTRAL, 1, 1))

    await english.says("have you any books in english for somebody who learns russian")

    english.hears("The catalogue does not always say in what language a book is.")
    english.hears_nothing_of("Not found in the catalogue")


@pytest.mark.parametrize("asked", ["1984 на английском", "1984 in English", "есть «1984» на английском языке?"])
async def test_a_named_book_is_shown_in_the_language_that_its_record_tells(
    reader: Reader, catalogue: FakeCatalogue, asked: str
) -> None:
    catalogue.holds("1984", "Оруэлл Дж.", at(CENTRAL, 1, 1), language="rus")
    catalogue.holds("1984", "Orwell G.", at(CENTRAL, 1, 1), language="eng")

    await reader.says(asked)

    reader.hears("На этом языке она есть." if "English" not in asked else "It is there in that language.", "Orwell G.")
    reader.hears_nothing_of("Оруэлл")


async def test_a_writer_s_books_in_a_language(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Капитанская дочка", "Пушкин А. С.", at(CENTRAL, 1, 1), language="rus")
    catalogue.holds("Капитан кызы", "Пушкин А. С.", at(CENTRAL, 1, 1), language="tat")
    catalogue.holds("Пушкин шигырьләре", "Пушкин А. С.", at(CENTRAL, 1, 1), language="tat")

    await reader.says("пушкин на татарском")

    reader.hears("Вот что у нас есть на этом языке:")
    assert not any("дочка" in button.label for button in reader.offered())


async def test_another_book_in_that_language_is_not_the_named_one(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "Чехов А. П.", at(CENTRAL, 1, 1), language="rus")
    catalogue.holds("Le petit prince", "Saint-Exupéry A.", at(CENTRAL, 1, 1), language="fre")

    await reader.says("есть каштанка на французском?")

    reader.hears("Издания на этом языке в каталоге не вижу.", "Каштанка, Чехов А. П. Есть: 1 из 1.")


async def test_the_language_is_asked_about_behind_the_book(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Муму", "Тургенев И. С.", at(CENTRAL, 1, 1), language="tat")

    await reader.says("муму")
    await reader.says("а на татарском есть?")

    reader.hears("На этом языке она есть.", "Муму, Тургенев И. С. Есть: 1 из 1.")


async def test_a_class_beside_a_language_is_no_title(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Winnie", "", at(CENTRAL, 1, 1), language="eng")

    await reader.says("книги на английском для 5 класса")

    reader.may_press("Winnie")


async def test_a_title_is_looked_for_in_a_language_once(
    reader: Reader, catalogue: FakeCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.holds("Мастер и Маргарита", "Булгаков М. А.", at(CENTRAL, 1, 1), language="rus")
    catalogue.holds("Мастер и Маргарита", "Bulgakov M.", at(CENTRAL, 1, 1), language="eng")
    asked: list[Taste] = []
    suggest = catalogue.suggest

    async def counted(taste: Taste, limit: int = 5) -> Suggested:
        asked.append(taste)
        return await suggest(taste, limit)

    monkeypatch.setattr(catalogue, "suggest", counted)

    await reader.says("Мастер и Маргарита на английском")

    reader.hears("На этом языке она есть.", "Bulgakov M.")
    assert [(taste.subject, taste.author) for taste in asked] == [("Мастер и Маргарита", "")]


async def test_where_many_are_called_alike_the_writers_own_is_found(reader: Reader, catalogue: FakeCatalogue) -> None:
    for poet in range(45):
        catalogue.holds("Стихи", f"Поэт {poet}", at(CENTRAL, 1, 1), language="eng")
    catalogue.holds("Стихи", "Бродский И. А.", at(CENTRAL, 0, 1), language="eng")

    await reader.says("Стихи Бродского на английском")

    reader.may_press("Стихи, Бродский И. А.")


@pytest.mark.parametrize("said", ["узбек язык книга есть", "узбекские книги есть?", "есть литература узбекская"])
async def test_a_language_in_few_words_of_russian(reader: Reader, catalogue: FakeCatalogue, said: str) -> None:
    catalogue.holds("O'tkan kunlar", "Qodiriy", at(CENTRAL, 1, 1), language="uzb")

    await reader.says(said)

    reader.hears("Вот что у нас есть на этом языке:")
    reader.may_press("O'tkan kunlar, Qodiriy")


async def test_a_textbook_of_a_language_is_not_asked_for_in_it(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Английский язык. 5 класс", "Кузовлев", at(CENTRAL, 1, 1))

    await reader.says("книга английский язык 5 класс")

    reader.hears("Английский язык. 5 класс")
    reader.hears_nothing_of("на этом языке")
