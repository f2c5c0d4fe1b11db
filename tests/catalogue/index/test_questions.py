"""What readers type, and the book they mean."""

from itertools import pairwise
from pathlib import Path

import pytest

from bot.ports.catalogue import Found, Verdict, Wanted
from tests.catalogue.index.conftest import Find
from tests.catalogue.index.shelf import book, indexed

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _titles(found: Found) -> list[str]:
    return [work.title for work in found.works]


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("война и мир", "Война и мир"),
        ("ВОЙНА И МИР!!!", "Война и мир"),
        ("идиота достоевского", "Идиот"),
        ("достоевского преступление", "Преступление и наказание"),
        ("мастера и маргариту", "Мастер и Маргарита: роман"),
        ("отцов и детей тургенева", "Отцы и дети"),
        ("20000 лье под водой", "Двадцать тысяч льё под водой"),
        ("вокруг света за 80 дней", "Вокруг света за восемьдесят дней"),
        ("петр 1", "Петр Первый"),
        ("том сойер", "Приключения Тома Сойера"),
        ("карлсон", "Малыш и Карлсон, который живёт на крыше"),
        ("винни пух", "Винни-Пух и все-все-все"),
        ("пеппи длинный чулок", "Пеппи Длинныйчулок"),
        ("виннипух", "Винни-Пух и все-все-все"),
        ("мертвыедуши", "Мертвые души"),
        ("пепи длиный чулок", "Пеппи Длинныйчулок"),
        ("harry potter and the sorcerers stone", "Harry Potter and the Sorcerer's Stone"),
        ("hunger games collins", "The Hunger Games (The Hunger Games, #1)"),
    ],
)
async def test_the_book_is_found_by_any_form_of_its_words(find: Find, question: str, title: str) -> None:
    found = await find(question)
    assert found.verdict is Verdict.FOUND
    assert _titles(found)[0] == title


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("преступленее и наказание", "Преступление и наказание"),
        ("приступление и нокозание", "Преступление и наказание"),
        ("калымские рассказы", "Колымские рассказы"),
        ("мастер и моргарита", "Мастер и Маргарита: роман"),
        ("норвежкий лес", "Норвежский лес"),
        ("обитпемого острова", "Обитаемый остров"),
        ("гари потер и узник аскабана", "Гарри Поттер и узник Азкабана"),
        ("гари потер и филосовский камень", "Гарри Поттер и философский камень"),
        ("толстой аннна каренина", "Анна Каренина"),
        ("стивинсон остров сакровищ", "Остров сокровищ"),
        ("hunger gamse", "The Hunger Games (The Hunger Games, #1)"),
    ],
)
async def test_a_slip_of_the_finger_is_forgiven(find: Find, question: str, title: str) -> None:
    found = await find(question)
    assert found.verdict is Verdict.FOUND
    assert _titles(found)[0] == title


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("djqyf b vbh", "Война и мир"),
        ("vfcnth b vfhufhbnf", "Мастер и Маргарита: роман"),
        ("война b vbh", "Война и мир"),
        ("jnws b ltnb nehutytd", "Отцы и дети"),
        ("voina i mir", "Война и мир"),
        ("prestuplenie i nakazanie", "Преступление и наказание"),
        ("mertvie duwi", "Мертвые души"),
        ("prestuplenije i nakazanije dostoevskij", "Преступление и наказание"),
        ("sobach'e serdce", "Собачье сердце"),
        ("знерщт справочник", "Python. Карманный справочник"),
    ],
)
async def test_the_other_keyboard_and_latin_letters_are_read(find: Find, question: str, title: str) -> None:
    found = await find(question)
    assert found.verdict is Verdict.FOUND
    assert _titles(found)[0] == title


@pytest.mark.parametrize(
    "question", ["толстой война и мир", "Л.Н. Толстой Война и мир", "война и мир лев толстой", "мир и война толстого"]
)
async def test_author_and_title_come_in_any_order(find: Find, question: str) -> None:
    assert _titles(await find(question))[0] == "Война и мир"


