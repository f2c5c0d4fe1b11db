"""«Что почитать…»: a short list of what the library has, or an honest question."""

import pytest

from bot.ports.catalogue import Found, Verdict, Wanted
from tests.support.fake_library import CENTRAL, FakeCatalogue, at
from tests.support.reader import Reader


async def test_a_subject_that_was_named_is_looked_up(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Динозавры", "Тихонов А.", at(CENTRAL, 1, 1))

    await reader.says("посоветуйте что-нибудь про динозавров")
    reader.hears("Вот что есть в каталоге по вашим словам:")
    await reader.presses("Динозавры, Тихонов А.")

    reader.hears("Динозавры, Тихонов А. Есть: 1 из 1.")


async def test_what_is_in_now_comes_first(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Космос", "Первый П.", at(CENTRAL, 0, 1))
    catalogue.holds("Космос и звёзды", "Второй В.", at(CENTRAL, 1, 1))

    await reader.says("книга про космос для ребёнка 8 лет")

    reader.hears(
        "Для какого они возраста, в каталоге не указано: лучше спросить библиотекаря.\n"
        "Вот что есть в каталоге по вашим словам:"
    )
    assert [button.label for button in reader.offered()][:2] == ["Космос и звёзды, Второй В.", "Космос, Первый П."]


async def test_a_kind_of_books_by_an_author(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Детективы на даче", "Донцова Дарья", at(CENTRAL, 1, 1))
    catalogue.holds("Детективы в пути", "Донцова Дарья", at(CENTRAL, 1, 1))
    catalogue.holds("Детективы", "Маринина А.", at(CENTRAL, 1, 1))

    await reader.says("детективы Донцовой")

    reader.hears("Вот что есть в каталоге по вашим словам:")
    reader.may_press("Детективы на даче, Донцова Дарья", "Детективы в пути, Донцова Дарья")
    assert not any("Маринина" in button.label for button in reader.offered())


async def test_a_title_that_sounds_like_a_wish_is_the_book(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Сказки для малышей", "Сутеев В.", at(CENTRAL, 1, 1))
    catalogue.holds("Сказки", "Пушкин А. С.", at(CENTRAL, 1, 1))

    await reader.says("сказки для малышей")

    reader.hears("Сказки для малышей, Сутеев В. Есть: 1 из 1.")


@pytest.mark.parametrize("said", ["посоветуйте что почитать", "что-нибудь почитать"])
async def test_who_says_nothing_of_their_taste_gets_a_list_and_a_question(
    reader: Reader, catalogue: FakeCatalogue, said: str
) -> None:
    catalogue.holds("Каштанка", "Чехов А. П.", at(CENTRAL, 1, 1))

    await reader.says(said)

    reader.hears("Скажите, о чём и для кого, и я подберу точнее.")
    reader.may_press("Каштанка, Чехов А. П.")
    reader.may_press("Позвать библиотекаря")


async def test_a_word_of_the_question_is_no_book(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Как читать «Белую гвардию» Булгакова", "", at(CENTRAL, 1, 1))

    await reader.says("что сейчас читают")

    reader.hears("Скажите, о чём и для кого, и я подберу точнее.")


async def test_a_book_that_is_called_a_book_is_not_what_is_asked_for(
    reader: Reader, catalogue: FakeCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search is right to find «Книга» by «книгу для мальчика», of which two words say who will read it."""
    called_so = catalogue.holds("Книга", "Бунин И. А.", at(CENTRAL, 1, 1))
    catalogue.holds("Денискины рассказы", "Драгунский В.", at(CENTRAL, 1, 1))

    async def find(_wanted: Wanted, _limit: int = 5) -> Found:
        return Found(verdict=Verdict.FOUND, works=(called_so,), scores=(1.0,))

    monkeypatch.setattr(catalogue, "find", find)

    await reader.says("посоветуйте книгу для мальчика 10 лет")

    reader.may_press("Денискины рассказы, Драгунский В.")


async def test_an_empty_catalogue_asks_what_is_wanted(reader: Reader) -> None:
    await reader.says("посоветуйте что почитать")

    reader.hears("О чём хочется почитать и для кого?")


async def test_what_the_records_do_not_tell_is_not_made_up(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "Чехов А. П.", at(CENTRAL, 1, 1))

    await reader.says("посоветуйте что-нибудь про вулканы")

    reader.hears("По каталогу такого не подобрать")
    reader.may_press("Позвать библиотекаря")


async def test_what_is_lent_out_is_told_so(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Динозавры", "Тихонов А.", at(CENTRAL, 0, 1))

    await reader.says("посоветуйте что-нибудь про динозавров")

    reader.hears("Сейчас все они выданы.")


async def test_what_is_added_to_a_wish_keeps_it(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Динозавры", "Тихонов А.", at(CENTRAL, 1, 1), age_mark=0)
    catalogue.holds("Динозавры без тайн", "Иванов И.", at(CENTRAL, 1, 1), age_mark=16)
    catalogue.holds("Сказки", "Барто А.", at(CENTRAL, 1, 1), age_mark=0)

    await reader.says("что-нибудь про динозавров")
    await reader.says("для мальчика 5 лет")

    assert reader.offered()[0].label == "Динозавры, Тихонов А."
    assert not any("Сказки" in button.label or "без тайн" in button.label for button in reader.offered())


async def test_a_writer_who_is_refused_is_left_out(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Детективы", "Донцова Дарья", at(CENTRAL, 1, 1))
    catalogue.holds("Детективы в пути", "Маринина А.", at(CENTRAL, 1, 1))

    await reader.says("посоветуйте детективы")
    await reader.says("только не донцову")

    reader.may_press("Детективы в пути, Маринина А.")
    assert not any("Донцова" in button.label for button in reader.offered())


async def test_a_book_that_is_named_behind_a_list_is_looked_up(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Космос", "Первый П.", at(CENTRAL, 1, 1))
    catalogue.holds("Обломов", "Гончаров И. А.", at(CENTRAL, 1, 1))

    await reader.says("что-нибудь про космос")
    await reader.says("обломов")

    reader.hears("Обломов, Гончаров И. А. Есть: 1 из 1.")


async def test_a_reader_of_thirteen_is_shown_what_others_read(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Остров", "Стивенсон", at(CENTRAL, 1, 1), age_mark=12)
    catalogue.holds("Взрослое", "Писатель", at(CENTRAL, 1, 1), age_mark=18)
    catalogue.tells_ages = False

    await reader.says("мне 13, что почитать")

    reader.may_press("Остров, Стивенсон")
    assert not any("Взрослое" in button.label for button in reader.offered())


async def test_who_asks_for_a_child_and_names_a_book_that_is_here_gets_the_book(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    for title in ("Гарри Поттер и Кубок огня", "Гарри Поттер и Орден Феникса"):
        catalogue.holds(title, "Ролинг Дж.", at(CENTRAL, 1, 1))
    catalogue.holds("Мойдодыр", "Чуковский К.", at(CENTRAL, 1, 1))

    await reader.says("сын просит гарри поттера")

    assert {button.label for button in reader.offered()} >= {
        "Гарри Поттер и Кубок огня, Ролинг Дж.",
        "Гарри Поттер и Орден Феникса, Ролинг Дж.",
    }
    assert not any("Мойдодыр" in button.label for button in reader.offered())


async def test_a_list_instead_of_a_book_says_that_the_book_is_not_here(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    catalogue.holds("Мойдодыр", "Чуковский К.", at(CENTRAL, 1, 1))

    await reader.says("внук просит майнкрафт")

    reader.hears("«майнкрафт» в каталоге не нашлось.", "Может быть, подойдёт что-то из этого:")
    reader.may_press("Мойдодыр, Чуковский К.")


async def test_a_whole_title_that_is_here_is_no_guess(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Алиса в Стране чудес", "Кэрролл Л.", at(CENTRAL, 1, 1))
    catalogue.holds("Алиса в Стране чудес", "Заходер Б.", at(CENTRAL, 1, 1))

    await reader.says("дочь хочет алису в стране чудес")

    reader.may_press("Алиса в Стране чудес, Кэрролл Л.", "Алиса в Стране чудес, Заходер Б.")


async def test_who_says_more_of_the_child_is_shown_less(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Динозавры", "Уткин А.", at(CENTRAL, 1, 1))
    await reader.says("посоветуйте что-нибудь про динозавров")

    await reader.says("ему девять лет, в третий класс ходит")

    kept = reader.conversation.dialogue.data["taste"]["taste"]
    assert (kept["subject"], kept["age"], kept["grade"]) == ("динозавров", 9, 3)


async def test_an_age_alone_is_no_title(
    reader: Reader, catalogue: FakeCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search is right to find «Оно» by «ему»."""
    it = catalogue.holds("Оно", "Стивен Кинг", at(CENTRAL, 1, 1), age_mark=18)
    catalogue.holds("Муму", "Тургенев И. С.", at(CENTRAL, 1, 1))

    async def find(_wanted: Wanted, _limit: int = 5) -> Found:
        return Found(verdict=Verdict.FOUND, works=(it,), scores=(1.0,))

    monkeypatch.setattr(catalogue, "find", find)

    await reader.says("ему 11")

    reader.hears_nothing_of("Оно")
    reader.may_press("Муму, Тургенев И. С.")
