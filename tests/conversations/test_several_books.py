"""Books in lists, in stories, beside other questions, and books that are like a book."""

from tests.support.fake_library import CENTRAL, FakeCatalogue, at
from tests.support.reader import Reader

LIST = ("Обломов", "Мцыри", "Недоросль", "Гроза", "Муму", "Ася", "Вий")


async def test_a_list_is_answered_book_by_book_as_far_as_is_told(reader: Reader, catalogue: FakeCatalogue) -> None:
    for title in LIST[:4]:
        catalogue.holds(title, "", at(CENTRAL, 1, 1))

    await reader.says("Задали на лето:\n" + "\n".join(f"{n}. {title}" for n, title in enumerate(LIST, start=1)))

    reader.hears("Книг в списке: 7. За один раз смотрю 5", "Обломов", "Гроза", "«Муму» в каталоге не нашлось")
    reader.hears_nothing_of("Вий")


async def test_a_hundred_titles_are_no_more_work_than_five(reader: Reader, catalogue: FakeCatalogue) -> None:
    await reader.says("; ".join(f"Книга странствий {number}" for number in range(100)))

    reader.hears("Книг в списке: 100. За один раз смотрю 5")
    assert len(catalogue.asked) == 5


async def test_a_short_list_is_answered_whole(reader: Reader, catalogue: FakeCatalogue) -> None:
    for title in LIST:
        catalogue.holds(title, "", at(CENTRAL, 1, 1))

    await reader.says("Есть ли у вас: Обломов, Мцыри, Гроза?")

    reader.hears("Обломов", "Мцыри", "Гроза")
    reader.hears_nothing_of("Книг в списке")


async def test_a_question_behind_a_list_is_about_all_of_it(reader: Reader, catalogue: FakeCatalogue) -> None:
    for title in LIST:
        catalogue.holds(title, "", at(CENTRAL, 1, 1))

    await reader.says("Дочке задали на лето список: тургенев муму, гончаров обломов, лермонтов мцыри. Есть у вас?")

    reader.hears("Муму", "Обломов", "Мцыри")


async def test_the_book_of_a_story_is_found_beside_another_question(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Война и мир", "Толстой Л. Н.", at(CENTRAL, 1, 1))

    await reader.says(
        "Дочке задали прочитать Войну и мир, а в школьной библиотеке всё разобрали. У вас она есть? "
        "И до скольки вы сегодня работаете?"
    )

    reader.hears("Война и мир, Толстой Л. Н. Есть: 1 из 1.", "Сегодня")


async def test_what_is_like_a_book_is_told_by_its_author(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Метро 2033", "Глуховский Д.", at(CENTRAL, 1, 1))
    catalogue.holds("Текст", "Глуховский Д.", at(CENTRAL, 1, 1))

    await reader.says("посоветуйте что-нибудь похожее на «Метро 2033»")

    reader.hears("Похожее по духу подбирать не умею", "того же автора, Глуховский Д.")
    assert next(button.label for button in reader.offered()) == "Текст, Глуховский Д."
    reader.may_press("Позвать библиотекаря")


async def test_what_is_like_an_unknown_book_is_not_guessed(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Текст", "Глуховский Д.", at(CENTRAL, 1, 1))

    await reader.says("что-нибудь вроде Сумерек")

    reader.hears("по каталогу не видно", "Библиотекарь посоветует лучше меня")


async def test_a_book_beside_others_of_nearly_the_same_name_is_the_one_meant(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    for title, author in (("Дюна", "Герберт Ф."), ("Дюны", "Бунин И. А."), ("Улей Хеллстрома", "Герберт Ф.")):
        catalogue.holds(title, author, at(CENTRAL, 1, 1))

    await reader.says("посоветуйте книгу похожую на Дюну")

    reader.hears("другие книги того же автора, Герберт Ф.")
    reader.may_press("Улей Хеллстрома, Герберт Ф.")


async def test_of_several_books_with_one_title_the_title_is_said_and_no_given_name(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    catalogue.holds("Мцыри", "Лермонтов Михаил Юрьевич", at(CENTRAL, 1, 1))
    catalogue.holds("Мцыри", "Михаил Лермонтов", at(CENTRAL, 1, 1))
    catalogue.holds("Бородино", "Михаил Лермонтов", at(CENTRAL, 1, 1))

    await reader.says("Лермонтов: «Мцыри», «Бородино»")

    reader.hears("«Мцыри»: нашлось несколько книг. Какая нужна?", "Бородино, Михаил Лермонтов")


async def test_the_book_and_something_like_it_are_both_answered(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Дюна", "Герберт Ф.", at(CENTRAL, 1, 1))
    catalogue.holds("Капитул", "Герберт Ф.", at(CENTRAL, 1, 1))

    await reader.says("дюна и что-нибудь похожее")

    reader.hears("Дюна, Герберт Ф. Есть: 1 из 1.", "Вот другие книги того же автора, Герберт Ф.")
    reader.may_press("Капитул, Герберт Ф.")


async def test_something_like_what_was_shown(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Дюна", "Герберт Ф.", at(CENTRAL, 1, 1))
    catalogue.holds("Капитул", "Герберт Ф.", at(CENTRAL, 1, 1))
    await reader.says("дюна")

    await reader.says("а что-нибудь похожее?")

    reader.hears("Вот другие книги того же автора, Герберт Ф.")


async def test_of_several_books_one_is_chosen_to_be_resembled(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Дом", "Андреев А.", at(CENTRAL, 1, 1))
    catalogue.holds("Дом", "Борисов Б.", at(CENTRAL, 1, 1))
    catalogue.holds("Сад", "Борисов Б.", at(CENTRAL, 1, 1))
    await reader.says("дом")

    await reader.says("посоветуй похожее")
    reader.hears("На какую из этих книг похожее?")

    await reader.presses("Дом, Борисов Б.")
    reader.hears("Вот другие книги того же автора, Борисов Б.")
    reader.may_press("Сад, Борисов Б.")


async def test_a_title_and_a_writers_stories_are_both_answered(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "Чехов А. П.", at(CENTRAL, 1, 1))
    catalogue.holds("Рассказы", "Куприн А. И.", at(CENTRAL, 1, 1))
    catalogue.holds("Рассказы", "Чехов А. П.", at(CENTRAL, 1, 1))

    await reader.says("каштанку и ещё рассказы чехова")

    reader.hears("Каштанка, Чехов А. П.", "Рассказы, Чехов А. П.")
    reader.hears_nothing_of("Куприн")
