"""Words, volumes and classes as the index reads them."""

import pytest

from bot.library.model import Kind
from catalogue.index.documents import describe, parse
from catalogue.index.terms import grades_in, keys, volumes_in
from tests.catalogue.index.shelf import book


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("день", "дней"),
        ("льва", "лев"),
        ("детей", "ребенок"),
        ("войну", "война"),
        ("достоевского", "достоевский"),
        ("улицкой", "улицкая"),
        ("третья", "3"),
        ("двенадцать", "12"),
        ("iv", "4"),
        ("games", "game"),
    ],
)
def test_forms_of_one_word_have_a_key_in_common(one: str, two: str) -> None:
    assert set(keys(one)) & set(keys(two))


@pytest.mark.parametrize(("one", "two"), [("дом", "дон"), ("война", "мир"), ("гоголь", "гегель")])
def test_other_words_have_none(one: str, two: str) -> None:
    assert not set(keys(one)) & set(keys(two))


@pytest.mark.parametrize(
    ("said", "left", "volumes"),
    [
        ("война и мир том 2", "война и мир", [2]),
        ("часть третья", "", [3]),
        ("5 книга гарри поттера", "гарри поттера", [5]),
        ("книга джунглей", "книга джунглей", []),
        ("451 градус", "451 градус", []),
        ("тихий дон т 1 т 2", "тихий дон", [1, 2]),
    ],
)
def test_volumes_are_told_from_titles(said: str, left: str, volumes: list[int]) -> None:
    words = said.split()
    places, numbers = volumes_in(words)
    assert " ".join(words[place] for place in places) == left
    assert numbers == volumes


@pytest.mark.parametrize(
    ("said", "left", "grades"),
    [
        ("алгебра 9 класс", "алгебра", [9]),
        ("хрестоматия 1 4 классы", "хрестоматия", [1, 2, 3, 4]),
        ("пятый класс математика", "математика", [5]),
        ("мой класс", "мой класс", []),
        ("90 класс", "", []),
    ],
)
def test_classes_are_told_from_titles(said: str, left: str, grades: list[int]) -> None:
    words = said.split()
    places, numbers = grades_in(words)
    assert " ".join(words[place] for place in places) == left
    assert numbers == grades


def test_a_work_is_read_back_as_it_was_described() -> None:
    entry = book(
        "Алгебра: учебник. 9 класс. Часть 2",
        "Макарычев Ю. Н.",
        grade="8-9",
        age_mark=6,
        series=("Школа", "3"),
        copies=50,
    )
    work = parse(describe(entry).line.encode())
    assert (work.work_id, work.rank, work.age_mark) == (entry.work_id, 0, 6)
    assert work.volumes == {2}
    assert work.places == {3}
    assert work.grades == {9}
    assert work.programme == {8, 9}
    assert work.prior == pytest.approx(0.5)
    assert [token[0] for token in work.series] == ["школа"]
    assert [token[0] for token in work.variants[0].title] == ["алгебра", "учебник"]
    assert work.variants[0].main == 1
    assert [token[0] for token in work.variants[0].author] == ["макарычев", "ю", "н"]


def test_a_title_of_nothing_but_a_volume_keeps_its_words() -> None:
    work = parse(describe(book("Книга 2")).line.encode())
    assert [token[0] for token in work.variants[0].title] == ["книга", "2"]
    assert work.volumes == {2}


def test_articles_rank_behind_books() -> None:
    ranks = [
        parse(describe(book("Весна", kind=kind)).line.encode()).rank for kind in (Kind.BOOK, Kind.AUDIO, Kind.ARTICLE)
    ]
    assert ranks == [0, 1, 2]


def test_a_number_in_words_is_kept_in_both_spellings() -> None:
    work = parse(describe(book("Двадцать тысяч льё под водой")).line.encode())
    own = [variant for variant in work.variants if not variant.translated]
    assert ["20000" in {token[0] for token in variant.title} for variant in own] == [False, True]