async def test_initials_tell_one_tolstoy_from_the_other(find: Find) -> None:
    assert _titles(await find("А. Н. Толстой детство"))[0] == "Детство Никиты"
    only_lev = await find("л н толстой")
    assert _titles(only_lev)[0] == "Война и мир"


async def test_a_series_is_asked_for_by_its_number(find: Find) -> None:
    for question in ("гарри поттер часть 3", "гарри поттер 3", "третья книга гарри поттера"):
        assert _titles(await find(question))[0] == "Гарри Поттер и узник Азкабана"


async def test_a_volume_is_not_another_volume(find: Find) -> None:
    second = await find("тихий дон том 2")
    assert second.verdict is Verdict.FOUND
    assert _titles(second)[0] == "Тихий Дон. Том 2"
    assert _titles(await find("тихий дон", volume="1"))[0] == "Тихий Дон. Том 1"
    third = await find("тихий дон том 3")
    assert third.verdict not in (Verdict.FOUND, Verdict.CHOICE)


async def test_without_a_number_the_reader_chooses_the_volume_the_first_one_first(find: Find) -> None:
    both = await find("тихий дон")
    assert both.verdict is Verdict.CHOICE
    assert _titles(both) == ["Тихий Дон. Том 1", "Тихий Дон. Том 2"]


async def test_a_textbook_is_of_the_class_asked_for(find: Find) -> None:
    assert _titles(await find("алгебра 9 класс"))[0] == "Алгебра. 9 класс"
    assert _titles(await find("алгебра макарычев", grade="7"))[0] == "Алгебра. 7 класс"
    assert (await find("алгебра 8 класс")).verdict is Verdict.NEAR
    assert _titles(await find("шинель гоголя 9 класс"))[0] == "Шинель"


@pytest.mark.parametrize(
    "question",
    [
        "9785389049260",
        "978-5-389-04926-0",
        "ISBN: 978 5 389 04926 0",
        "5-389-04926-8",
        "есть книга isbn 9785389049260?",
    ],
)
async def test_an_isbn_in_any_spelling_names_its_edition(find: Find, question: str) -> None:
    found = await find(question)
    assert found.verdict is Verdict.FOUND
    assert _titles(found) == ["Преступление и наказание"]


async def test_a_ten_digit_isbn_of_the_catalogue_is_found_by_its_thirteen_digits(find: Find) -> None:
    assert _titles(await find("9785170046188")) == ["Мастер и Маргарита: роман"]


async def test_a_wrong_check_digit_is_told_and_the_book_is_found_all_the_same(find: Find) -> None:
    found = await find("9785389049261")
    assert found.isbn_note == "bad_check_digit"
    assert _titles(found) == ["Преступление и наказание"]


async def test_an_isbn_of_no_book_here_is_an_honest_no(find: Find) -> None:
    found = await find("9785699120147")
    assert found.verdict is Verdict.NOTHING
    assert not found.works


async def test_an_author_alone_is_a_choice_of_the_works(find: Find) -> None:
    for question in ("булгаков", "книги булгакова", "Булгаков М. А.", "bulgakov", ",ekufrjd"):
        found = await find(question)
        assert found.verdict is Verdict.CHOICE
        assert {work.author for work in found.works} == {"Булгаков Михаил", "Михаил Булгаков", "Булгаков М. А."}


async def test_equal_titles_of_two_authors_are_a_choice_the_likelier_first(find: Find) -> None:
    found = await find("поэт")
    assert found.verdict is Verdict.CHOICE
    assert [work.author for work in found.works[:2]] == ["Майкл Коннелли", "Александр Пушкин"]
    assert (await find("поэт пушкина")).verdict is Verdict.FOUND


async def test_an_article_comes_behind_the_book_of_its_title(find: Find) -> None:
    found = await find("история ставрополья")
    assert found.verdict is Verdict.FOUND
    assert found.works[0].kind.value == "book"


