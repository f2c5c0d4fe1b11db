"""Works: editions of one title come together, and nothing else does."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.library.model import Kind
from bot.library.records import RecordData
from catalogue.names import split_authors
from catalogue.works import keyed


def work_key(record: RecordData) -> str:
    return keyed(record, "list.csv", 1).work_key


def key(title: str, author: str = "Толстой Л. Н.", **more: object) -> str:
    return work_key(replace(RecordData(title=title, author=author, authors=split_authors(author)), **more))  # type: ignore[arg-type]


# --- one work ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "author",
    [
        "Лев Толстой",
        "Толстой Лев Николаевич",
        "Лев Николаевич Толстой",
        "Толстой, Лев Николаевич",
        "Толстой, Л. Н.",
        "Л.Н. Толстой",
        "ТОЛСТОЙ Л.Н.",
        "Толстой Л",
        "Толстой Л. Н. (1828-1910)",
        "Tолстой Л. Н.",  # the first letter is a Latin one
    ],
)
def test_however_an_author_is_spelt_the_work_is_one(author: str) -> None:
    assert key("Война и мир", author) == key("Война и мир", "Толстой Л. Н.")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Лондон Джек", "Лондон Дж."),
        ("Бальзак О. де", "Оноре де Бальзак"),
        ("О. Генри", "О'Генри"),
        ("Салтыков-Щедрин Михаил Евграфович", "Салтыков - Щедрин М. Е."),
        ("Габриэль Гарсиа Маркес", "Гарсиа Маркес Г."),
        ("Эрих Мария Ремарк", "Ремарк Э. М."),
        ("Стругацкий А. Н., Стругацкий Б. Н.", "Аркадий и Борис Стругацкие"),
        ("Братья Гримм", "Гримм Я., Гримм В."),
        ("Илья Ильф, Евгений Петров", "Ильф И. и Петров Е."),
        ("King, Stephen, 1947-", "Stephen King"),
        ("Юлия Александровна Ден", "Ден Ю. А."),
        ("Абрам Ильич Рабинович", "Рабинович А. И."),
    ],
)
def test_names_of_all_kinds_meet_their_other_spelling(one: str, other: str) -> None:
    assert key("Книга", one) == key("Книга", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Мастер и Маргарита", "Мастер и Маргарита: роман"),
        ("Мастер и Маргарита", "МАСТЕР И МАРГАРИТА [16+]"),
        ("Двенадцать стульев", "12 стульев"),
        ("Отель «У погибшего альпиниста»", 'Отель "У погибшего альпиниста"'),
        ("Вся правда", "Вся правда : повесть : для младшего школьного возраста"),
        ("Хоббит", "Хоббит : пер. с англ. Н. Рахмановой"),
        ("Хирургические болезни", "Хирургические болезни: Учебник. 3-е изд., перераб. и доп."),
        ("Война и мир. Т. 1", "Война и мир. Том первый"),
        ("Война и мир. Т. 1", "Война и мир, том I"),
        ("Война и мир. Часть 2", "Война и мир. 2-я часть"),
        ("Математика. 5 класс", "Математика : учебник для 5-го класса общеобразовательных учреждений"),
        ("Алгебра. 10-11 классы", "Алгебра. 10–11 кл."),
        ("Зеленая миля", "Зелёная миля"),
    ],
)
def test_noise_around_a_title_makes_no_other_work(one: str, other: str) -> None:
    assert key(one) == key(other)


# --- not one work --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Война и мир. Т. 1", "Война и мир. Т. 2"),
        ("Война и мир. Т. 1", "Война и мир"),
        ("Война и мир. Т. 1-2", "Война и мир. Т. 1"),
        ("Тихий Дон. В 2 т. Т. 1", "Тихий Дон. В 4 т. Т. 1"),
        ("Улей. Книга 2", "Улей. Книга 3"),
        ("Сорвать маску", "Сорвать маску-2"),
        ("Часть 1. Книга 2", "Часть 2. Книга 1"),
        ("Математика. 5 класс", "Математика. 6 класс"),
        ("Математика. 5 класс. Часть 1", "Математика. 5 класс. Часть 2"),
        ("Математика. 5 класс", "Математика. 5-6 классы"),
        ("Физика. 7 класс", "Физика. 7 класс. Задачник"),
        ("Тесты. Вариант 1", "Тесты. Вариант 2"),
        ("Программирование на C++", "Программирование на C#"),
        ("Программирование на C++", "Программирование на С"),
        ("История : учебное пособие", "История : методическое пособие"),
        ("Ревизор", "Ревизор. Краткое содержание"),
        ("Стихи. Поэмы", "Стихи"),
    ],
)
def test_parts_classes_and_kinds_of_one_title_stay_apart(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Толстой Л. Н.", "Толстой А. Н."),
        ("Толстой А. К.", "Толстой А. Н."),
        ("Алексей Толстой", "Толстой А. К."),
        ("Дюма А. (отец)", "Дюма А. (сын)"),
        ("Иванов П.", "Петров И."),
        ("Иванова А.", "Иванов А."),
        ("Толстой Л. Н.", ""),
        ("Толстой", "Толстой Л. Н."),
    ],
)
def test_a_different_author_is_a_different_work(one: str, other: str) -> None:
    assert key("Детство", one) != key("Детство", other)


def test_who_shares_surname_and_initial_is_told_apart_where_titles_say_nothing() -> None:
    assert key("Избранное", "Платонов А. П.") != key("Избранное", "Платонов А. В.")
    assert key("Менеджмент", "Петров А. В.") != key("Менеджмент", "Петров А. И.")


def test_volumes_of_collected_works_go_with_their_edition() -> None:
    title = "Собрание сочинений. Т. 3"

    assert key(title, year=1956) != key(title, year=1994)
    assert key("Собрание сочинений в 10 т. Т. 3") != key("Собрание сочинений в 6 т. Т. 3")
    assert key("Собрание сочинений в 10 т. Т. 3", year=1956) == key("Собрание сочинений в 10 т. Т. 3", year=1957)


def test_without_an_author_only_sure_things_meet() -> None:
    assert key("Русский язык", "", publisher="АСТ") != key("Русский язык", "", publisher="Просвещение")
    assert key("Сказки", "", responsibility="сост. Иванов") != key("Сказки", "", responsibility="сост. Петров")
    code = "Трудовой кодекс Российской Федерации"
    assert key(code, "", publisher="АСТ", year=2007) == key(code, "", publisher="Проспект", year=2009)
    assert key(code, "Автор не указан") == key(code, "")


def test_a_class_in_its_own_column_parts_textbooks_and_not_what_is_read_in_class() -> None:
    assert key("Русский язык", grade="5") != key("Русский язык", grade="6")
    assert key("Муму", "Тургенев И. С.", grade="5") == key("Муму", "Тургенев И. С.")


def test_a_film_is_not_the_book_and_an_article_belongs_to_its_journal() -> None:
    assert key("Ревизор", kind=Kind.VIDEO) != key("Ревизор")
    in_one = key("О снеге", kind=Kind.ARTICLE, parent_title="Наука и жизнь", year=2001)
    assert in_one != key("О снеге", kind=Kind.ARTICLE, parent_title="Природа", year=2001)


def test_a_journal_is_known_by_its_name_unless_every_institute_has_one() -> None:
    def journal(title: str, publisher: str) -> str:
        return key(title, "", kind=Kind.SERIAL, publisher=publisher)

    assert journal("Юность", "Правда") == journal("Юность", "Молодая гвардия")
    assert journal("Вестник", "МГУ") != journal("Вестник", "СПбГУ")


def test_a_book_in_tatar_is_not_its_russian_namesake() -> None:
    assert key("Шурале", languages=("tat",)) != key("Шурале", languages=("rus",))
    assert key("Шурале", languages=("rus",)) == key("Шурале")


def test_a_part_of_nobody_knows_what_is_at_home_with_itself_only() -> None:
    assert key("Том 2", "", source_id="1") != key("Том 2", "", source_id="2")


# --- titles to show ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "shown"),
    [
        (RecordData(title="Вып. 13", parent_title="Задачи и этюды"), "Задачи и этюды. Вып. 13"),
        (RecordData(title="Вып. 13", part_number="Вып. 13", parent_title="Задачи и этюды"), "Задачи и этюды. Вып. 13"),
        (
            RecordData(title="Семейство Тиллетиевые", part_number="Вып.2", parent_title="Определитель грибов России"),
            "Определитель грибов России. Вып.2. Семейство Тиллетиевые",
        ),
        (RecordData(title="Война и мир. Т. 1", part_number="Т. 1", parent_title="Война и мир"), "Война и мир. Т. 1"),
        (RecordData(title="Война и мир", part_number="Т. 1", part_name="Мир"), "Война и мир. Т. 1. Мир"),
        (RecordData(title="Кто виноват?", part_number="Ч. 1"), "Кто виноват? Ч. 1"),
        (RecordData(title="О снеге", parent_title="Природа", kind=Kind.ARTICLE), "О снеге"),
        (RecordData(title="", part_number="1990/4", parent_title="Компьютер-Пресс"), "Компьютер-Пресс. 1990/4"),
        (RecordData(title="Прессовщик", parent_title="Библиотека рабочего"), "Прессовщик"),
        (RecordData(title=" Мать  : "), "Мать"),
    ],
)
def test_a_volume_is_shown_with_the_title_of_its_set(record: RecordData, shown: str) -> None:
    assert keyed(record, "file", 1).title == shown


@pytest.mark.parametrize(
    ("title", "subtitle", "shown"),
    [
        ("Война и мир", "Роман в 4 т. Т.1-2", "Война и мир. Т. 1–2"),
        ("Математика", "учебник для 5 класса", "Математика. 5 класс"),
        ("Волшебные сказки", "Кн.1", "Волшебные сказки. Кн. 1"),
        ("Тихий Дон. Кн. 2", "роман в 4 книгах, кн. 2", "Тихий Дон. Кн. 2"),
        ("Идиот", "роман", "Идиот"),
        ("Что делать?", "вып. 3", "Что делать? Вып. 3"),
    ],
)
def test_what_only_the_subtitle_tells_of_a_volume_or_class_is_shown(title: str, subtitle: str, shown: str) -> None:
    record = RecordData(title=title, subtitle=subtitle)

    assert keyed(record, "file", 1).title == shown
    assert keyed(record, "a.mrc", 1).title == shown


def test_a_joined_title_and_a_written_one_are_one_work() -> None:
    volume = RecordData(title="Т. 1", part_number="Т. 1", parent_title="Война и мир", authors=("Толстой Л. Н.",))

    assert work_key(volume) == key("Война и мир. Том 1")


# --- fingerprints --------------------------------------------------------------------------------


def test_a_fingerprint_tells_editions_apart_and_spellings_not() -> None:
    def fingerprint(**more: object) -> str:
        return keyed(RecordData(title="Мать", **more), "file", 1).fingerprint  # type: ignore[arg-type]

    first = fingerprint(authors=("Горький М.",), year=1980, publisher="АСТ")

    assert first == fingerprint(authors=("Максим Горький",), year=1980, publisher="АСТ")
    assert first != fingerprint(authors=("Горький М.",), year=1981, publisher="АСТ")
    assert first != fingerprint(authors=("Горький М.",), year=1980, publisher="Эксмо")


# --- whatever stands in a record -----------------------------------------------------------------

LETTERS = st.text(max_size=40)
SURNAMES = st.sampled_from(["Белов", "Громова", "Достоевский", "Кузьменко", "Мамин-Сибиряк", "Уварова", "Шевчук"])
GIVEN = st.sampled_from(["Лев", "Анна", "Фёдор", "Мария", "Иван", "Ольга", "Пётр", "Юлия"])
PATRONYMICS = st.sampled_from(["Иванович", "Петровна", "Ильич", "Михайловна", "Львович"])


@given(SURNAMES, GIVEN, PATRONYMICS)
def test_the_order_of_the_parts_of_a_name_does_not_matter(surname: str, given_name: str, patronymic: str) -> None:
    short = f"{given_name[0]}. {patronymic[0]}."
    spellings = [
        f"{surname} {given_name} {patronymic}",
        f"{given_name} {patronymic} {surname}",
        f"{surname}, {given_name} {patronymic}",
        f"{given_name} {surname}",
        f"{surname} {given_name}",
        f"{surname} {short}",
        f"{short} {surname}",
        f"{surname} {given_name[0]}.",
        f"{surname.upper()} {short.replace(' ', '')}",
    ]

    assert len({key("Дом", spelling) for spelling in spellings}) == 1


@given(st.integers(1, 30), st.integers(1, 30), st.sampled_from(["Т. {}", "Часть {}", "Кн. {}", "Вып. {}", "{}-й том"]))
def test_two_parts_are_one_work_only_if_their_numbers_are_one(one: int, other: int, wording: str) -> None:
    assert (key(f"Дом. {wording.format(one)}") == key(f"Дом. {wording.format(other)}")) == (one == other)


@given(st.integers(1, 11), st.integers(1, 11), st.sampled_from(["{} класс", "для {}-го класса", "{} кл."]))
def test_two_classes_are_one_work_only_if_they_are_one(one: int, other: int, wording: str) -> None:
    assert (key(f"Физика. {wording.format(one)}") == key(f"Физика. {wording.format(other)}")) == (one == other)


@settings(max_examples=300)
@given(LETTERS, LETTERS, LETTERS, LETTERS, st.lists(LETTERS, max_size=3))
def test_any_text_gets_a_key_and_the_same_one_again(
    title: str, subtitle: str, part: str, parent: str, authors: list[str]
) -> None:
    record = RecordData(
        title=title, subtitle=subtitle, part_number=part, parent_title=parent, authors=tuple(authors), author=title
    )

    first, second = keyed(record, "file", 1), keyed(record, "file", 1)

    assert (first.work_key, first.fingerprint) == (second.work_key, second.fingerprint)
    assert len(first.work_key) == 32


def test_a_title_of_a_hundred_thousand_letters_takes_no_time_worth_naming() -> None:
    for text in ("Часть 1, " * 12_000, "а. " * 33_000, "((((((" * 16_000, "1-1-1-" * 16_000, "пер. с " * 14_000):
        assert key(text, text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ролинг Джоан", "Роулинг Дж. К."), ("Остин Джейн", "Остен Дж."), ("Бредбери Рей", "Рэй Брэдбери"),
        ("Бахман Р.", "Стивен Кинг"), ("Чхартишвили Г. Ш.", "Борис Акунин"), ("Андерсен Г. Х.", "Ханс Андерсен"),
        ("Конан-Дойль Артур", "Дойл А. К."), ("Салтыков-Щедрин М. Е.", "Щедрин М."),
        ("Толкиен Джон", "Толкин Дж. Р. Р."), ("Бианки", "Бианки В. В."),
    ],
)  # fmt: skip
def test_names_of_one_person_make_one_work(one: str, other: str) -> None:
    assert work_key(RecordData(title="Одна книга", author=one)) == work_key(
        RecordData(title="Одна книга", author=other)
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Роулингс М. К.", "Роулинг Дж. К."), ("Катаев В. П.", "Петров Е. П."), ("Толстой", "Толстой Л. Н."),
        ("Иванов", "Иванов А. С."), ("Кинг К.", "Кинг С."), ("Бахман К.", "Кинг С."), ("Алексеева Н.", "Маринина А."),
    ],
)  # fmt: skip
def test_names_that_may_be_two_peoples_stay_apart(one: str, other: str) -> None:
    assert work_key(RecordData(title="Одна книга", author=one)) != work_key(
        RecordData(title="Одна книга", author=other)
    )
