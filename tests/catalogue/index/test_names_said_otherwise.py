"""Names as readers spell them, a writer's kind of books, a whole series: what was said beside a name counts."""

import pytest

from bot.asking import look_up
from bot.ports.catalogue import Verdict, Wanted
from catalogue.finder import IndexedCatalogue
from catalogue.index.reading import Reader
from tests.catalogue.index.shelf import book
from understanding.understander import PhraseUnderstanding

LIBRARY = (
    book("Соня в царстве Дива", "Кэрролл Льюис"),
    book("Говорите ясно и убедительно", "Флеминг Кэрол"),
    book("Построение систем машинного обучения", "Коэльо Луис Педро"),
    book("Дракула", "Стокер Брэм"),
    book("Бремя живых", "Звягинцев В. Д."),
    book("Ангел без головы", "Чейз Джеймс Хедли"),
    book("Горшочек каши", "Гримм Я., Гримм В."),
    book("Госпожа Метелица", "Гримм Я., Гримм В."),
    book("Братья", "Бунин Иван"),
    book("Сказка", "Куприн Александр"),
    book("Волшебные жёлуди, или Приключения Желудино и его младших братьев: повесть-сказка", "Дьяконов Юрий"),
    book("Стихи к Пушкину", "Цветаева Марина"),
    book("Медный всадник", "Пушкин А. С."),
    book("Басни", "Крылов Иван"),
    book("Квартет", "Крылов Иван"),
    book("Вампиры. Фантастический роман из семейной хроники графов", "Олшеври Барон"),
    book("Царица проклятых", "Райс Энн", series=("Вампирские хроники", "3")),
    book("Меррик", "Райс Энн", series=("Вампирские хроники", "7")),
    book("Граф Нулин", "Пушкин Александр"),
    book("Граф Монте-Кристо", "Дюма Александр"),
    book("Рисуем фломастерами: альбом для рисования, чтения и творчества", "Иванова Анна"),
    book("Новая школьная энциклопедия", "Петров Пётр"),
)


async def _first(library: IndexedCatalogue, said: str) -> tuple[Verdict, str]:
    (request,) = PhraseUnderstanding().understand(said)
    found, *_ = await look_up(library, request)
    return found.verdict, found.works[0].title if found.works else ""


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Луис Кэрролл", "Соня в царстве Дива"),
        ("Луис Кэролл", "Соня в царстве Дива"),
        ("Брем Стокер", "Дракула"),
        ("Джеймс Хэдли Чейз", "Ангел без головы"),
    ],
)
async def test_a_given_name_that_only_sounds_the_same_is_the_writers(
    library: IndexedCatalogue, said: str, title: str
) -> None:
    verdict, first = await _first(library, said)

    assert verdict in (Verdict.FOUND, Verdict.CHOICE)
    assert first == title


async def test_a_writer_misspelt_in_both_names_comes_first(library: IndexedCatalogue) -> None:
    """«Луис» and «Кэрол» are names of others here."""
    _, first = await _first(library, "Луис Кэрол")

    assert first == "Соня в царстве Дива"


@pytest.mark.parametrize(
    ("said", "titles"),
    [
        ("сказки братьев Гримм", {"Горшочек каши", "Госпожа Метелица"}),
        ("стихи Пушкина", {"Медный всадник", "Граф Нулин"}),
        ("басни Крылова", {"Басни"}),
    ],
)
async def test_a_kind_of_books_by_a_writer_is_what_the_writer_wrote(
    library: IndexedCatalogue, said: str, titles: set[str]
) -> None:
    _, first = await _first(library, said)

    assert first in titles


async def test_two_writers_of_one_given_name_are_two(library: IndexedCatalogue) -> None:
    _, first = await _first(library, "Александр Дюма граф")

    assert first == "Граф Монте-Кристо"


async def test_a_whole_series_goes_before_half_a_title(library: IndexedCatalogue) -> None:
    found = library.look(Wanted(text="вампирские хроники"))

    assert found.verdict is Verdict.CHOICE
    assert {work_id for work_id, _ in found.hits[:2]} == {17, 18}


async def test_a_word_too_many_in_a_long_title_costs_no_doubt_of_the_others(
    library: IndexedCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def doubted(*_: object) -> None:
        raise AssertionError("every word was doubted")

    monkeypatch.setattr(Reader, "doubt", doubted)
    found = library.look(Wanted(text="рисуем фломастерами альбом для рисования чтения школьная и творчества"))

    assert (found.verdict, found.hits[0][0]) == (Verdict.FOUND, 21)