async def test_the_rare_word_decides(find: Find) -> None:
    found = await find("история древнего мира")
    assert _titles(found)[0] == "История Древнего мира"
    assert found.verdict is Verdict.FOUND


async def test_a_word_not_typed_to_its_end_is_completed(find: Find) -> None:
    assert _titles(await find("преступление и нак"))[0] == "Преступление и наказание"
    assert _titles(await find("собачье сер"))[0] == "Собачье сердце"


@pytest.mark.parametrize(
    "question",
    [
        "несуществующая книга про синих бегемотов",
        "учебник по сопромату для улиток",
        "квантовая хромодинамика для чайников",
        "щшзхъ",
    ],
)
async def test_what_the_library_lacks_is_not_found(find: Find, question: str) -> None:
    assert (await find(question)).verdict in (Verdict.NEAR, Verdict.NOTHING)


async def test_a_word_of_the_language_that_no_book_has_is_no_slip(find: Find) -> None:
    """«Раскраски» is not «Рассказы», and «пластинки» is neither two words nor «власти»."""
    for question in ("раскраски", "пластинки", "рассказчики"):
        found = await find(question)
        assert (found.verdict, found.works) == (Verdict.NOTHING, ()), question


async def test_a_slip_in_another_case_is_not_taken_for_two_short_words(tmp_path: Path) -> None:
    shelf = (book("Чужая территория", "Каменистый А."), book("Тери и Мэри", "Ри А."), book("Торий", "Ри Б."))
    async with indexed(tmp_path, *shelf) as catalogue:
        found = await catalogue.find(Wanted(text="чужую територию"))
    assert found.verdict is Verdict.FOUND
    assert _titles(found)[0] == "Чужая территория"


async def test_a_title_that_shares_a_word_is_a_question_at_most(find: Find) -> None:
    for question in ("история философии", "белая акула", "остров мертвецов", "толстой воскресение"):
        assert (await find(question)).verdict in (Verdict.NEAR, Verdict.NOTHING)


async def test_one_word_of_long_titles_is_asked_about_and_never_denied(tmp_path: Path) -> None:
    """Who asks for «рождество» cannot be told to try one word of the title."""
    titles = ("Дживс и дух Рождества", "Не только на Рождество", "Мальчик по имени Рождество", "Гимн ночи Рождества")
    shelf = [book(title) for title in titles] + [book(f"Летний день номер {number}") for number in range(40)]
    async with indexed(tmp_path, *shelf) as catalogue:
        found = await catalogue.find(Wanted(text="рождество"))
        beside = await catalogue.find(Wanted(text="рождество бегемота"))
    assert found.verdict is Verdict.NEAR
    assert set(_titles(found)) == set(titles)
    assert beside.verdict is Verdict.NOTHING


async def test_two_words_of_one_work_written_as_one_are_no_slip_of_a_longer_word(tmp_path: Path) -> None:
    shelf = (book("Мертвые души", "Гоголь Н. В."), book("Мертвые", "Крахт К."), book("Души", "Бунин И. А."))
    async with indexed(tmp_path, *shelf) as catalogue:
        assert _titles(await catalogue.find(Wanted(text="мертвыедуши"))) == ["Мертвые души"]


async def test_a_name_as_it_was_typed_is_no_slip_of_another_word(tmp_path: Path) -> None:
    series = [
        book(title, "Акунин Борис", series=("Приключения Эраста Фандорина", number))
        for title, number in (("Азазель", "1"), ("Левиафан", "3"), ("Декоратор", "6"))
    ]
    others = [book(f"Летний день номер {number}") for number in range(40)]
    async with indexed(tmp_path, *series, book("Ящик Пандоры", "Райс Луанн"), *others) as catalogue:
        found = await catalogue.find(Wanted(text="фандорин"))
    assert {work.author for work in found.works} == {"Акунин Борис"}


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("персидских отивов", "Персидские мотивы"),  # the first letter was left out, and the case is another
        ("булгаковсокй москве", "Булгаковская Москва"),
        ("невероятной крже агаты", "Невероятная кража"),
        ("голубой чаке", "Голубая чашка"),
    ],
)
async def test_a_word_past_recognition_is_recognised_by_what_stands_beside_it(
    tmp_path: Path, question: str, title: str
) -> None:
    shelf = (
        book("Персидские мотивы", "Есенин С. А."), book("Булгаковская Москва", "Фельдман Наталья"),
        book("Невероятная кража", "Кристи Агата"), book("Голубая чашка", "Гайдар А. П."), book("Голуби", "Бунин И. А."),
        book("Москва Михаила Булгакова", "Алексеев А."),
    )  # fmt: skip
    async with indexed(tmp_path, *shelf) as catalogue:
        found = await catalogue.find(Wanted(text=question))
    assert found.verdict is not Verdict.NOTHING
    assert _titles(found)[0] == title


async def test_a_misspelt_title_is_known_as_one_by_a_word_of_no_language(tmp_path: Path) -> None:
    shelf = (book("По ком звонит колокол", "Хемингуэй Э."), book("Моя книга"), book("Лесная газета", "Бианки В. В."))
    async with indexed(tmp_path, *shelf) as catalogue:
        said = ("по ком звонит колокал", "лисная газета", "мои книги", "по ком звонит", "лесная газета", "колокал", "")
        assert [catalogue.is_misspelt_title(text) for text in said] == [True, True, *[False] * 5]
    assert not catalogue.is_misspelt_title("лисная газета")


async def test_words_that_fit_nothing_lower_the_score(find: Find) -> None:
    clean = await find("отцы и дети")
    worse = await find("отцы и дети капитана")
    assert clean.scores[0] > 0.97
    assert worse.scores[0] < clean.scores[0] - 0.1


async def test_scores_fall_from_first_to_last_and_stay_within_bounds(find: Find) -> None:
    for question in ("история", "толстой", "djqyf", "мастер", "остров"):
        scores = (await find(question)).scores
        assert all(0.0 <= score <= 1.0 for score in scores)
        assert all(one >= two - 0.02 for one, two in pairwise(scores))


async def test_letters_alone_are_nobodys_initials(tmp_path: Path) -> None:
    shelf = (book("Рассказы", "Куприн А. И."), book("Я", "Шмелёв И."), book("Мы", "Замятин Е. И."))
    async with indexed(tmp_path, *shelf) as catalogue:
        for said in ("a b", "а и", "и. а."):
            assert (await catalogue.find(Wanted(text=said))).verdict is Verdict.NOTHING, said
        assert _titles(await catalogue.find(Wanted(text="я"))) == ["Я"]


async def test_a_number_is_the_same_with_the_word_for_its_sign(tmp_path: Path) -> None:
    shelf = (book("Палата № 6", "Чехов А. П."), book("Номер 16", "Нэвилл А."), book("Шесть из восьми", "Ард В."))
    async with indexed(tmp_path, *shelf) as catalogue:
        for said, title in (("палата номер шесть", "Палата № 6"), ("номер шестнадцать", "Номер 16")):
            found = await catalogue.find(Wanted(text=said))
            assert (found.verdict, _titles(found)[0]) == (Verdict.FOUND, title), said
            assert found.scores[0] > 0.97, said


async def test_one_latin_letter_is_told_as_it_was_read(tmp_path: Path) -> None:
    shelf = (book("Война и мир", "Толстой Л. Н."), book("I, Claudius", "Graves R."), book("Буква Ш"))
    async with indexed(tmp_path, *shelf) as catalogue:
        assert (await catalogue.find(Wanted(text="voina i mir"))).corrected == "война и мир"
        assert (await catalogue.find(Wanted(text="I claudus"))).corrected == "i claudius"


async def test_russian_in_latin_letters_is_told_as_it_was_read_though_titles_have_such_words(tmp_path: Path) -> None:
    shelf = (book("Мастер и Маргарита", "Булгаков М."), book("Master Class", "Hay L."), book("Margarita", "Roe J."))
    async with indexed(tmp_path, *shelf) as catalogue:
        assert (await catalogue.find(Wanted(text="master i margarita"))).corrected == "мастер и маргарита"
        assert (await catalogue.find(Wanted(text="master class"))).corrected == ""


async def test_the_reader_is_told_what_was_searched_instead(find: Find) -> None:
    assert (await find("норвежкий лес")).corrected == "норвежский лес"
    assert (await find("норвежский лес")).corrected == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\n\t",
        "🙂🙂🙂",
        "؟ ماذا",
        "!!!",
        "'; DROP TABLE works; --",
        "<script>",
        "a" * 100_000,
        "\x00\x07",
        "«»",
        "и",
        "а я и ты",
        "1",
        "+" * 500,
        "слово " * 10_000,
        "\ud800",
        "1" * 5_000,
        "=",
        "k:война",
        "(((",
        "[[dct[[",
    ],
)
async def test_any_text_gets_an_answer(find: Find, text: str) -> None:
    found = await find(text)
    assert len(found.works) <= 5
    assert len(found.scores) == len(found.works)


async def test_title_and_author_alone_are_enough(find: Find) -> None:
    assert _titles(await find("", title="Бесы", author="Достоевский"))[0] == "Бесы"


@pytest.mark.parametrize(
    "said",
    [
        "гарри поттер 3",
        "Гарри Поттер три",
        "3 книга серии гарри поттер",
        "гарри поттер часть третья",
        "Роулинг Гарри Поттер 3",
    ],
)
async def test_a_number_in_a_series_is_that_book_whatever_its_title(find: Find, said: str) -> None:
    found = await find(said)
    assert found.verdict is Verdict.FOUND
    assert found.works[0].title == "Гарри Поттер и узник Азкабана"


async def test_a_number_that_the_series_does_not_have_is_a_question(find: Find) -> None:
    found = await find("гарри поттер книга 9")
    assert found.verdict is not Verdict.FOUND


@pytest.mark.parametrize(
    "said", ["аудиокнига шинель", "шинель аудиокнигой", "шинель в твёрдом переплёте", "шинель для слабовидящих"]
)
async def test_the_form_of_a_book_need_not_stand_in_the_title(find: Find, said: str) -> None:
    found = await find(said)
    assert found.verdict is Verdict.FOUND
    assert found.works[0].title == "Шинель"


@pytest.mark.parametrize("said", ["шинель для ребенка", "шинель для школьника 9 лет", "шинель сыну"])
async def test_who_will_read_it_need_not_stand_in_the_title(find: Find, said: str) -> None:
    found = await find(said)
    assert found.verdict is Verdict.FOUND
    assert found.works[0].title == "Шинель"


async def test_a_title_in_the_midst_of_a_story_is_asked_about(find: Find) -> None:
    found = await find("повесть, по которой сняли фильм собачье сердце")

    assert (found.verdict, _titles(found)[0]) == (Verdict.NEAR, "Собачье сердце")


async def test_the_title_as_it_was_typed_comes_before_its_other_forms(tmp_path: Path) -> None:
    shelf = (book("Дома", "Чехов А. П.", copies=20), book("Дом", "Цветаева М. И."), book("Кукольный дом", "Ибсен Г."))
    async with indexed(tmp_path, *shelf) as catalogue:
        assert _titles(await catalogue.find(Wanted(text="дом")))[:2] == ["Дом", "Дома"]
        assert _titles(await catalogue.find(Wanted(text="дома")))[:2] == ["Дома", "Дом"]


async def test_a_small_word_between_two_that_are_written_as_one_is_seen(tmp_path: Path) -> None:
    shelf = (book("Война и мир", "Толстой Л. Н."), book("Война", "Бунин И."), book("Война миров", "Уэллс Г."))
    async with indexed(tmp_path, *shelf) as catalogue:
        found = await catalogue.find(Wanted(text="войнаимир"))
        assert (found.verdict, found.works[0].title) == (Verdict.FOUND, "Война и мир")
